// Who the two are that revoke together: two persons, not two accounts.
#include "codes/revocations.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/ecdh.h"
#include "codes/codes_here.h"

namespace bz::codes {
namespace {

class TwoPersons : public OnBoth {
 protected:
  void SetUp() override {
    here.authority.supervisors_key = AgreementKey::draw(here.random).public_key().to_pem();
    here.save();
    here.grant("lan", "issuer");
    here.grant("minh", "supervisor");
    here.grant("thanh", "administrator");
    here.grant("mai", "administrator");
    const auto issued =
        here.officer("lan", "POST", "/officer/v1/codes", R"({"testType":"confirmed"})");
    const auto token = here.text(here.verify(here.text(issued, "code")), "token");
    ASSERT_EQ(here.certify(token, to_base64(Bytes(32))).status, 200);
    uuid_ = here.text(issued, "uuid");
  }
  // `by` makes `account` a supervisor, on the portal.
  void grant(std::string_view by, const std::string& account,
             const std::string& role = "supervisor") {
    const auto granted =
        here.officer(by, "POST", "/officer/v1/grants",
                     R"({"account":")" + account + R"(","role":")" + role + R"("})");
    ASSERT_EQ(granted.status, 200) << granted.body;
  }
  [[nodiscard]] std::string body() const {
    return R"({"uuid":")" + uuid_ + R"(","reason":"nhầm mẫu xét nghiệm"})";
  }
  // The way to the approval of what `account` asks.
  std::string asked_by(std::string_view account) {
    return way(here.officer(account, "POST", "/officer/v1/revocations", body()));
  }
  std::string way(const http::Response& asked) {
    EXPECT_EQ(asked.status, 201) << asked.body;
    return "/officer/v1/revocations/" + here.text(asked, "id") + "/approve";
  }
  // "200", or "403 second_person_needed".
  std::string approved(const http::Response& response) {
    return std::to_string(response.status) +
           (response.status == 200 ? "" : " " + here.error(response));
  }
  std::string approved_by(std::string_view account, const std::string& path) {
    return approved(here.officer(account, "POST", path));
  }

  std::string uuid_;
};
INSTANTIATE_TEST_SUITE_P(Stores, TwoPersons, testing::Values(On::kSqlite, On::kPostgres),
                         store_name);

constexpr auto kNo = "403 second_person_needed";

TEST_P(TwoPersons, WhoMadeASupervisorIsNoSecondPersonToThemForFourteenDays) {
  grant("thanh", "thanh");
  grant("thanh", "hoa");
  const auto by_hoa = asked_by("hoa");
  EXPECT_EQ(approved_by("thanh", by_hoa), kNo);
  EXPECT_EQ(approved_by("hoa", asked_by("thanh")), kNo);
  EXPECT_EQ(approved_by("minh", by_hoa), "200") << "nobody stands behind the command line's";

  here.clock.advance(http::kHelpCounts - std::chrono::milliseconds{1});
  EXPECT_EQ(approved_by("hoa", asked_by("thanh")), kNo);
  here.clock.advance(std::chrono::milliseconds{1});
  EXPECT_EQ(approved_by("hoa", asked_by("thanh")), "200");
}

TEST_P(TwoPersons, TwoWhomOnePersonMadeSupervisorsAreOne) {
  grant("thanh", "hoa");
  grant("thanh", "cuc");
  grant("mai", "dao");
  const auto path = asked_by("hoa");
  EXPECT_EQ(approved_by("cuc", path), kNo);
  EXPECT_EQ(approved_by("dao", path), "200");
}

TEST_P(TwoPersons, WhoSetUpAnAccountStandsBehindWhatItAsksApprovesAndGrants) {
  here.grant("hoa", "supervisor");
  // thanh has reset hoa's account.
  const auto by_hoa = way(here.helped("hoa", "thanh", "POST", "/officer/v1/revocations", body()));
  here.grant("thanh", "supervisor");
  EXPECT_EQ(approved_by("thanh", by_hoa), kNo);
  EXPECT_EQ(approved(here.helped("minh", "thanh", "POST", by_hoa)), kNo);
  EXPECT_EQ(approved(here.helped("minh", "hoa", "POST", by_hoa)), kNo);
  EXPECT_EQ(approved(here.helped("minh", "mai", "POST", by_hoa)), "200");

  // thanh has made the account mai, which made dao a supervisor.
  const auto granted = here.helped("mai", "thanh", "POST", "/officer/v1/grants",
                                   R"({"account":"dao","role":"supervisor"})");
  ASSERT_EQ(granted.status, 200);
  EXPECT_EQ(approved_by("dao", asked_by("thanh")), kNo);
}

TEST_P(TwoPersons, AGrantThatIsGivenTwiceGetsNoYoungerAndOneThatWasTakenAwayDoes) {
  here.grant("hoa", "supervisor");
  grant("thanh", "hoa");
  grant("thanh", "thanh");
  EXPECT_EQ(approved_by("thanh", asked_by("hoa")), "200");
  ASSERT_EQ(here.officer("thanh", "POST", "/officer/v1/grants/remove",
                         R"({"account":"hoa","role":"supervisor"})")
                .status,
            200);
  grant("thanh", "hoa");
  EXPECT_EQ(approved_by("thanh", asked_by("hoa")), kNo);
}

// hoa is a second account of thanh's, and old. What he makes it, it makes others.
TEST_P(TwoPersons, WhoMadeAnAdministratorStandsBehindTheSupervisorsThatItMakes) {
  here.grant("thanh", "supervisor");
  grant("thanh", "hoa", "administrator");
  grant("hoa", "hoa");
  grant("hoa", "dao");
  EXPECT_EQ(approved_by("thanh", asked_by("hoa")), kNo);
  EXPECT_EQ(approved_by("thanh", asked_by("dao")), kNo);
  EXPECT_EQ(approved_by("dao", asked_by("thanh")), kNo);
  EXPECT_EQ(approved_by("minh", asked_by("dao")), "200");
  // Nor does it help to take the role away again.
  ASSERT_EQ(here.officer("thanh", "POST", "/officer/v1/grants/remove",
                         R"({"account":"hoa","role":"administrator"})")
                .status,
            200);
  EXPECT_EQ(approved_by("thanh", asked_by("hoa")), kNo);
}

TEST_P(TwoPersons, WhoMadeASupervisorAnIssuerTooDoesNotStandBehindThem) {
  here.grant("thanh", "supervisor");
  grant("thanh", "minh", "issuer");
  EXPECT_EQ(approved_by("thanh", asked_by("minh")), "200");
}

// While the machines are upgraded one after the other.
TEST_P(TwoPersons, NothingThatNeedsThemIsDoneWhileAnOlderPortalDoesNotSayWhoTheyAre) {
  here.grant("thanh", "supervisor");
  const auto path = asked_by("minh");
  const auto call = [&](std::string_view account, std::string_view to, const std::string& with) {
    return here
        .call("POST", to, {{"x-test-account", std::string(account)}, {"x-test-older-portal", "1"}},
              with)
        .status;
  };
  EXPECT_EQ(call("minh", "/officer/v1/revocations", body()), 503);
  EXPECT_EQ(call("thanh", path, ""), 503);
  const std::string role = R"({"account":"hoa","role":"supervisor"})";
  EXPECT_EQ(call("thanh", "/officer/v1/grants", role), 503);
  // All else goes on.
  EXPECT_EQ(call("lan", "/officer/v1/codes", R"({"testType":"confirmed"})"), 200);
  EXPECT_EQ(call("thanh", "/officer/v1/grants/remove", role), 404);
  EXPECT_EQ(approved_by("thanh", path), "200");
}

}  // namespace
}  // namespace bz::codes
