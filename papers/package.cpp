#include "papers/package.h"

#include <zip.h>

#include <algorithm>

#include "base/ascii.h"

namespace bz::papers {
namespace {

constexpr std::size_t kRatioCountsFrom = 5'000'000;

Error malformed(std::string what) {
  return {Code::kMalformed, "package: " + std::move(what)};
}

zip_t* raw(const std::shared_ptr<void>& archive) {
  return static_cast<zip_t*>(archive.get());
}

// As parts are compared: A to Z as a to z; a backslash, which old writers have, as a slash.
std::string folded(std::string_view name) {
  std::string out(name);
  for (auto& c : out) {
    c = c == '\\' ? '/' : ascii_lower(c);
  }
  return out;
}

}  // namespace

Result<Package> Package::open(ByteView file) {
  if (file.size() < 22) return malformed("too short for an archive");  // and libzip needs some
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    zip_source_free(source);
    return malformed("its directory cannot be read");
  }
  Package package;
  package.archive_ = {archive, [](void* p) { zip_discard(static_cast<zip_t*>(p)); }};
  const auto count =
      static_cast<std::uint64_t>(std::max<zip_int64_t>(0, zip_get_num_entries(archive, 0)));
  if (count > kMostParts) return malformed("over 1,000 parts");
  for (std::uint64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(archive, i, ZIP_FL_ENC_RAW);
    if (name == nullptr) return malformed("a part without a name");
    if (!package.entries_.emplace(folded(name), i).second)
      return malformed("two parts of one name");
  }
  return package;
}

bool Package::has(std::string_view name) const {
  return entries_.contains(folded(name));
}

Result<Bytes> Package::part(std::string_view name) {
  const auto entry = entries_.find(folded(name));
  if (entry == entries_.end()) return Error{Code::kNotFound, "package: no such part"};
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(raw(archive_), entry->second, 0, &stat) != 0) return malformed("damaged");
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(
      zip_fopen_index(raw(archive_), entry->second, 0), zip_fclose);
  if (!file) return malformed("a part cannot be unpacked");
  // The sizes that headers state are believed nowhere but for the ratio, which only refuses more.
  const auto packed = std::max<std::uint64_t>(1, stat.comp_size);
  Bytes content;
  std::size_t size = 0;
  constexpr std::size_t kPiece = std::size_t{64} * 1024;
  while (true) {
    content.resize(size + kPiece);
    const auto got = zip_fread(file.get(), content.data() + size, kPiece);
    if (got < 0) return malformed("a part cannot be unpacked or its checksum does not hold");
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    unpacked_ += static_cast<std::size_t>(got);
    if (unpacked_ > kMostUnpackedBytes) return malformed("unpacks to over 50 MB");
    if (size > kRatioCountsFrom && size / packed > kMostRatio) return malformed("unpacks too far");
  }
  content.resize(size);
  return content;
}

}  // namespace bz::papers
