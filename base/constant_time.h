// Comparing secrets in a time that does not tell where they differ.
#pragma once

#include <cstdint>
#include <string_view>

namespace bz {

// Only their lengths show in the time that it takes.
inline bool same_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  volatile std::uint8_t difference = 0;  // volatile: no compiler may end the loop early
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(
        difference | (static_cast<std::uint8_t>(a[i]) ^ static_cast<std::uint8_t>(b[i])));
  }
  return difference == 0;
}

}  // namespace bz
