// The day keys from which this phone makes the names that it says itself, kept in a Store until
// they are forgotten like what was heard on their day (phone/forget.h).
//
// Of one UTC day the periods of the keys follow one another and never overlap, as a key server
// demands. A key that was ended is never said again, whatever the clock does.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/day_key.h"
#include "engine/sighting.h"
#include "phone/store.h"

namespace bz::phone {

struct OwnKey {
  engine::DayKey key;
  engine::Profile profile = engine::Profile::kBluezone4;

  bool operator==(const OwnKey&) const = default;
};

class OwnKeys {
 public:
  // The store must outlive this.
  explicit OwnKeys(Store& store) : store_(&store) {}

  // The key to say names from at `now`: drawn when it is first needed, and on the disk before it is
  // returned. A day's first key is for the whole UTC day. When the running key is of another
  // profile it ends as by end_current(), and the new one is for the rest of the day from the
  // interval of `now` on.
  //   kConflict  the clock went back into a period that has ended: say nothing until it is over
  //   kInvalid   bluezone3, which has no day keys, or a time outside 1970 to 9999
  Result<OwnKey> current(Instant now, engine::Profile profile);

  // Cuts the running key of today to the intervals before that of `now`, so that it can be
  // published: no phone says it any more. The names already said in this interval, at most ten
  // minutes, are then nobody's, and a key that began in this interval is dropped. Without a running
  // key it does nothing. Errors as current().
  Result<void> end_current(Instant now);

  // Ends each of these where `sent` has it end, so that it is the same when it is sent once more: a
  // key server does not take it with other times. The names said between the showing and the
  // consent are nobody's.
  Result<void> end_as_sent(const std::vector<engine::DayKey>& sent);

  // Grows whenever a key was drawn or ended, so that a name made from the one before is not said
  // on.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }

  // The keys of the days from `first` to `last`, both included, in order of time. An upload hands
  // in those up to today, after end_current(): a key of a later day was made by a clock that had
  // jumped, and a server refuses it.
  Result<std::vector<OwnKey>> of_days(Day first, Day last);

 private:
  struct Row;
  Result<std::vector<Row>> rows(Day first, Day last);
  Result<void> insert(const Row& row);
  Result<void> end(const Row& row, Interval at);

  Store* store_;
  std::uint64_t changes_ = 0;
};

}  // namespace bz::phone
