// Days and hours in Vietnam, which is UTC+7 without summer time: a constant. Nothing here reads a
// clock.
//
// A `Day` here is a local day. It begins at its 00:00 +07:00, which is 17:00 UTC of the day before.
// A cut-off "to the end of 19/8" is the instant 2020-08-20T00:00+07:00 and belongs to the day 19/8.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/local_day.h"
#include "vi/reading.h"

namespace bz::vi {

using bz::local_day;

// 00:00 of a local day, and 00:00 of the next: the first moment that is in it, and that is not.
constexpr Instant start_of(Day day) {
  return start_of_local(day);
}
constexpr Instant end_of(Day day) {
  return start_of(day + std::chrono::days{1});
}

// The local day that a cut-off closes: midnight belongs to the day that ends.
constexpr Day cut_off_day(Instant t) {
  return local_day(t - std::chrono::milliseconds{1});
}

// Of a local day; 24:00 is its end.
struct TimeOfDay {
  int hour = 0;    // 0 to 24
  int minute = 0;  // 0 to 59; 0 when the hour is 24

  auto operator<=>(const TimeOfDay&) const = default;
};

constexpr Instant at(Day day, TimeOfDay time) {
  return start_of(day) + std::chrono::hours{time.hour} + std::chrono::minutes{time.minute};
}

// Seconds are cut off.
constexpr TimeOfDay local_time(Instant t) {
  const auto since = std::chrono::floor<std::chrono::minutes>(t - start_of(local_day(t)));
  return {static_cast<int>(since.count() / 60), static_cast<int>(since.count() % 60)};
}

// As Decree 30/2020 writes days: "19/8/2020", "01/9/2020", "04/02/2020" (days under ten and the
// months 1 and 2 with a zero before them).
std::string show_day(Day day);
std::string show_time(TimeOfDay time);  // "16:00"
std::string show_moment(Instant t);     // "16:00 ngày 25/8/2020"
// "2020-08-20T00:00+07:00"; seconds and milliseconds only where they are not zero.
std::string iso_local(Instant t);

// "19/8/2020", "19/08/2020", "19-8-2020", "ngày 19 tháng 8 năm 2020", "2020-08-19"; from 1970 to
// 9999. Without a year ("19/8") it is read in `year`, and refused where none is given. Refused too:
// 31/2, a weekday that it is not ("thứ Hai, ngày 19/8/2020"), a month over 12 (with the day before
// the month offered), a year of two digits.
Reading<Day> read_day(std::string_view text, std::optional<int> year = std::nullopt);

// Milliseconds since 1970 ("1598346000000"), or ISO 8601 with its offset ("2020-08-25T16:00+07:00",
// "2020-08-25T09:00:00.000Z"); from 1970 to 9999.
Reading<Instant> read_instant(std::string_view text);

// A spreadsheet's date: days since 1899-12-31, and 60 is the 29 February 1900 that never was (1900
// system; nothing for it, for what lies before 1900 or after 9999, and for what is no number). The
// fraction is the time of day, to the nearest second.
std::optional<Day> day_from_excel(double serial);
std::optional<Instant> instant_from_excel(double serial);  // taken as local time

}  // namespace bz::vi
