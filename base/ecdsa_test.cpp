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

}  // namespace
}  // namespace bz
