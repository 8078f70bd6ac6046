#include "wire/certificate.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace bz::wire {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTekmac = "2u1nHt5WWurJytFLF3xitNzM99oNrad2y4YGOL53AeY=";

// 1606046400 is 2020-11-22 12:00 UTC; 2676240 = 18585 * 144, 2020-11-19.
Certificate example() {
  Certificate certificate{.issuer = "codes.example",
                          .audience = "keys.example",
                          .issued = Instant{1'606'046'400s},
                          .expires = Instant{1'606'053'600s},
                          .report = TestType::kConfirmed,
                          .symptom_onset = Interval{2'676'240}};
  std::ranges::copy(*from_base64(kTekmac), certificate.tekmac.begin());
  for (std::size_t i = 0; i < 16; ++i) certificate.handle.at(i) = static_cast<std::uint8_t>(i);
  return certificate;
}

Result<Certificate> read_claims(std::string_view claims) {
  return read_certificate(Jwt{.key_id = "v1", .claims = std::string(claims), .signature = {}});
}

std::string complaint(std::string_view claims) {
  const auto read = read_claims(claims);
  if (read) return "read";
  EXPECT_EQ(read.error().code, Code::kMalformed);
  return read.error().what;
}

// A reference server's claims, as its certificates have them, with `more` before the brace.
std::string claims_with(std::string_view more, std::string_view report = "confirmed") {
  return R"({"aud":"keys.example","exp":1606046100,"iat":1606045200,"iss":"codes.example",)"
         R"("nbf":1606045199,"reportType":")" +
         std::string(report) + R"(","tekmac":")" + std::string(kTekmac) + '"' + std::string(more) +
         '}';
}

TEST(Certificate, HasTheClaimsOfTheFormatPage) {
  const auto key = SigningKey::generate();
  const auto jwt = parse_jwt(write_certificate(example(), "v1", key));
  ASSERT_TRUE(jwt) << jwt.error().what;
  EXPECT_EQ(jwt->key_id, "v1");
  EXPECT_TRUE(verifies(*jwt, key.public_key()));
  EXPECT_EQ(jwt->claims,
            R"({"iss":"codes.example","aud":"keys.example","iat":1606046400,"nbf":1606046400,)"
            R"("exp":1606053600,"tekmac":"2u1nHt5WWurJytFLF3xitNzM99oNrad2y4YGOL53AeY=",)"
            R"("reportType":"confirmed","symptomOnsetInterval":2676240,)"
            R"("rvh":"AAECAwQFBgcICQoLDA0ODw=="})");
}

TEST(Certificate, ComesBackAsItWasWritten) {
  const auto key = SigningKey::generate();
  auto certificate = example();
  for (const auto report : {TestType::kConfirmed, TestType::kLikely, TestType::kNegative,
                            TestType::kUserReport, TestType::kContact}) {
    certificate.report = report;
    certificate.chains = !certificate.chains;
    certificate.symptom_onset = certificate.chains ? std::nullopt : example().symptom_onset;
    const auto jwt = parse_jwt(write_certificate(certificate, "v1", key));
    ASSERT_TRUE(jwt);
    const auto read = read_certificate(*jwt);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, certificate);
  }
}

TEST(Certificate, OfAReferenceServerIsRead) {
  const auto read = read_claims(claims_with(R"(,"symptomOnsetInterval":2676243,"trisk":[])"));
  ASSERT_TRUE(read) << read.error().what;
  auto expected = example();
  expected.issued = Instant{1'606'045'200s};
  expected.expires = Instant{1'606'046'100s};
  expected.handle = {};        // of a digest of zeros
  EXPECT_EQ(*read, expected);  // 2676243 is cut to the day's first, 2676240
}

TEST(Certificate, WithoutAHandleHasOneOfItsOwnText) {
  const auto key = SigningKey::generate();
  const auto token = write_jwt(claims_with(""), "v1", key);
  const auto first = read_certificate(*parse_jwt(token));
  const auto again = read_certificate(*parse_jwt(token));
  const auto other = read_certificate(*parse_jwt(write_jwt(claims_with(" "), "v1", key)));
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(first->handle, again->handle);
  EXPECT_NE(first->handle, other->handle);
  EXPECT_NE(first->handle, RevocationHandle{});
}

TEST(Certificate, IsValidFromTheLaterOfItsTwoTimes) {
  std::string later = claims_with("");
  later.replace(later.find("1606045199"), 10, "1606045300");
  EXPECT_EQ(read_claims(later)->issued, Instant{1'606'045'300s});
  EXPECT_EQ(read_claims(claims_with(""))->issued, Instant{1'606'045'200s});
}

TEST(Certificate, OnsetMissingNullOrZeroIsNone) {
  EXPECT_FALSE(read_claims(claims_with(""))->symptom_onset);
  EXPECT_FALSE(read_claims(claims_with(R"(,"symptomOnsetInterval":0)"))->symptom_onset);
  EXPECT_FALSE(read_claims(claims_with(R"(,"symptomOnsetInterval":null)"))->symptom_onset);
  EXPECT_FALSE(read_claims(claims_with(R"(,"symptomOnsetInterval":143)"))->symptom_onset);
  EXPECT_EQ(read_claims(claims_with(R"(,"symptomOnsetInterval":4294967295)"))->symptom_onset,
            Interval{4'294'967'184});  // 29826161 * 144
}

TEST(Certificate, AMissingOrWrongClaimIsMalformed) {
  EXPECT_EQ(complaint(claims_with("")), "read");
  const auto without = [](std::string_view from, std::string_view to) {
    auto claims = claims_with("");
    claims.replace(claims.find(from), from.size(), to);
    return complaint(claims);
  };
  EXPECT_EQ(without(R"("iss")", R"("x")"), "certificate: iss is missing");
  EXPECT_EQ(without(R"("aud")", R"("x")"), "certificate: aud is missing");
  constexpr std::string_view kTimes =
      "certificate: iat, exp or nbf is no time in seconds since 1970";
  EXPECT_EQ(without(R"("iat")", R"("x")"), kTimes);
  EXPECT_EQ(without(R"("exp")", R"("x")"), kTimes);
  EXPECT_EQ(without("1606046100", "1606046100000"), kTimes);
  EXPECT_EQ(without("1606045199", "-1"), kTimes);
  EXPECT_EQ(without(R"("nbf")", R"("x")"), "read");
  EXPECT_EQ(without(R"("tekmac")", R"("x")"), "certificate: tekmac is not 32 bytes in base64");
  EXPECT_EQ(without(kTekmac, "AQI="), "certificate: tekmac is not 32 bytes in base64");
  EXPECT_EQ(without(kTekmac, "-"), "certificate: JSON: tekmac is not base64");
  EXPECT_EQ(without("confirmed", "positive"), "certificate: reportType is missing or no test type");
  EXPECT_EQ(complaint(claims_with(R"(,"symptomOnsetInterval":-144)")),
            "certificate: symptomOnsetInterval is no 10-minute number");
  EXPECT_EQ(complaint(claims_with(R"(,"symptomOnsetInterval":4294967296)")),
            "certificate: symptomOnsetInterval is no 10-minute number");
  EXPECT_EQ(complaint(claims_with(R"(,"rvh":"AQ==")")),
            "certificate: rvh is not 16 bytes in base64");
  EXPECT_EQ(complaint(claims_with(R"(,"chains":1)")),
            "certificate: JSON: chains is not true or false");
  EXPECT_EQ(complaint(claims_with(R"(,"iss":"another")")),
            "certificate: JSON: iss stands there twice");
  EXPECT_EQ(complaint("[]"), "certificate: its claims are not a JSON object");
}

TEST(TestTypes, HaveTheWordsOfTheApi) {
  EXPECT_EQ(word(TestType::kUserReport), "user-report");
  EXPECT_EQ(test_type("Confirmed"), TestType::kConfirmed);
  EXPECT_EQ(test_type("LIKELY"), TestType::kLikely);
  EXPECT_EQ(test_type("negative"), TestType::kNegative);
  EXPECT_EQ(test_type("user-report"), TestType::kUserReport);
  EXPECT_EQ(test_type("contact"), TestType::kContact);
  EXPECT_EQ(test_type("user_report"), std::nullopt);
  EXPECT_EQ(test_type("confirmed "), std::nullopt);
  EXPECT_EQ(test_type(""), std::nullopt);
}

#ifndef NDEBUG
TEST(CertificateDeathTest, TimesWithinAnHourAreNotWritten) {
  auto certificate = example();
  certificate.issued += 1s;
  EXPECT_DEATH(write_certificate(certificate, "v1", SigningKey::generate()), "whole_hour");
}
#endif

}  // namespace
}  // namespace bz::wire
