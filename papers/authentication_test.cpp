#include "papers/authentication.h"

#include <gtest/gtest.h>

#include <span>
#include <vector>

namespace bz::papers {
namespace {

constexpr std::string_view kHere = "mx.so.example";

bool believed(const std::vector<std::string>& results,
              std::string_view from = "baocao@viettel.example") {
  std::vector<StatedResults> stated;
  for (const auto& text : results) stated.push_back({text, !stated.empty()});
  return vouches(kHere, stated, from);
}

TEST(Authentication, OurServersWordCountsForTheSendersDomain) {
  EXPECT_TRUE(believed({" mx.so.example; dmarc=pass header.from=viettel.example"}));
  EXPECT_TRUE(believed({"mx.so.example 1; dkim=pass header.d=viettel.example"}));
  EXPECT_TRUE(believed({"MX.So.Example; SPF=Pass smtp.mailfrom=bounce@VIETTEL.example"}));
  EXPECT_TRUE(believed({"mx.so.example; spf=pass smtp.mailfrom=viettel.example"}));
  // As Postfix with its filters writes it, over several lines.
  EXPECT_TRUE(
      believed({" mx.so.example;\r\n\tdkim=fail (bad (old) key) header.d=other.example"
                "\r\n header.b=\"a=b;\"; dkim=pass\r\n\treason=\"fine; so far\" "
                "header.d=viettel.example header.b=Zx/9=;\r\n"}));
  EXPECT_TRUE(
      believed({"mx.so.example; dmarc=none header.from=viettel.example; "
                "spf=pass smtp.mailfrom=\"a b\"@viettel.example"}));
}

TEST(Authentication, AnotherDomainAFailureOrNothingIsNotEnough) {
  EXPECT_FALSE(believed({}));
  EXPECT_FALSE(believed({"mx.so.example; none"}));
  EXPECT_FALSE(believed({"mx.so.example; dmarc=fail header.from=viettel.example"}));
  EXPECT_FALSE(believed({"mx.so.example; dmarc=pass header.from=evil.example"}));
  EXPECT_FALSE(believed({"mx.so.example; dkim=pass header.d=evil.example"}));
  EXPECT_FALSE(believed({"mx.so.example; dkim=pass header.d=example"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=softfail smtp.mailfrom=viettel.example"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=pass smtp.helo=viettel.example"}));
  // What DMARC refuses, no other check mends.
  EXPECT_FALSE(believed({"mx.so.example; dkim=pass header.d=viettel.example; dmarc=fail"}));
  const StatedResults of_nobody{"; dmarc=pass", false};
  EXPECT_FALSE(vouches("", std::span(&of_nobody, 1), "a@b.example"));
  EXPECT_FALSE(believed({"mx.so.example; dmarc=pass header.from=viettel.example"}, ""));
}

TEST(Authentication, EachFilterOfOurServerWritesAHeaderAndNoOtherServersCounts) {
  // As OpenDMARC and OpenDKIM write them above each other, of a domain without a DMARC record.
  const std::string none =
      "mx.so.example; dmarc=none (p=none dis=none) header.from=viettel.example";
  const std::string spf = "mx.so.example; spf=pass smtp.mailfrom=viettel.example";
  const std::string dkim = "mx.so.example;\r\n\tdkim=pass (2048-bit key) header.d=viettel.example";
  EXPECT_FALSE(believed({none}));
  EXPECT_TRUE(believed({none, spf}));
  EXPECT_TRUE(believed({none, "mx.so.example; spf=none smtp.mailfrom=viettel.example", dkim}));
  EXPECT_TRUE(believed({"mx.elsewhere.example; dmarc=fail", none, spf}));
  EXPECT_FALSE(believed({"mx.elsewhere.example; dmarc=pass header.from=viettel.example"}));
  // What DMARC refuses, no other header mends.
  EXPECT_FALSE(believed({spf, "mx.so.example; dmarc=fail header.from=viettel.example"}));
  EXPECT_TRUE(believed({none, spf, spf}));
}

TEST(Authentication, WhatStandsFurtherDownIsNotBelievedAsItMayHaveComeWithTheLetter) {
  const StatedResults none{"mx.so.example; dmarc=none", false};
  const std::string pass = "mx.so.example; dkim=pass header.d=viettel.example";
  const auto both = [&](bool is_next) {
    const std::vector<StatedResults> stated{none, {pass, is_next}};
    return vouches(kHere, stated, "baocao@viettel.example");
  };
  EXPECT_TRUE(both(true));
  EXPECT_FALSE(both(false));
}

TEST(Authentication, TwoOfOurHeadersThatContradictEachOtherAreNotBelieved) {
  const std::string pass = "mx.so.example; dmarc=pass header.from=viettel.example";
  const std::string fail = "mx.so.example; dmarc=fail header.from=viettel.example";
  const std::string none = "mx.so.example; dmarc=none header.from=viettel.example";
  const std::string other = "mx.so.example; dmarc=pass header.from=evil.example";
  for (const auto& against : {fail, none, other}) {
    EXPECT_FALSE(believed({against, pass})) << against;
    EXPECT_FALSE(believed({pass, against})) << against;
  }
  EXPECT_FALSE(believed({"mx.so.example; dmarc=none; dmarc=pass header.from=viettel.example"}));
  // One that cannot be read may be ours; another server's below ours is not looked at.
  EXPECT_FALSE(believed({"mx.so.example; dmarc", pass}));
  EXPECT_FALSE(believed({"spf=pass (sender IP is 10.0.0.2) smtp.mailfrom=x.example", pass}));
  EXPECT_FALSE(believed({pass, "MX.so.example; dmarc"}));
  EXPECT_TRUE(believed({pass, "spf=pass (sender IP is 10.0.0.2) smtp.mailfrom=x.example"}));
}

TEST(Authentication, APropertyGivenTwiceIsNotBelieved) {
  EXPECT_FALSE(
      believed({"mx.so.example; spf=pass smtp.mailfrom=evil.example "
                "smtp.mailfrom=viettel.example"}));
  EXPECT_FALSE(
      believed({"mx.so.example; dkim=pass header.d=evil.example "
                "header.d=viettel.example"}));
  EXPECT_FALSE(
      believed({"mx.so.example; dmarc=pass header.from=viettel.example "
                "header.from=evil.example"}));
  EXPECT_FALSE(
      believed({"mx.so.example; spf=pass smtp.mailfrom=evil.example; "
                "spf=pass smtp.mailfrom=viettel.example"}));
  // Two signatures are two checks.
  EXPECT_TRUE(
      believed({"mx.so.example; dkim=pass header.d=evil.example; "
                "dkim=pass header.d=viettel.example"}));
}

TEST(Authentication, AnAddressOfTwoDomainsIsOfNone) {
  EXPECT_FALSE(believed({"mx.so.example; spf=pass smtp.mailfrom=x@evil.example@viettel.example"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=pass smtp.mailfrom=x@viettel.example"},
                        "a@evil.example@viettel.example"));
}

TEST(Authentication, WhatIsQuotedOrInACommentIsNoResult) {
  EXPECT_FALSE(believed({"mx.so.example; spf=pass smtp.mailfrom=\"x; dmarc=pass\"@evil.example"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=none (dmarc=pass header.from=viettel.example)"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=none (\\) ; dmarc=pass)"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=none (; dmarc=pass"}));
  EXPECT_FALSE(believed({"mx.so.example; spf=pass smtp.mailfrom=\"viettel.example"}));
  EXPECT_FALSE(believed({"mx.so.example; dmarc=pass" + std::string(16'000, ' ')}));
}

}  // namespace
}  // namespace bz::papers
