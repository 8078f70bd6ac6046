// A compact export that is read must be written as the very bytes it came from but for its version
// and signatures, since there is one way to write it.
#include <algorithm>
#include <cstdlib>

#include "wire/compact_export.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  bz::wire::Export content;
  const auto summary = bz::wire::read_compact_export(
      bytes, bz::wire::Trust::in_anybody(),
      [&](std::span<const bz::engine::PublishedKey> keys, bz::wire::KeyList list) {
        auto& to = list == bz::wire::KeyList::kNew ? content.keys : content.revised;
        to.insert(to.end(), keys.begin(), keys.end());
      });
  if (!summary) return 0;
  must(summary->keys == content.keys.size() && summary->revised == content.revised.size());
  auto writer = bz::wire::CompactExportWriter::begin(summary->head);
  must(writer.has_value());
  for (const auto& key : content.keys) must(writer->add(key).has_value());
  for (const auto& key : content.revised)
    must(writer->add(key, bz::wire::KeyList::kRevised).has_value());
  const auto again = writer->finish({});
  must(again.has_value());
  const auto unsigned_part = bz::ByteView(*again).first(again->size() - 1);
  must(
      unsigned_part.size() < size &&
      std::ranges::equal(unsigned_part.subspan(16), bytes.first(unsigned_part.size()).subspan(16)));
  return 0;
}
