// What the children of a unit add up to, per measure and source, at a cut-off t (docs/figures.md).
//
//   child's value    its own figure, else what its own children add up to
//   stock            the sum over children of the latest figure with cut-off ≤ t, none older than
//                    3 days (t - cut-off ≤ 72 h)
//   flow             the sum over children of all figures with cut-off in the local day that t
//                    closes; longer periods: flow_over()
//   own figure       is never added to the children's; it is preferred, and the difference shown
//   covered, of      children with a value, and all children on that day. Partial: a child has
//   none,
//                    or is itself partial. No data is nothing, never 0
//
// Children are those that units/ knows on the local day that t closes. A subject that is a body, or
// a measure that does not add up (Measure::is_summable), has its own figure only.
//
// Kept up to date: the table roll_up holds, for each unit with children, the sum at the end of each
// local day, counting provisional figures too. record() works out anew only the ancestors of what
// it records, on those days on which the figure counts: up to the next figure of the same series,
// 3 days at most. Such a row is right for every as_of since it last changed; a question about a
// time before that, about another instant than a day's end, another staleness or accepted figures
// only is answered by the plain definition: one statement for each level below the unit.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/figures.h"

namespace bz::campaign {

inline constexpr std::chrono::hours kStaleAfter{72};

struct RollUp {
  std::string subject;
  std::string name = {};      // of roll_up_children: units::full_name
  std::optional<Figure> own;  // what was reported for itself; for a flow the last of the day
  std::optional<std::int64_t> own_value;  // for a flow the day's sum
  std::optional<Figure> other_leg;        // of the own figure, where the legs differ
  std::optional<std::int64_t> sum;        // of the children
  std::int64_t covered = 0;
  std::int64_t of = 0;
  bool is_partial = false;                  // of the sum
  bool is_provisional = false;              // of value()
  bool is_illustrative = false;             // of value(): some of it is invented
  Precision precision = Precision::kExact;  // of value(): the least certain of its parts
  // Cut-offs of what makes up value(); nothing when there is no value.
  std::optional<Instant> oldest;
  std::optional<Instant> newest;

  [[nodiscard]] std::optional<std::int64_t> value() const { return own_value ? own_value : sum; }
  // Whether value() leaves some children out.
  [[nodiscard]] bool value_is_partial() const { return !own_value && is_partial; }
  // Own less the children's: to be shown wherever both are known and it is not 0.
  [[nodiscard]] std::optional<std::int64_t> difference() const {
    if (!own_value || !sum) return std::nullopt;
    return *own_value - *sum;
  }
};

Result<RollUp> roll_up(store::Sql& sql, std::string_view subject, std::string_view measure,
                       std::string_view source, const At& at,
                       std::chrono::milliseconds stale_after = kStaleAfter);
// The same for each child of a unit, in the order of units::children.
Result<std::vector<RollUp>> roll_up_children(store::Sql& sql, std::string_view unit,
                                             std::string_view measure, std::string_view source,
                                             const At& at,
                                             std::chrono::milliseconds stale_after = kStaleAfter);
// Both by the plain definition, whatever the table roll_up says.
Result<RollUp> roll_up_plainly(store::Sql& sql, std::string_view subject, std::string_view measure,
                               std::string_view source, const At& at,
                               std::chrono::milliseconds stale_after = kStaleAfter);

// A flow over the local days from `from` to `at`'s: the sum of the days. Partial when a day is.
Result<RollUp> flow_over(store::Sql& sql, std::string_view subject, std::string_view measure,
                         std::string_view source, Day from, const At& at);

// How much of a unit's denominator lives where there is data. `covered` of `of` people (or
// smartphones, …); at_least: a unit that is covered has no denominator known, so it may be more.
// Nothing in `of`: the unit's own denominator is unknown.
struct Coverage {
  std::int64_t covered = 0;
  std::optional<std::int64_t> of;
  bool is_at_least = false;
};
// Of what makes up the roll-up's sum (not its own figure): down to where the data are.
Result<Coverage> coverage(store::Sql& sql, std::string_view unit, std::string_view measure,
                          std::string_view source, std::string_view denominator, const At& at);

// Works out the table anew: of one unit and those above it (after its children have changed by an
// import), or of every unit (after load()).
Result<void> rebuild_roll_ups(store::Sql& sql, std::string_view unit);
Result<void> rebuild_all_roll_ups(store::Sql& sql);

// For figures.cpp: what it has just written, under the lock of writers.
struct Recorded {
  std::int64_t series = 0;
  std::string_view subject, measure, source;
  Instant cut_off{};
};
Result<void> update_roll_ups(store::Sql& sql, std::span<const Recorded> recorded);

}  // namespace bz::campaign
