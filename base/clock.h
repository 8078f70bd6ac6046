// Where programs read the time. It is passed in as an argument, so that a test or a simulated town
// can choose it.
#pragma once

#include <atomic>
#include <chrono>

#include "base/time.h"

namespace bz {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // From any thread.
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// A story's: it began at a moment of the past when it was made, and goes on as fast as the world's.
class StoryClock final : public Clock {
 public:
  explicit StoryClock(Instant beginning) : behind_(SystemClock().now() - beginning) {}
  [[nodiscard]] Instant now() const override { return SystemClock().now() - behind_; }

 private:
  std::chrono::milliseconds behind_;
};

// Stands still until it is set.
class SetClock final : public Clock {
 public:
  explicit SetClock(Instant now) : ms_(to_ms(now)) {}
  [[nodiscard]] Instant now() const override { return from_ms(ms_.load()); }
  void set(Instant now) { ms_ = to_ms(now); }
  void advance(std::chrono::milliseconds by) { ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace bz
