// A browser that its owner trusts: the password alone, for 30 days, and what ends that.
#include "accounts/trusted.h"

#include <gtest/gtest.h>

#include "accounts/accounts_here.h"
#include "tests/postgres_here.h"

namespace bz::accounts {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kOwn = "trăm năm trong cõi";
constexpr std::string_view kOther = "chữ tài chữ mệnh";

std::string said(const http::Response& response) {
  return std::to_string(response.status) + " " + text_in(response, "error");
}
std::string next_in(const http::Response& response) {
  return text_in(response, "next");
}
bool is_in(const http::Response& response, std::string_view text) {
  return response.body.find(text) != std::string::npos;
}

// Lan, who has trusted her browser, and logged out of it.
class TrustedBrowserHere : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::string url;
    if (GetParam()) {
      auto made = tests::PostgresHere::make();
      ASSERT_TRUE(made) << made.error().what;
      database_.emplace(std::move(*made));
      url = database_->url();
    }
    here_ = std::make_unique<AccountsHere>(url);
    lan_ = std::make_unique<Browser>(*here_);
    set_up(*lan_, "lan", false);
    const auto trusted = give_code(*lan_, true);
    ASSERT_EQ(trusted.status, 200) << trusted.body;
    until_ = here_->clock.now() + days{30};
    ASSERT_TRUE(is_in(trusted, "\"trusted_until\":" + std::to_string(to_ms(until_))));
    ASSERT_TRUE(is_in(trusted, "\"by_trusted_browser\":false"));
    lan_->post("/accounts/v1/logout");
  }

  // Up to the second step of the second login.
  void set_up(Browser& browser, std::string_view name, bool is_administrator) {
    const auto first = here_->service->add_account(name, is_administrator);
    ASSERT_EQ(browser.set_up(name, *first, kOwn).status, 200);
    here_->clock.advance(seconds{30});
    ASSERT_EQ(next_in(browser.log_in(name, kOwn)), "second_factor");
  }
  http::Response give_code(Browser& browser, bool trusts) {
    here_->clock.advance(seconds{30});  // each code counts once
    return browser.post(
        "/accounts/v1/second-factor",
        R"({"code":")" + browser.code() + R"(","trust_device":)" + (trusts ? "true}" : "false}"));
  }
  // Another browser of hers, by both steps.
  Browser elsewhere() {
    Browser browser(*here_, "198.51.100.0/24");
    browser.secret = lan_->secret;
    EXPECT_EQ(next_in(browser.log_in("lan", kOwn)), "second_factor");
    EXPECT_EQ(give_code(browser, false).status, 200);
    return browser;
  }
  std::string next_at_login(std::string_view password = kOwn) {
    return next_in(lan_->log_in("lan", password));
  }

  std::optional<tests::PostgresHere> database_;
  std::unique_ptr<AccountsHere> here_;
  std::unique_ptr<Browser> lan_;
  Instant until_;
};
INSTANTIATE_TEST_SUITE_P(Stores, TrustedBrowserHere, testing::Bool(),
                         [](const auto& of) { return of.param ? "Postgres" : "Sqlite"; });

TEST_P(TrustedBrowserHere, NeedsThePasswordAlone) {
  EXPECT_EQ(said(lan_->log_in("lan", kOther)), "401 wrong_password");
  const auto response = lan_->log_in("lan", kOwn);
  EXPECT_EQ(next_in(response), "ready");
  EXPECT_TRUE(is_in(response, "\"by_trusted_browser\":true")) << response.body;
  EXPECT_TRUE(here_->service->who_asks(lan_->request("POST", "/", {})));
  EXPECT_TRUE(is_in(lan_->get("/accounts/v1/session"), "\"by_trusted_browser\":true"));
}

TEST_P(TrustedBrowserHere, NoOtherBrowserDoes) {
  EXPECT_EQ(next_in(Browser(*here_).log_in("lan", kOwn)), "second_factor");
}

TEST_P(TrustedBrowserHere, IsTrustedThirtyDaysHoweverOftenItIsUsed) {
  here_->clock.set(until_ - minutes{1});
  EXPECT_EQ(next_at_login(), "ready");
  lan_->post("/accounts/v1/logout");
  here_->clock.set(until_);
  EXPECT_EQ(next_at_login(), "second_factor");
  ASSERT_TRUE(here_->service->tick());
  const auto rows = here_->store->read(
      [](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM trusted_browsers"); });
  EXPECT_EQ(**rows, 0);
}

TEST_P(TrustedBrowserHere, WhatItShowedBeforeItWasTrustedIsNotWorthIt) {
  Browser first(*here_);
  set_up(first, "hoa", false);
  // It is known since its set-up; somebody copies that.
  Browser copy = first;
  ASSERT_FALSE(copy.device_cookie.empty());
  ASSERT_EQ(give_code(first, true).status, 200);
  copy.cookie.clear();
  EXPECT_EQ(next_in(copy.log_in("hoa", kOwn)), "second_factor");
  EXPECT_EQ(next_in(first.log_in("hoa", kOwn)), "ready");
}

TEST_P(TrustedBrowserHere, ASystemAdministratorsNeverIs) {
  Browser root(*here_);
  set_up(root, "root", true);
  const auto ready = give_code(root, true);
  EXPECT_EQ(next_in(ready), "ready");
  EXPECT_FALSE(is_in(ready, "trusted_until"));
  root.post("/accounts/v1/logout");
  EXPECT_EQ(next_in(root.log_in("root", kOwn)), "second_factor");
}

TEST_P(TrustedBrowserHere, IsEndedByAPasswordChangeAResetAndTheEndOfAllSessions) {
  Browser other = elsewhere();
  ASSERT_EQ(other
                .post("/accounts/v1/password", R"({"old_password":")" + std::string(kOwn) +
                                                   R"(","new_password":")" + std::string(kOther) +
                                                   R"("})")
                .status,
            200);
  EXPECT_EQ(next_at_login(kOther), "second_factor");

  ASSERT_EQ(give_code(*lan_, true).status, 200);
  EXPECT_EQ(next_at_login(kOther), "ready");
  EXPECT_EQ(next_in(lan_->post("/accounts/v1/sessions/end-all")), "login");
  EXPECT_FALSE(here_->service->who_asks(other.request("GET", "/", {})));
  EXPECT_EQ(next_at_login(kOther), "second_factor");

  ASSERT_EQ(give_code(*lan_, true).status, 200);
  const auto password = here_->service->reset_account("lan");
  ASSERT_TRUE(password);
  EXPECT_EQ(next_at_login(*password), "setup");
}

TEST_P(TrustedBrowserHere, IsEndedByItselfFromTheListOfSessions) {
  Browser other = elsewhere();
  const auto list = other.get("/accounts/v1/sessions");
  auto json = wire::JsonReader::parse(list.body, 10'000);
  ASSERT_TRUE(json);
  auto browsers = json->objects("trusted_browsers");
  ASSERT_TRUE(browsers && browsers->size() == 1) << list.body;
  EXPECT_EQ(browsers->front().text("address_prefix"), "192.0.2.0/24");
  EXPECT_EQ(browsers->front().boolean("this"), false);
  const auto label = *browsers->front().text("id");

  Browser stranger(*here_);
  set_up(stranger, "hoa", false);
  give_code(stranger, false);
  EXPECT_EQ(said(stranger.post("/accounts/v1/sessions/" + label + "/end")), "404 no_such_session");
  EXPECT_EQ(next_at_login(), "ready");
  EXPECT_TRUE(is_in(lan_->get("/accounts/v1/sessions"), "\"this\":true}]}"));
  EXPECT_EQ(other.post("/accounts/v1/sessions/" + label + "/end").status, 200);
  EXPECT_EQ(next_at_login(), "second_factor");
}

TEST_P(TrustedBrowserHere, AsksForTheSecondFactorBeforeWhatMustNotHangOnAPassword) {
  ASSERT_EQ(next_at_login(), "ready");
  const auto session = [&] { return *here_->service->who_asks(lan_->request("GET", "/", {})); };
  EXPECT_FALSE(session().second_factor);
  const std::string old = R"({"old_password":")" + std::string(kOwn) + R"(","new_password":")" +
                          std::string(kOther) + R"("})";
  EXPECT_EQ(said(lan_->post("/accounts/v1/password", old)), "403 second_factor_needed");
  EXPECT_EQ(said(lan_->post("/accounts/v1/second-factor/renew",
                            R"({"password":")" + std::string(kOwn) + R"("})")),
            "403 second_factor_needed");

  EXPECT_EQ(said(lan_->give_code("000000")), "401 wrong_code");
  const auto token = lan_->cookie;
  const auto passed = give_code(*lan_, false);
  EXPECT_EQ(next_in(passed), "ready");
  EXPECT_TRUE(is_in(passed, "\"by_trusted_browser\":false"));
  EXPECT_NE(lan_->cookie, token);
  EXPECT_TRUE(session().second_factor);
  EXPECT_EQ(said(give_code(*lan_, false)), "404 not_at_this_step") << "a session that passed it";
  EXPECT_EQ(lan_->post("/accounts/v1/password", old).status, 200);
}

TEST_P(TrustedBrowserHere, IsNoMoreTrustedByARecoveryCode) {
  Browser browser(*here_);
  ASSERT_EQ(next_in(browser.log_in("lan", kOwn)), "second_factor");
  EXPECT_EQ(said(browser.post("/accounts/v1/recovery", R"({"code":")" + lan_->recovery_codes.at(0) +
                                                           R"(","trust_device":true})")),
            "400 bad_request");
}

TEST_P(TrustedBrowserHere, ACookieThatSaysATimeToComeIsNotTrusted) {
  // Trusted while the server's clock was ten days ahead.
  here_->clock.advance(-days{10});
  EXPECT_EQ(next_at_login(), "second_factor");
}

}  // namespace
}  // namespace bz::accounts
