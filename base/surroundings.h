// What every service is given of the world: the time, chance, where to write what it did, and where
// to count. All of it outlives the service.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"

namespace bz {

struct Surroundings {
  const Clock& clock;
  Random& random;  // safe from several threads
  Log& log;
  Metrics& metrics;
};

}  // namespace bz
