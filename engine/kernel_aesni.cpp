// x86 with SHA and AES instructions, on 128-bit registers.

#include <immintrin.h>

#include "engine/kernel_list.h"
#include "engine/kernel_two_chains.h"
#include "engine/kernel_x86_aes.h"

namespace bz::engine {
namespace {

__m128i as_m128i(Words w) {
  return reinterpret_cast<__m128i>(w);
}
Words as_words(__m128i m) {
  return reinterpret_cast<Words>(m);
}

struct Aesni {
  // The SHA instructions keep the eight words so, lane 0 last.
  struct State {
    __m128i abef, cdgh;
  };

  static State state(const sha256::State& s) {
    const auto word = [&s](int i) { return static_cast<int>(s[static_cast<std::size_t>(i)]); };
    return {_mm_set_epi32(word(0), word(1), word(4), word(5)),
            _mm_set_epi32(word(2), word(3), word(6), word(7))};
  }
  static Words abcd(const State& s) {
    return as_words(
        _mm_unpackhi_epi64(_mm_shuffle_epi32(s.abef, 0xb1), _mm_shuffle_epi32(s.cdgh, 0xb1)));
  }
  static Words efgh(const State& s) {
    return as_words(
        _mm_unpacklo_epi64(_mm_shuffle_epi32(s.abef, 0xb1), _mm_shuffle_epi32(s.cdgh, 0xb1)));
  }

  static void four_rounds(State& s, Words w, const std::uint32_t* k) {
    const auto wk = as_m128i(w + load(k));
    s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, wk);
    s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(wk, 0x0e));
  }
  // Puts the next four words of the schedule in place of w0, of the latest 16: w0 w1 w2 w3.
  static void extend(Words& w0, Words w1, Words w2, Words w3) {
    const auto sum = _mm_add_epi32(_mm_sha256msg1_epu32(as_m128i(w0), as_m128i(w1)),
                                   _mm_alignr_epi8(as_m128i(w3), as_m128i(w2), 4));
    w0 = as_words(_mm_sha256msg2_epu32(sum, as_m128i(w3)));
  }
  static void add(State& s, const State& before) {
    s.abef = _mm_add_epi32(s.abef, before.abef);
    s.cdgh = _mm_add_epi32(s.cdgh, before.cdgh);
  }

  static Words big_endian(Words w) {
    return as_words(_mm_shuffle_epi8(
        as_m128i(w), _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3)));
  }

  // Bytes 0 4 8 12 16 18 20 … 30 of the digest: the first of a to d, first and third of e to h.
  static RollingId bluezone3_id(const State& s) {
    constexpr char kNone = -1;
    const auto from_abef =
        _mm_shuffle_epi8(s.abef, _mm_setr_epi8(15, 11, kNone, kNone, 7, 5, 3, 1, kNone, kNone,
                                               kNone, kNone, kNone, kNone, kNone, kNone));
    const auto from_cdgh =
        _mm_shuffle_epi8(s.cdgh, _mm_setr_epi8(kNone, kNone, 15, 11, kNone, kNone, kNone, kNone, 7,
                                               5, 3, 1, kNone, kNone, kNone, kNone));
    RollingId id;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&id), _mm_or_si128(from_abef, from_cdgh));
    return id;
  }

  static void expand(Words key0, Words key1, AesSchedule& out0, AesSchedule& out1) {
    aes_expand(as_m128i(key0), as_m128i(key1), out0, out1);
  }
  static void encrypt8(const AesSchedule& schedule, std::uint32_t interval, RollingId* out) {
    aes_store8(aes_names8(schedule, interval), out);
  }

  static Words filter_bits(Words second) {
    const auto low3 = _mm_and_si128(as_m128i(second), _mm_set1_epi8(7));
    return as_words(_mm_shuffle_epi8(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), low3));
  }
  static unsigned lanes(Words all_or_nothing) {
    return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(as_m128i(all_or_nothing))));
  }
};

// __builtin_cpu_supports does not know "sha" in g++ 12.
bool runs_here() {
  std::uint32_t a = 7, b = 0, c = 0, d = 0;
  __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  constexpr std::uint32_t kSha = 1U << 29U;
  return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("aes") && (b & kSha) != 0;
}

}  // namespace

constinit const Kernel kAesniKernel = TwoChains<Aesni>::kernel("aesni", runs_here);

}  // namespace bz::engine
