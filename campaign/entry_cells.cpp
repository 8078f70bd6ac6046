#include "campaign/entry_cells.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/date.h"
#include "vi/calendar.h"
#include "vi/deadline.h"
#include "vi/number.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using papers::Cell;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

ReadCell refused_as(const std::string& name, const vi::Refusal& refusal) {
  ReadCell read;
  read.fault = fault_at(name, refusal.says, refusal.says_en, refusal.advice, refusal.advice_en);
  return read;
}
ReadCell refused_as(const std::string& name, std::string_view says, std::string_view says_en,
                    std::string_view todo, std::string_view todo_en) {
  ReadCell read;
  read.fault = fault_at(name, says, says_en, todo, todo_en);
  return read;
}

// A stored number, taken apart: "-6.78".
struct Decimal {
  bool is_negative = false;
  std::string whole;     // without zeros in front
  std::string decimals;  // without zeros behind
};
Decimal decimal_of(std::string_view text) {
  Decimal number;
  number.is_negative = text.starts_with('-');
  if (number.is_negative) text.remove_prefix(1);
  const auto dot = text.find('.');
  number.whole = text.substr(0, dot);
  if (dot != std::string_view::npos) number.decimals = text.substr(dot + 1);
  return number;
}
std::string shown(const Decimal& number, char comma) {
  return (number.is_negative ? "-" : "") + number.whole +
         (number.decimals.empty() ? "" : comma + number.decimals);
}

// The number times ten to `places`, half up; nothing when it is over 10^15.
std::optional<std::int64_t> scaled(const Decimal& number, std::size_t places) {
  auto digits = number.whole + number.decimals;
  const auto end = number.whole.size() + places;
  if (end > 16) return std::nullopt;
  digits.resize(std::max(digits.size(), end + 1), '0');
  std::int64_t value = 0;
  for (std::size_t i = 0; i < end; ++i) value = value * 10 + (digits[i] - '0');
  return digits[end] >= '5' ? value + 1 : value;
}

ReadCell count_of(const Column& column, const std::string& name, std::int64_t number,
                  std::string words) {
  ReadCell read;
  read.value = Value{std::string(column.id), number, std::move(words), name};
  return read;
}

// A cell that is a number: whole ones are what they are. One with a fraction may have been typed as
// "68.400" where Excel takes the dot for a decimal point.
ReadCell count_of_number(const Column& column, const Cell& cell, const std::string& name) {
  const auto number = decimal_of(cell.text);
  if (cell.percent) {
    return refused_as(name, "Ô này là số đếm, không phải tỷ lệ phần trăm.",
                      "A count belongs here, not a percentage.", "Nhập số đếm, ví dụ 68400.",
                      "Type the count, such as 68400.");
  }
  if (number.is_negative) {
    return refused_as(name, "Số này âm.", "This number is negative.",
                      "Nhập số nguyên không âm, ví dụ 68400.",
                      "Type a whole number, 0 or more, such as 68400.");
  }
  if (number.decimals.empty()) {
    const auto count = vi::read_count(number.whole);
    if (!count) return refused_as(name, count.refusal());
    return count_of(column, name, *count, number.whole);
  }
  const auto stored = shown(number, ',');
  const auto stored_en = shown(number, '.');
  const auto thousands =
      number.decimals.size() <= 3 && number.whole.size() <= 3 && number.whole != "0"
          ? scaled(number, 3)
          : std::nullopt;
  if (!thousands) {
    return refused_as(name, stored + " không phải là số nguyên.",
                      stored_en + " is no whole number.",
                      "Nhập số nguyên, ví dụ 68400, không có phần thập phân.",
                      "Type a whole number, such as 68400, without decimals.");
  }
  const auto count = vi::show_count(*thousands);
  const auto count_en = vi::show_count(*thousands, vi::Language::kEnglish);
  return refused_as(
      name, "Bảng tính đã lưu số " + stored + ": là " + count + " hay " + stored + "?",
      "The sheet holds the number " + stored_en + ": is it " + count_en + " or " + stored_en + "?",
      "Nếu là " + count + " thì nhập " + std::to_string(*thousands) +
          ", không có dấu chấm; số đếm không có phần thập phân.",
      "If it is " + count_en + ", type " + std::to_string(*thousands) +
          " without a dot: a count has no decimals.");
}

// "không", "-": 0, or nothing to report?
bool is_zero_or_nothing(std::string_view words) {
  const auto folded = vi::fold(words);
  return folded.empty() || folded == "khong" || folded == "khong co" || folded == "ko" ||
         folded == "x";
}

ReadCell read_count_cell(const Column& column, const Cell& cell, const std::string& name) {
  if (cell.kind == Cell::Kind::kNumber) return count_of_number(column, cell, name);
  if (cell.kind == Cell::Kind::kDate) {
    return refused_as(name, "Ô này là ngày giờ, không phải số đếm.", "This is a date, not a count.",
                      "Đổi định dạng ô thành số rồi nhập lại, ví dụ 68400.",
                      "Set the cell's format to a number and type it again, such as 68400.");
  }
  if (cell.kind != Cell::Kind::kText) {
    return refused_as(name, "Ô này không phải là số.", "This is no number.",
                      "Nhập số nguyên, ví dụ 68400.", "Type a whole number, such as 68400.");
  }
  const auto words = words_of(cell);
  if (says_nothing(words)) {
    ReadCell read;
    read.nothing = true;
    return read;
  }
  if (words.empty()) return {};
  if (is_zero_or_nothing(words)) {
    return refused_as(name, "Ô này nghĩa là 0 hay không phát sinh?",
                      "Does this mean 0, or nothing to report?",
                      "Ghi 0 hoặc ghi “không phát sinh”; chưa có số thì để trống.",
                      "Write 0 or “không phát sinh”; leave it empty when it is not known.");
  }
  const auto count = vi::read_count(words);
  if (!count) return refused_as(name, count.refusal());
  return count_of(column, name, *count, words);
}

std::string percent_words(std::int64_t hundredths) {
  auto text = vi::show_hundredths(hundredths);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with(',')) text.pop_back();
  return text + " %";
}

ReadCell read_rate_cell(const Column& column, const Cell& cell, const std::string& name) {
  const auto taken = [&](std::int64_t hundredths, std::string words) {
    ReadCell read;
    read.value = Value{std::string(column.id), hundredths, std::move(words), name};
    return read;
  };
  if (cell.kind == Cell::Kind::kNumber) {
    const auto number = decimal_of(cell.text);
    const auto as_ratio = scaled(number, 4);
    const auto as_percent = scaled(number, 2);
    if (number.is_negative || !as_ratio || *as_ratio > 100'000'000) {
      return refused_as(name, "Tỷ lệ này âm hoặc quá lớn.", "This rate is negative or too large.",
                        "Nhập tỷ lệ phần trăm, ví dụ 6,78 %.", "Type a percentage, as 6,78 %.");
    }
    if (cell.percent) return taken(*as_ratio, percent_words(*as_ratio));
    if (number.whole == "0" && !number.decimals.empty()) {
      return refused_as(name,
                        shown(number, ',') + ": là " + percent_words(*as_ratio) + " hay " +
                            percent_words(*as_percent) + "?",
                        shown(number, '.') + ": is it " + percent_words(*as_ratio) + " or " +
                            percent_words(*as_percent) + "?",
                        "Nhập cả dấu %, ví dụ 6,78 %.", "Type the sign too, as 6,78 %.");
    }
    return taken(*as_percent, percent_words(*as_percent));
  }
  const auto words = words_of(cell);
  if (cell.kind != Cell::Kind::kText) {
    return refused_as(name, "Ô này không phải là tỷ lệ.", "This is no rate.",
                      "Sửa công thức, hoặc để trống.", "Mend the formula, or leave it empty.");
  }
  if (vi::fold(words).empty() || says_nothing(words)) return {};
  const auto rate = vi::read_percent(words);
  if (!rate) return refused_as(name, rate.refusal());
  return taken(*rate, words);
}

std::optional<Instant> moment_in(std::string_view words, Day day) {
  const auto rule = vi::read_deadline(words, {{}, day});
  const auto* at = rule ? std::get_if<vi::Deadline>(&*rule) : nullptr;
  if (at == nullptr) return std::nullopt;
  return at->due_before;
}

// "25/8/2020 16:00", "16h00, 25/8": a time and a day in either order.
std::optional<Instant> moment_apart(std::string_view words, Day day) {
  const auto year = static_cast<int>(std::chrono::year_month_day(day).year());
  for (auto at = words.find(' '); at != std::string_view::npos; at = words.find(' ', at + 1)) {
    auto one = words.substr(0, at);
    auto other = words.substr(at + 1);
    if (one.ends_with(',')) one.remove_suffix(1);
    for (int turn = 0; turn < 2; ++turn, std::swap(one, other)) {
      const auto read = vi::read_day(one, year);
      if (!read) continue;
      const auto moment =
          moment_in("trước " + std::string(other) + " ngày " + vi::show_day(*read), *read);
      if (moment) return moment;
    }
  }
  return std::nullopt;
}

// "2020-08-25", "2020-08-25T16:00:00", "16:00:00".
struct CellDate {
  std::optional<Day> day = {};
  std::optional<vi::TimeOfDay> time = {};
};
CellDate date_of(std::string_view text) {
  CellDate date;
  if (text.size() >= 10) date.day = day_from_text(text.substr(0, 10));
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || text.size() < colon + 3) return date;
  vi::TimeOfDay time;
  std::from_chars(text.data() + colon - 2, text.data() + colon, time.hour);
  std::from_chars(text.data() + colon + 1, text.data() + colon + 3, time.minute);
  date.time = time;
  return date;
}
std::string date_words(std::string_view text) {
  const auto date = date_of(text);
  if (!date.day) return date.time ? vi::show_time(*date.time) : std::string(text);
  return date.time ? vi::show_time(*date.time) + " ngày " + vi::show_day(*date.day)
                   : vi::show_day(*date.day);
}

ReadCell read_time_cell(const Column& column, const Cell& cell, const std::string& name, Day day) {
  const auto taken = [&](std::optional<Instant> moment, std::string words) {
    ReadCell read;
    read.value = Value{std::string(column.id), {}, std::move(words), name};
    if (moment) read.value->number = to_ms(*moment);
    return read;
  };
  if (cell.kind == Cell::Kind::kDate) {
    const auto date = date_of(cell.text);
    if (!date.time) return taken({}, date_words(cell.text));
    const auto moment = vi::at(date.day.value_or(day), *date.time);
    return taken(moment, date_words(cell.text));
  }
  const auto words = words_of(cell);
  if (cell.kind == Cell::Kind::kText) {
    if (vi::fold(words).empty()) return {};
    if (auto moment = moment_in(words, day)) return taken(moment, words);
    if (auto moment = moment_in("trước " + words, day)) return taken(moment, words);
    if (vi::read_day(words, static_cast<int>(std::chrono::year_month_day(day).year())))
      return taken({}, words);
    if (auto moment = moment_apart(words, day)) return taken(moment, words);
  }
  return refused_as(name, "Không đọc được thời điểm này.", "This time cannot be read.",
                    "Ghi ví dụ 16:00 ngày 25/8/2020, ngày trước tháng sau.",
                    "Write it as 16:00 25/8/2020, the day before the month.");
}

// Every line normal, the line ends kept; nothing when it is no text.
std::optional<std::string> normal_lines(std::string_view text) {
  std::string out;
  for (;;) {
    const auto end = text.find('\n');
    const auto line = vi::normal(text.substr(0, end));
    if (!line) return std::nullopt;
    out += *line;
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  const auto first = out.find_first_not_of('\n');
  if (first == std::string::npos) return std::string{};
  return out.substr(first, out.find_last_not_of('\n') - first + 1);
}

}  // namespace

Fault fault_at(std::string_view cell, std::string_view says, std::string_view says_en,
               std::string_view todo, std::string_view todo_en) {
  return {std::string(cell), std::string(says), std::string(says_en), std::string(todo),
          std::string(todo_en)};
}

std::string words_of(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::kText: return normal_lines(cell.text).value_or("");
    case Cell::Kind::kNumber: {
      auto number = shown(decimal_of(cell.text), ',');
      return cell.percent ? percent_words(scaled(decimal_of(cell.text), 4).value_or(0)) : number;
    }
    case Cell::Kind::kDate: return date_words(cell.text);
    default: return {};
  }
}

bool says_nothing(std::string_view words) {
  constexpr std::array<std::string_view, 5> kWords{"khong phat sinh", "khong co phat sinh",
                                                   "khong phat sinh so lieu",
                                                   "khong co so lieu phat sinh", "kps"};
  return std::ranges::find(kWords, vi::fold(words)) != kWords.end();
}

bool begins_as_number(const Cell& cell) {
  if (cell.kind == Cell::Kind::kText) {
    const auto words = words_of(cell);
    return !words.empty() &&
           (is_digit(words.front()) || ((words.front() == '-' || words.front() == '.') &&
                                        words.size() > 1 && is_digit(words[1])));
  }
  return cell.kind != Cell::Kind::kEmpty;
}

ReadCell read_cell(const Column& column, const Cell& cell, const std::string& name, Day day) {
  if (cell.kind == Cell::Kind::kEmpty) return {};
  if (cell.kind == Cell::Kind::kError) {
    return refused_as(name, "Công thức ở ô này bị lỗi.", "The formula in this cell has failed.",
                      "Sửa công thức, hoặc nhập số.", "Mend the formula, or type the number.");
  }
  if (cell.kind == Cell::Kind::kText && !normal_lines(cell.text)) {
    return refused_as(name, "Chữ ở ô này không đọc được.", "The text in this cell is unreadable.",
                      "Gõ lại ô này.", "Type it again.");
  }
  switch (column.kind) {
    case ColumnKind::kCount: return read_count_cell(column, cell, name);
    case ColumnKind::kRate: return read_rate_cell(column, cell, name);
    case ColumnKind::kTime: return read_time_cell(column, cell, name, day);
    case ColumnKind::kText: {
      ReadCell read;
      auto words = words_of(cell);
      if (!words.empty()) read.value = Value{std::string(column.id), {}, std::move(words), name};
      return read;
    }
    case ColumnKind::kNumber:
    case ColumnKind::kUnit: break;
  }
  return {};
}

}  // namespace bz::campaign
