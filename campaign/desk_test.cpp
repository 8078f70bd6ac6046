#include "campaign/desk.h"

#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

class Desks : public OnCampaign {};
BZ_ON_BOTH_STORES(Desks);

TEST_P(Desks, NobodyGetsInAndIsToldSoInBothLanguages) {
  const auto answer = here_.get("", "/units");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(text_in(answer, "detail"), "Hãy đăng nhập.");
  EXPECT_EQ(text_in(answer, "detail_en"), "Log in.");
  EXPECT_EQ(text_in(answer, "title"), "Unauthorized");
}

// A page that another log-in of its browser left behind is not asked for the password.
TEST_P(Desks, AWriteWithoutTheSessionsTokenIsForbiddenAndLookingIsNot) {
  here_.grant("hoa", "officer", kTraVinh);
  const http::Headers stale{{"x-stale-page", "1"}};
  const auto refused = here_.post("hoa", "/tasks", "{}", {}, stale);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(text_in(refused, "detail_en"),
            "The header X-CSRF-Token is missing or wrong. Load the page again.");
  EXPECT_EQ(here_.get("hoa", "/me", {}, stale).status, 200);
  EXPECT_EQ(here_.post("", "/tasks", "{}", {}, stale).status, 401);
}

TEST_P(Desks, AlertsAreGivenFor31DaysAndRegistersFor400) {
  here_.grant("hoa", "officer", kTraVinh);
  const auto asked = [&](std::string_view path, std::string to) {
    return here_.get("hoa", path, {{"from", "2020-07-21"}, {"to", std::move(to)}});
  };
  // 21 July to 20 August, both included, are 11 + 20 days.
  EXPECT_EQ(asked("/alerts", "2020-08-20").status, 200);
  const auto refused = asked("/alerts", "2020-08-21");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(objects_in(refused, "errors").at(0).text("cell"), "to");
  EXPECT_NE(refused.body.find("more than 31 days"), std::string::npos) << refused.body;
  EXPECT_EQ(asked("/registers", "2021-08-20").status, 200);
}

TEST_P(Desks, ACallBegunAgainIsTheSameCallAndIsWrittenDownOnce) {
  here_.grant("truc", "duty", kTraVinh);
  here_.grant("soat", "auditor", kTraVinh);
  const auto begin = [&](std::string body) {
    return here_.post("truc", "/calls", std::move(body), {}, {{"idempotency-key", "k"}});
  };
  const std::string call = R"({"body":"viettel-84","form":"bm1","spoken_with":"văn thư"})";
  const auto first = begin(call);
  EXPECT_EQ(first.status, 201) << first.body;
  const auto second = begin(call);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
  const auto other = begin(R"({"body":"viettel-84","form":"bm1","spoken_with":"kế toán"})");
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(objects_in(other, "errors").at(0).text("cell"), "Idempotency-Key");
  const auto audit = here_.get("soat", "/audit").body;
  EXPECT_EQ(audit.find("call begun"), audit.rfind("call begun"));
  EXPECT_NE(audit.find("call begun"), std::string::npos);
}

TEST_P(Desks, WhoAsksIsToldItsGrants) {
  here_.grant("hoa", "officer", kTraVinh);
  const auto grants = here_.get("hoa", "/me");
  EXPECT_EQ(text_in(grants, "account"), "hoa");
  ASSERT_EQ(objects_in(grants, "grants").size(), 1U);
  EXPECT_EQ(objects_in(grants, "grants")[0].text("scope"), kTraVinh);
  EXPECT_TRUE(objects_in(here_.get("lan", "/me"), "grants").empty());
}

TEST_P(Desks, OnIsADayToItsEndOrAnInstantAndAnythingElseIsNamed) {
  const auto on = [&](std::string_view text) {
    http::Request request;
    request.query["on"] = text;
    const auto times = times_of(request, CampaignHere::kBegin);
    const auto* read = std::get_if<Times>(&times);
    return read == nullptr ? std::string("refused") : vi::iso_local(read->on);
  };
  EXPECT_EQ(on("2020-08-19"), "2020-08-20T00:00+07:00");
  EXPECT_EQ(on("1597856400000"), "2020-08-20T00:00+07:00");
  EXPECT_EQ(on("2020-08-19T17:00:00Z"), "2020-08-20T00:00+07:00");
  EXPECT_EQ(on("yesterday"), "refused");
  // Nothing said: today to its end, as known now.
  const auto times = std::get<Times>(times_of(http::Request{}, CampaignHere::kBegin));
  EXPECT_EQ(vi::iso_local(times.on), "2020-08-21T00:00+07:00");
  EXPECT_EQ(times.as_of, CampaignHere::kBegin);
}

TEST_P(Desks, ARefusalSaysWhatToDoCellByCell) {
  http::Response answer = refuse(Refusal{422,
                                         "Có lỗi.",
                                         "Something is wrong.",
                                         {{.cell = "C4",
                                           .says = "1.5 là mấy?",
                                           .says_en = "what is 1.5?",
                                           .todo = "ghi 15 hay 1,5",
                                           .todo_en = "write 15 or 1,5"}}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            R"({"type":"about:blank","title":"Unprocessable Content","status":422,)"
            R"("detail":"Có lỗi.","detail_en":"Something is wrong.","errors":[{"cell":"C4",)"
            R"("says":"1.5 là mấy?","says_en":"what is 1.5?","do":"ghi 15 hay 1,5",)"
            R"("do_en":"write 15 or 1,5"}]})");
  EXPECT_EQ(refuse(Error{Code::kUnavailable, "the disk is full"}).status, 503);
  EXPECT_EQ(refuse(Error{Code::kUnavailable, "the disk is full"}).body.find("disk"),
            std::string::npos);
}

// The command line has the store itself, so nobody is asked for a grant.
TEST_P(Desks, TheCommandLineMayDoEverything) {
  http::Router router;
  const Surroundings world{here_.clock, here_.random, here_.log, here_.metrics};
  auto service = Service::open(
      *here_.store, {.folder = here_.folder.path(), .asks_for_all = true},
      [](const http::Request&) -> Result<http::Session> { return http::Session{"command line"}; },
      world);
  ASSERT_TRUE(service);
  (*service)->add_routes(router);
  here_.figure(kTraVinhCity, 4'321, "operator:viettel-84", "app_installed_sim");
  http::Request request;
  request.method = "GET";
  request.path = "/campaign/v1/figures";
  request.query = {{"subject", kTraVinhCity}, {"measure", "app_installed_sim"}};
  const auto answer = router.handle(request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("4321"), std::string::npos) << answer.body;
  // Writes are noted with the grant number 0.
  request.method = "POST";
  request.path = "/campaign/v1/bodies";
  request.query.clear();
  request.body =
      R"({"slug":"dai-84","kind":"station","name":"Đài Trà Vinh","unit":"84@2020-06-01"})";
  EXPECT_EQ(router.handle(request).status, 200);
  request.method = "GET";
  request.path = "/campaign/v1/audit";
  EXPECT_NE(router.handle(request).body.find(R"("detail":"grant 0)"), std::string::npos);
}

}  // namespace
}  // namespace bz::campaign
