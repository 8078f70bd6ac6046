// The arithmetic of matching many keys, written for one kind of processor each, all with identical
// answers.
//
// Day keys (`gaen`, `bluezone4`): schedules() turns keys into AES schedules (HKDF, then key
// expansion), and for each group of 16 intervals probe() makes the names and asks the phone's
// filter of that group. Day chains (`bluezone3`): probe_chains() makes the names of a day's slots
// one after another. What passes a filter is a candidate and is checked exactly by the caller.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "engine/bluezone3_ids.h"
#include "engine/sighting.h"

namespace bz::engine {

// Round keys 0 to 10 of AES-128, in the order in which they are used.
struct alignas(16) AesSchedule {
  std::array<std::array<std::uint8_t, 16>, 11> round_keys{};
};

// Intervals that share one filter.
inline constexpr std::uint32_t kGroupSize = 16;

// A Bloom filter blocked by 32-bit words. A name's first four bytes, least significant first,
// choose the word (modulo their number), its bytes 4 to 7 one bit in each byte of that word, byte 4
// in the lowest; the name is in the filter when all four are set.
struct FilterView {
  const std::uint32_t* words = nullptr;
  std::uint32_t mask = 0;  // number of words less 1; a power of two of words
};

// `second` is bytes 4 to 7 of a name, least significant first.
constexpr std::uint32_t filter_bits(std::uint32_t second) {
  return 1U << (second & 7U) | 0x100U << (second >> 8U & 7U) | 0x1'0000U << (second >> 16U & 7U) |
         0x100'0000U << (second >> 24U & 7U);
}

// A name that passed a filter.
struct Candidate {
  RollingId id;
  std::uint32_t key = 0;  // index among the keys of the call
  std::uint32_t slot =
      0;  // interval less the group's first; for chains, index of the slot in the day
};

struct Kernel {
  std::string_view name;  // as --kernel and BZ_KERNEL say it
  bool (*runs_here)() = nullptr;

  void (*schedules)(std::span<const std::array<std::uint8_t, 16>> keys, AesSchedule* out) = nullptr;

  // Names of every key for the intervals first … first + kGroupSize - 1. Writes at most keys *
  // kGroupSize candidates, returns how many; in any order.
  std::size_t (*probe)(std::span<const AesSchedule> keys, Interval first, FilterView filter,
                       Candidate* out) = nullptr;

  // The same names, stored: key by key, kGroupSize each. For tests and for measuring the floor.
  void (*ids)(std::span<const AesSchedule> keys, Interval first, RollingId* out) = nullptr;

  // Names of slots 0 … filters.size() - 1 of every day key; the filter of each slot. A slot whose
  // filter has no words (null) is made, since the next needs it, but not asked. At most keys *
  // slots candidates.
  std::size_t (*probe_chains)(std::span<const DailyKey> keys, std::span<const FilterView> filters,
                              Candidate* out) = nullptr;

  // The same names, stored: key by key, `slots` each, 12 bytes and zeros.
  void (*chain_ids)(std::span<const DailyKey> keys, std::size_t slots, RollingId* out) = nullptr;
};

// All that were compiled in, the fastest first; the last one, "portable", runs everywhere.
std::span<const Kernel* const> kernels();

// The fastest that runs on this processor.
const Kernel& fastest_kernel();

// kNotFound when there is none of that name, or this processor lacks what it needs.
Result<const Kernel*> kernel_named(std::string_view name);

}  // namespace bz::engine
