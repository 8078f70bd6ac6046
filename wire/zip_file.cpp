#include "wire/zip_file.h"

#include <zip.h>

#include <cerrno>
#include <string>
#include <vector>

#include "wire/zip_layout.h"
#include "wire/zip_writer.h"

namespace bz::wire {
namespace {

Error malformed(std::string what) {
  return {Code::kMalformed, "zip: " + std::move(what)};
}

zip_t* raw(const std::shared_ptr<void>& archive) {
  return static_cast<zip_t*>(archive.get());
}

using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;

Result<std::vector<ZipPart>> layout_of(zip_source_t* source,
                                       std::span<const std::string_view> names) {
  if (zip_source_seek(source, 0, SEEK_END) != 0) {
    return Error{Code::kUnavailable, "zip: the file cannot be read"};
  }
  const auto size = static_cast<std::uint64_t>(zip_source_tell(source));
  const auto read = [&](std::uint64_t offset, std::span<std::uint8_t> out) {
    return zip_source_seek(source, static_cast<zip_int64_t>(offset), SEEK_SET) == 0 &&
           zip_source_read(source, out.data(), out.size()) == static_cast<zip_int64_t>(out.size());
  };
  return check_zip_layout(read, size, names);
}

Error open_error(int code) {
  switch (code) {
    case ZIP_ER_INCONS: return malformed("an entry and the directory say different things of it");
    case ZIP_ER_MEMORY: return {Code::kUnavailable, "zip: out of memory"};
    default: return malformed("its directory cannot be read");
  }
}

// libzip looks for the directory by rules of its own: what it unpacks must be what was checked.
Result<void> check_same(zip_t* archive, std::span<const ZipPart> parts) {
  bool same = zip_get_num_entries(archive, 0) == static_cast<zip_int64_t>(parts.size());
  for (std::size_t i = 0; same && i < parts.size(); ++i) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    const char* name = zip_get_name(archive, i, ZIP_FL_ENC_RAW);
    same = name != nullptr && name == parts[i].name && zip_stat_index(archive, i, 0, &stat) == 0 &&
           stat.crc == parts[i].checksum && stat.comp_size == parts[i].packed &&
           stat.size == parts[i].unpacked && stat.comp_method == parts[i].method;
  }
  if (!same) return malformed("two directories that do not agree");
  return {};
}

}  // namespace

Result<ZipReader> ZipReader::open(const ZipSource& source,
                                  std::span<const std::string_view> names) {
  zip_error_t error;
  zip_error_init(&error);
  Source file(nullptr, zip_source_free);
  if (const auto* bytes = std::get_if<ByteView>(&source)) {
    if (bytes->empty()) {  // libzip 1.7.3 crashes seeking in an empty buffer
      const auto nothing = [](std::uint64_t, std::span<std::uint8_t>) { return false; };
      return check_zip_layout(nothing, 0, names).error();
    }
    file.reset(zip_source_buffer_create(bytes->data(), bytes->size(), 0, &error));
  } else {
    file.reset(
        zip_source_file_create(std::get<std::filesystem::path>(source).c_str(), 0, -1, &error));
  }
  if (!file) return Error{Code::kUnavailable, "zip: out of memory"};

  if (zip_source_open(file.get()) != 0) {
    const int code = zip_error_system_type(zip_source_error(file.get())) == ZIP_ET_SYS
                         ? zip_error_code_system(zip_source_error(file.get()))
                         : 0;
    if (code == ENOENT) return Error{Code::kNotFound, "zip: no such file"};
    return Error{Code::kUnavailable, "zip: the file cannot be opened"};
  }
  const auto parts = layout_of(file.get(), names);
  zip_source_close(file.get());
  if (!parts) return parts.error();

  zip_t* archive = zip_open_from_source(file.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    const int code = zip_error_code_zip(&error);
    zip_error_fini(&error);
    return open_error(code);
  }
  (void)file.release();  // the archive's now
  const std::shared_ptr<void> owned(archive, [](void* p) { zip_discard(static_cast<zip_t*>(p)); });
  if (const auto fine = check_same(archive, *parts); !fine) return fine.error();
  return ZipReader(owned);
}

Result<void> ZipReader::read(std::string_view name, std::uint64_t limit, const PieceTaker& take) {
  const std::string entry(name);
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
      zip_fopen(raw(archive_), entry.c_str(), ZIP_FL_ENC_RAW), zip_fclose);
  if (!file) return malformed(entry + " cannot be unpacked");
  std::vector<std::uint8_t> piece(std::size_t{64} * 1024);
  std::uint64_t total = 0;
  while (true) {
    const auto got = zip_fread(file.get(), piece.data(), piece.size());
    if (got < 0) {
      const bool checksum = zip_error_code_zip(zip_file_get_error(file.get())) == ZIP_ER_CRC;
      return malformed(entry + (checksum ? ": its checksum does not hold" : " cannot be unpacked"));
    }
    if (got == 0) return {};
    total += static_cast<std::uint64_t>(got);
    if (total > limit)
      return malformed(entry + " unpacks to more than " + std::to_string(limit) + " bytes");
    if (auto taken = take(ByteView(piece).first(static_cast<std::size_t>(got))); !taken)
      return taken;
  }
}

Result<Bytes> write_zip(std::span<const ZipEntry> entries) {
  Bytes zip;
  MemorySink sink(zip);
  ZipWriter writer(sink);
  for (const auto& entry : entries) {
    if (auto fine = writer.begin(entry.name); !fine) return fine.error();
    if (auto fine = writer.add(entry.content); !fine) return fine.error();
    if (auto fine = writer.end(); !fine) return fine.error();
  }
  if (auto fine = writer.finish(); !fine) return fine.error();
  return zip;
}

}  // namespace bz::wire
