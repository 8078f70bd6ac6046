#include "sim/truth.h"

#include <algorithm>
#include <map>
#include <vector>

namespace bz::sim {
namespace {

constexpr double kNearlyMetres = 2.8;

}  // namespace

std::chrono::seconds seconds_within(const Town& town, std::size_t a, std::size_t b, double metres,
                                    Instant from, Instant to) {
  std::chrono::seconds sum{0};
  for (Instant t = from; t < to; t += kTruthStep)
    if (distance_m(town, a, b, t) <= metres) sum += kTruthStep;
  return sum;
}

bool Encounter::borderline() const {
  using std::chrono::minutes;
  if (should_be_warned()) return closest_day < minutes{20};
  return closest_day >= minutes{5} || nearly >= kCloseTime;
}

Encounter encounter(const Town& town, std::size_t a, std::size_t b, Instant from, Instant to) {
  Encounter found;
  std::vector<double> distances;
  std::map<Day, std::chrono::seconds> close;
  std::map<Day, std::chrono::seconds> nearly;
  for (Instant t = from; t < to; t += kTruthStep) {
    const double metres = distance_m(town, a, b, t);
    if (metres == kOutOfReach) continue;
    distances.push_back(metres);
    found.together += kTruthStep;
    if (metres <= kNearlyMetres) nearly[day_of(t)] += kTruthStep;
    if (metres <= kCloseMetres) close[day_of(t)] += kTruthStep;
  }
  for (const auto& [day, time] : close) {
    found.close += time;
    found.closest_day = std::max(found.closest_day, time);
  }
  for (const auto& [day, time] : nearly) found.nearly = std::max(found.nearly, time);
  if (!distances.empty()) {
    // Of an even count the upper of the two in the middle.
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    found.median_m = *middle;
  }
  return found;
}

}  // namespace bz::sim
