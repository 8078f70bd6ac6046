// Bounds that the formats here share. With those of each format they bound the size of a file, what
// reading it holds in memory, and for what phones fetch (exports and trace envelopes) the work of
// each entry: a day key gives 144 names, a chain at most 32 days of 1,440. What all entries
// together ask of a matcher is the product of both bounds. The 2020 app's JSON list bounds only its
// size: its entries may span any time, as in the original.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bz::wire {

// The most keys in one file; the reference key server splits at the same number.
inline constexpr std::size_t kMaxKeysPerFile = 500'000;

// The most files that one batch may be split into. (Phones take batches of 1 only.)
inline constexpr std::uint32_t kMaxBatch = 10'000;

// 9999-12-31 23:59:59 UTC in seconds since 1970.
inline constexpr std::int64_t kLastSecond = 253'402'300'799;
// The last millisecond of that second.
inline constexpr std::int64_t kLastMs = kLastSecond * 1000 + 999;

// Regions, key names and algorithms are labels: at most 64 printable ASCII characters, so that they
// can be shown on a terminal as they are.
inline constexpr std::size_t kMaxLabel = 64;

constexpr bool is_label(std::string_view text) {
  return text.size() <= kMaxLabel &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace bz::wire
