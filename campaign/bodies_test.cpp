#include "campaign/bodies.h"

#include "base/date.h"
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

class Bodies : public OnCampaign {
 protected:
  Result<void> try_put(const Body& body) {
    return here_.store->write([&](store::Sql& sql) { return put_body(sql, body); });
  }
  Body found(std::string_view slug) {
    return here_.read([&](store::Sql& sql) { return find_body(sql, slug); });
  }
  std::vector<std::string> called(std::string_view words, std::string_view unit) {
    std::vector<std::string> slugs;
    for (const auto& body :
         here_.read([&](store::Sql& sql) { return bodies_called(sql, words, unit); }))
      slugs.push_back(body.slug);
    return slugs;
  }
  using Slugs = std::vector<std::string>;
};
BZ_ON_BOTH_STORES(Bodies);

TEST_P(Bodies, ABodyIsKeptWithItsNamesScopeAndAddresses) {
  here_.put({"viettel-84",
             "operator",
             "Viettel Trà Vinh",
             {"Chi nhánh Viettel"},
             "",
             kTraVinh,
             {kTraVinh},
             {"BaoCao@Viettel.vn"}});
  const auto body = found("viettel-84");
  EXPECT_EQ(body.name, "Viettel Trà Vinh");
  EXPECT_EQ(body.aliases, Slugs{"Chi nhánh Viettel"});
  EXPECT_EQ(body.answers_for, Slugs{kTraVinh});
  EXPECT_EQ(body.mail, Slugs{"baocao@viettel.vn"});
}

TEST_P(Bodies, APlaceThatHasOneNameTwiceIsAskedWhichIsMeant) {
  EXPECT_EQ(called("Sở TT&TT", ""), (Slugs{"so-tttt-70", "so-tttt-84"}));
  EXPECT_EQ(called("Sở TT&TT", kTraVinh), Slugs{"so-tttt-84"});
  // The old and the new place of a tone are one; another tone is another name.
  EXPECT_EQ(called("Uỷ ban nhân dân tỉnh Trà Vinh", ""), Slugs{"ubnd-84"});
  EXPECT_EQ(called("Ủy ban nhân dân tỉnh Tra Vinh", ""), Slugs{});
  EXPECT_EQ(called("viettel-84", ""), Slugs{"viettel-84"});
}

TEST_P(Bodies, WhatIsNotRightIsNamedAndNothingIsKept) {
  const auto says = [&](const Body& body, Code code, std::string_view what) {
    const auto put = try_put(body);
    ASSERT_FALSE(put) << what;
    EXPECT_EQ(put.error().code, code) << what;
    EXPECT_NE(put.error().what.find(what), std::string::npos) << put.error().what;
  };
  says({"Sở", "department", "Sở", {}, "", "", {}}, Code::kInvalid, "slug");
  says({"so-x", "ministry", "Sở", {}, "", "", {}}, Code::kInvalid, "kind");
  says({"so-x", "department", "", {}, "", "", {}}, Code::kInvalid, "name");
  says({"so-x", "department", "Sở", {}, "none", "", {}}, Code::kNotFound, "parent");
  says({"so-x", "department", "Sở", {}, "", "84@2019-01-01", {}}, Code::kNotFound, "unit");
  says({"so-x", "department", "Sở", {}, "", "", {"none"}}, Code::kNotFound, "answers for");
  says({"so-x", "department", "Sở", {}, "", "", {}, {"no address"}}, Code::kInvalid, "'@'");
  // ubnd-842 is under ubnd-84.
  says({"ubnd-84", "committee", "UBND", {}, "ubnd-842", kTraVinh, {}}, Code::kInvalid,
       "its own parent");
  EXPECT_FALSE(here_.store->read([](store::Sql& sql) { return find_body(sql, "so-x"); }));
}

TEST_P(Bodies, AnAddressBelongsToOneBody) {
  here_.put({"vnpt-84", "operator", "VNPT", {}, "", kTraVinh, {}, {"so-lieu@vnpt.vn"}});
  const auto whose = [&](std::string_view address) {
    const auto body = here_.read([&](store::Sql& sql) { return body_of_mail(sql, address); });
    return body ? body->slug : "nobody";
  };
  EXPECT_EQ(whose("So-Lieu@VNPT.vn"), "vnpt-84");
  EXPECT_EQ(whose("so-lieu@vnpt.com"), "nobody");
  EXPECT_EQ(
      try_put({"viettel-84", "operator", "Viettel", {}, "", kTraVinh, {}, {"so-lieu@vnpt.vn"}})
          .error()
          .code,
      Code::kConflict);
}

TEST_P(Bodies, AreListedByTheUnitInWhichTheySitInVietnameseOrder) {
  Slugs slugs;
  for (const auto& body : here_.read([](store::Sql& sql) { return list_bodies(sql, kTraVinh); }))
    slugs.push_back(body.slug);
  // "Nhà mạng m…", "… vi…", "… vn…", "Sở", "Ủy ban … huyện 842", "… 844", "… tỉnh".
  EXPECT_EQ(slugs, (Slugs{"mobifone-84", "viettel-84", "vnpt-84", "so-tttt-84", "ubnd-842",
                          "ubnd-844", "ubnd-84"}));
}

TEST_P(Bodies, ThePostThatBeginsEndsTheOneBeforeIt) {
  const auto begin = CampaignHere::kBegin;
  const auto put = [&](std::string_view account, Instant from) {
    Post post;
    post.body = "so-tttt-84";
    post.post = "người phụ trách báo cáo";
    post.account = account;
    post.from = from;
    here_.write([&](store::Sql& sql) -> Result<int> {
      if (auto done = put_post(sql, post); !done) return done.error();
      return 0;
    });
  };
  put("lan", begin);
  put("hoa", begin + std::chrono::days{2});
  const auto who = [&](Instant at) {
    std::string accounts;
    for (const auto& post :
         here_.read([&](store::Sql& sql) { return posts_of(sql, "so-tttt-84", at); }))
      accounts += post.account + " ";
    return accounts;
  };
  EXPECT_EQ(who(begin - std::chrono::hours{1}), "");
  EXPECT_EQ(who(begin + std::chrono::days{1}), "lan ");
  EXPECT_EQ(who(begin + std::chrono::days{3}), "hoa ");
}

// Whose it is, or that it is anybody's, is not for everybody who looks after bodies somewhere.
TEST_P(Bodies, AnAddressOfAnotherBodyCannotBeUsedAndTheStoresOwnWordsAreNotShown) {
  const std::vector<std::string> address{"bao-cao@vi.du"};
  here_.put({"viettel-84", "operator", "Viettel Trà Vinh", {}, "", kTraVinh, {}, address});
  const auto kept =
      try_put({"viettel-70", "operator", "Viettel Bình Phước", {}, "", kBinhPhuoc, {}, address});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Code::kConflict);
  EXPECT_EQ(kept.error().what, "one of its mail addresses cannot be used: give another");
  // Its own it keeps.
  here_.put({"viettel-84", "operator", "Viettel Trà Vinh", {}, "", kTraVinh, {}, address});
}

TEST_P(Bodies, AUnitThatIsNoMoreStaysWhereItWasAtItsEnd) {
  const auto lies = [&](std::string_view unit, std::string_view top) {
    return here_.read([&](store::Sql& sql) { return lies_in(sql, unit, top); });
  };
  EXPECT_TRUE(lies(kTraVinhCity, kTraVinh));
  EXPECT_TRUE(lies(kTraVinh, "VN@1976-07-02"));
  EXPECT_TRUE(lies(kTraVinh, kTraVinh));
  EXPECT_FALSE(lies(kTraVinh, kTraVinhCity));
  EXPECT_FALSE(lies(kTraVinhCity, kBinhPhuoc));
  // Vĩnh Long of 2025 took Trà Vinh in, but the unit of 2020 was never under it.
  EXPECT_FALSE(lies(kTraVinhCity, "86@2025-07-01"));
  EXPECT_FALSE(lies("84", kTraVinh));
}

}  // namespace
}  // namespace bz::campaign
