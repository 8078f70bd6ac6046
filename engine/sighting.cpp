#include "engine/sighting.h"

#include <algorithm>

namespace bz::engine {

std::string_view name_of(Profile profile) {
  switch (profile) {
    case Profile::kBluezone3: return "bluezone3";
    case Profile::kGaen: return "gaen";
    case Profile::kBluezone4: return "bluezone4";
  }
  return "";
}

std::optional<Profile> profile_named(std::string_view name) {
  for (const auto profile : {Profile::kBluezone3, Profile::kGaen, Profile::kBluezone4}) {
    if (name_of(profile) == name) return profile;
  }
  return std::nullopt;
}

std::vector<Scan> scans_from(std::vector<Sighting> sightings) {
  std::ranges::stable_sort(sightings, {}, &Sighting::time);
  std::vector<Scan> scans;
  for (auto& sighting : sightings) {
    if (scans.empty() || sighting.time - scans.back().start >= kScanSpan)
      scans.push_back({sighting.time, {}});
    scans.back().heard.push_back(sighting);
  }
  return scans;
}

}  // namespace bz::engine
