#include "vi/number.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "vi/text.h"

namespace bz::vi {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kMostPercent = 1'000'000LL * 100;  // in hundredths
constexpr std::size_t kMostRepeated = 24;                 // characters of what was typed

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string joined(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
  return digits;
}

std::string_view without_zeros_before(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

// "68.400": one to three digits that begin with none of value zero, then threes.
bool is_grouped(std::string_view text, char separator) {
  const auto groups = split(text, separator);
  if (groups.size() < 2 || groups.front().size() > 3 || groups.front().starts_with('0')) {
    return false;
  }
  return are_digits(groups.front()) &&
         std::all_of(groups.begin() + 1, groups.end(),
                     [](auto group) { return group.size() == 3 && are_digits(group); });
}

std::string group(std::string_view digits, char separator) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += separator;
    out += digits[i];
  }
  return out;
}

// The digits as a whole number, and as one with decimals after the first `whole` of them, in both
// languages.
struct Candidate {
  std::string vi;
  std::string en;
};
Candidate whole_number(std::string_view digits) {
  const auto bare = without_zeros_before(digits);
  return {group(bare, '.'), group(bare, ',')};
}
Candidate with_decimals(std::string_view whole, std::string_view decimals) {
  auto out = whole_number(whole);
  decimals = decimals.substr(0, decimals.find_last_not_of('0') + 1);
  if (decimals.empty()) return out;
  out.vi += ',' + std::string(decimals);
  out.en += '.' + std::string(decimals);
  return out;
}

Refusal count_refusal(std::string says, std::string says_en) {
  return {std::move(says), std::move(says_en),
          "Nhập số nguyên không âm, dấu chấm chỉ để tách nhóm ba chữ số, ví dụ 68400 hoặc 68.400.",
          "Type a whole number, 0 or more, with dots only between groups of three digits, such as "
          "68400 or 68.400."};
}

Refusal percent_refusal(std::string says, std::string says_en) {
  return {std::move(says), std::move(says_en),
          "Nhập tỷ lệ phần trăm với dấu phẩy thập phân, nhiều nhất hai chữ số, ví dụ 6,78 %.",
          "Type a percentage with a decimal comma and at most two decimals, such as 6,78 %."};
}

// Two readings of `typed`, which the person has to choose from.
Refusal either(std::string_view typed, const Candidate& one, const Candidate& other) {
  const std::string text(typed);
  return {text + ": là " + one.vi + " hay " + other.vi + "?",
          text + ": is it " + one.en + " or " + other.en + "?", "", ""};
}
Refusal either_count(std::string_view typed, std::string_view whole, std::string_view decimals) {
  const auto count = whole_number(std::string(whole) + std::string(decimals));
  auto out = either(typed, count, with_decimals(whole, decimals));
  out.advice = "Nếu là " + count.vi + " thì nhập " + count.vi +
               "; số đếm không có phần thập phân, dấu chấm chỉ tách nhóm ba chữ số.";
  out.advice_en = "If it is " + count.en + ", type " + count.vi +
                  ": a count has no decimals, and a dot only parts groups of three digits.";
  return out;
}
Refusal either_percent(std::string_view typed, std::string_view whole, std::string_view decimals) {
  const auto big = whole_number(std::string(whole) + std::string(decimals));
  const auto small = with_decimals(whole, decimals);
  auto out = either(typed, {big.vi + " %", big.en + " %"}, {small.vi + " %", small.en + " %"});
  const auto plain = joined(big.vi);  // since "6.780 %" is refused too
  out.advice = "Nhập " + plain + " % hoặc " + small.vi + " %: phần thập phân đứng sau dấu phẩy.";
  out.advice_en = "Type " + plain + " % or " + small.vi + " %: decimals stand after a comma.";
  return out;
}

// One clear way to write what was meant.
Refusal instead(std::string says, std::string says_en, std::string_view digits) {
  const auto count = whole_number(digits);
  return {std::move(says), std::move(says_en), "Nếu là " + count.vi + " thì nhập " + count.vi + ".",
          "If it is " + count.en + ", type " + count.vi + "."};
}

struct Sentences {
  std::string_view vi;
  std::string_view en;
};
// What both readers refuse at once; nothing where only digits, dots, commas and blanks remain.
std::optional<Sentences> no_number(const std::optional<std::string>& text) {
  constexpr std::string_view kMinus = "\u2212";
  if (!text) return Sentences{"Ô này không phải là văn bản UTF-8.", "This is not UTF-8 text."};
  if (text->empty()) {
    return Sentences{"Ô này để trống; trống không có nghĩa là 0.",
                     "This is empty; empty does not mean 0."};
  }
  std::string_view rest = *text;
  const bool is_minus = rest.starts_with('-') || rest.starts_with(kMinus);
  if (is_minus) rest.remove_prefix(rest.starts_with('-') ? 1 : kMinus.size());
  const auto belongs = [](char c) { return is_digit(c) || c == '.' || c == ',' || c == ' '; };
  if (!std::ranges::all_of(rest, belongs) || joined(rest).empty()) {
    return Sentences{"Ô này có ký tự không thuộc một số.",
                     "This holds characters that belong to no number."};
  }
  if (is_minus) return Sentences{"Số này âm.", "This number is negative."};
  if (text->size() > kMostRepeated) return Sentences{"Số này quá dài.", "This number is too long."};
  return std::nullopt;
}

Refusal with_commas(std::string_view text) {
  const std::string typed(text);
  const auto parts = split(text, ',');
  const bool has_dots = text.find('.') != std::string_view::npos;
  if (parts.size() == 2 && !has_dots && is_grouped(text, ',')) {
    return either_count(text, parts[0], parts[1]);
  }
  if (parts.size() == 2 && are_digits(parts[1]) &&
      (are_digits(parts[0]) || is_grouped(parts[0], '.'))) {
    return count_refusal(typed + " không phải là số nguyên.", typed + " is no whole number.");
  }
  const auto whole = text.substr(0, text.find('.'));
  if (is_grouped(whole, ',')) {
    return instead(typed + " viết theo lối Anh, dấu phẩy tách nhóm ba chữ số.",
                   typed + " is written the English way, with commas between groups.",
                   joined(whole));
  }
  return count_refusal(typed + " không phải là một số.", typed + " is no number.");
}

Refusal with_dots(std::string_view text) {
  const std::string typed(text);
  const auto parts = split(text, '.');
  if (!std::ranges::all_of(parts, are_digits)) {
    return count_refusal(typed + " không phải là một số.", typed + " is no number.");
  }
  if (parts.size() == 2) return either_count(text, parts[0], parts[1]);
  const auto count = whole_number(joined(text));
  auto out = count_refusal(
      typed + ": là " + count.vi + " với dấu chấm đặt sai, hay thiếu hoặc thừa một chữ số?",
      typed + ": is it " + count.en + " with a dot out of place, or is a digit missing or extra?");
  return out;
}

Reading<std::int64_t> bounded(std::string_view digits) {
  std::int64_t value = 0;
  for (const char c : without_zeros_before(digits)) {
    value = value * 10 + (c - '0');
    if (value > kMostCount) {
      return count_refusal("Số này lớn hơn 1.000.000.000.000.000.",
                           "This number is over 1,000,000,000,000,000.");
    }
  }
  return value;
}

std::string signed_text(std::int64_t value, const std::string& magnitude) {
  return (value < 0 ? "-" : "") + magnitude;
}
// Of the least number too, whose opposite does not fit.
std::uint64_t magnitude(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace

Reading<std::int64_t> read_count(std::string_view text) {
  const auto clean = normal(text);
  if (clean && clean->ends_with('%')) {
    return count_refusal("Ô này là số đếm, không phải tỷ lệ phần trăm.",
                         "A count belongs here, not a percentage.");
  }
  if (const auto why = no_number(clean)) {
    return count_refusal(std::string(why->vi), std::string(why->en));
  }
  const std::string_view number = *clean;
  if (are_digits(number)) return bounded(number);
  if (number.find(' ') != std::string_view::npos) {
    const std::string says = *clean + " có dấu cách ở giữa.";
    const std::string says_en = *clean + " has blanks inside.";
    if (is_grouped(number, ' ')) return instead(says, says_en, joined(number));
    return count_refusal(says, says_en);
  }
  if (number.find(',') != std::string_view::npos) return with_commas(number);
  if (is_grouped(number, '.')) return bounded(joined(number));
  return with_dots(number);
}

Reading<std::int64_t> read_percent(std::string_view text) {
  auto clean = normal(text);
  if (clean && clean->ends_with('%')) {
    clean->pop_back();
    if (clean->ends_with(' ')) clean->pop_back();
  }
  if (const auto why = no_number(clean)) {
    return percent_refusal(std::string(why->vi), std::string(why->en));
  }
  const auto parts = split(*clean, ',');
  const auto dotted = split(parts[0], '.');
  if (parts.size() == 1 && dotted.size() == 2 && std::ranges::all_of(dotted, are_digits)) {
    return either_percent(*clean, dotted[0], dotted[1]);
  }
  const bool has_decimals = parts.size() == 2 && are_digits(parts[1]);
  const bool is_whole = are_digits(parts[0]) || (has_decimals && is_grouped(parts[0], '.'));
  if (!is_whole || (parts.size() > 1 && !has_decimals)) {
    return percent_refusal(*clean + " không phải là một tỷ lệ phần trăm.",
                           *clean + " is no percentage.");
  }
  if (has_decimals && is_grouped(*clean, ',')) return either_percent(*clean, parts[0], parts[1]);
  if (has_decimals && parts[1].size() > 2) {
    return percent_refusal(*clean + " có hơn hai chữ số thập phân.",
                           *clean + " has more than two decimals.");
  }
  std::string digits = joined(*clean);
  digits.append(has_decimals ? 2 - parts[1].size() : 2, '0');
  auto value = bounded(digits);
  if (!value || *value > kMostPercent) {
    return percent_refusal("Tỷ lệ này lớn hơn 1.000.000 %.", "This is over 1,000,000 %.");
  }
  return value;
}

std::string show_count(std::int64_t count, Language language) {
  const char separator = language == Language::kVietnamese ? '.' : ',';
  return signed_text(count, group(std::to_string(magnitude(count)), separator));
}

std::optional<std::int64_t> hundredths(std::int64_t numerator, std::int64_t denominator) {
  if (numerator < 0 || denominator <= 0) return std::nullopt;
  const auto twice = Wide{static_cast<std::uint64_t>(denominator)} * 2;
  const auto rate = (Wide{static_cast<std::uint64_t>(numerator)} * 20'000 + twice / 2) / twice;
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return rate > Wide{kMost} ? kMost : static_cast<std::int64_t>(rate);
}

std::string show_hundredths(std::int64_t hundredths, Language language) {
  const bool is_vi = language == Language::kVietnamese;
  const auto all = magnitude(hundredths);
  const auto part = all % 100;
  return signed_text(hundredths, group(std::to_string(all / 100), is_vi ? '.' : ',') +
                                     (is_vi ? ',' : '.') + static_cast<char>('0' + part / 10) +
                                     static_cast<char>('0' + part % 10));
}

std::string show_rate(std::int64_t numerator, std::int64_t denominator, Language language) {
  const auto rate = hundredths(numerator, denominator);
  return rate ? show_hundredths(*rate, language) : "–";
}

}  // namespace bz::vi
