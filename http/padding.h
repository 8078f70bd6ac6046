// Answers whose size tells nothing, and cover traffic (X-Chaff), as the Exposure Notification
// servers have them.
//
// Every answer of a padded route, real, refused or to cover traffic, has a body whose length is
// drawn from one distribution that does not know what is in it: uniform from kLeastPaddedBody to
// kMostPaddedBody bytes. The filler is base64 of random bytes in `padding`, between 1024 and 2047
// of them.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "http/router.h"

namespace bz::http {

inline constexpr std::size_t kLeastPaddedBody = 2'240;
inline constexpr std::size_t kMostPaddedBody = 2'750;

// `object` is a JSON object in text without `padding`, at most 850 bytes (a longer one gets the
// least padding there is, and is longer than the others). The same with it.
std::string with_padding(std::string_view object, Random& random);

// Whether a request says of itself that it is cover traffic: X-Chaff with any non-empty value.
bool is_chaff(const Request& request);

// How long real calls of one route took of late, so that cover traffic takes as long: a reservoir
// of recent durations from the request's last byte to the answer, from which one is drawn. From any
// thread.
class RealTimes {
 public:
  // At first, before there is any real call: 1 to 5 ms. `longest` bounds what is drawn.
  explicit RealTimes(std::chrono::milliseconds longest = std::chrono::milliseconds{1'000});

  void add(std::chrono::steady_clock::duration took);
  // To be answered then: after a duration drawn from those seen.
  [[nodiscard]] std::chrono::steady_clock::time_point answer_at(
      std::chrono::steady_clock::time_point received, Random& random) const;

 private:
  std::chrono::steady_clock::duration longest_;
  mutable std::mutex mutex_;
  std::vector<std::chrono::steady_clock::duration> seen_;
  std::size_t next_ = 0;
};

// A handler of a padded route: answers cover traffic by `{"padding":…}` at a time like that of real
// calls without looking at the body, else calls `real`, whose body must be a JSON object without
// padding, and pads it.
Handler padded(Handler real, RealTimes& times, Random& random);

}  // namespace bz::http
