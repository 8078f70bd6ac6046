#include "base/utf8.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

TEST(Utf8, TextOfEveryLengthIsText) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Sở Thông tin và Truyền thông tỉnh Trà Vinh"));
  EXPECT_EQ(first_character("a"), 1U);
  EXPECT_EQ(first_character("\u00e0"), 2U);
  EXPECT_EQ(first_character("\u1ec5"), 3U);
  EXPECT_EQ(first_character("\xF4\x8F\xBF\xBF"), 4U);  // U+10FFFF, the last
}

TEST(Utf8, BytesThatAreNoTextAreRefused) {
  for (const auto* text : {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x9F\x80", "\xED\xA0\x80",
                           "\xF0\x8F\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF",
                           "\xC3", "\xE1\xBB", "\xE1\xBB\x41", "a\xC3(", "\xF1\x80\x80\xC0"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

}  // namespace
}  // namespace bz
