// Where chance comes from. It is passed in as an argument, so that a test can choose it.
#pragma once

#include <cstdint>
#include <span>

namespace bz {

class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The kernel's generator (getrandom(2)), the only source of keys in every program. Blocks until the
// kernel has been seeded, never returns less than asked, and aborts where there is no such
// generator: a phone without secure randomness must not make keys. Safe from several threads.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace bz
