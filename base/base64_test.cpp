#include "base/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bz {
namespace {

TEST(Base64, GivesTheTextsOfTheStandard) {
  // RFC 4648 section 10.
  const std::pair<std::string, std::string> pairs[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(to_base64(as_bytes(bytes)), text);
    const auto back = from_base64(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(as_text(*back), bytes);
    const auto unpadded = text.substr(0, text.find('='));
    EXPECT_EQ(as_text(*from_base64(unpadded)), bytes);
    EXPECT_EQ(to_base64url(as_bytes(bytes)), unpadded);
    EXPECT_EQ(as_text(*from_base64url(unpadded)), bytes);
  }
}

TEST(Base64, TheTwoAlphabetsDifferInTheirLastTwoCharacters) {
  const Bytes bytes{0xFB, 0xFF, 0xBF};
  EXPECT_EQ(to_base64(bytes), "+/+/");
  EXPECT_EQ(to_base64url(bytes), "-_-_");
  EXPECT_FALSE(from_base64("-_-_"));
  EXPECT_FALSE(from_base64url("+/+/"));
}

TEST(Base64, AnythingElseIsMalformed) {
  for (const std::string_view text :
       {"A", "AAAAA", "=", "==", "====", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "AA==AAAA",
        "A=AA", "AA A", " AAAA", "AAAA\n", "AA\xC3\xA0", "AA*A"})
    EXPECT_EQ(from_base64(text).error().code, Code::kMalformed) << text;
  EXPECT_FALSE(from_base64(std::string_view("AA\0A", 4)));
  for (const std::string_view text : {"AA==", "AAA=", "A", "AA A"})
    EXPECT_EQ(from_base64url(text).error().code, Code::kMalformed) << text;
}

TEST(Base64, BitsLeftOverMustBeZero) {
  // "AB" is 000000 000001: one byte of zeros, and 0001 left over.
  for (const std::string_view text : {"AB", "AB==", "AAB", "AAB="})
    EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_TRUE(from_base64("AQ=="));  // 000000 010000
  EXPECT_TRUE(from_base64("AAE="));  // 000000 000000 000100
}

RC_GTEST_PROP(Base64, RoundTrips, (const Bytes& bytes)) {
  RC_ASSERT(*from_base64(to_base64(bytes)) == bytes);
  RC_ASSERT(*from_base64url(to_base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Base64, OneValueHasOneText, (const std::string& text)) {
  const auto bytes = from_base64url(text);
  if (bytes) RC_ASSERT(to_base64url(*bytes) == text);
}

}  // namespace
}  // namespace bz
