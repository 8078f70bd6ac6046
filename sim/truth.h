// What really happened between two people of the town, by their positions and not by any radio: the
// measure that warnings are held against.
//
// Should be warned: who was within 2 m of the ill person, in the same place, for 15 minutes or more
// in all during one UTC day. The UTC day, because a day key is of one and risk is added up by it:
// in Vietnam it runs from 07:00 to 07:00.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.h"
#include "sim/town.h"

namespace bz::sim {

inline constexpr double kCloseMetres = 2.0;
inline constexpr std::chrono::minutes kCloseTime{15};
// How often positions are looked at: each look stands for this long.
inline constexpr std::chrono::seconds kTruthStep{10};

// Time at `metres` or less from `from` until before `to`, looked at in steps of kTruthStep from
// `from` on.
std::chrono::seconds seconds_within(const Town& town, std::size_t a, std::size_t b, double metres,
                                    Instant from, Instant to);

struct Encounter {
  std::chrono::seconds together{0};     // in the same place (not on the road)
  std::chrono::seconds close{0};        // within 2 m, in all
  std::chrono::seconds closest_day{0};  // within 2 m during that UTC day on which it was longest
  std::chrono::seconds nearly{0};       // within 2.8 m, the longest of a UTC day
  double median_m = kOutOfReach;        // of the distances while together

  [[nodiscard]] bool should_be_warned() const { return closest_day >= kCloseTime; }
  // Nobody could tell these from the rule's other side by radio, or by eye: 5 to 15 minutes within
  // 2 m, 15 or more within 2.8 m but not within 2 m, or 15 to 20 within 2 m.
  [[nodiscard]] bool borderline() const;

  bool operator==(const Encounter&) const = default;
};

// All that was between two people from `from` until before `to`.
Encounter encounter(const Town& town, std::size_t a, std::size_t b, Instant from, Instant to);

}  // namespace bz::sim
