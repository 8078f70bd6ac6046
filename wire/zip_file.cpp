#include "wire/zip_file.h"

#include <zip.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace bz::wire {
namespace {

constexpr std::size_t kEndRecordSize = 22;  // without a comment
constexpr std::uint64_t kMostEntries = 16;

Error malformed(std::string what) {
  return {Code::kMalformed, "zip: " + std::move(what)};
}

Error cut_short() {
  return malformed("cut: shorter than the smallest zip");
}

zip_t* raw(const std::shared_ptr<void>& archive) {
  return static_cast<zip_t*>(archive.get());
}

using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;

bool read_at(zip_source_t* source, std::int64_t offset, std::span<std::uint8_t> out) {
  return zip_source_seek(source, offset, SEEK_SET) == 0 &&
         zip_source_read(source, out.data(), out.size()) == static_cast<zip_int64_t>(out.size());
}

// libzip looks for an archive anywhere in a file; here the file is the archive, from its first byte
// to its last.
Result<void> check_layout(zip_source_t* source) {
  if (zip_source_seek(source, 0, SEEK_END) != 0) {
    return Error{Code::kUnavailable, "zip: the file cannot be read"};
  }
  const std::int64_t size = zip_source_tell(source);
  if (size < static_cast<std::int64_t>(kEndRecordSize)) {
    return cut_short();
  }
  const std::int64_t end_at = size - static_cast<std::int64_t>(kEndRecordSize);
  std::array<std::uint8_t, 4> first{};
  std::array<std::uint8_t, kEndRecordSize> end{};
  if (!read_at(source, 0, first) || !read_at(source, end_at, end)) {
    return Error{Code::kUnavailable, "zip: the file cannot be read"};
  }
  if (as_text(first) != "PK\x03\x04") {
    return malformed("byte 0: no entry begins here (not a zip, or something was put before it)");
  }
  if (as_text(ByteView(end).first(4)) != "PK\x05\x06" ||
      get_le(ByteView(end).subspan(20, 2)) != 0) {
    return malformed("no end record in the last 22 bytes (cut, or something was put after it)");
  }
  const auto entries = get_le(ByteView(end).subspan(10, 2));
  if (entries > kMostEntries) return malformed("it has " + std::to_string(entries) + " entries");
  const auto directory_size = get_le(ByteView(end).subspan(12, 4));
  const auto directory_at = get_le(ByteView(end).subspan(16, 4));
  if (directory_at + directory_size != static_cast<std::uint64_t>(end_at)) {
    return malformed(
        "its directory does not end where the end record begins (something was put before or "
        "between)");
  }
  return {};
}

Error open_error(int code) {
  switch (code) {
    case ZIP_ER_EXISTS: return malformed("two entries of one name");
    case ZIP_ER_INCONS: return malformed("an entry and the directory say different things of it");
    case ZIP_ER_MEMORY: return {Code::kUnavailable, "zip: out of memory"};
    default: return malformed("its directory cannot be read");
  }
}

Result<void> check_entries(zip_t* archive, std::span<const std::string_view> names) {
  std::vector<int> seen(names.size(), 0);
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    const char* text = zip_get_name(archive, i, ZIP_FL_ENC_RAW);
    const std::string_view name = text == nullptr ? "" : text;
    std::size_t which = 0;
    while (which < names.size() && names[which] != name) ++which;
    if (which == names.size()) {
      return malformed("entry " + std::to_string(i + 1) + " does not belong in such a file");
    }
    if (++seen[which] > 1) return malformed("two entries named " + std::string(name));
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive, i, 0, &stat) != 0) return open_error(ZIP_ER_INCONS);
    if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE) {
      return malformed(std::string(name) + " is encrypted");
    }
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
      return malformed(std::string(name) + " is packed by a method other than stored or deflated");
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (seen[i] == 0) return malformed("no entry " + std::string(names[i]));
  }
  return {};
}

}  // namespace

Result<ZipReader> ZipReader::open(const ZipSource& source,
                                  std::span<const std::string_view> names) {
  zip_error_t error;
  zip_error_init(&error);
  Source file(nullptr, zip_source_free);
  if (const auto* bytes = std::get_if<ByteView>(&source)) {
    if (bytes->empty()) return cut_short();  // libzip 1.7.3 crashes seeking in an empty buffer
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
  const auto layout = check_layout(file.get());
  zip_source_close(file.get());
  if (!layout) return layout.error();

  zip_t* archive = zip_open_from_source(file.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    const int code = zip_error_code_zip(&error);
    zip_error_fini(&error);
    return open_error(code);
  }
  (void)file.release();  // the archive's now
  const std::shared_ptr<void> owned(archive, [](void* p) { zip_discard(static_cast<zip_t*>(p)); });
  if (const auto fine = check_entries(archive, names); !fine) return fine.error();
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
  constexpr zip_uint16_t kFirstDosDate = (1U << 5U) | 1U;  // 1980-01-01
  const Error out_of_memory{Code::kUnavailable, "zip: out of memory"};
  const Source target(zip_source_buffer_create(nullptr, 0, 0, nullptr), zip_source_free);
  if (!target) return out_of_memory;
  zip_t* archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, nullptr);
  if (archive == nullptr) return out_of_memory;
  zip_source_keep(target.get());  // the archive gives one back when it is closed or discarded
  bool fine = true;
  for (const auto& entry : entries) {
    zip_source_t* content =
        zip_source_buffer(archive, entry.content.data(), entry.content.size(), 0);
    const auto index = content == nullptr ? -1
                                          : zip_file_add(archive, std::string(entry.name).c_str(),
                                                         content, ZIP_FL_ENC_UTF_8);
    if (index < 0) zip_source_free(content);
    const auto i = static_cast<zip_uint64_t>(index);
    fine = index >= 0 && zip_set_file_compression(archive, i, ZIP_CM_DEFLATE, 6) == 0 &&
           zip_file_set_dostime(archive, i, 0, kFirstDosDate, 0) == 0;
    if (!fine) break;
  }
  if (!fine || zip_close(archive) != 0) {
    zip_discard(archive);
    return out_of_memory;
  }
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(target.get(), &stat) != 0 || zip_source_open(target.get()) != 0)
    return out_of_memory;
  Bytes zip(stat.size);
  const auto got = zip_source_read(target.get(), zip.data(), zip.size());
  zip_source_close(target.get());
  if (got != static_cast<zip_int64_t>(zip.size())) return out_of_memory;
  return zip;
}

}  // namespace bz::wire
