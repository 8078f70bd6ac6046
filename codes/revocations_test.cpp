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
  void grant(std::string_view by, const std::string& account) {
    const auto granted = here.officer(by, "POST", "/officer/v1/grants",
                                      R"({"account":")" + account + R"(","role":"supervisor"})");
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

}  // namespace
}  // namespace bz::codes
