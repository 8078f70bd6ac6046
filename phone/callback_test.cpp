#include "phone/callback.h"

#include <set>

#include "base/ecdh.h"
#include "phone/noted_transport_test.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using std::chrono::minutes;
using Outcome = CallbackOutcome;

class CallbackTest : public PhoneTest {
 protected:
  CallbackTest() : authority_(AgreementKey::draw(random_)) {
    settings_.callback_key = authority_.public_key().point();
  }

  // Lets time pass to the next call, however it goes; what came of it.
  Outcome next_call(Store& store) {
    Callback callback(store);
    for (int wakings = 0; wakings < 10'000; ++wakings) {
      const auto outcome = callback.go(transport_, settings_, now_);
      EXPECT_TRUE(outcome);
      if (*outcome != Outcome::kNothing) return *outcome;
      now_ += minutes{1};
    }
    ADD_FAILURE() << "no call in a week";
    return Outcome::kNothing;
  }

  // The phone wakes once a day, and every call fails, until `then`.
  void wake_daily(Store& store, Instant then) {
    transport_.delivery = Delivery::kNotSent;
    while (now_ + days{1} < then) {
      now_ += days{1};
      EXPECT_EQ(*Callback(store).go(transport_, settings_, now_), Outcome::kUnanswered);
    }
    now_ = then;
  }

  [[nodiscard]] std::string last_text() const {
    const auto text = wire::open_callback(authority_, transport_.callbacks.back());
    EXPECT_TRUE(text);
    return text ? *text : "";
  }

  AgreementKey authority_;
  engine::AuthoritySettings settings_;
  NotedTransport transport_;
  Instant now_ = on_day(0);
};

TEST_F(CallbackTest, WhatAPersonWroteReachesTheAuthorityAndNothingOfItIsLeft) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912 345 678, sau 17 giờ", settings_, now_));
  EXPECT_EQ(*callback.waiting(), std::optional{now_});
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_EQ(last_text(), "0912 345 678, sau 17 giờ");
  EXPECT_EQ(transport_.callback_covers, 0);
  EXPECT_EQ(transport_.calls, (std::vector<std::string>{"|", "callback", "|"}));
  EXPECT_FALSE(*callback.waiting());
  EXPECT_EQ(next_call(store), Outcome::kCover);
  EXPECT_EQ(last_text(), "");
  EXPECT_EQ(transport_.callback_covers, 1);
}

TEST_F(CallbackTest, WithoutAKeyInTheSettingsNothingIsKeptAndNothingSent) {
  auto store = *open();
  settings_.callback_key.reset();
  Callback callback(store);
  const auto asked = callback.ask("0912345678", settings_, now_);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code, Code::kNotFound);
  EXPECT_FALSE(*callback.waiting());
  for (int day = 0; day < 10; ++day)
    EXPECT_EQ(*callback.go(transport_, settings_, on_day(day)), Outcome::kNothing);
  EXPECT_TRUE(transport_.calls.empty());
}

TEST_F(CallbackTest, ATextMustBeOneLineThatFits) {
  auto store = *open();
  Callback callback(store);
  for (const std::string text : {"", "a\nb", "\x1b[2J", "\xC3(", "\x7F"})
    EXPECT_EQ(callback.ask(text, settings_, now_).error().code, Code::kInvalid);
  EXPECT_EQ(callback.ask(std::string(207, 'a'), settings_, now_).error().code, Code::kInvalid);
  EXPECT_FALSE(*callback.waiting());
  EXPECT_TRUE(callback.ask(std::string(206, 'a'), settings_, now_));
}

// The times are drawn before anybody asks: of two phones of which one's owner asks, both call at
// the same times.
TEST_F(CallbackTest, AskingMovesNoCall) {
  auto store = *open();
  Callback callback(store);
  EXPECT_EQ(*callback.go(transport_, settings_, now_), Outcome::kNothing);
  const auto before = *errand(store, kCallbackErrand);
  ASSERT_TRUE(before);
  const auto due = callback.ask("0912345678", settings_, now_ + minutes{5});
  ASSERT_TRUE(due);
  EXPECT_EQ(*due, before->due);
  EXPECT_EQ(*errand(store, kCallbackErrand), before);
  EXPECT_EQ(*callback.go(transport_, settings_, before->due - milliseconds{1}), Outcome::kNothing);
  EXPECT_EQ(*callback.go(transport_, settings_, before->due), Outcome::kDelivered);
}

// 48 hours between visits: 12 on average, 6 to 18.
TEST_F(CallbackTest, CallsComeHalfAMeanToOneAndAHalfApart) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.go(transport_, settings_, now_));
  std::set<milliseconds> apart;
  for (int call = 0; call < 50; ++call) {
    const auto due = (*errand(store, kCallbackErrand))->due;
    apart.insert(due - now_);
    now_ = due;
    ASSERT_EQ(*callback.go(transport_, settings_, now_), Outcome::kCover);
  }
  EXPECT_GE(*apart.begin(), hours{6});
  EXPECT_LE(*apart.rbegin(), hours{18});
  EXPECT_LT(*apart.begin(), hours{9});  // 50 draws all above a quarter: 6e-7
  EXPECT_GT(*apart.rbegin(), hours{15});
}

TEST_F(CallbackTest, AfterALostAnswerTheSameBytesGoAgain) {
  auto store = *open();
  ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
  transport_.delivery = Delivery::kLost;
  EXPECT_EQ(next_call(store), Outcome::kUnanswered);
  const auto first = now_;
  transport_.delivery = Delivery::kTaken;
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  ASSERT_EQ(transport_.callbacks.size(), 2U);
  EXPECT_EQ(transport_.callbacks[0], transport_.callbacks[1]);
  EXPECT_LE(now_ - first, minutes{6});  // 5, and the minute at which next_call looks
}

// Otherwise the number of tries would tell a message from cover.
TEST_F(CallbackTest, CoverThatGotNoAnswerIsTriedAgainAtTheSameTimes) {
  for (const bool asks : {false, true}) {
    std::filesystem::remove_all(path_);
    now_ = on_day(0);
    auto store = *open();
    if (asks) {
      ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
    }
    transport_.delivery = Delivery::kNotSent;
    next_call(store);
    for (int failure = 1; failure < 10; ++failure) {
      const auto before = now_;
      next_call(store);
      // 5, 10, 20, … minutes, 6 hours at most; half of that at least.
      const auto most = std::min(minutes{5} * (1 << (failure - 1)), minutes{360});
      EXPECT_GE(now_ - before, most / 2) << failure;
      EXPECT_LE(now_ - before, most + minutes{1}) << failure;
    }
    transport_.delivery = Delivery::kTaken;
    next_call(store);
    const auto before = now_;
    next_call(store);
    EXPECT_GE(now_ - before, hours{6});
  }
}

TEST_F(CallbackTest, OneThatIsNotTakenGoesWithTheNextCall) {
  auto store = *open();
  ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
  transport_.delivery = Delivery::kFull;
  EXPECT_EQ(next_call(store), Outcome::kNotTaken);
  transport_.delivery = Delivery::kRefused;
  EXPECT_EQ(next_call(store), Outcome::kRefused);
  const auto before = now_;
  transport_.delivery = Delivery::kTaken;
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_GE(now_ - before, hours{6});
}

TEST_F(CallbackTest, AKilledPhoneStillSendsItAndNotAtOnceAgain) {
  {
    auto store = *open();
    ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
  }
  auto store = *open();
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_EQ(last_text(), "0912345678");
}

TEST_F(CallbackTest, After14DaysItIsDroppedWithTheNextCallThatFails) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  const auto asked = now_;
  wake_daily(store, asked + days{14} - milliseconds{1});
  EXPECT_EQ(*callback.go(transport_, settings_, now_), Outcome::kUnanswered);
  now_ = asked + days{14};
  EXPECT_EQ(next_call(store), Outcome::kGivenUp);
  EXPECT_LE(now_, asked + days{14} + hours{6} + minutes{1});  // tries are at most so far apart
  EXPECT_FALSE(*callback.waiting());
  EXPECT_EQ(transport_.callback_covers, 0);
}

TEST_F(CallbackTest, OneThatIsOldWhenThePhoneWakesIsTriedBeforeItIsDropped) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  now_ += days{20};  // switched off
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_EQ(last_text(), "0912345678");
}

TEST_F(CallbackTest, OneThatIsNotTakenFor14DaysIsDroppedToo) {
  for (const auto delivery : {Delivery::kFull, Delivery::kRefused}) {
    auto store = *open();
    ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
    const auto asked = now_;
    now_ += days{13};
    transport_.delivery = delivery;
    auto outcome = Outcome::kNothing;
    for (int call = 0; call < 100 && outcome != Outcome::kGivenUp; ++call)
      outcome = next_call(store);
    EXPECT_EQ(outcome, Outcome::kGivenUp);
    EXPECT_GE(now_, asked + days{14});
    EXPECT_LE(now_, asked + days{14} + hours{18} + minutes{1});
  }
}

TEST_F(CallbackTest, WithoutAKeyInTheSettingsAnyMoreItIsDroppedAfter14Days) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  settings_.callback_key.reset();
  for (int day = 1; day < 14; ++day)
    EXPECT_EQ(*callback.go(transport_, settings_, now_ + days{day}), Outcome::kNothing);
  EXPECT_EQ(*callback.go(transport_, settings_, now_ + days{14} - milliseconds{1}),
            Outcome::kNothing);
  EXPECT_EQ(*callback.go(transport_, settings_, now_ + days{14}), Outcome::kGivenUp);
  EXPECT_FALSE(*callback.waiting());
  EXPECT_TRUE(transport_.calls.empty());
}

// A fortnight ahead, two months or a year, until the network corrects it. A call goes through, or
// the server's certificate has expired by that clock and none does.
TEST_F(CallbackTest, AClockThatIsWrongOnceDropsNoMessage) {
  for (const auto line : {Delivery::kTaken, Delivery::kNotSent}) {
    for (const auto& [ahead, has_key] :
         {std::pair{days{14}, true}, std::pair{days{14}, false}, std::pair{days{60}, true},
          std::pair{days{60}, false}, std::pair{days{400}, true}, std::pair{days{400}, false}}) {
      auto store = *open();
      Callback callback(store);
      ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
      const auto key = settings_.callback_key;
      if (!has_key) settings_.callback_key.reset();
      transport_.delivery = line;
      const auto wrong = now_ + ahead;
      const auto outcome = *callback.go(transport_, settings_, wrong);
      EXPECT_NE(outcome, Outcome::kGivenUp);
      EXPECT_EQ(outcome == Outcome::kDelivered, line == Delivery::kTaken && has_key);
      if (outcome != Outcome::kDelivered) {
        EXPECT_NE(*callback.go(transport_, settings_, wrong + hours{12}), Outcome::kGivenUp);
        settings_.callback_key = key;
        transport_.delivery = Delivery::kTaken;
        EXPECT_EQ(next_call(store), Outcome::kDelivered);
      }
      EXPECT_EQ(last_text(), "0912345678");
      EXPECT_FALSE(*callback.waiting());
    }
  }
}

// It is ten days old, and the clock goes a week ahead: by that it is seventeen.
TEST_F(CallbackTest, NeitherDoesOneThatIsWrongByAWeekWhileAMessageWaits) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  wake_daily(store, now_ + days{10});
  const auto right = now_;
  for (const auto wrong : {right + days{7}, right + days{7} + hours{20}}) {
    EXPECT_NE(*callback.go(transport_, settings_, wrong), Outcome::kGivenUp);
  }
  EXPECT_TRUE(*callback.waiting());
  now_ = right + days{1};
  transport_.delivery = Delivery::kTaken;
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_EQ(last_text(), "0912345678");
}

TEST_F(CallbackTest, AClockThatStaysAheadForADayIsBelieved) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  transport_.delivery = Delivery::kNotSent;
  now_ += days{400};  // switched off for so long
  const auto woke = now_;
  Outcome outcome = Outcome::kUnanswered;
  for (int call = 0; call < 20 && outcome == Outcome::kUnanswered; ++call)
    outcome = next_call(store);
  EXPECT_EQ(outcome, Outcome::kGivenUp);
  EXPECT_GE(now_, woke + hours{24});
  EXPECT_LE(now_, woke + hours{31});  // tries are at most six hours apart
  EXPECT_FALSE(*callback.waiting());
}

TEST_F(CallbackTest, ANewTextTakesThePlaceOfOneThatWaits) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  ASSERT_TRUE(callback.ask("0987654321", settings_, now_ + minutes{1}));
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_EQ(last_text(), "0987654321");
  EXPECT_EQ(next_call(store), Outcome::kCover);
}

TEST_F(CallbackTest, AWithdrawnOneIsNotSent) {
  auto store = *open();
  Callback callback(store);
  ASSERT_TRUE(callback.ask("0912345678", settings_, now_));
  ASSERT_TRUE(callback.withdraw());
  EXPECT_EQ(next_call(store), Outcome::kCover);
}

TEST_F(CallbackTest, WhatWasWrittenLiesNowhereInClear) {
  auto store = *open();
  ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
  EXPECT_FALSE(holds(raw(), as_bytes("0912345678")));
  // Not even for whoever has the phone's key: it is sealed to the authority's.
  EXPECT_FALSE(holds(**store.kept("callback"), as_bytes("0912345678")));
}

TEST_F(CallbackTest, AClockThatGoesBackAWeekDoesNotDelayIt) {
  auto store = *open();
  now_ = on_day(10);
  ASSERT_TRUE(Callback(store).ask("0912345678", settings_, now_));
  now_ = on_day(3);
  EXPECT_EQ(next_call(store), Outcome::kDelivered);
  EXPECT_LE(now_, on_day(3) + hours{18} + minutes{1});
}

TEST_F(CallbackTest, TheAuthoritySetsHowOften) {
  auto store = *open();
  settings_.cover_period = minutes{60 * 4};  // an hour on average
  EXPECT_EQ(next_call(store), Outcome::kCover);
  const auto before = now_;
  EXPECT_EQ(next_call(store), Outcome::kCover);
  EXPECT_GE(now_ - before, minutes{30});
  EXPECT_LE(now_ - before, minutes{91});
}

// Of a visit that was just now nothing is known where a call is drawn anew: the first of all, and
// when settings make calls more frequent (a cover an hour is the least that they may say: a quarter
// of an hour on average) or the clock has gone back.
TEST_F(CallbackTest, ACallThatIsDrawnAnewKeepsAwayFromVisitsToo) {
  settings_.cover_period = minutes{60};
  const auto visit = now_;
  for (int phone = 0; phone < 20; ++phone) {
    std::filesystem::remove_all(path_);
    auto store = *open();
    ASSERT_TRUE(keep_errands_away(store, visit));
    if (phone % 2 == 0) {  // calls were twelve hours apart until now
      ASSERT_TRUE(keep_errand(store, kCallbackErrand, {visit + hours{10}, 0}));
    }
    const auto due = Callback(store).ask("0912345678", settings_, visit + minutes{1});
    ASSERT_TRUE(due);
    EXPECT_GE(*due, visit + hours{1});
    EXPECT_LE(*due, visit + hours{2} + minutes{1});
    now_ = visit + minutes{1};
    EXPECT_EQ(next_call(store), Outcome::kDelivered);
    EXPECT_GE(now_, visit + hours{1});
    EXPECT_LE(now_, *due + minutes{1});  // it is not drawn again and again
  }
}

TEST_F(CallbackTest, ErrandsKeepAwayFromVisitsForAnHour) {
  auto store = *open();
  const Errand soon{now_ + minutes{10}, 3};
  const Errand late{now_ + minutes{61}, 0};
  ASSERT_TRUE(keep_errand(store, kCallbackErrand, soon));
  ASSERT_TRUE(keep_errand(store, kInstallErrand, late));
  ASSERT_TRUE(keep_errands_away(store, now_));
  const auto put_off = **errand(store, kCallbackErrand);
  EXPECT_GE(put_off.due, now_ + hours{1});
  EXPECT_LE(put_off.due, now_ + hours{2});
  EXPECT_EQ(put_off.failures, 3);
  EXPECT_EQ(**errand(store, kInstallErrand), late);
}

}  // namespace
}  // namespace bz::phone
