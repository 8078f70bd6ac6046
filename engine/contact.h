// Contacts: all that was heard of one published key on one UTC day, put together.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"
#include "engine/exposure_window.h"
#include "engine/proximity.h"

namespace bz::engine {

struct Contact {
  std::size_t source = 0;  // as in ExposureWindow
  Day day;
  Instant first;  // of the first scan in which the key was heard
  Instant last;   // of the last one
  // The time that the scans stand for. The whole first gap counts, so it may exceed last - first.
  std::chrono::seconds heard{0};
  Attenuation typical{};  // mean over that time
  CloseTime close{};

  bool operator==(const Contact&) const = default;
};

// By source, then day. Windows in any order; one that spans midnight is divided there, scan by
// scan.
std::vector<Contact> contacts(std::span<const ExposureWindow> windows);

}  // namespace bz::engine
