// How long two phones were within 2 m of each other, from the strength of what one heard of the
// other.
//
// Each scan instance stands for the time since the phone's scan before it. Its typical attenuation
// gives the chance that the other phone was within 2 m then, a logistic curve in decibels, and the
// expected time is the sum of time times chance. Scans in which the other phone was not heard count
// nothing. The constants are in engine/calibration.h; how well this does on recordings, and what it
// does not know, is in docs/proximity.md.
#pragma once

#include <span>

#include "engine/exposure_window.h"

namespace bz::engine {

// Chance that the other phone was within 2 m, above 0 and below 1: 1 / (1 + exp((attenuation - 54.8
// dB) / 5.8 dB)).
double close_probability(Attenuation attenuation);

// Seconds within 2 m.
struct CloseTime {
  double expected_s = 0;
  // Standard deviation, as if every scan erred alike: what goes wrong is nearly all one offset for
  // a whole encounter (model, pocket, body), so more scans of the same encounter do not make the
  // answer surer.
  double deviation_s = 0;

  CloseTime& operator+=(const CloseTime& other);
  bool operator==(const CloseTime&) const = default;
};

// 0 for no scans. Deviations add up, since the scans may be of one encounter.
CloseTime close_time(std::span<const ScanInstance> scans);

}  // namespace bz::engine
