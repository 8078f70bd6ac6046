#include "phone/clock_belief.h"

#include <gtest/gtest.h>

namespace bz::phone {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr Day kToday{days{18'493}};
constexpr Instant kNow = Instant{kToday} + hours{9};
constexpr Instant kInTenYears = kNow + days{3'650};

TEST(ClockBelief, AClockNeverHeardBeforeIsBelieved) {
  EXPECT_EQ(weigh({}, kNow, Clock::kOfPhone), (Verdict{true, {kToday, {}}}));
}

TEST(ClockBelief, SixtyDaysOffAreAPhoneInADrawerAndSixtyOneAJump) {
  const ClockBelief before{kToday, {}};
  EXPECT_TRUE(weigh(before, kNow + days{60}, Clock::kOfPhone).believed);
  EXPECT_FALSE(weigh(before, kNow + days{61}, Clock::kOfPhone).believed);
  EXPECT_TRUE(weigh(before, kNow - days{60}, Clock::kOfPhone).believed);
  EXPECT_FALSE(weigh(before, kNow - days{61}, Clock::kOfPhone).believed);
}

TEST(ClockBelief, AJumpIsBelievedAfterADay) {
  const auto jumped = weigh({kToday, {}}, kInTenYears, Clock::kOfPhone);
  EXPECT_EQ(jumped, (Verdict{false, {kToday, kInTenYears}}));
  const auto soon = weigh(jumped.next, kInTenYears + hours{23}, Clock::kOfPhone);
  EXPECT_EQ(soon, jumped);  // the doubt keeps its beginning
  const auto later = weigh(soon.next, kInTenYears + hours{24}, Clock::kOfPhone);
  EXPECT_EQ(later, (Verdict{true, {day_of(kInTenYears) + days{1}, {}}}));
}

TEST(ClockBelief, AClockThatComesBackIsBelievedAtOnceAndItsJumpForgotten) {
  const auto jumped = weigh({kToday, {}}, kInTenYears, Clock::kOfPhone);
  EXPECT_EQ(weigh(jumped.next, kNow, Clock::kOfPhone), (Verdict{true, {kToday, {}}}));
}

TEST(ClockBelief, JumpingOnAndOnConvincesNobody) {
  auto belief = weigh({kToday, {}}, kInTenYears, Clock::kOfPhone).next;
  for (int jump = 1; jump <= 5; ++jump) {
    const auto verdict = weigh(belief, kInTenYears + jump * days{61}, Clock::kOfPhone);
    EXPECT_FALSE(verdict.believed);
    belief = verdict.next;
  }
  EXPECT_FALSE(weigh(belief, kInTenYears, Clock::kOfPhone).believed);
}

TEST(ClockBelief, AConfirmedClockIsBelievedWhateverItSays) {
  EXPECT_EQ(weigh({kToday, {}}, kInTenYears, Clock::kConfirmed),
            (Verdict{true, {day_of(kInTenYears), {}}}));
}

}  // namespace
}  // namespace bz::phone
