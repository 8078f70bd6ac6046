#include "engine/contact_check.h"

#include <algorithm>
#include <compare>
#include <cstdint>

#include "engine/bluezone3_ids.h"

namespace bz::engine {
namespace {

constexpr std::int64_t kFarthestSecond = 1'000'000'000'000'000;  // 31 million years from 1970
constexpr std::int64_t kMillisecondsPerDay = 86'400'000;
// A key is hashed on for at most this long, some 11,000 years; the app itself would not come to the
// end of its loop.
constexpr std::int64_t kMostDays = 4'000'000;

// A stored id, and a slot in whose time it was heard, counted as the tracer counts.
struct Candidate {
  std::int64_t day;
  std::int64_t index;
  RollingId id;

  auto operator<=>(const Candidate&) const = default;
};

std::vector<Candidate> candidates(const TraceEntry& entry, std::span<const Sighting> sightings) {
  const std::int64_t per_day = entry.ids_per_day;
  const std::int64_t length = kMostIdsPerDay / per_day;
  // Times beyond what milliseconds can count, on either side of every sighting, stay there.
  const std::int64_t start =
      std::clamp(entry.time_start_s, -kFarthestSecond, kFarthestSecond) * 1000;
  const std::int64_t end = std::clamp(entry.time_end_s, -kFarthestSecond, kFarthestSecond) * 1000;
  std::vector<Candidate> found;
  for (const auto& sighting : sightings) {
    if (sighting.profile != Profile::kBluezone3) continue;
    if (to_ms(sighting.time) < start) continue;
    const std::int64_t since = to_ms(sighting.time) - start;
    if (since / kMillisecondsPerDay > kMostDays) continue;
    const std::int64_t slot = since / length;
    // On a boundary the slot that ends and the one that begins both include the moment.
    for (std::int64_t s = since % length == 0 && slot > 0 ? slot - 1 : slot; s <= slot; ++s) {
      if (start + s * length <= end) found.push_back({s / per_day, s % per_day, sighting.id});
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

bool had_contact(const TraceEntry& entry, std::span<const Sighting> sightings) {
  DailyKey key;
  if (entry.daily_key.size() != key.size()) return false;
  std::ranges::copy(entry.daily_key, key.begin());

  std::int64_t day = 0;
  IdChain chain(key);
  std::int64_t made = -1;  // index of `id` in the chain of `day`
  RollingId id;
  for (const auto& wanted : candidates(entry, sightings)) {
    if (wanted.day != day) {
      for (; day < wanted.day; ++day) key = next_daily_key(key);
      chain = IdChain(key);
      made = -1;
    }
    for (; made < wanted.index; ++made) id = chain.next();
    if (id == wanted.id) return true;
  }
  return false;
}

std::vector<std::size_t> entries_with_contact(std::span<const TraceEntry> entries,
                                              std::span<const Sighting> sightings) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (had_contact(entries[i], sightings)) found.push_back(i);
  }
  return found;
}

}  // namespace bz::engine
