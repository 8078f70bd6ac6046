#include "papers/authentication.h"

#include <gtest/gtest.h>

#include <vector>

namespace bz::papers {
namespace {

constexpr std::string_view kHere = "mx.so.example";

bool believed(const std::vector<std::string>& results,
              std::string_view from = "baocao@viettel.example") {
  return vouches(kHere, results, from);
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
  EXPECT_FALSE(vouches("", std::vector<std::string>{"; dmarc=pass"}, "a@b.example"));
  EXPECT_FALSE(believed({"mx.so.example; dmarc=pass header.from=viettel.example"}, ""));
}

TEST(Authentication, OnlyTheTopmostOfOurServersNameIsRead) {
  const std::string pass = "mx.so.example; dmarc=pass header.from=viettel.example";
  const std::string fail = "mx.so.example; dmarc=fail header.from=viettel.example";
  EXPECT_FALSE(believed({fail, pass}));
  EXPECT_TRUE(believed({pass, fail}));
  EXPECT_FALSE(believed({"mx.elsewhere.example; dmarc=pass header.from=viettel.example"}));
  EXPECT_TRUE(believed({"mx.elsewhere.example; dmarc=fail", pass}));
  // One that cannot be read may be ours.
  EXPECT_FALSE(believed({"mx.so.example; dmarc", pass}));
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
