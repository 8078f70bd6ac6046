// Zip archives (PKWARE APPNOTE 4.3) of a few known entries, read strictly (by libzip) and written
// reproducibly (wire/zip_writer.h).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "base/bytes.h"

namespace bz::wire {

// Where a zip lies: in memory, which must outlive its reader, or on disk.
using ZipSource = std::variant<ByteView, std::filesystem::path>;

// Takes the next piece of an entry; an error ends the reading and is handed on.
using PieceTaker = std::function<Result<void>(ByteView)>;

// An archive that holds nothing but the entries asked for. Memory stays bounded whatever its
// headers claim: sizes in it are never believed.
class ZipReader {
 public:
  // kNotFound when there is no such file; kUnavailable when it cannot be read; kMalformed, with the
  // offset, when its parts do not fill it without a gap, its entries are not exactly those of
  // `names`, each once, or one is encrypted or packed by another method than "stored" or "deflated"
  // (wire/zip_layout.h).
  static Result<ZipReader> open(const ZipSource& source, std::span<const std::string_view> names);

  // Unpacks one of `names` from its beginning, in pieces of at most 64 KiB. kMalformed when it
  // unpacks to more than `limit` bytes (found out by unpacking, never past the limit), cannot be
  // unpacked, or its checksum does not hold: what was handed out until then is worth nothing.
  Result<void> read(std::string_view name, std::uint64_t limit, const PieceTaker& take);

 private:
  explicit ZipReader(std::shared_ptr<void> archive) : archive_(std::move(archive)) {}
  std::shared_ptr<void> archive_;  // zip_t
};

struct ZipEntry {
  std::string_view name;
  ByteView content;
};

// A whole archive in memory, as wire/zip_writer.h has it. kInvalid when it is over 4 GiB.
Result<Bytes> write_zip(std::span<const ZipEntry> entries);

}  // namespace bz::wire
