#include <gtest/gtest.h>

#include "accounts/accounts_here.h"

namespace bz::accounts {
namespace {

std::string error_of(const http::Response& response) {
  return std::to_string(response.status) + " " + text_in(response, "error");
}

// A system administrator and an ordinary account.
class Administrator : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(
        mai_.set_up("mai", *here_.service->add_account("mai", true), "chữ tài chữ mệnh").status,
        200);
    ASSERT_EQ(
        lan_.set_up("lan", *here_.service->add_account("lan", false), "trăm năm trong cõi").status,
        200);
  }

  AccountsHere here_;
  Browser mai_{here_};
  Browser lan_{here_};
};

TEST_F(Administrator, AddsAnAccountThatCanLogIn) {
  const auto added = mai_.post("/accounts/v1/accounts", R"({"name":"hoa@bv.travinh"})");
  EXPECT_EQ(added.status, 201);
  Browser hoa(here_);
  EXPECT_EQ(
      hoa.set_up("hoa@bv.travinh", text_in(added, "first_password"), "ghét nhau từ đầu").status,
      200);
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts", R"({"name":"hoa@bv.travinh"})")),
            "409 name_taken");
  for (const auto* name : {"Hoa", "ab", "hòa", "a b c", ""}) {
    EXPECT_EQ(
        error_of(mai_.post("/accounts/v1/accounts", R"({"name":")" + std::string(name) + R"("})")),
        "422 bad_name")
        << name;
  }
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts", "{}")), "400 bad_request");
}

TEST_F(Administrator, NobodyElseManagesAccounts) {
  for (const auto* path : {"/accounts/v1/accounts", "/accounts/v1/audit"}) {
    EXPECT_EQ(error_of(lan_.get(path)), "403 not_administrator") << path;
    EXPECT_EQ(error_of(Browser(here_).get(path)), "401 not_logged_in") << path;
  }
  EXPECT_EQ(error_of(lan_.post("/accounts/v1/accounts", R"({"name":"hoa"})")),
            "403 not_administrator");
  EXPECT_EQ(error_of(lan_.post("/accounts/v1/accounts/mai/reset")), "403 not_administrator");
  EXPECT_EQ(error_of(lan_.post("/accounts/v1/accounts/mai/disable")), "403 not_administrator");
}

TEST_F(Administrator, ADisabledAccountIsOutAtOnceAndCannotComeBack) {
  EXPECT_EQ(mai_.post("/accounts/v1/accounts/lan/disable").status, 200);
  EXPECT_FALSE(here_.service->who_asks(lan_.request("GET", "/", {})));
  EXPECT_EQ(error_of(lan_.log_in("lan", "trăm năm trong cõi")), "401 wrong_password");
  // A reset lets it in again.
  const auto reset = mai_.post("/accounts/v1/accounts/lan/reset");
  EXPECT_EQ(reset.status, 200);
  EXPECT_EQ(text_in(lan_.log_in("lan", text_in(reset, "first_password")), "next"), "setup");
}

TEST_F(Administrator, AResetTakesPasswordSecondFactorAndRecoveryCodes) {
  const auto reset = mai_.post("/accounts/v1/accounts/lan/reset");
  ASSERT_EQ(reset.status, 200);
  EXPECT_FALSE(here_.service->who_asks(lan_.request("GET", "/", {})));
  Browser again(here_);
  EXPECT_EQ(error_of(again.log_in("lan", "trăm năm trong cõi")), "401 wrong_password");
  const auto old_secret = lan_.secret;
  EXPECT_EQ(again.set_up("lan", text_in(reset, "first_password"), "ghét nhau từ đầu").status, 200);
  EXPECT_NE(again.secret, old_secret);
  const auto left = here_.store->read([](store::Sql& sql) {
    return sql.integer("SELECT COUNT(*) FROM recovery_codes WHERE account = 'lan'");
  });
  EXPECT_EQ(**left, 10);
}

TEST_F(Administrator, NobodyDisablesOrResetsTheirOwnAccount) {
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts/mai/disable")), "409 own_account");
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts/mai/reset")), "409 own_account");
}

TEST_F(Administrator, AnAccountThatIsNotThereIsNotFound) {
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts/hoa/disable")), "404 no_such_account");
  EXPECT_EQ(error_of(mai_.post("/accounts/v1/accounts/hoa/reset")), "404 no_such_account");
  EXPECT_EQ(here_.service->reset_account("hoa").error().code, Code::kNotFound);
}

// What needs two persons counts them as one (http/session.h).
class BehindAnAccount : public Administrator {
 protected:
  using Names = std::vector<std::string>;

  Names behind(const Browser& browser) {
    const auto session = here_.service->who_asks(browser.request("POST", "/officer/v1/grants", {}));
    return session ? session->helpers : Names{session.error().what};
  }
  Browser made_by(Browser& administrator, const std::string& name, const std::string& more) {
    const auto made =
        administrator.post("/accounts/v1/accounts", R"({"name":")" + name + "\"" + more + "}");
    Browser browser(here_);
    set_up(browser, name, text_in(made, "first_password"));
    return browser;
  }
  Browser reset_by(Browser& administrator, const std::string& name) {
    const auto reset = administrator.post("/accounts/v1/accounts/" + name + "/reset");
    Browser browser(here_);
    set_up(browser, name, text_in(reset, "first_password"));
    return browser;
  }
  static void set_up(Browser& browser, const std::string& name, const std::string& password) {
    EXPECT_EQ(browser.set_up(name, password, "ghét nhau từ đầu").status, 200);
  }
};

constexpr auto kSystem = R"(,"system_administrator":true)";

TEST_F(BehindAnAccount, IsWhoMadeOrResetItForFourteenDays) {
  EXPECT_EQ(behind(lan_), Names{}) << "made at the command line";
  auto hoa = made_by(mai_, "hoa", kSystem);
  EXPECT_EQ(behind(hoa), Names{"mai"});
  EXPECT_EQ(behind(made_by(hoa, "cuc", "")), (Names{"hoa", "mai"}));

  // Two who set each other up are no endless chain.
  const auto reset = hoa.post("/accounts/v1/accounts/mai/reset");
  EXPECT_EQ(mai_.set_up("mai", text_in(reset, "first_password"), "chữ tài chữ mệnh").status, 200);
  EXPECT_EQ(behind(mai_), Names{"hoa"});

  here_.clock.advance(std::chrono::days{14} - std::chrono::seconds{1});
  const auto log_in = [&](Browser& browser, std::string_view name, std::string_view password) {
    browser.log_in(name, password);
    EXPECT_EQ(browser.give_code(browser.code()).status, 200);
  };
  log_in(hoa, "hoa", "ghét nhau từ đầu");
  EXPECT_EQ(behind(hoa), Names{"mai"});
  here_.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(behind(hoa), Names{});
}

// mai has made hoa, hoa has made cuc: all three may be mai, whatever they do to each other.
TEST_F(BehindAnAccount, NobodyIsForgottenWhenAnotherOfThemResetsIt) {
  auto hoa = made_by(mai_, "hoa", kSystem);
  auto cuc = made_by(hoa, "cuc", kSystem);
  auto again = reset_by(cuc, "hoa");
  EXPECT_EQ(behind(cuc), (Names{"hoa", "mai"}));
  EXPECT_EQ(behind(again), (Names{"cuc", "mai"}));
  EXPECT_EQ(behind(made_by(again, "dao", "")), (Names{"cuc", "hoa", "mai"}));
}

// Whoever stood behind hoa when she made cuc does so for fourteen days from then, though they do
// not stand behind hoa any more.
TEST_F(BehindAnAccount, IsWhoStoodBehindItsMakerAtThatTime) {
  auto hoa = made_by(mai_, "hoa", kSystem);
  here_.clock.advance(std::chrono::days{13});
  hoa.log_in("hoa", "ghét nhau từ đầu");
  ASSERT_EQ(hoa.give_code(hoa.code()).status, 200);
  auto cuc = made_by(hoa, "cuc", "");
  here_.clock.advance(std::chrono::days{1});
  cuc.log_in("cuc", "ghét nhau từ đầu");
  ASSERT_EQ(cuc.give_code(cuc.code()).status, 200);
  EXPECT_EQ(behind(cuc), (Names{"hoa", "mai"}));
  hoa.log_in("hoa", "ghét nhau từ đầu");
  ASSERT_EQ(hoa.give_code(hoa.code()).status, 200);
  EXPECT_EQ(behind(hoa), Names{});
}

TEST_F(BehindAnAccount, IsNobodyOnceTheCommandLineHasResetIt) {
  auto hoa = made_by(mai_, "hoa", "");
  EXPECT_EQ(behind(hoa), Names{"mai"});
  const auto password = here_.service->reset_account("hoa");
  ASSERT_TRUE(password);
  set_up(hoa, "hoa", *password);
  EXPECT_EQ(behind(hoa), Names{});
}

TEST_F(Administrator, SeesTheAccountsByName) {
  EXPECT_EQ(here_.service->add_account("hoa", false).has_value(), true);
  const auto listed = mai_.get("/accounts/v1/accounts");
  auto reader = wire::JsonReader::parse(listed.body, 10'000);
  auto accounts = reader->objects("accounts");
  ASSERT_TRUE(accounts);
  ASSERT_EQ(accounts->size(), 3U);
  EXPECT_EQ(accounts->at(0).text("name"), "hoa");
  EXPECT_EQ(accounts->at(0).boolean("set_up"), false);
  EXPECT_EQ(accounts->at(1).text("name"), "lan");
  EXPECT_EQ(accounts->at(1).boolean("set_up"), true);
  EXPECT_EQ(accounts->at(2).boolean("system_administrator"), true);
}

TEST_F(Administrator, ReadsTheAuditTrailBackwards) {
  const auto request = [&](std::string before, std::string count) {
    auto made = mai_.request("GET", "/accounts/v1/audit", {});
    made.query = {{"before", std::move(before)}, {"count", std::move(count)}};
    return mai_.send(made);
  };
  // Added, password, set up, logged in: four entries each.
  const auto newest = request("0", "2");
  auto reader = wire::JsonReader::parse(newest.body, 10'000);
  auto entries = reader->objects("entries");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->at(0).integer("number"), 8);
  EXPECT_EQ(entries->at(0).text("action"), "logged in");
  const auto older = request("2", "50");
  auto older_reader = wire::JsonReader::parse(older.body, 10'000);
  auto first = older_reader->objects("entries");
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ(first->at(0).text("actor"), "command line");
  EXPECT_EQ(first->at(0).text("action"), "account added");
  EXPECT_EQ(request("x", "2").status, 400);
  EXPECT_EQ(request("0", "201").status, 400);
  EXPECT_EQ(request("0", "-1").status, 400);
}

}  // namespace
}  // namespace bz::accounts
