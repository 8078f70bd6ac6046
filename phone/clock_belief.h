// Whether the phone's clock may be believed when it says that sightings are old enough to be
// forgotten.
//
// A clock can jump: years ahead until the network corrects it, to 1970 when the battery was out, by
// hand to win a game. Forgetting by such a clock would destroy the only copy of what the phone
// heard. A clock that moves by more than kLongestAbsence since it was last believed is therefore
// doubted, and believed only when it still says the same a day later. A phone that lay switched off
// for less is believed at once, for it cannot be told from a smaller jump.
#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"

namespace bz::phone {

inline constexpr std::chrono::days kLongestAbsence{60};
inline constexpr std::chrono::days kTimeToConvince{1};

enum class Clock {
  kOfPhone,    // may have jumped
  kConfirmed,  // by a second source, such as network time or a signed file: believed at once
};

struct ClockBelief {
  std::optional<Day> day;             // on which the clock was last believed; nothing: never asked
  std::optional<Instant> doubted_at;  // when a clock that had jumped was first heard

  bool operator==(const ClockBelief&) const = default;
};

struct Verdict {
  bool believed = false;
  ClockBelief next;  // to be kept until the clock is heard again

  bool operator==(const Verdict&) const = default;
};

// Whoever hears the clock several times a day may doubt it after a shorter leap than
// kLongestAbsence.
Verdict weigh(const ClockBelief& belief, Instant now, Clock clock,
              std::chrono::days longest = kLongestAbsence);

}  // namespace bz::phone
