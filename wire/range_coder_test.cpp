#include "wire/range_coder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace bz::wire {
namespace {

// Chance of a 1 at first 1/2 (32,768 of 65,536); after a 1 it is 3/4, after two 5/6 (54,613).
TEST(RangeCoder, ChancesAreThoseOfKrichevskyAndTrofimov) {
  BitModel model;
  EXPECT_EQ(model.chance_of_one(), 32'768U);
  model.count(1);
  EXPECT_EQ(model.chance_of_one(), 49'152U);
  model.count(1);
  EXPECT_EQ(model.chance_of_one(), 54'613U);
  for (int i = 0; i < 1'000'000; ++i) model.count(1);
  EXPECT_EQ(model.chance_of_one(), 65'535U);
}

// low 0, range 0xffffffff: a 1 of chance 1/2 leaves [0, 0x7fffffff), in which 0 ends in the most
// zeros once 0x7f000000 is no better; a 0 leaves [0x7fffffff, 0xffffffff), of which the last number
// that ends in 24 zeros is 0xff000000.
TEST(RangeCoder, OneBitIsWrittenAsWorkedOutOnPaper) {
  for (const std::uint32_t bit : {0U, 1U}) {
    BitModel model;
    RangeEncoder encoder;
    encoder.bit(model, bit);
    EXPECT_EQ(encoder.finish(), (Bytes{bit == 1 ? std::uint8_t{0x7f} : std::uint8_t{0xff}}));
  }
}

TEST(RangeCoder, NothingIsOneByteAtMost) {
  EXPECT_LE(RangeEncoder().finish().size(), 1U);
}

RC_GTEST_PROP(RangeCoder, WhatIsCodedIsDecoded, (const std::vector<std::uint32_t>& numbers)) {
  RangeEncoder encoder;
  NumberModel<8> model;
  BitModel bit;
  for (const auto number : numbers) {
    model.code(encoder, number & 0xffU);
    encoder.bit(bit, number & 1U);
    encoder.even(1 + number % 16, number & ((1U << (1 + number % 16)) - 1));
  }
  const Bytes bytes = encoder.finish();
  RC_ASSERT(bytes.empty() || bytes.back() != 0);
  RangeDecoder decoder(bytes);
  NumberModel<8> model_again;
  BitModel bit_again;
  for (const auto number : numbers) {
    RC_ASSERT(model_again.code(decoder, 0) == (number & 0xffU));
    RC_ASSERT(decoder.bit(bit_again) == (number & 1U));
    RC_ASSERT(decoder.even(1 + number % 16) == (number & ((1U << (1 + number % 16)) - 1)));
  }
}

// 0xff bytes in a row before a carry: an even number of all ones leaves the range at the top, and
// the next 0 bits carry into what is written already.
TEST(RangeCoder, ACarryRunsThroughBytesThatAreWritten) {
  RangeEncoder encoder;
  for (int i = 0; i < 8; ++i) encoder.even(16, 0xffff);
  BitModel model;
  for (int i = 0; i < 100; ++i) encoder.bit(model, 0);
  const Bytes bytes = encoder.finish();
  RangeDecoder decoder(bytes);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(decoder.even(16), 0xffffU);
  BitModel again;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(decoder.bit(again), 0U);
}

// One in 16 is a 1: 0.337 bits each, 0.0421 bytes; 100,000 take 4,216 bytes at best.
TEST(RangeCoder, ComesWithinAHundredthOfTheEntropy) {
  RangeEncoder encoder;
  BitModel model;
  for (std::uint32_t i = 0; i < 100'000; ++i) encoder.bit(model, i % 16 == 5 ? 1 : 0);
  const double best = (std::log2(16.0) / 16 + 15 * std::log2(16.0 / 15) / 16) * 100'000 / 8;
  const auto size = static_cast<double>(encoder.finish().size());
  EXPECT_GE(size, best);
  EXPECT_LE(size, best * 1.01);
}

TEST(RangeCoder, AnyBytesCanBeDecodedAndBehindThemStandZeros) {
  const Bytes bytes(8, 0xff);
  RangeDecoder decoder(bytes);
  BitModel model;
  for (int i = 0; i < 1000; ++i) EXPECT_LE(decoder.bit(model), 1U);
  for (int i = 0; i < 1000; ++i) EXPECT_LE(decoder.even(16), 0xffffU);
  EXPECT_EQ(decoder.consumed(), 8U);
}

}  // namespace
}  // namespace bz::wire
