// A server's disk that has no room for a while.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace bz::soak {

// The folder as a file system of its own, small and in memory, where this user may mount one. Else
// the server's files may grow no further (RLIMIT_FSIZE), which its writes meet in the same way.
class SmallDisk {
 public:
  // Before anything is put into the folder.
  explicit SmallDisk(std::filesystem::path folder);
  SmallDisk(SmallDisk&& other) noexcept;
  SmallDisk& operator=(SmallDisk&&) = delete;
  ~SmallDisk();

  // `server` is the process whose disk it is.
  void take_room(pid_t server);
  void give_room(pid_t server);
  [[nodiscard]] bool is_mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

}  // namespace bz::soak
