// Who may do what with reports, calls, mail and what is made of them: as campaign/access_test.cpp,
// with its table going on.
#include <set>

#include "campaign/access_here.h"

namespace bz::campaign {
namespace {

class ReportAccess : public AccessHere {
 protected:
  ReportAccess() {
    const auto task = here_.post("officer/in", "/tasks", kTask);
    EXPECT_EQ(task.status, 201) << task.body;
    here_.clock.set(vi::at(*day_from_text("2020-08-20"), {15, 0}));
    report_ = member_of(hand_in("clerk/own", "first"), "report");
    hand_in("clerk/beside", "beside", "mobifone-84");
    here_.grant("accepts", "approver", kTraVinh);
    const auto path = "/reports/" + std::to_string(report_);
    const auto seen = object_in(here_.get("accepts", path), "report").text("seen").value_or("");
    const auto accepted =
        here_.post("accepts", path + "/decision", R"({"accept":true,"seen":")" + seen + R"("})");
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    call_ = number_of(here_.post("duty/own", "/calls", kCall, {}, {{"idempotency-key", "first"}}));
    const auto made = here_.post("officer/in", "/consolidated-reports", kConsolidated);
    EXPECT_EQ(made.status, 201) << made.body;
    const auto mail = take("duty/in", "ai@vi.du");
    EXPECT_EQ(mail.status, 201) << mail.body;
  }

  static std::int64_t member_of(const http::Response& answer, std::string_view name) {
    auto json = wire::JsonReader::parse(answer.body, 1'000'000);
    EXPECT_TRUE(json) << answer.body;
    return json ? json->integer(name).value_or(0) : 0;
  }
  static std::int64_t number_of(const http::Response& answer) {
    EXPECT_EQ(answer.status, 201) << answer.body;
    return object_in(answer, "call").integer("id").value_or(0);
  }

  http::Response hand_in(const std::string& actor, const std::string& key,
                         const std::string& body = "viettel-84") {
    return here_.post(actor, "/reports",
                      R"({"body":")" + body + R"(","form":"bm1","dues":["tv-1:)" + body +
                          R"(:1597914000000"],"nothing":true,"reason":"thử"})",
                      {}, {{"content-type", "application/json"}, {"idempotency-key", key}});
  }
  http::Response take(const std::string& actor, const std::string& from) {
    return here_.post(actor, "/mail",
                      "From: <" + from + ">\r\nTo: <nhan@vi.du>\r\nSubject: thu\r\nMessage-ID: <" +
                          std::to_string(++mails_) + "@vi.du>\r\n\r\nkhong co gi\r\n",
                      {}, {{"content-type", "message/rfc822"}});
  }

  // "trước 16h00 ngày 20/8/2020" is 2020-08-20T16:00+07:00, 1597914000000.
  static constexpr const char* kTask =
      R"({"id":"tv-1","letter":"3065/UBND-CN XD","path":"1","form":"bm1","legs":"phone+file",)"
      R"("due":"trước 16h00 ngày 20/8/2020","receiver":"so-tttt-84",)"
      R"("bodies":["viettel-84","mobifone-84"]})";
  static constexpr const char* kDue = "tv-1:viettel-84:1597914000000";
  static constexpr const char* kCall = R"({"body":"viettel-84","form":"bm1"})";
  static constexpr const char* kConsolidated =
      R"({"task":"tv-1","due_before":"2020-08-20T16:00+07:00"})";

  std::int64_t report_ = 0;
  std::int64_t call_ = 0;
  int mails_ = 0;
};
BZ_ON_BOTH_STORES(ReportAccess);

TEST_P(ReportAccess, DuesAndTasksAreForReadersOfTheBodiesThatAreAsked) {
  const auto all = everybody();
  const auto readers = with(kReading, kHolding);
  const CampaignHere::Query of_body{{"body", "viettel-84"}, {"on", "2020-08-20"}};
  Operation excuses =
      writes("/dues/excuse", std::string(R"({"due":")") + kDue + R"(","reason":"mất mạng"})",
             with({"leader"}, kTerritory), 404);
  excuses.known = readers;
  walk({
      reads("/forms", {}, all),
      reads("/templates", {{"body", "viettel-84"}, {"form", "bm1"}}, readers, 404),
      reads("/tasks", {}, all),
      writes("/tasks", kTask, with({"officer"}, kTerritory)),
      reads("/dues", of_body, readers, 404),
      reads("/dues/" + std::string(kDue) + "/form", {}, readers, 404),
      reads("/registers", of_body, readers, 404),
      reads("/alerts", of_body, readers, 404),
      reads("/inbox", {}, all),
      std::move(excuses),
  });
  // Without a body: each sees their own.
  const auto sees = [&](std::string_view actor, std::string_view path, std::string_view what) {
    return here_.get(actor, path, {{"on", "2020-08-20"}}).body.find(what) != std::string::npos;
  };
  for (const auto* path : {"/tasks", "/dues", "/registers"}) {
    EXPECT_TRUE(sees("officer/in", path, "viettel-84")) << path;
    EXPECT_TRUE(sees("officer/in", path, "mobifone-84")) << path;
    EXPECT_TRUE(sees("clerk/beside", path, "mobifone-84")) << path;
    EXPECT_FALSE(sees("clerk/beside", path, "viettel-84")) << path;
    EXPECT_FALSE(sees("officer/outside", path, "viettel-84")) << path;
    EXPECT_FALSE(sees("viewer/in", path, "viettel-84")) << path;
    EXPECT_FALSE(sees("none", path, "viettel-84")) << path;
  }
}

// The wall says who is silent, to those whose scope holds them: an operator's to no other operator.
TEST_P(ReportAccess, WhoHasNotReportedStandsOnTheWallForViewersToo) {
  const auto sees = [&](std::string_view actor, std::string_view what) {
    const auto answer = here_.get(actor, "/wall/deadlines", {{"unit", "84"}});
    EXPECT_EQ(answer.status, 200) << actor << ": " << answer.body;
    return answer.body.find(what) != std::string::npos;
  };
  for (const auto* actor : {"viewer/in", "viewer/above", "leader/in", "auditor/in", "link/in"}) {
    EXPECT_TRUE(sees(actor, "viettel-84")) << actor;
    EXPECT_TRUE(sees(actor, "mobifone-84")) << actor;
  }
  EXPECT_TRUE(sees("clerk/own", "viettel-84"));
  EXPECT_FALSE(sees("clerk/own", "mobifone-84"));
  for (const auto* actor : {"admin/in", "viewer/outside", "officer/outside", "none"})
    EXPECT_FALSE(sees(actor, "viettel-84")) << actor;
}

TEST_P(ReportAccess, ReportsAreHandedInByClerksAndDutyAndReadInTheirScope) {
  const auto readers = with(kReading, kHolding);
  const auto in = with({"clerk", "duty"}, kHolding);
  const auto id = std::to_string(report_);
  Operation decides = writes("/reports/" + id + "/decision", R"({"accept":true})",
                             with({"approver"}, kTerritory), 404);
  decides.known = readers;
  walk({
      {"POST /reports",
       [this](const std::string& actor) { return hand_in(actor, "key-of-" + actor); }, in},
      {"POST /reports/check",
       [this](const std::string& actor) {
         return here_.post(actor, "/reports/check",
                           R"({"body":"viettel-84","form":"bm1","nothing":true,"reason":"thử"})",
                           {}, {{"content-type", "application/json"}});
       },
       in},
      reads("/reports/" + id, {}, readers, 404),
      reads("/reports/" + id + ".pdf", {}, readers, 404),
      reads("/reports/" + id + ".xlsx", {}, readers, 404),
      reads("/reports/" + id + ".csv", {}, readers, 404),
      reads("/reports/" + id + "/original", {}, readers, 404),
      std::move(decides),
  });
}

// Sở 84 is entered as answering for Viettel's branch, Sở 70 is not.
TEST_P(ReportAccess, WhoReceivesAReportAcceptsItWhereItAnswersForWhoReports) {
  const auto task =
      here_.post("officer/above", "/tasks",
                 R"({"id":"tv-2","path":"1","form":"bm1","due":"trước 16h00 ngày 21/8/2020",)"
                 R"("receiver":"so-tttt-70","bodies":["viettel-84"]})");
  ASSERT_EQ(task.status, 201) << task.body;
  const auto sent = here_.post(
      "clerk/own", "/reports",
      R"({"body":"viettel-84","form":"bm1","dues":["tv-2:viettel-84:1598000400000"],"nothing":true})",
      {}, {{"content-type", "application/json"}, {"idempotency-key", "for-70"}});
  ASSERT_EQ(sent.status, 201) << sent.body;
  const auto path = "/reports/" + std::to_string(member_of(sent, "report"));
  here_.grant("of-84", "approver", "so-tttt-84");
  here_.grant("of-70", "approver", "so-tttt-70");
  here_.grant("reads-70", "duty", "so-tttt-70");
  here_.grant("of-both", "approver", "so-tttt-70");
  here_.grant("of-both", "clerk", "mobifone-84");
  for (const auto& answer :
       {here_.get("of-70", path), here_.post("of-70", path + "/decision", R"({"accept":true})")}) {
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(text_in(answer, "detail").find("phụ trách cơ quan gửi"), std::string::npos)
        << answer.body;
  }
  // Of what it does not receive it knows nothing, nor does an operator, nor who accepts nothing.
  EXPECT_EQ(here_.get("of-70", "/reports/" + std::to_string(report_)).status, 404);
  EXPECT_EQ(here_.get("of-70", path + "/original").status, 404);
  for (const auto* other : {"reads-70", "of-both", "none"})
    EXPECT_EQ(here_.get(other, path).status, 404) << other;
  const auto seen = object_in(here_.get("of-84", path), "report").text("seen").value_or("");
  EXPECT_EQ(
      here_.post("of-84", path + "/decision", R"({"accept":true,"seen":")" + seen + R"("})").status,
      200);
}

TEST_P(ReportAccess, NobodyAcceptsWhatTheyHandedInThemselves) {
  here_.grant("both", "clerk", "viettel-84");
  here_.grant("both", "approver", kTraVinh);
  const auto handed_in = hand_in("both", "of-both");
  ASSERT_EQ(handed_in.status, 201) << handed_in.body;
  const auto id = member_of(handed_in, "report");
  EXPECT_EQ(here_.post("both", "/reports/" + std::to_string(id) + "/decision", R"({"accept":true})")
                .status,
            403);
}

TEST_P(ReportAccess, CallsAndMailAreForWhoIsOnDuty) {
  const auto duty = with({"duty"}, kHolding);
  const auto anywhere = with({"duty"}, kEverywhere);
  const auto territory = with({"duty"}, {"in", "above", "outside"});
  const auto call = "/calls/" + std::to_string(call_);
  walk({
      {"POST /calls",
       [this](const std::string& actor) {
         return here_.post(actor, "/calls", kCall, {}, {{"idempotency-key", "of-" + actor}});
       },
       duty},
      reads("/calls", {}, anywhere),
      reads(call, {}, duty, 404),
      {"PUT /calls/{id}",
       [this, call](const std::string& actor) {
         return here_.send("PUT", actor, call, R"({"nothing":true})");
       },
       duty, 404},
      {"POST /mail", [this](const std::string& actor) { return take(actor, "ai@vi.du"); },
       territory},
      reads("/mail/queue", {}, anywhere),
      reads("/mail/1/original", {}, territory, 404),
      {"POST /mail/{id}/set-aside",
       [this](const std::string& actor) {
         const auto taken = take("duty/in", "ai@vi.du");
         const auto id = object_in(taken, "mail").integer("id").value_or(0);
         return here_.post(actor, "/mail/" + std::to_string(id) + "/set-aside",
                           R"({"reason":"không phải báo cáo"})");
       },
       territory, 404},
  });
  // Whoever takes mail of a territory still assigns it only to its own bodies.
  EXPECT_EQ(here_.post("duty/outside", "/mail/1/assign", R"({"body":"viettel-84"})").status, 403);
  EXPECT_EQ(here_.post("clerk/own", "/mail/1/assign", R"({"body":"viettel-84"})").status, 404);
}

TEST_P(ReportAccess, LegsAndConsolidatedReportsAreForWhoSeesEveryBodyInThem) {
  const auto readers = with(kReading, kHolding);
  Operation drafts =
      writes("/consolidated-reports", kConsolidated, with({"officer"}, kTerritory), 404);
  drafts.known = with(kReading, kTerritory);
  Operation decides = writes("/reconciliations/" + std::string(kDue) + "/decision",
                             R"({"cell":"1-1597914000000-1","value":1,"reason":"hỏi lại"})",
                             with({"officer", "duty"}, kHolding), 404);
  decides.known = readers;
  walk({
      reads("/reconciliations", {{"due", kDue}}, readers, 404),
      std::move(decides),
      std::move(drafts),
      reads("/consolidated-reports", {}, everybody()),
      reads("/consolidated-reports/1", {}, with(kReading, kTerritory), 404),
      reads("/consolidated-reports/1.pdf", {}, with(kReading, kTerritory), 404),
  });
  EXPECT_EQ(here_.get("clerk/own", "/consolidated-reports").body, R"({"consolidated":[]})");
}

}  // namespace
}  // namespace bz::campaign
