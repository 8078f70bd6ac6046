#include "campaign/rates.h"

#include <algorithm>

#include "campaign/denominators.h"

namespace bz::campaign {
namespace {

using store::Sql;
using vi::Language;

// "84" of "84@2020-06-01".
std::string_view code_of(std::string_view subject) {
  return subject.substr(0, subject.find('@'));
}

Result<const Indicator*> indicator_of(std::string_view code) {
  const auto* indicator = find_indicator(code);
  if (indicator == nullptr) {
    return Error{Code::kInvalid, "the indicator is none of those that are computed"};
  }
  return indicator;
}

}  // namespace

std::optional<std::int64_t> Rate::hundredths() const {
  const auto count = numerator.value();
  if (!count || !denominator || !denominator->value) return std::nullopt;
  return vi::hundredths(*count, *denominator->value);
}

std::string Rate::shown(Language language) const {
  if (const auto rate = hundredths()) return vi::show_hundredths(*rate, language) + " %";
  const bool lacks_count = !numerator.value();
  const auto missing = std::string(lacks_count ? indicator->numerator : indicator->denominator);
  const std::string subject(code_of(numerator.subject));
  if (language == Language::kEnglish) {
    return "not computable: no " + missing + " for " + subject;
  }
  return "không tính được: chưa có " + missing + " của " + subject;
}

Result<Rate> rate(Sql& sql, std::string_view indicator, std::string_view subject,
                  std::string_view source, const At& at) {
  const auto what = indicator_of(indicator);
  if (!what) return what.error();
  auto numerator = roll_up(sql, subject, (*what)->numerator, source, at);
  if (!numerator) return numerator.error();
  auto denominator = denominator_of(sql, **what, subject, source, at);
  if (!denominator) return denominator.error();
  return Rate{*what, std::move(*numerator), std::move(*denominator)};
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
                     known == denominators->end() ? std::nullopt : std::optional(known->second)});
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
              (english ? " operators, " : " nhà mạng, ") + vi::show_count(largest, language);
  if (sum != largest) text += (english ? " to " : " đến ") + vi::show_count(sum, language);
  return text + " SIM";
}

}  // namespace bz::campaign
