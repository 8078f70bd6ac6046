#include "campaign/grants.h"

#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

class Grants : public OnCampaign {
 protected:
  bool holds(std::string_view scope, std::string_view subject) {
    return here_.read([&](store::Sql& sql) { return in_scope(sql, scope, subject); });
  }
  Result<std::int64_t> try_grant(std::string_view account, std::string_view role,
                                 std::string_view scope, std::optional<Instant> until = {}) {
    Grant grant;
    grant.account = account;
    grant.role = role;
    grant.scope = scope;
    grant.from = CampaignHere::kBegin;
    grant.until = until;
    return here_.store->write([&](store::Sql& sql) { return put_grant(sql, grant); });
  }
  std::vector<Grant> of(std::string_view account, Instant at) {
    return here_.read([&](store::Sql& sql) { return grants_of(sql, account, at); });
  }
};
BZ_ON_BOTH_STORES(Grants);

TEST_P(Grants, AUnitsSubtreeHoldsTheUnitsBelowItAndTheBodiesThatSitThere) {
  EXPECT_TRUE(holds(kTraVinh, kTraVinh));
  EXPECT_TRUE(holds(kTraVinh, kTraVinhCity));
  EXPECT_TRUE(holds(kTraVinh, "viettel-84"));
  EXPECT_TRUE(holds(kTraVinh, "ubnd-842"));
  EXPECT_TRUE(holds("VN", "so-tttt-70"));
  EXPECT_FALSE(holds(kTraVinh, kBinhPhuoc));
  EXPECT_FALSE(holds(kTraVinh, "viettel-70"));
  EXPECT_FALSE(holds(kTraVinhCity, kTraVinh));
  EXPECT_FALSE(holds(kTraVinhCity, "viettel-84"));
  EXPECT_FALSE(holds(kTraVinh, "VN"));
  EXPECT_FALSE(holds(kTraVinh, "nobody"));
}

TEST_P(Grants, ABodysSubtreeHoldsTheBodiesBelowItAndWhatItAnswersFor) {
  EXPECT_TRUE(holds("ubnd-84", "ubnd-842"));
  EXPECT_TRUE(holds("so-tttt-84", "viettel-84"));
  EXPECT_TRUE(holds("so-tttt-84", kTraVinhCity));
  EXPECT_FALSE(holds("viettel-84", "mobifone-84"));
  EXPECT_FALSE(holds("viettel-84", kTraVinh));
  EXPECT_FALSE(holds("ubnd-842", "ubnd-84"));
  EXPECT_FALSE(holds("ubnd-842", "ubnd-844"));
}

TEST_P(Grants, HoldFromAMomentUntilAnother) {
  const auto begin = CampaignHere::kBegin;
  const auto number = try_grant("hoa", "clerk", "viettel-84", begin + std::chrono::days{1});
  ASSERT_TRUE(number) << number.error().what;
  EXPECT_TRUE(of("hoa", begin - std::chrono::milliseconds{1}).empty());
  EXPECT_EQ(of("hoa", begin).size(), 1U);
  EXPECT_TRUE(of("hoa", begin + std::chrono::days{1}).empty());
  EXPECT_TRUE(of("lan", begin).empty());
}

TEST_P(Grants, WhatIsGrantedTwiceIsOneAndEndsOnce) {
  const auto first = try_grant("hoa", "clerk", "viettel-84");
  const auto again = try_grant("hoa", "clerk", "viettel-84");
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
  const auto now = CampaignHere::kBegin + std::chrono::hours{1};
  const auto end = [&] {
    return here_.store->write([&](store::Sql& sql) { return end_grant(sql, *first, now); });
  };
  EXPECT_TRUE(end());
  EXPECT_EQ(end().error().code, Code::kNotFound);
  EXPECT_TRUE(of("hoa", now).empty());
  EXPECT_EQ(of("hoa", now - std::chrono::milliseconds{1}).size(), 1U);
}

TEST_P(Grants, NameARoleAScopeAndAnAccount) {
  EXPECT_EQ(try_grant("hoa", "boss", kTraVinh).error().code, Code::kInvalid);
  EXPECT_EQ(try_grant("hoa", "clerk", "nobody").error().code, Code::kNotFound);
  EXPECT_EQ(try_grant("hoa", "clerk", "84@2019-01-01").error().code, Code::kNotFound);
  EXPECT_EQ(try_grant("hoa", "clerk", "84@soon").error().code, Code::kInvalid);
  EXPECT_EQ(try_grant("", "clerk", kTraVinh).error().code, Code::kInvalid);
  EXPECT_EQ(try_grant("hoa", "clerk", kTraVinh, CampaignHere::kBegin).error().code, Code::kInvalid);
}

TEST_P(Grants, TheFirstThatAllowsItIsTheOneThatIsNoted) {
  const auto mine = std::vector<Grant>{{1, "hoa", "viewer", "VN", {}, {}},
                                       {2, "hoa", "officer", kBinhPhuoc, {}, {}},
                                       {3, "hoa", "officer", "VN", {}, {}}};
  constexpr std::string_view kOfficer[] = {"officer"};
  const auto number = [&](std::string_view subject) {
    const auto grant =
        here_.read([&](store::Sql& sql) { return grant_for(sql, mine, kOfficer, subject); });
    return grant ? grant->number : 0;
  };
  EXPECT_EQ(number(kBinhPhuoc), 2);
  EXPECT_EQ(number(kTraVinh), 3);
  constexpr std::string_view kLeader[] = {"leader"};
  EXPECT_FALSE(
      here_.read([&](store::Sql& sql) { return grant_for(sql, mine, kLeader, kTraVinh); }));
}

}  // namespace
}  // namespace bz::campaign
