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

}  // namespace

struct FileWriter::State {
  State(std::filesystem::path to, std::string beside, int fd, Put how)
      : path(std::move(to)), temporary(std::move(beside)), file(fd), put(how) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  static std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  }

  static Result<std::unique_ptr<State>> open(const std::filesystem::path& path, Readers readers,
                                             Put put) {
    auto temporary = (folder_of(path) / ("." + path.filename().string() + ".XXXXXX")).string();
    const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0) return failed(path, "cannot be written");
    auto state = std::make_unique<State>(path, temporary, fd, put);
    const mode_t mode = readers == Readers::kOwnerOnly ? 0600 : 0644;
    if (::fchmod(fd, mode) != 0) return failed(path, "cannot be written");
    return state;
  }

  Result<void> put_in_place() {
    if (::fsync(file.get()) != 0) return failed(path, "cannot be written");
    if (put == Put::kReplacing) {
      if (::rename(temporary.c_str(), path.c_str()) != 0) return failed(path, "cannot be written");
      temporary.clear();
    } else if (::link(temporary.c_str(), path.c_str()) != 0) {
      if (errno != EEXIST) return failed(path, "cannot be written");
      return Error{Code::kConflict,
                   path.string() + " is there already; choose another name, or move it away"};
    } else {
      ::unlink(temporary.c_str());
      temporary.clear();
    }
    const auto folder = folder_of(path);
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
      return failed(path, "its folder cannot be synced");
    return {};
  }

  std::filesystem::path path;
  std::string temporary;  // empty once it is in its place
  Descriptor file;
  Put put;
};

FileWriter::FileWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileWriter::FileWriter(FileWriter&&) noexcept = default;
FileWriter& FileWriter::operator=(FileWriter&&) noexcept = default;
FileWriter::~FileWriter() = default;

Result<FileWriter> FileWriter::replacing(const std::filesystem::path& path, Readers readers) {
  const auto place = place_for_file(path);
  if (!place) return place.error();
  auto state = State::open(*place, readers, Put::kReplacing);
  if (!state) return state.error();
  return FileWriter(std::move(*state));
}

Result<FileWriter> FileWriter::creating(const std::filesystem::path& path, Readers readers) {
  auto state = State::open(path, readers, Put::kNew);
  if (!state) return state.error();
  return FileWriter(std::move(*state));
}

Result<void> FileWriter::append(ByteView piece) {
  return write_all(state_->file.get(), piece, state_->path);
}

Result<void> FileWriter::overwrite(std::uint64_t offset, ByteView bytes) {
  auto at = static_cast<off_t>(offset);
  while (!bytes.empty()) {
    const auto written = ::pwrite(state_->file.get(), bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(state_->path, "cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += written;
  }
  return {};
}

Result<void> FileWriter::commit() {
  return state_->put_in_place();
}

namespace {

Result<void> put_whole(Result<FileWriter> writer, ByteView content) {
  if (!writer) return writer.error();
  if (auto fine = writer->append(content); !fine) return fine;
  return writer->commit();
}

}  // namespace

Result<void> write_file(const std::filesystem::path& path, ByteView content, Readers readers) {
  return put_whole(FileWriter::replacing(path, readers), content);
}

Result<void> create_file(const std::filesystem::path& path, ByteView content, Readers readers) {
  return put_whole(FileWriter::creating(path, readers), content);
}

}  // namespace bz
