// What SHA-256 (FIPS 180-4) and the key derivation of Exposure Notification hold that is the same
// for every key. Constants only, worked out by the compiler: nothing here becomes code.
//
// HKDF (RFC 5869) for an id key is six compressions, of blocks that are known but for the day key:
//   extract   HMAC with a key of zeros: from kSaltInner, day key; from kSaltOuter, that digest
//   expand    HMAC with the extracted key: key ^ 36…, then "EN-RPIK" 1; key ^ 5C…, then that digest
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace bz::engine::sha256 {

using State = std::array<std::uint32_t, 8>;  // a to h

inline constexpr State kInitial{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

alignas(64) inline constexpr std::array<std::uint32_t, 64> kRounds{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// One compression, for constants.
consteval State compressed(const State& from, std::array<std::uint32_t, 16> w) {
  State s = from;
  for (std::size_t t = 0; t < 64; ++t) {
    const auto e = s[4];
    const auto a = s[0];
    const auto t1 = s[7] + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                    ((e & s[5]) ^ (~e & s[6])) + kRounds[t] + w[t % 16];
    const auto t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                    ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
    s = {t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
    const auto w1 = w[(t + 1) % 16];
    const auto w14 = w[(t + 14) % 16];
    w[t % 16] += (std::rotr(w1, 7) ^ std::rotr(w1, 18) ^ (w1 >> 3U)) + w[(t + 9) % 16] +
                 (std::rotr(w14, 17) ^ std::rotr(w14, 19) ^ (w14 >> 10U));
  }
  for (std::size_t i = 0; i < 8; ++i) s[i] += from[i];
  return s;
}

consteval State after_block_of(std::uint32_t word) {
  std::array<std::uint32_t, 16> block{};
  block.fill(word);
  return compressed(kInitial, block);
}

// HMAC (RFC 2104) fills its key up with zeros and combines every byte of the block with these.
inline constexpr std::uint32_t kInnerPad = 0x36363636;
inline constexpr std::uint32_t kOuterPad = 0x5c5c5c5c;
inline constexpr State kSaltInner = after_block_of(kInnerPad);
inline constexpr State kSaltOuter = after_block_of(kOuterPad);

// Padding: one bit after the message, its length in bits in the last word of the block.
inline constexpr std::uint32_t kEnd = 0x80000000;

// "EN-RPIK" and the counter 1 of HKDF, as words.
inline constexpr std::array<std::uint32_t, 2> kIdKeyInfo{0x454e2d52, 0x50494b01};

// "bluzonesubkey" and the first bit of padding: the salt of a bluezone3 chain behind its day key.
inline constexpr std::array<std::uint32_t, 4> kChainSalt{0x626c757a, 0x6f6e6573, 0x75626b65,
                                                         0x79800000};

// Length of each message in bits, as it stands in the last word of its last block. Before the day
// key and a digest of HMAC lies a whole block.
inline constexpr std::uint32_t kDayKeyBits = 8 * (64 + 16);
inline constexpr std::uint32_t kInfoBits = 8 * (64 + 8);
inline constexpr std::uint32_t kOuterBits = 8 * (64 + 32);
inline constexpr std::uint32_t kDigestBits = 8 * 32;
inline constexpr std::uint32_t kChainStartBits = 8 * (32 + 13);

// The schedule of a message block, its round constants added.
consteval std::array<std::uint32_t, 64> rounds_of(const std::array<std::uint32_t, 16>& block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t t = 0; t < 64; ++t) {
    w[t] = t < 16 ? block[t]
                  : (std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3U)) +
                        (std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10U)) +
                        w[t - 7] + w[t - 16];
  }
  for (std::size_t t = 0; t < 64; ++t) w[t] += kRounds[t];
  return w;
}

// Of the expansion's message, which is the same for every key.
alignas(64) inline constexpr std::array<std::uint32_t, 64> kInfoRounds =
    rounds_of({kIdKeyInfo[0], kIdKeyInfo[1], kEnd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kInfoBits});

}  // namespace bz::engine::sha256
