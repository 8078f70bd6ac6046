#include "engine/proximity.h"

#include <cmath>

#include "engine/calibration.h"

namespace bz::engine {

double close_probability(Attenuation attenuation) {
  return 1 / (1 + std::exp((attenuation.db - kTwoMetresDb) / kProximityScaleDb));
}

CloseTime& CloseTime::operator+=(const CloseTime& other) {
  expected_s += other.expected_s;
  deviation_s += other.deviation_s;
  return *this;
}

CloseTime close_time(std::span<const ScanInstance> scans) {
  CloseTime sum;
  for (const auto& scan : scans) {
    const double chance = close_probability(scan.typical);
    const auto seconds = static_cast<double>(scan.since_last_scan.count());
    sum += {seconds * chance, seconds * std::sqrt(chance * (1 - chance))};
  }
  return sum;
}

}  // namespace bz::engine
