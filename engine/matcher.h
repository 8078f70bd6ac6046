// Matching: which published keys were heard near this phone, and how. The plain version, for
// correctness first; faster ones are tested against it.
//
// An id of a key counts when it was heard within two hours of the time at which the key says it was
// on the air (clocks of phones differ; Exposure Notification allows the same), and only ids of the
// key's own rolling period exist. A day key is tried under both profiles that make ids from it.
#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/day_key.h"
#include "engine/exposure_window.h"
#include "engine/published_key.h"
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

// Indexes the scans once; they must outlive it and be in order of time.
class Matcher {
 public:
  Matcher(std::span<const Scan> scans, Receiver receiver);

  // Windows in order of key, then time. Frames whose radio gave no received power, or whose
  // metadata opens to no possible transmit power, do not count: they say nothing of distance, and
  // the latter were not sent by the key's owner.
  [[nodiscard]] std::vector<ExposureWindow> match(std::span<const PublishedKey> keys) const;

  // The same for day chains of the 2020 app, with true UTC days, two hours of tolerance around each
  // slot.
  [[nodiscard]] std::vector<ExposureWindow> match(std::span<const PublishedChain> chains) const;

 private:
  struct Place {
    std::size_t scan;
    std::size_t sighting;
  };
  struct Hash {
    // Ids are random already.
    std::size_t operator()(const RollingId& id) const {
      return get_le(std::span(id.bytes).first<8>());
    }
  };
  class WindowBuilder;

  [[nodiscard]] const std::vector<Place>* places_of(const RollingId& id) const;
  [[nodiscard]] std::chrono::seconds gap_before(std::size_t scan) const;

  std::span<const Scan> scans_;
  Receiver receiver_;
  Instant latest_;  // of all sightings
  std::unordered_map<RollingId, std::vector<Place>, Hash> index_;
};

}  // namespace bz::engine
