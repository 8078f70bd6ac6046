// Names of the profile `bluezone3`, as the 2020 app makes them (docs/formats/bluezone3-ids.md).
//
//   D(0) = root key            D(n) = SHA-256(D(n-1))               one a UTC day
//   S(0) = SHA-256(D || salt)  S(i) = SHA-256(S(i-1))               one a slot of the day
//   id   = bytes 0 4 8 12 16 18 20 22 24 26 28 30 of S(i)
//
// Whoever learns D(n) can make every later day's ids: a known weakness, kept for compatibility on
// the air only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/sighting.h"

namespace bz::engine {

using DailyKey = std::array<std::uint8_t, 32>;

// The secret of one installation and the UTC day it was drawn on.
struct Bluezone3Root {
  DailyKey key{};
  Day day;
};

// Programs pass SystemRandom.
Bluezone3Root new_bluezone3_root(Random& random, Instant now);

// The key of `day`; before the root's own day, the root key itself, as the app does when a clock
// was set back.
DailyKey daily_key(const Bluezone3Root& root, Day day);

DailyKey next_daily_key(const DailyKey& key);

inline constexpr int kDefaultIdsPerDay = 96;
inline constexpr int kMostIdsPerDay = 86'400'000;  // one a millisecond

// How a UTC day is divided. The app cuts a slot's length to whole milliseconds and, where that
// leaves a rest, says no id at the end of the day (it fails there); here the last slot lasts until
// midnight.
struct Slots {
  int per_day = kDefaultIdsPerDay;

  [[nodiscard]] constexpr std::chrono::milliseconds length() const {
    return std::chrono::milliseconds{kMostIdsPerDay / per_day};
  }
  [[nodiscard]] int index_at(Instant t) const;
  [[nodiscard]] Instant start(Day day, int index) const { return Instant{day} + length() * index; }
  // First moment past the slot.
  [[nodiscard]] Instant end(Day day, int index) const {
    return index + 1 == per_day ? Instant{day + std::chrono::days{1}} : start(day, index + 1);
  }
};

// kInvalid unless 2 to 86,400,000: with one id a day the app itself has none to say.
Result<Slots> slots_per_day(std::int64_t ids_per_day);

// The ids of one day in turn. A fresh chain stands before slot 0.
class IdChain {
 public:
  explicit IdChain(const DailyKey& key) : key_(key) {}
  RollingId next();

 private:
  DailyKey key_;
  Digest state_{};
  bool begun_ = false;
};

// The id of one slot; costs index + 1 hashes.
RollingId bluezone3_id(const DailyKey& key, int index);

}  // namespace bz::engine
