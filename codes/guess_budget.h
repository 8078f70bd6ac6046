// How many wrong codes an authority's callers may try. A short code has 8 digits so that it can be
// said on the telephone; what keeps it from being guessed is that wrong ones are counted, for all
// phones and servers together, in the store. Beyond the budget short codes pause until the next
// hour, and long ones, which cannot be guessed, go on. The odds: docs/codes.md.
#pragma once

#include "base/time.h"
#include "codes/authorities.h"
#include "store/store.h"

namespace bz::codes {

struct GuessBudget {
  bool paused = false;
  std::int64_t retry_after = 0;  // seconds to the next hour
};

// Paused when the failed verifies of this hour reach `guesses_an_hour`, or those of the last 24
// hours the larger of `least_guesses_a_day` and `guesses_a_day_per_code` for each code issued in
// them.
Result<GuessBudget> guess_budget(store::Sql& sql, const Authority& authority, Instant now);
Result<void> count_failed_verify(store::Sql& sql, const Authority& authority, Instant now);

}  // namespace bz::codes
