// POST /api/issue, /api/batch-issue, /api/checkcodestatus, /api/expirecode.
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "base/file.h"

#include "codes/codes_here.h"

namespace bz::codes {
namespace {

using Issue = OnBoth;
INSTANTIATE_TEST_SUITE_P(Stores, Issue, testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(Issue, GivesACodeOfEightDigitsForFifteenMinutes) {
  const auto issued = here.issue();
  ASSERT_EQ(issued.status, 200) << issued.body;
  const auto code = here.text(issued, "code");
  EXPECT_EQ(code.size(), 8U);
  EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_EQ(here.text(issued, "uuid").size(), 36U);
  // 10:20:30 and 15 minutes.
  EXPECT_EQ(here.text(issued, "expiresAt"), "Sun, 22 Nov 2026 10:35:30 UTC");
  EXPECT_EQ(here.number(issued, "expiresAtTimestamp"), to_s(kTestTime) + 900);
  // Without a phone there is no long code: it ends with the short one.
  EXPECT_EQ(here.number(issued, "longExpiresAtTimestamp"), to_s(kTestTime) + 900);
  EXPECT_GE(here.text(issued, "padding").size(), 1'024U);
}

TEST_P(Issue, TheSameUuidAgainIsAConflict) {
  const std::string body = R"({"testType":"likely","uuid":"D3B07384-D9A0-4C9F-8F1A-0B1C2D3E4F50"})";
  const auto first = here.post("/api/issue", here.admin, body);
  EXPECT_EQ(here.text(first, "uuid"), "d3b07384-d9a0-4c9f-8f1a-0b1c2d3e4f50");
  const auto again = here.post("/api/issue", here.admin, body);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(here.error(again), "uuid_already_exists");
}

TEST_P(Issue, AQuotaLastsUntilMidnightInVietnam) {
  here.authority.quota_day = 2;
  here.save();
  EXPECT_EQ(here.issue().status, 200);
  EXPECT_EQ(here.issue().status, 200);
  const auto third = here.issue();
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(here.error(third), "quota_exceeded");
  // 6 h 39 min 30 s from 17:20:30 to midnight.
  EXPECT_EQ(here.header(third, "Retry-After"), "23970");
  here.clock.advance(std::chrono::seconds{23'969});  // 23:59:59
  const auto last = here.issue();
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(here.header(last, "Retry-After"), "1");
  here.clock.advance(std::chrono::seconds{1});  // 00:00:00
  EXPECT_EQ(here.issue().status, 200);
  EXPECT_EQ(here.issue().status, 200);
  here.clock.advance(std::chrono::hours{7});  // 00:00 UTC begins no day
  EXPECT_EQ(here.issue().status, 429);
}

TEST_P(Issue, AQuotaHoldsAlsoWhenManyIssueAtOnce) {
  here.authority.quota_day = 5;
  here.save();
  std::atomic<int> issued{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 2; ++n) issued += here.issue().status == 200 ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(issued, 5);
}

TEST_P(Issue, SelfReportsHaveAQuotaOfTheirOwn) {
  here.authority.quota_reports = 1;
  here.authority.quota_day = 1;
  here.authority.test_types.emplace_back("user-report");
  here.save();
  const auto report = [&](const char* phone) {
    return here.post("/api/issue", here.admin,
                     std::string(R"({"testType":"user-report","onlyGenerateSMS":true,"phone":")") +
                         phone + R"("})");
  };
  EXPECT_EQ(report("+84912345678").status, 200);
  EXPECT_EQ(report("+84912345679").status, 429);
  EXPECT_EQ(here.issue().status, 200);
  EXPECT_EQ(here.issue().status, 429);
}

TEST_P(Issue, StatusAndExpiryByTheUuid) {
  const auto uuid = here.text(here.issue(), "uuid");
  const std::string body = R"({"uuid":")" + uuid + R"(","padding":"AAAA"})";
  auto status = here.post("/api/checkcodestatus", here.admin, body);
  ASSERT_EQ(status.status, 200);
  EXPECT_EQ(here.object(status).at("claimed"), false);
  EXPECT_EQ(here.number(status, "expiresAtTimestamp"), to_s(kTestTime) + 900);

  here.clock.advance(std::chrono::minutes{5});
  const auto ended = here.post("/api/expirecode", here.admin, body);
  ASSERT_EQ(ended.status, 200);
  EXPECT_EQ(here.number(ended, "expiresAtTimestamp"), to_s(kTestTime) + 300);
  EXPECT_EQ(here.number(ended, "longExpiresAtTimestamp"), to_s(kTestTime) + 300);
}

TEST_P(Issue, AnExpiredCodeIsRefusedAndAClaimedOneCannotBeExpired) {
  const auto issued = here.issue();
  const std::string body = R"({"uuid":")" + here.text(issued, "uuid") + R"("})";
  EXPECT_EQ(here.verify(here.text(issued, "code")).status, 200);
  const auto ended = here.post("/api/expirecode", here.admin, body);
  EXPECT_EQ(ended.status, 400);
  EXPECT_EQ(here.error(ended), "code_invalid");
  EXPECT_EQ(here.object(here.post("/api/checkcodestatus", here.admin, body)).at("claimed"), true);

  const auto other = here.issue();
  here.post("/api/expirecode", here.admin, R"({"uuid":")" + here.text(other, "uuid") + R"("})");
  const auto late = here.verify(here.text(other, "code"));
  EXPECT_EQ(late.status, 400);
  EXPECT_EQ(here.error(late), "code_expired");
}

TEST(IssueRules, AnotherKeyMayNotAskForACode) {
  CodesHere here;
  const auto other = here.key(KeyKind::kAdmin, "another laboratory");
  const std::string body = R"({"uuid":")" + here.text(here.issue(), "uuid") + R"("})";
  for (const auto* path : {"/api/checkcodestatus", "/api/expirecode"}) {
    const auto refused = here.post(path, other, body);
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(here.error(refused), "code_user_unauthorized");
    const auto unknown = here.post(path, here.admin, R"({"uuid":"no-such"})");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(here.error(unknown), "code_not_found");
  }
}

struct Refused {
  const char* body;
  int status;
  const char* error;
};

TEST(IssueRules, EachFaultHasItsErrorCode) {
  CodesHere here;
  const Refused cases[] = {
      {R"({"testType":"sure"})", 400, "invalid_test_type"},
      {R"({})", 400, "invalid_test_type"},
      {R"({"testType":"user-report","phone":"+84912345678"})", 400, "unsupported_test_type"},
      {R"({"testType":"contact","testDate":"2026-11-20"})", 400, "unsupported_test_type"},
      {R"({"testType":"confirmed","testDate":"2026-11-23"})", 400, "invalid_date"},
      {R"({"testType":"confirmed","testDate":"2026-10-24"})", 400, "invalid_date"},
      {R"({"testType":"confirmed","symptomDate":"22/11/2026"})", 400, "unparsable_request"},
      {R"({"testType":"confirmed","symptomDate":"2026-02-30"})", 400, "unparsable_request"},
      {R"({"testType":"confirmed","phone":"0912345678"})", 400, "phone_number_invalid"},
      {R"({"testType":"confirmed","unknown":1})", 400, "unparsable_request"},
      {R"({"testType":"confirmed"}{})", 400, "unparsable_request"},
      {R"([])", 400, "unparsable_request"},
      {"", 400, "unparsable_request"},
      {R"({"testType":"confirmed","phone":"+84912345678","onlyGenerateSMS":true,)"
       R"("smsTemplateLabel":"none"})",
       500, "sms_failure"},
  };
  for (const auto& one : cases) {
    const auto refused = here.post("/api/issue", here.admin, one.body);
    EXPECT_EQ(refused.status, one.status) << one.body;
    EXPECT_EQ(here.error(refused), one.error) << one.body;
  }
}

TEST(IssueRules, DatesAreThoseOfTheSendersClock) {
  CodesHere here;
  // 18:00 UTC is 01:00 of the next day in Việt Nam, 420 minutes ahead.
  here.clock.set(Instant{day_of(kTestTime)} + std::chrono::hours{18});
  const auto body = [](const char* date, const char* offset) {
    return std::string(R"({"testType":"confirmed","testDate":")") + date + R"(","tzOffset":)" +
           offset + "}";
  };
  EXPECT_EQ(here.post("/api/issue", here.admin, body("2026-11-23", "420.0")).status, 200);
  EXPECT_EQ(here.post("/api/issue", here.admin, body("2026-11-23", "0")).status, 400);
  EXPECT_EQ(here.post("/api/issue", here.admin, body("2026-11-24", "420")).status, 400);
  // 28 days before the 22nd is 25 October.
  EXPECT_EQ(here.post("/api/issue", here.admin, body("2026-10-25", "0")).status, 200);
  EXPECT_EQ(here.post("/api/issue", here.admin, body("2026-10-24", "0")).status, 400);
}

TEST(IssueRules, BehindUtcTheOldestDayIsADayOlderAndTodayIsStillToday) {
  CodesHere here;
  // 00:30 UTC is 23:30 of the 21st, 60 minutes behind; 28 days before that is 24 October.
  here.clock.set(Instant{day_of(kTestTime)} + std::chrono::minutes{30});
  const auto issue = [&](const char* date) {
    return here
        .post(
            "/api/issue", here.admin,
            std::string(R"({"testType":"confirmed","tzOffset":-60,"testDate":")") + date + R"("})")
        .status;
  };
  EXPECT_EQ(issue("2026-11-22"), 200);
  EXPECT_EQ(issue("2026-11-23"), 400);
  EXPECT_EQ(issue("2026-10-24"), 200);
  EXPECT_EQ(issue("2026-10-23"), 400);
}

TEST(IssueRules, AnAuthorityMayAskForADate) {
  CodesHere here;
  here.authority.require_date = true;
  here.authority.test_types = {"confirmed", "contact"};
  here.save();
  EXPECT_EQ(here.error(here.post("/api/issue", here.admin, R"({"testType":"confirmed"})")),
            "missing_date");
  // A contact's keys go out from the day of the contact on: the symptoms' day is not enough.
  EXPECT_EQ(here.error(here.post("/api/issue", here.admin,
                                 R"({"testType":"contact","symptomDate":"2026-11-20"})")),
            "missing_date");
  EXPECT_EQ(here.issue("contact").status, 200);
}

TEST(IssueRules, ALongCodeIsMadeForAnSms) {
  CodesHere here;
  const auto issued = here.post("/api/issue", here.admin,
                                R"({"testType":"confirmed","phone":"+84 912-345-678",)"
                                R"("onlyGenerateSMS":true,"smsTemplateLabel":"en"})");
  ASSERT_EQ(issued.status, 200);
  EXPECT_EQ(here.text(issued, "phone"), "+84912345678");
  EXPECT_EQ(here.number(issued, "longExpiresAtTimestamp"), to_s(kTestTime) + 86'400);
  const auto sms = here.text(issued, "generatedSMS");
  const auto at = sms.find("ens://v?r=VN&c=");
  ASSERT_NE(at, std::string::npos) << sms;
  const auto long_code = sms.substr(at + 15, 16);
  EXPECT_EQ(here.verify(long_code).status, 200);
}

TEST(IssueRules, WithAPhoneAndNoGatewayThereIsOnlyTheShortCode) {
  CodesHere here;
  const auto issued =
      here.post("/api/issue", here.admin, R"({"testType":"confirmed","phone":"+84912345678"})");
  ASSERT_EQ(issued.status, 200);
  EXPECT_EQ(here.number(issued, "longExpiresAtTimestamp"),
            here.number(issued, "expiresAtTimestamp"));
  EXPECT_EQ(here.text(issued, "generatedSMS"), "");
}

TEST(IssueRules, ABatchTakesTenAndTellsTheFirstFault) {
  CodesHere here;
  const auto mixed = here.post("/api/batch-issue", here.admin,
                               R"({"codes":[{"testType":"confirmed"},{"testType":"x"},)"
                               R"({"testType":"confirmed","testDate":"2027-01-01"}]})");
  EXPECT_EQ(mixed.status, 400);
  EXPECT_EQ(here.error(mixed), "invalid_test_type");
  const auto members = here.object(mixed);
  const auto& codes = members.at("codes").as_array();
  ASSERT_EQ(codes.size(), 3U);
  EXPECT_EQ(codes[0].as_object().at("code").as_string().size(), 8U);
  EXPECT_EQ(codes[2].as_object().at("errorCode").as_string(), "invalid_date");

  std::string eleven = R"({"codes":[{"testType":"likely"})";
  for (int i = 0; i < 10; ++i) eleven += R"(,{"testType":"likely"})";
  EXPECT_EQ(here.error(here.post("/api/batch-issue", here.admin, eleven + "]}")),
            "unparsable_request");
  EXPECT_EQ(here.error(here.post("/api/batch-issue", here.admin, R"({"codes":[]})")),
            "unparsable_request");
}

TEST(IssueRules, CodesAreNotKeptAsTheyAre) {
  CodesHere here;
  const auto code = here.code();
  for (const auto* name : {"codes.db", "codes.db-wal"}) {
    const auto file = read_file(here.folder.path() / name, std::size_t{1} << 26U);
    if (!file) continue;
    EXPECT_EQ(as_text(*file).find(code), std::string_view::npos) << name;
  }
}

TEST(IssueRules, ManyCodesAreAllDifferent) {
  CodesHere here;
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) codes.insert(here.code());
  EXPECT_EQ(codes.size(), 100U);
}

}  // namespace
}  // namespace bz::codes
