// GET /api/stats/…: daily rows in JSON and CSV; what the keys side counted.
#include <gtest/gtest.h>

#include "base/base64.h"
#include "codes/codes_here.h"
#include "codes/key_server_statistics.h"
#include "http/server.h"

namespace bz::codes {
namespace {

class Statistics : public OnBoth {
 protected:
  http::Response get(const std::string& path) {
    return here.get("/api/stats/realm" + path, here.stats);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, Statistics, testing::Values(On::kSqlite, On::kPostgres),
                         store_name);

TEST_P(Statistics, NothingIsAnEmptyObject) {
  EXPECT_EQ(get(".json").body, "{}");
  EXPECT_EQ(get("/users.json").body, "{}");
  EXPECT_EQ(get("/nothing.json").status, 404);
  EXPECT_EQ(get("/users/nobody.json").status, 404);
  EXPECT_EQ(get("/api-keys/none.csv").status, 404);
}

TEST_P(Statistics, ADayIsCounted) {
  const auto one = here.code();
  const auto other = here.code();
  here.clock.advance(std::chrono::minutes{5});
  const auto token = here.text(here.verify(one), "token");
  // At 300 s a claim is still "up to 5 minutes", at 360 s it is not.
  here.clock.advance(std::chrono::minutes{1});
  here.verify(other);
  here.verify("00000000");
  here.certify(token, to_base64(Bytes(32)));
  here.certify("none", to_base64(Bytes(32)));
  EXPECT_EQ(get(".json").body,
            R"({"realm_id":1,"statistics":[{"date":"2026-11-22T00:00:00Z","data":{)"
            R"("codes_issued":2,"codes_claimed":2,"codes_invalid":1,)"
            R"("codes_invalid_by_os":{"unknown_os":1,"ios":0,"android":0},)"
            R"("user_reports_issued":0,"user_reports_claimed":0,"user_reports_invalid":0,)"
            R"("tokens_claimed":1,"tokens_invalid":1,"user_report_tokens_claimed":0,)"
            R"("code_claim_mean_age_seconds":330,)"
            R"("code_claim_age_distribution":[0,1,1,0,0,0,0,0,0,0,0]}}]})");
  const auto csv = get(".csv");
  EXPECT_EQ(here.header(csv, "content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(csv.body.substr(csv.body.find('\n') + 1),
            "2026-11-22,2,2,1,1,0,0,0,0,0,1,1,0,330,0|1|1|0|0|0|0|0|0|0|0\n");
}

TEST_P(Statistics, DaysAreVietnamsAndComeNewestFirst) {
  here.code();
  here.clock.advance(std::chrono::seconds{23'970});  // from 17:20:30 to 00:00:00
  here.post("/api/issue", here.admin, R"({"testType":"likely"})");
  const auto body = get(".json").body;
  EXPECT_LT(body.find("2026-11-23"), body.find("2026-11-22"));
}

TEST_P(Statistics, ByOfficerExternalIssuerAndApiKey) {
  here.grant("lan", "issuer");
  here.officer("lan", "POST", "/officer/v1/codes", R"({"testType":"confirmed"})");
  here.post("/api/issue", here.admin, R"({"testType":"confirmed","externalIssuerID":"=lab,1"})");
  EXPECT_EQ(get("/users.json").body,
            R"({"realm_id":1,"statistics":[{"date":"2026-11-22T00:00:00Z","issuer_data":[)"
            R"({"user_id":"lan","name":"lan","email":"","codes_issued":1}]}]})");
  EXPECT_EQ(get("/users.csv").body,
            "date,realm_id,user_id,name,email,codes_issued\n2026-11-22,1,\"lan\",\"lan\",,1\n");
  EXPECT_EQ(get("/users/lan.json").body,
            R"({"realm_id":1,"user_id":"lan","name":"lan","email":"","statistics":[)"
            R"({"date":"2026-11-22T00:00:00Z","data":{"codes_issued":1}}]})");
  // A spreadsheet shall not take it for a formula.
  EXPECT_EQ(get("/external-issuers.csv").body,
            "date,realm_id,issuer_id,codes_issued\n2026-11-22,1,\"'=lab,1\",1\n");
  const auto keys = list_api_keys(*here.store, "84");
  for (const auto& key : *keys) {
    if (key.kind != KeyKind::kAdmin) continue;
    EXPECT_EQ(get("/api-keys/" + key.id + ".csv").body,
              "date,authorized_app_id,authorized_app_name,authorized_app_type,codes_issued,"
              "codes_claimed,codes_invalid,tokens_claimed,tokens_invalid\n2026-11-22," +
                  key.id + ",\"laboratory\",admin,1,0,0,0,0\n");
  }
}

TEST_P(Statistics, WhatTheKeysSideCountedIsFetchedWithASignedToken) {
  std::string authorization;
  http::Router router;
  router.add("POST", "/v1/stats", [&](const http::Request& request) {
    authorization = request.header("authorization").value_or("");
    std::string ages = "1";
    for (int i = 1; i < 17; ++i) ages += ",0";
    std::string onsets = "0";
    for (int i = 1; i < 31; ++i) onsets += ",2";
    return http::json_response(
        200, R"({"days":[{"day":"2026-11-21T00:00:00Z","publish_requests":{"unknown":1,)"
             R"("android":7,"ios":4},"total_teks_published":49,"requests_with_revisions":3,)"
             R"("tek_age_distribution":[)" +
                 ages + R"(],"onset_to_upload_distribution":[)" + onsets +
                 R"(],"requests_missing_onset_date":5}],"padding":"AA"})");
  });
  const auto server =
      http::Server::start({.port = 0, .workers = 1}, router, here.log, here.metrics);
  ASSERT_TRUE(server);
  here.authority.key_server_url = "http://127.0.0.1:" + std::to_string((*server)->port());
  here.save();
  ASSERT_TRUE(here.service->tick());
  ASSERT_TRUE(authorization.starts_with("Bearer "));
  const auto jwt = wire::parse_jwt(std::string_view(authorization).substr(7));
  const auto keys = here.service->certificate_keys("84");
  EXPECT_TRUE(wire::verifies(*jwt, (*keys)[0].key));

  const auto json = get("/key-server.json").body;
  EXPECT_NE(json.find(R"("day":"2026-11-21T00:00:00Z","publish_requests":{"unknown":1,"android":7,)"
                      R"("ios":4},"total_teks_published":49,"requests_with_revisions":3)"),
            std::string::npos)
      << json;
  here.code();
  const auto composite = get("/composite.csv").body;
  EXPECT_NE(composite.find("\n2026-11-22,1,0"), std::string::npos) << composite;
  EXPECT_NE(composite.find(",1,7,4,49,3,5,1|0|0|"), std::string::npos) << composite;
  EXPECT_NE(get("/composite.json").body.find(R"("total_publish_requests":12)"), std::string::npos);
}

TEST(KeyServerAnswers, AreReadLeniently) {
  EXPECT_TRUE(parse_key_server_answer(R"({"days":[],"new":1})")->empty());
  EXPECT_FALSE(parse_key_server_answer("[]"));
  EXPECT_FALSE(parse_key_server_answer(R"({"days":[{"day":7}]})"));
}

}  // namespace
}  // namespace bz::codes
