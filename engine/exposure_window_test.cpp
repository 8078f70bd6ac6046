#include "engine/exposure_window.h"

#include <gtest/gtest.h>

#include "engine/contact.h"

namespace bz::engine {
namespace {

using std::chrono::seconds;

constexpr Instant kNoon{std::chrono::hours{12}};

ExposureWindow window_of(std::uint32_t slot, Instant time, double db) {
  return {0, {slot}, {{time, {db}, {db}, seconds{300}}}};
}

TEST(ExposureWindow, AScanInWhichTwoNamesOfAKeyWereHeardCountsOnce) {
  // At its change of name: 60 and 50 dB in one scan make 55, and 300 s, not 600.
  const std::vector<ExposureWindow> windows{window_of(72, kNoon, 60), window_of(73, kNoon, 50),
                                            window_of(73, kNoon + seconds{300}, 70)};
  const auto scans = scans_of_key(windows);
  ASSERT_EQ(scans.size(), 2U);
  EXPECT_DOUBLE_EQ(scans[0].typical.db, 55);
  EXPECT_DOUBLE_EQ(scans[0].minimum.db, 50);
  EXPECT_EQ(scans[0].since_last_scan, seconds{300});
  EXPECT_EQ(contacts(windows)[0].heard, seconds{600});
}

TEST(ExposureWindow, ManyOldNamesReplayedInOneBurstAreOneScan) {
  std::vector<ExposureWindow> windows;
  for (std::uint32_t slot = 60; slot <= 84; ++slot) windows.push_back(window_of(slot, kNoon, 40));
  EXPECT_EQ(contacts(windows)[0].heard, seconds{300});
}

}  // namespace
}  // namespace bz::engine
