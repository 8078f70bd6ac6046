// Time as the protocols count it. All of it is UTC; nothing here reads a clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace bz {

// A moment, in milliseconds since 1970-01-01 UTC without leap seconds.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// A UTC day.
using Day = std::chrono::sys_days;

constexpr Day day_of(Instant t) {
  return std::chrono::floor<std::chrono::days>(t);
}

// The ENIntervalNumber of Exposure Notification 1.2: ten-minute steps since 1970, 144 to a UTC day.
struct Interval {
  std::uint32_t number = 0;

  auto operator<=>(const Interval&) const = default;
};

inline constexpr std::uint32_t kIntervalsPerDay = 144;
inline constexpr std::chrono::minutes kIntervalLength{10};

// Moments before 1970 give interval 0.
constexpr Interval interval_at(Instant t) {
  const auto count = t.time_since_epoch() / kIntervalLength;
  return {count < 0 ? 0U : static_cast<std::uint32_t>(count)};
}

constexpr Instant start_of(Interval i) {
  return Instant{kIntervalLength * std::int64_t{i.number}};
}

// The first interval of a UTC day on or after 1970-01-01.
constexpr Interval first_interval(Day day) {
  return interval_at(Instant{day});
}

constexpr std::int64_t to_ms(Instant t) {
  return t.time_since_epoch().count();
}
constexpr Instant from_ms(std::int64_t ms) {
  return Instant{std::chrono::milliseconds{ms}};
}

}  // namespace bz
