#include "tests/soak/small_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace bz::soak {
namespace {

constexpr auto kSize = "size=96m";
constexpr rlim_t kSmallestFile = 200'000;

void limit_files(pid_t server, rlim_t bytes) {
  struct rlimit limit {};
  if (::prlimit(server, RLIMIT_FSIZE, nullptr, &limit) != 0) return;
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  ::prlimit(server, RLIMIT_FSIZE, &limit, nullptr);
}

// A file that takes what is left, to the last page.
void fill(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (made < 0) return;
  off_t end = 0;
  for (off_t step = off_t{64} << 20; step >= 4'096; step /= 2) {
    while (::posix_fallocate(made, end, step) == 0) end += step;
  }
  ::close(made);
}

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path folder)
    : folder_(std::move(folder)),
      mounted_(::mount("bz-soak", folder_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, kSize) == 0) {}

SmallDisk::SmallDisk(SmallDisk&& other) noexcept
    : folder_(std::move(other.folder_)), mounted_(std::exchange(other.mounted_, false)) {}

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::take_room(pid_t server) {
  if (mounted_) {
    fill(folder_ / "filler");
  } else {
    limit_files(server, kSmallestFile);
  }
}

void SmallDisk::give_room(pid_t server) {
  std::error_code ignored;
  if (mounted_) {
    std::filesystem::remove(folder_ / "filler", ignored);
  } else {
    limit_files(server, RLIM_INFINITY);
  }
}

}  // namespace bz::soak
