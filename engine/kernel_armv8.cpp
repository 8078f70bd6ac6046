// 64-bit ARM with the AES and SHA-2 instructions: nearly every phone since 2015.

#include <arm_neon.h>
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include "engine/kernel_list.h"
#include "engine/kernel_two_chains.h"

namespace bz::engine {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

uint32x4_t as_u32(Words w) {
  return reinterpret_cast<uint32x4_t>(w);
}
uint8x16_t as_u8(Words w) {
  return reinterpret_cast<uint8x16_t>(w);
}
Words as_words(uint32x4_t v) {
  return reinterpret_cast<Words>(v);
}
Words as_words(uint8x16_t v) {
  return reinterpret_cast<Words>(v);
}

struct Armv8 {
  struct State {
    uint32x4_t abcd, efgh;
  };

  static State state(const sha256::State& s) {
    return {vld1q_u32(s.data()), vld1q_u32(s.data() + 4)};
  }
  static Words abcd(const State& s) { return as_words(s.abcd); }
  static Words efgh(const State& s) { return as_words(s.efgh); }

  static void four_rounds(State& s, Words w, const std::uint32_t* k) {
    const auto wk = vaddq_u32(as_u32(w), vld1q_u32(k));
    const auto before = s.abcd;
    s.abcd = vsha256hq_u32(s.abcd, s.efgh, wk);
    s.efgh = vsha256h2q_u32(s.efgh, before, wk);
  }
  // Puts the next four words of the schedule in place of w0, of the latest 16: w0 w1 w2 w3.
  static void extend(Words& w0, Words w1, Words w2, Words w3) {
    w0 = as_words(vsha256su1q_u32(vsha256su0q_u32(as_u32(w0), as_u32(w1)), as_u32(w2), as_u32(w3)));
  }
  static void add(State& s, const State& before) {
    s.abcd = vaddq_u32(s.abcd, before.abcd);
    s.efgh = vaddq_u32(s.efgh, before.efgh);
  }

  static Words big_endian(Words w) { return as_words(vrev32q_u8(as_u8(w))); }

  // Bytes 0 4 8 12 16 18 20 … 30 of the digest, whose words lie here with their first byte last.
  static RollingId bluezone3_id(const State& s) {
    constexpr std::uint8_t kNone = 255;
    constexpr std::uint8_t kPlaces[16]{3,  7,  11, 15, 19,    17,    23,    21,
                                       27, 25, 31, 29, kNone, kNone, kNone, kNone};
    const uint8x16x2_t digest{{vreinterpretq_u8_u32(s.abcd), vreinterpretq_u8_u32(s.efgh)}};
    RollingId id;
    vst1q_u8(id.bytes.data(), vqtbl2q_u8(digest, vld1q_u8(kPlaces)));
    return id;
  }

  // The next round key. AESE on four equal columns is SubWord of each, as ShiftRows then changes
  // nothing.
  static uint8x16_t next_round_key(uint8x16_t key, std::uint32_t rcon) {
    constexpr std::uint8_t kRotatedLastColumn[16]{13, 14, 15, 12, 13, 14, 15, 12,
                                                  13, 14, 15, 12, 13, 14, 15, 12};
    const auto zero = vdupq_n_u8(0);
    const auto substituted = vaeseq_u8(vqtbl1q_u8(key, vld1q_u8(kRotatedLastColumn)), zero);
    key = veorq_u8(key, vextq_u8(zero, key, 12));
    key = veorq_u8(key, vextq_u8(zero, key, 8));
    return veorq_u8(key, veorq_u8(substituted, vreinterpretq_u8_u32(vdupq_n_u32(rcon))));
  }
  static void expand(Words words0, Words words1, AesSchedule& out0, AesSchedule& out1) {
    constexpr std::uint32_t kRcon[10]{1, 2, 4, 8, 16, 32, 64, 128, 0x1b, 0x36};
    auto key0 = as_u8(words0);
    auto key1 = as_u8(words1);
    auto* to0 = reinterpret_cast<std::uint8_t*>(&out0);
    auto* to1 = reinterpret_cast<std::uint8_t*>(&out1);
    vst1q_u8(to0, key0);
    vst1q_u8(to1, key1);
    for (std::size_t round = 1; round <= 10; ++round) {
      key0 = next_round_key(key0, kRcon[round - 1]);
      key1 = next_round_key(key1, kRcon[round - 1]);
      vst1q_u8(to0 + 16 * round, key0);
      vst1q_u8(to1 + 16 * round, key1);
    }
  }

  static void encrypt8(const AesSchedule& schedule, std::uint32_t interval, RollingId* out) {
    const auto* key = reinterpret_cast<const std::uint8_t*>(&schedule);
    const auto plain = [](std::uint32_t number) {
      // "EN-RPI", six zero bytes, the interval.
      return as_u8(Words{0x522d4e45, 0x4950, 0, number});
    };
    auto b0 = plain(interval), b1 = plain(interval + 1), b2 = plain(interval + 2);
    auto b3 = plain(interval + 3), b4 = plain(interval + 4), b5 = plain(interval + 5);
    auto b6 = plain(interval + 6), b7 = plain(interval + 7);
    for (std::size_t round = 0; round < 9; ++round) {
      const auto k = vld1q_u8(key + 16 * round);
      b0 = vaesmcq_u8(vaeseq_u8(b0, k));
      b1 = vaesmcq_u8(vaeseq_u8(b1, k));
      b2 = vaesmcq_u8(vaeseq_u8(b2, k));
      b3 = vaesmcq_u8(vaeseq_u8(b3, k));
      b4 = vaesmcq_u8(vaeseq_u8(b4, k));
      b5 = vaesmcq_u8(vaeseq_u8(b5, k));
      b6 = vaesmcq_u8(vaeseq_u8(b6, k));
      b7 = vaesmcq_u8(vaeseq_u8(b7, k));
    }
    const auto k = vld1q_u8(key + 16 * 9);
    const auto last = vld1q_u8(key + 16 * 10);
    auto* to = reinterpret_cast<std::uint8_t*>(out);
    vst1q_u8(to, veorq_u8(vaeseq_u8(b0, k), last));
    vst1q_u8(to + 16, veorq_u8(vaeseq_u8(b1, k), last));
    vst1q_u8(to + 32, veorq_u8(vaeseq_u8(b2, k), last));
    vst1q_u8(to + 48, veorq_u8(vaeseq_u8(b3, k), last));
    vst1q_u8(to + 64, veorq_u8(vaeseq_u8(b4, k), last));
    vst1q_u8(to + 80, veorq_u8(vaeseq_u8(b5, k), last));
    vst1q_u8(to + 96, veorq_u8(vaeseq_u8(b6, k), last));
    vst1q_u8(to + 112, veorq_u8(vaeseq_u8(b7, k), last));
  }

  static Words filter_bits(Words second) {
    const auto low3 = vandq_u8(as_u8(second), vdupq_n_u8(7));
    return as_words(vshlq_u8(vdupq_n_u8(1), vreinterpretq_s8_u8(low3)));
  }
  static unsigned lanes(Words all_or_nothing) {
    return vaddvq_u32(as_u32(all_or_nothing & Words{1, 2, 4, 8}));
  }
};

bool runs_here() {
#if defined(__linux__)
  const auto has = getauxval(AT_HWCAP);
  return (has & HWCAP_AES) != 0 && (has & HWCAP_SHA2) != 0;
#else
  return true;  // every other system that runs on this processor asks for them
#endif
}

}  // namespace

constinit const Kernel kArmv8Kernel = TwoChains<Armv8>::kernel("armv8", runs_here);

}  // namespace bz::engine
