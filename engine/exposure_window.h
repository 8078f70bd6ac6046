// What matching makes of sightings, and what risk is computed from: exposure windows (Exposure
// Notification API v2).
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "engine/sighting.h"

namespace bz::engine {

// How much weaker a frame arrived than it was sent, in decibels: transmit power less received
// power, never below 0.
struct Attenuation {
  double db = 0;

  auto operator<=>(const Attenuation&) const = default;
};

// All frames of one id within one scan.
struct ScanInstance {
  Instant time;         // at which the scan began
  Attenuation typical;  // mean over the frames
  Attenuation minimum;
  std::chrono::seconds since_last_scan{0};  // how long this instance stands for; 1 to 300 s

  bool operator==(const ScanInstance&) const = default;
};

// All that was heard of one id of one published key, from its first sighting to its last.
struct ExposureWindow {
  std::size_t source = 0;  // index of the published key (or chain) among those given to the matcher
  Interval slot;  // when the key says that the id was on the air (bluezone3: interval of the slot's
                  // start)
  std::vector<ScanInstance> scans;  // in order of time, at least one

  bool operator==(const ExposureWindow&) const = default;
};

// Of windows of one key: every scan once, in order of time. Where several ids of the key were heard
// in one scan, as when it changed its name, or when somebody replays old names all at once, they
// are one instance: the mean of what is typical, the least minimum, the scan's time counted once.
std::vector<ScanInstance> scans_of_key(std::span<const ExposureWindow> windows);

// An instance stands for the time since the phone's scan before it, whatever that one heard, at
// most this long: a phone that was off for a night does not make a contact of a night.
inline constexpr std::chrono::seconds kLongestGap{300};
// Where no earlier scan is known.
inline constexpr std::chrono::seconds kUnknownGap{120};

}  // namespace bz::engine
