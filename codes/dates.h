// Dates as the API has them: YYYY-MM-DD (base/date.h), in the time zone of whoever sends them. What
// is counted a day goes by the day in Vietnam, as quotas do: at 00:00 there a new one begins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/local_day.h"

namespace bz::codes {

inline constexpr std::chrono::days kOldestDate{28};

// Whether it is not after today and not more than 28 days back, where the clock is `offset_minutes`
// ahead of UTC: ahead, today may be tomorrow; behind, the oldest day may be a day older.
bool is_recent(Day date, double offset_minutes, Instant now);

// "Sun, 22 Nov 2026 10:15:00 UTC" (RFC 1123).
std::string rfc1123(Instant time);
// "2026-11-22T00:00:00Z" (RFC 3339).
std::string rfc3339(Day day);

constexpr std::int64_t to_s(Instant time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
constexpr Instant from_s(std::int64_t seconds) {
  return Instant{std::chrono::seconds{seconds}};
}
// Of the local day.
constexpr std::int64_t day_number(Instant time) {
  return local_day(time).time_since_epoch().count();
}
constexpr Day day_from(std::int64_t number) {
  return Day{std::chrono::days{number}};
}
constexpr std::int64_t hour_number(Instant time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

}  // namespace bz::codes
