#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

// "trước 16h00 ngày 20/8/2020"; it is 15:00.
class ReportRoutes : public OnCampaign {
 protected:
  ReportRoutes() {
    here_.grant("hoa", "officer", kTraVinh);
    here_.grant("lan", "clerk", "viettel-84");
    here_.grant("tam", "approver", kTraVinh);
    const auto task = here_.post(
        "hoa", "/tasks",
        R"({"id":"tv-1","letter":"3065/UBND-CN XD","path":"1","form":"bm1","legs":"file",)"
        R"("due":"trước 16h00 ngày 20/8/2020","receiver":"so-tttt-84","bodies":["viettel-84"]})");
    EXPECT_EQ(task.status, 201) << task.body;
    here_.clock.set(vi::at(*day_from_text("2020-08-20"), {15, 0}));
  }

  http::Response hand_in(std::string_view type, std::string body, std::string_view key,
                         std::string_view reason = {}) {
    return here_.post(
        "lan", "/reports", std::move(body),
        {{"body", "viettel-84"}, {"form", "bm1"}, {"dues", kDue}, {"reason", std::string(reason)}},
        {{"content-type", std::string(type)}, {"idempotency-key", std::string(key)}});
  }
  std::string status() {
    const auto dues = here_.get("lan", "/dues", {{"body", "viettel-84"}, {"on", "2020-08-20"}});
    auto entries = objects_in(dues, "dues");
    EXPECT_EQ(entries.size(), 1U) << dues.body;
    return entries.empty() ? "" : entries[0].text("status").value_or("");
  }

  static constexpr const char* kDue = "tv-1:viettel-84:1597914000000";
  // The nine districts, in no order, as people write them.
  static constexpr const char* kPasted =
      "TP. Trà Vinh\t9.210\nCàng Long\t1.500\nCầu Kè\t1.100\nTiểu Cần\t1.000\nChâu Thành\t900\n"
      "Cầu Ngang\t800\nTrà Cú\t700\nHuyện Duyên Hải\t600\nTX Duyên Hải\t500\n";
};
BZ_ON_BOTH_STORES(ReportRoutes);

TEST_P(ReportRoutes, APastedBlockBecomesAReportItsFiguresAndAReceipt) {
  EXPECT_EQ(status(), "open");
  const auto receipt = hand_in("text/plain; charset=utf-8", kPasted, "one");
  ASSERT_EQ(receipt.status, 201) << receipt.body;
  EXPECT_EQ(text_in(receipt, "received_at"), "2020-08-20T15:00+07:00");
  EXPECT_EQ(status(), "on_time");
  const auto figures = here_.get("lan", "/figures",
                                 {{"subject", kTraVinhCity},
                                  {"measure", "app_installed_sim"},
                                  {"source", "operator:viettel-84"}});
  EXPECT_NE(figures.body.find(R"("value":9210)"), std::string::npos) << figures.body;
  // The same again is the same, an hour later too.
  here_.clock.advance(std::chrono::hours{2});
  const auto again = hand_in("text/plain; charset=utf-8", kPasted, "one");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(text_in(again, "receipt"), text_in(receipt, "receipt"));
  EXPECT_EQ(text_in(again, "received_at"), "2020-08-20T15:00+07:00");
}

TEST_P(ReportRoutes, ANumberThatMayBeReadInTwoWaysIsRefusedWithItsCellAndNothingIsKept) {
  std::string doubtful = kPasted;
  doubtful.replace(doubtful.find("1.500"), 5, "1.5");
  const auto refused = hand_in("text/plain", doubtful, "one");
  ASSERT_EQ(refused.status, 422) << refused.body;
  const auto faults = objects_in(refused, "errors");
  ASSERT_EQ(faults.size(), 1U) << refused.body;
  EXPECT_EQ(status(), "open");
  // The key was not used up.
  EXPECT_EQ(hand_in("text/plain", kPasted, "one").status, 201);
}

TEST_P(ReportRoutes, WhatIsReturnedIsMendedAndHandedInAgainWithoutBeingLate) {
  const auto receipt = hand_in("text/plain", kPasted, "one");
  ASSERT_EQ(receipt.status, 201) << receipt.body;
  const auto decide = [&](std::string_view body) {
    return here_.post("tam", "/reports/1/decision", std::string(body)).status;
  };
  EXPECT_EQ(decide(R"({"accept":false})"), 422);  // without a reason
  EXPECT_EQ(decide(R"({"accept":false,"reason":"thiếu ghi chú"})"), 200);
  here_.clock.advance(std::chrono::hours{2});
  const auto mended = hand_in("text/plain", kPasted, "two");
  EXPECT_EQ(mended.status, 201) << mended.body;
  EXPECT_EQ(status(), "on_time");
}

TEST_P(ReportRoutes, AReportIsReadBackFromItsOwnCsvAndTheOriginalIsAsItCame) {
  ASSERT_EQ(hand_in("text/plain", kPasted, "one").status, 201);
  EXPECT_EQ(here_.get("lan", "/reports/1/original").body, kPasted);
  const auto csv = here_.get("lan", "/reports/1.csv");
  EXPECT_EQ(csv.status, 200);
  const auto again = hand_in("text/csv", csv.body, "two", "nộp lại bằng tệp");
  EXPECT_EQ(again.status, 201) << again.body;
}

TEST_P(ReportRoutes, AKeyAndAKnownTypeAreNeeded) {
  EXPECT_EQ(hand_in("text/plain", kPasted, "").status, 400);
  EXPECT_EQ(hand_in("image/png", kPasted, "one").status, 415);
  EXPECT_EQ(hand_in("application/json", "{", "one").status, 400);
}

TEST_P(ReportRoutes, ADayWithoutAYearIsTheFirstAfterTheLetter) {
  const auto task = [&](std::string_view id, std::string_view issued, std::string_view due) {
    return here_.post(
        "hoa", "/tasks",
        R"({"id":")" + std::string(id) +
            R"(","letter":"1/UBND","path":"1","form":"bm1","legs":"file","issued":")" +
            std::string(issued) + R"(","due":")" + std::string(due) +
            R"(","receiver":"so-tttt-84","bodies":["viettel-84"]})");
  };
  ASSERT_EQ(task("tv-2", "2020-12-28T08:00+07:00", "trước 16h00 ngày 05/01").status, 201);
  const auto dues = here_.get("lan", "/dues", {{"body", "viettel-84"}, {"on", "2021-01-05"}});
  EXPECT_EQ(objects_in(dues, "dues").size(), 1U) << dues.body;
  const auto over = task("tv-3", "2020-12-28T08:00+07:00", "trước 16h00 ngày 05/01/2020");
  EXPECT_EQ(over.status, 422);
  EXPECT_NE(over.body.find("This deadline had passed"), std::string::npos) << over.body;
}

TEST_P(ReportRoutes, TheSameKeyAndBytesHaveTheSameReceiptWhateverWasAddedSince) {
  const std::string file = "Kỳ báo cáo: trước 16:00 ngày 20/8/2020\n" + std::string(kPasted);
  const auto send = [&](const std::string& body) {
    return here_.post("lan", "/reports", body, {{"body", "viettel-84"}, {"form", "bm1"}},
                      {{"content-type", "text/plain"}, {"idempotency-key", "one"}});
  };
  const auto first = send(file);
  ASSERT_EQ(first.status, 201) << first.body;
  // Another task of that hour: the file would now mean two dues.
  const auto task = here_.post(
      "hoa", "/tasks",
      R"({"id":"tv-2","letter":"1/UBND","path":"1","form":"bm1","legs":"file",)"
      R"("due":"trước 16h00 ngày 20/8/2020","receiver":"so-tttt-84","bodies":["viettel-84"]})");
  ASSERT_EQ(task.status, 201) << task.body;
  const auto again = send(file);
  EXPECT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(text_in(again, "receipt"), text_in(first, "receipt"));
  // Other bytes are refused for their key, not for what they say.
  EXPECT_EQ(send("no form at all").status, 409);
}

TEST_P(ReportRoutes, ACellsNumberAndItsWordsAreOneNumber) {
  const auto send = [&](std::string_view cell, std::string_view key) {
    return here_.post(
        "lan", "/reports",
        R"({"body":"viettel-84","form":"bm1","dues":["tv-1:viettel-84:1597914000000"],)"
        R"("lines":[{"subject":"842@2020-06-01","values":[{"column":"installed",)" +
            std::string(cell) + "}]}]}",
        {}, {{"content-type", "application/json"}, {"idempotency-key", std::string(key)}});
  };
  const auto refused = send(R"("number":5,"words":"9.210")", "one");
  EXPECT_EQ(refused.status, 422) << refused.body;
  const auto faults = objects_in(refused, "errors");
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_NE(refused.body.find("lines/0/installed"), std::string::npos) << refused.body;
  EXPECT_EQ(send(R"("number":9210,"words":"9.210")", "one").status, 201);
}

TEST_P(ReportRoutes, AReportNamesAtMostTwentyDues) {
  std::string dues;
  for (int i = 0; i < 21; ++i)
    dues +=
        (i == 0 ? "" : ",") + std::string("tv-1:viettel-84:") + std::to_string(1597914000000 + i);
  const auto refused = here_.post("lan", "/reports", kPasted,
                                  {{"body", "viettel-84"}, {"form", "bm1"}, {"dues", dues}},
                                  {{"content-type", "text/plain"}, {"idempotency-key", "one"}});
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_NE(refused.body.find("at most 20 dues"), std::string::npos) << refused.body;
}

TEST_P(ReportRoutes, AFileOfOneWhoMayNotHandItInIsNotRead) {
  const auto by = [&](std::string_view account) {
    return here_
        .post(account, "/reports", "no form at all", {{"body", "viettel-84"}, {"form", "bm1"}},
              {{"content-type", "text/csv"}, {"idempotency-key", "one"}})
        .status;
  };
  EXPECT_EQ(by("nobody"), 403);
  EXPECT_EQ(by("lan"), 422);
}

}  // namespace
}  // namespace bz::campaign
