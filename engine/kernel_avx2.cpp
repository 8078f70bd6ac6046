// x86 with 256-bit registers and AES instructions but no SHA instructions, as Intel made them from
// 2013 to 2019: SHA-256 of eight keys at once, a lane each; AES on eight blocks.
//
// AVX code that leaves the upper halves of its registers in use makes every SSE instruction after
// it wait. The compiler ends a function that used them with vzeroupper; nothing here may rely on
// another file to do so.

#include <immintrin.h>

#include "engine/kernel_list.h"
#include "engine/kernel_x86_aes.h"
#include "engine/sha256_constants.h"

namespace bz::engine {
namespace {

// One word of each of eight keys.
using Lanes = std::uint32_t __attribute__((vector_size(32)));
constexpr std::size_t kLanes = 8;

Lanes all(std::uint32_t word) {
  return Lanes{word, word, word, word, word, word, word, word};
}

struct State {
  Lanes s[8];  // a to h
};

State state(const sha256::State& s) {
  return {{all(s[0]), all(s[1]), all(s[2]), all(s[3]), all(s[4]), all(s[5]), all(s[6]), all(s[7])}};
}

Lanes rotr(Lanes x, int n) {
  return x >> n | x << (32 - n);
}

void round(Lanes a, Lanes b, Lanes c, Lanes& d, Lanes e, Lanes f, Lanes g, Lanes& h, Lanes wk) {
  const Lanes t1 = h + wk + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g)));
  d += t1;
  h = t1 + (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
}

// Words t + 16 of the schedule in place of words t.
void extend(Lanes (&w)[16]) {
#pragma GCC unroll 16
  for (std::size_t t = 0; t < 16; ++t) {
    const Lanes w1 = w[(t + 1) % 16];
    const Lanes w14 = w[(t + 14) % 16];
    w[t] += (rotr(w1, 7) ^ rotr(w1, 18) ^ (w1 >> 3)) + w[(t + 9) % 16] +
            (rotr(w14, 17) ^ rotr(w14, 19) ^ (w14 >> 10));
  }
}

// Eight compressions; the message is used up.
void compress(State& state, Lanes (&w)[16]) {
  Lanes a = state.s[0], b = state.s[1], c = state.s[2], d = state.s[3];
  Lanes e = state.s[4], f = state.s[5], g = state.s[6], h = state.s[7];
  for (std::size_t sixteen = 0; sixteen < 64; sixteen += 16) {
    if (sixteen != 0) extend(w);
    const std::uint32_t* k = sha256::kRounds.data() + sixteen;
    for (std::size_t t = 0; t < 16; t += 8, k += 8) {
      round(a, b, c, d, e, f, g, h, w[t] + all(k[0]));
      round(h, a, b, c, d, e, f, g, w[t + 1] + all(k[1]));
      round(g, h, a, b, c, d, e, f, w[t + 2] + all(k[2]));
      round(f, g, h, a, b, c, d, e, w[t + 3] + all(k[3]));
      round(e, f, g, h, a, b, c, d, w[t + 4] + all(k[4]));
      round(d, e, f, g, h, a, b, c, w[t + 5] + all(k[5]));
      round(c, d, e, f, g, h, a, b, w[t + 6] + all(k[6]));
      round(b, c, d, e, f, g, h, a, w[t + 7] + all(k[7]));
    }
  }
  state.s[0] += a;
  state.s[1] += b;
  state.s[2] += c;
  state.s[3] += d;
  state.s[4] += e;
  state.s[5] += f;
  state.s[6] += g;
  state.s[7] += h;
}

// A message of one digest; `bits` with what came before it.
void digest_block(const State& s, std::uint32_t bits, Lanes (&w)[16]) {
  for (std::size_t i = 0; i < 8; ++i) w[i] = s.s[i];
  w[8] = all(sha256::kEnd);
  for (std::size_t i = 9; i < 15; ++i) w[i] = Lanes{};
  w[15] = all(bits);
}

// The two keys of HMAC with an extracted key as its secret.
void pad_block(const State& s, std::uint32_t pad, Lanes (&w)[16]) {
  for (std::size_t i = 0; i < 8; ++i) w[i] = s.s[i] ^ all(pad);
  for (std::size_t i = 8; i < 16; ++i) w[i] = all(pad);
}

std::uint32_t big_endian(const std::uint8_t* bytes) {
  std::uint32_t word = 0;
  __builtin_memcpy(&word, bytes, sizeof word);
  return __builtin_bswap32(word);
}

// Keys of `size` bytes, a multiple of four, as words: key i in lane i, the last of fewer than eight
// again in the lanes left over.
template <std::size_t size>
void load_keys(const std::array<std::uint8_t, size>* keys, std::size_t count, Lanes (&w)[16]) {
  for (std::size_t i = 0; i < kLanes; ++i) {
    const std::uint8_t* key = keys[i < count ? i : count - 1].data();
    for (std::size_t word = 0; word < size / 4; ++word) w[word][i] = big_endian(key + 4 * word);
  }
}

// HKDF of eight keys: the first four words of each answer.
State id_keys(const std::array<std::uint8_t, 16>* keys, std::size_t count) {
  Lanes w[16]{};
  load_keys(keys, count, w);
  w[4] = all(sha256::kEnd);
  w[15] = all(sha256::kDayKeyBits);
  State inner = state(sha256::kSaltInner);
  compress(inner, w);
  State extracted = state(sha256::kSaltOuter);
  digest_block(inner, sha256::kOuterBits, w);
  compress(extracted, w);

  inner = state(sha256::kInitial);
  pad_block(extracted, sha256::kInnerPad, w);
  compress(inner, w);
  for (auto& word : w) word = Lanes{};
  w[0] = all(sha256::kIdKeyInfo[0]);
  w[1] = all(sha256::kIdKeyInfo[1]);
  w[2] = all(sha256::kEnd);
  w[15] = all(sha256::kInfoBits);
  compress(inner, w);
  State outer = state(sha256::kInitial);
  pad_block(extracted, sha256::kOuterPad, w);
  compress(outer, w);
  digest_block(inner, sha256::kOuterBits, w);
  compress(outer, w);
  return outer;
}

__m128i id_key(const State& s, std::size_t lane) {
  const auto word = [&](std::size_t i) {
    return static_cast<int>(__builtin_bswap32(s.s[i][lane]));
  };
  return _mm_setr_epi32(word(0), word(1), word(2), word(3));
}

void schedules(std::span<const std::array<std::uint8_t, 16>> keys, AesSchedule* out) {
  const auto* key = keys.data();
  const std::size_t count = keys.size();
  for (std::size_t k = 0; k < count; k += kLanes) {
    const std::size_t some = count - k < kLanes ? count - k : kLanes;
    const State derived = id_keys(key + k, some);
    for (std::size_t i = 0; i < some; i += 2) {
      const std::size_t other = i + 1 < some ? i + 1 : i;
      aes_expand(id_key(derived, i), id_key(derived, other), out[k + i], out[k + other]);
    }
  }
}

// The first four bytes of eight names, and the four after them.
struct Starts {
  Lanes first, second;
};

Starts starts_of(const EightBlocks& x) {
  const auto n01 = _mm_unpacklo_epi32(x.b0, x.b1), n23 = _mm_unpacklo_epi32(x.b2, x.b3);
  const auto n45 = _mm_unpacklo_epi32(x.b4, x.b5), n67 = _mm_unpacklo_epi32(x.b6, x.b7);
  const auto lanes = [](__m128i low, __m128i high) {
    return reinterpret_cast<Lanes>(_mm256_set_m128i(high, low));
  };
  return {lanes(_mm_unpacklo_epi64(n01, n23), _mm_unpacklo_epi64(n45, n67)),
          lanes(_mm_unpackhi_epi64(n01, n23), _mm_unpackhi_epi64(n45, n67))};
}

// Bit i: the name in lane i may be in the filter.
unsigned may_hold8(FilterView filter, const Starts& names) {
  const Lanes place = names.first & all(filter.mask);
  // No gather instruction: it takes 40 ns less a key where it is fast, and many times as long on
  // the processors of 2015 to 2021 that hide data from speculation (Gather Data Sampling).
  const Lanes found{filter.words[place[0]], filter.words[place[1]], filter.words[place[2]],
                    filter.words[place[3]], filter.words[place[4]], filter.words[place[5]],
                    filter.words[place[6]], filter.words[place[7]]};
  const auto power = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201));
  const auto low3 = reinterpret_cast<__m256i>(names.second & all(0x07070707));
  const auto bits = reinterpret_cast<Lanes>(_mm256_shuffle_epi8(power, low3));
  const auto held = reinterpret_cast<__m256>((found & bits) == bits);
  return static_cast<unsigned>(_mm256_movemask_ps(held));
}

std::size_t probe(std::span<const AesSchedule> keys, Interval first, FilterView filter,
                  Candidate* out) {
  Candidate* end = out;
  const auto* key = keys.data();
  const std::size_t count = keys.size();
  for (std::size_t k = 0; k < count; ++k) {
    RollingId names[kGroupSize];
    const auto low = aes_names8(key[k], first.number);
    aes_store8(low, names);
    const auto high = aes_names8(key[k], first.number + 8);
    aes_store8(high, names + 8);
    unsigned hits = may_hold8(filter, starts_of(low)) | may_hold8(filter, starts_of(high)) << 8U;
    for (; hits != 0; hits &= hits - 1) {
      const auto slot = static_cast<std::uint32_t>(__builtin_ctz(hits));
      *end++ = {names[slot], static_cast<std::uint32_t>(k), slot};
    }
  }
  return static_cast<std::size_t>(end - out);
}

void ids(std::span<const AesSchedule> keys, Interval first, RollingId* out) {
  const auto* key = keys.data();
  const std::size_t count = keys.size();
  for (std::size_t k = 0; k < count; ++k, out += kGroupSize) {
    aes_store8(aes_names8(key[k], first.number), out);
    aes_store8(aes_names8(key[k], first.number + 8), out + 8);
  }
}

// Eight chains, each standing at one slot after another.
class Chains {
 public:
  Chains(const DailyKey* keys, std::size_t count) {
    load_keys(keys, count, block_);
    for (std::size_t i = 0; i < 4; ++i) block_[8 + i] = all(sha256::kChainSalt[i]);
    block_[15] = all(sha256::kChainStartBits);
  }

  void next() {
    state_ = state(sha256::kInitial);
    compress(state_, block_);
    digest_block(state_, sha256::kDigestBits, block_);
  }

  // Bytes 0 4 8 12 of each digest, and 16 18 20 22.
  [[nodiscard]] Starts starts() const {
    const auto* s = state_.s;
    return {s[0] >> 24 | (s[1] >> 16 & all(0xff00)) | (s[2] >> 8 & all(0xff0000)) |
                (s[3] & all(0xff000000)),
            every_other_byte(s[4], s[5])};
  }
  // Bytes 24 26 28 30.
  [[nodiscard]] Lanes thirds() const { return every_other_byte(state_.s[6], state_.s[7]); }

 private:
  static Lanes every_other_byte(Lanes x, Lanes y) {
    return x >> 24 | (x & all(0xff00)) | (y >> 8 & all(0xff0000)) | (y << 16 & all(0xff000000));
  }
  State state_;
  Lanes block_[16]{};
};

void store_id(const Starts& starts, Lanes thirds, std::size_t lane, RollingId& out) {
  const std::uint32_t words[4]{starts.first[lane], starts.second[lane], thirds[lane], 0};
  __builtin_memcpy(&out, words, sizeof words);
}

std::size_t probe_chains(std::span<const DailyKey> keys, std::span<const FilterView> filters,
                         Candidate* out) {
  Candidate* end = out;
  const auto* key = keys.data();
  const std::size_t count = keys.size();
  const auto* filter = filters.data();
  const std::size_t slots = filters.size();
  for (std::size_t k = 0; k < count; k += kLanes) {
    const std::size_t some = count - k < kLanes ? count - k : kLanes;
    const unsigned own_lanes = (1U << some) - 1;
    Chains chains(key + k, some);
    for (std::size_t slot = 0; slot < slots; ++slot) {
      chains.next();
      if (filter[slot].words == nullptr) continue;
      const Starts starts = chains.starts();
      unsigned hits = may_hold8(filter[slot], starts) & own_lanes;
      for (; hits != 0; hits &= hits - 1) {
        const auto lane = static_cast<std::uint32_t>(__builtin_ctz(hits));
        store_id(starts, chains.thirds(), lane, end->id);
        end->key = static_cast<std::uint32_t>(k) + lane;
        end->slot = static_cast<std::uint32_t>(slot);
        ++end;
      }
    }
  }
  return static_cast<std::size_t>(end - out);
}

void chain_ids(std::span<const DailyKey> keys, std::size_t slots, RollingId* out) {
  const auto* key = keys.data();
  const std::size_t count = keys.size();
  for (std::size_t k = 0; k < count; k += kLanes) {
    const std::size_t some = count - k < kLanes ? count - k : kLanes;
    Chains chains(key + k, some);
    for (std::size_t slot = 0; slot < slots; ++slot) {
      chains.next();
      const Starts starts = chains.starts();
      const Lanes thirds = chains.thirds();
      for (std::size_t lane = 0; lane < some; ++lane) {
        store_id(starts, thirds, lane, out[(k + lane) * slots + slot]);
      }
    }
  }
}

bool runs_here() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("aes");
}

}  // namespace

constinit const Kernel kAvx2Kernel{"avx2", runs_here,    schedules, probe,
                                   ids,    probe_chains, chain_ids};

}  // namespace bz::engine
