// What the kernels have in common whose processor has instructions for SHA-256 and AES on 128-bit
// registers (kernel_aesni.cpp, kernel_armv8.cpp): two SHA-256 chains side by side, since one alone
// waits for its own result, and AES on eight blocks.
//
// `Cpu` is the processor:
//   State        a to h, in whatever order the processor wants them
//   State state(const sha256::State&)           Words abcd(State), efgh(State)
//   four_rounds(State&, Words w, const uint32_t* k)
//   extend(Words& w0, Words w1, Words w2, Words w3)     w0 becomes the four words after these 16
//   add(State&, const State& before)            the end of a compression
//   Words big_endian(Words)                     turns the bytes of each word around
//   RollingId bluezone3_id(State)               what a chain's digest says on the air
//   expand(Words, Words, AesSchedule&, AesSchedule&)    two AES-128 key schedules
//   encrypt8(AesSchedule, interval, RollingId*) names of eight intervals
//   Words filter_bits(Words)                    kernel.h's filter_bits for four names
//   unsigned lanes(Words)                       bit i: lane i, which is all ones or zero, is ones
//
// All of it in an unnamed namespace: each kernel compiles its own copy with its own flags, and the
// linker must not take one for the other.
#pragma once

#include "engine/kernel.h"
#include "engine/sha256_constants.h"

namespace bz::engine {
namespace {

using Words = std::uint32_t __attribute__((vector_size(16)));

// A block: 16 words.
struct Message {
  Words w[4];
};

inline Words load(const void* from) {
  Words out;
  __builtin_memcpy(&out, from, sizeof out);
  return out;
}

template <class Cpu>
struct TwoChains {
  using State = typename Cpu::State;

  // Two compressions; the messages are used up.
  static void compress(State (&s)[2], Message (&m)[2]) {
    const State before[2]{s[0], s[1]};
    const std::uint32_t* k = sha256::kRounds.data();
    const auto rounds = [&](int i) {
      Cpu::four_rounds(s[0], m[0].w[i], k);
      Cpu::four_rounds(s[1], m[1].w[i], k);
      k += 4;
    };
    const auto rounds_and_extend = [&](int w0, int w1, int w2, int w3) {
      rounds(w0);
      Cpu::extend(m[0].w[w0], m[0].w[w1], m[0].w[w2], m[0].w[w3]);
      Cpu::extend(m[1].w[w0], m[1].w[w1], m[1].w[w2], m[1].w[w3]);
    };
    for (int sixteen = 0; sixteen < 3; ++sixteen) {
      rounds_and_extend(0, 1, 2, 3);
      rounds_and_extend(1, 2, 3, 0);
      rounds_and_extend(2, 3, 0, 1);
      rounds_and_extend(3, 0, 1, 2);
    }
    rounds(0);
    rounds(1);
    rounds(2);
    rounds(3);
    Cpu::add(s[0], before[0]);
    Cpu::add(s[1], before[1]);
  }

  static Words all(std::uint32_t word) { return Words{word, word, word, word}; }

  // A message of one digest; `bits` with what came before it.
  static Message digest_block(const State& s, std::uint32_t bits) {
    return {{Cpu::abcd(s), Cpu::efgh(s), Words{sha256::kEnd, 0, 0, 0}, Words{0, 0, 0, bits}}};
  }

  // The two keys of HMAC with an extracted key as its secret.
  static Message pad_block(const State& s, std::uint32_t pad) {
    return {{Cpu::abcd(s) ^ all(pad), Cpu::efgh(s) ^ all(pad), all(pad), all(pad)}};
  }

  // HKDF, and the AES schedule of what it gives.
  static void schedules_of(const std::uint8_t* key0, const std::uint8_t* key1, AesSchedule& out0,
                           AesSchedule& out1) {
    const auto day_key = [](const std::uint8_t* key) {
      return Message{{Cpu::big_endian(load(key)), Words{sha256::kEnd, 0, 0, 0}, Words{},
                      Words{0, 0, 0, sha256::kDayKeyBits}}};
    };
    const auto info = [] {
      return Message{{Words{sha256::kIdKeyInfo[0], sha256::kIdKeyInfo[1], sha256::kEnd, 0}, Words{},
                      Words{}, Words{0, 0, 0, sha256::kInfoBits}}};
    };
    State inner[2]{Cpu::state(sha256::kSaltInner), Cpu::state(sha256::kSaltInner)};
    Message block[2]{day_key(key0), day_key(key1)};
    compress(inner, block);
    State extracted[2]{Cpu::state(sha256::kSaltOuter), Cpu::state(sha256::kSaltOuter)};
    block[0] = digest_block(inner[0], sha256::kOuterBits);
    block[1] = digest_block(inner[1], sha256::kOuterBits);
    compress(extracted, block);

    inner[0] = inner[1] = Cpu::state(sha256::kInitial);
    block[0] = pad_block(extracted[0], sha256::kInnerPad);
    block[1] = pad_block(extracted[1], sha256::kInnerPad);
    compress(inner, block);
    block[0] = block[1] = info();
    compress(inner, block);
    State outer[2]{Cpu::state(sha256::kInitial), Cpu::state(sha256::kInitial)};
    block[0] = pad_block(extracted[0], sha256::kOuterPad);
    block[1] = pad_block(extracted[1], sha256::kOuterPad);
    compress(outer, block);
    block[0] = digest_block(inner[0], sha256::kOuterBits);
    block[1] = digest_block(inner[1], sha256::kOuterBits);
    compress(outer, block);
    Cpu::expand(Cpu::big_endian(Cpu::abcd(outer[0])), Cpu::big_endian(Cpu::abcd(outer[1])), out0,
                out1);
  }

  static void schedules(std::span<const std::array<std::uint8_t, 16>> keys, AesSchedule* out) {
    const auto* key = keys.data();
    const std::size_t count = keys.size();
    std::size_t k = 0;
    for (; k + 2 <= count; k += 2) {
      schedules_of(key[k].data(), key[k + 1].data(), out[k], out[k + 1]);
    }
    if (k < count) schedules_of(key[k].data(), key[k].data(), out[k], out[k]);
  }

  // Bit i: name i may be in the filter.
  static unsigned may_hold4(FilterView filter, const RollingId* names) {
    const auto n01 = __builtin_shufflevector(load(names), load(names + 1), 0, 4, 1, 5);
    const auto n23 = __builtin_shufflevector(load(names + 2), load(names + 3), 0, 4, 1, 5);
    const Words first = __builtin_shufflevector(n01, n23, 0, 1, 4, 5);
    const Words place = first & all(filter.mask);
    const Words found{filter.words[place[0]], filter.words[place[1]], filter.words[place[2]],
                      filter.words[place[3]]};
    const Words bits = Cpu::filter_bits(__builtin_shufflevector(n01, n23, 2, 3, 6, 7));
    return Cpu::lanes(reinterpret_cast<Words>((found & bits) == bits));
  }

  static std::size_t probe(std::span<const AesSchedule> keys, Interval first, FilterView filter,
                           Candidate* out) {
    Candidate* end = out;
    const auto* key = keys.data();
    const std::size_t count = keys.size();
    for (std::size_t k = 0; k < count; ++k) {
      RollingId names[kGroupSize];
      Cpu::encrypt8(key[k], first.number, names);
      Cpu::encrypt8(key[k], first.number + 8, names + 8);
      unsigned hits = may_hold4(filter, names) | may_hold4(filter, names + 4) << 4U |
                      may_hold4(filter, names + 8) << 8U | may_hold4(filter, names + 12) << 12U;
      for (; hits != 0; hits &= hits - 1) {
        const auto slot = static_cast<std::uint32_t>(__builtin_ctz(hits));
        *end++ = {names[slot], static_cast<std::uint32_t>(k), slot};
      }
    }
    return static_cast<std::size_t>(end - out);
  }

  static void ids(std::span<const AesSchedule> keys, Interval first, RollingId* out) {
    const auto* key = keys.data();
    const std::size_t count = keys.size();
    for (std::size_t k = 0; k < count; ++k, out += kGroupSize) {
      Cpu::encrypt8(key[k], first.number, out);
      Cpu::encrypt8(key[k], first.number + 8, out + 8);
    }
  }

  // Two chains, each standing at one slot after another.
  class Chains {
   public:
    Chains(const DailyKey& key0, const DailyKey& key1)
        : initial_(Cpu::state(sha256::kInitial)),
          state_{initial_, initial_},
          block_{first_block(key0), first_block(key1)} {}

    void next() {
      state_[0] = state_[1] = initial_;
      compress(state_, block_);
      block_[0] = digest_block(state_[0], sha256::kDigestBits);
      block_[1] = digest_block(state_[1], sha256::kDigestBits);
    }
    RollingId id0() const { return Cpu::bluezone3_id(state_[0]); }
    RollingId id1() const { return Cpu::bluezone3_id(state_[1]); }

   private:
    static Message first_block(const DailyKey& key) {
      return {{Cpu::big_endian(load(key.data())), Cpu::big_endian(load(key.data() + 16)),
               load(sha256::kChainSalt.data()), Words{0, 0, 0, sha256::kChainStartBits}}};
    }
    State initial_;
    State state_[2];
    Message block_[2];
  };

  static bool may_hold(FilterView filter, const RollingId& id) {
    const Words words = load(&id);
    const auto bits = filter_bits(words[1]);
    return (filter.words[words[0] & filter.mask] & bits) == bits;
  }

  static std::size_t probe_chains(std::span<const DailyKey> keys,
                                  std::span<const FilterView> filters, Candidate* out) {
    Candidate* end = out;
    const auto* key = keys.data();
    const auto count = static_cast<std::uint32_t>(keys.size());
    const auto* filter = filters.data();
    const auto slots = static_cast<std::uint32_t>(filters.size());
    for (std::uint32_t k = 0; k < count; k += 2) {
      const bool two = k + 1 < count;
      Chains chains(key[k], key[two ? k + 1 : k]);
      for (std::uint32_t slot = 0; slot < slots; ++slot) {
        chains.next();
        if (filter[slot].words == nullptr) continue;
        const auto id0 = chains.id0();
        const auto id1 = chains.id1();
        if (may_hold(filter[slot], id0)) *end++ = {id0, k, slot};
        if (two && may_hold(filter[slot], id1)) *end++ = {id1, k + 1, slot};
      }
    }
    return static_cast<std::size_t>(end - out);
  }

  static void chain_ids(std::span<const DailyKey> keys, std::size_t slots, RollingId* out) {
    const auto* key = keys.data();
    const std::size_t count = keys.size();
    for (std::size_t k = 0; k < count; k += 2, out += 2 * slots) {
      const bool two = k + 1 < count;
      Chains chains(key[k], key[two ? k + 1 : k]);
      for (std::size_t slot = 0; slot < slots; ++slot) {
        chains.next();
        out[slot] = chains.id0();
        if (two) out[slots + slot] = chains.id1();
      }
    }
  }

  static constexpr Kernel kernel(std::string_view name, bool (*runs_here)()) {
    return {name, runs_here, schedules, probe, ids, probe_chains, chain_ids};
  }
};

}  // namespace
}  // namespace bz::engine
