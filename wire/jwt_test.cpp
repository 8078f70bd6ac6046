#include "wire/jwt.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace bz::wire {
namespace {

// Made with OpenSSL's command line, so by nothing of ours:
//   printf %s "$HEADER.$CLAIMS" | openssl dgst -sha256 -sign key.pem
// and the two numbers of its DER, 32 bytes each, in base64url.
constexpr std::string_view kPublicKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdbLkoNhRqZBzIW4XTcUTfCJmLBYp\n"
    "uxbH0Jx0gJtNVSVNnQkl2dAzcIMmNZ3yfmjndexzAELcqSNndDX56W2/rA==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kToken =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6InYxIiwidHlwIjoiSldUIn0."
    "eyJhdWQiOiJrZXlzLmV4YW1wbGUiLCJleHAiOjE2MDYwNDYxMDAsImlhdCI6MTYwNjA0NTIwMCwiaXNz"
    "IjoiY29kZXMuZXhhbXBsZSIsIm5iZiI6MTYwNjA0NTE5OSwicmVwb3J0VHlwZSI6ImNvbmZpcm1lZCIs"
    "InN5bXB0b21PbnNldEludGVydmFsIjoyNjc2MjQzLCJ0ZWttYWMiOiIydTFuSHQ1V1d1ckp5dEZMRjN4"
    "aXROek05OW9OcmFkMnk0WUdPTDUzQWVZPSJ9."
    "_JCvOfo_oKaUMj0kXYXZvfDmW7k0u6F4NkcBh7VEItpq5-sPR_qp7jao17tAdJW_2I_0r-M3MInDAoML"
    "p7owbA";

std::string complaint(std::string_view token) {
  const auto jwt = parse_jwt(token);
  if (jwt) return "read";
  EXPECT_EQ(jwt.error().code, Code::kMalformed);
  return jwt.error().what;
}

// A token of this header over {} with 64 zero bytes for a signature.
std::string with_header(std::string_view header) {
  return to_base64url(as_bytes(header)) + ".e30." + to_base64url(Bytes(64));
}

TEST(Jwt, TheTokenOfAnotherProgramHolds) {
  const auto jwt = parse_jwt(kToken);
  ASSERT_TRUE(jwt) << jwt.error().what;
  EXPECT_EQ(jwt->key_id, "v1");
  EXPECT_EQ(jwt->claims.substr(0, 22), R"({"aud":"keys.example",)");
  EXPECT_TRUE(verifies(*jwt, *VerifyKey::from_pem(kPublicKey)));
  EXPECT_FALSE(verifies(*jwt, SigningKey::generate().public_key()));
}

// RFC 7515 appendix A.3: no kid, no typ, claims over several lines.
TEST(Jwt, TheExampleOfRfc7515Holds) {
  const auto jwt = parse_jwt(
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
      "lfQ."
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  ASSERT_TRUE(jwt) << jwt.error().what;
  EXPECT_EQ(jwt->key_id, "");
  const auto keys = parse_jwks(
      R"([{"kty":"EC","crv":"P-256","kid":"x","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}])");
  ASSERT_TRUE(keys && keys->size() == 1);
  EXPECT_TRUE(verifies(*jwt, keys->at(0).key));
}

TEST(Jwt, AnyChangedCharacterBreaksIt) {
  const auto key = *VerifyKey::from_pem(kPublicKey);
  for (std::size_t i = 0; i < kToken.size(); ++i) {
    std::string changed(kToken);
    changed[i] = changed[i] == 'B' ? 'C' : 'B';
    const auto jwt = parse_jwt(changed);
    EXPECT_FALSE(jwt && verifies(*jwt, key)) << "character " << i;
  }
}

TEST(Jwt, OurOwnComesBack) {
  const auto key = SigningKey::generate();
  const auto token = write_jwt(R"({"iss":"codes"})", "v\"2", key);
  const auto jwt = parse_jwt(token);
  ASSERT_TRUE(jwt) << jwt.error().what;
  EXPECT_EQ(jwt->key_id, "v\"2");
  EXPECT_EQ(jwt->claims, R"({"iss":"codes"})");
  EXPECT_TRUE(verifies(*jwt, key.public_key()));
  EXPECT_EQ(to_base64url(as_bytes(R"({"alg":"ES256","typ":"JWT"})")) + ".e30",
            write_jwt("{}", "", key).substr(0, 40));
}

TEST(Jwt, TheTokenDoesNotChooseHowItIsVerified) {
  EXPECT_EQ(complaint(with_header(R"({"alg":"ES256"})")), "read");
  for (const auto* const algorithm : {"none", "None", "", "HS256", "RS256", "ES384", "es256"}) {
    EXPECT_EQ(complaint(with_header(R"({"alg":")" + std::string(algorithm) + R"("})")),
              "token: not signed by ES256")
        << algorithm;
  }
  EXPECT_EQ(complaint(with_header("{}")), "token: not signed by ES256");
  EXPECT_EQ(complaint(with_header(R"({"alg":"ES256","alg":"none"})")),
            "token: a member of its header is no text, or there twice");
  EXPECT_EQ(complaint(with_header(R"({"alg":["ES256"]})")),
            "token: a member of its header is no text, or there twice");
  EXPECT_EQ(complaint(to_base64url(as_bytes(R"({"alg":"none"})")) + ".e30."),
            "token: not signed by ES256");
}

// Who could name a key of their own in the header would sign as anybody.
TEST(Jwt, AKeyThatATokenBringsAlongIsNotBelieved) {
  const auto stranger = SigningKey::generate();
  const std::vector<Jwk> theirs = {{.key_id = "v1", .key = stranger.public_key()}};
  const auto jwk = write_jwks(theirs);
  const auto header = R"({"alg":"ES256","kid":"v1","jwk":)" + jwk.substr(1, jwk.size() - 2) +
                      R"(,"jku":"https://example.com","x5c":[]})";
  const auto text = to_base64url(as_bytes(header)) + ".e30";
  const auto token =
      text + '.' + to_base64url(*raw_signature(stranger.sign(sha256(as_bytes(text)))));
  const auto jwt = parse_jwt(token);
  ASSERT_TRUE(jwt) << jwt.error().what;
  EXPECT_FALSE(verifies(*jwt, *VerifyKey::from_pem(kPublicKey)));
}

TEST(Jwt, WhatItsHeaderDemandsAndWeDoNotKnowIsRefused) {
  EXPECT_EQ(complaint(with_header(R"({"alg":"ES256","crit":["b64"],"b64":false})")),
            "token: crit names extensions, and none is known here");
  EXPECT_EQ(complaint(with_header(R"({"alg":"ES256","typ":"JOSE"})")), "token: typ is not JWT");
  EXPECT_EQ(complaint(with_header("[]")), "token: its header is not a JSON object");
}

TEST(Jwt, OnlyThreePartsOfBase64url) {
  EXPECT_EQ(complaint(""), "token: not three parts with dots between");
  EXPECT_EQ(complaint("e30.e30"), "token: not three parts with dots between");
  EXPECT_EQ(complaint(std::string(kToken) + ".e30"), "token: not three parts with dots between");
  EXPECT_EQ(complaint(std::string(kToken) + "="), "token: a part of it is not base64url");
  EXPECT_EQ(complaint(std::string(kToken) + "\n"), "token: a part of it is not base64url");
  EXPECT_EQ(complaint(' ' + std::string(kToken)), "token: a part of it is not base64url");
  EXPECT_EQ(complaint(std::string(kMaxJwt + 1, '.')), "token: longer than 8192");
  const std::string header_only(kToken.substr(0, kToken.rfind('.') + 1));
  EXPECT_EQ(complaint(header_only), "token: its signature is not 64 bytes");
  EXPECT_EQ(complaint(header_only + to_base64url(Bytes(63))),
            "token: its signature is not 64 bytes");
  // DER where the two numbers belong.
  EXPECT_EQ(complaint(header_only + to_base64url(parse_jwt(kToken)->signature)),
            "token: its signature is not 64 bytes");
}

TEST(Jwt, ASignatureOfZerosHoldsForNothing) {
  const auto jwt = parse_jwt(with_header(R"({"alg":"ES256"})"));
  ASSERT_TRUE(jwt);
  EXPECT_FALSE(verifies(*jwt, *VerifyKey::from_pem(kPublicKey)));
}

TEST(Jwks, AreABareListAsTheReferenceServersPublishIt) {
  const std::vector<Jwk> keys = {{.key_id = "v1", .key = *VerifyKey::from_pem(kPublicKey)}};
  const std::string list =
      R"([{"kty":"EC","crv":"P-256","x":"dbLkoNhRqZBzIW4XTcUTfCJmLBYpuxbH0Jx0gJtNVSU",)"
      R"("y":"TZ0JJdnQM3CDJjWd8n5o53XscwBC3KkjZ3Q1-eltv6w","kid":"v1","use":"sig","alg":"ES256"}])";
  EXPECT_EQ(write_jwks(keys), list);
  EXPECT_EQ(write_jwks(keys, true), R"({"keys":)" + list + '}');
  EXPECT_EQ(write_jwks({}), "[]");
  for (const auto& text : {list, write_jwks(keys, true), "\n " + list}) {
    const auto read = parse_jwks(text);
    ASSERT_TRUE(read && read->size() == 1) << text;
    EXPECT_EQ(read->at(0).key_id, "v1");
    EXPECT_EQ(read->at(0).key.to_pem(), kPublicKey);
  }
}

TEST(Jwks, KeysOfOtherKindsAreLeftOut) {
  const auto read = parse_jwks(R"({"keys":[{"kty":"RSA","kid":"r","n":"AQ","e":"AQAB"},)"
                               R"({"kty":"EC","crv":"P-384","kid":"p","x":"","y":""},)"
                               R"({"kty":"EC","crv":"P-256","use":"enc","kid":"1",)"
                               R"("x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
                               R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},)"
                               R"({"kty":"EC","crv":"P-256",)"
                               R"("x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
                               R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}],"more":1})");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_TRUE(read->empty());
}

TEST(Jwks, WhatIsNoListOfKeysIsMalformed) {
  for (const auto* const text :
       {"", "{}", "7", "[7]", R"({"keys":7})", R"([],"keys":[])", R"([],"more":[])", "[]}", "[",
        R"([{"kty":"EC","crv":"P-256","kid":"v1","x":"AA","y":"AA"}])",
        R"([{"kty":"EC","crv":"P-256","kid":"v1"}])", R"([{"kty":1}])"}) {
    const auto read = parse_jwks(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::kMalformed) << text;
  }
  EXPECT_FALSE(parse_jwks('[' + std::string(kMaxJwks, ' ') + ']'));
}

}  // namespace
}  // namespace bz::wire
