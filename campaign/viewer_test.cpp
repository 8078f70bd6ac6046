// Viewer links: a screen on a wall that shows one unit, and nobody has logged in there.
#include <set>

#include "base/ascii.h"
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

using std::chrono::days;
using std::chrono::hours;

std::string header_of(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (ascii_lowered(key) == name) return value;
  }
  return {};
}

class ViewerLinks : public OnCampaign {
 protected:
  ViewerLinks() {
    here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
    here_.grant("chutich", "leader", kTraVinh);
    here_.grant("kiemtoan", "auditor", kTraVinh);
  }

  http::Response make(std::string_view until, std::string_view name = "Phòng họp tầng 2",
                      std::string_view unit = kTraVinh) {
    return here_.post("chutich", "/viewer-links",
                      R"({"unit":")" + std::string(unit) + R"(","name":")" + std::string(name) +
                          R"(","until":")" + std::string(until) + R"("})");
  }
  // A link of a month that "screen" shows from now on.
  std::int64_t screen() {
    const auto made = make("2020-09-20");
    EXPECT_EQ(made.status, 201) << made.body;
    here_.links["screen"] = text_in(made, "token");
    return object_in(made, "link").integer("id").value_or(0);
  }
  int asks(std::string_view who, std::string_view unit = "84") {
    return here_.get(who, "/wall", {{"unit", std::string(unit)}}).status;
  }
  // The one link in the list.
  std::string listed(std::string_view member) {
    auto links = objects_in(here_.get("chutich", "/viewer-links"), "links");
    EXPECT_EQ(links.size(), 1U);
    return links.front().text(member).value_or("");
  }
};
BZ_ON_BOTH_STORES(ViewerLinks);

TEST_P(ViewerLinks, ShowTheWallOfTheirUnitAndOfNoOther) {
  screen();
  const auto wall = here_.get("screen", "/wall", {{"unit", "84"}});
  EXPECT_EQ(wall.status, 200);
  EXPECT_NE(wall.body.find("68400"), std::string::npos);
  EXPECT_EQ(asks("screen", "842"), 200) << "a district of the province";
  EXPECT_EQ(asks("screen", "70"), 403);
  EXPECT_EQ(asks("screen", "VN"), 403);
  const auto own = here_.get("screen", "/viewer-link");
  EXPECT_EQ(object_in(own, "link").text("unit"), kTraVinh) << own.body;
  EXPECT_EQ(object_in(own, "link").text("name"), "Phòng họp tầng 2");
  EXPECT_EQ(here_.get("chutich", "/viewer-link").status, 404) << "who has logged in has none";
}

TEST_P(ViewerLinks, WriteNothingAndReadNothingElse) {
  screen();
  std::set<std::string> taken;
  for (const auto& route : here_.router->routes()) {
    if (!route.pattern.starts_with("/campaign/v1/") || route.pattern.find("/public/") < 50)
      continue;
    std::string path = route.pattern.substr(std::string("/campaign/v1").size());
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') + 1 - at, "84");
    if (here_.send(route.method, "screen", path, "{}").status != 401)
      taken.insert(route.method + " " + path);
  }
  EXPECT_EQ(taken, (std::set<std::string>{"GET /bodies", "GET /measures", "GET /rates",
                                          "GET /series", "GET /targets", "GET /targets/84/status",
                                          "GET /units", "GET /units/84", "GET /units/84/borders",
                                          "GET /viewer-link", "GET /wall", "GET /wall/deadlines"}));
}

TEST_P(ViewerLinks, LastUntilTheEndOfTheirDayOrUntilTheyAreRevoked) {
  const auto id = screen();
  here_.clock.set(vi::end_of(*day_from_text("2020-09-20")) - hours{1});
  EXPECT_EQ(asks("screen"), 200);
  EXPECT_EQ(listed("state"), "open");
  here_.clock.advance(hours{1});
  const auto late = here_.get("screen", "/wall", {{"unit", "84"}});
  EXPECT_EQ(late.status, 401);
  EXPECT_EQ(header_of(late, "content-type"), "application/problem+json");
  EXPECT_NE(late.body.find("liên kết mới"), std::string::npos) << late.body;
  EXPECT_EQ(listed("state"), "expired");

  here_.clock.set(CampaignHere::kBegin);
  EXPECT_EQ(here_.post("chutich", "/viewer-links/" + std::to_string(id) + "/revoke").status, 200);
  EXPECT_EQ(asks("screen"), 401);
  EXPECT_EQ(listed("state"), "revoked");
  const auto when = listed("revoked_at");
  here_.clock.advance(hours{1});
  EXPECT_EQ(here_.post("chutich", "/viewer-links/" + std::to_string(id) + "/revoke").status, 200);
  EXPECT_EQ(listed("revoked_at"), when);
  EXPECT_EQ(here_.post("chutich", "/viewer-links/99/revoke").status, 404);
}

TEST_P(ViewerLinks, EndOnADayWithinFourHundredDays) {
  // It is 20 August 2020; 400 days later, 24 September 2021.
  EXPECT_EQ(make("2020-08-20").status, 201);
  EXPECT_EQ(make("2021-09-24").status, 201);
  for (const auto* until : {"2021-09-25", "2020-08-19", "", "31/12/2020", "mai"}) {
    const auto refused = make(until);
    EXPECT_EQ(refused.status, 422) << until;
    EXPECT_NE(refused.body.find(R"("cell":"until")"), std::string::npos) << refused.body;
  }
}

TEST_P(ViewerLinks, AreNamedAfterTheScreen) {
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "ệ";
  EXPECT_EQ(make("2020-09-20", longest).status, 201);
  EXPECT_EQ(make("2020-09-20", longest + "ệ").status, 422);
  EXPECT_EQ(make("2020-09-20", "  ").status, 422);
  EXPECT_EQ(make("2020-09-20", "Sảnh", "không").status, 404);
  EXPECT_EQ(make("2020-09-20", "Sảnh", "99@2020-06-01").status, 404);
  EXPECT_EQ(make("2020-09-20", "Sảnh", "84").status, 201) << "today's code will do";
}

TEST_P(ViewerLinks, OfWhichOnlyTheHashIsKeptAndTheDayOfTheLastUse) {
  screen();
  const auto token = here_.links["screen"];
  EXPECT_EQ(token.size(), 43U);
  EXPECT_EQ(listed("last_used"), "");
  asks("screen");
  EXPECT_EQ(listed("last_used"), "2020-08-20");
  here_.clock.advance(days{3});
  asks("screen");
  EXPECT_EQ(listed("last_used"), "2020-08-23");
  for (const auto* who : {"chutich", "kiemtoan"}) {
    for (const auto* path : {"/viewer-links", "/audit"})
      EXPECT_EQ(here_.get(who, path).body.find(token), std::string::npos) << path;
  }
  const auto kept = here_.read([&](store::Sql& sql) {
    return sql.integer("SELECT COUNT(*) FROM viewer_link WHERE token = $1",
                       {ByteView(as_bytes(token))});
  });
  EXPECT_EQ(kept, 0);
}

TEST_P(ViewerLinks, StandInTheAuditTrailWithTheGrantTheyWereMadeBy) {
  const auto id = screen();
  here_.post("chutich", "/viewer-links/" + std::to_string(id) + "/revoke");
  auto entries = objects_in(here_.get("kiemtoan", "/audit"), "entries");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].text("action"), "viewer link revoked");
  EXPECT_EQ(entries[1].text("action"), "viewer link made");
  EXPECT_EQ(entries[1].text("subject"), "viewer link " + std::to_string(id));
  EXPECT_EQ(entries[1].text("detail"), "grant 1; " + std::string(kTraVinh));
}

TEST_P(ViewerLinks, OutliveTheGrantTheyWereMadeBy) {
  screen();
  here_.grant("root2", "admin", kTraVinh);
  ASSERT_EQ(here_.post("root2", "/grants/1/end").status, 200);
  EXPECT_EQ(here_.get("chutich", "/viewer-links").status, 403);
  EXPECT_EQ(asks("screen"), 200);
}

TEST_P(ViewerLinks, WrongOnesAreLimitedByTheirNetworkAndRightOnesWaitForNobody) {
  screen();
  here_.links["guesser"] = std::string(43, 'A');
  for (int i = 0; i < 30; ++i) EXPECT_EQ(asks("guesser"), 401) << i;
  const auto limited = here_.get("guesser", "/wall", {{"unit", "84"}});
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(header_of(limited, "retry-after"), "2");  // 30 in a minute: another one in two seconds
  EXPECT_EQ(asks("screen"), 200);
  here_.clock.advance(std::chrono::seconds{2});
  EXPECT_EQ(asks("guesser"), 401);
}

}  // namespace
}  // namespace bz::campaign
