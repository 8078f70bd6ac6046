// The chains of daily keys from which this phone says names of the 2020 app's profile
// (`bluezone3`, engine/bluezone3_ids.h), kept in a Store until they are forgotten like what was
// heard on their days (phone/forget.h).
//
// From a daily key every later one follows. So before one is published its chain ends: what is said
// after that follows from a root that is drawn anew.
//
//   root ──► daily key of the first day ──► … ──► of the last
//
// A root is hashed once, for the first day, and is then nowhere: it is neither kept nor sent.
// Forgetting a day hashes the key that is kept on past it: no hash leads back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/bluezone3_ids.h"
#include "engine/published_key.h"
#include "phone/store.h"

namespace bz::phone {

// A key server refuses what began more than 15 days ago; a day is left for the way.
inline constexpr std::chrono::days kOldestChain{14};

class OwnChains {
 public:
  // The store must outlive this.
  explicit OwnChains(Store& store) : store_(&store) {}

  // The daily key to say names from at `now`: of the chain that is running, else of one whose root
  // is drawn and on the disk before this returns.
  //   kConflict  the clock went back before the days of the running chain: say nothing until then
  //   kInvalid   a time outside 1970 to 9999
  Result<engine::DailyKey> current(Instant now);

  // No name of the running chain is said any more. One write, which may be part of a transaction of
  // the caller's. Without a running chain it does nothing. Errors as current().
  Result<void> end_current(Instant now);

  // Grows whenever a chain was begun or ended.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  // What was said from day `first` on, an entry a chain, the running one up to `now`: the daily key
  // of its first day from there, and as its end a second into the last slot, which holds for the
  // whole slot and is never later than `now` or the moment at which the chain ended. At most
  // kOldestChain ago, and at most kMostOwnChains.
  Result<std::vector<engine::PublishedChain>> since(Day first, Instant now);

  // Chains that had ended at `moment` can be sent no more: nothing of them can be read from the
  // file afterwards.
  Result<void> forget_ended(Instant moment);

  // Chains that ended before `oldest` go, with those of a clock that was ahead, which begin after
  // `today` and a day; the others are hashed on to that day. How many went. Within a transaction,
  // and Database::empty_wal after it.
  Result<std::int64_t> forget_before(Day oldest, Day today);

 private:
  struct Chain {
    engine::DailyKey key;
    Day day;  // which it is of: the first that is kept
    std::optional<Instant> ended;
  };
  Result<std::vector<Chain>> read();
  Result<void> write(const std::vector<Chain>& chains);

  Store* store_;
  std::uint64_t changes_ = 0;
};

// A key server takes 30 entries an upload. Who changes the profile more often than that in two
// weeks loses the oldest.
inline constexpr std::size_t kMostOwnChains = 30;

}  // namespace bz::phone
