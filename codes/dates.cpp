#include "codes/dates.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace bz::codes {
namespace {

template <class... Values>
std::string printed(const char* format, Values... values) {
  std::array<char, 64> text{};
  const int length = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

bool is_recent(Day date, double offset_minutes, Instant now) {
  // No clock is further from UTC than 14 hours; more would only widen what is taken.
  const auto minutes =
      std::chrono::minutes{static_cast<std::int64_t>(std::clamp(offset_minutes, -840.0, 840.0))};
  const auto latest = day_of(now + std::max(minutes, std::chrono::minutes{0}));
  const auto earliest = day_of(now + std::min(minutes, std::chrono::minutes{0})) - kOldestDate;
  return date >= earliest && date <= latest;
}

std::string rfc1123(Instant time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = day_of(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return printed("%s, %02u %s %04d %02d:%02d:%02d UTC",
                 kDays[std::chrono::weekday{day}.c_encoding()], unsigned{date.day()},
                 kMonths[unsigned{date.month()} - 1], static_cast<int>(date.year()),
                 static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                 static_cast<int>(clock.seconds().count()));
}

std::string rfc3339(Day day) {
  return to_text(day) + "T00:00:00Z";
}

}  // namespace bz::codes
