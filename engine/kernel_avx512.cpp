// The kernel for processors with AVX-512 and VAES: sixteen SHA-256 at once, one in each 32-bit
// lane, and four AES blocks a register.
#include <cpuid.h>
#include <immintrin.h>

#include "engine/kernel_list.h"
#include "engine/sha256_constants.h"

namespace bz::engine {
namespace {

using V = __m512i;
namespace sha = sha256;

#define BZ_INLINE [[gnu::always_inline]] inline

// Sixteen hashes: word i of all of them.
struct Lanes8 {
  V w[8];
};
struct Lanes16 {
  V w[16];
};

BZ_INLINE V all(std::uint32_t x) {
  return _mm512_set1_epi32(static_cast<int>(x));
}
BZ_INLINE V add(V a, V b) {
  return _mm512_add_epi32(a, b);
}
BZ_INLINE V xor3(V a, V b, V c) {
  return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

// One round; the eight words take turns, so that none is moved. `w` has the round constant in it.
BZ_INLINE void round(V a, V b, V c, V& d, V e, V f, V g, V& h, V w) {
  const V s1 = xor3(_mm512_ror_epi32(e, 6), _mm512_ror_epi32(e, 11), _mm512_ror_epi32(e, 25));
  const V choice = _mm512_ternarylogic_epi32(e, f, g, 0xca);
  const V t1 = add(add(h, w), add(s1, choice));
  d = add(d, t1);
  const V s0 = xor3(_mm512_ror_epi32(a, 2), _mm512_ror_epi32(a, 13), _mm512_ror_epi32(a, 22));
  const V majority = _mm512_ternarylogic_epi32(a, b, c, 0xe8);
  h = add(t1, add(s0, majority));
}

template <class Word>
BZ_INLINE void eight_rounds(V (&s)[8], Word word) {
  round(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], word(0));
  round(s[7], s[0], s[1], s[2], s[3], s[4], s[5], s[6], word(1));
  round(s[6], s[7], s[0], s[1], s[2], s[3], s[4], s[5], word(2));
  round(s[5], s[6], s[7], s[0], s[1], s[2], s[3], s[4], word(3));
  round(s[4], s[5], s[6], s[7], s[0], s[1], s[2], s[3], word(4));
  round(s[3], s[4], s[5], s[6], s[7], s[0], s[1], s[2], word(5));
  round(s[2], s[3], s[4], s[5], s[6], s[7], s[0], s[1], word(6));
  round(s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[0], word(7));
}

BZ_INLINE void next_words(Lanes16& m) {
#pragma GCC unroll 16
  for (int t = 0; t < 16; ++t) {
    const V w15 = m.w[(t + 1) % 16];
    const V w2 = m.w[(t + 14) % 16];
    const V s0 =
        xor3(_mm512_ror_epi32(w15, 7), _mm512_ror_epi32(w15, 18), _mm512_srli_epi32(w15, 3));
    const V s1 =
        xor3(_mm512_ror_epi32(w2, 17), _mm512_ror_epi32(w2, 19), _mm512_srli_epi32(w2, 10));
    m.w[t] = add(add(m.w[t], s0), add(m.w[(t + 9) % 16], s1));
  }
}

BZ_INLINE void compress(Lanes8& state, Lanes16& m) {
  V s[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) s[i] = state.w[i];
  const std::uint32_t* k = sha::kRounds.data();
  for (int step = 0; step < 4; ++step, k += 16) {
    if (step > 0) next_words(m);
    eight_rounds(s, [&](int t) { return add(m.w[t], all(k[t])); });
    eight_rounds(s, [&](int t) { return add(m.w[t + 8], all(k[t + 8])); });
  }
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) state.w[i] = add(state.w[i], s[i]);
}

// The same with a message that every lane has, its round constants added.
BZ_INLINE void compress_known(Lanes8& state, const std::uint32_t* words) {
  V s[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) s[i] = state.w[i];
  for (int t = 0; t < 64; t += 8) eight_rounds(s, [&](int i) { return all(words[t + i]); });
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) state.w[i] = add(state.w[i], s[i]);
}

BZ_INLINE Lanes8 everywhere(const std::uint32_t* state) {
  Lanes8 out;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) out.w[i] = all(state[i]);
  return out;
}

// The end of a message of `bits` bits in all, of which `count` words stand in this block.
template <int count>
BZ_INLINE void end_block(Lanes16& m, std::uint32_t bits) {
  m.w[count] = all(sha::kEnd);
#pragma GCC unroll 16
  for (int i = count + 1; i < 15; ++i) m.w[i] = _mm512_setzero_si512();
  m.w[15] = all(bits);
}

// The outer hash of HMAC: a digest after 64 bytes of pad.
[[gnu::noinline]] void compress_digest(Lanes8& state, const Lanes8& digest) {
  Lanes16 m;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) m.w[i] = digest.w[i];
  end_block<8>(m, sha::kOuterBits);
  compress(state, m);
}

// HMAC's pad over a key of 32 bytes.
[[gnu::noinline]] Lanes8 padded(const Lanes8& key, std::uint32_t pad) {
  Lanes16 m;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) m.w[i] = _mm512_xor_si512(key.w[i], all(pad));
#pragma GCC unroll 8
  for (int i = 8; i < 16; ++i) m.w[i] = all(pad);
  Lanes8 state = everywhere(sha::kInitial.data());
  compress(state, m);
  return state;
}

BZ_INLINE V swapped(V x) {
  return _mm512_shuffle_epi8(x, _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203));
}

// Four registers of four 4-word rows each to four registers of one column each, and back: the
// lanes stand in an order of their own, the same for every column.
BZ_INLINE void transpose(V (&x)[4]) {
  const V ab_low = _mm512_unpacklo_epi32(x[0], x[1]);
  const V ab_high = _mm512_unpackhi_epi32(x[0], x[1]);
  const V cd_low = _mm512_unpacklo_epi32(x[2], x[3]);
  const V cd_high = _mm512_unpackhi_epi32(x[2], x[3]);
  x[0] = _mm512_unpacklo_epi64(ab_low, cd_low);
  x[1] = _mm512_unpackhi_epi64(ab_low, cd_low);
  x[2] = _mm512_unpacklo_epi64(ab_high, cd_high);
  x[3] = _mm512_unpackhi_epi64(ab_high, cd_high);
}

// HKDF of sixteen keys, given and returned as columns of big-endian words.
BZ_INLINE void derive(V (&key)[4]) {
  Lanes16 m;
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) m.w[i] = key[i];
  end_block<4>(m, sha::kDayKeyBits);
  Lanes8 inner = everywhere(sha::kSaltInner.data());
  compress(inner, m);
  Lanes8 secret = everywhere(sha::kSaltOuter.data());
  compress_digest(secret, inner);

  inner = padded(secret, sha::kInnerPad);
  compress_known(inner, sha::kInfoRounds.data());
  Lanes8 outer = padded(secret, sha::kOuterPad);
  compress_digest(outer, inner);
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) key[i] = outer.w[i];
}

BZ_INLINE void store_round(const V (&column)[4], std::uint8_t* out) {
  V rows[4] = {column[0], column[1], column[2], column[3]};
  transpose(rows);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    auto* at = out + 4 * i * sizeof(AesSchedule);
    _mm_store_si128(reinterpret_cast<__m128i*>(at), _mm512_castsi512_si128(rows[i]));
    at += sizeof(AesSchedule);
    _mm_store_si128(reinterpret_cast<__m128i*>(at), _mm512_extracti32x4_epi32(rows[i], 1));
    at += sizeof(AesSchedule);
    _mm_store_si128(reinterpret_cast<__m128i*>(at), _mm512_extracti32x4_epi32(rows[i], 2));
    at += sizeof(AesSchedule);
    _mm_store_si128(reinterpret_cast<__m128i*>(at), _mm512_extracti32x4_epi32(rows[i], 3));
  }
}

// Sixteen schedules at once. The last step of AES puts bytes through the S-box after shifting rows:
// the shuffle before it undoes that shift and rotates the word.
BZ_INLINE void expand(V (&w)[4], AesSchedule* out) {
  constexpr std::uint32_t kRoundConstants[10] = {0x01, 0x02, 0x04, 0x08, 0x10,
                                                 0x20, 0x40, 0x80, 0x1b, 0x36};
  const V order =
      _mm512_broadcast_i32x4(_mm_setr_epi8(1, 14, 11, 4, 5, 2, 15, 8, 9, 6, 3, 12, 13, 10, 7, 0));
  auto* bytes = reinterpret_cast<std::uint8_t*>(out);
  store_round(w, bytes);
  for (int round = 1; round <= 10; ++round) {
    const V mixed =
        _mm512_aesenclast_epi128(_mm512_shuffle_epi8(w[3], order), all(kRoundConstants[round - 1]));
    w[0] = _mm512_xor_si512(w[0], mixed);
    w[1] = _mm512_xor_si512(w[1], w[0]);
    w[2] = _mm512_xor_si512(w[2], w[1]);
    w[3] = _mm512_xor_si512(w[3], w[2]);
    store_round(w, bytes + 16 * round);
  }
}

void schedules(std::span<const std::array<std::uint8_t, 16>> keys, AesSchedule* out) {
  const auto* in = keys.data()->data();
  std::size_t left = keys.size();
  const auto sixteen = [](const std::uint8_t* from, AesSchedule* to) {
    V w[4];
    for (int i = 0; i < 4; ++i) w[i] = swapped(_mm512_loadu_si512(from + 64 * i));
    transpose(w);
    derive(w);
    for (auto& column : w) column = swapped(column);
    expand(w, to);
  };
  for (; left >= 16; left -= 16, in += 256, out += 16) sixteen(in, out);
  if (left > 0) {
    alignas(64) std::uint8_t some[256] = {};
    __builtin_memcpy(some, in, 16 * left);
    AesSchedule made[16];
    sixteen(some, made);
    __builtin_memcpy(out, made, left * sizeof(AesSchedule));
  }
  _mm256_zeroupper();
}

// The plain blocks of a group: "EN-RPI", six zeros and the interval, four to a register.
struct Plain {
  V blocks[4];
};

BZ_INLINE Plain plain_blocks(std::uint32_t first) {
  const __m128i name = _mm_setr_epi8('E', 'N', '-', 'R', 'P', 'I', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  Plain out;
#pragma GCC unroll 4
  for (std::uint32_t i = 0; i < 4; ++i) {
    const std::uint32_t n = first + 4 * i;
    const auto at = [](std::uint32_t interval) { return static_cast<int>(interval); };
    const V intervals = _mm512_setr_epi32(0, 0, 0, at(n), 0, 0, 0, at(n + 1), 0, 0, 0, at(n + 2), 0,
                                          0, 0, at(n + 3));
    out.blocks[i] = _mm512_or_si512(_mm512_broadcast_i32x4(name), intervals);
  }
  return out;
}

BZ_INLINE V round_key(const AesSchedule& schedule, int round) {
  return _mm512_broadcast_i32x4(
      _mm_load_si128(reinterpret_cast<const __m128i*>(schedule.round_keys.data()) + round));
}

// The sixteen names of each of `count` keys. Two keys together keep the AES unit busy.
template <int count>
BZ_INLINE void encrypt(const AesSchedule* keys, const Plain& plain, V (&names)[4 * count]) {
#pragma GCC unroll 2
  for (int k = 0; k < count; ++k) {
    const V key = round_key(keys[k], 0);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) names[4 * k + i] = _mm512_xor_si512(plain.blocks[i], key);
  }
#pragma GCC unroll 10
  for (int round = 1; round < 10; ++round) {
#pragma GCC unroll 2
    for (int k = 0; k < count; ++k) {
      const V key = round_key(keys[k], round);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) names[4 * k + i] = _mm512_aesenc_epi128(names[4 * k + i], key);
    }
  }
#pragma GCC unroll 2
  for (int k = 0; k < count; ++k) {
    const V key = round_key(keys[k], 10);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) names[4 * k + i] = _mm512_aesenclast_epi128(names[4 * k + i], key);
  }
}

template <int count>
BZ_INLINE void store_names(const V (&names)[4 * count], std::uint8_t* out) {
#pragma GCC unroll 8
  for (int i = 0; i < 4 * count; ++i) _mm512_storeu_si512(out + 64 * i, names[i]);
}

void ids(std::span<const AesSchedule> keys, Interval first, RollingId* out) {
  const Plain plain = plain_blocks(first.number);
  const AesSchedule* key = keys.data();
  auto* to = reinterpret_cast<std::uint8_t*>(out);
  std::size_t left = keys.size();
  for (; left >= 2; left -= 2, key += 2, to += 512) {
    V names[8];
    encrypt<2>(key, plain, names);
    store_names<2>(names, to);
  }
  if (left > 0) {
    V names[4];
    encrypt<1>(key, plain, names);
    store_names<1>(names, to);
  }
  _mm256_zeroupper();
}

// Which of sixteen names, given by their first and their second words, are in the filter. Bits come
// from a table by a shuffle, since shifts would wait for the AES unit's port.
BZ_INLINE __mmask16 in_filter(V first, V second, FilterView filter) {
  const V bits = _mm512_permutexvar_epi8(
      second, _mm512_set1_epi64(static_cast<std::int64_t>(0x8040'2010'0804'0201ULL)));
  const V word = _mm512_i32gather_epi32(_mm512_and_si512(first, all(filter.mask)), filter.words, 4);
  const V missing = _mm512_andnot_si512(word, bits);
  return _mm512_testn_epi32_mask(missing, missing);
}

// The same for the names of one key. Lane 4l + i is block l of register i: interval 4i + l.
BZ_INLINE __mmask16 key_in_filter(const V* names, FilterView filter) {
  const V low = _mm512_unpacklo_epi32(names[0], names[1]);
  const V high = _mm512_unpacklo_epi32(names[2], names[3]);
  return in_filter(_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high), filter);
}

std::size_t probe(std::span<const AesSchedule> keys, Interval first, FilterView filter,
                  Candidate* out) {
  // What passed is noted without a branch, since none could be foretold, and read every 16 keys:
  // `passed` holds the numbers of the names that did, 16 for each key.
  constexpr std::size_t kTogether = 16;
  alignas(64) std::uint8_t names_of[kTogether][256];
  alignas(64) std::uint8_t passed[kTogether * kGroupSize + 64];
  const V order =
      _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  const V number = _mm512_add_epi8(
      order, _mm512_set_epi64(0x3030303030303030, 0x3030303030303030, 0x2020202020202020,
                              0x2020202020202020, 0x1010101010101010, 0x1010101010101010, 0, 0));
  const Plain plain = plain_blocks(first.number);
  Candidate* const begin = out;
  const AesSchedule* key = keys.data();
  const std::size_t count = keys.size();

  for (std::size_t from = 0; from < count; from += kTogether) {
    const std::size_t together = count - from < kTogether ? count - from : kTogether;
    std::uint32_t n = 0;
    const auto note = [&](std::uint64_t hits, std::size_t k) {
      const V numbers = _mm512_add_epi8(number, _mm512_set1_epi8(static_cast<char>(16 * k)));
      _mm512_storeu_si512(passed + n, _mm512_maskz_compress_epi8(hits, numbers));
      n += static_cast<std::uint32_t>(__builtin_popcountll(hits));
    };
    std::size_t k = 0;
    for (; k + 4 <= together; k += 4, key += 4) {
      V names[8];
      encrypt<2>(key, plain, names);
      store_names<2>(names, names_of[k]);
      const __mmask16 hits0 = key_in_filter(names, filter);
      const __mmask16 hits1 = key_in_filter(names + 4, filter);
      encrypt<2>(key + 2, plain, names);
      store_names<2>(names, names_of[k + 2]);
      const __mmask16 hits2 = key_in_filter(names, filter);
      const __mmask16 hits3 = key_in_filter(names + 4, filter);
      note(_mm512_kunpackd(_mm512_kunpackw(hits3, hits2), _mm512_kunpackw(hits1, hits0)), k);
    }
    for (; k < together; ++k, ++key) {
      V names[4];
      encrypt<1>(key, plain, names);
      store_names<1>(names, names_of[k]);
      note(key_in_filter(names, filter), k);
    }
    for (std::uint32_t i = 0; i < n; ++i, ++out) {
      __builtin_memcpy(&out->id, names_of[0] + std::size_t{16} * passed[i], 16);
      out->key = static_cast<std::uint32_t>(from) + passed[i] / 16;
      out->slot = passed[i] % 16;
    }
  }
  _mm256_zeroupper();
  return static_cast<std::size_t>(out - begin);
}

// Sixteen chains, each of its own day key, one slot after another.
struct Chains {
  Lanes8 state;
};

[[gnu::noinline]] void begin_chains(Chains& chains, const std::uint8_t* keys) {
  const V key_of_lane =
      _mm512_slli_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), 5);
  Lanes16 m;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i)
    m.w[i] = swapped(_mm512_i32gather_epi32(key_of_lane, keys + 4 * i, 1));
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) m.w[8 + i] = all(sha::kChainSalt.data()[i]);
  m.w[12] = m.w[13] = m.w[14] = _mm512_setzero_si512();
  m.w[15] = all(sha::kChainStartBits);
  chains.state = everywhere(sha::kInitial.data());
  compress(chains.state, m);
}

[[gnu::noinline]] void next_slot(Chains& chains) {
  Lanes16 m;
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) m.w[i] = chains.state.w[i];
  end_block<8>(m, sha::kDigestBits);
  chains.state = everywhere(sha::kInitial.data());
  compress(chains.state, m);
}

// Bytes 0 4 8 12, 16 18 20 22 and 24 26 28 30 of the states, as words of which the first byte is
// the lowest.
BZ_INLINE void id_words(const Lanes8& s, V (&w)[3]) {
  const auto top = [](V x, V from, int shift) {  // the byte `shift` of x from the top byte of from
    const V moved = _mm512_srlv_epi32(from, all(static_cast<std::uint32_t>(24 - 8 * shift)));
    return _mm512_ternarylogic_epi32(x, moved, all(0xffU << (8 * shift)), 0xf8);
  };
  w[0] = _mm512_srli_epi32(s.w[0], 24);
  w[0] = top(w[0], s.w[1], 1);
  w[0] = top(w[0], s.w[2], 2);
  w[0] = top(w[0], s.w[3], 3);
  // Of H4 to H7 the bytes 3 and 1, counted from the lowest.
  for (int half = 0; half < 2; ++half) {
    const V low = s.w[4 + 2 * half];
    const V high = s.w[5 + 2 * half];
    const V bytes = _mm512_broadcast_i32x4(
        _mm_setr_epi8(3, 1, -1, -1, 7, 5, -1, -1, 11, 9, -1, -1, 15, 13, -1, -1));
    w[1 + half] = _mm512_or_si512(_mm512_shuffle_epi8(low, bytes),
                                  _mm512_slli_epi32(_mm512_shuffle_epi8(high, bytes), 16));
  }
}

// Calls take(chains, first key, keys, slot) for every slot of every sixteen keys.
template <class Take>
BZ_INLINE void run_chains(std::span<const DailyKey> keys, std::size_t slots, Take take) {
  const auto* in = keys.data()->data();
  const std::size_t count = keys.size();
  for (std::size_t from = 0; from < count; from += 16, in += 16 * sizeof(DailyKey)) {
    const std::size_t together = count - from < 16 ? count - from : 16;
    alignas(64) std::uint8_t some[16 * sizeof(DailyKey)] = {};
    __builtin_memcpy(some, in, together * sizeof(DailyKey));
    Chains chains;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      if (slot == 0) {
        begin_chains(chains, some);
      } else {
        next_slot(chains);
      }
      take(chains, from, together, slot);
    }
  }
}

BZ_INLINE void store_chain_id(const std::uint32_t (&words)[3][16], std::size_t lane,
                              RollingId* out) {
  const std::uint32_t id[4] = {words[0][lane], words[1][lane], words[2][lane], 0};
  __builtin_memcpy(out, id, 16);
}

std::size_t probe_chains(std::span<const DailyKey> keys, std::span<const FilterView> filters,
                         Candidate* out) {
  Candidate* const begin = out;
  const FilterView* filter_of = filters.data();
  run_chains(keys, filters.size(),
             [&](const Chains& chains, std::size_t from, std::size_t together, std::size_t slot) {
               const FilterView filter = filter_of[slot];
               if (filter.words == nullptr) return;
               V w[3];
               id_words(chains.state, w);
               std::uint32_t hits = in_filter(w[0], w[1], filter) & ((1U << together) - 1U);
               if (hits == 0) return;
               alignas(64) std::uint32_t words[3][16];
               for (int i = 0; i < 3; ++i) _mm512_store_si512(words[i], w[i]);
               for (; hits != 0; hits &= hits - 1, ++out) {
                 const auto lane = static_cast<std::size_t>(__builtin_ctz(hits));
                 store_chain_id(words, lane, &out->id);
                 out->key = static_cast<std::uint32_t>(from + lane);
                 out->slot = static_cast<std::uint32_t>(slot);
               }
             });
  _mm256_zeroupper();
  return static_cast<std::size_t>(out - begin);
}

void chain_ids(std::span<const DailyKey> keys, std::size_t slots, RollingId* out) {
  run_chains(keys, slots,
             [&](const Chains& chains, std::size_t from, std::size_t together, std::size_t slot) {
               V w[3];
               id_words(chains.state, w);
               alignas(64) std::uint32_t words[3][16];
               for (int i = 0; i < 3; ++i) _mm512_store_si512(words[i], w[i]);
               for (std::size_t lane = 0; lane < together; ++lane)
                 store_chain_id(words, lane, out + (from + lane) * slots + slot);
             });
  _mm256_zeroupper();
}

// __builtin_cpu_supports asks the system too whether it keeps these registers; clang 14 does not
// know "vaes" there.
bool runs_here() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned kVaes = 1U << 9U;  // leaf 7, ecx
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
         __builtin_cpu_supports("avx512vbmi2") != 0 &&
         __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (c & kVaes) != 0;
}

}  // namespace

const Kernel kAvx512Kernel{.name = "avx512",
                           .runs_here = runs_here,
                           .schedules = schedules,
                           .probe = probe,
                           .ids = ids,
                           .probe_chains = probe_chains,
                           .chain_ids = chain_ids};

}  // namespace bz::engine
