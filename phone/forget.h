// Forgetting: the only thing that ever removes what a phone heard and said.
#pragma once

#include <cstdint>

#include "engine/authority_settings.h"
#include "phone/clock_belief.h"
#include "phone/store.h"

namespace bz::phone {

struct Keeping {
  // From 1 to 21. A UTC day goes when this many whole days have passed since it ended: at 14, all
  // of 1 March goes at 00:00 of 16 March, so that nothing is kept for less than 14 days, nor for
  // more than 15.
  int days = 14;
  // Of the file once it has forgotten; at least kSmallestBound. Where the days need more, the
  // oldest scans go first.
  std::int64_t bytes = std::int64_t{64} << 20U;
};

// As the authority's settings say, 7 to 21 days.
inline Keeping keeping(const engine::AuthoritySettings& settings) {
  return {.days = settings.days_kept};
}

inline constexpr int kMostDays = 21;
inline constexpr std::int64_t kSmallestBound = 65'536;

struct ForgetReport {
  std::int64_t days = 0;      // of sightings, gone with their key
  std::int64_t scans = 0;     // all that went, for age or for room
  std::int64_t own_keys = 0;  // and chains, gone for age; a revision token is not counted
  std::int64_t bytes = 0;     // of the file now
  bool clock_doubted =
      false;  // it has jumped (clock_belief.h): nothing went for age; ask again in a day
};

// Removes what is older than `keep.days`, then what has no room, and returns when none of it can be
// read from the file or its write-ahead log any more, even after a power cut. A day's key goes
// first, in a transaction of its own. Interrupted anywhere, the next call finishes. Call it at
// least once a day.
//
// A day that lies more than one day ahead of a believed clock was heard under a wrong one. It is
// kept as long as any other, counted from the first call that saw it ahead, unless the clock
// catches up with it before.
//
// kInvalid when `keep` is out of range, kUnavailable when the disk failed or is full: call again.
Result<ForgetReport> forget(Store& store, const Keeping& keep, Instant now,
                            Clock clock = Clock::kOfPhone);

}  // namespace bz::phone
