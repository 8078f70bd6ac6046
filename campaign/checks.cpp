#include "campaign/checks.h"

#include <algorithm>

#include "base/date.h"
#include "campaign/denominators.h"
#include "campaign/figure_rows.h"
#include "campaign/measures.h"
#include "campaign/wide.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using store::Sql;
using vi::show_count;
constexpr auto kEnglish = vi::Language::kEnglish;

// What a new figure is held against.
struct Whole {
  std::int64_t value = 0;
  bool is_exact = false;
};

class Checks {
 public:
  Checks(Sql& sql, const NewFigure& figure, const Measure& measure,
         std::span<const NewFigure> beside, const CheckRules& rules)
      : sql_(sql), figure_(figure), measure_(measure), beside_(beside), rules_(rules) {}

  Result<std::vector<Finding>> all(const std::optional<ReportedRate>& reported) {
    if (auto done = against_days(); !done) return done.error();
    if (auto done = against_whole(); !done) return done.error();
    if (auto done = against_denominators(); !done) return done.error();
    if (reported) against_rate(*reported);
    return std::move(findings_);
  }

 private:
  Result<void> against_days() {
    if (measure_.kind != MeasureKind::kStock) return {};
    const At before_it{figure_.cut_off - std::chrono::milliseconds{1}};
    const auto before = latest(sql_, figure_.subject, figure_.measure, figure_.source, before_it);
    if (!before) return before.error();
    if (*before) {
      if (measure_.never_falls && *figure_.value < *(*before)->value) falls(**before, true);
      jumps(**before);
    }
    if (!measure_.never_falls) return {};
    const auto after =
        next_after(sql_, figure_.subject, figure_.measure, figure_.source, figure_.cut_off);
    if (!after) return after.error();
    if (*after && *figure_.value > *(*after)->value) falls(**after, false);
    return {};
  }

  void falls(const Figure& other, bool is_before) {
    const auto day = vi::show_day(vi::cut_off_day(other.id.cut_off));
    const auto value = show_count(*other.value);
    const auto value_en = show_count(*other.value, kEnglish);
    add(Severity::kNote, "falls",
        std::string("Số lũy kế ") + (is_before ? "giảm so với " : "cao hơn số của ngày sau, ") +
            value + " của ngày " + day + ".",
        std::string("A cumulative count ") +
            (is_before ? "falls below " : "is above that of a later day, ") + value_en + " of " +
            bz::to_text(vi::cut_off_day(other.id.cut_off)) + ".",
        "Kiểm tra lại; nếu đúng, ghi rõ lý do.", "Check it; if it is right, write why.");
  }

  void jumps(const Figure& before) {
    const auto gain = *figure_.value - *before.value;
    const auto passed = figure_.cut_off - before.id.cut_off;
    const auto days =
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::days>(passed).count());
    if (gain <= rules_.jump_least ||
        Wide{gain} * 100 <= Wide{rules_.jump_percent_a_day} * *before.value * days) {
      return;
    }
    add(Severity::kNote, "jumps",
        "Tăng " + show_count(gain) + " trong " + std::to_string(days) + " ngày, từ " +
            show_count(*before.value) + ": nhiều khác thường.",
        "It rises by " + show_count(gain, kEnglish) + " in " + std::to_string(days) +
            (days == 1 ? " day, from " : " days, from ") + show_count(*before.value, kEnglish) +
            ": unusually much.",
        "Kiểm tra lại số và đơn vị tính; nếu đúng, ghi rõ lý do.",
        "Check the number and what it counts; if it is right, write why.");
  }

  Result<void> against_whole() {
    if (measure_.part_of.empty()) return {};
    auto whole = beside(measure_.part_of, true);
    if (!whole) {
      const auto stored =
          latest(sql_, figure_.subject, measure_.part_of, figure_.source, {figure_.cut_off});
      if (!stored) return stored.error();
      // Of an earlier cut-off it may well have been less.
      if (*stored && (*stored)->id.cut_off == figure_.cut_off) {
        whole = {*(*stored)->value, (*stored)->precision == Precision::kExact};
      }
    }
    if (whole) above(*whole, *find_measure(measure_.part_of));
    return {};
  }

  Result<void> against_denominators() {
    for (const auto& indicator : indicators()) {
      if (indicator.numerator != figure_.measure) continue;
      auto whole = beside(indicator.denominator, measure_.one == One::kSim);
      if (!whole) {
        const auto stored =
            denominator_of(sql_, indicator, figure_.subject, figure_.source, {figure_.cut_off});
        if (!stored) return stored.error();
        if (*stored) whole = {*(*stored)->value, (*stored)->precision == Precision::kExact};
      }
      if (whole) above(*whole, *find_measure(indicator.denominator));
    }
    return {};
  }

  [[nodiscard]] std::optional<Whole> beside(std::string_view measure, bool of_one_source) const {
    for (const auto& other : beside_) {
      if (other.subject == figure_.subject && other.measure == measure && other.value &&
          (!of_one_source || other.source == figure_.source)) {
        return Whole{*other.value, other.precision == Precision::kExact};
      }
    }
    return std::nullopt;
  }

  void above(const Whole& whole, const Measure& what) {
    if (*figure_.value <= whole.value) return;
    const bool is_impossible = whole.is_exact && figure_.precision == Precision::kExact;
    add(is_impossible ? Severity::kImpossible : Severity::kNote, "above_whole",
        show_count(*figure_.value) + " lớn hơn " + std::string(what.name) + ", " +
            show_count(whole.value) + ".",
        show_count(*figure_.value, kEnglish) + " is above " + std::string(what.name_en) + ", " +
            show_count(whole.value, kEnglish) + ".",
        is_impossible ? "Sửa một trong hai số." : "Kiểm tra lại; nếu đúng, ghi rõ lý do.",
        is_impossible ? "Correct one of the two." : "Check it; if it is right, write why.");
  }

  void against_rate(const ReportedRate& reported) {
    if (!reported.denominator || *reported.denominator <= 0) return;
    Wide scale = 100;
    std::int64_t to_hundredths = 100;
    for (int i = 0; i < reported.decimals; ++i) {
      scale *= 10;
      to_hundredths /= 10;
    }
    const auto computed = half_up(Wide{*figure_.value} * scale, *reported.denominator);
    if (computed == reported.digits) return;
    const auto shown = [&](std::int64_t digits, vi::Language language) {
      return vi::show_hundredths(digits * to_hundredths, language) + " %";
    };
    add(Severity::kNote, "other_rate",
        "Tỷ lệ ghi là " + shown(reported.digits, vi::Language::kVietnamese) + ", tính lại là " +
            shown(computed, vi::Language::kVietnamese) + ".",
        "The rate given is " + shown(reported.digits, kEnglish) + ", computed it is " +
            shown(computed, kEnglish) + ".",
        "Kiểm tra số cài, mẫu số và tỷ lệ.", "Check the count, its denominator and the rate.");
  }

  void add(Severity severity, std::string check, std::string says, std::string says_en,
           std::string todo, std::string todo_en) {
    findings_.push_back({severity, std::move(check), std::move(says), std::move(says_en),
                         std::move(todo), std::move(todo_en)});
  }

  Sql& sql_;
  const NewFigure& figure_;
  const Measure& measure_;
  std::span<const NewFigure> beside_;
  const CheckRules& rules_;
  std::vector<Finding> findings_;
};

// Whether one is counted among the other.
bool is_of_whole(std::string_view part, std::string_view whole) {
  if (find_measure(part)->part_of == whole) return true;
  return std::ranges::any_of(indicators(), [&](const Indicator& indicator) {
    return indicator.numerator == part && indicator.denominator == whole;
  });
}

}  // namespace

Result<std::vector<Finding>> check(Sql& sql, const NewFigure& figure,
                                   std::span<const NewFigure> beside,
                                   const std::optional<ReportedRate>& reported,
                                   const CheckRules& rules) {
  const auto* measure = find_measure(figure.measure);
  if (measure == nullptr) {
    return Error{Code::kInvalid, "the measure is none of those that are counted"};
  }
  if (auto ok = check_count(figure.value); !ok) return ok.error();
  for (const auto& other : beside) {
    if (auto ok = check_count(other.value); !ok) return ok.error();
  }
  if (!figure.value) return std::vector<Finding>{};
  return Checks(sql, figure, *measure, beside, rules).all(reported);
}

Result<std::vector<Finding>> check_change(Sql& sql, const NewFigure& figure) {
  auto findings = check(sql, figure);
  if (!findings || !figure.value) return findings;
  FigureQuery of_the_moment{.subject = figure.subject, .source = figure.source};
  of_the_moment.at.on = figure.cut_off;
  of_the_moment.from = figure.cut_off - std::chrono::milliseconds{1};
  const auto others = figures(sql, of_the_moment);
  if (!others) return others.error();
  for (const auto& other : *others) {
    if (!is_of_whole(other.measure, figure.measure)) continue;
    NewFigure part;
    part.subject = other.subject;
    part.measure = other.measure;
    part.source = other.source;
    part.cut_off = other.id.cut_off;
    part.value = other.value;
    part.precision = other.precision;
    auto found = check(sql, part, {&figure, 1});
    if (!found) return found.error();
    std::erase_if(*found, [](const Finding& one) { return one.check != "above_whole"; });
    std::ranges::move(*found, std::back_inserter(*findings));
  }
  return findings;
}

}  // namespace bz::campaign
