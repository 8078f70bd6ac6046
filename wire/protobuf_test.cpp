#include "wire/protobuf.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bz::wire {
namespace {

using Step = FieldReader::Step;

Step first_step(const Bytes& message) {
  FieldReader reader(message);
  Field field;
  return reader.next(field);
}

// 150 = 0b1'0010110: low seven bits 0x16 with the mark of more to come, then 1. The example of the
// format's own guide.
TEST(Protobuf, AVarintGoesLowSevenBitsFirst) {
  Bytes out;
  put_varint_field(out, 1, 150);
  EXPECT_EQ(out, (Bytes{0x08, 0x96, 0x01}));

  FieldReader reader(out, 100);
  Field field;
  ASSERT_EQ(reader.next(field), Step::kField);
  EXPECT_EQ(field.number, 1U);
  EXPECT_EQ(field.value, 150U);
  EXPECT_EQ(field.offset, 100U);
  EXPECT_EQ(reader.next(field), Step::kEnd);
  EXPECT_EQ(reader.offset(), 103U);
}

TEST(Protobuf, BytesSayWhereTheyLie) {
  const Bytes message{0x08, 0x01, 0x12, 0x02, 'h', 'i'};
  FieldReader reader(message, 10);
  Field field;
  ASSERT_EQ(reader.next(field), Step::kField);
  ASSERT_EQ(reader.next(field), Step::kField);
  EXPECT_EQ(as_text(field.bytes), "hi");
  EXPECT_EQ(field.offset, 12U);
  EXPECT_EQ(field.content_offset, 14U);
}

TEST(Protobuf, AFieldCutAnywhereIsCut) {
  for (const Bytes& whole : {Bytes{0x08, 0x96, 0x01}, Bytes{0x09, 1, 2, 3, 4, 5, 6, 7, 8},
                             Bytes{0x12, 0x02, 'h', 'i'}, Bytes{0x0d, 1, 2, 3, 4}}) {
    EXPECT_EQ(first_step(whole), Step::kField);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      EXPECT_EQ(first_step(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
                Step::kCut);
    }
  }
}

TEST(Protobuf, ALengthPastTheEndIsCutHoweverLong) {
  // 2^64-1 bytes are announced.
  EXPECT_EQ(first_step({0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 'x'}),
            Step::kCut);
}

TEST(Protobuf, WhatNoFieldBeginsWithIsBroken) {
  EXPECT_EQ(first_step({0x00, 0x00}), Step::kBroken);  // field number 0: zeros
  EXPECT_EQ(first_step({0x0b, 0x0c}), Step::kBroken);  // a group
  EXPECT_EQ(first_step({0x0e}), Step::kBroken);        // wire type 6
  // Eleven bytes; a tenth byte with two bits; a tag over 32 bits.
  EXPECT_EQ(first_step({0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}),
            Step::kBroken);
  EXPECT_EQ(first_step({0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}),
            Step::kBroken);
  EXPECT_EQ(first_step({0x88, 0x80, 0x80, 0x80, 0x10, 0x00}), Step::kBroken);
}

TEST(Protobuf, ZigzagPutsSmallNumbersOfEitherSignFirst) {
  EXPECT_EQ(zigzag(0), 0U);
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  EXPECT_EQ(zigzag(-14), 27U);  // 2 x 14 - 1
  EXPECT_TRUE(rc::check([](std::int64_t value) { RC_ASSERT(unzigzag(zigzag(value)) == value); }));
}

TEST(Protobuf, AnyVarintIsReadBack) {
  EXPECT_TRUE(rc::check([](std::uint64_t value) {
    Bytes out;
    put_varint_field(out, 7, value);
    FieldReader reader(out);
    Field field;
    RC_ASSERT(reader.next(field) == Step::kField);
    RC_ASSERT(field.value == value);
    RC_ASSERT(reader.consumed() == out.size());
  }));
}

TEST(Protobuf, AShapeComplainsOfAnotherWireTypeAndOfASecondSingleField) {
  constexpr MessageShape kShape({WireType::kVarint, WireType::kBytes}, 1U << 2U);
  std::uint32_t seen = 0;
  const Field varint{.number = 1, .type = WireType::kVarint};
  const Field bytes{.number = 2, .type = WireType::kBytes};
  EXPECT_EQ(kShape.complaint(varint, seen), nullptr);
  EXPECT_NE(kShape.complaint(varint, seen), nullptr);
  EXPECT_EQ(kShape.complaint(bytes, seen), nullptr);
  EXPECT_EQ(kShape.complaint(bytes, seen), nullptr);  // may come again
  EXPECT_NE(kShape.complaint({.number = 2, .type = WireType::kVarint}, seen), nullptr);
  EXPECT_EQ(kShape.complaint({.number = 3, .type = WireType::kVarint}, seen),
            nullptr);  // not known: let through
}

}  // namespace
}  // namespace bz::wire
