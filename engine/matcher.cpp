#include "engine/matcher.h"

#include <algorithm>
#include <optional>

#include "engine/bluezone3_ids.h"

namespace bz::engine {
namespace {

bool near(Interval heard, Interval slot) {
  const auto apart = std::int64_t{heard.number} - std::int64_t{slot.number};
  return -std::int64_t{kClockTolerance} <= apart && apart <= std::int64_t{kClockTolerance};
}

}  // namespace

// Gathers the frames of one id, in order of time, into one window.
class Matcher::WindowBuilder {
 public:
  WindowBuilder(const Matcher& matcher, std::size_t source, Interval slot) : matcher_(matcher) {
    window_.source = source;
    window_.slot = slot;
  }

  void add(Place place, Dbm sent) {
    const auto& sighting = matcher_.scans_[place.scan].heard[place.sighting];
    if (sighting.rssi == kNoRssi) return;
    const double received = sighting.rssi.value + matcher_.receiver_.correction_db;
    const Attenuation attenuation{std::max(0.0, sent.value - received)};
    if (window_.scans.empty() || place.scan != scan_) {
      scan_ = place.scan;
      sum_ = 0;
      frames_ = 0;
      window_.scans.push_back({sighting.time, {}, attenuation, matcher_.gap_before(place.scan)});
    }
    auto& instance = window_.scans.back();
    sum_ += attenuation.db;
    instance.typical = {sum_ / ++frames_};
    instance.minimum = std::min(instance.minimum, attenuation);
  }

  void finish(std::vector<ExposureWindow>& out) && {
    if (!window_.scans.empty()) out.push_back(std::move(window_));
  }

 private:
  const Matcher& matcher_;
  ExposureWindow window_;
  std::size_t scan_ = 0;
  double sum_ = 0;
  int frames_ = 0;
};

Matcher::Matcher(std::span<const Scan> scans, Receiver receiver)
    : scans_(scans), receiver_(receiver) {
  for (std::size_t i = 0; i < scans.size(); ++i) {
    for (std::size_t j = 0; j < scans[i].heard.size(); ++j) {
      index_[scans[i].heard[j].id].push_back({i, j});
      latest_ = std::max(latest_, scans[i].heard[j].time);
    }
  }
}

const std::vector<Matcher::Place>* Matcher::places_of(const RollingId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &found->second;
}

std::chrono::seconds Matcher::gap_before(std::size_t scan) const {
  if (scan == 0) return kUnknownGap;
  const auto gap =
      std::chrono::round<std::chrono::seconds>(scans_[scan].start - scans_[scan - 1].start);
  return std::clamp(gap, std::chrono::seconds{1}, kLongestGap);
}

std::vector<ExposureWindow> Matcher::match(std::span<const PublishedKey> keys) const {
  std::vector<ExposureWindow> windows;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const auto& key = keys[k].key;
    const auto opener = metadata_key(key);
    const auto ids = rolling_ids(key);
    for (std::uint32_t i = 0; i < key.period; ++i) {
      const auto* places = places_of(ids[i]);
      if (places == nullptr) continue;
      const Interval slot{key.start.number + i};
      WindowBuilder window(*this, k, slot);
      std::optional<Instant> first;
      for (const auto place : *places) {
        const auto& sighting = scans_[place.scan].heard[place.sighting];
        if (sighting.profile == Profile::kBluezone3 || !near(interval_at(sighting.time), slot))
          continue;
        const auto sent = decrypt(opener, sighting.id, sighting.aem).transmit_power();
        if (!sent) continue;
        if (!first) first = sighting.time;
        if (sighting.time - *first > kLongestIdLife) continue;
        window.add(place, *sent);
      }
      std::move(window).finish(windows);
    }
  }
  return windows;
}

std::vector<ExposureWindow> Matcher::match(std::span<const PublishedChain> chains) const {
  std::vector<ExposureWindow> windows;
  constexpr auto kTolerance = kIntervalLength * kClockTolerance;
  const Day last_day = day_of(latest_ + kTolerance);
  for (std::size_t c = 0; c < chains.size(); ++c) {
    const auto& chain = chains[c];
    const Slots slots{chain.ids_per_day};
    DailyKey key = chain.daily_key;
    for (Day day = day_of(chain.start); day <= std::min(last_day, day_of(chain.end));
         day += std::chrono::days{1}) {
      IdChain ids(key);
      for (int i = 0; i < slots.per_day && slots.start(day, i) <= chain.end; ++i) {
        const auto* places = places_of(ids.next());
        if (places == nullptr) continue;
        const Instant begin = slots.start(day, i);
        WindowBuilder window(*this, c, interval_at(begin));
        for (const auto place : *places) {
          const auto& sighting = scans_[place.scan].heard[place.sighting];
          if (sighting.profile != Profile::kBluezone3) continue;
          if (sighting.time < begin - kTolerance || sighting.time >= slots.end(day, i) + kTolerance)
            continue;
          window.add(place, receiver_.bluezone3_power);
        }
        std::move(window).finish(windows);
      }
      key = next_daily_key(key);
    }
  }
  return windows;
}

}  // namespace bz::engine
