#include "vi/tokens.h"

#include <algorithm>
#include <array>

#include "vi/text.h"

namespace bz::vi {
namespace {

Token::Kind kind_of(char c) {
  if (c >= '0' && c <= '9') return Token::Kind::kNumber;
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  // Bytes over 127 belong to letters, or to signs that make a word that nobody knows.
  const bool is_beyond = static_cast<unsigned char>(c) > 0x7F;
  return is_letter || is_beyond ? Token::Kind::kWord : Token::Kind::kMark;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const auto kind = kind_of(text.front());
    std::size_t size = 1;
    while (kind != Token::Kind::kMark && size < text.size() && kind_of(text[size]) == kind) ++size;
    const auto part = text.substr(0, size);
    text.remove_prefix(size);
    if (kind == Token::Kind::kWord) {
      tokens.push_back({kind, same_spelling(part), is_ascii(part)});
    } else {
      tokens.push_back({kind, std::string(part), false});
    }
  }
  return tokens;
}

bool Cursor::take_words(std::string_view words, bool may_be_plain) {
  auto next = at_;
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(word.size() + 1, words.size()));
    if (next == tokens_.size()) return false;
    const auto& token = tokens_[next++];
    if (token.kind != Token::Kind::kWord) return false;
    const bool is_it = token.text == same_spelling(word) ||
                       (may_be_plain && token.plain && token.text == fold(word));
    if (!is_it) return false;
  }
  at_ = next;
  return true;
}

bool Cursor::take(std::string_view words) {
  return take_words(words, true);
}
bool Cursor::take_marked(std::string_view words) {
  return take_words(words, false);
}

bool Cursor::take_any(std::initializer_list<std::string_view> choices) {
  return std::ranges::any_of(choices, [this](auto words) { return take(words); });
}

bool Cursor::take_mark(char mark) {
  if (at_end() || tokens_[at_].kind != Token::Kind::kMark || tokens_[at_].text[0] != mark) {
    return false;
  }
  ++at_;
  return true;
}

std::optional<Cursor::Number> Cursor::take_number() {
  if (at_end() || tokens_[at_].kind != Token::Kind::kNumber) return std::nullopt;
  const auto& digits = tokens_[at_].text;
  if (digits.size() > 9) return std::nullopt;
  ++at_;
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return Number{value, digits.size()};
}

std::optional<DayParts> Cursor::take_iso_day() {
  const auto from = at_;
  const auto year = take_number();
  if (year && year->digits == 4 && take_mark('-')) {
    const auto month = take_number();
    if (month && month->digits == 2 && take_mark('-')) {
      const auto day = take_number();
      if (day && day->digits == 2)
        return DayParts{day->value, month->value, year->value, true, std::nullopt};
    }
  }
  at_ = from;
  return std::nullopt;
}

std::optional<DayParts> Cursor::take_written_day() {
  const auto from = at_;
  const auto fail = [&] {
    at_ = from;
    return std::nullopt;
  };
  const auto day = take_number();
  if (!day || day->digits > 2) return fail();
  char mark = 0;
  for (const char one : {'/', '-', '.'}) {
    if (mark == 0 && take_mark(one)) mark = one;
  }
  if (mark == 0 && !take("tháng")) return fail();
  const auto month = take_number();
  if (!month || month->digits > 2) return fail();
  DayParts parts{day->value, month->value, std::nullopt, true, std::nullopt};
  const auto before_year = at_;
  const bool has_year = mark == 0 ? take("năm") : take_mark(mark);
  const auto year = has_year ? take_number() : std::nullopt;
  if (year) {
    parts.year = year->value;
    parts.has_full_year = year->digits == 4;
  } else {
    at_ = before_year;
    if (mark == '-' || mark == '.') return fail();  // "28-8", "28.8" may be anything
  }
  return parts;
}

std::optional<std::chrono::weekday> Cursor::take_weekday() {
  constexpr std::array<std::string_view, 6> kNames = {"hai", "ba", "tư", "năm", "sáu", "bảy"};
  if (take("chủ nhật")) return std::chrono::Sunday;
  const auto from = at_;
  if (take("thứ")) {
    for (unsigned i = 0; i < kNames.size(); ++i) {
      if (take(kNames.at(i))) return std::chrono::weekday{i + 1};
    }
    const auto number = take_number();
    if (number && number->value >= 2 && number->value <= 7) {
      return std::chrono::weekday{static_cast<unsigned>(number->value - 1)};
    }
  }
  at_ = from;
  return std::nullopt;
}

std::optional<DayParts> Cursor::take_day() {
  const auto from = at_;
  take("ngày");
  const auto weekday = take_weekday();
  if (weekday) {
    take_mark(',');
    take("ngày");
  }
  auto day = take_iso_day();
  if (!day) day = take_written_day();
  if (!day) {
    at_ = from;
    return std::nullopt;
  }
  day->weekday = weekday;
  const auto after = at_;
  if (!weekday && take_mark('(')) {
    const auto behind = take_weekday();
    if (behind && take_mark(')')) {
      day->weekday = behind;
    } else {
      at_ = after;
    }
  }
  return day;
}

std::optional<TimeOfDay> Cursor::take_time() {
  const auto from = at_;
  const auto fail = [&] {
    at_ = from;
    return std::nullopt;
  };
  const auto hour = take_number();
  if (!hour || hour->digits > 2 || hour->value > 24) return fail();
  const bool needs_minutes = take_mark(':');
  if (!needs_minutes && !take_any({"giờ", "h", "g"})) return fail();
  TimeOfDay time{hour->value, 0};
  // "17h 28/8" has no minutes: what follows begins a day.
  const auto before_minutes = at_;
  const bool is_day = !needs_minutes && take_day().has_value();
  at_ = before_minutes;
  const auto minute = is_day ? std::nullopt : take_number();
  if (!minute) return needs_minutes ? fail() : std::optional(time);
  if (minute->digits != 2 || minute->value > 59) return fail();
  if (hour->value == 24 && minute->value != 0) return fail();
  if (!take_any({"phút", "p"})) take_mark('\'');
  time.minute = minute->value;
  return time;
}

}  // namespace bz::vi
