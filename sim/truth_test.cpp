#include "sim/truth.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace bz::sim {
namespace {

using namespace std::chrono_literals;

constexpr Instant kMidnight = local_midnight(2020y / 8 / 19);

// Two people in one room for the whole day, the second `metres` to the right of the first from
// `from` to `to` and else 9 m away. Each sways by 0.1 m at most, so that distances are within 0.3 m
// of what is said here.
Town two_people(double metres, std::chrono::seconds from, std::chrono::seconds to) {
  Town town;
  town.places = {{}, {PlaceKind::kOffice, "Cơ quan", 20, 20, 0, 0}};
  Stay still{0s, 24h, 1, {5, 5}, 0, Motion::kSits, Carriage::kTable, 0};
  town.people.resize(2);
  town.people[0].day = {still};
  Stay before = still;
  before.to = from;
  before.spot.x = 14;
  Stay close = still;
  close.from = from;
  close.to = to;
  close.spot.x = 5 + metres;
  Stay after = before;
  after.from = to;
  after.to = 24h;
  town.people[1].day = {before, close, after};
  return town;
}

Encounter whole_day(const Town& town, std::size_t a = 0, std::size_t b = 1) {
  return encounter(town, a, b, kMidnight, kMidnight + 24h);
}

TEST(Truth, TwentyMinutesAtOneMetreAreToBeWarnedOf) {
  const Encounter met = whole_day(two_people(1, 10h, 10h + 20min));
  EXPECT_EQ(met.together, 24h);
  EXPECT_EQ(met.close, 20min);
  EXPECT_EQ(met.closest_day, 20min);
  EXPECT_NEAR(met.median_m, 9, 0.3);
  EXPECT_TRUE(met.should_be_warned());
}

TEST(Truth, FourteenMinutesAreNot) {
  const Encounter met = whole_day(two_people(1, 10h, 10h + 14min));
  EXPECT_EQ(met.close, 14min);
  EXPECT_FALSE(met.should_be_warned());
  EXPECT_TRUE(met.borderline());
}

TEST(Truth, AnHourAtThreeMetresIsNot) {
  const Encounter met = whole_day(two_people(3.2, 10h, 11h));
  EXPECT_EQ(met.close, 0s);
  EXPECT_FALSE(met.should_be_warned());
  EXPECT_FALSE(met.borderline());
}

TEST(Truth, AnHourAtTwoAndAHalfMetresIsBorderline) {
  EXPECT_TRUE(whole_day(two_people(2.4, 10h, 11h)).borderline());
}

TEST(Truth, MinutesOfTwoUtcDaysAreNotAddedUp) {
  // The UTC day changes at 07:00 in Vietnam: ten minutes before and ten after.
  const Encounter met = whole_day(two_people(1, 6h + 50min, 7h + 10min));
  EXPECT_EQ(met.close, 20min);
  EXPECT_EQ(met.closest_day, 10min);
  EXPECT_FALSE(met.should_be_warned());
}

TEST(Truth, AWallIsNotCloseness) {
  const Town town = make_town(4);
  const Instant night = kMidnight + 3h;
  for (std::size_t a = 0; a < town.people.size(); ++a)
    for (std::size_t b = 0; b < town.people.size(); ++b) {
      const auto link = link_between(town, a, b, night, -25);
      if (!link || link->walls == 0) continue;
      EXPECT_EQ(seconds_within(town, a, b, 20, night, night + 5min), 0s);
    }
}

TEST(Truth, EqualsALookAtEveryTenSecondsByHand) {
  const Town town = make_town(6);
  const std::size_t ill = town.first_case;
  for (std::size_t other = 0; other < town.people.size(); other += 3) {
    if (other == ill) continue;
    std::int64_t close = 0;
    std::vector<double> distances;
    for (std::int64_t second = 0; second < 86'400; second += 10) {
      const Instant t = kMidnight + std::chrono::seconds{second};
      const Position a = position(town, ill, t);
      const Position b = position(town, other, t);
      if (a.place != b.place || a.place == 0) continue;
      distances.push_back(std::hypot(a.at.x - b.at.x, a.at.y - b.at.y));
      if (distances.back() <= 2.0) close += 10;
    }
    const Encounter met = whole_day(town, ill, other);
    EXPECT_EQ(met.together.count(), 10 * static_cast<std::int64_t>(distances.size()));
    EXPECT_EQ(met.close.count(), close);
    EXPECT_EQ(met.close, seconds_within(town, ill, other, 2.0, kMidnight, kMidnight + 24h));
    EXPECT_EQ(met, whole_day(town, other, ill));
    if (distances.empty()) continue;
    std::sort(distances.begin(), distances.end());
    EXPECT_EQ(met.median_m, distances[distances.size() / 2]);
  }
}

}  // namespace
}  // namespace bz::sim
