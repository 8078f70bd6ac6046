#include "engine/bluezone3_ids.h"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace bz::engine {
namespace {

constexpr std::string_view kSalt = "bluzonesubkey";  // spelt so on the wire
constexpr std::array<std::size_t, 12> kIdBytes{0, 4, 8, 12, 16, 18, 20, 22, 24, 26, 28, 30};

}  // namespace

Bluezone3Root new_bluezone3_root(Random& random, Instant now) {
  Bluezone3Root root;
  random.fill(root.key);
  root.day = day_of(now);
  return root;
}

DailyKey next_daily_key(const DailyKey& key) {
  return sha256(key);
}

DailyKey daily_key(const Bluezone3Root& root, Day day) {
  DailyKey key = root.key;
  for (Day d = root.day; d < day; d += std::chrono::days{1}) key = next_daily_key(key);
  return key;
}

int Slots::index_at(Instant t) const {
  const auto into_day = t - Instant{day_of(t)};
  return std::min(static_cast<int>(into_day / length()), per_day - 1);
}

Result<Slots> slots_per_day(std::int64_t ids_per_day) {
  if (ids_per_day < 2 || ids_per_day > kMostIdsPerDay) {
    return Error{Code::kInvalid,
                 "ids per day must be 2 to 86400000, not " + std::to_string(ids_per_day)};
  }
  return Slots{static_cast<int>(ids_per_day)};
}

RollingId IdChain::next() {
  if (begun_) {
    state_ = sha256(state_);
  } else {
    Bytes first(key_.begin(), key_.end());
    first.insert(first.end(), kSalt.begin(), kSalt.end());
    state_ = sha256(first);
    begun_ = true;
  }
  RollingId id;
  for (std::size_t i = 0; i < kIdBytes.size(); ++i) id.bytes[i] = state_[kIdBytes[i]];
  return id;
}

RollingId bluezone3_id(const DailyKey& key, int index) {
  assert(index >= 0);
  IdChain chain(key);
  for (int i = 0; i < index; ++i) chain.next();
  return chain.next();
}

}  // namespace bz::engine
