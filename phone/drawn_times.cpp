#include "phone/drawn_times.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/bytes.h"

namespace bz::phone {

using std::chrono::milliseconds;

std::uint64_t draw_below(Random& random, std::uint64_t below) {
  std::array<std::uint8_t, 8> chance{};
  random.fill(chance);
  return get_le(chance) % below;
}

milliseconds draw_between(Random& random, milliseconds least, milliseconds most) {
  const auto spread = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + milliseconds{static_cast<std::int64_t>(draw_below(random, spread))};
}

milliseconds draw_poisson_wait(Random& random, milliseconds mean) {
  // -mean x ln(u), u even in (0, 1].
  constexpr std::uint64_t kSteps = std::uint64_t{1} << 32U;
  const double u =
      static_cast<double>(draw_below(random, kSteps) + 1) / static_cast<double>(kSteps);
  return milliseconds{static_cast<std::int64_t>(-std::log(u) * static_cast<double>(mean.count()))};
}

milliseconds draw_retry_wait(Random& random, milliseconds first, milliseconds last, int failures) {
  constexpr int kDoublings = 16;
  const auto wait = std::min(last, first * (1 << std::min(failures, kDoublings)));
  return draw_between(random, wait / 2, wait);
}

}  // namespace bz::phone
