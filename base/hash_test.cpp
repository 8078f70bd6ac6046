#include "base/hash.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

TEST(Hash, Sha256GivesTheValueOfTheStandard) {
  // FIPS 180-4 example: "abc".
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
}

TEST(Hash, AStreamGivesWhatOneCallGives) {
  Sha256Stream stream;
  stream.add(as_bytes("a"));
  stream.add({});
  stream.add(as_bytes("bc"));
  EXPECT_EQ(stream.finish(), sha256(as_bytes("abc")));
}

TEST(Hash, HkdfGivesTheValuesOfRfc5869) {
  Bytes out(42);
  // Appendix A.1
  hkdf_sha256(Bytes(22, 0x0b), *from_hex("000102030405060708090a0b0c"),
              *from_hex("f0f1f2f3f4f5f6f7f8f9"), out);
  EXPECT_EQ(to_hex(out),
            "3CB25F25FAACD57A90434F64D0362F2A2D2D0A90CF1A5A4C5DB02D56ECC4C5BF34007208D5B887185865");
  // Appendix A.3: no salt, no info.
  hkdf_sha256(Bytes(22, 0x0b), {}, {}, out);
  EXPECT_EQ(to_hex(out),
            "8DA4E775A563C18F715F802A063C5A31B8A11F5C5EE1879EC3454E5F3C738D2D9D201395FAA4B61A96C8");
}

TEST(Hash, HmacSha1GivesTheValueOfRfc2202) {
  // Section 3, test case 1.
  EXPECT_EQ(to_hex(hmac_sha1(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "B617318655057264E28BC0B6FB378C8EF146BE00");
}

TEST(Hash, AnEmptyKeyIsAKey) {
  // RFC 2104 pads the key with zeros, so an empty one equals one zero byte.
  EXPECT_EQ(hmac_sha256({}, as_bytes("x")), hmac_sha256(Bytes{0}, as_bytes("x")));
}

}  // namespace
}  // namespace bz
