#include "engine/name_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/bytes.h"

namespace bz::engine {
namespace {

constexpr Interval kMidnight{2'642'976};  // a UTC midnight: 144 * 18354; group 165186

RollingId name(std::uint64_t number) {
  RollingId id;
  put_le(std::span(id.bytes).first<8>(), number * 0x9e37'79b9'7f4a'7c15U);
  put_le(std::span(id.bytes).last<8>(), number);
  return id;
}

Scan scan(Interval when, std::initializer_list<RollingId> names, Profile profile) {
  Scan scan{start_of(when), {}};
  for (const auto& id : names) scan.heard.push_back({profile, id, {}, {-60}, scan.start});
  return scan;
}

bool passes(FilterView filter, const RollingId& id) {
  if (filter.words == nullptr) return false;
  const auto bits =
      filter_bits(static_cast<std::uint32_t>(get_le(std::span(id.bytes).subspan<4, 4>())));
  return (filter.words[get_le(std::span(id.bytes).first<4>()) & filter.mask] & bits) == bits;
}

std::vector<std::uint32_t> groups_with(Interval when, Profile profile) {
  const std::vector scans{scan(when, {name(1)}, profile)};
  const NameTable table(scans);
  auto groups = table.groups(kind_of(profile));
  for (auto& group : groups) {
    EXPECT_TRUE(passes(table.filter(kind_of(profile), group), name(1)));
    group -= kMidnight.number / kGroupSize;
  }
  EXPECT_TRUE(
      table.groups(kind_of(profile) == NameKind::kChain ? NameKind::kDayKey : NameKind::kChain)
          .empty());
  return groups;
}

TEST(NameTable, ANameIsInTheFiltersOfTheGroupsWithinTwoHours) {
  // Group 1 is intervals 16 to 31; 12 before it begins 4, 12 after it ends 43.
  using Groups = std::vector<std::uint32_t>;
  const auto at = [](std::uint32_t i) { return Interval{kMidnight.number + i}; };
  const Groups two{static_cast<std::uint32_t>(-1), 0};
  EXPECT_EQ(groups_with(at(3), Profile::kGaen), two);  // group -1 is intervals -16 to -1
  EXPECT_EQ(groups_with(at(4), Profile::kGaen), (Groups{static_cast<std::uint32_t>(-1), 0, 1}));
  EXPECT_EQ(groups_with(at(12), Profile::kBluezone4), (Groups{0, 1}));
  EXPECT_EQ(groups_with(at(43), Profile::kGaen), (Groups{1, 2, 3}));
  EXPECT_EQ(groups_with(at(44), Profile::kGaen), (Groups{2, 3}));
  // Slots of chains may end two intervals after their group.
  EXPECT_EQ(groups_with(at(45), Profile::kBluezone3), (Groups{1, 2, 3}));
  EXPECT_EQ(groups_with(at(46), Profile::kBluezone3), (Groups{2, 3}));
}

TEST(NameTable, IntervalsNearWhichNothingWasHeardHaveNoFilter) {
  const std::vector scans{scan(kMidnight, {name(1)}, Profile::kGaen),
                          scan({kMidnight.number + 50}, {}, Profile::kGaen)};
  const NameTable table(scans);
  EXPECT_EQ(table.groups(NameKind::kDayKey).size(), 2U);  // the one before midnight, the one after
  EXPECT_EQ(table.filter(NameKind::kDayKey, kMidnight.number / kGroupSize + 3).words, nullptr);
  EXPECT_TRUE(table.any_heard(NameKind::kDayKey, {kMidnight, kMidnight}));
  EXPECT_FALSE(
      table.any_heard(NameKind::kDayKey, {{kMidnight.number + 1}, {kMidnight.number + 99}}));
  EXPECT_FALSE(table.any_heard(NameKind::kChain, {{0}, {0xffff'ffff}}));
}

TEST(NameTable, EverySightingOfANameIsFoundInTheOrderOfTheScans) {
  // Over midnight, twice in one scan, with silent scans between.
  const auto p = Profile::kGaen;
  const std::vector scans{scan({kMidnight.number - 1}, {name(2), name(1)}, p),
                          scan(kMidnight, {}, p), scan(kMidnight, {name(1), name(3), name(1)}, p)};
  const NameTable table(scans);
  const IntervalRange both{{kMidnight.number - 1}, kMidnight};
  EXPECT_EQ(table.places(NameKind::kDayKey, name(1), both),
            (std::vector<Place>{{0, 1}, {2, 0}, {2, 2}}));
  EXPECT_EQ(table.places(NameKind::kDayKey, name(1), {kMidnight, kMidnight}),
            (std::vector<Place>{{2, 0}, {2, 2}}));
  EXPECT_TRUE(table.places(NameKind::kDayKey, name(4), both).empty());
  EXPECT_TRUE(table.places(NameKind::kChain, name(1), both).empty());
}

TEST(NameTable, OnlyNamesThatWereHeardAreKept) {
  const std::vector scans{scan(kMidnight, {name(1), name(2)}, Profile::kGaen)};
  const NameTable table(scans);
  // The third differs from the first in its last bit only.
  auto close = name(1);
  close.bytes[15] ^= 0x80U;
  std::vector<Candidate> candidates{
      {name(1), 7, 0}, {name(5), 8, 0}, {close, 9, 0}, {name(2), 10, 0}};
  candidates.resize(table.keep_heard(NameKind::kDayKey, {kMidnight, kMidnight}, candidates));
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0].key, 7U);
  EXPECT_EQ(candidates[1].key, 10U);
}

TEST(NameTable, ASightingTakesLessThanFortyBytes) {
  // 40,000 names over a day, 20 in each of 2,000 scans, as a busy phone hears them.
  std::vector<Scan> scans;
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    Scan one{start_of(kMidnight) + std::chrono::milliseconds{43'200} * i, {}};
    for (std::uint32_t j = 0; j < 20; ++j)
      one.heard.push_back({Profile::kGaen, name(20 * i + j), {}, {-60}, one.start});
    scans.push_back(one);
  }
  const NameTable table(scans);
  EXPECT_EQ(table.size(), 40'000U);
  EXPECT_LT(table.allocated_bytes(), 40U * 40'000U);
}

TEST(NameTable, WithoutScansItKnowsNothing) {
  const NameTable table({});
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.groups(NameKind::kDayKey).empty());
  EXPECT_TRUE(table.places(NameKind::kDayKey, name(1), {{0}, {0xffff'ffff}}).empty());
}

}  // namespace
}  // namespace bz::engine
