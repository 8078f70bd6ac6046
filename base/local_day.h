// Days as people in Vietnam count them: UTC+7 all year, no summer time. A local day begins at its
// 00:00 +07:00, which is 17:00 UTC of the day before. The protocols' days are those of UTC
// (base/time.h).
#pragma once

#include <chrono>

#include "base/time.h"

namespace bz {

inline constexpr std::chrono::hours kLocalOffset{7};

// The local day in which the instant lies; midnight belongs to the day that begins.
constexpr Day local_day(Instant t) {
  return day_of(t + kLocalOffset);
}

// 00:00 of a local day, its first moment.
constexpr Instant start_of_local(Day day) {
  return Instant{day} - kLocalOffset;
}

}  // namespace bz
