// Words, numbers and marks of a phrase in which days and hours are looked for. Used by calendar.cpp
// and deadline.cpp only.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "vi/calendar.h"
#include "vi/reading.h"

namespace bz::vi {

struct Token {
  enum class Kind { kWord, kNumber, kMark };
  Kind kind{};
  std::string text;    // of a word its same_spelling; of a number its digits; a mark's character
  bool plain = false;  // a word of ASCII letters only: perhaps typed without its tones
};

// `text` as vi::normal makes it. Blanks only part tokens.
std::vector<Token> tokens_of(std::string_view text);

// Day, month and year as they were written, before anyone asked the calendar.
struct DayParts {
  int day = 0;
  int month = 0;
  std::optional<int> year;
  bool has_full_year = true;  // four digits, where there is a year
  std::optional<std::chrono::weekday> weekday = std::nullopt;

  // Refuses what the calendar does not have, and a day of another weekday than is said beside it.
  [[nodiscard]] Reading<Day> checked(std::optional<int> instead_of_year) const;
};

// Goes along tokens that outlive it. Every `take` either consumes what it names and says so, or
// leaves the place unchanged.
class Cursor {
 public:
  explicit Cursor(std::span<const Token> tokens) : tokens_(tokens) {}

  [[nodiscard]] bool at_end() const { return at_ == tokens_.size(); }

  // The words of `words` one after the other, as they are spelled or typed wholly without marks.
  bool take(std::string_view words);
  // The same, but never without marks: where "tới" and "tối" would become one.
  bool take_marked(std::string_view words);
  bool take_any(std::initializer_list<std::string_view> choices);
  bool take_mark(char mark);
  // At most nine digits.
  struct Number {
    int value = 0;
    std::size_t digits = 0;
  };
  std::optional<Number> take_number();

  // "ngày 19/8/2020", "19/8", "19-8-2020", "ngày 19 tháng 8 năm 2020", "2020-08-19", with its
  // weekday before it ("thứ Tư, ngày 19/8/2020") or after it ("19/8/2020 (thứ Tư)").
  std::optional<DayParts> take_day();
  // "thứ Hai" or "thứ 2" to "thứ Bảy", "chủ nhật".
  std::optional<std::chrono::weekday> take_weekday();
  // "16h", "16h00", "16g00", "16:00", "16 giờ", "16 giờ 00 phút".
  std::optional<TimeOfDay> take_time();

 private:
  bool take_words(std::string_view words, bool may_be_plain);
  std::optional<DayParts> take_iso_day();
  std::optional<DayParts> take_written_day();

  std::span<const Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace bz::vi
