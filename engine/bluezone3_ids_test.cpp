#include "engine/bluezone3_ids.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace bz::engine {
namespace {

std::string hex(const RollingId& id) {
  return to_hex(ByteView(id.bytes).first(12));
}

TEST(Bluezone3Ids, TheWorkedExampleOfTheFormatPageHolds) {
  // Root of 32 zero bytes, first day.
  IdChain chain(DailyKey{});
  EXPECT_EQ(hex(chain.next()), "490C085D937456A4DD07E710");
  EXPECT_EQ(hex(chain.next()), "CC4111FEC540C346EC6A053F");
  EXPECT_EQ(hex(bluezone3_id(DailyKey{}, 1)), "CC4111FEC540C346EC6A053F");
  EXPECT_EQ(to_hex(next_daily_key(DailyKey{})),
            "66687AADF862BD776C8FC18B8E9F8E20089714856EE233B3902A591D0D5F2925");
}

TEST(Bluezone3Ids, EachUtcDayHashesTheKeyOn) {
  const Bluezone3Root root{{}, Day{std::chrono::days{18'000}}};
  EXPECT_EQ(daily_key(root, root.day), root.key);
  EXPECT_EQ(daily_key(root, root.day + std::chrono::days{2}),
            next_daily_key(next_daily_key(root.key)));
}

TEST(Bluezone3Ids, AClockSetBackBeforeTheFirstDayUsesTheRootKey) {
  const Bluezone3Root root{{}, Day{std::chrono::days{18'000}}};
  EXPECT_EQ(daily_key(root, Day{std::chrono::days{17'990}}), root.key);
}

TEST(Bluezone3Ids, TheLastSlotLastsUntilMidnightWhereTheDayDoesNotDivide) {
  // 86,400,000 / 7 = 12,342,857 ms and 1 ms over, in which the 2020 app has no id.
  const Slots slots{7};
  const Day day{std::chrono::days{18'000}};
  const Instant last_ms = Instant{day} + std::chrono::milliseconds{86'399'999};
  EXPECT_EQ(slots.index_at(last_ms), 6);
  EXPECT_EQ(slots.start(day, 6), Instant{day} + std::chrono::milliseconds{6 * 12'342'857});
  EXPECT_EQ(slots.end(day, 6), Instant{day} + std::chrono::days{1});
  EXPECT_EQ(slots.end(day, 5), slots.start(day, 6));
  EXPECT_EQ(slots.index_at(slots.start(day, 6)), 6);
  EXPECT_EQ(slots.index_at(slots.start(day, 6) - std::chrono::milliseconds{1}), 5);
}

TEST(Bluezone3Ids, FewerThanTwoIdsADayAreRefused) {
  EXPECT_EQ(slots_per_day(1).error().code, Code::kInvalid);
  EXPECT_FALSE(slots_per_day(0));
  EXPECT_FALSE(slots_per_day(-5));
  EXPECT_FALSE(slots_per_day(86'400'001));
  EXPECT_EQ(slots_per_day(2)->length(), std::chrono::hours{12});
  EXPECT_EQ(slots_per_day(86'400'000)->length(), std::chrono::milliseconds{1});
}

TEST(Bluezone3Ids, ANewRootIsOfItsDayAndUnlikeTheLast) {
  SystemRandom random;
  const auto now = from_ms(1'590'117'945'678);
  const auto root = new_bluezone3_root(random, now);
  EXPECT_EQ(root.day, day_of(now));
  EXPECT_NE(root.key, new_bluezone3_root(random, now).key);
}

}  // namespace
}  // namespace bz::engine
