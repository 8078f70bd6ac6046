// A clock that several processes read and one of them moves: eight bytes of a file mapped into
// each.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/result.h"

namespace bz::load {

class SharedClock final : public Clock {
 public:
  // Makes the file when it is not there; then the time is 1970 until it is set.
  static Result<std::unique_ptr<SharedClock>> open(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void* memory = MAP_FAILED;
    if (descriptor >= 0 && ::ftruncate(descriptor, sizeof(std::int64_t)) == 0) {
      memory =
          ::mmap(nullptr, sizeof(std::int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    if (descriptor >= 0) ::close(descriptor);
    if (memory == MAP_FAILED)
      return Error{Code::kUnavailable, file.string() + ": cannot be made or mapped"};
    return std::unique_ptr<SharedClock>(new SharedClock(static_cast<std::int64_t*>(memory)));
  }
  ~SharedClock() override { ::munmap(ms_, sizeof(std::int64_t)); }

  [[nodiscard]] Instant now() const override {
    return from_ms(std::atomic_ref<std::int64_t>(*ms_).load());
  }
  void set(Instant now) { std::atomic_ref<std::int64_t>(*ms_).store(to_ms(now)); }
  void advance(std::chrono::milliseconds by) {
    std::atomic_ref<std::int64_t>(*ms_).fetch_add(by.count());
  }

 private:
  explicit SharedClock(std::int64_t* ms) : ms_(ms) {}
  std::int64_t* ms_;
};

}  // namespace bz::load
