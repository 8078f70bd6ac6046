// Where the parts of a zip archive lie (PKWARE APPNOTE 4.3): entries, each with its header, content
// and maybe a data descriptor, then the central directory with a line for each, then the end
// record. Of an archive laid out as checked here no two readers can see different things: it is
// filled by its entries from the first byte on, without a gap.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bz::wire {

// An entry as the directory has it.
struct ZipPart {
  std::string_view name;  // one of those asked for
  std::uint64_t at = 0;   // its own header begins at this byte
  std::uint32_t flags = 0;
  std::uint32_t method = 0;
  std::uint64_t checksum = 0;  // CRC-32 of the unpacked content
  std::uint64_t packed = 0;    // bytes
  std::uint64_t unpacked = 0;
};

// Fills `out` from byte `offset` on; false when that cannot be read. Asked only for bytes of the
// file.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::uint8_t> out)>;

// "zip, byte 12: what".
Error zip_malformed_at(std::uint64_t offset, std::string_view what);

// Checks a file of `size` bytes and gives its entries in the order of the directory: those of
// `names`, each once. Any bytes may come. Reads headers only, except that a file which does not end
// with the end record is searched for it, and holds under 64 KiB. kUnavailable when `read` fails;
// else kMalformed, with the offset at which the file departs from the layout and a sentence for
// each way: cut short, something before, behind or between the parts, an entry that is unknown or
// there twice or (without an offset) missing, encrypted, packed by another method than "stored" or
// "deflated", or described in two ways.
Result<std::vector<ZipPart>> check_zip_layout(const ReadAt& read, std::uint64_t size,
                                              std::span<const std::string_view> names);

}  // namespace bz::wire
