#include "phone/own_keys.h"

#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using engine::Profile;
using std::chrono::minutes;

class OwnKeysTest : public PhoneTest {
 protected:
  static std::vector<OwnKey> all(Store& store) {
    const auto keys = OwnKeys(store).of_days(Day{}, kFirstDay + days{100});
    EXPECT_TRUE(keys);
    return keys ? *keys : std::vector<OwnKey>{};
  }
  static constexpr std::uint32_t kMidnight = 18'493 * 144;
};

TEST_F(OwnKeysTest, TheKeyOfADayIsTheSameAfterReopening) {
  auto store = open();
  const auto morning = OwnKeys(*store).current(on_day(0, hours{8}), Profile::kBluezone4);
  ASSERT_TRUE(morning);
  EXPECT_EQ(morning->key.start, Interval{kMidnight});
  EXPECT_EQ(morning->key.period, 144U);
  store = Error{};
  store = open();
  const auto evening = OwnKeys(*store).current(on_day(0, hours{20}), Profile::kBluezone4);
  ASSERT_TRUE(evening);
  EXPECT_EQ(*evening, *morning);
  EXPECT_EQ(all(*store), (std::vector{*morning}));
}

TEST_F(OwnKeysTest, EachDayHasAnotherKey) {
  auto store = open();
  OwnKeys own(*store);
  const auto today = own.current(on_day(0, hours{24} - milliseconds{1}), Profile::kGaen);
  const auto tomorrow = own.current(on_day(1, milliseconds{0}), Profile::kGaen);
  EXPECT_NE(today->key.bytes, tomorrow->key.bytes);
  EXPECT_EQ(tomorrow->key.start, today->key.end());
  EXPECT_EQ(*own.of_days(kFirstDay + days{1}, kFirstDay + days{1}), (std::vector{*tomorrow}));
  EXPECT_EQ(all(*store), (std::vector{*today, *tomorrow}));
}

TEST_F(OwnKeysTest, ChangingTheProfileEndsTheRunningKey) {
  auto store = open();
  OwnKeys own(*store);
  const auto before = own.current(on_day(0, hours{8}), Profile::kBluezone4);
  // 10:05 lies in the interval 10 * 6 = 60 of the day.
  const auto after = own.current(on_day(0, hours{10} + minutes{5}), Profile::kGaen);
  ASSERT_TRUE(after);
  EXPECT_NE(after->key.bytes, before->key.bytes);
  EXPECT_EQ(after->key.start, Interval{kMidnight + 60});
  EXPECT_EQ(after->key.period, 84U);
  auto cut = *before;
  cut.key.period = 60;
  EXPECT_EQ(all(*store), (std::vector{cut, *after}));
  // Changing back does not bring the old key back.
  const auto again = own.current(on_day(0, hours{11}), Profile::kBluezone4);
  EXPECT_NE(again->key.bytes, before->key.bytes);
  EXPECT_EQ(again->key.start, Interval{kMidnight + 66});
}

TEST_F(OwnKeysTest, AProfileChangedTwiceInAnIntervalLeavesNoKeyWithoutAPeriod) {
  auto store = open();
  OwnKeys own(*store);
  ASSERT_TRUE(own.current(on_day(0, hours{8}), Profile::kBluezone4));
  ASSERT_TRUE(own.current(on_day(0, hours{10} + minutes{1}), Profile::kGaen));
  ASSERT_TRUE(own.current(on_day(0, hours{10} + minutes{2}), Profile::kBluezone4));
  const auto keys = all(*store);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].key.end(), keys[1].key.start);
  EXPECT_EQ(keys[1].key.end(), Interval{kMidnight + 144});
}

TEST_F(OwnKeysTest, AfterAnUploadANewKeyIsSaid) {
  auto store = open();
  OwnKeys own(*store);
  const auto published = own.current(on_day(0, hours{8}), Profile::kBluezone4);
  ASSERT_TRUE(own.end_current(on_day(0, hours{10})));
  ASSERT_TRUE(
      own.end_current(on_day(0, hours{10} + minutes{30})));  // nothing is running: nothing happens
  EXPECT_EQ(all(*store).at(0).key.period, 60U);
  store = Error{};
  store = open();
  OwnKeys reopened(*store);
  const auto next = reopened.current(on_day(0, hours{10} + minutes{40}), Profile::kBluezone4);
  EXPECT_NE(next->key.bytes, published->key.bytes);
  EXPECT_EQ(next->key.start, Interval{kMidnight + 64});
  EXPECT_EQ(next->key.period, 80U);
}

TEST_F(OwnKeysTest, AnEndedKeyIsNotSaidAgainWhenTheClockGoesBack) {
  auto store = open();
  OwnKeys own(*store);
  ASSERT_TRUE(own.current(on_day(0, hours{8}), Profile::kBluezone4));
  ASSERT_TRUE(own.end_current(on_day(0, hours{10})));
  EXPECT_EQ(own.current(on_day(0, hours{9}), Profile::kBluezone4).error().code, Code::kConflict);
  EXPECT_TRUE(own.current(on_day(0, hours{10}), Profile::kBluezone4));
  EXPECT_EQ(own.current(on_day(0, hours{9}), Profile::kBluezone4).error().code, Code::kConflict);
  EXPECT_EQ(own.end_current(on_day(0, hours{9})).error().code, Code::kConflict);
  EXPECT_EQ(all(*store).size(), 2U);
}

TEST_F(OwnKeysTest, ADayAheadAndBackLeavesTodaysKeyRunning) {
  auto store = open();
  OwnKeys own(*store);
  const auto today = own.current(on_day(0), Profile::kBluezone4);
  ASSERT_TRUE(own.current(on_day(50), Profile::kBluezone4));
  EXPECT_EQ(*own.current(on_day(0), Profile::kBluezone4), *today);
  EXPECT_EQ(own.of_days(kFirstDay, kFirstDay)->size(), 1U);
}

TEST_F(OwnKeysTest, Bluezone3HasNoDayKeysAndNoTimeBefore1970) {
  auto store = open();
  OwnKeys own(*store);
  EXPECT_EQ(own.current(on_day(0), Profile::kBluezone3).error().code, Code::kInvalid);
  EXPECT_EQ(own.current(Instant{milliseconds{-1}}, Profile::kGaen).error().code, Code::kInvalid);
  EXPECT_TRUE(all(*store).empty());
}

TEST_F(OwnKeysTest, AKeyPutInAnothersPlaceIsDamage) {
  auto store = open();
  OwnKeys own(*store);
  ASSERT_TRUE(own.current(on_day(0), Profile::kBluezone4));
  ASSERT_TRUE(own.current(on_day(1), Profile::kBluezone4));
  ASSERT_TRUE(store->database().execute(
      "UPDATE own_key SET sealed = (SELECT sealed FROM own_key WHERE id = 1) WHERE id = 2"));
  EXPECT_EQ(own.of_days(Day{}, kFirstDay + days{9}).error().code, Code::kMalformed);
}

}  // namespace
}  // namespace bz::phone
