// POST /api/certificate: a token and the keys' HMAC become a certificate.
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/ecdh.h"
#include "codes/codes_here.h"
#include "wire/certificate.h"
#include "wire/sealed_message.h"

namespace bz::codes {
namespace {

const Digest kHmac = sha256(as_bytes("the keys"));
const std::string kHmacText = to_base64(kHmac);
const std::string kOtherHmacText = to_base64(sha256(as_bytes("other keys")));

wire::Certificate certificate_in(CodesHere& here, const http::Response& answer) {
  const auto jwt = wire::parse_jwt(here.text(answer, "certificate"));
  if (!jwt) {
    ADD_FAILURE() << answer.body;
    return {};
  }
  const auto keys = here.service->certificate_keys("84");
  bool verified = false;
  for (const auto& key : *keys) {
    verified = verified || (key.key_id == jwt->key_id && wire::verifies(*jwt, key.key));
  }
  EXPECT_TRUE(verified);
  return *wire::read_certificate(*jwt);
}

using Certify = OnBoth;
INSTANTIATE_TEST_SUITE_P(Stores, Certify, testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(Certify, TheCertificateSaysWhatTheKeysSideNeedsAndNoMoment) {
  const auto answer = here.certify(here.token(), kHmacText);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto certificate = certificate_in(here, answer);
  EXPECT_EQ(certificate.issuer, "vn.tra-vinh.codes");
  EXPECT_EQ(certificate.audience, "vn.keys");
  EXPECT_EQ(certificate.tekmac, kHmac);
  EXPECT_EQ(certificate.report, wire::TestType::kConfirmed);
  // 10:20:30 is cut to 10:00; 15 minutes more end before 11:00.
  EXPECT_EQ(certificate.issued, std::chrono::floor<std::chrono::hours>(kTestTime));
  EXPECT_EQ(certificate.expires, certificate.issued + std::chrono::hours{1});
  // The symptoms' day goes before the test's.
  EXPECT_EQ(certificate.symptom_onset, first_interval(*day_from_text("2026-11-20")));
  EXPECT_FALSE(certificate.chains);
}

TEST_P(Certify, ATokenIsGoodForOneHmacAndALostAnswerIsGivenAgain) {
  const auto token = here.token();
  const auto first = certificate_in(here, here.certify(token, kHmacText));
  here.clock.advance(std::chrono::hours{2});
  const auto again = certificate_in(here, here.certify(token, kHmacText));
  EXPECT_EQ(again.handle, first.handle);
  EXPECT_EQ(again.tekmac, first.tekmac);
  EXPECT_EQ(again.issued, first.issued + std::chrono::hours{2});
  const auto other = here.certify(token, kOtherHmacText);
  EXPECT_EQ(other.status, 400);
  EXPECT_EQ(here.error(other), "token_expired");
}

TEST_P(Certify, ATokenLivesADay) {
  const auto token = here.token();
  here.clock.advance(std::chrono::hours{24});
  const auto late = here.certify(token, kHmacText);
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(here.error(late), "token_expired");
}

TEST_P(Certify, TheHandleIsKeptSealedToTheSupervisorsOnly) {
  const auto supervisors = AgreementKey::draw(here.random);
  here.authority.supervisors_key = supervisors.public_key().to_pem();
  here.authority.bluezone3 = true;
  here.save();
  const auto verified = here.verify(here.code());
  const auto keys = certificate_in(here, here.certify(here.text(verified, "token"), kHmacText));
  const auto chains =
      certificate_in(here, here.certify(here.text(verified, "bluezone3Token"), kOtherHmacText));
  EXPECT_TRUE(chains.chains);
  EXPECT_NE(chains.handle, keys.handle);
  const auto read = here.store->read([&](store::Sql& sql) {
    return sql.each(
        "SELECT handle, chains_handle FROM codes WHERE claimed = 1", {},
        [&](const store::Row& row) -> Result<bool> {
          const auto first = wire::open_message(supervisors, wire::kForRevocation, row.blob(0));
          const auto second = wire::open_message(supervisors, wire::kForRevocation, row.blob(1));
          EXPECT_TRUE(first && std::equal(first->begin(), first->end(), keys.handle.begin(),
                                          keys.handle.end()));
          EXPECT_TRUE(second && std::equal(second->begin(), second->end(), chains.handle.begin(),
                                           chains.handle.end()));
          return true;
        });
  });
  EXPECT_TRUE(read);
}

TEST(CertifyRules, NearTheEndOfAnHourItIsWidenedByAnother) {
  CodesHere here;
  here.clock.set(std::chrono::floor<std::chrono::hours>(kTestTime) + std::chrono::minutes{50});
  const auto certificate = certificate_in(here, here.certify(here.token(), kHmacText));
  EXPECT_EQ(certificate.issued, std::chrono::floor<std::chrono::hours>(kTestTime));
  // 10:50 and 15 minutes is 11:05: until 12:00.
  EXPECT_EQ(certificate.expires, certificate.issued + std::chrono::hours{2});
}

TEST(CertifyRules, AContactsDaysBeginWithTheContactWhateverElseIsGiven) {
  CodesHere here;
  here.authority.test_types = {"contact"};
  here.save();
  const auto issued = here.post("/api/issue", here.admin,
                                R"({"testType":"contact","symptomDate":"2026-10-26",)"
                                R"("testDate":"2026-11-21"})");
  const auto verified = here.verify(here.text(issued, "code"), R"(,"accept":["contact"])");
  EXPECT_FALSE(here.object(verified).contains("symptomDate"));
  const auto certificate =
      certificate_in(here, here.certify(here.text(verified, "token"), kHmacText));
  EXPECT_EQ(certificate.report, wire::TestType::kContact);
  EXPECT_EQ(certificate.symptom_onset, first_interval(*day_from_text("2026-11-21")));
}

TEST(CertifyRules, FaultsHaveTheirErrorCodes) {
  CodesHere here;
  const auto token = here.token();
  EXPECT_EQ(here.error(here.certify(token, "not base64")), "hmac_invalid");
  EXPECT_EQ(here.error(here.certify(token, "AAAA")), "hmac_invalid");
  EXPECT_EQ(here.error(here.certify("no.such.token", kHmacText)), "token_invalid");
  EXPECT_EQ(here.error(here.certify(token + "A", kHmacText)), "token_invalid");
  EXPECT_EQ(here.error(here.post("/api/certificate", here.device, "{")), "token_invalid");
  // None of these has used the token.
  EXPECT_EQ(here.certify(token, kHmacText).status, 200);
}

TEST(CertifyRules, AnotherAuthoritysTokenIsInvalid) {
  CodesHere here;
  const auto token = here.token();
  here.authority.id = "vn-51";
  here.authority.number = 0;
  here.save();
  const auto other = here.key(KeyKind::kDevice, "app", "vn-51");
  EXPECT_EQ(
      here.error(here.post("/api/certificate", other,
                           R"({"token":")" + token + R"(","ekeyhmac":")" + kHmacText + R"("})")),
      "token_invalid");
}

TEST(CertifyRules, WithoutASupervisorsKeyNothingOfTheHandleIsKept) {
  CodesHere here;
  here.certify(here.token(), kHmacText);
  const auto kept = here.store->read([](store::Sql& sql) {
    return sql.integer("SELECT COUNT(*) FROM codes WHERE handle IS NOT NULL");
  });
  EXPECT_EQ(**kept, 0);
}

}  // namespace
}  // namespace bz::codes
