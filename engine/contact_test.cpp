#include "engine/contact.h"

#include <gtest/gtest.h>

namespace bz::engine {
namespace {

using namespace std::chrono_literals;

constexpr Day kDay{std::chrono::days{18'500}};

ScanInstance scan(Instant time, double db, std::chrono::seconds since_last) {
  return {.time = time, .typical = {db}, .minimum = {db}, .since_last_scan = since_last};
}

TEST(Contact, WindowsOfOneKeyOnOneDayAreOneContact) {
  const Instant noon = kDay + 12h;
  const std::vector<ExposureWindow> windows{
      {.source = 7, .slot = {}, .scans = {scan(noon + 11min, 60, 100s)}},
      {.source = 7, .slot = {}, .scans = {scan(noon, 50, 300s), scan(noon + 4min, 50, 200s)}},
  };
  const auto all = contacts(windows);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].source, 7U);
  EXPECT_EQ(all[0].day, kDay);
  EXPECT_EQ(all[0].first, noon);
  EXPECT_EQ(all[0].last, noon + 11min);
  EXPECT_EQ(all[0].heard, 600s);
  // (50 x 500 s + 60 x 100 s) / 600 s = 51.67 dB
  EXPECT_NEAR(all[0].typical.db, 31'000.0 / 600, 1e-9);
  EXPECT_NEAR(all[0].close.expected_s,
              500 * close_probability({50}) + 100 * close_probability({60}), 1e-9);
}

TEST(Contact, TwoKeysAreTwoContacts) {
  const std::vector<ExposureWindow> windows{
      {.source = 2, .slot = {}, .scans = {scan(kDay + 1h, 50, 300s)}},
      {.source = 1, .slot = {}, .scans = {scan(kDay + 1h, 50, 300s)}},
  };
  const auto all = contacts(windows);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].source, 1U);
  EXPECT_EQ(all[1].source, 2U);
}

TEST(Contact, AWindowThatSpansMidnightIsDividedThere) {
  const Instant midnight = kDay + 24h;
  const std::vector<ExposureWindow> windows{
      {.source = 0,
       .slot = {},
       .scans = {scan(midnight - 1ms, 50, 300s), scan(midnight, 50, 240s)}}};
  const auto all = contacts(windows);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].day, kDay);
  EXPECT_EQ(all[0].heard, 300s);
  EXPECT_EQ(all[1].day, kDay + std::chrono::days{1});
  EXPECT_EQ(all[1].heard, 240s);
}

TEST(Contact, NothingHeardIsNoContact) {
  EXPECT_TRUE(contacts({}).empty());
}

}  // namespace
}  // namespace bz::engine
