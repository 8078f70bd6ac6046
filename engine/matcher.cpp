#include "engine/matcher.h"

#include <algorithm>

namespace bz::engine {

Matcher::Matcher(std::span<const Scan> scans, Receiver receiver) : windows_(scans, receiver) {
  for (std::size_t i = 0; i < scans.size(); ++i) {
    for (std::size_t j = 0; j < scans[i].heard.size(); ++j) {
      index_[scans[i].heard[j].id].push_back({i, j});
      latest_ = std::max(latest_, scans[i].heard[j].time);
    }
  }
}

const std::vector<Place>* Matcher::places_of(const RollingId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &found->second;
}

std::vector<ExposureWindow> Matcher::match(std::span<const PublishedKey> keys) const {
  std::vector<ExposureWindow> windows;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const auto& key = keys[k].key;
    const auto ids = rolling_ids(key);
    for (std::uint32_t i = 0; i < key.period; ++i) {
      if (const auto* places = places_of(ids[i]))
        windows_.add(k, metadata_key(key), {key.start.number + i}, *places, windows);
    }
  }
  return windows;
}

std::vector<ExposureWindow> Matcher::match(std::span<const PublishedChain> chains) const {
  std::vector<ExposureWindow> windows;
  const Day last_day = day_of(latest_ + kIntervalLength * kClockTolerance);
  for (std::size_t c = 0; c < chains.size(); ++c) {
    const auto& chain = chains[c];
    const Slots slots{chain.ids_per_day};
    DailyKey key = chain.daily_key;
    for (Day day = day_of(chain.start); day <= std::min(last_day, day_of(chain.end));
         day += std::chrono::days{1}) {
      IdChain ids(key);
      for (int i = 0; i < slots.per_day && slots.start(day, i) <= chain.end; ++i) {
        if (const auto* places = places_of(ids.next()))
          windows_.add(c, slots, day, i, *places, windows);
      }
      key = next_daily_key(key);
    }
  }
  return windows;
}

}  // namespace bz::engine
