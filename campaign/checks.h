// What is asked about a new number before it is taken. A fall of a cumulative count, a jump, a rate
// that does not follow from its count: the sender writes a note or corrects it. Only what cannot be
// (more phones than people) stops it.
//
//   falls           a measure that never falls is below its last figure before the cut-off, or
//                   above the next one after it
//   jumps           the gain since the last figure is above 100 and above half of it for each day
//   above_whole     above what it is a part of (Measure::part_of, of the same source and cut-off),
//                   or above an exact denominator counting the same thing: cannot be. Above a
//                   denominator that is itself rounded or an estimate: a note
//   other_rate      the rate that was reported differs from the computed one at its own decimals
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "campaign/figures.h"

namespace bz::campaign {

enum class Severity : std::uint8_t { kNote, kImpossible };

struct Finding {
  Severity severity{};
  std::string check;  // "falls", "jumps", "above_whole", "other_rate"; "other_time" (reports.h)
  std::string says, says_en;
  std::string todo, todo_en;
};

struct CheckRules {
  std::int64_t jump_percent_a_day = 50;
  std::int64_t jump_least = 100;
};

// As it was written: "6,8" is {68, 1}, "6,78" {678, 2}.
struct ReportedRate {
  std::int64_t digits = 0;
  int decimals = 2;  // 0 to 2
  // What the sender set it against, where he said so; else nothing can be compared.
  std::optional<std::int64_t> denominator = {};
};

// `beside`: other figures of the same report, which are looked at before those in the store.
Result<std::vector<Finding>> check(store::Sql& sql, const NewFigure& figure,
                                   std::span<const NewFigure> beside = {},
                                   const std::optional<ReportedRate>& reported = {},
                                   const CheckRules& rules = {});
// The same of a new number for what is there already; and what is counted as a part of it, by the
// same source at the same cut-off, may not be above it either.
Result<std::vector<Finding>> check_change(store::Sql& sql, const NewFigure& figure);

}  // namespace bz::campaign
