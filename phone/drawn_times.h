// Times drawn at random, so that whoever watches the network learns nothing from when a phone
// calls.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.h"

namespace bz::phone {

// Even in 0 to `below` - 1. For `below` far under 2^64: then there is no bias that anybody could
// see.
std::uint64_t draw_below(Random& random, std::uint64_t below);

// Even, both ends included.
std::chrono::milliseconds draw_between(Random& random, std::chrono::milliseconds least,
                                       std::chrono::milliseconds most);

// The waiting time of a Poisson process.
std::chrono::milliseconds draw_poisson_wait(Random& random, std::chrono::milliseconds mean);

// Until the next try after so many failures before this one: `first`, twice as long each time, at
// most `last`; even in half of that to all of it, so that not all phones come at once.
std::chrono::milliseconds draw_retry_wait(Random& random, std::chrono::milliseconds first,
                                          std::chrono::milliseconds last, int failures);

}  // namespace bz::phone
