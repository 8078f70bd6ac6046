// Chance for the simulation, the same on every machine and with every standard library (the
// distributions of <random> are implementation-defined, its engines are not).
//
// Two kinds. `Draw` is a sequence, for making a town once. The functions are counter-based: a draw
// is a hash of what it is for (seed, pair, scan, frame), so that phones may be simulated in any
// order, or many at once, and hear the same.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace bz::sim {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): a one-to-one scrambling of 64 bits.
constexpr std::uint64_t scramble(std::uint64_t bits) {
  bits += 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

// One number for an ordered list of numbers.
template <class... Part>
constexpr std::uint64_t hash_of(std::uint64_t first, Part... parts) {
  std::uint64_t state = scramble(first);
  ((state = scramble(state ^ static_cast<std::uint64_t>(parts))), ...);
  return state;
}

// Uniform in [0, 1), from the upper 53 bits.
constexpr double unit(std::uint64_t hash) {
  return static_cast<double>(hash >> 11U) * 0x1p-53;
}

// Mean 0, standard deviation 1: twelve uniform numbers added up (Irwin-Hall), which needs no
// function of the math library. Never beyond 6 in size; 0.1 % of the draws lie beyond 3.2 instead
// of 3.3.
constexpr double normal(std::uint64_t hash) {
  std::uint64_t sum = 0;
  for (int word = 0; word < 3; ++word) {
    hash = scramble(hash);
    sum += (hash & 0xFFFFU) + ((hash >> 16U) & 0xFFFFU) + ((hash >> 32U) & 0xFFFFU) + (hash >> 48U);
  }
  return (static_cast<double>(sum) + 6.0) / 65536.0 - 6.0;
}

// A sequence of draws.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  // Uniform in [0, 1).
  double unit() { return sim::unit(engine_()); }
  double between(double low, double high) { return low + (high - low) * unit(); }
  bool happens(double probability) { return unit() < probability; }

  // A whole number from 0 to count - 1; count at least 1. The unfair last part of the range is
  // drawn again.
  std::size_t below(std::size_t count) {
    assert(count > 0);
    const std::uint64_t unfair = (0 - static_cast<std::uint64_t>(count)) % count;
    std::uint64_t number = engine_();
    while (number < unfair) number = engine_();
    return static_cast<std::size_t>(number % count);
  }

  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t left = items.size(); left > 1; --left)
      std::swap(items[left - 1], items[below(left)]);
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace bz::sim
