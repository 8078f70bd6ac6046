// AES-128 (FIPS 197) by the AES instructions of x86, for the kernels that are compiled with them.
// In an unnamed namespace for the reason that kernel_list.h gives.
#pragma once

#include <immintrin.h>

#include "engine/kernel.h"

namespace bz::engine {
namespace {

// The next round key. AESENCLAST on four equal columns is SubWord of each, as ShiftRows then
// changes nothing; AESKEYGENASSIST does the same in many more steps.
inline __m128i next_round_key(__m128i key, std::uint32_t rcon) {
  const auto rotated_last_column =
      _mm_set_epi8(12, 15, 14, 13, 12, 15, 14, 13, 12, 15, 14, 13, 12, 15, 14, 13);
  const auto substituted = _mm_aesenclast_si128(_mm_shuffle_epi8(key, rotated_last_column),
                                                _mm_set1_epi32(static_cast<int>(rcon)));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
  return _mm_xor_si128(key, substituted);
}

// Two at once: one alone waits for itself in every round.
inline void aes_expand(__m128i key0, __m128i key1, AesSchedule& out0, AesSchedule& out1) {
  constexpr std::uint32_t kRcon[10]{1, 2, 4, 8, 16, 32, 64, 128, 0x1b, 0x36};
  auto* to0 = reinterpret_cast<__m128i*>(&out0);
  auto* to1 = reinterpret_cast<__m128i*>(&out1);
  _mm_store_si128(to0, key0);
  _mm_store_si128(to1, key1);
  for (int round = 1; round <= 10; ++round) {
    key0 = next_round_key(key0, kRcon[round - 1]);
    key1 = next_round_key(key1, kRcon[round - 1]);
    _mm_store_si128(to0 + round, key0);
    _mm_store_si128(to1 + round, key1);
  }
}

struct EightBlocks {
  __m128i b0, b1, b2, b3, b4, b5, b6, b7;
};

// The names of `interval` and the seven after it.
inline EightBlocks aes_names8(const AesSchedule& schedule, std::uint32_t interval) {
  const auto* key = reinterpret_cast<const __m128i*>(&schedule);
  const auto mixed = [first = _mm_load_si128(key)](std::uint32_t number) {
    // "EN-RPI", six zero bytes, the interval.
    return _mm_xor_si128(first, _mm_set_epi32(static_cast<int>(number), 0, 0x4950, 0x522d4e45));
  };
  EightBlocks x{mixed(interval),     mixed(interval + 1), mixed(interval + 2), mixed(interval + 3),
                mixed(interval + 4), mixed(interval + 5), mixed(interval + 6), mixed(interval + 7)};
  for (int round = 1; round < 10; ++round) {
    const auto k = _mm_load_si128(key + round);
    x.b0 = _mm_aesenc_si128(x.b0, k);
    x.b1 = _mm_aesenc_si128(x.b1, k);
    x.b2 = _mm_aesenc_si128(x.b2, k);
    x.b3 = _mm_aesenc_si128(x.b3, k);
    x.b4 = _mm_aesenc_si128(x.b4, k);
    x.b5 = _mm_aesenc_si128(x.b5, k);
    x.b6 = _mm_aesenc_si128(x.b6, k);
    x.b7 = _mm_aesenc_si128(x.b7, k);
  }
  const auto last = _mm_load_si128(key + 10);
  return {_mm_aesenclast_si128(x.b0, last), _mm_aesenclast_si128(x.b1, last),
          _mm_aesenclast_si128(x.b2, last), _mm_aesenclast_si128(x.b3, last),
          _mm_aesenclast_si128(x.b4, last), _mm_aesenclast_si128(x.b5, last),
          _mm_aesenclast_si128(x.b6, last), _mm_aesenclast_si128(x.b7, last)};
}

inline void aes_store8(const EightBlocks& x, RollingId* out) {
  auto* to = reinterpret_cast<__m128i*>(out);
  _mm_storeu_si128(to, x.b0);
  _mm_storeu_si128(to + 1, x.b1);
  _mm_storeu_si128(to + 2, x.b2);
  _mm_storeu_si128(to + 3, x.b3);
  _mm_storeu_si128(to + 4, x.b4);
  _mm_storeu_si128(to + 5, x.b5);
  _mm_storeu_si128(to + 6, x.b6);
  _mm_storeu_si128(to + 7, x.b7);
}

}  // namespace
}  // namespace bz::engine
