#include "engine/contact.h"

#include <map>
#include <vector>

namespace bz::engine {

std::vector<Contact> contacts(std::span<const ExposureWindow> windows) {
  std::map<std::size_t, std::vector<ExposureWindow>> by_source;
  for (const auto& window : windows) by_source[window.source].push_back(window);
  std::vector<Contact> all;
  for (const auto& [source, own] : by_source) {
    for (const auto& scan : scans_of_key(own)) {
      const auto day = day_of(scan.time);
      if (all.empty() || all.back().source != source || all.back().day != day) {
        all.push_back({.source = source, .day = day, .first = scan.time, .last = scan.time});
      }
      auto& contact = all.back();
      contact.last = scan.time;
      contact.heard += scan.since_last_scan;
      // A sum until all scans are in.
      contact.typical.db += scan.typical.db * static_cast<double>(scan.since_last_scan.count());
      contact.close += close_time({&scan, 1});
    }
  }
  for (auto& contact : all) contact.typical.db /= static_cast<double>(contact.heard.count());
  return all;
}

}  // namespace bz::engine
