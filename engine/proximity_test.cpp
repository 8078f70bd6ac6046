#include "engine/proximity.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <cmath>
#include <vector>

#include "engine/calibration.h"

namespace bz::engine {
namespace {

using std::chrono::seconds;

// The attenuation at which the logistic curve gives this chance: 54.8 + 5.8 x ln(1 / chance - 1).
Attenuation with_chance(double chance) {
  return {kTwoMetresDb + kProximityScaleDb * std::log(1 / chance - 1)};
}

ScanInstance scan(double chance, int since_last_s) {
  return {.time = from_ms(0),
          .typical = with_chance(chance),
          .minimum = with_chance(chance),
          .since_last_scan = seconds{since_last_s}};
}

TEST(Proximity, TheMeanAttenuationAtTwoMetresIsAnEvenChance) {
  EXPECT_DOUBLE_EQ(close_probability({54.8}), 0.5);
}

TEST(Proximity, OneScaleMoreAttenuationIsOddsOfOneToE) {
  // 1 / (1 + e) = 0.268941...
  EXPECT_NEAR(close_probability({54.8 + 5.8}), 0.2689414, 1e-7);
}

TEST(Proximity, ExpectedSecondsAreTimeTimesChance) {
  // 300 s x 0.8 + 100 s x 0.2 = 240 + 20 = 260 s;
  // deviation 300 x sqrt(0.8 x 0.2) + 100 x sqrt(0.2 x 0.8) = 300 x 0.4 + 100 x 0.4 = 160 s.
  const std::vector scans{scan(0.8, 300), scan(0.2, 100)};
  EXPECT_NEAR(close_time(scans).expected_s, 260, 1e-9);
  EXPECT_NEAR(close_time(scans).deviation_s, 160, 1e-9);
}

TEST(Proximity, NothingHeardIsNoTimeWithinTwoMetres) {
  EXPECT_EQ(close_time({}), CloseTime{});
}

RC_GTEST_PROP(Proximity, AStrongerSignalIsNeverLessClose, ()) {
  const double db = *rc::gen::inRange(0, 150);
  const double stronger = db - *rc::gen::inRange(0, 20);
  RC_ASSERT(close_probability({stronger}) >= close_probability({db}));
}

RC_GTEST_PROP(Proximity, ExpectedSecondsNeverExceedTheTimeHeard, ()) {
  std::vector<ScanInstance> scans;
  double heard_s = 0;
  for (int count = *rc::gen::inRange(0, 20); count > 0; --count) {
    const int since = *rc::gen::inRange(1, 301);
    const double db = *rc::gen::inRange(0, 150);
    scans.push_back(
        {.time = from_ms(0), .typical = {db}, .minimum = {db}, .since_last_scan = seconds{since}});
    heard_s += since;
  }
  const auto time = close_time(scans);
  RC_ASSERT(time.expected_s >= 0);
  RC_ASSERT(time.expected_s <= heard_s);
  RC_ASSERT(time.deviation_s <= heard_s / 2 + 1e-9);  // sqrt(p(1-p)) is at most 1/2
}

}  // namespace
}  // namespace bz::engine
