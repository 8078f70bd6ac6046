#include "papers/excel_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/date.h"

namespace bz::papers {
namespace {

using std::chrono::days;

constexpr int kDigits = 15;
constexpr double kSecondsOfDay = 86'400;
constexpr Day k1900{std::chrono::year{1899} / 12 / 30};  // day 61 is 1900-03-01
constexpr Day k1904{std::chrono::year{1904} / 1 / 1};
constexpr Day kLast{std::chrono::year{9999} / 12 / 31};
// Excel has a 29 February 1900 as day 60, so earlier days are one less.
constexpr int kFalseLeapDay = 60;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A format code without what is only printed: "quoted", \escaped, _spaced, *filled, [bracketed],
// AM/PM; in lower case; up to its first ';'.
std::string bare_code(std::string_view code) {
  std::string bare;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i];
    if (c == '"' || c == '[') {
      const auto end = code.find(c == '"' ? '"' : ']', i + 1);
      // "[h]" counts hours beyond a day: a mark of its own.
      if (c == '[' && i + 1 < code.size() && (end == i + 2 || end == i + 3)) {
        const char unit = static_cast<char>(code[i + 1] | 0x20);
        if (unit == 'h' || unit == 'm' || unit == 's') bare.push_back('[');
      }
      if (end == std::string_view::npos) break;
      i = end;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else {
      bare.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
    }
  }
  for (const std::string_view half : {"am/pm", "a/p"}) {
    for (auto at = bare.find(half); at != std::string::npos; at = bare.find(half))
      bare.replace(at, half.size(), "h");
  }
  return bare;
}

std::optional<Day> day_of_text(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U}) {
    if (!is_digit(text[i])) return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const auto date = std::chrono::year{part(0, 4)} / part(5, 2) / part(8, 2);
  if (!date.ok()) return std::nullopt;
  return Day{date};
}

std::optional<double> seconds_of_text(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U, 6U, 7U}) {
    if (!is_digit(text[i])) return std::nullopt;
  }
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  if (two(0) > 23 || two(3) > 59 || two(6) > 59) return std::nullopt;
  return two(0) * 3600 + two(3) * 60 + two(6);
}

std::string time_text(int seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                seconds % 60);
  return text.data();
}

}  // namespace

NumberFormat built_in_format(unsigned id) {
  const auto between = [id](unsigned first, unsigned last) { return id >= first && id <= last; };
  if (id == 9 || id == 10) return {false, false, true};
  if (id == 22) return {true, true, false};
  // 27 to 36 and 50 to 58 are days in Excel's East Asian editions.
  if (between(14, 17) || between(27, 31) || id == 36 || between(50, 54) || between(57, 58))
    return {true, false, false};
  if (between(18, 21) || between(32, 35) || between(55, 56) || id == 45 || id == 47)
    return {false, true, false};
  return {};  // 46 is [h]:mm:ss, a duration
}

NumberFormat format_of_code(std::string_view code) {
  const auto bare = bare_code(code);
  if (bare == "general") return {};
  const auto has = [&](std::string_view any) {
    return bare.find_first_of(any) != std::string::npos;
  };
  NumberFormat format;
  format.percent = has("%");
  if (has("[")) return format;
  format.day = has("yd");
  format.time = has("hs");
  // An m alone is a month; beside hours or seconds, minutes.
  if (has("m") && !format.day && !format.time) format.day = true;
  return format;
}

std::optional<std::string> plain_decimal(std::string_view stored) {
  const auto value = number(stored);
  if (!value) return std::nullopt;
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(*value),
                                 std::chars_format::scientific, kDigits - 1)
                       .ptr;
  // d.dddddddddddddde±xx
  const std::string_view written(text.data(), static_cast<std::size_t>(end - text.data()));
  const auto e = written.find('e');
  int exponent = 0;
  const auto from = e + (written[e + 1] == '+' ? 2U : 1U);
  std::from_chars(written.data() + from, written.data() + written.size(), exponent);
  std::string digits(1, written[0]);
  digits += written.substr(2, e - 2);
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  if (digits == "0") return digits;

  const int whole = exponent + 1;  // digits before the dot
  std::string out = *value < 0 ? "-" : "";
  if (whole <= 0) {
    return out + "0." + std::string(static_cast<std::size_t>(-whole), '0') + digits;
  }
  const auto before = static_cast<std::size_t>(whole);
  if (digits.size() <= before) return out + digits + std::string(before - digits.size(), '0');
  return out + digits.substr(0, before) + "." + digits.substr(before);
}

std::optional<double> number_of_decimal(std::string_view decimal) {
  const auto same = plain_decimal(decimal);
  if (!same) return std::nullopt;
  // "6.50" is "6.5" to Excel: zeros at the end may be lost, nothing else.
  auto trimmed = decimal;
  if (trimmed.find('.') != std::string_view::npos) {
    while (trimmed.ends_with('0')) trimmed.remove_suffix(1);
    if (trimmed.ends_with('.')) trimmed.remove_suffix(1);
  }
  if (trimmed != *same) return std::nullopt;
  return number(decimal);
}

std::optional<std::string> date_text(std::string_view stored, NumberFormat format, DaysFrom from) {
  const auto value = number(stored);
  if (!value || *value < 0 || *value >= 3'000'000) return std::nullopt;
  auto whole = static_cast<int>(std::floor(*value));
  auto seconds = static_cast<int>(std::lround((*value - whole) * kSecondsOfDay));
  if (!format.time) seconds = 0;
  if (seconds == static_cast<int>(kSecondsOfDay)) {
    ++whole;
    seconds = 0;
  }
  if (!format.day) return time_text(seconds);
  if (from == DaysFrom::k1900 && (whole == 0 || whole == kFalseLeapDay)) return std::nullopt;
  const auto day = from == DaysFrom::k1904 ? k1904 + days{whole}
                                           : k1900 + days{whole + (whole < kFalseLeapDay ? 1 : 0)};
  if (day > kLast) return std::nullopt;
  return to_text(day) + (format.time ? "T" + time_text(seconds) : "");
}

std::optional<Serial> serial_of_date(std::string_view text) {
  if (const auto seconds = seconds_of_text(text))
    return Serial{*seconds / kSecondsOfDay, {false, true, false}};
  Serial serial{0, {true, false, false}};
  if (text.size() == 19 && text[10] == 'T') {
    const auto seconds = seconds_of_text(text.substr(11));
    if (!seconds) return std::nullopt;
    serial.days = *seconds / kSecondsOfDay;
    serial.format.time = true;
    text = text.substr(0, 10);
  }
  const auto day = day_of_text(text);
  if (!day) return std::nullopt;
  auto whole = static_cast<int>((*day - k1900).count());
  if (whole <= kFalseLeapDay) --whole;
  if (whole < 1) return std::nullopt;
  serial.days += whole;
  return serial;
}

}  // namespace bz::papers
