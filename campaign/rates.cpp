#include "campaign/rates.h"

#include <algorithm>

#include "campaign/denominators.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;
using vi::Language;

// "84" of "84@2020-06-01".
std::string_view code_of(std::string_view subject) {
  return subject.substr(0, subject.find('@'));
}

std::string name_of(std::string_view measure, Language language) {
  const auto* known = find_measure(measure);
  if (known == nullptr) return std::string(measure);
  return std::string(language == Language::kEnglish ? known->name_en : known->name);
}

// Operators count SIMs (measures.h), of which there is no rate where handsets are asked for.
Result<bool> counts_sims_only(Sql& sql, const Indicator& indicator, const RollUp& numerator,
                              std::string_view source, const At& at) {
  if (indicator.numerator != "app_installed" || numerator.value()) return false;
  const auto sims = roll_up(sql, numerator.subject, "app_installed_sim", source, at);
  if (!sims) return sims.error();
  return sims->value().has_value();
}

Result<const Indicator*> indicator_of(std::string_view code) {
  const auto* indicator = find_indicator(code);
  if (indicator == nullptr) {
    return Error{Code::kInvalid, "the indicator is none of those that are computed"};
  }
  return indicator;
}

// "hết 24/8/2020", the day that it closes; "16:00 ngày 25/8/2020" within a day.
std::string shown_cut_off(Instant t, bool english) {
  const auto day = vi::cut_off_day(t);
  if (t != vi::end_of(day)) return vi::show_moment(t);
  return (english ? "the end of " : "hết ") + vi::show_day(day);
}

}  // namespace

std::optional<std::int64_t> Rate::hundredths() const {
  const auto count = numerator.value();
  if (!count || !denominator || !denominator->value) return std::nullopt;
  return vi::hundredths(*count, *denominator->value);
}

std::string Rate::shown(Language language) const {
  if (const auto rate = hundredths()) return vi::show_hundredths(*rate, language) + " %";
  const bool english = language == Language::kEnglish;
  if (counts_sims) {
    return english ? "not computable: this source counts SIMs, not handsets"
                   : "không tính được: nguồn này đếm SIM, không đếm máy";
  }
  const auto missing =
      name_of(numerator.value() ? indicator->denominator : indicator->numerator, language);
  const std::string subject(code_of(numerator.subject));
  return english ? "not computable: no “" + missing + "” for " + subject
                 : "không tính được: chưa có “" + missing + "” của " + subject;
}

Result<Rate> rate(Sql& sql, std::string_view indicator, std::string_view subject,
                  std::string_view source, const At& at) {
  const auto what = indicator_of(indicator);
  if (!what) return what.error();
  auto numerator = roll_up(sql, subject, (*what)->numerator, source, at);
  if (!numerator) return numerator.error();
  auto denominator = denominator_of(sql, **what, subject, source, at);
  if (!denominator) return denominator.error();
  const auto sims = counts_sims_only(sql, **what, *numerator, source, at);
  if (!sims) return sims.error();
  return Rate{*what, std::move(*numerator), std::move(*denominator), *sims};
}

Result<std::vector<Rate>> rates_of_children(Sql& sql, std::string_view indicator,
                                            std::string_view unit, std::string_view source,
                                            const At& at) {
  const auto what = indicator_of(indicator);
  if (!what) return what.error();
  auto children = roll_up_children(sql, unit, (*what)->numerator, source, at);
  if (!children) return children.error();
  const auto denominators = denominators_of_children(sql, **what, unit, source, at);
  if (!denominators) return denominators.error();
  std::vector<Rate> rates;
  for (auto& child : *children) {
    const auto known = denominators->find(child.subject);
    rates.push_back({*what, std::move(child),
                     known == denominators->end() ? std::nullopt : std::optional(known->second),
                     false});
  }
  return rates;
}

Result<OperatorRange> operator_range(Sql& sql, std::string_view subject,
                                     std::span<const std::string> sources, const At& at) {
  OperatorRange range;
  for (const auto& source : sources) {
    auto rolled = roll_up(sql, subject, "app_installed_sim", source, at);
    if (!rolled) return rolled.error();
    ++range.of;
    if (const auto value = rolled->value()) {
      ++range.covered;
      range.sum += *value;
      range.largest = std::max(range.largest, *value);
      if (rolled->value_is_partial()) ++range.partial;
      if (rolled->is_illustrative) range.is_illustrative = true;
      const auto& first = rolled->oldest;
      const auto& last = rolled->newest;
      if (first && (!range.oldest || *first < *range.oldest)) range.oldest = first;
      if (last && (!range.newest || *last > *range.newest)) range.newest = last;
    }
    range.operators.push_back(std::move(*rolled));
  }
  return range;
}

std::string OperatorRange::shown(Language language) const {
  const bool english = language == Language::kEnglish;
  const auto all = std::to_string(of);
  if (covered == 0) {
    return english ? "no data of any of " + all + " operators"
                   : "chưa có số liệu của nhà mạng nào trong " + all;
  }
  auto text = std::to_string(covered) + (english ? " of " : " trong ") + all +
              (english ? " operators" : " nhà mạng");
  if (partial > 0)
    text += " (" + std::to_string(partial) + (english ? " without all units)" : " chưa đủ đơn vị)");
  text += ", " + vi::show_count(largest, language);
  if (sum != largest) text += (english ? " to " : " đến ") + vi::show_count(sum, language);
  text += " SIM";
  if (oldest && oldest != newest)
    text += (english ? ", the oldest up to " : ", cũ nhất đến ") + shown_cut_off(*oldest, english);
  return text;
}

}  // namespace bz::campaign
