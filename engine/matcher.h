// Matching: which published keys were heard near this phone, and how. The plain version, for
// correctness first; the FastMatcher is tested against it.
//
// Only ids of a key's own rolling period exist; which sightings of an id count, window_maker.h
// says. A day key is tried under both profiles that make ids from it.
#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/exposure_window.h"
#include "engine/published_key.h"
#include "engine/sighting.h"
#include "engine/window_maker.h"

namespace bz::engine {

// Indexes the scans once; they must outlive it and be in order of time.
class Matcher {
 public:
  Matcher(std::span<const Scan> scans, Receiver receiver);

  // Windows in order of key, then time.
  [[nodiscard]] std::vector<ExposureWindow> match(std::span<const PublishedKey> keys) const;

  // The same for day chains of the 2020 app, with true UTC days, two hours of tolerance around each
  // slot.
  [[nodiscard]] std::vector<ExposureWindow> match(std::span<const PublishedChain> chains) const;

 private:
  struct Hash {
    // Of honest senders ids are random already; what others choose can slow this plain version
    // down, which phones do not use (NameTable salts its hash).
    std::size_t operator()(const RollingId& id) const {
      return get_le(std::span(id.bytes).first<8>());
    }
  };

  [[nodiscard]] const std::vector<Place>* places_of(const RollingId& id) const;

  WindowMaker windows_;
  Instant latest_;  // of all sightings
  std::unordered_map<RollingId, std::vector<Place>, Hash> index_;
};

}  // namespace bz::engine
