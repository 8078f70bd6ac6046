#include "campaign/readings.h"

#include <algorithm>

#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using std::chrono::days;

constexpr std::int64_t kWeek = 7;

std::string key_of(const CountQuestion& asked) {
  std::string key;
  for (const auto text : {asked.subject, asked.measure, asked.source}) {
    key += text;
    key += '\n';
  }
  return key + std::to_string(to_ms(asked.at.on)) + ' ' + std::to_string(to_ms(asked.at.as_of)) +
         (asked.at.counts == Counts::kAcceptedOnly ? " accepted" : "");
}

// What is held under that key, or what `read` gives, which is then held.
template <class Held, class Read>
auto once(Held& held, std::string key, const Read& read) -> Result<typename Held::mapped_type*> {
  auto found = held.find(key);
  if (found == held.end()) {
    auto value = read();
    if (!value) return value.error();
    found = held.emplace(std::move(key), std::move(*value)).first;
  }
  return &found->second;
}

}  // namespace

std::vector<Instant> ends_of_the_week(Instant on) {
  Day last = vi::cut_off_day(on);
  if (vi::end_of(last) != on) last -= days{1};
  std::vector<Instant> ends;
  for (auto back = kWeek; back >= 0; --back) ends.push_back(vi::end_of(last - days{back}));
  return ends;
}

Result<Family*> Readings::of_the_week(const CountQuestion& asked, bool with_children) {
  const auto key = key_of(asked);
  const auto all = weeks_.find(key + " and below");
  if (all != weeks_.end()) return &all->second;
  return once(weeks_, with_children ? key + " and below" : key, [&] {
    const auto on = asked.at.on;
    const Instant ons[] = {std::min(on - days{kWeek}, ends_of_the_week(on).front()), on};
    FamilyQuestion question{asked.subject, asked.measure, asked.source, ons};
    question.as_of = asked.at.as_of;
    question.counts = asked.at.counts;
    question.with_children = with_children;
    return Family::read(sql_, question);
  });
}

Result<const std::vector<RollUp>*> Readings::below(const CountQuestion& asked) {
  auto found = once(below_, key_of(asked), [&]() -> Result<std::vector<RollUp>> {
    FamilyQuestion question{asked.subject, asked.measure, asked.source, {&asked.at.on, 1}};
    question.as_of = asked.at.as_of;
    question.counts = asked.at.counts;
    question.with_children = true;
    question.in_full = false;
    auto moments = read_family(sql_, question);
    if (!moments) return moments.error();
    return std::move(moments->front().children);
  });
  if (!found) return found.error();
  return *found;
}

Result<const std::optional<Figure>*> Readings::denominator(const Indicator& indicator,
                                                           std::string_view subject,
                                                           std::string_view source, const At& at) {
  auto found = once(denominators_, key_of({subject, indicator.code, source, at}),
                    [&] { return denominator_of(sql_, indicator, subject, source, at); });
  if (!found) return found.error();
  return *found;
}

Result<const ByUnit*> Readings::denominators_below(const Indicator& indicator,
                                                   std::string_view unit, std::string_view source,
                                                   const At& at) {
  auto found = once(denominators_below_, key_of({unit, indicator.code, source, at}),
                    [&] { return denominators_of_children(sql_, indicator, unit, source, at); });
  if (!found) return found.error();
  return *found;
}

Result<const ByUnit*> Readings::latest_below_like(const CountQuestion& asked) {
  auto found = once(latest_below_, key_of(asked), [&] {
    return latest_of_children_like(sql_, asked.subject, asked.measure, asked.source, asked.at);
  });
  if (!found) return found.error();
  return *found;
}

}  // namespace bz::campaign
