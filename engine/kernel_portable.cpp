// The kernel for any processor, one name at a time: what the others are compared with. AES by one
// table of a kilobyte, whose timing tells nothing, since every key here is a published one.
#include <bit>

#include "base/bytes.h"
#include "engine/kernel_list.h"
#include "engine/sha256_constants.h"

namespace bz::engine {
namespace {

namespace sha = sha256;

std::uint32_t big_endian(const std::uint8_t* bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U |
         std::uint32_t{bytes[2]} << 8U | bytes[3];
}

std::uint8_t byte_of(std::uint32_t word, unsigned index) {  // 0 is the highest
  return static_cast<std::uint8_t>(word >> (24U - 8U * index));
}

struct Message {
  std::array<std::uint32_t, 16> words{};

  // The end of a message of `bits` bits in all, of which `count` words stand in this block.
  void end(std::size_t count, std::uint32_t bits) {
    words[count] = sha::kEnd;
    words[15] = bits;
  }
};

// `word(t)` gives word t of the schedule with its round constant.
template <class Word>
void rounds(sha::State& state, Word word) {
  auto [a, b, c, d, e, f, g, h] = state;
#pragma GCC unroll 8
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t t1 =
        h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + (g ^ (e & (f ^ g))) + word(t);
    const std::uint32_t t2 =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const sha::State made{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += made[i];
}

void compress(sha::State& state, Message message) {
  auto& w = message.words;
  rounds(state, [&w](std::size_t t) {
    if (t >= 16) {
      const std::uint32_t w15 = w[(t + 1) % 16];
      const std::uint32_t w2 = w[(t + 14) % 16];
      w[t % 16] += (std::rotr(w15, 7) ^ std::rotr(w15, 18) ^ (w15 >> 3U)) + w[(t + 9) % 16] +
                   (std::rotr(w2, 17) ^ std::rotr(w2, 19) ^ (w2 >> 10U));
    }
    return w[t % 16] + sha::kRounds[t];
  });
}

Message block_of(const sha::State& digest) {
  Message message;
  for (std::size_t i = 0; i < 8; ++i) message.words[i] = digest[i];
  return message;
}

// HMAC's pad over a key of 32 bytes.
sha::State padded(const sha::State& key, std::uint32_t pad) {
  Message message = block_of(key);
  for (auto& word : message.words) word ^= pad;
  sha::State state = sha::kInitial;
  compress(state, message);
  return state;
}

// The outer hash of HMAC: a digest after 64 bytes of pad.
void add_digest(sha::State& outer, const sha::State& digest) {
  Message message = block_of(digest);
  message.end(8, sha::kOuterBits);
  compress(outer, message);
}

// HKDF-SHA256 without salt, info "EN-RPIK": the first 16 bytes are the id key.
sha::State id_key_of(const std::array<std::uint8_t, 16>& key) {
  Message message;
  for (std::size_t i = 0; i < 4; ++i) message.words[i] = big_endian(key.data() + 4 * i);
  message.end(4, sha::kDayKeyBits);
  sha::State inner = sha::kSaltInner;
  compress(inner, message);
  sha::State secret = sha::kSaltOuter;
  add_digest(secret, inner);

  inner = padded(secret, sha::kInnerPad);
  rounds(inner, [](std::size_t t) { return sha::kInfoRounds[t]; });
  sha::State outer = padded(secret, sha::kOuterPad);
  add_digest(outer, inner);
  return outer;
}

// Multiplication by 2 in the field of AES.
constexpr std::uint32_t doubled(std::uint32_t x) {
  return ((x << 1U) ^ ((x >> 7U) * 0x11bU)) & 0xffU;
}

// FIPS 197, 5.1.1: the inverse in the field, then an affine map. 3 generates the field, and 3^-1 is
// 0xf6: the two run through inverses of each other.
constexpr std::array<std::uint8_t, 256> substitution_box() {
  std::array<std::uint8_t, 256> box{};
  std::uint32_t p = 1;
  std::uint32_t q = 1;
  do {
    p = p ^ doubled(p);
    q ^= q << 1U;
    q ^= q << 2U;
    q ^= q << 4U;
    q &= 0xffU;
    if ((q & 0x80U) != 0) q ^= 0x09U;
    const auto x = static_cast<std::uint8_t>(q);
    box[p] = static_cast<std::uint8_t>(x ^ std::rotl(x, 1) ^ std::rotl(x, 2) ^ std::rotl(x, 3) ^
                                       std::rotl(x, 4) ^ 0x63);
  } while (p != 1);
  box[0] = 0x63;
  return box;
}
alignas(64) constexpr auto kBox = substitution_box();

// What a byte of a column's first row gives to the column: 2, 1, 1, 3 times its substitute; the
// other rows' are rotations of it. Columns are big-endian words.
constexpr std::array<std::uint32_t, 256> mixing_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    const std::uint32_t s = kBox[i];
    table[i] = doubled(s) << 24U | s << 16U | s << 8U | (doubled(s) ^ s);
  }
  return table;
}
alignas(64) constexpr auto kMixing = mixing_table();

void put(std::array<std::uint8_t, 16>& out, const std::uint32_t* words) {
  for (unsigned i = 0; i < 16; ++i) out[i] = byte_of(words[i / 4], i % 4);
}

void expand(const std::uint32_t* key, AesSchedule& out) {
  std::uint32_t w[4] = {key[0], key[1], key[2], key[3]};
  put(out.round_keys[0], w);
  std::uint32_t round_constant = 1;
  for (std::size_t round = 1; round <= 10; ++round) {
    w[0] ^= std::uint32_t{kBox[byte_of(w[3], 1)]} << 24U |
            std::uint32_t{kBox[byte_of(w[3], 2)]} << 16U |
            std::uint32_t{kBox[byte_of(w[3], 3)]} << 8U | kBox[byte_of(w[3], 0)];
    w[0] ^= round_constant << 24U;
    w[1] ^= w[0];
    w[2] ^= w[1];
    w[3] ^= w[2];
    put(out.round_keys[round], w);
    round_constant = doubled(round_constant);
  }
}

// The schedule as big-endian words.
using RoundWords = std::array<std::array<std::uint32_t, 4>, 11>;

RoundWords words_of(const AesSchedule& schedule) {
  RoundWords words{};
  for (std::size_t round = 0; round < 11; ++round) {
    for (std::size_t i = 0; i < 4; ++i)
      words[round][i] = big_endian(schedule.round_keys[round].data() + 4 * i);
  }
  return words;
}

RollingId name_of(const RoundWords& keys, std::uint32_t interval) {
  // "EN-RPI", six zeros, the interval with its lowest byte first.
  std::uint32_t s[4] = {0x454e2d52 ^ keys[0][0], 0x50490000 ^ keys[0][1], keys[0][2],
                        (interval << 24U | (interval & 0xff00U) << 8U | (interval >> 8U & 0xff00U) |
                         interval >> 24U) ^
                            keys[0][3]};
  for (std::size_t round = 1; round < 10; ++round) {
    std::uint32_t next[4];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; ++i) {
      next[i] = kMixing[byte_of(s[i], 0)] ^ std::rotr(kMixing[byte_of(s[(i + 1) % 4], 1)], 8) ^
                std::rotr(kMixing[byte_of(s[(i + 2) % 4], 2)], 16) ^
                std::rotr(kMixing[byte_of(s[(i + 3) % 4], 3)], 24) ^ keys[round][i];
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; ++i) s[i] = next[i];
  }
  RollingId id;
#pragma GCC unroll 16
  for (unsigned i = 0; i < 16; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(kBox[byte_of(s[(i / 4 + i) % 4], i % 4)] ^
                                            byte_of(keys[10][i / 4], i % 4));
  }
  return id;
}

bool in_filter(const RollingId& id, FilterView filter) {
  const auto first = static_cast<std::uint32_t>(get_le(std::span(id.bytes).first<4>()));
  const auto second = static_cast<std::uint32_t>(get_le(std::span(id.bytes).subspan<4, 4>()));
  return (filter_bits(second) & ~filter.words[first & filter.mask]) == 0;
}

void schedules(std::span<const std::array<std::uint8_t, 16>> keys, AesSchedule* out) {
  for (const auto& key : keys) expand(id_key_of(key).data(), *out++);
}

std::size_t probe(std::span<const AesSchedule> keys, Interval first, FilterView filter,
                  Candidate* out) {
  Candidate* const begin = out;
  for (std::uint32_t k = 0; k < keys.size(); ++k) {
    const RoundWords words = words_of(keys[k]);
    for (std::uint32_t slot = 0; slot < kGroupSize; ++slot) {
      const RollingId id = name_of(words, first.number + slot);
      if (in_filter(id, filter)) *out++ = {id, k, slot};
    }
  }
  return static_cast<std::size_t>(out - begin);
}

void ids(std::span<const AesSchedule> keys, Interval first, RollingId* out) {
  for (const auto& key : keys) {
    const RoundWords words = words_of(key);
    for (std::uint32_t slot = 0; slot < kGroupSize; ++slot)
      *out++ = name_of(words, first.number + slot);
  }
}

// Calls take(id, slot) for every slot of a day.
template <class Take>
void run_chain(const DailyKey& key, std::size_t slots, Take take) {
  Message message;
  for (std::size_t i = 0; i < 8; ++i) message.words[i] = big_endian(key.data() + 4 * i);
  for (std::size_t i = 0; i < 4; ++i) message.words[8 + i] = sha::kChainSalt[i];
  message.words[15] = sha::kChainStartBits;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    sha::State state = sha::kInitial;
    compress(state, message);
    message = block_of(state);
    message.end(8, sha::kDigestBits);
    RollingId id;
    for (std::size_t i = 0; i < 4; ++i) {  // bytes 0 4 8 12, then 16 18 … 30
      id.bytes[i] = byte_of(state[i], 0);
      id.bytes[4 + 2 * i] = byte_of(state[4 + i], 0);
      id.bytes[5 + 2 * i] = byte_of(state[4 + i], 2);
    }
    take(id, slot);
  }
}

std::size_t probe_chains(std::span<const DailyKey> keys, std::span<const FilterView> filters,
                         Candidate* out) {
  Candidate* const begin = out;
  for (std::uint32_t k = 0; k < keys.size(); ++k) {
    run_chain(keys[k], filters.size(), [&](const RollingId& id, std::size_t slot) {
      if (filters[slot].words != nullptr && in_filter(id, filters[slot]))
        *out++ = {id, k, static_cast<std::uint32_t>(slot)};
    });
  }
  return static_cast<std::size_t>(out - begin);
}

void chain_ids(std::span<const DailyKey> keys, std::size_t slots, RollingId* out) {
  for (const auto& key : keys) {
    run_chain(key, slots, [&](const RollingId& id, std::size_t) { *out++ = id; });
  }
}

}  // namespace

const Kernel kPortableKernel{.name = "portable",
                             .runs_here = [] { return true; },
                             .schedules = schedules,
                             .probe = probe,
                             .ids = ids,
                             .probe_chains = probe_chains,
                             .chain_ids = chain_ids};

}  // namespace bz::engine
