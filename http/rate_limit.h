// How many requests one may make in a time: a token bucket (RFC 2697's idea) for each name, in
// memory only.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "http/message.h"

namespace bz::http {

class RateLimit {
 public:
  struct Settings {
    std::int64_t requests = 60;  // in one window
    std::chrono::seconds window{60};
    std::size_t names = 100'000;  // the longest unused are forgotten beyond
  };
  explicit RateLimit(Settings settings);

  struct Verdict {
    bool allowed = false;
    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    Instant reset;  // when all is free again
    Instant next;   // when one more is free: now, unless refused or the last was taken
  };
  // Counts one request of `name`, which is an authority and an address prefix together, never a
  // device's key alone. From any thread.
  Verdict take(std::string_view name, Instant now);

  [[nodiscard]] std::size_t remembered() const;  // names; at most settings.names

 private:
  struct Bucket {
    std::string name;
    double tokens = 0;
    Instant at;
  };
  Settings settings_;
  mutable std::mutex mutex_;
  std::list<Bucket> by_use_;  // the longest unused first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_name_;
};

// X-RateLimit-Limit, -Remaining and -Reset (Unix seconds), and when refused Retry-After (seconds,
// at least 1).
void put_headers(const RateLimit::Verdict& verdict, Instant now, Response& response);

}  // namespace bz::http
