#include "phone/clock_belief.h"

namespace bz::phone {

Verdict weigh(const ClockBelief& belief, Instant now, Clock clock, std::chrono::days longest) {
  const Day today = day_of(now);
  const Verdict believed{true, {today, std::nullopt}};
  if (clock == Clock::kConfirmed || !belief.day) return believed;
  const auto moved = today - *belief.day;
  if (moved <= longest && moved >= -longest) return believed;
  if (belief.doubted_at) {
    const auto waited = now - *belief.doubted_at;
    if (waited >= kTimeToConvince && waited <= kLongestAbsence) return believed;
    // Neither a second jump nor a return to before the first makes the doubt older.
    if (waited >= waited.zero() && waited < kTimeToConvince) return {false, belief};
  }
  return {false, {belief.day, now}};
}

}  // namespace bz::phone
