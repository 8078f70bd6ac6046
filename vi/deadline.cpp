#include "vi/deadline.h"

#include <algorithm>

#include "vi/text.h"
#include "vi/tokens.h"

namespace bz::vi {
namespace {

constexpr std::size_t kMostPhrase = 300;  // octets

Refusal deadline_refusal(std::string says, std::string says_en) {
  return {std::move(says), std::move(says_en),
          "Nhập thời điểm, ví dụ 17:00 ngày 28/8/2020 hoặc 2020-08-28T17:00+07:00.",
          "Type the moment, such as 17:00 ngày 28/8/2020 or 2020-08-28T17:00+07:00."};
}
Refusal unknown_phrase() {
  return deadline_refusal("Không hiểu thời hạn này.", "This deadline is not understood.");
}

// What the word before a day does with the day.
enum class Bound {
  kNone,      // no word
  kBefore,    // trước: the day is not in it
  kUntil,     // đến, tới, chậm nhất: the day is in it; with an hour, until that hour
  kWholeDay,  // hết, trong: the same, but an hour makes no sense
};

// An hour, a day, or both; at least one.
struct Moment {
  std::optional<TimeOfDay> time;
  std::optional<DayParts> day;
};

// The phrase by the grammar below, where [x] may be missing and | parts choices:
//
//   phrase  [xong | hoàn thành] (window | daily | once)
//   window  from until                       once    bound moment
//   daily   [bound] time every [, day | , span]
//           every [bound] time [span]
//   span    [from] until                     every   hàng ngày | hằng ngày | mỗi ngày
//   from    [kể] từ (nay | moment)           until   (đến | đến hết | hết …) moment
//   moment  time [,] day | day [,] time | day | time
class Phrase {
 public:
  Phrase(const std::vector<Token>& tokens, std::string text, const PhraseContext& context)
      : cursor_(tokens), text_(std::move(text)), context_(context) {}

  Reading<DeadlineRule> read() {
    cursor_.take_any({"xong", "hoàn thành"});
    if (auto begins = take_from()) return window(*begins);
    if (take_every()) return daily_after_every();
    const auto bound = take_bound();
    const auto moment = take_moment();
    if (!moment) return unknown_phrase();
    if (moment->time && !moment->day) {
      const auto before_every = cursor_;
      cursor_.take_mark(',');
      if (take_every()) return daily(bound, *moment->time);
      cursor_ = before_every;
    }
    if (!cursor_.at_end()) return unknown_phrase();
    return once(bound, *moment);
  }

 private:
  struct From {
    std::optional<Moment> moment;  // nothing: "từ nay"
  };

  bool take_every() {
    if (!cursor_.take_any({"hàng ngày", "hằng ngày", "mỗi ngày"})) return false;
    take_also();
    return true;
  }

  bool take_free_day() {
    if (cursor_.take_weekday()) return true;
    cursor_.take("các");
    return cursor_.take_any({"ngày nghỉ lễ", "ngày nghỉ", "ngày lễ", "ngày tết", "lễ", "tết"});
  }

  // "(kể cả thứ Bảy, Chủ nhật và ngày lễ)" says what holds anyway.
  void take_also() {
    const auto before = cursor_;
    const bool has_bracket = cursor_.take_mark('(');
    if (!has_bracket) cursor_.take_mark(',');
    bool is_it = cursor_.take("kể cả") && take_free_day();
    auto after = cursor_;
    while (is_it && (cursor_.take_mark(',') || cursor_.take("và")) && take_free_day()) {
      after = cursor_;
    }
    cursor_ = after;
    if (has_bracket) is_it = is_it && cursor_.take_mark(')');
    if (!is_it) cursor_ = before;
  }

  void take_between() {
    cursor_.take_mark(',');
    if (cursor_.take("của")) return;
    take_at();
  }

  void take_at() {
    cursor_.take("vào");
    cursor_.take("lúc");
  }

  bool take_to() {
    return cursor_.take_any({"cho đến", "đến"}) || cursor_.take_marked("cho tới") ||
           cursor_.take_marked("tới");
  }

  Bound take_bound() {
    const bool has_latest = cursor_.take_any({"chậm nhất", "muộn nhất"});
    if (has_latest) cursor_.take("là");
    const bool has_to = take_to();
    if (cursor_.take("trước")) {
      cursor_.take_any({"lúc", "thời điểm"});
      return Bound::kBefore;
    }
    if (cursor_.take_any({"hết", "trong"})) return Bound::kWholeDay;
    if (!has_latest && !has_to) return Bound::kNone;
    take_at();
    return Bound::kUntil;
  }

  std::optional<Moment> take_moment() {
    Moment out;
    out.time = cursor_.take_time();
    const auto after_first = cursor_;
    if (out.time) {
      take_between();
      out.day = cursor_.take_day();
      if (!out.day) cursor_ = after_first;
      return out;
    }
    out.day = cursor_.take_day();
    if (!out.day) return std::nullopt;
    const auto after_day = cursor_;
    take_between();
    out.time = cursor_.take_time();
    if (!out.time) cursor_ = after_day;
    return out;
  }

  std::optional<From> take_from() {
    const auto before = cursor_;
    cursor_.take("kể");
    if (cursor_.take("từ")) {
      if (cursor_.take("nay")) return From{};
      if (const auto moment = take_moment(); moment && moment->day) return From{moment};
    }
    cursor_ = before;
    return std::nullopt;
  }

  // The hour of a bound and the day it lies on, as one instant.
  Reading<Instant> instant(Bound bound, const Moment& moment) const {
    auto day = moment.day     ? moment.day->checked(context_.year)
               : context_.day ? Reading<Day>(*context_.day)
                              : Reading<Day>(deadline_refusal("Thời hạn này thiếu ngày.",
                                                              "This deadline has no day."));
    if (!day) return day.refusal();
    if (moment.time) {
      if (bound == Bound::kWholeDay) return unknown_phrase();
      return at(*day, *moment.time);
    }
    if (bound == Bound::kNone) return either_end(*day);
    return bound == Bound::kBefore ? start_of(*day) : end_of(*day);
  }

  static Refusal either_end(Day day) {
    const std::string shown = show_day(day);
    return {
        shown + ": là trước ngày " + shown + " hay đến hết ngày " + shown + "?",
        shown + ": is it before " + shown + " or to the end of " + shown + "?",
        "Nhập “trước ngày " + shown + "” hoặc “đến hết ngày " + shown + "”.",
        "Type “trước ngày " + shown + "” (before) or “đến hết ngày " + shown + "” (to the end)."};
  }

  Reading<DeadlineRule> once(Bound bound, const Moment& moment) {
    const auto due = instant(bound, moment);
    if (!due) return due.refusal();
    return DeadlineRule(Deadline{*due, text_});
  }

  // Where the beginning names no year, it is that of the end ("từ ngày 20/8 đến ngày 28/8/2020").
  Reading<DeadlineRule> window(const From& from) {
    cursor_.take_mark(',');
    const auto bound = take_bound();
    const auto moment = bound == Bound::kNone ? std::nullopt : take_moment();
    if (!moment || !moment->day || !cursor_.at_end()) return unknown_phrase();
    const auto ends = instant(bound, *moment);
    if (!ends) return ends.refusal();
    Window out{std::nullopt, *ends, text_};
    if (from.moment) {
      const auto day =
          from.moment->day->checked(moment->day->year ? moment->day->year : context_.year);
      if (!day) return day.refusal();
      out.begins = at(*day, from.moment->time.value_or(TimeOfDay{}));
      if (*out.begins >= *ends) {
        return deadline_refusal("Khoảng thời gian này kết thúc trước khi bắt đầu.",
                                "This period ends before it begins.");
      }
    }
    return DeadlineRule(std::move(out));
  }

  Reading<DeadlineRule> daily_after_every() {
    cursor_.take_mark(',');
    const auto bound = take_bound();
    const auto time = cursor_.take_time();
    if (!time) return unknown_phrase();
    return daily(bound, *time);
  }

  Reading<DeadlineRule> daily(Bound bound, TimeOfDay time) {
    if (bound == Bound::kWholeDay) return unknown_phrase();
    Daily out{time, std::nullopt, std::nullopt, text_};
    cursor_.take_mark(',');
    if (cursor_.at_end()) return DeadlineRule(std::move(out));
    if (const auto day = cursor_.take_day()) {
      if (!cursor_.at_end()) return unknown_phrase();
      return once(bound, {time, day});
    }
    const auto from = take_from();
    cursor_.take_mark(',');
    const auto end = take_bound();
    const auto last = end == Bound::kNone ? std::nullopt : cursor_.take_day();
    const bool has_hour = from && from->moment && from->moment->time;
    if (!last || has_hour || !cursor_.at_end()) return unknown_phrase();
    const auto last_day = last->checked(context_.year);
    if (!last_day) return last_day.refusal();
    out.last = end == Bound::kBefore ? *last_day - std::chrono::days{1} : *last_day;
    if (from && from->moment) {
      const auto first = from->moment->day->checked(last->year ? last->year : context_.year);
      if (!first) return first.refusal();
      out.first = *first;
      if (*out.first > *out.last) {
        return deadline_refusal("Khoảng thời gian này kết thúc trước khi bắt đầu.",
                                "This period ends before it begins.");
      }
    }
    return DeadlineRule(std::move(out));
  }

  Cursor cursor_;
  std::string text_;
  const PhraseContext& context_;
};

// Without emphasis and without the stop or comma that ended it in its sentence.
std::vector<Token> tokens_of_phrase(std::string_view clean) {
  auto tokens = tokens_of(clean);
  const auto is_mark = [](const Token& token, std::string_view marks) {
    return token.kind == Token::Kind::kMark && marks.find(token.text) != std::string_view::npos;
  };
  std::erase_if(tokens, [&](const Token& token) { return is_mark(token, "*_"); });
  while (!tokens.empty() && is_mark(tokens.back(), ".,;")) tokens.pop_back();
  return tokens;
}

}  // namespace

Reading<DeadlineRule> read_deadline(std::string_view phrase, const PhraseContext& context) {
  const auto clean = phrase.size() > kMostPhrase ? std::nullopt : normal(phrase);
  if (!clean) return unknown_phrase();
  const bool may_be_iso = clean->find('T') != std::string::npos;  // a mere number is no deadline
  if (const auto t = read_instant(*clean); t && may_be_iso) {
    return DeadlineRule(Deadline{*t, *clean});
  }
  const auto tokens = tokens_of_phrase(*clean);
  return Phrase(tokens, *clean, context).read();
}

std::vector<Instant> next_dues(const Daily& daily, Instant issued) {
  std::vector<Instant> dues;
  if (!daily.last) return dues;
  auto day = std::max(daily.first.value_or(local_day(issued)), local_day(issued));
  for (; day <= *daily.last && dues.size() < kMostDues; day += std::chrono::days{1}) {
    const auto due = at(day, daily.due_before);
    if (due - issued >= kLeastNotice) dues.push_back(due);
  }
  return dues;
}

}  // namespace bz::vi
