#include "phone/check_time.h"

#include "phone/forget.h"
#include "phone/noted_transport_test.h"
#include "phone/phone.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

class CheckTime : public PhoneTest {};

TEST_F(CheckTime, TheFirstIsDueAtOnceAndTheNextAPeriodLaterAlsoAfterARestart) {
  const auto now = on_day(0);
  {
    auto store = *open();
    EXPECT_EQ(*next_check(store, hours{4}, now), now);
    ASSERT_TRUE(note_checked(store, now));
  }
  auto store = *open();
  EXPECT_EQ(*next_check(store, hours{4}, now + hours{1}), now + hours{4});
  EXPECT_EQ(*next_check(store, hours{2}, now + hours{1}), now + hours{2});  // the settings changed
}

TEST_F(CheckTime, AfterTheClockHasGoneBackItIsDueAtOnce) {
  auto store = *open();
  ASSERT_TRUE(note_checked(store, on_day(10)));
  EXPECT_EQ(*next_check(store, hours{4}, on_day(3)), on_day(3));
}

TEST_F(CheckTime, OnlyACheckThatSucceededCounts) {
  auto phone = *Phone::open(path_, key_, random_, {});
  NotedTransport transport;
  const auto now = on_day(0);
  const auto trust = wire::Trust::in_anybody();
  const auto risk = engine::AuthoritySettings{}.risk_in_force();
  transport.names_fault = Error{Code::kUnavailable, "the line is down"};
  EXPECT_FALSE(phone.check(transport, trust, risk, now));
  EXPECT_EQ(*phone.next_check(hours{4}, now), now);
  transport.names_fault.reset();
  EXPECT_TRUE(phone.check(transport, trust, risk, now));
  EXPECT_EQ(*phone.next_check(hours{4}, now), now + hours{4});
}

// At 7 days, all of day 0 goes when seven whole days have passed since it ended.
TEST_F(CheckTime, ForgettingKeepsAsManyDaysAsTheSettingsSay) {
  auto store = *open();
  SightingLog log(store);
  ASSERT_TRUE(log.append(std::vector{numbered_scan(1, on_day(0), 2)}));
  engine::AuthoritySettings settings;
  settings.days_kept = 7;
  EXPECT_EQ(forget(store, keeping(settings), on_day(8, milliseconds{-1}))->days, 0);
  EXPECT_EQ(forget(store, keeping(settings), on_day(8, milliseconds{0}))->days, 1);
  EXPECT_TRUE(read_all(store).empty());
}

}  // namespace
}  // namespace bz::phone
