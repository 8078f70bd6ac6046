// Deadlines as letters put them: "trước 16h00 hàng ngày", "trước ngày 01/9/2020".
//
// A deadline is one instant, `due_before`, with the phrase it came from. What arrives before it is
// on time; what arrives at it is late.
//
//   trước 17h00, ngày 28/8/2020     before 17:00 of that day
//   chậm nhất 17 giờ 00 ngày …      the same
//   trước ngày 01/9/2020            before its 00:00: the day is not in it
//   (đến) hết ngày 31/8/2020        before the next day's 00:00: the day is in it
//   đến ngày 30/8/2020, chậm nhất ngày 30/8/2020, trong ngày 30/8/2020      likewise
//   trước 16h00 hàng ngày           every day: Saturdays, Sundays and holidays too
//   từ nay đến hết ngày 31/8/2020   a window
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "vi/calendar.h"
#include "vi/reading.h"

namespace bz::vi {

constexpr bool is_on_time(Instant received, Instant due_before) {
  return received < due_before;
}

// `phrase` below is what was read, as vi::normal makes it.
struct Deadline {
  Instant due_before;
  std::string phrase;
};

struct Daily {
  TimeOfDay due_before;
  std::optional<Day> first;  // the first day that the phrase names; else it begins with the issue
  std::optional<Day> last;   // the last day, itself included; asked of a person where not named
  std::string phrase;
};

struct Window {
  std::optional<Instant> begins;  // nothing: "từ nay", from the issue
  Instant ends;                   // the first moment that is no longer in it
  std::string phrase;
};

using DeadlineRule = std::variant<Deadline, Daily, Window>;

// What the letter says elsewhere; used only where the phrase itself does not say it.
struct PhraseContext {
  std::optional<int> year;  // for "ngày 28/8"
  std::optional<Day> day;   // for "xong trước 17h"
};

// Reads the whole phrase, or refuses it and asks for an instant: an unknown word is never skipped.
// Capital letters, tones, their place and their form (NFC, NFD) do not matter, nor do emphasis (*)
// and the stop at the end. An instant itself is read too: "17:00 ngày 28/8/2020" or ISO. A bare
// "28/8/2020" is refused with both readings: before that day, or to its end. "trước 16h00 hàng
// ngày, 25/8/2020" is the one of that day, a Deadline.
Reading<DeadlineRule> read_deadline(std::string_view phrase, const PhraseContext& context = {});

// A due of one day is the first at least this long after the issue.
inline constexpr std::chrono::hours kLeastNotice{1};
// Ten years; a longer series is cut.
inline constexpr std::size_t kMostDues = 3'653;

// Every `due_before` of the series, in order: the first lies at least kLeastNotice after `issued`
// and not before the day `first`, the last on the day `last`. None where no last day is known.
std::vector<Instant> next_dues(const Daily& daily, Instant issued);

}  // namespace bz::vi
