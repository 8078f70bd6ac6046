// The wall: everything the first screen of a unit needs, in one answer. What it reads does not grow
// with the days that were reported: of each series at most the last 10 days.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/rates.h"
#include "campaign/targets.h"

namespace bz::campaign {

struct WallRow {
  std::string unit;
  std::string name;
  Rate rate;                             // value, own, sum, coverage, cut-offs, marks
  std::optional<std::int64_t> gain_day;  // against the value at the end of the day before
  std::optional<std::int64_t> gain_week;
  std::optional<Instant> last_cut_off;  // of its own figure, however old
  std::optional<Instant> last_known;    // when that came
  bool is_illustrative = false;         // of its count or its denominator some is invented
};

struct Wall {
  std::string unit;
  At at;
  const Indicator* indicator = nullptr;
  std::string source;
  WallRow whole;
  Coverage coverage;
  std::vector<TargetStatus> targets;  // not dropped; due last first
  std::vector<WallRow> children;      // in the order of units::children
  // Other rates of the whole, by indicator; one that cannot be computed says so.
  std::vector<Rate> other_rates;
  std::optional<OperatorRange> operators;  // nothing when none has ever reported
  bool hides_operators = false;            // whoever asks may not see them, were there any or not
  std::optional<Rank> rank;                // where it was asked for: among the units of its parent
  std::optional<Instant> oldest;  // cut-off of all counts that are shown, denominators aside
};

struct WallQuestion {
  std::string unit;
  At at;
  // Empty: as the next target of the unit says; without one, install_rate.population and the first
  // source, by its text, that the unit has figures of.
  std::string indicator = {};
  std::string source = {};
  // Sources of the operators expected; empty: those that have ever reported, and when one has, all
  // branches in the province.
  std::vector<std::string> operators = {};
};

// kNotFound when the unit is none of ours.
Result<Wall> wall(store::Sql& sql, const WallQuestion& question);

}  // namespace bz::campaign
