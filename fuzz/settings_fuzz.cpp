// Settings that are read must, written again, be read as the same; and a file must be its header,
// its JSON and its signature, with nothing between.
//
// What begins as a file does is taken for one, anything else for its JSON.
#include <algorithm>
#include <cstdlib>

#include "wire/settings_file.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  const bool is_file = bz::as_text(bytes).starts_with("BZ Settings");
  const auto settings = is_file ? bz::wire::read_settings_file(bytes, bz::wire::Trust::in_anybody())
                                : bz::wire::read_settings_json(bz::as_text(bytes));
  if (!settings) return 0;
  const auto again = bz::wire::read_settings_json(bz::wire::write_settings_json(*settings));
  must(again.has_value() && *again == *settings);
  const auto json = is_file ? bz::as_text(bz::wire::signed_part_of_settings(bytes).subspan(20))
                            : bz::as_text(bytes);
  const auto file = bz::wire::seal_settings_json(json, nullptr);
  must(file.has_value());
  if (is_file)
    must(std::ranges::equal(bz::ByteView(*file).first(file->size() - 1),
                            bytes.first(file->size() - 1)));
  return 0;
}
