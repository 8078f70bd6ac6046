// An export that is read must be read the same from pieces of any size, and written again give a
// file that reads the same.
//
// The first byte chooses: even, the rest is a whole zip; odd, the rest is export.bin, so that what
// lies behind checksum and compression is reached too.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <tuple>

#include "wire/export_file.h"

namespace {

using bz::engine::PublishedKey;
using bz::wire::Export;
using bz::wire::KeyList;

bz::Result<Export> read_bin(bz::ByteView bytes, std::size_t step) {
  Export content;
  bz::wire::ExportBinParser parser([&](std::span<const PublishedKey> keys, KeyList list) {
    auto& to = list == KeyList::kNew ? content.keys : content.revised;
    to.insert(to.end(), keys.begin(), keys.end());
  });
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const auto added = parser.add(bytes.subspan(at, std::min(step, bytes.size() - at)));
    if (!added) return added.error();
  }
  auto summary = parser.finish();
  if (!summary) return summary.error();
  content.head = summary->head;
  return content;
}

// The order in which they are written.
void sort(std::vector<PublishedKey>& keys) {
  std::ranges::sort(keys, {}, [](const PublishedKey& k) {
    return std::tuple(k.key, k.report_type, k.transmission_risk, k.days_since_onset);
  });
}

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bz::ByteView rest(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    auto content = bz::wire::read_whole_export(rest, bz::wire::Trust::in_anybody());
    if (!content) return 0;
    const auto zip = bz::wire::write_export(*content, {});
    must(zip.has_value());
    const auto again =
        bz::wire::read_whole_export(bz::ByteView(*zip), bz::wire::Trust::in_anybody());
    must(again.has_value());
    content->head.signatures.clear();  // without signers none are announced
    sort(content->keys);
    sort(content->revised);
    must(*again == *content);
    return 0;
  }

  auto content = read_bin(rest, rest.size() + 1);
  // Byte by byte, no key takes the parser's fast path.
  for (const std::size_t step : {std::size_t{1}, 1 + data[0] / std::size_t{2}}) {
    const auto in_pieces = read_bin(rest, step);
    must(content.has_value() == in_pieces.has_value());
    must(content ? *content == *in_pieces : content.error().what == in_pieces.error().what);
  }
  if (!content) return 0;
  sort(content->keys);
  sort(content->revised);
  const auto bin = bz::wire::encode_export_bin(*content);
  must(bin.has_value());
  const auto again = read_bin(*bin, bin->size());
  must(again.has_value() && *again == *content);
  return 0;
}
