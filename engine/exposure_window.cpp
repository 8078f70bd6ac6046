#include "engine/exposure_window.h"

#include <algorithm>

namespace bz::engine {

std::vector<ScanInstance> scans_of_key(std::span<const ExposureWindow> windows) {
  std::vector<ScanInstance> all;
  for (const auto& window : windows)
    all.insert(all.end(), window.scans.begin(), window.scans.end());
  std::ranges::stable_sort(all, {}, &ScanInstance::time);
  std::vector<ScanInstance> scans;
  double ids = 0;  // heard in the last of `scans`
  for (const auto& instance : all) {
    if (scans.empty() || scans.back().time != instance.time) {
      scans.push_back(instance);
      ids = 1;
      continue;
    }
    auto& scan = scans.back();
    ++ids;
    scan.typical.db += (instance.typical.db - scan.typical.db) / ids;
    scan.minimum = std::min(scan.minimum, instance.minimum);
  }
  return scans;
}

}  // namespace bz::engine
