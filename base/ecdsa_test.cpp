#include "base/ecdsa.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

TEST(Ecdsa, ASignatureHoldsOnlyForItsDigestAndKey) {
  const auto key = SigningKey::generate();
  const auto digest = sha256(as_bytes("export"));
  const auto signature = key.sign(digest);
  EXPECT_TRUE(key.public_key().verifies(digest, signature));
  EXPECT_FALSE(key.public_key().verifies(sha256(as_bytes("another")), signature));
  EXPECT_FALSE(SigningKey::generate().public_key().verifies(digest, signature));
  EXPECT_FALSE(key.public_key().verifies(digest, {}));
}

TEST(Ecdsa, KeysComeBackFromTheirText) {
  const auto key = SigningKey::generate();
  const auto again = SigningKey::from_pem(key.to_pem());
  ASSERT_TRUE(again);
  const auto verify = VerifyKey::from_pem(key.public_key().to_pem());
  ASSERT_TRUE(verify);
  const auto digest = sha256(as_bytes("x"));
  EXPECT_TRUE(verify->verifies(digest, again->sign(digest)));
}

TEST(Ecdsa, AnythingElseThanAKeyOfItsKindIsMalformed) {
  const auto key = SigningKey::generate();
  EXPECT_EQ(VerifyKey::from_pem("").error().code, Code::kMalformed);
  EXPECT_EQ(VerifyKey::from_pem(key.to_pem()).error().code, Code::kMalformed);
  EXPECT_EQ(SigningKey::from_pem(key.public_key().to_pem()).error().code, Code::kMalformed);
  // A key on another curve (P-384), made with `openssl ecparam -name secp384r1 -genkey`, public
  // half.
  EXPECT_FALSE(
      VerifyKey::from_pem("-----BEGIN PUBLIC KEY-----\n"
                          "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE\n-----END PUBLIC KEY-----\n"));
}

// RFC 7515 appendix A.3: the key's coordinates, what was signed, and the signature's r and s.
CurvePoint rfc_point() {
  CurvePoint point;
  EXPECT_TRUE(
      from_hex("7FCDCE2770F6C45D4183CBEE6FDB4B7B580733357BE9EF13BACF6E3C7BD15445", point.x));
  EXPECT_TRUE(
      from_hex("C7F144CD1BBD9B7E872CDFEDB9EEB9F4B3695D6EA90B24AD8A4623288588E5AD", point.y));
  return point;
}
constexpr std::string_view kRfcSigned =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q";

TEST(Ecdsa, TheExampleOfRfc7515Holds) {
  RawSignature raw{};
  ASSERT_TRUE(
      from_hex("0ED1215379636C483C2F7F155807D402A3B228033AF97C7E17819AC3169EA665"
               "C50A07D38C3C70E5D8F12DAF084A5480A66590C5F293509A8F3F7F8A83A354D5",
               raw));
  const auto key = VerifyKey::from_point(rfc_point());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->point(), rfc_point());
  EXPECT_TRUE(key->verifies(sha256(as_bytes(kRfcSigned)), der_signature(raw)));
  raw[0] ^= 1U;
  EXPECT_FALSE(key->verifies(sha256(as_bytes(kRfcSigned)), der_signature(raw)));
}

TEST(Ecdsa, APointThatIsNotOnTheCurveIsMalformed) {
  auto point = rfc_point();
  point.y[31] ^= 1U;
  EXPECT_EQ(VerifyKey::from_point(point).error().code, Code::kMalformed);
  EXPECT_FALSE(VerifyKey::from_point(CurvePoint{}));
}

TEST(Ecdsa, AKeyIsTheSameByItsPointAndByItsText) {
  const auto key = SigningKey::generate();
  const auto again = VerifyKey::from_point(key.public_key().point());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->to_pem(), key.public_key().to_pem());
}

// r = 1 and s = 0x80 00…: DER has a leading zero where a number would look negative.
TEST(Ecdsa, ASignatureHasOneDer) {
  RawSignature raw{};
  raw[31] = 1;
  raw[32] = 0x80;
  const auto der = der_signature(raw);
  EXPECT_EQ(to_hex(der),
            "3026020101022100"
            "8000000000000000000000000000000000000000000000000000000000000000");
  EXPECT_EQ(*raw_signature(der), raw);

  const auto key = SigningKey::generate();
  const auto digest = sha256(as_bytes("x"));
  const auto signature = key.sign(digest);
  EXPECT_EQ(der_signature(*raw_signature(signature)), signature);
}

TEST(Ecdsa, WhatIsNoPairOfNumbersIsMalformed) {
  for (const auto* const text :
       {"", "3006020101020101AA", "3006020101", "30060201FF020101" /* -1 */, "3003020101"}) {
    EXPECT_EQ(raw_signature(*from_hex(text)).error().code, Code::kMalformed) << text;
  }
  // 33 bytes that are not a sign's zero: more than 2^256.
  EXPECT_FALSE(raw_signature(*from_hex("3026022101" + std::string(64, '0') + "020101")));
}

}  // namespace
}  // namespace bz
