// Law: bytes that parse as a scan's row are the one form of that scan.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "phone/scan_row.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView row{data, size};
  const bz::Day day{std::chrono::days{18'493}};
  const auto scan = bz::phone::parse_scan_row(day, row);
  if (!scan) return 0;
  const auto again = bz::phone::write_scan_row(*scan);
  if (!again || !std::equal(again->begin(), again->end(), row.begin(), row.end())) std::abort();
  return 0;
}
