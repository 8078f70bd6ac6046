// For the module's own files: products of counts, rates and milliseconds, which 64 bits do not
// hold.
#pragma once

#include <cstdint>
#include <limits>

namespace bz::campaign {

__extension__ using Wide = __int128;

// What would not fit is the greatest or least number.
constexpr std::int64_t narrow(Wide value) {
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  if (value > kMost) return std::numeric_limits<std::int64_t>::max();
  if (value < -kMost) return -std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(value);
}

// a / b for a ≥ 0 and b > 0, to the nearest, half up; and up to the next.
constexpr std::int64_t half_up(Wide a, Wide b) {
  return narrow((2 * a + b) / (2 * b));
}
constexpr std::int64_t up(Wide a, Wide b) {
  return narrow((a + b - 1) / b);
}

}  // namespace bz::campaign
