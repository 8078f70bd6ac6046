#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "accounts/accounts_here.h"
#include "accounts/sessions.h"
#include "base/file.h"
#include "store/audit.h"
#include "store/secrets.h"

namespace bz::accounts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kOwn = "trăm năm trong cõi";

std::string error_of(const http::Response& response) {
  return std::to_string(response.status) + " " + text_in(response, "error");
}

// An account that is set up, and its browser.
class Login : public testing::Test {
 protected:
  void SetUp() override {
    first_password_ = *here_.service->add_account("lan", false);
    ASSERT_EQ(lan_.set_up("lan", first_password_, kOwn).status, 200);
    here_.clock.advance(seconds{30});  // the step of the set-up's code is used
  }

  // A browser of lan's that is ready.
  Browser another_browser() {
    Browser browser(here_);
    browser.secret = lan_.secret;
    EXPECT_EQ(browser.log_in("lan", kOwn).status, 200);
    EXPECT_EQ(browser.give_code(browser.code()).status, 200);
    here_.clock.advance(seconds{30});
    return browser;
  }

  // Who asks, for a GET; for a POST with the CSRF token that the browser has.
  Result<http::Session> asked(Browser& browser, std::string_view method = "GET") {
    return here_.service->who_asks(browser.request(method, "/officer/v1/today", "{}"));
  }

  std::vector<std::string> audit_actions() {
    std::vector<std::string> actions;
    const auto read = here_.store->read([&](store::Sql& sql) {
      return store::read_audit(sql, 0, 100, [&](const store::AuditEntry& entry) {
        actions.push_back(entry.action + ": " + entry.subject +
                          (entry.detail.empty() ? "" : ", " + entry.detail));
      });
    });
    EXPECT_TRUE(read);
    return actions;
  }

  AccountsHere here_;
  std::string first_password_;
  Browser lan_{here_};
};

TEST_F(Login, TheFirstOneEndsReadyWithTenRecoveryCodes) {
  EXPECT_EQ(lan_.recovery_codes.size(), 10U);
  const auto session = asked(lan_);
  ASSERT_TRUE(session) << session.error().what;
  EXPECT_EQ(session->account, "lan");
  EXPECT_FALSE(session->system_administrator);
  EXPECT_EQ(text_in(lan_.get("/accounts/v1/session"), "next"), "ready");
}

TEST_F(Login, IsPasswordThenSecondFactor) {
  Browser browser(here_);
  browser.secret = lan_.secret;
  const auto password = browser.log_in(" Lan ", kOwn);  // as people type a name
  EXPECT_EQ(password.status, 200);
  EXPECT_EQ(text_in(password, "next"), "second_factor");
  EXPECT_EQ(asked(browser).error().code, Code::kDenied) << "a password alone is not enough";
  EXPECT_EQ(error_of(browser.get("/accounts/v1/sessions")), "401 not_logged_in");

  const auto half = browser.cookie;
  const auto ready = browser.give_code(browser.code());
  EXPECT_EQ(text_in(ready, "next"), "ready");
  EXPECT_NE(browser.cookie, half) << "each step has its own token";
  EXPECT_TRUE(asked(browser, "POST"));
}

TEST_F(Login, TheCookieIsForThisHostAndNoScript) {
  Browser browser(here_);
  const auto response = browser.log_in("lan", kOwn);
  const auto cookie = std::string(*header_of(response, "set-cookie"));
  EXPECT_TRUE(cookie.starts_with("__Host-bluezone=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure")) << cookie;
  EXPECT_EQ(*header_of(response, "cache-control"), "no-store");
}

TEST_F(Login, AWrongPasswordAndAnUnknownNameAreAnsweredAlike) {
  Browser browser(here_);
  const auto wrong = browser.log_in("lan", "trăm năm trong coi");
  const auto unknown = browser.log_in("hoa", "trăm năm trong cõi");
  EXPECT_EQ(error_of(wrong), "401 wrong_password");
  EXPECT_EQ(unknown.status, wrong.status);
  EXPECT_EQ(unknown.body, wrong.body);
  EXPECT_EQ(unknown.headers, wrong.headers);
  EXPECT_FALSE(text_in(wrong, "message_vi").empty());
  EXPECT_FALSE(text_in(wrong, "message_en").empty());
}

TEST_F(Login, ACodeIsGoodOnce) {
  Browser first(here_);
  first.secret = lan_.secret;
  first.log_in("lan", kOwn);
  const auto code = first.code();
  EXPECT_EQ(first.give_code(code).status, 200);
  Browser second(here_);
  second.log_in("lan", kOwn);
  EXPECT_EQ(error_of(second.give_code(code)), "401 wrong_code");
  EXPECT_EQ(asked(second).error().code, Code::kDenied);
}

TEST_F(Login, ACodeGivenUnderAClockAheadDoesNotUseUpThoseOfToday) {
  here_.clock.advance(hours{10});
  another_browser();
  here_.clock.advance(-hours{10});
  Browser later(here_);
  later.secret = lan_.secret;
  later.log_in("lan", kOwn);
  const auto code = later.code();
  EXPECT_EQ(later.give_code(code).status, 200);
  Browser second(here_);
  second.log_in("lan", kOwn);
  EXPECT_EQ(error_of(second.give_code(code)), "401 wrong_code");
}

TEST_F(Login, BesideAStorysClockThePhonesOfTodayGiveTheCodes) {
  const SetClock today(from_ms(AccountsHere::kBegin) + std::chrono::days{2'200});
  here_.phones = &today;
  here_.start();
  Browser browser(here_);
  browser.secret = lan_.secret;
  browser.log_in("lan", kOwn);
  const auto of_the_story = totp(lan_.secret, totp_step(here_.clock.now()));
  EXPECT_EQ(error_of(browser.give_code(of_the_story)), "401 wrong_code");
  EXPECT_EQ(browser.give_code(browser.code()).status, 200);
  EXPECT_TRUE(asked(browser));
  Browser hoa(here_);  // and a first log-in
  EXPECT_EQ(hoa.set_up("hoa", *here_.service->add_account("hoa", false), kOwn).status, 200);
}

TEST_F(Login, ARecoveryCodeIsGoodOnce) {
  const std::string body = R"({"code":")" + lan_.recovery_codes.at(3) + R"("})";
  Browser first(here_);
  first.log_in("lan", kOwn);
  EXPECT_EQ(text_in(first.post("/accounts/v1/recovery", body), "next"), "ready");
  Browser second(here_);
  second.log_in("lan", kOwn);
  EXPECT_EQ(error_of(second.post("/accounts/v1/recovery", body)), "401 wrong_code");
  const std::string other = R"({"code":")" + lan_.recovery_codes.at(4) + R"("})";
  EXPECT_EQ(second.post("/accounts/v1/recovery", other).status, 200);
}

TEST_F(Login, TheFirstPasswordIsWorthNothingAfterwards) {
  Browser browser(here_);
  EXPECT_EQ(error_of(browser.log_in("lan", first_password_)), "401 wrong_password");
}

TEST_F(Login, TheFirstPasswordMayBeTypedInLowerCase) {
  auto password = *here_.service->add_account("hoa", false);
  std::ranges::transform(password, password.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  Browser hoa(here_);
  EXPECT_EQ(text_in(hoa.log_in("hoa", password), "next"), "setup");
}

TEST_F(Login, TheFirstPasswordIsGoodForFourteenDays) {
  const auto password = *here_.service->add_account("hoa", false);
  here_.clock.advance(hours{14 * 24} - seconds{1});
  Browser hoa(here_);
  EXPECT_EQ(text_in(hoa.log_in("hoa", password), "next"), "setup");
  here_.clock.advance(seconds{1});
  EXPECT_EQ(error_of(hoa.log_in("hoa", password)), "401 first_password_expired");
}

TEST_F(Login, SettingUpNeedsAGoodPasswordAndARightCode) {
  const auto password = *here_.service->add_account("hoa.travinh", false);
  Browser hoa(here_);
  hoa.log_in("hoa.travinh", password);
  EXPECT_EQ(asked(hoa).error().code, Code::kDenied);
  hoa.secret = secret_of(text_in(hoa.get("/accounts/v1/setup"), "secret"));
  const auto choose = [&](std::string_view code, std::string_view own) {
    return error_of(hoa.post(
        "/accounts/v1/setup",
        R"({"code":")" + std::string(code) + R"(","new_password":")" + std::string(own) + R"("})"));
  };
  EXPECT_EQ(choose(hoa.code(), "mười một ch"), "422 password_short");
  EXPECT_EQ(choose(hoa.code(), std::string(257, 'x') + "y"), "422 password_long");
  EXPECT_EQ(choose(hoa.code(), "Hoa.TraVinh 2020"), "422 password_has_name");
  EXPECT_EQ(choose(hoa.code(), "matkhau123456"), "422 password_common");
  EXPECT_EQ(choose(hoa.code(), password), "422 password_same");
  const auto right = hoa.code();
  std::string wrong = right;
  wrong[5] = wrong[5] == '0' ? '1' : '0';
  // Could be the one of a neighbouring step, once in 300,000 runs.
  EXPECT_EQ(choose(wrong, kOwn), "401 wrong_code");
  EXPECT_EQ(error_of(hoa.post("/accounts/v1/setup", R"({"code":")" + right + R"("})")),
            "400 bad_request");
  EXPECT_EQ(choose(right, kOwn), "200 ");
}

TEST_F(Login, WhatIsNoLoginIsRefused) {
  Browser browser(here_);
  EXPECT_EQ(error_of(browser.post("/accounts/v1/login", "{")), "400 bad_request");
  EXPECT_EQ(error_of(browser.post("/accounts/v1/login", R"({"name":"lan"})")), "400 bad_request");
  EXPECT_EQ(error_of(browser.post("/accounts/v1/login",
                                  R"({"name":"lan","password":"x","remember":true})")),
            "400 bad_request");
  auto form = browser.request("POST", "/accounts/v1/login", R"({"name":"lan","password":"x"})");
  form.headers = {{"content-type", "text/plain"}};
  EXPECT_EQ(error_of(browser.send(form)), "415 not_json");
  EXPECT_EQ(browser.get("/accounts/v1/login").status, 405);
}

TEST_F(Login, ASessionUnusedForThirtyMinutesHasEnded) {
  here_.clock.advance(minutes{29});
  EXPECT_TRUE(asked(lan_));  // counts as use
  here_.clock.advance(minutes{29});
  EXPECT_TRUE(asked(lan_));
  here_.clock.advance(minutes{30});
  EXPECT_EQ(asked(lan_).error().code, Code::kDenied);
  EXPECT_EQ(text_in(lan_.get("/accounts/v1/session"), "next"), "login");
}

TEST_F(Login, ASessionEndsAfterTwelveHoursHoweverMuchItIsUsed) {
  // The set-up was 30 s ago.
  for (int i = 0; i < 35; ++i) {
    here_.clock.advance(minutes{20});  // 11 h 40 min in all
    ASSERT_TRUE(asked(lan_)) << i;
  }
  here_.clock.advance(minutes{19});  // 11 h 59 min 30 s
  EXPECT_TRUE(asked(lan_));
  here_.clock.advance(seconds{30});
  EXPECT_EQ(asked(lan_).error().code, Code::kDenied);
}

TEST_F(Login, TheSecondFactorMustFollowWithinFifteenMinutes) {
  Browser browser(here_);
  browser.secret = lan_.secret;
  browser.log_in("lan", kOwn);
  here_.clock.advance(minutes{15});
  EXPECT_EQ(error_of(browser.give_code(browser.code())), "401 not_logged_in");
}

TEST_F(Login, LoggingOutEndsTheSession) {
  const auto kept = lan_.cookie;
  const auto response = lan_.post("/accounts/v1/logout");
  EXPECT_EQ(text_in(response, "next"), "login");
  EXPECT_TRUE(header_of(response, "set-cookie")->ends_with("; Max-Age=0"));
  lan_.cookie = kept;
  EXPECT_EQ(asked(lan_).error().code, Code::kDenied);
}

TEST_F(Login, EverythingButLookingNeedsTheSessionsCsrfToken) {
  const auto own = lan_.csrf;
  auto other = another_browser();
  for (const auto& token : {std::string(), other.csrf, own.substr(1), std::string(64, '0')}) {
    lan_.csrf = token;
    EXPECT_TRUE(asked(lan_, "GET"));
    // Somebody is logged in: 403, and no 401 by which a page would ask for the password.
    EXPECT_EQ(asked(lan_, "POST").error().code, Code::kInvalid);
    EXPECT_EQ(error_of(lan_.post("/accounts/v1/logout")), "403 csrf");
  }
  lan_.csrf = own;
  EXPECT_TRUE(asked(lan_, "POST"));
  EXPECT_EQ(lan_.post("/accounts/v1/logout").status, 200);
}

TEST_F(Login, AStrangersCookieIsNobody) {
  for (const auto* cookie : {"__Host-bluezone=", "__Host-bluezone=00", "bluezone=1",
                             "__Host-bluezone=zz; x", ";;;=", "__Host-bluezone"}) {
    Browser browser(here_);
    browser.cookie = cookie;
    EXPECT_EQ(asked(browser).error().code, Code::kDenied) << cookie;
  }
  Browser guess(here_);
  guess.cookie = "__Host-bluezone=" + std::string(64, 'A');
  EXPECT_EQ(asked(guess).error().code, Code::kDenied);
}

TEST_F(Login, FailuresMakeTheNextTryWaitAndTheWaitEnds) {
  Browser browser(here_);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(error_of(browser.log_in("lan", "wrong")), "401 wrong_password") << i;
  }
  // Five are free; the sixth costs 1 s.
  const auto early = browser.log_in("lan", kOwn);
  EXPECT_EQ(error_of(early), "429 wait");
  EXPECT_EQ(header_of(early, "retry-after"), "1");
  here_.clock.advance(seconds{1});
  EXPECT_EQ(error_of(browser.log_in("lan", "wrong")), "401 wrong_password");
  EXPECT_EQ(header_of(browser.log_in("lan", kOwn), "retry-after"), "2");
  here_.clock.advance(seconds{2});
  EXPECT_EQ(browser.log_in("lan", kOwn).status, 200);
  // And all is forgotten.
  EXPECT_EQ(error_of(browser.log_in("lan", "wrong")), "401 wrong_password");
  EXPECT_EQ(browser.log_in("lan", kOwn).status, 200);
}

TEST_F(Login, TheWaitGrowsToFifteenMinutesAndNoFurther) {
  Browser browser(here_);
  seconds longest{0};
  for (int i = 0; i < 30; ++i) {
    const auto response = browser.log_in("lan", "wrong");
    if (response.status != 429) continue;
    const seconds wait{std::stol(std::string(*header_of(response, "retry-after")))};
    longest = std::max(longest, wait);
    here_.clock.advance(wait);
  }
  EXPECT_EQ(longest, minutes{15});
}

TEST_F(Login, AClockThatIsSetBackKeepsNobodyOut) {
  Browser browser(here_);
  here_.clock.advance(hours{10});
  for (int i = 0; i < 6; ++i) browser.log_in("lan", "wrong");
  EXPECT_EQ(error_of(browser.log_in("lan", kOwn)), "429 wait");
  here_.clock.advance(-hours{10});
  EXPECT_EQ(browser.log_in("lan", kOwn).status, 200);
}

TEST_F(Login, GuessesFromElsewhereDoNotMakeTheOwnerWaitLong) {
  for (int i = 0; i < 15; ++i) {
    Browser guesser(here_, "198.51." + std::to_string(i) + ".0/24");
    EXPECT_EQ(error_of(guesser.log_in("lan", "wrong")), "401 wrong_password");
  }
  EXPECT_EQ(Browser(here_).log_in("lan", kOwn).status, 200);
}

TEST_F(Login, AnUnknownNameIsMadeToWaitLikeAKnownOne) {
  Browser known(here_, "198.51.100.0/24");
  Browser unknown(here_, "203.0.113.0/24");
  for (int i = 0; i < 8; ++i) {
    const auto one = known.log_in("lan", "wrong");
    const auto other = unknown.log_in("nobody", "wrong");
    EXPECT_EQ(one.status, other.status) << i;
    EXPECT_EQ(one.headers, other.headers) << i;
  }
}

TEST_F(Login, OneAddressTryingManyNamesMustWait) {
  Browser browser(here_, "198.51.100.0/24");
  int refused_at = 0;
  for (int i = 0; i < 60 && refused_at == 0; ++i) {
    const auto response = browser.log_in("name" + std::to_string(i), "wrong");
    if (response.status == 429) refused_at = i;
  }
  EXPECT_EQ(refused_at, 51);  // after 51 failures, counted from 0
}

TEST_F(Login, FailuresAreForgottenADayAfterTheLast) {
  Browser browser(here_);
  for (int i = 0; i < 6; ++i) browser.log_in("lan", "wrong");
  here_.clock.advance(
      hours{23});  // long past the wait of 1 s, but not forgotten: the next costs 2 s
  EXPECT_EQ(error_of(browser.log_in("lan", "wrong")), "401 wrong_password");
  EXPECT_EQ(header_of(browser.log_in("lan", kOwn), "retry-after"), "2");
  here_.clock.advance(hours{24});
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(error_of(browser.log_in("lan", "wrong")), "401 wrong_password") << i;
  }
  EXPECT_EQ(header_of(browser.log_in("lan", kOwn), "retry-after"), "1");
}

TEST_F(Login, CodesAreGuessedNoFasterThanPasswords) {
  Browser browser(here_);
  browser.secret = lan_.secret;
  browser.log_in("lan", kOwn);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(error_of(browser.give_code("x")), "401 wrong_code");
  EXPECT_EQ(error_of(browser.give_code(browser.code())), "429 wait");
  // Another login with the same password does not help.
  Browser again(here_);
  again.secret = lan_.secret;
  again.log_in("lan", kOwn);
  EXPECT_EQ(error_of(again.give_code(again.code())), "429 wait");
  here_.clock.advance(seconds{1});
  EXPECT_EQ(again.give_code(again.code()).status, 200);
}

TEST_F(Login, APasswordChangeEndsAllOtherSessions) {
  auto other = another_browser();
  const auto old_cookie = lan_.cookie;
  const auto change = [&](std::string_view old_one, std::string_view new_one) {
    return error_of(lan_.post("/accounts/v1/password",
                              R"({"old_password":")" + std::string(old_one) +
                                  R"(","new_password":")" + std::string(new_one) + R"("})"));
  };
  EXPECT_EQ(change("wrong", "chữ tài chữ mệnh"), "401 wrong_password");
  EXPECT_EQ(change(kOwn, "short"), "422 password_short");
  EXPECT_EQ(change(kOwn, kOwn), "422 password_same");
  EXPECT_EQ(change(kOwn, "chữ tài chữ mệnh"), "200 ");
  EXPECT_TRUE(asked(lan_, "POST")) << "who changed it goes on, in a new session";
  EXPECT_NE(lan_.cookie, old_cookie);
  EXPECT_EQ(asked(other).error().code, Code::kDenied);
  Browser browser(here_);
  EXPECT_EQ(error_of(browser.log_in("lan", kOwn)), "401 wrong_password");
  EXPECT_EQ(browser.log_in("lan", "chữ tài chữ mệnh").status, 200);
}

TEST_F(Login, AnotherPhoneTakesTheSecondFactorOver) {
  EXPECT_EQ(error_of(lan_.get("/accounts/v1/setup")), "404 not_at_this_step");
  EXPECT_EQ(error_of(lan_.post("/accounts/v1/second-factor/renew", R"({"password":"wrong"})")),
            "401 wrong_password");
  const auto shown = lan_.post("/accounts/v1/second-factor/renew",
                               R"({"password":")" + std::string(kOwn) + R"("})");
  ASSERT_EQ(shown.status, 200);
  const auto old_secret = lan_.secret;
  const auto old_codes = lan_.recovery_codes;
  lan_.secret = secret_of(text_in(shown, "secret"));
  EXPECT_NE(lan_.secret, old_secret);
  const auto done = lan_.post("/accounts/v1/setup", R"({"code":")" + lan_.code() + R"("})");
  EXPECT_EQ(done.status, 200) << done.body;
  here_.clock.advance(seconds{30});

  Browser browser(here_);
  browser.log_in("lan", kOwn);
  browser.secret = old_secret;
  EXPECT_EQ(error_of(browser.give_code(browser.code())), "401 wrong_code");
  EXPECT_EQ(
      error_of(browser.post("/accounts/v1/recovery", R"({"code":")" + old_codes.at(0) + R"("})")),
      "401 wrong_code");
  browser.secret = lan_.secret;
  EXPECT_EQ(browser.give_code(browser.code()).status, 200);
}

TEST_F(Login, OwnersSeeAndEndTheirSessions) {
  auto other = another_browser();
  const auto listed = lan_.get("/accounts/v1/sessions");
  auto reader = wire::JsonReader::parse(listed.body, 10'000);
  auto sessions = reader->objects("sessions");
  ASSERT_TRUE(sessions);
  ASSERT_EQ(sessions->size(), 2U);
  EXPECT_EQ(sessions->at(0).boolean("this"), false);  // newest first
  EXPECT_EQ(sessions->at(1).boolean("this"), true);
  EXPECT_EQ(sessions->at(0).text("address_prefix"), "192.0.2.0/24");
  const auto label = *sessions->at(0).text("id");

  // Not somebody else's.
  const auto password = *here_.service->add_account("hoa", false);
  Browser hoa(here_);
  ASSERT_EQ(hoa.set_up("hoa", password, kOwn).status, 200);
  EXPECT_EQ(error_of(hoa.post("/accounts/v1/sessions/" + label + "/end")), "404 no_such_session");
  EXPECT_TRUE(asked(other));

  EXPECT_EQ(lan_.post("/accounts/v1/sessions/" + label + "/end").status, 200);
  EXPECT_EQ(asked(other).error().code, Code::kDenied);
  EXPECT_TRUE(asked(lan_));
  EXPECT_EQ(error_of(lan_.post("/accounts/v1/sessions/" + label + "/end")), "404 no_such_session");
}

TEST_F(Login, EveryStepIsInTheAuditTrail) {
  Browser browser(here_);
  browser.log_in("lan", "wrong");
  browser.log_in("hoa", "wrong");
  browser.log_in("lan", kOwn);
  browser.give_code("000");
  browser.post("/accounts/v1/recovery", R"({"code":")" + lan_.recovery_codes.at(0) + R"("})");
  browser.post("/accounts/v1/logout");
  const std::vector<std::string> expected{
      "logged out: lan",
      "logged in: lan, by recovery code",
      "login failed: lan, second factor was wrong",
      "password accepted: lan",
      "login failed: an unknown name",
      "login failed: lan",
      "logged in: lan, by set-up",
      "account set up: lan",
      "password accepted: lan",
      "account added: lan",
  };
  EXPECT_EQ(audit_actions(), expected);
  const auto verified = here_.store->read([](store::Sql& sql) { return store::verify_audit(sql); });
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->number, 10);
}

TEST_F(Login, TheDatabaseAndTheLogHoldNoSecret) {
  here_.service.reset();
  here_.store.reset();
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(here_.folder.path())) {
    if (file.path().filename() == "master.key") continue;
    const auto bytes = read_file(file.path(), 10'000'000);
    ASSERT_TRUE(bytes);
    all += as_text(*bytes);
  }
  ASSERT_NE(all.find("__"), 0U);
  EXPECT_NE(all.find("argon2id"), std::string::npos);  // this is the database
  const auto token = lan_.cookie.substr(lan_.cookie.find('=') + 1);
  const auto raw_token = *from_hex(token);
  for (const auto secret :
       {std::string_view(kOwn), std::string_view(first_password_), std::string_view(token),
        as_text(raw_token), as_text(lan_.secret), std::string_view(lan_.recovery_codes.at(0))}) {
    EXPECT_EQ(all.find(secret), std::string::npos);
  }
  const auto log = read_file(here_.folder.path() / "log", 10'000'000);
  EXPECT_EQ(as_text(*log).find("lan"), std::string::npos);
}

TEST_F(Login, ARestartForgetsNothing) {
  Browser guesser(here_, "198.51.100.0/24");
  for (int i = 0; i < 6; ++i) guesser.log_in("lan", "wrong");
  here_.start();
  EXPECT_TRUE(asked(lan_));
  EXPECT_EQ(error_of(guesser.log_in("lan", "wrong")), "429 wait");
  Browser browser(here_);
  browser.secret = lan_.secret;
  browser.log_in("lan", kOwn);
  EXPECT_EQ(browser.give_code(browser.code()).status, 200);
}

TEST_F(Login, NoMasterKeyOrAnotherIsNoticedAtTheStart) {
  const auto file = here_.folder.path() / "master.key";
  const auto start = [&] {
    return Service::open(*here_.store, {here_.folder.path(), true},
                         {here_.clock, here_.random, here_.log, here_.metrics});
  };
  std::filesystem::remove(file);
  EXPECT_EQ(start().error().code, Code::kNotFound);
  ASSERT_FALSE(std::filesystem::exists(file)) << "made beside what was sealed under the first";
  ASSERT_TRUE(store::read_or_make_master_key(file, here_.random));
  EXPECT_EQ(start().error().code, Code::kDenied);
}

TEST_F(Login, TidyingDeletesWhatHasEndedAndNoMore) {
  Browser guesser(here_);
  guesser.log_in("lan", "wrong");
  const auto rows = [&](std::string_view sql_text) {
    return **here_.store->read([&](store::Sql& sql) { return sql.integer(sql_text); });
  };
  ASSERT_TRUE(here_.service->tick());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM sessions"), 1);
  EXPECT_GT(rows("SELECT COUNT(*) FROM attempts"), 0);
  here_.clock.advance(hours{25});
  ASSERT_TRUE(here_.service->tick());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM sessions"), 0);
  EXPECT_EQ(rows("SELECT COUNT(*) FROM attempts"), 0);
  EXPECT_GT(rows("SELECT COUNT(*) FROM audit"), 0);
  here_.clock.advance(hours{24 * 401});
  ASSERT_TRUE(here_.service->tick());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM audit"), 0);
  EXPECT_EQ(here_.service->trouble(), "");
  // Also after the clock was set back.
  here_.clock.advance(-hours{24 * 100});
  guesser.log_in("lan", "wrong");
  EXPECT_GT(rows("SELECT COUNT(*) FROM attempts"), 0);
  here_.clock.advance(hours{25});
  ASSERT_TRUE(here_.service->tick());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM attempts"), 0);
}

}  // namespace
}  // namespace bz::accounts
