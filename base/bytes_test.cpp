#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bz {
namespace {

TEST(Bytes, HexIsUpperCaseOutAndEitherCaseIn) {
  EXPECT_EQ(to_hex(Bytes{0x0a, 0xff}), "0AFF");
  EXPECT_EQ(*from_hex("0aFf"), (Bytes{0x0a, 0xff}));
  EXPECT_TRUE(from_hex("")->empty());
}

TEST(Bytes, OddOrForeignDigitsAreMalformed) {
  for (const auto* text : {"0", "0g", "0x12", " 12", "1 "})
    EXPECT_EQ(from_hex(text).error().code, Code::kMalformed) << text;
}

TEST(Bytes, AFixedValueTakesExactlyItsOwnLength) {
  std::array<std::uint8_t, 2> out{7, 7};
  EXPECT_FALSE(from_hex("0102aa", out));
  EXPECT_EQ(out[0], 7);
  EXPECT_TRUE(from_hex("0102", out));
  EXPECT_EQ(out[1], 2);
}

TEST(Bytes, LittleEndianPutsTheLeastSignificantByteFirst) {
  std::array<std::uint8_t, 4> out{};
  put_le(out, 0x01020304);
  EXPECT_EQ(out, (std::array<std::uint8_t, 4>{4, 3, 2, 1}));
  EXPECT_EQ(get_le(out), 0x01020304U);
}

RC_GTEST_PROP(Bytes, HexRoundTrips, (const Bytes& bytes)) {
  RC_ASSERT(*from_hex(to_hex(bytes)) == bytes);
}

}  // namespace
}  // namespace bz
