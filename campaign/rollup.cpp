#include "campaign/rollup.h"

#include <algorithm>

#include "campaign/denominators.h"
#include "campaign/family.h"

namespace bz::campaign {
namespace {

using store::Sql;

FamilyQuestion question_of(std::string_view subject, std::string_view measure,
                           std::string_view source, std::span<const Instant> ons, const At& at,
                           std::chrono::milliseconds stale_after) {
  return {subject, measure, source, ons, at.as_of, at.counts, stale_after, false};
}

}  // namespace

Result<RollUp> roll_up(Sql& sql, std::string_view subject, std::string_view measure,
                       std::string_view source, const At& at,
                       std::chrono::milliseconds stale_after) {
  auto moments =
      read_family(sql, question_of(subject, measure, source, {&at.on, 1}, at, stale_after));
  if (!moments) return moments.error();
  return std::move(moments->front().whole);
}

Result<std::vector<RollUp>> roll_up_children(Sql& sql, std::string_view unit,
                                             std::string_view measure, std::string_view source,
                                             const At& at, std::chrono::milliseconds stale_after) {
  auto question = question_of(unit, measure, source, {&at.on, 1}, at, stale_after);
  question.with_children = true;
  auto moments = read_family(sql, question);
  if (!moments) return moments.error();
  return std::move(moments->front().children);
}

Result<RollUp> roll_up_plainly(Sql& sql, std::string_view subject, std::string_view measure,
                               std::string_view source, const At& at,
                               std::chrono::milliseconds stale_after) {
  auto moment = read_family_plainly(
      sql, question_of(subject, measure, source, {&at.on, 1}, at, stale_after), at.on);
  if (!moment) return moment.error();
  return std::move(moment->whole);
}

Result<RollUp> flow_over(Sql& sql, std::string_view subject, std::string_view measure,
                         std::string_view source, Day from, const At& at) {
  const auto* what = find_measure(measure);
  if (what == nullptr || what->kind != MeasureKind::kFlow) {
    return Error{Code::kInvalid, "only a flow is summed over days"};
  }
  const Day last = vi::cut_off_day(at.on);
  std::vector<Instant> ons;
  for (Day day = from; day < last; day += std::chrono::days{1}) ons.push_back(vi::end_of(day));
  ons.push_back(at.on);
  auto moments = read_family(sql, question_of(subject, measure, source, ons, at, kStaleAfter));
  if (!moments) return moments.error();
  RollUp whole = std::move(moments->back().whole);
  // Days of which the unit itself has said nothing count by its children.
  bool is_partial = whole.value_is_partial() || !whole.value();
  std::optional<std::int64_t> value = whole.value();
  for (std::size_t i = 0; i + 1 < moments->size(); ++i) {
    const auto& day = (*moments)[i].whole;
    is_partial = is_partial || day.value_is_partial() || !day.value();
    if (!day.value()) continue;
    value = value.value_or(0) + *day.value();
    whole.is_provisional = whole.is_provisional || day.is_provisional;
    whole.precision = std::max(whole.precision, day.precision);
    whole.covered = std::min(whole.covered, day.covered);
    whole.oldest = whole.oldest ? std::min(*whole.oldest, *day.oldest) : day.oldest;
    whole.newest = whole.newest ? std::max(*whole.newest, *day.newest) : day.newest;
  }
  whole.own_value.reset();
  whole.sum = value;
  whole.is_partial = is_partial && value;
  return whole;
}

Result<Coverage> coverage(Sql& sql, std::string_view unit, std::string_view measure,
                          std::string_view source, std::string_view denominator, const At& at) {
  auto of = latest(sql, unit, denominator, source, at);
  if (of && !*of) of = latest_of_any_source(sql, unit, denominator, at);
  if (!of) return of.error();
  const auto children = roll_up_children(sql, unit, measure, source, at);
  if (!children) return children.error();
  const auto denominators = denominators_of_children(sql, unit, denominator, source, at);
  if (!denominators) return denominators.error();
  std::vector<CoveredChild> all;
  for (const auto& child : *children) {
    const auto known = denominators->find(child.subject);
    all.push_back({&child, known == denominators->end() ? nullptr : &known->second});
  }
  auto covered = coverage_of(sql, all, measure, source, denominator, at);
  if (covered && *of) covered->of = (*of)->value;
  return covered;
}

Result<Coverage> coverage_of(Sql& sql, std::span<const CoveredChild> children,
                             std::string_view measure, std::string_view source,
                             std::string_view denominator, const At& at) {
  Coverage covered;
  for (const auto& [child, whole] : children) {
    if (!child->value()) continue;
    if (child->value_is_partial()) {
      const auto below = coverage(sql, child->subject, measure, source, denominator, at);
      if (!below) return below.error();
      covered.covered += below->covered;
      covered.is_at_least = covered.is_at_least || below->is_at_least;
    } else if (whole == nullptr) {
      covered.is_at_least = true;
    } else {
      covered.covered += *whole->value;
    }
  }
  return covered;
}

}  // namespace bz::campaign
