// Who may do what: every operation as every role, with a grant over the thing's own body, the
// territory it lies in, the nation, another body beside it, and another province; and as somebody
// without a grant, and as nobody. The table here is the one of docs/access.md.
#include <algorithm>
#include "campaign/access_here.h"

namespace bz::campaign {
namespace {

class Access : public AccessHere {
 protected:
  Access() {
    figure_ = here_.figure(kTraVinh, 7'919'001, "operator:viettel-84", "app_installed_sim");
    here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
    const auto target = here_.post("officer/in", "/targets", kTarget);
    EXPECT_EQ(target.status, 201) << target.body;
    const auto import = here_.post("root", "/imports/acts", "effective_date,act,title\n");
    EXPECT_EQ(import.status, 201) << import.body;
  }

  static constexpr const char* kTarget =
      R"({"indicator":"install_rate.population","subject":"84@2020-06-01",)"
      R"("due_before":"đến ngày 20/8/2020","hundredths":5000,"start":"2020-08-04T00:00+07:00",)"
      R"("source":"department:so-tttt-84","reading_of":"tỷ lệ người dân"})";

  FigureId figure_;
};
BZ_ON_BOTH_STORES(Access);

TEST_P(Access, UnitsRatesTargetsAndTheWallAreForWhoeverHasLoggedIn) {
  const auto all = everybody();
  const Actors both{"link/in", "link/outside"};
  const Actors inside{"link/in"};
  walk({
      by_link(reads("/units", {{"q", "trà vinh"}}, all), both),
      by_link(reads("/units/84", {}, all), both),
      by_link(reads("/units/84/borders", {}, all), both),
      by_link(reads("/measures", {}, all), both),
      reads("/units/84/crosswalk", {{"on", "2020-08-19"}, {"to", "2025-07-01"}}, all),
      by_link(reads("/bodies", {{"unit", kTraVinh}}, all), both),
      reads("/bodies/viettel-84", {}, all),
      by_link(reads("/rates", {{"subject", "84"}}, all), inside),
      by_link(reads("/series", {{"subject", "84"}}, all), inside),
      by_link(reads("/wall", {{"unit", "84"}}, all), inside),
      by_link(reads("/wall/deadlines", {{"unit", "84"}}, all), inside),
      by_link(reads("/targets", {}, all), both),
      by_link(reads("/targets/1/status", {}, all), inside),
      reads("/me", {}, all),
  });
}

TEST_P(Access, UnitsBodiesAndGrantsAreAnAdministratorsWithinTheirScope) {
  const auto admin = [](const std::vector<std::string>& scopes) { return with({"admin"}, scopes); };
  walk({
      writes("/imports/acts", "effective_date,act,title\n", admin({"above"})),
      writes("/imports/1/confirm", "", admin({"above"})),
      writes("/bodies", R"({"slug":"dai-84","kind":"station","name":"Đài","unit":"84@2020-06-01"})",
             admin(kTerritory)),
      writes("/bodies/viettel-84/posts", R"({"post":"Giám đốc"})", admin(kHolding)),
      reads("/grants", {}, admin(kEverywhere)),
      writes("/grants", R"({"account":"moi","role":"clerk","scope":"viettel-84"})",
             admin(kHolding)),
      {"POST /grants/{number}/end",
       [this](const std::string& actor) {
         const auto number = here_.grant("tam", "clerk", "viettel-84");
         return here_.post(actor, "/grants/" + std::to_string(number) + "/end");
       },
       admin(kHolding), 404},
      reads("/audit", {}, with({"auditor"}, kEverywhere)),
      writes("/audit/verify", "", with({"auditor"}, kEverywhere)),
  });
}

TEST_P(Access, ViewerLinksAreMadeAndRevokedByWhoLooksAfterTheUnit) {
  const std::vector<std::string> makers{"admin", "officer", "leader"};
  walk({
      writes("/viewer-links", R"({"unit":"84@2020-06-01","name":"Phòng họp","until":"2020-12-31"})",
             with(makers, kTerritory)),
      reads("/viewer-links", {}, with(makers, kEverywhere)),
      {"POST /viewer-links/{id}/revoke",
       [this](const std::string& actor) {
         const auto id = here_.link("phòng họp", kTraVinh);
         return here_.post(actor, "/viewer-links/" + std::to_string(id) + "/revoke");
       },
       with(makers, kTerritory), 404},
  });
}

TEST_P(Access, FiguresAreForReadersOfTheirScopeAndWrittenByClerksAndOfficers) {
  const auto id = to_text(figure_);
  // Each of the one that stands.
  Operation corrects{
      "POST /figures/{id}/corrections",
      [this](const std::string& actor) {
        const auto all = here_.read([&](store::Sql& sql) { return versions(sql, figure_); });
        return here_.post(actor, "/figures/" + to_text(all.back().id) + "/corrections",
                          R"({"value":1,"reason":"nhầm"})");
      },
      with({"clerk"}, kHolding) + with({"officer"}, kTerritory),
      404,
      with(kReading, kHolding),
      {}};
  walk({
      reads("/figures", {{"subject", "84"}, {"measure", "app_installed_sim"}},
            with(kReading, kHolding)),
      // An operator's: nobody else learns that it is there.
      reads("/figures/" + id, {}, with(kReading, kHolding), 404),
      reads("/figures", {{"subject", "84"}, {"latest", "1"}}, with(kReading, kHolding)),
      by_link(reads("/rates",
                    {{"subject", "84"},
                     {"indicator", "install_rate.smartphone_subscriptions"},
                     {"source", "operator:viettel-84"}},
                    with(kReading, kHolding) + with({"viewer"}, kHolding)),
              {"link/in"}),
      by_link(reads("/series",
                    {{"subject", "84"},
                     {"indicator", "install_rate.smartphone_subscriptions"},
                     {"source", "operator:viettel-84"}},
                    with(kReading, kHolding) + with({"viewer"}, kHolding)),
              {"link/in"}),
      std::move(corrects),
      writes("/figures",
             R"({"figures":[{"subject":"84@2020-06-01","measure":"smartphone_users",)"
             R"("source":"department:so-tttt-84","cut_off":"2020-08-01T00:00+07:00",)"
             R"("value":500000,"reference":"công văn"}]})",
             with({"officer"}, kTerritory)),
      writes("/targets", kTarget, with({"officer"}, kTerritory)),
      writes("/targets/1/choose", "", with({"officer"}, kTerritory)),
  });
}

TEST_P(Access, WhatIsPublicNeedsNoLogin) {
  for (const auto* path : {"/public/adoption", "/public/units"}) {
    EXPECT_EQ(here_.get("", path).status, 200) << path;
    EXPECT_EQ(here_.get("none", path).status, 200) << path;
  }
}

TEST_P(Access, WhoIsInChargeOfABodyShowsInItsScopeOnly) {
  ASSERT_EQ(here_
                .post("admin/in", "/bodies/viettel-84/posts",
                      R"({"post":"Giám đốc","name":"Ông Mẫu","contact":"0294 000"})")
                .status,
            200);
  const auto shows = [&](std::string_view actor) {
    return here_.get(actor, "/bodies/viettel-84").body.find("Ông Mẫu") != std::string::npos;
  };
  EXPECT_TRUE(shows("clerk/own"));
  EXPECT_TRUE(shows("duty/in"));
  EXPECT_TRUE(shows("admin/in"));
  // A screen on a wall is nobody's to look people up by.
  EXPECT_FALSE(shows("viewer/in"));
  EXPECT_FALSE(shows("clerk/beside"));
  EXPECT_FALSE(shows("officer/outside"));
  EXPECT_FALSE(shows("none"));
}

TEST_P(Access, NobodyGrantsToThemselvesOrBeyondTheirOwnScope) {
  const auto grant = [&](std::string_view by, std::string_view account, std::string_view scope) {
    return here_
        .post(by, "/grants",
              R"({"account":")" + std::string(account) + R"(","role":"officer","scope":")" +
                  std::string(scope) + R"("})")
        .status;
  };
  EXPECT_EQ(grant("admin/in", "hoa", kTraVinhCity), 201);
  EXPECT_EQ(grant("admin/in", "admin/in", kTraVinhCity), 403);
  EXPECT_EQ(grant("admin/in", "hoa", kBinhPhuoc), 403);
  EXPECT_EQ(grant("admin/in", "hoa", "VN"), 403);
  // Who administers the server gives the first grants.
  EXPECT_EQ(grant("root", "hoa", "VN"), 201);
}

TEST_P(Access, AnAuditorReadsWhatWasDoneByGrantsWithinTheirScope) {
  here_.post("officer/in", "/targets/1/choose", "");
  ASSERT_EQ(here_
                .post("root", "/bodies",
                      R"({"slug":"dai-70","kind":"station","name":"Đài","unit":"70@2020-06-01"})")
                .status,
            200);
  const auto told = [&](std::string_view actor) { return here_.get(actor, "/audit").body; };
  EXPECT_NE(told("auditor/in").find("target chosen"), std::string::npos);
  EXPECT_EQ(told("auditor/in").find("dai-70"), std::string::npos);
  EXPECT_EQ(told("auditor/outside").find("target chosen"), std::string::npos);
  EXPECT_NE(told("auditor/above").find("dai-70"), std::string::npos);
}

// The numbers are such that their digits stand nowhere else; operators report them in every way
// that there is, also where no form asks for it.
class Operators : public OnCampaign {
 protected:
  Operators() {
    here_.figure(kTraVinh, 7'919'001, "operator:viettel-84", "app_installed_sim");
    here_.figure(kTraVinhCity, 7'919'002, "operator:viettel-84", "app_installed_sim");
    here_.figure(kTraVinh, 7'919'003, "operator:viettel-84", "app_installed");
    here_.figure(kTraVinhCity, 7'919'004, "operator:viettel-84", "app_installed");
    here_.figure(kTraVinh, 7'919'005, "operator:viettel-84", "smartphone_users");
    here_.figure(kTraVinhCity, 7'919'006, "operator:viettel-84", "smartphone_users");
    here_.figure(kTraVinh, 7'919'007, "operator:viettel-84", "smartphone_subscriptions");
    here_.figure(kTraVinh, 7'919'008, "operator:viettel-84", "population", "2020-08-18");
    here_.figure(kTraVinhCity, 7'919'009, "operator:viettel-84", "population", "2020-08-18");
    here_.figure(kTraVinh, 1'111, "operator:mobifone-84", "app_installed_sim");
    here_.grant("hoa", "officer", kTraVinh);
    here_.grant("viettel", "clerk", "viettel-84");
    here_.grant("mobifone", "clerk", "mobifone-84");
    // Whatever else an operator's account was granted by mistake.
    here_.grant("greedy", "clerk", "mobifone-84");
    here_.grant("greedy", "officer", kTraVinh);
    here_.grant("greedy", "viewer", "VN");
    // A target that counts what Viettel reports.
    const auto made = here_.post(
        "hoa", "/targets",
        R"({"indicator":"install_rate.population","subject":"84@2020-06-01",)"
        R"("due_before":"đến ngày 31/8/2020","hundredths":5000,"start":"2020-08-04T00:00+07:00",)"
        R"("source":"operator:viettel-84"})");
    EXPECT_EQ(made.status, 201) << made.body;
  }

  std::vector<std::pair<std::string, CampaignHere::Query>> questions() {
    std::vector<std::pair<std::string, CampaignHere::Query>> all;
    for (const auto* unit : {"84", "842", "VN"}) {
      for (const auto* indicator : {"install_rate.population", "install_rate.smartphone_users",
                                    "install_rate.smartphone_subscriptions", "owners_installed"}) {
        for (const auto* source : {"", "operator:viettel-84", "department:so-tttt-84"}) {
          all.push_back({"/rates",
                         {{"subject", unit},
                          {"indicator", indicator},
                          {"source", source},
                          {"children", "1"}}});
          all.push_back({"/wall", {{"unit", unit}, {"indicator", indicator}, {"source", source}}});
          all.push_back(
              {"/series", {{"subject", unit}, {"indicator", indicator}, {"source", source}}});
        }
      }
      all.push_back({"/wall", {{"unit", unit}}});
      all.push_back({"/figures", {{"subject", unit}}});
      all.push_back({"/figures", {{"subject", unit}, {"latest", "1"}}});
      all.push_back({"/public/adoption", {{"unit", unit}}});
    }
    all.push_back({"/targets", {}});
    all.push_back({"/targets/1/status", {}});
    all.push_back({"/targets/1/status", {{"on", "2020-09-02"}}});
    for (std::int64_t series = 1; series < 900; series += 1) {
      for (const auto* day : {"2020-08-18", "2020-08-19"})
        all.push_back(
            {"/figures/" + to_text(FigureId{series, vi::end_of(*day_from_text(day)), 1}), {}});
    }
    return all;
  }
  // How many of the answers hold one of Viettel's numbers, as digits or as people write them.
  int told(std::string_view account) {
    int count = 0;
    for (const auto& [path, query] : questions()) {
      const auto answer = here_.get(account, path, query);
      auto at = std::string::npos;
      for (const auto* digits : {"79190", "7.919.0", "7,919,0"})
        at = std::min(at, answer.body.find(digits));
      if (at == std::string::npos) continue;
      ++count;
      if (account != "viettel" && account != "hoa") {
        ADD_FAILURE() << account << " reads in " << path << ": "
                      << answer.body.substr(at < 300 ? 0 : at - 300, 400);
        return count;
      }
    }
    return count;
  }
};
BZ_ON_BOTH_STORES(Operators);

TEST_P(Operators, NeverSeeAnothersNumbersInAnyAnswer) {
  EXPECT_GT(told("viettel"), 8);
  EXPECT_GT(told("hoa"), 8);
  EXPECT_EQ(told("mobifone"), 0);
  EXPECT_EQ(told("greedy"), 0);
  EXPECT_EQ(told("none"), 0);
  // Once the target is missed, what is frozen of it stays as it was.
  here_.clock.set(here_.clock.now() + std::chrono::days{15});
  ASSERT_TRUE(here_.service->tick());
  EXPECT_NE(here_.get("hoa", "/targets/1/status").body.find("frozen"), std::string::npos);
  EXPECT_EQ(told("mobifone"), 0);
}

// Nobody logged in to these.
TEST_P(Operators, AreNotInWhatIsPublic) {
  EXPECT_EQ(here_.get("", "/public/adoption", {{"unit", "84"}}).status, 200);
  here_.clock.set(here_.clock.now() + std::chrono::hours{1});
  for (const auto* unit : {"84", "842", "VN"})
    EXPECT_EQ(here_.get("", "/public/adoption", {{"unit", unit}}).body.find("79190"),
              std::string::npos);
}

}  // namespace
}  // namespace bz::campaign
