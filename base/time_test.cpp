#include "base/time.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

TEST(Time, AnIntervalIsTenMinutesLong) {
  // 2020-04-02 00:00 UTC is 1,585,785,600 s; divided by 600 that is 2,642,976.
  const Instant midnight = from_ms(1'585'785'600'000);
  EXPECT_EQ(interval_at(midnight).number, 2'642'976U);
  EXPECT_EQ(interval_at(midnight + std::chrono::minutes{10} - std::chrono::milliseconds{1}).number,
            2'642'976U);
  EXPECT_EQ(interval_at(midnight + std::chrono::minutes{10}).number, 2'642'977U);
  EXPECT_EQ(start_of(Interval{2'642'976}), midnight);
}

TEST(Time, ADayBeginsAtUtcMidnightEvenBefore1970) {
  EXPECT_EQ(day_of(from_ms(-1)), Day{std::chrono::days{-1}});
  EXPECT_EQ(day_of(from_ms(86'399'999)), Day{});
  EXPECT_EQ(interval_at(from_ms(-1)).number, 0U);
}

}  // namespace
}  // namespace bz
