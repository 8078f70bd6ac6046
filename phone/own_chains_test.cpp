#include "phone/own_chains.h"

#include "base/hash.h"
#include "phone/forget.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using engine::PublishedChain;
using std::chrono::minutes;

// Notes what was drawn.
class NotedRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    random_.fill(out);
    drawn.emplace_back(out.begin(), out.end());
  }
  std::vector<Bytes> drawn;

 private:
  SystemRandom random_;
};

class OwnChainsTest : public PhoneTest {
 protected:
  static Bytes sealed(Store& store) {
    auto statement = store.database().prepare("SELECT sealed FROM kept WHERE name = 'chains'");
    EXPECT_TRUE(*statement->step());
    return {statement->blob(0).begin(), statement->blob(0).end()};
  }
};

TEST_F(OwnChainsTest, ADaysKeyIsTheHashOfTheDayBefore) {
  auto store = open();
  OwnChains own(*store);
  const auto today = own.current(on_day(0));
  ASSERT_TRUE(today);
  EXPECT_EQ(*own.current(on_day(0, hours{23})), *today);
  EXPECT_EQ(*own.current(on_day(1)), sha256(*today));
  EXPECT_EQ(*own.current(on_day(2)), sha256(sha256(*today)));
  store = Error{};
  store = open();
  EXPECT_EQ(*OwnChains(*store).current(on_day(0)), *today);
}

TEST_F(OwnChainsTest, ARootIsHashedOnceAndIsNeitherKeptNorSent) {
  NotedRandom random;
  auto store = Store::open(path_, key_, random);
  ASSERT_TRUE(store);
  random.drawn.clear();
  OwnChains own(*store);
  ASSERT_TRUE(own.current(on_day(0)));
  ASSERT_FALSE(random.drawn.empty());
  const auto root = random.drawn.front();  // the nonce of its row comes after it
  ASSERT_EQ(root.size(), 32U);
  const auto sent = own.since(kFirstDay - days{9}, on_day(0, hours{13}));
  ASSERT_TRUE(sent);
  ASSERT_EQ(sent->size(), 1U);
  EXPECT_EQ((*sent)[0].daily_key, sha256(root));
  EXPECT_FALSE(holds(**store->kept("chains"), root));
}

TEST_F(OwnChainsTest, WhatIsSentBeginsWithTheFirstDayAskedForAndEndsInTheLastSlot) {
  auto store = open();
  OwnChains own(*store);
  const auto key = *own.current(on_day(0));
  // 12:20:30 lies in the slot of 12:15.
  const auto now = on_day(3, hours{12} + minutes{20} + seconds{30});
  const auto from_second = own.since(kFirstDay + days{1}, now);
  const PublishedChain expected{sha256(key), Instant{kFirstDay + days{1}},
                                on_day(3, hours{12} + minutes{15} + seconds{1}), 96};
  EXPECT_EQ(*from_second, std::vector{expected});
  // Nothing was said before the first day.
  EXPECT_EQ(own.since(kFirstDay - days{3}, now)->at(0).start, Instant{kFirstDay});
  EXPECT_TRUE(own.since(kFirstDay + days{4}, now)->empty());
}

TEST_F(OwnChainsTest, TheEndIsNeverLaterThanTheMoment) {
  auto store = open();
  OwnChains own(*store);
  ASSERT_TRUE(own.current(on_day(0, hours{0})));
  for (const auto time :
       {milliseconds{1'000}, milliseconds{1'001}, milliseconds{900'000}, milliseconds{900'999},
        milliseconds{901'000}, milliseconds{86'399'999}, milliseconds{86'400'000}}) {
    const auto chains = own.since(kFirstDay, on_day(0, time));
    ASSERT_EQ(chains->size(), 1U) << time.count();
    EXPECT_LE(chains->at(0).end, on_day(0, time));
    EXPECT_GT(chains->at(0).end, chains->at(0).start);
  }
  EXPECT_EQ(own.since(kFirstDay, on_day(0, milliseconds{900'999}))->at(0).end,
            on_day(0, seconds{1}));
  EXPECT_EQ(own.since(kFirstDay, on_day(0, milliseconds{901'000}))->at(0).end,
            on_day(0, seconds{901}));
  EXPECT_TRUE(own.since(kFirstDay, on_day(0, milliseconds{999}))->empty());
}

TEST_F(OwnChainsTest, NothingOlderThanAServerTakesIsSent) {
  auto store = open();
  OwnChains own(*store);
  const auto key = *own.current(on_day(0));
  const auto chains = own.since(kFirstDay, on_day(20));
  ASSERT_EQ(chains->size(), 1U);
  EXPECT_EQ(chains->at(0).start, Instant{kFirstDay + days{6}});  // 20 - 14
  EXPECT_EQ(chains->at(0).daily_key, engine::daily_key({key, kFirstDay}, kFirstDay + days{6}));
}

TEST_F(OwnChainsTest, AfterItsEndAChainIsNotSaidAndWhatIsDoesNotFollowFromIt) {
  auto store = open();
  OwnChains own(*store);
  const auto old = *own.current(on_day(0));
  const auto changes = own.changes();
  ASSERT_TRUE(own.end_current(on_day(1)));
  EXPECT_GT(own.changes(), changes);
  ASSERT_TRUE(own.end_current(on_day(1)));  // nothing is running: nothing happens
  store = Error{};
  store = open();
  OwnChains reopened(*store);
  const auto next = *reopened.current(on_day(1));
  auto follows = old;
  for (int i = 0; i < 400; ++i) {
    EXPECT_NE(next, follows);
    follows = engine::next_daily_key(follows);
  }
  const auto chains = reopened.since(kFirstDay, on_day(2));
  ASSERT_EQ(chains->size(), 2U);
  EXPECT_EQ(chains->at(0).end, on_day(1, hours{11} + minutes{45} + seconds{1}));
  EXPECT_EQ(chains->at(1).start, Instant{kFirstDay + days{1}});
}

TEST_F(OwnChainsTest, WhatWasSentIsForgottenSoThatNothingOfItCanBeRead) {
  auto store = open();
  OwnChains own(*store);
  ASSERT_TRUE(own.current(on_day(0)));
  ASSERT_TRUE(own.end_current(on_day(1)));
  const auto next = *own.current(on_day(1, hours{13}));
  const auto before = sealed(*store);
  ASSERT_TRUE(holds(raw(), before));
  ASSERT_TRUE(own.forget_ended(on_day(1)));
  EXPECT_FALSE(holds(raw(), before));
  EXPECT_EQ(own.since(kFirstDay, on_day(2))->size(), 1U);
  EXPECT_EQ(*own.current(on_day(1, hours{13})), next);
}

TEST_F(OwnChainsTest, OfAForgottenDayNoKeyCanBeMade) {
  auto store = open();
  OwnChains own(*store);
  const auto key = *own.current(on_day(0));
  const auto before = sealed(*store);
  ASSERT_TRUE(forget(*store, {.days = 7}, on_day(10)));
  EXPECT_FALSE(holds(raw(), before));
  // Of the days 0 to 10 those from 3 on are kept; the seventh hash is the tenth day's, as before.
  const auto third = engine::daily_key({key, kFirstDay}, kFirstDay + days{3});
  const auto chains = own.since(Day{}, on_day(10));
  ASSERT_EQ(chains->size(), 1U);
  EXPECT_EQ(chains->at(0).start, Instant{kFirstDay + days{3}});
  EXPECT_EQ(chains->at(0).daily_key, third);
  EXPECT_EQ(*own.current(on_day(10)), engine::daily_key({key, kFirstDay}, kFirstDay + days{10}));
}

TEST_F(OwnChainsTest, AnEndedChainGoesWithItsLastDay) {
  auto store = open();
  OwnChains own(*store);
  ASSERT_TRUE(own.current(on_day(0)));
  ASSERT_TRUE(own.end_current(on_day(2)));
  ASSERT_TRUE(forget(*store, {.days = 7}, on_day(9)));
  EXPECT_EQ(own.since(Day{}, on_day(9))->size(), 1U);
  const auto gone = forget(*store, {.days = 7}, on_day(10));
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->own_keys, 1);
  EXPECT_TRUE(own.since(Day{}, on_day(10))->empty());
}

TEST_F(OwnChainsTest, OnADayBeforeTheChainNothingIsSaidUntilForgettingBelievesTheClock) {
  auto store = open();
  OwnChains own(*store);
  const auto ahead = *own.current(on_day(30));
  EXPECT_EQ(own.current(on_day(0)).error().code, Code::kConflict);
  EXPECT_EQ(own.end_current(on_day(0)).error().code, Code::kConflict);
  EXPECT_EQ(*own.current(on_day(30)), ahead);
  ASSERT_TRUE(forget(*store, {}, on_day(0)));
  const auto now = own.current(on_day(0));
  ASSERT_TRUE(now);
  EXPECT_NE(*now, ahead);
}

TEST_F(OwnChainsTest, ThirtyChainsAreKept) {
  auto store = open();
  OwnChains own(*store);
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(own.current(on_day(0, minutes{20} * i)));
    ASSERT_TRUE(own.end_current(on_day(0, minutes{20} * i + minutes{10})));
  }
  EXPECT_EQ(own.since(kFirstDay, on_day(1))->size(), kMostOwnChains);
}

TEST_F(OwnChainsTest, HasNoTimeBefore1970) {
  auto store = open();
  EXPECT_EQ(OwnChains(*store).current(Instant{milliseconds{-1}}).error().code, Code::kInvalid);
  EXPECT_EQ(*store->kept("chains"), std::nullopt);
}

}  // namespace
}  // namespace bz::phone
