#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace bz {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Error failed(const std::filesystem::path& path, const char* what) {
  const int reason = errno;
  return {reason == ENOENT ? Code::kNotFound : Code::kUnavailable,
          path.string() + ": " + what + ": " + std::generic_category().message(reason)};
}

Result<void> write_all(int fd, ByteView content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(path, "cannot be written");
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed(path, "cannot be opened");
  // Read to the end and not to the size that stat tells: pipes and /proc have none.
  Bytes content;
  constexpr std::size_t kStep = std::size_t{1} << 16U;
  for (std::size_t size = 0;;) {
    content.resize(size + kStep);
    const auto got = ::read(file.get(), content.data() + size, kStep);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "cannot be read");
    size += static_cast<std::size_t>(got);
    if (size > limit) {
      return Error{Code::kMalformed,
                   path.string() + ": larger than " + std::to_string(limit) + " bytes"};
    }
    if (got == 0) {
      content.resize(size);
      return content;
    }
  }
}

Result<std::filesystem::path> place_for_file(const std::filesystem::path& path) {
  std::error_code failed;
  const auto there = std::filesystem::status(path, failed);
  if (std::filesystem::is_regular_file(there)) return std::filesystem::canonical(path);
  if (std::filesystem::exists(there)) {
    return Error{Code::kInvalid,
                 path.string() + ": not a file but something else; choose another name"};
  }
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(path, failed))) {
    return Error{Code::kNotFound, path.string() + ": a link to nothing"};
  }
  return path;
}

namespace {

enum class Put { kReplacing, kNew };

// Writes beside `path`, syncs, and puts the whole file in its place.
Result<void> put_file(const std::filesystem::path& path, ByteView content, Readers readers,
                      Put put) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  auto temporary = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.get() < 0) return failed(path, "cannot be written");
  auto result = write_all(file.get(), content, path);
  const mode_t mode = readers == Readers::kOwnerOnly ? 0600 : 0644;
  if (result && ::fchmod(file.get(), mode) != 0) result = failed(path, "cannot be written");
  if (result && ::fsync(file.get()) != 0) result = failed(path, "cannot be written");
  if (result && put == Put::kReplacing && ::rename(temporary.c_str(), path.c_str()) != 0) {
    result = failed(path, "cannot be written");
  }
  if (result && put == Put::kNew) {
    if (::link(temporary.c_str(), path.c_str()) != 0) {
      result =
          errno == EEXIST
              ? Error{Code::kConflict,
                      path.string() + " is there already; choose another name, or move it away"}
              : failed(path, "cannot be written");
    }
    ::unlink(temporary.c_str());
  }
  if (!result) {
    ::unlink(temporary.c_str());
    return result;
  }
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return failed(path, "its folder cannot be synced");
  }
  return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& path, ByteView content, Readers readers) {
  const auto place = place_for_file(path);
  if (!place) return place.error();
  return put_file(*place, content, readers, Put::kReplacing);
}

Result<void> create_file(const std::filesystem::path& path, ByteView content, Readers readers) {
  return put_file(path, content, readers, Put::kNew);
}

}  // namespace bz
