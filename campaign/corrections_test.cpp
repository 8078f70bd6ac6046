// What happens to a report's numbers after they came: corrections, decisions, and who sees them.
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

// "trước 16h00 ngày 20/8/2020"; it is 15:00, and Viettel has handed in a file: 80 of 90 in the
// city, 1,500 in Càng Long.
class Corrections : public OnCampaign {
 protected:
  Corrections() {
    here_.grant("hoa", "officer", kTraVinh);
    here_.grant("lan", "clerk", "viettel-84");
    here_.grant("tam", "approver", kTraVinh);
    here_.grant("truc", "duty", kTraVinh);
    here_.grant("mobi", "clerk", "mobifone-84");
    // Two hats: an operator's, and the province's.
    here_.grant("hai", "clerk", "mobifone-84");
    here_.grant("hai", "duty", kTraVinh);
    const auto task = here_.post(
        "hoa", "/tasks",
        R"({"id":"tv-1","letter":"3065/UBND-CN XD","path":"1","form":"bm1","legs":"phone+file",)"
        R"("due":"trước 16h00 ngày 20/8/2020","receiver":"so-tttt-84","bodies":["viettel-84"]})");
    EXPECT_EQ(task.status, 201) << task.body;
    here_.clock.set(vi::at(*day_from_text("2020-08-20"), {15, 0}));
    const auto receipt = here_.post(
        "lan", "/reports",
        R"({"body":"viettel-84","form":"bm1","dues":["tv-1:viettel-84:1597914000000"],"lines":[)"
        R"({"subject":"842@2020-06-01","values":[{"column":"installed","number":80},)"
        R"({"column":"subscriptions","number":90}]},)"
        R"({"subject":"844@2020-06-01","values":[{"column":"installed","number":1500}]}]})",
        {}, {{"content-type", "application/json"}, {"idempotency-key", "one"}});
    EXPECT_EQ(receipt.status, 201) << receipt.body;
  }

  wire::JsonReader report() { return object_in(here_.get("tam", "/reports/1"), "report"); }
  std::string seen() { return report().text("seen").value_or(""); }
  bool waits() { return report().boolean("waits").value_or(false); }
  int accept(const std::string& seen) {
    return here_.post("tam", "/reports/1/decision", R"({"accept":true,"seen":")" + seen + R"("})")
        .status;
  }
  int send_back() {
    return here_.post("tam", "/reports/1/decision", R"({"accept":false,"reason":"đếm lại"})")
        .status;
  }
  // What counts of the city.
  http::Response figures(std::string_view counts, std::string_view measure) {
    return here_.get("hoa", "/figures",
                     {{"subject", kTraVinhCity},
                      {"measure", std::string(measure)},
                      {"source", "operator:viettel-84"},
                      {"counts", std::string(counts)}});
  }
  std::string id(std::string_view measure = "app_installed_sim") {
    auto found = objects_in(figures("", measure), "figures");
    return found.empty() ? "none" : found[0].text("id").value_or("");
  }
  std::int64_t counts(std::string_view which = "") {
    auto found = objects_in(figures(which, "app_installed_sim"), "figures");
    return found.empty() ? -1 : found[0].integer("value").value_or(-2);
  }
  http::Response correct(std::string_view who, const std::string& figure, std::int64_t value) {
    return here_.post(who, "/figures/" + figure + "/corrections",
                      R"({"value":)" + std::to_string(value) + R"(,"reason":"đếm lại"})");
  }
  bool is_corrected_after() {
    auto dues = objects_in(
        here_.get("lan", "/dues", {{"body", "viettel-84"}, {"on", "2020-08-20"}}), "dues");
    return !dues.empty() && dues[0].boolean("corrected_after").value_or(false);
  }
  // 77 in the city, by telephone.
  std::string call() {
    const auto begun =
        here_.post("truc", "/calls", R"({"body":"viettel-84","form":"bm1"})", {},
                   {{"content-type", "application/json"}, {"idempotency-key", "call"}});
    EXPECT_EQ(begun.status, 201) << begun.body;
    return std::to_string(object_in(begun, "call").integer("id").value_or(0));
  }
  void end(const std::string& call) {
    const auto ended = here_.send(
        "PUT", "truc", "/calls/" + call,
        R"({"lines":[{"subject":"842@2020-06-01","agreed":true,)"
        R"("values":[{"column":"installed","number":77},{"column":"subscriptions","number":90}]}]})");
    EXPECT_EQ(ended.status, 200) << ended.body;
  }
  http::Response decide(const std::string& rest) {
    return here_.post("truc", std::string("/reconciliations/") + kDue + "/decision",
                      R"({"cell":")" + id() + R"(","reason":"hỏi lại")" + rest + "}");
  }

  static constexpr const char* kDue = "tv-1:viettel-84:1597914000000";
};
BZ_ON_BOTH_STORES(Corrections);

TEST_P(Corrections, AndDecisionsThatAreMadeInADrillAreIllustrative) {
  end(call());
  const auto origin = [&] {
    return object_in(here_.get("hoa", "/figures/" + id()), "figure").text("origin");
  };
  const auto is_illustrative = [&] {
    const auto legs = here_.get("truc", "/reconciliations", {{"due", kDue}});
    auto cells = objects_in(legs, "reconciliations").at(0).objects("cells");
    return cells->at(0).boolean("is_illustrative");
  };
  EXPECT_EQ(origin(), "report_line");
  EXPECT_EQ(is_illustrative(), false);
  here_.is_drill = true;
  here_.start();
  EXPECT_EQ(decide(R"(,"value":77)").status, 200);
  EXPECT_EQ(origin(), "illustrative");
  EXPECT_EQ(is_illustrative(), true);
  ASSERT_EQ(correct("hoa", id(), 85).status, 201);
  EXPECT_EQ(origin(), "illustrative");
}

TEST_P(Corrections, OnlyTheNumbersThatWereShownAreAccepted) {
  const auto before = seen();
  EXPECT_EQ(accept(""), 422);
  ASSERT_EQ(correct("lan", id(), 85).status, 201);
  EXPECT_EQ(accept(before), 409);
  EXPECT_EQ(counts("accepted"), -1);
  // It is shown in the report, and then accepted; the way to the original stays.
  auto changed = report().objects("changed");
  ASSERT_TRUE(changed);
  ASSERT_EQ(changed->size(), 1U);
  EXPECT_EQ((*changed)[0].text("column"), "installed");
  EXPECT_EQ((*changed)[0].object("counts")->integer("value"), 85);
  EXPECT_EQ(accept(seen()), 200);
  EXPECT_EQ(counts("accepted"), 85);
  EXPECT_NE(here_.get("tam", "/figures/" + id()).body.find(R"("receipt":"BC-2020-000001")"),
            std::string::npos);
  // The same again is the same.
  EXPECT_EQ(accept(before), 200);
}

TEST_P(Corrections, WhoAcceptsIsToldWhereTheTelephoneSaysOtherwise) {
  const auto before = seen();
  const auto none = report().objects("disagrees");
  EXPECT_TRUE(none && none->empty());
  end(call());  // 77 where the file has 80
  // Nobody accepts the file over a call that they were not shown.
  EXPECT_EQ(accept(before), 409);
  auto disagrees = report().objects("disagrees");
  ASSERT_TRUE(disagrees);
  ASSERT_EQ(disagrees->size(), 1U);
  EXPECT_EQ((*disagrees)[0].text("due"), kDue);
  auto cells = (*disagrees)[0].objects("cells");
  ASSERT_EQ(cells->size(), 1U);  // the ninety subscriptions are the same
  EXPECT_EQ((*cells)[0].integer("phone"), 77);
  EXPECT_EQ((*cells)[0].integer("file"), 80);
  EXPECT_EQ((*cells)[0].integer("counting"), 80);
  EXPECT_EQ((*cells)[0].boolean("is_flagged"), true);
  EXPECT_EQ(accept(seen()), 200);

  // It differs as before, by the due and by the day, and whoever accepted has decided.
  const auto differing = [&](std::string name, std::string value) {
    const auto day = here_.get("truc", "/reconciliations", {{std::move(name), std::move(value)}});
    auto all = objects_in(day, "reconciliations").at(0).objects("cells");
    EXPECT_EQ(all->at(0).text("agreement"), "differs") << day.body;
    EXPECT_EQ(all->at(0).boolean("is_decided"), true);
    EXPECT_EQ(all->at(0).boolean("is_by_acceptance"), true);
    EXPECT_EQ(all->at(0).text("decided_by"), "account:tam");
    EXPECT_EQ(all->at(1).text("agreement"), "equal");
    EXPECT_EQ(all->at(1).boolean("is_decided"), false);
  };
  differing("due", kDue);
  differing("on", "2020-08-20");
  // Whoever opens the call is told that its number is not the one that counts.
  auto of_call = object_in(here_.get("tam", "/reports/2"), "report").objects("disagrees");
  ASSERT_EQ(of_call->size(), 1U);
  EXPECT_EQ((*of_call)[0].objects("cells")->at(0).integer("counting"), 80);
}

TEST_P(Corrections, AFigureSaysWhichOfItsVersionsCountsWhicheverCameLast) {
  const auto file = id();
  const auto before = std::to_string(to_ms(here_.clock.now()));
  here_.clock.set(vi::at(*day_from_text("2020-08-20"), {15, 30}));
  end(call());
  ASSERT_EQ(file.substr(file.size() - 2), "-1");
  const auto phone = file.substr(0, file.size() - 1) + "2";
  for (const auto& figure : {file, phone}) {
    auto shown = here_.get("hoa", "/figures/" + figure);
    EXPECT_NE(shown.body.find(R"("counts":")" + file + '"'), std::string::npos) << shown.body;
  }
  // An officer's decision counts from then on, and the file as it was known before.
  const auto now = std::to_string(to_ms(here_.clock.now()));
  here_.clock.set(vi::at(*day_from_text("2020-08-20"), {17, 0}));
  ASSERT_EQ(decide(R"(,"value":77)").status, 200);
  const auto counts_of = [&](std::string as_of) {
    auto shown = here_.get("hoa", "/figures/" + file, {{"as_of", std::move(as_of)}});
    const auto at = shown.body.find(R"("counts":")");
    return at == std::string::npos ? "none" : shown.body.substr(at + 10, file.size());
  };
  EXPECT_EQ(counts_of(now), file);
  EXPECT_EQ(counts_of(before), file);
  EXPECT_EQ(counts_of("1597800000000"), "none");  // nobody had said anything
  EXPECT_EQ(counts_of("2020-08-20"), file.substr(0, file.size() - 1) + "3");
}

TEST_P(Corrections, AReturnedReportStopsCountingWithWhatItsBodyCorrected) {
  ASSERT_EQ(correct("lan", id(), 85).status, 201);
  EXPECT_EQ(send_back(), 200);
  EXPECT_EQ(counts(), -1);
}

TEST_P(Corrections, WhatAnOfficerDecidedStaysWhenTheReportIsReturned) {
  ASSERT_EQ(correct("hoa", id(), 85).status, 201);
  // Its body corrects it no more by itself.
  EXPECT_EQ(correct("lan", id(), 86).status, 409);
  EXPECT_EQ(send_back(), 200);
  EXPECT_EQ(counts(), 85);
}

TEST_P(Corrections, ACorrectionIsCheckedAgainstTheNumbersBesideIt) {
  const auto above = correct("lan", id(), 1'000'000'000);
  EXPECT_EQ(above.status, 422);
  EXPECT_EQ(objects_in(above, "errors").at(0).text("cell"), "value");
  // Nor may the whole fall below its part.
  EXPECT_EQ(correct("lan", id("smartphone_subscriptions"), 70).status, 422);
  EXPECT_EQ(correct("lan", id(), -1).status, 400);
  EXPECT_EQ(counts(), 80);
  EXPECT_EQ(correct("lan", id("smartphone_subscriptions"), 80).status, 201);
}

TEST_P(Corrections, ADueSaysThatItsNumbersWereCorrectedAfterIt) {
  ASSERT_EQ(correct("lan", id(), 85).status, 201);
  here_.clock.advance(std::chrono::minutes{61});
  EXPECT_FALSE(is_corrected_after());  // that was before
  ASSERT_EQ(correct("lan", id(), 86).status, 201);
  EXPECT_TRUE(is_corrected_after());
}

TEST_P(Corrections, WhatIsCorrectedAfterAcceptanceCountsOnceItIsAcceptedToo) {
  ASSERT_EQ(accept(seen()), 200);
  EXPECT_FALSE(waits());
  ASSERT_EQ(correct("lan", id(), 85).status, 201);
  EXPECT_TRUE(waits());
  EXPECT_EQ(counts(), 85);
  EXPECT_EQ(counts("accepted"), 80);
  EXPECT_EQ(accept("nothing like it"), 409);
  EXPECT_EQ(accept(seen()), 200);
  EXPECT_FALSE(waits());
  EXPECT_EQ(counts("accepted"), 85);
  // Or it is not: then what was accepted counts again, and the report stays accepted.
  ASSERT_EQ(correct("lan", id(), 5).status, 201);
  EXPECT_EQ(send_back(), 200);
  EXPECT_EQ(counts(), 85);
  EXPECT_EQ(counts("accepted"), 85);
  EXPECT_EQ(report().text("state"), "accepted");
  EXPECT_EQ(send_back(), 409);
}

TEST_P(Corrections, AnOfficersIsAcceptedWhereTheReportIs) {
  ASSERT_EQ(correct("hoa", id(), 85).status, 201);
  EXPECT_EQ(counts("accepted"), -1);
  ASSERT_EQ(accept(seen()), 200);
  EXPECT_EQ(counts("accepted"), 85);
  ASSERT_EQ(correct("hoa", id(), 86).status, 201);
  EXPECT_EQ(counts("accepted"), 86);
  EXPECT_FALSE(waits());
}

TEST_P(Corrections, ADecisionBetweenTheLegsWaitsForWhoAccepts) {
  ASSERT_EQ(accept(seen()), 200);
  end(call());
  EXPECT_EQ(decide("").status, 400);                // neither a number nor that there is none
  EXPECT_EQ(decide(R"(,"value":91)").status, 422);  // of 90
  const auto decided = decide(R"(,"value":78)");
  ASSERT_EQ(decided.status, 200) << decided.body;
  EXPECT_EQ(counts(), 78);
  EXPECT_EQ(counts("accepted"), 80);
  EXPECT_TRUE(waits());
  EXPECT_EQ(accept(seen()), 200);
  EXPECT_EQ(counts("accepted"), 78);
}

TEST_P(Corrections, WhoHasAnOperatorsGrantSeesNoOthersCallsLettersOrNumbers) {
  const auto number = call();
  const auto letter = here_.post("truc", "/mail",
                                 "From: <ai@vi.du>\r\nTo: <nhan@vi.du>\r\nSubject: thu\r\n"
                                 "Message-ID: <1@vi.du>\r\n\r\nkhong co gi\r\n",
                                 {}, {{"content-type", "message/rfc822"}});
  EXPECT_EQ(letter.status, 201) << letter.body;
  EXPECT_EQ(here_.get("truc", "/calls/" + number).status, 200);
  EXPECT_EQ(here_.get("truc", "/mail/1/original").status, 200);
  EXPECT_EQ(here_.get("hai", "/calls/" + number).status, 404);
  EXPECT_EQ(here_.get("hai", "/calls").body, R"({"calls":[]})");
  EXPECT_EQ(here_.get("hai", "/mail/queue").body, R"({"mail":[]})");
  EXPECT_EQ(here_.get("hai", "/mail/1/original").status, 404);
  EXPECT_EQ(here_.post("hai", "/mail/1/assign", R"({"body":"viettel-84"})").status, 404);
  EXPECT_EQ(here_.post("hai", "/calls", R"({"body":"viettel-84"})", {}, {{"idempotency-key", "k"}})
                .status,
            403);
  // Nor by what a check says of the number before.
  EXPECT_EQ(here_
                .post("hai", "/reports/check", R"({"body":"viettel-84","form":"bm1"})", {},
                      {{"content-type", "application/json"}})
                .status,
            403);
}

TEST_P(Corrections, ThatAnOperatorReportedIsAsLittleSeenAsThatItDidNot) {
  const auto there = id();
  auto none = there;
  none.back() = '9';
  for (const auto& figure : {there, none}) {
    EXPECT_EQ(here_.get("mobi", "/figures/" + figure).status, 404) << figure;
    EXPECT_EQ(correct("mobi", figure, 1).status, 404) << figure;
  }
  const auto says_when = [&](std::string_view who) {
    return here_.get(who, "/wall", {{"unit", "84"}, {"on", "2020-08-20"}})
               .body.find("\"oldest\"") != std::string::npos;
  };
  EXPECT_TRUE(says_when("hoa"));
  EXPECT_FALSE(says_when("mobi"));
}

std::string cache_control(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "cache-control") return value;
  }
  return "";
}

TEST_P(Corrections, WhatIsForOnePersonIsKeptByNoCache) {
  for (const auto* path : {"/me", "/inbox", "/reports/1", "/reports/1/original", "/reports/9"}) {
    EXPECT_EQ(cache_control(here_.get("lan", path)), "no-store") << path;
  }
  EXPECT_EQ(cache_control(here_.get("lan", "/wall", {{"unit", "84"}})), "private, no-cache");
}

}  // namespace
}  // namespace bz::campaign
