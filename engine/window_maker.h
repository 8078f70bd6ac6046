// How places at which a key's id was heard become an exposure window. Whoever finds the places, the
// plain Matcher or the FastMatcher, the window is made here.
//
// An id of a key counts when it was heard within two hours of the time at which the key says it was
// on the air (clocks of phones differ; Exposure Notification allows the same).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/bluezone3_ids.h"
#include "engine/day_key.h"
#include "engine/exposure_window.h"
#include "engine/sighting.h"

namespace bz::engine {

// How far two phones' clocks may differ, in either direction.
inline constexpr std::uint32_t kClockTolerance = 12;  // intervals of ten minutes

// An id made for ten minutes and still heard this long after it was first heard is a recording, not
// a phone (exposure-notifications-internals drops them likewise). Not for bluezone3, whose ids may
// live for hours.
inline constexpr std::chrono::minutes kLongestIdLife{20};

// What this phone knows about its own ear.
struct Receiver {
  double correction_db = 0;  // added to every received power (engine/calibration.h, by model)
  Dbm bluezone3_power{
      -24};  // bluezone3 frames do not say their transmit power; this one is assumed
};

// Where a sighting stands: scans[scan].heard[sighting].
struct Place {
  std::size_t scan = 0;
  std::size_t sighting = 0;

  auto operator<=>(const Place&) const = default;
};

// The scans must outlive it and be in order of time.
class WindowMaker {
 public:
  WindowMaker(std::span<const Scan> scans, Receiver receiver)
      : scans_(scans), receiver_(receiver) {}

  // Adds the window of one id, heard at `places`, in order, if any of them counts. Frames whose
  // radio gave no received power, or whose metadata opens to no possible transmit power, do not:
  // they say nothing of distance, and the latter were not sent by the key's owner.
  void add(std::size_t source, const MetadataKey& opener, Interval slot,
           std::span<const Place> places, std::vector<ExposureWindow>& out) const;

  // The same for slot `index` of a day of a 2020 chain.
  void add(std::size_t source, Slots slots, Day day, int index, std::span<const Place> places,
           std::vector<ExposureWindow>& out) const;

  [[nodiscard]] std::span<const Scan> scans() const { return scans_; }

 private:
  class Window;

  [[nodiscard]] std::chrono::seconds gap_before(std::size_t scan) const;

  std::span<const Scan> scans_;
  Receiver receiver_;
};

}  // namespace bz::engine
