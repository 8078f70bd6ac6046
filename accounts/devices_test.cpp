// What strangers try under an account's name does not make its owner's own browser wait.
#include "accounts/devices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "accounts/accounts_here.h"

namespace bz::accounts {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kOwn = "trăm năm trong cõi";

std::string error_of(const http::Response& response) {
  return std::to_string(response.status) + " " + text_in(response, "error");
}

TEST(Devices, AreKnownToTheirAccountInItsEpochForNinetyDays) {
  const Devices devices(Bytes(32, 1));
  const Instant begun = from_ms(AccountsHere::kBegin);
  const DeviceId device{7};
  const auto text = devices.write("lan", 3, device, begun);
  EXPECT_EQ(text.size(), 104U);
  EXPECT_EQ(devices.read(text, "lan", 3, begun + days{90}), device);
  EXPECT_FALSE(devices.read(text, "lan", 3, begun + days{91}));
  EXPECT_TRUE(devices.read(text, "lan", 3, begun - days{1})) << "a clock that is set back";
  EXPECT_FALSE(devices.read(text, "lan", 3, begun - days{2})) << "set while it was days ahead";
  EXPECT_FALSE(devices.read(text, "lam", 3, begun));
  EXPECT_FALSE(devices.read(text, "lan", 4, begun));
  EXPECT_FALSE(Devices(Bytes(32, 2)).read(text, "lan", 3, begun));
}

TEST(Devices, ACookieOfWhichAnythingWasChangedIsAStrangers) {
  const Devices devices(Bytes(32, 1));
  const Instant begun = from_ms(AccountsHere::kBegin);
  const auto text = devices.write("lan", 3, {7}, begun);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(devices.read(other, "lan", 3, begun)) << i;
    EXPECT_FALSE(devices.read(text.substr(0, i), "lan", 3, begun)) << i;
  }
  EXPECT_FALSE(devices.read(text + "0", "lan", 3, begun));
}

// An account whose owner has logged in with one browser, and strangers of twenty networks who keep
// its name waiting; some are in the owner's own network.
class KnownBrowser : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(lan_.set_up("lan", *here_.service->add_account("lan", false), kOwn).status, 200);
    here_.clock.advance(seconds{30});
    lan_.post("/accounts/v1/logout");
  }

  static std::string network(int i) { return "198.51." + std::to_string(i) + ".0/24"; }

  // Without a pause, each as often as it is let.
  void guess() {
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 20; ++i) {
        Browser(here_, network(i)).log_in("lan", "wrong");
        Browser(here_).log_in("lan", "wrong");
        Browser(here_).log_in("name" + std::to_string(i), "wrong");
      }
    }
  }
  http::Response code_of(Browser& browser) { return browser.give_code(browser.code()); }

  AccountsHere here_;
  Browser lan_{here_};
};

TEST_F(KnownBrowser, StrangersDoNotMakeItWait) {
  guess();
  EXPECT_EQ(error_of(Browser(here_, "203.0.113.0/24").log_in("lan", kOwn)), "429 wait")
      << "a browser that is not known waits with the strangers";
  EXPECT_EQ(lan_.log_in("lan", kOwn).status, 200);
  EXPECT_EQ(code_of(lan_).status, 200);
  // What they tried stays counted against them.
  EXPECT_EQ(error_of(Browser(here_, network(3)).log_in("lan", kOwn)), "429 wait");
}

TEST_F(KnownBrowser, AStrangerWhoKnowsThePasswordDoesNotMakeItsSecondFactorWait) {
  Browser stranger(here_, network(1));
  ASSERT_EQ(stranger.log_in("lan", kOwn).status, 200);
  for (int i = 0; i < 6; ++i) stranger.give_code("x");
  EXPECT_EQ(error_of(stranger.give_code("x")), "429 wait");
  EXPECT_EQ(lan_.log_in("lan", kOwn).status, 200);
  EXPECT_EQ(code_of(lan_).status, 200);
  EXPECT_EQ(error_of(stranger.give_code("x")), "429 wait");
}

TEST_F(KnownBrowser, IsMadeToWaitByItsOwnFailures) {
  seconds longest{0};
  seconds passed{0};
  int tries = 0;
  while (passed < days{1}) {
    const auto response = lan_.log_in("lan", "wrong");
    if (response.status != 429) {
      ++tries;
      continue;
    }
    const seconds wait{std::stol(std::string(*header_of(response, "retry-after")))};
    longest = std::max(longest, wait);
    passed += wait;
    here_.clock.advance(wait);
  }
  EXPECT_EQ(longest, minutes{15});
  // Six at once; after 1, 2, 4, … 512 s ten more, the last at 1,023 s; then one in 900 s, 94 times
  // until the day is over.
  EXPECT_EQ(tries, 6 + 10 + 94);
  // They are nobody else's.
  EXPECT_EQ(Browser(here_, network(1)).log_in("lan", kOwn).status, 200);
}

TEST_F(KnownBrowser, IsKnownToItsOwnAccountOnly) {
  ASSERT_EQ(Browser(here_).set_up("hoa", *here_.service->add_account("hoa", false), kOwn).status,
            200);
  for (int i = 0; i < 30; ++i) Browser(here_, network(i)).log_in("hoa", "wrong");
  EXPECT_EQ(error_of(lan_.log_in("hoa", kOwn)), "429 wait");
}

TEST_F(KnownBrowser, IsAStrangersAfterAPasswordChangeOrAResetElsewhere) {
  Browser other(here_, network(30));
  other.secret = lan_.secret;
  ASSERT_EQ(other.log_in("lan", kOwn).status, 200);
  ASSERT_EQ(code_of(other).status, 200);
  const auto changed =
      other.post("/accounts/v1/password", R"({"old_password":")" + std::string(kOwn) +
                                              R"(","new_password":"chữ tài chữ mệnh"})");
  ASSERT_EQ(changed.status, 200);
  guess();
  EXPECT_EQ(error_of(lan_.log_in("lan", "chữ tài chữ mệnh")), "429 wait");
  EXPECT_EQ(other.log_in("lan", "chữ tài chữ mệnh").status, 200) << "who changed it is known";

  const auto password = here_.service->reset_account("lan");
  ASSERT_TRUE(password);
  EXPECT_EQ(error_of(other.log_in("lan", *password)), "429 wait");
}

TEST_F(KnownBrowser, StaysTheSameFromLoginToLoginWithAFreshDay) {
  const auto before = lan_.device_cookie;
  here_.clock.advance(days{60});
  ASSERT_EQ(lan_.log_in("lan", kOwn).status, 200);
  EXPECT_EQ(lan_.device_cookie, before) << "a password alone makes nobody known";
  ASSERT_EQ(code_of(lan_).status, 200);
  EXPECT_NE(lan_.device_cookie, before);
  const auto begin = std::string("__Host-bluezone-device=").size();
  EXPECT_EQ(lan_.device_cookie.substr(begin + 8, 32), before.substr(begin + 8, 32));
  here_.clock.advance(days{89});
  lan_.post("/accounts/v1/logout");
  guess();
  EXPECT_EQ(lan_.log_in("lan", kOwn).status, 200);
}

TEST_F(KnownBrowser, ItsCookieIsForThisHostAndNoScript) {
  ASSERT_EQ(lan_.log_in("lan", kOwn).status, 200);
  const auto ready = code_of(lan_);
  const auto& cookie = ready.headers.back().second;
  EXPECT_TRUE(cookie.starts_with("__Host-bluezone-device=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=7776000"))
      << cookie;
  EXPECT_EQ(cookie.find("lan"), std::string::npos);
}

// Two passwords of strangers are hashed at a time and sixteen wait: one of forty at least is turned
// away. Those of known browsers wait for none of them.
TEST_F(KnownBrowser, IsNotTurnedAwayWhenStrangersKeepTheHasherBusy) {
  std::atomic<int> turned_away{0};
  std::atomic<bool> over{false};
  std::vector<std::thread> strangers;
  for (int i = 0; i < 40; ++i) {
    strangers.emplace_back([&, i] {
      for (int n = 0; !over; ++n) {
        Browser browser(here_, "10." + std::to_string(i) + "." + std::to_string(n % 256) + ".0/24");
        const auto response =
            browser.log_in("name" + std::to_string(i) + "-" + std::to_string(n), "wrong");
        if (response.status == 503) ++turned_away;
      }
    });
  }
  while (turned_away < 10) std::this_thread::yield();
  EXPECT_EQ(lan_.log_in("lan", kOwn).status, 200);
  over = true;
  for (auto& stranger : strangers) stranger.join();
}

}  // namespace
}  // namespace bz::accounts
