#include "http/file_answer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "http/date.h"

namespace bz::http {
namespace {

std::string tag_of(const struct stat& status) {
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "\"%llx-%llx-%llx.%lx\"",
                static_cast<unsigned long long>(status.st_ino),
                static_cast<unsigned long long>(status.st_size),
                static_cast<unsigned long long>(status.st_mtim.tv_sec),
                static_cast<unsigned long>(status.st_mtim.tv_nsec));
  return text.data();
}

// Whether `tag` is in a list of tags or the list is "*"; weak ones count.
bool lists(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    auto entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(entry.size() + 1, list.size()));
    const auto first = entry.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    entry = entry.substr(first, entry.find_last_not_of(" \t") - first + 1);
    if (entry == "*") return true;
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == tag) return true;
  }
  return false;
}

}  // namespace

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(changed_, other.changed_);
  std::swap(tag_, other.tag_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<OpenFile> OpenFile::open(const std::filesystem::path& path) {
  OpenFile file;
  // Not blocking: a pipe that lies there by mistake must not hold a worker.
  file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.descriptor_ < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Error{Code::kNotFound, "no such file"};
    return Error{Code::kUnavailable, "a file cannot be opened: check its permissions"};
  }
  struct stat status {};
  if (::fstat(file.descriptor_, &status) != 0)
    return Error{Code::kUnavailable, "a file cannot be read: check the disk"};
  if (!S_ISREG(status.st_mode)) return Error{Code::kNotFound, "no such file"};
  file.size_ = static_cast<std::uint64_t>(status.st_size);
  file.changed_ = std::chrono::sys_seconds{std::chrono::seconds{status.st_mtim.tv_sec}};
  file.tag_ = tag_of(status);
  return file;
}

Result<std::size_t> OpenFile::read(std::uint64_t offset, std::span<char> to) const {
  std::size_t have = 0;
  while (have < to.size()) {
    const auto count =
        ::pread(descriptor_, to.data() + have, to.size() - have, static_cast<off_t>(offset + have));
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{Code::kUnavailable, "a file cannot be read: check the disk"};
    have += static_cast<std::size_t>(count);
  }
  return have;
}

bool has_it_already(const Request& request, const OpenFile& file) {
  if (const auto tags = request.header("if-none-match")) return lists(*tags, file.tag());
  const auto since = request.header("if-modified-since");
  const auto time = since ? parse_http_date(*since) : std::nullopt;
  return time && file.changed() <= *time;
}

OpenFile open_answer(const Request& request, Response& response) {
  auto file = OpenFile::open(*response.file);
  if (!file) {
    response = file.error().code == Code::kNotFound
                   ? error_response(404, "there is nothing at this address")
                   : error_response(503, "this cannot be read now: try again later");
    return {};
  }
  response.set("etag", file->tag());
  response.set("last-modified", http_date(file->changed()));
  if (response.status != 200 || !has_it_already(request, *file)) return std::move(*file);
  response.status = 304;
  response.body.clear();
  return {};
}

}  // namespace bz::http
