#include "vi/calendar.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "base/date.h"
#include "vi/text.h"
#include "vi/tokens.h"

namespace bz::vi {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::year_month_day;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 9999;
constexpr Day kAfterLastDay{std::chrono::year{kLastYear + 1} / 1 / 1};
constexpr std::size_t kMostText = 100;

// From Sunday on, as std::chrono counts them.
constexpr std::array<std::pair<const char*, const char*>, 7> kWeekdays = {
    {{"chủ nhật", "Sunday"},
     {"thứ Hai", "Monday"},
     {"thứ Ba", "Tuesday"},
     {"thứ Tư", "Wednesday"},
     {"thứ Năm", "Thursday"},
     {"thứ Sáu", "Friday"},
     {"thứ Bảy", "Saturday"}}};

template <class... Numbers>
std::string print(const char* format, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, numbers...);
  return text.data();
}

Refusal day_refusal(std::string says, std::string says_en) {
  return {std::move(says), std::move(says_en), "Nhập ngày/tháng/năm, ví dụ 19/8/2020.",
          "Type day/month/year, such as 19/8/2020."};
}

Refusal instant_refusal() {
  return {"Đây không phải là một thời điểm.", "This is no moment.",
          "Nhập như 2020-08-25T16:00+07:00, hoặc số mili giây từ 01/01/1970 UTC.",
          "Type it as 2020-08-25T16:00+07:00, or as milliseconds since 1970-01-01 UTC."};
}

// Reads ISO 8601 from the left; each step consumes what it read.
class IsoText {
 public:
  explicit IsoText(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<Day> day() {
    const auto out = day_from_text(rest_.substr(0, 10));
    if (out) rest_.remove_prefix(10);
    return out;
  }
  // Exactly two digits, at most `most`.
  std::optional<int> two_digits(int most) {
    const auto value = number(2);
    return value && *value <= most ? value : std::nullopt;
  }
  // One to three digits after the point, as milliseconds.
  std::optional<int> fraction() {
    std::size_t size = 0;
    while (size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9') ++size;
    const auto value = size <= 3 ? number(size) : std::nullopt;
    constexpr std::array<int, 4> kScale = {0, 100, 10, 1};
    return value ? std::optional(*value * kScale.at(size)) : std::nullopt;
  }

 private:
  std::optional<int> number(std::size_t size) {
    if (size == 0 || rest_.size() < size) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, size)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(size);
    return value;
  }

  std::string_view rest_;
};

// "Z", "+07:00", "+0700" or "+07": how far local time is ahead of UTC.
std::optional<std::chrono::minutes> offset(IsoText& text) {
  using std::chrono::minutes;
  if (text.take('Z')) return minutes{0};
  const bool is_ahead = text.take('+');
  if (!is_ahead && !text.take('-')) return std::nullopt;
  const auto hours = text.two_digits(14);
  if (!hours) return std::nullopt;
  int more = 0;
  if (text.take(':') || !text.at_end()) {
    const auto read = text.two_digits(59);
    if (!read) return std::nullopt;
    more = *read;
  }
  const minutes out{*hours * 60 + more};
  return is_ahead ? out : -out;
}

std::optional<Instant> iso_instant(std::string_view written) {
  IsoText text(written);
  const auto day = text.day();
  if (!day || !(text.take('T') || text.take(' '))) return std::nullopt;
  const auto hour = text.two_digits(23);
  if (!hour || !text.take(':')) return std::nullopt;
  const auto minute = text.two_digits(59);
  if (!minute) return std::nullopt;
  std::optional<int> second = 0;
  std::optional<int> thousandths = 0;
  if (text.take(':')) {
    second = text.two_digits(59);
    if (second && text.take('.')) thousandths = text.fraction();
  }
  const auto ahead = second && thousandths ? offset(text) : std::nullopt;
  if (!ahead || !text.at_end()) return std::nullopt;
  return Instant{*day} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + milliseconds{*thousandths} - *ahead;
}

std::optional<Instant> counted_instant(std::string_view written) {
  if (written.empty() || written.size() > 15) return std::nullopt;
  std::int64_t ms = 0;
  for (const char c : written) {
    if (c < '0' || c > '9') return std::nullopt;
    ms = ms * 10 + (c - '0');
  }
  return from_ms(ms);
}

// Day 1 is 1900-01-01; from the missing day on, all are one later than they should be.
std::optional<Day> excel_day(std::int64_t serial) {
  constexpr std::int64_t kNeverWas = 60;
  constexpr Day kBefore{std::chrono::year{1899} / 12 / 31};
  if (serial == kNeverWas) return std::nullopt;
  return kBefore + days{static_cast<int>(serial < kNeverWas ? serial : serial - 1)};
}

// From 1900 to 9999; not for what is no number either.
bool is_excel_date(double serial) {
  return serial >= 1 && serial < 2'958'466;
}

}  // namespace

Reading<Day> DayParts::checked(std::optional<int> instead_of_year) const {
  const std::string written = print("%d/%d", day, month);
  if (!has_full_year) {
    return day_refusal("Năm của ngày " + written + " phải có bốn chữ số.",
                       "The year of " + written + " needs four digits.");
  }
  if (month < 1 || month > 12) {
    auto out =
        day_refusal(print("Không có tháng %d.", month), print("There is no month %d.", month));
    if (month <= 31 && day >= 1 && day <= 12) {
      out.advice = "Ngày viết trước tháng: nếu là ngày " + print("%d/%d", month, day) +
                   " thì nhập như vậy, kèm năm.";
      out.advice_en = "The day stands before the month: if it is " + print("%d/%d", month, day) +
                      ", type it so, with its year.";
    }
    return out;
  }
  const auto in_year = year ? year : instead_of_year;
  if (!in_year) {
    return day_refusal("Ngày " + written + " thiếu năm.", "The day " + written + " has no year.");
  }
  if (*in_year < kFirstYear || *in_year > kLastYear) {
    return day_refusal("Năm phải từ 1970 đến 9999.", "The year must be from 1970 to 9999.");
  }
  const year_month_day date{std::chrono::year{*in_year},
                            std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  const std::string full = written + print("/%d", *in_year);
  if (!date.ok()) {
    return day_refusal("Ngày " + full + " không có trong lịch.",
                       "The day " + full + " is not in the calendar.");
  }
  const std::chrono::weekday is{Day{date}};
  if (weekday && *weekday != is) {
    const auto& [vi, en] = kWeekdays.at(is.c_encoding());
    return day_refusal("Ngày " + full + " là " + vi + ".", "The day " + full + " is a " + en + ".");
  }
  return Day{date};
}

std::string show_day(Day day) {
  const year_month_day date{day};
  const auto month = unsigned{date.month()};
  return print(month <= 2 ? "%02u/%02u/%d" : "%02u/%u/%d", unsigned{date.day()}, month,
               static_cast<int>(date.year()));
}

std::string show_time(TimeOfDay time) {
  return print("%02d:%02d", time.hour, time.minute);
}

std::string show_moment(Instant t) {
  return show_time(local_time(t)) + " ngày " + show_day(local_day(t));
}

std::string iso_local(Instant t) {
  const auto day = local_day(t);
  const auto ms = static_cast<int>((t - start_of(day)).count() % 60'000);
  std::string out = to_text(day) + 'T' + show_time(local_time(t));
  if (ms != 0) out += print(":%02d", ms / 1000);
  if (ms % 1000 != 0) out += print(".%03d", ms % 1000);
  return out + "+07:00";
}

Reading<Day> read_day(std::string_view text, std::optional<int> year) {
  const auto refused = day_refusal("Đây không phải là một ngày.", "This is no day.");
  const auto clean = text.size() > kMostText ? std::nullopt : normal(text);
  if (!clean) return refused;
  const auto tokens = tokens_of(*clean);
  Cursor cursor(tokens);
  const auto parts = cursor.take_day();
  if (!parts || !cursor.at_end()) return refused;
  return parts->checked(year);
}

Reading<Instant> read_instant(std::string_view text) {
  const auto clean = text.size() > kMostText ? std::nullopt : normal(text);
  if (!clean) return instant_refusal();
  auto t = counted_instant(*clean);
  if (!t) t = iso_instant(*clean);
  if (!t || *t < Instant{} || *t >= start_of(kAfterLastDay)) return instant_refusal();
  return *t;
}

std::optional<Day> day_from_excel(double serial) {
  if (!is_excel_date(serial)) return std::nullopt;
  return excel_day(static_cast<std::int64_t>(serial));
}

std::optional<Instant> instant_from_excel(double serial) {
  const auto day = day_from_excel(serial);
  if (!day) return std::nullopt;
  const double time = serial - std::floor(serial);
  return start_of(*day) + std::chrono::seconds{std::llround(time * 86'400)};
}

}  // namespace bz::vi
