#include "engine/contact.h"

#include <algorithm>
#include <map>
#include <utility>

namespace bz::engine {

std::vector<Contact> contacts(std::span<const ExposureWindow> windows) {
  std::map<std::pair<std::size_t, Day>, Contact> by_day;
  for (const auto& window : windows) {
    for (const auto& scan : window.scans) {
      const auto day = day_of(scan.time);
      auto [place, is_new] = by_day.try_emplace({window.source, day});
      auto& contact = place->second;
      if (is_new)
        contact = {.source = window.source, .day = day, .first = scan.time, .last = scan.time};
      contact.first = std::min(contact.first, scan.time);
      contact.last = std::max(contact.last, scan.time);
      contact.heard += scan.since_last_scan;
      // A sum until all scans are in.
      contact.typical.db += scan.typical.db * static_cast<double>(scan.since_last_scan.count());
      contact.close += close_time({&scan, 1});
    }
  }
  std::vector<Contact> all;
  all.reserve(by_day.size());
  for (auto& [key, contact] : by_day) {
    contact.typical.db /= static_cast<double>(contact.heard.count());
    all.push_back(contact);
  }
  return all;
}

}  // namespace bz::engine
