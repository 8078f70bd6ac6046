// /officer/v1/…: who may do what; revocation by two supervisors; callbacks.
#include <gtest/gtest.h>

#include <set>

#include "base/base64.h"
#include "base/ecdh.h"
#include "codes/codes_here.h"
#include "store/audit.h"
#include "wire/certificate.h"
#include "wire/sealed_message.h"

namespace bz::codes {
namespace {

class Officers : public OnBoth {
 protected:
  Officers() {
    here.grant("lan", "issuer");
    here.grant("minh", "supervisor");
    here.grant("hoa", "supervisor");
    here.grant("thanh", "administrator");
    here.grant("binh", "auditor");
  }
  std::string issue_by(std::string_view account) {
    const auto issued =
        here.officer(account, "POST", "/officer/v1/codes", R"({"testType":"confirmed"})");
    EXPECT_EQ(issued.status, 200) << issued.body;
    code_ = here.text(issued, "code");
    return here.text(issued, "uuid");
  }
  std::vector<std::string> audit_actions() {
    std::vector<std::string> actions;
    const auto read = here.store->read([&](store::Sql& sql) {
      return store::read_audit(sql, 0, 100, [&](const store::AuditEntry& entry) {
        if (entry.actor != "test") actions.push_back(entry.actor + ": " + entry.action);
      });
    });
    EXPECT_TRUE(read);
    return actions;
  }
  std::string code_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Officers, testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(Officers, RolesDecideWhoMayDoWhat) {
  struct Case {
    const char* method;
    const char* path;
    const char* roles;  // first letters: l(an) issuer, m(inh) supervisor, t(hanh), b(inh)
  };
  const Case cases[] = {
      {"POST", "/officer/v1/codes", "l"},
      {"POST", "/officer/v1/codes/bulk", "l"},
      {"GET", "/officer/v1/codes/none", "lm"},
      {"POST", "/officer/v1/codes/none/expire", "lm"},
      {"GET", "/officer/v1/today", "lm"},
      {"POST", "/officer/v1/revocations", "m"},
      {"GET", "/officer/v1/revocations", "mb"},
      {"POST", "/officer/v1/revocations/none/fetch", "m"},
      {"POST", "/officer/v1/revocations/none/approve", "m"},
      {"GET", "/officer/v1/callbacks", "lm"},
      {"POST", "/officer/v1/callbacks/none/fetch", "lm"},
      {"GET", "/officer/v1/grants", "t"},
      {"POST", "/officer/v1/grants", "t"},
      {"POST", "/officer/v1/grants/remove", "t"},
      {"GET", "/officer/v1/audit", "b"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(here.call(one.method, one.path).status, 401) << one.path;
    for (const auto* account : {"lan", "minh", "thanh", "binh", "stranger"}) {
      const auto answer = here.officer(account, one.method, one.path, "{}");
      const bool may = std::string_view(account) != "stranger" &&
                       std::string_view(one.roles).find(account[0]) != std::string_view::npos;
      EXPECT_EQ(answer.status == 403, !may) << account << " " << one.path << " " << answer.status;
    }
  }
}

TEST_P(Officers, ATrustedBrowserGivesItsSecondFactorBeforeAnyHealthWork) {
  int asked = 0;
  for (const auto& route : here.router.routes()) {
    if (!route.pattern.starts_with("/officer/v1/")) continue;
    std::string path = route.pattern;
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') + 1 - at, "none");
    const auto answer = here.call(
        route.method, path, {{"x-test-account", "lan"}, {"x-test-trusted-browser", "1"}}, "{}");
    if (path == "/officer/v1/me") {
      EXPECT_EQ(answer.status, 200) << "the page knows by it what to ask for";
      continue;
    }
    ++asked;
    EXPECT_EQ(answer.status, 403) << route.method << " " << path;
    EXPECT_EQ(here.error(answer), "second_factor_needed") << route.method << " " << path;
  }
  EXPECT_GE(asked, 15);
}

// Not 401, by which a page would ask for the password of who is logged in.
TEST_P(Officers, AWriteWithoutTheSessionsCsrfTokenIsForbidden) {
  const http::Headers stale{{"x-test-account", "lan"}, {"x-test-stale-page", "1"}};
  const auto refused = here.call("POST", "/officer/v1/revocations", stale, "{}");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(here.error(refused), "csrf");
  EXPECT_EQ(here.call("GET", "/officer/v1/me", stale).status, 200);
}

TEST_P(Officers, MeTellsRolesAndWhatTheAuthorityCanDo) {
  here.grant("lan", "supervisor");
  const auto me = here.officer("lan", "GET", "/officer/v1/me");
  EXPECT_EQ(me.body,
            R"({"account":"lan","system_administrator":false,"authorities":[{"id":"84",)"
            R"("name":"Sở Y tế Trà Vinh","roles":["issuer","supervisor"],)"
            R"("test_types":["confirmed","likely","negative"],"sms":false,"revocation":false}]})");
  EXPECT_EQ(here.call("GET", "/officer/v1/me").status, 401);
}

TEST_P(Officers, AnOfficersCodeIsSeenByThemAndTheSupervisorsOnly) {
  here.grant("dung", "issuer");
  const auto uuid = issue_by("lan");
  const auto path = "/officer/v1/codes/" + uuid;
  EXPECT_EQ(here.number(here.officer("lan", "GET", path), "expiresAtTimestamp"),
            to_s(kTestTime) + 900);
  EXPECT_EQ(here.officer("minh", "GET", path).status, 200);
  const auto other = here.officer("dung", "GET", path);
  EXPECT_EQ(other.status, 401);
  EXPECT_EQ(here.error(other), "code_user_unauthorized");
  EXPECT_EQ(here.officer("dung", "POST", path + "/expire").status, 401);
  EXPECT_EQ(here.officer("lan", "POST", path + "/expire").status, 200);
  EXPECT_EQ(here.error(here.verify(code_)), "code_expired");
}

TEST_P(Officers, AnOfficerHasAQuotaOfTheirOwn) {
  here.authority.quota_officer = 1;
  here.save();
  here.grant("dung", "issuer");
  issue_by("lan");
  const auto second =
      here.officer("lan", "POST", "/officer/v1/codes", R"({"testType":"confirmed"})");
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(here.error(second), "quota_exceeded");
  issue_by("dung");
}

TEST_P(Officers, TodayCountsWithoutNames) {
  issue_by("lan");
  here.verify(code_);
  here.verify("00000000");
  issue_by("lan");
  const auto today = here.officer("lan", "GET", "/officer/v1/today");
  EXPECT_EQ(
      today.body,
      R"({"day":"2026-11-22","issued":2,"claimed":1,"invalid":1,"certificates":0,)"
      R"("issued_by_me":2,"quota_left":498,"short_codes_paused":false,"callbacks_waiting":0})");
}

TEST_P(Officers, TodayEndsAtMidnightInVietnam) {
  issue_by("lan");
  here.clock.advance(std::chrono::seconds{23'969});  // from 17:20:30 to 23:59:59
  auto today = here.officer("lan", "GET", "/officer/v1/today");
  EXPECT_EQ(here.text(today, "day"), "2026-11-22");
  EXPECT_EQ(here.number(today, "issued_by_me"), 1);
  EXPECT_EQ(here.number(today, "quota_left"), 499);
  here.clock.advance(std::chrono::seconds{1});  // 00:00:00, which is 17:00 UTC
  today = here.officer("lan", "GET", "/officer/v1/today");
  EXPECT_EQ(here.text(today, "day"), "2026-11-23");
  EXPECT_EQ(here.number(today, "issued_by_me"), 0);
  EXPECT_EQ(here.number(today, "quota_left"), 500);
}

TEST_P(Officers, SelfReportsTakeNothingOfTheOfficersQuota) {
  here.authority.test_types.emplace_back("user-report");
  here.authority.quota_day = 3;
  here.save();
  const auto report =
      here.post("/api/issue", here.admin,
                R"({"testType":"user-report","phone":"+84912345678","onlyGenerateSMS":true})");
  ASSERT_EQ(report.status, 200);
  issue_by("lan");
  const auto today = here.officer("lan", "GET", "/officer/v1/today");
  EXPECT_EQ(here.number(today, "issued"), 2);
  EXPECT_EQ(here.number(today, "quota_left"), 2);
}

TEST_P(Officers, ABulkListGivesACodeForEachLineAndNamesTheWrongOnes) {
  const auto answer = here.officer(
      "lan", "POST", "/officer/v1/codes/bulk",
      R"({"codes":[{"testType":"confirmed"},{"testType":"contact"},{"testType":"likely"}]})");
  ASSERT_EQ(answer.status, 200);
  const auto members = here.object(answer);
  const auto& codes = members.at("codes").as_array();
  ASSERT_EQ(codes.size(), 3U);
  EXPECT_EQ(codes[1].as_object().at("errorCode").as_string(), "unsupported_test_type");
  EXPECT_EQ(here.verify(std::string(codes[2].as_object().at("code").as_string())).status, 200);
  EXPECT_EQ(here.officer("lan", "POST", "/officer/v1/codes/bulk",
                         R"({"codes":[{"testType":"likely","phone":"+84912345678"}]})")
                .status,
            400);
  std::string many = R"({"codes":[{"testType":"likely"})";
  for (int i = 0; i < 299; ++i) many += R"(,{"testType":"likely"})";
  const auto bulk = here.officer("lan", "POST", "/officer/v1/codes/bulk", many + "]}");
  EXPECT_EQ(here.object(bulk).at("codes").as_array().size(), 300U);
}

TEST_P(Officers, TwoSupervisorsTogetherGetTheHandleOfAWrongCase) {
  const auto supervisors = AgreementKey::draw(here.random);
  here.authority.supervisors_key = supervisors.public_key().to_pem();
  here.authority.bluezone3 = true;
  here.save();
  const auto uuid = issue_by("lan");
  const std::string body = R"({"uuid":")" + uuid + R"(","reason":"nhầm mẫu xét nghiệm"})";
  const auto too_early = here.officer("minh", "POST", "/officer/v1/revocations", body);
  EXPECT_EQ(too_early.status, 409);
  EXPECT_EQ(here.error(too_early), "not_revocable");

  // One of the keys, one of the chains of `bluezone3`.
  const auto verified = here.verify(code_);
  std::vector<wire::RevocationHandle> in_certificates;
  for (const auto* token : {"token", "bluezone3Token"}) {
    const auto certified = here.certify(here.text(verified, token), to_base64(Bytes(32)));
    const auto jwt = wire::parse_jwt(here.text(certified, "certificate"));
    in_certificates.push_back(wire::read_certificate(*jwt)->handle);
  }

  const auto asked = here.officer("minh", "POST", "/officer/v1/revocations", body);
  ASSERT_EQ(asked.status, 201);
  const auto path = "/officer/v1/revocations/" + here.text(asked, "id");
  EXPECT_FALSE(here.object(here.officer("minh", "POST", path + "/fetch")).contains("handles"));
  // It is written down, so looking (a link, which carries no CSRF token) is not enough.
  EXPECT_EQ(here.officer("minh", "GET", path + "/fetch").status, 405);
  const auto alone = here.officer("minh", "POST", path + "/approve");
  EXPECT_EQ(alone.status, 403);
  EXPECT_EQ(here.error(alone), "second_person_needed");
  EXPECT_EQ(here.officer("hoa", "POST", path + "/approve").status, 200);
  EXPECT_EQ(here.error(here.officer("hoa", "POST", path + "/approve")), "already_approved");

  const auto fetched = here.officer("minh", "POST", path + "/fetch");
  const auto members = here.object(fetched);
  const auto& handles = members.at("handles").as_array();
  ASSERT_EQ(handles.size(), 2U);
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const auto sealed = from_base64(handles[i].as_string());
    const auto opened = wire::open_message(supervisors, wire::kForRevocation, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::ranges::equal(*opened, in_certificates[i]));
  }

  EXPECT_EQ(here.object(here.officer("binh", "GET", "/officer/v1/revocations"))
                .at("revocations")
                .as_array()
                .size(),
            1U);
  const std::vector<std::string> actions{"minh: revocation handles fetched",
                                         "hoa: revocation approved", "minh: revocation asked",
                                         "lan: code issued"};
  EXPECT_EQ(audit_actions(), actions);
  const auto whole = here.store->read([](store::Sql& sql) { return store::verify_audit(sql); });
  EXPECT_TRUE(whole);
}

TEST_P(Officers, ACallbackIsFetchedByOneOfficerWhoMayAskAgainForAnHour) {
  const std::string message = to_base64(Bytes(256, 9));
  here.call("POST", "/v1/callback", {{"content-type", "application/json"}},
            R"({"message":")" + message + R"("})");
  const auto list = here.object(here.officer("lan", "GET", "/officer/v1/callbacks"));
  const auto& waiting = list.at("callbacks").as_array();
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].as_object().at("day").as_string(), "2026-11-22");
  EXPECT_FALSE(waiting[0].as_object().at("fetched").as_bool());
  const auto path = "/officer/v1/callbacks/" +
                    std::string(waiting[0].as_object().at("id").as_string()) + "/fetch";
  EXPECT_EQ(here.text(here.officer("lan", "POST", path), "message"), message);
  // Its answer may have been lost: nobody else gets it, the same officer does, for an hour.
  EXPECT_EQ(here.officer("minh", "POST", path).status, 404);
  EXPECT_EQ(here.officer("minh", "GET", "/officer/v1/callbacks").body, R"({"callbacks":[]})");
  EXPECT_EQ(here.number(here.officer("lan", "GET", "/officer/v1/today"), "callbacks_waiting"), 0);
  here.clock.advance(std::chrono::minutes{59});
  const auto again = here.object(here.officer("lan", "GET", "/officer/v1/callbacks"));
  EXPECT_TRUE(again.at("callbacks").as_array()[0].as_object().at("fetched").as_bool());
  EXPECT_EQ(here.text(here.officer("lan", "POST", path), "message"), message);
  here.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(here.officer("lan", "POST", path).status, 404);
  EXPECT_EQ(here.officer("lan", "GET", "/officer/v1/callbacks").body, R"({"callbacks":[]})");
  const std::vector<std::string> actions{"lan: callback fetched", "lan: callback fetched"};
  EXPECT_EQ(audit_actions(), actions);
}

TEST_P(Officers, CallbacksAreListedFiveHundredAtATime) {
  const auto put = here.store->write([](store::Sql& sql) -> Result<void> {
    for (int i = 0; i < 502; ++i) {
      const auto id = std::to_string(1'000 + i);
      auto done = sql.run(
          "INSERT INTO callbacks (id, authority, day, message) VALUES ($1, '84', 20779, $2)",
          {std::string_view(id), ByteView(Bytes(256))});
      if (!done) return done.error();
    }
    return {};
  });
  ASSERT_TRUE(put);
  const auto list = [&] {
    return here.object(here.officer("lan", "GET", "/officer/v1/callbacks"))
        .at("callbacks")
        .as_array();
  };
  const auto first = list();
  ASSERT_EQ(first.size(), 500U);
  EXPECT_EQ(first[0].as_object().at("id").as_string(), "1000");
  here.officer("lan", "POST", "/officer/v1/callbacks/1000/fetch");
  // What was fetched makes room for what waits.
  const auto second = list();
  EXPECT_EQ(second[0].as_object().at("id").as_string(), "1001");
  EXPECT_EQ(second[499].as_object().at("id").as_string(), "1500");
}

TEST_P(Officers, AnAdministratorGrantsAndTakesAway) {
  const std::string body = R"({"account":"moi","role":"issuer"})";
  EXPECT_EQ(here.officer("thanh", "POST", "/officer/v1/grants", body).status, 200);
  EXPECT_EQ(here.officer("moi", "GET", "/officer/v1/today").status, 200);
  EXPECT_NE(here.officer("thanh", "GET", "/officer/v1/grants")
                .body.find(R"({"account":"moi","role":"issuer"})"),
            std::string::npos);
  EXPECT_EQ(here.officer("thanh", "POST", "/officer/v1/grants/remove", body).status, 200);
  EXPECT_EQ(here.officer("moi", "GET", "/officer/v1/today").status, 403);
  EXPECT_EQ(here.officer("thanh", "POST", "/officer/v1/grants/remove", body).status, 404);
  EXPECT_EQ(
      here.officer("thanh", "POST", "/officer/v1/grants", R"({"account":"moi","role":"king"})")
          .status,
      400);
  // Whoever runs the system makes the first administrator.
  EXPECT_EQ(here.officer("root", "POST", "/officer/v1/grants?authority=84",
                         R"({"account":"root","role":"administrator"})")
                .status,
            200);
}

TEST_P(Officers, AnAuditorReadsTheirAuthoritysTrailAndWhoeverRunsTheSystemAll) {
  auto second = here.authority;
  second.id = "51";
  second.number = 0;
  ASSERT_TRUE(put_authority(*here.store, second, "test", kTestTime));
  const auto key =
      add_api_key(*here.store, here.random, "51", "app", KeyKind::kDevice, "test", kTestTime);
  ASSERT_TRUE(remove_api_key(*here.store, key->id, "test", kTestTime));
  ASSERT_TRUE(put_grant(*here.store, {"kim", "51", "auditor"}, "test", kTestTime));
  ASSERT_TRUE(put_grant(*here.store, {"son", "51", "issuer"}, "test", kTestTime));
  const auto codes = [&](std::string_view account, const std::string& authority) {
    const auto issued =
        here.officer(account, "POST", "/officer/v1/codes", R"({"testType":"confirmed"})");
    const auto path = "/officer/v1/codes/" + here.text(issued, "uuid") + "/expire";
    EXPECT_EQ(here.officer(account, "POST", path).status, 200) << authority;
  };
  codes("lan", "84");
  codes("son", "51");
  const auto trail = [&](std::string_view account, const std::string& of = "") {
    std::multiset<std::string> actions;
    const auto page = here.object(here.officer(account, "GET", "/officer/v1/audit" + of));
    for (const auto& value : page.at("entries").as_array()) {
      const auto& entry = value.as_object();
      actions.insert(std::string(entry.at("authority").as_string()) + " " +
                     std::string(entry.at("action").as_string()));
    }
    return actions;
  };
  const std::multiset<std::string> theirs{
      "51 authority changed", "51 API key added", "51 API key removed", "51 role granted",
      "51 role granted",      "51 code issued",   "51 code expired"};
  EXPECT_EQ(trail("kim"), theirs);
  EXPECT_EQ(trail("root", "?authority=51"), theirs);
  const auto ours = trail("binh");
  EXPECT_EQ(ours.count("84 code issued"), 1U);
  auto both = ours;
  both.insert(theirs.begin(), theirs.end());
  EXPECT_EQ(trail("root"), both);
  EXPECT_EQ(here.officer("kim", "GET", "/officer/v1/audit?authority=84").status, 403);
}

TEST_P(Officers, TheAuthorityIsNamedWhereThereAreSeveral) {
  auto second = here.authority;
  second.id = "51";
  second.number = 0;
  ASSERT_TRUE(put_authority(*here.store, second, "test", kTestTime));
  ASSERT_TRUE(put_grant(*here.store, {"lan", "51", "auditor"}, "test", kTestTime));
  EXPECT_EQ(here.error(here.officer("lan", "GET", "/officer/v1/today")), "missing_authority");
  EXPECT_EQ(here.officer("lan", "GET", "/officer/v1/today?authority=84").status, 200);
  EXPECT_EQ(here.officer("lan", "GET", "/officer/v1/today?authority=51").status, 403);
  EXPECT_EQ(here.officer("lan", "GET", "/officer/v1/today?authority=99").status, 403);
}

TEST_P(Officers, TheAuditTrailIsReadNewestFirst) {
  issue_by("lan");
  issue_by("lan");
  const auto page = here.object(here.officer("binh", "GET", "/officer/v1/audit?count=1"));
  ASSERT_EQ(page.at("entries").as_array().size(), 1U);
  const auto entry = page.at("entries").as_array()[0].as_object();
  EXPECT_EQ(entry.at("actor").as_string(), "lan");
  EXPECT_EQ(entry.at("action").as_string(), "code issued");
  const auto before = std::to_string(entry.at("number").as_int64());
  const auto next =
      here.object(here.officer("binh", "GET", "/officer/v1/audit?count=1&before=" + before));
  EXPECT_EQ(next.at("entries").as_array()[0].as_object().at("number").as_int64(),
            entry.at("number").as_int64() - 1);
}

}  // namespace
}  // namespace bz::codes
