// Entropy coding of whole numbers by an adaptive binary range coder (G. N. N. Martin, "Range
// encoding", 1979): what is likely takes a fraction of a bit. Encoder and decoder keep the same
// counts and so agree on the chances; integers only, so every machine writes the same bytes. Every
// bit and byte of it: docs/formats/compact-export.md.
//
// Both classes have the same calls, each giving the number that was coded: a format is written down
// once, as a function template over the coder.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace bz::wire {

// How often a bit was 0 and 1 so far. The chance of a 1 is (ones + 1/2) / (all + 1), in 65536ths,
// never 0 or 1 (Krichevsky and Trofimov 1981).
class BitModel {
 public:
  [[nodiscard]] std::uint32_t chance_of_one() const {
    const auto chance = ((2 * std::uint64_t{ones_} + 1) << 16U) / (2 * (zeros_ + ones_) + 2);
    return static_cast<std::uint32_t>(chance == 0 ? 1 : chance > 0xffff ? 0xffff : chance);
  }
  void count(std::uint32_t bit) { ++(bit == 0 ? zeros_ : ones_); }

 private:
  std::uint64_t zeros_ = 0;
  std::uint64_t ones_ = 0;
};

// A number of `kBits` bits, its highest first; each bit has its own model for each way the bits
// above it can be.
template <unsigned kBits>
class NumberModel {
 public:
  // Codes `number` (a decoder does not read it) and gives what was coded.
  template <class Coder>
  std::uint32_t code(Coder& coder, std::uint32_t number) {
    std::uint32_t path = 1;
    for (unsigned i = kBits; i-- > 0;)
      path = (path << 1U) | coder.bit(bits_[path], (number >> i) & 1U);
    return path - (1U << kBits);
  }

 private:
  std::array<BitModel, std::size_t{1} << kBits> bits_{};
};

class RangeEncoder {
 public:
  std::uint32_t bit(BitModel& model, std::uint32_t bit);
  // At most 16 bits, every number as likely as another.
  std::uint32_t even(unsigned bits, std::uint32_t number);
  // The bytes, of which the last is not 0. Nothing may follow.
  Bytes finish();

 private:
  void shift();
  void carry();

  Bytes out_;
  std::uint64_t low_ = 0;  // below 2^32 between calls
  std::uint32_t range_ = 0xffff'ffff;
};

// Total: any bytes may come, and behind their end stand zeros. Whether they are the ones that an
// encoder gives is told only by encoding again.
class RangeDecoder {
 public:
  explicit RangeDecoder(ByteView bytes);
  std::uint32_t bit(BitModel& model, std::uint32_t = 0);
  std::uint32_t even(unsigned bits, std::uint32_t = 0);
  // Of the bytes given; for errors.
  [[nodiscard]] std::size_t consumed() const { return at_ < bytes_.size() ? at_ : bytes_.size(); }

 private:
  void shift();

  ByteView bytes_;
  std::size_t at_ = 0;
  std::uint32_t code_ = 0;
  std::uint32_t range_ = 0xffff'ffff;
};

}  // namespace bz::wire
