#include "engine/window_maker.h"

#include <algorithm>
#include <optional>

namespace bz::engine {
namespace {

constexpr auto kTolerance = kIntervalLength * kClockTolerance;

bool near(Interval heard, Interval slot) {
  const auto apart = std::int64_t{heard.number} - std::int64_t{slot.number};
  return -std::int64_t{kClockTolerance} <= apart && apart <= std::int64_t{kClockTolerance};
}

}  // namespace

// Gathers the frames of one id, in order of time.
class WindowMaker::Window {
 public:
  Window(const WindowMaker& maker, std::size_t source, Interval slot) : maker_(maker) {
    window_.source = source;
    window_.slot = slot;
  }

  void add(Place place, Dbm sent) {
    const auto& sighting = maker_.scans_[place.scan].heard[place.sighting];
    if (sighting.rssi == kNoRssi) return;
    const double received = sighting.rssi.value + maker_.receiver_.correction_db;
    const Attenuation attenuation{std::max(0.0, sent.value - received)};
    if (window_.scans.empty() || place.scan != scan_) {
      scan_ = place.scan;
      sum_ = 0;
      frames_ = 0;
      window_.scans.push_back(
          {maker_.scans_[place.scan].start, {}, attenuation, maker_.gap_before(place.scan)});
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
  const WindowMaker& maker_;
  ExposureWindow window_;
  std::size_t scan_ = 0;
  double sum_ = 0;
  int frames_ = 0;
};

std::chrono::seconds WindowMaker::gap_before(std::size_t scan) const {
  if (scan == 0) return kUnknownGap;
  const auto gap =
      std::chrono::round<std::chrono::seconds>(scans_[scan].start - scans_[scan - 1].start);
  return std::clamp(gap, std::chrono::seconds{1}, kLongestGap);
}

void WindowMaker::add(std::size_t source, const MetadataKey& opener, Interval slot,
                      std::span<const Place> places, std::vector<ExposureWindow>& out) const {
  Window window(*this, source, slot);
  std::optional<Instant> first;
  for (const auto place : places) {
    const auto& sighting = scans_[place.scan].heard[place.sighting];
    if (sighting.profile == Profile::kBluezone3 || !near(interval_at(sighting.time), slot))
      continue;
    const auto sent = decrypt(opener, sighting.id, sighting.aem).transmit_power();
    if (!sent) continue;
    if (!first) first = sighting.time;
    if (sighting.time - *first > kLongestIdLife) continue;
    window.add(place, *sent);
  }
  std::move(window).finish(out);
}

void WindowMaker::add(std::size_t source, Slots slots, Day day, int index,
                      std::span<const Place> places, std::vector<ExposureWindow>& out) const {
  const Instant begin = slots.start(day, index);
  Window window(*this, source, interval_at(begin));
  for (const auto place : places) {
    const auto& sighting = scans_[place.scan].heard[place.sighting];
    if (sighting.profile != Profile::kBluezone3) continue;
    if (sighting.time < begin - kTolerance || sighting.time >= slots.end(day, index) + kTolerance) {
      continue;
    }
    window.add(place, receiver_.bluezone3_power);
  }
  std::move(window).finish(out);
}

}  // namespace bz::engine
