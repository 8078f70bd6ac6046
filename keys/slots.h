// When a key goes out. A slot is the end of a batch period, in Unix seconds: a key with slot S is
// among the new keys of the one batch that has start < S <= end (keys/batches.h).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace bz::keys {

using std::chrono::seconds;

constexpr std::int64_t to_s(Instant t) {
  return std::chrono::floor<seconds>(t).time_since_epoch().count();
}
constexpr Instant from_s(std::int64_t s) {
  return Instant{seconds{s}};
}

// The last boundary at or before `s`; boundaries are the multiples of the period since 1970.
constexpr std::int64_t boundary_before(std::int64_t s, seconds period) {
  return s - s % period.count();
}
// The first boundary after `s`, `s` not included.
constexpr std::int64_t boundary_after(std::int64_t s, seconds period) {
  return boundary_before(s, period) + period.count();
}

// A key is held back until this long after its end, whether it was still valid when it came or not:
// phones take names up to two hours from their time, so that those of a published key could be said
// again by somebody else.
inline constexpr seconds kEmbargo{std::chrono::hours{2}};

// No batch is longer unless the clock was watched first (keys/clock_check.h).
inline constexpr seconds kLongestPause{std::chrono::days{3}};

// The slot of what comes at `now`, when the last batch ended at `last_end`: the first boundary
// after both, and not before `held_until`. A clock that is far ahead of the last batch does not
// count, lest a key wait for days once the clock is right again.
constexpr std::int64_t slot_for(Instant now, std::int64_t last_end, seconds period,
                                std::optional<std::int64_t> held_until = {}) {
  const auto far_ahead = to_s(now) - last_end > kLongestPause.count();
  const auto next = boundary_after(far_ahead ? last_end : std::max(to_s(now), last_end), period);
  if (!held_until) return next;
  return std::max(next, boundary_after(*held_until - 1, period));
}

}  // namespace bz::keys
