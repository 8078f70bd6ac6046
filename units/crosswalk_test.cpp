// The laws of carrying counts over a change, on graphs small enough to draw.
#include "units/crosswalk.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <set>

#include "base/date.h"

namespace bz::units {
namespace {

UnitKey old_unit(int number) {
  return {std::to_string(10'000 + number), *day_from_text("2020-06-01")};
}
UnitKey new_unit(int number) {
  return {std::to_string(10'000 + number), *day_from_text("2025-07-01")};
}
UnitKey district(int number) {
  return {std::to_string(100 + number), *day_from_text("2020-06-01")};
}

Edge full(int from, int to) {
  return {old_unit(from), new_unit(to), true};
}
Edge partial(int from, int to, std::optional<std::int64_t> weight = {}) {
  Edge edge{old_unit(from), new_unit(to), false};
  edge.weight = weight;
  return edge;
}

// Units 0 to `old_count` - 1, each in a district of its own unless said.
Crosswalk crosswalk(int old_count, int new_count, std::vector<Edge> edges) {
  std::vector<Crosswalk::Old> from;
  std::vector<UnitKey> to;
  for (int i = 0; i < old_count; ++i) from.push_back({old_unit(i), district(i)});
  for (int i = 0; i < new_count; ++i) to.push_back(new_unit(i));
  return Crosswalk(std::move(from), std::move(to), std::move(edges));
}

std::optional<Why> why_without(const Carried& carried, const UnitKey& key) {
  for (const auto& one : carried.without) {
    if (one.unit == key) return one.why;
  }
  return std::nullopt;
}

std::optional<Why> why_not_carried(const Carried& carried, const UnitKey& key) {
  for (const auto& one : carried.not_carried) {
    if (one.unit == key) return one.why;
  }
  return std::nullopt;
}

TEST(Crosswalk, UnitsThatMergeWhollyAreAddedUp) {
  const auto walk = crosswalk(3, 2, {full(0, 0), full(1, 0), full(2, 1)});
  const auto carried = walk.forward({{old_unit(0), 70}, {old_unit(1), 30}, {old_unit(2), 5}});
  EXPECT_EQ(carried.estimates.at(new_unit(0)), (Carried::Estimate{100, false}));
  EXPECT_EQ(carried.estimates.at(new_unit(1)), (Carried::Estimate{5, false}));
  EXPECT_TRUE(carried.without.empty());
  EXPECT_TRUE(carried.not_carried.empty());
}

TEST(Crosswalk, OfAMergerNothingIsKnownBackwardsButTheSum) {
  const auto walk = crosswalk(3, 2, {full(0, 0), full(1, 0), full(2, 1)});
  const auto carried = walk.backward({{new_unit(0), 100}, {new_unit(1), 5}});
  EXPECT_EQ(carried.estimates.size(), 1U);
  EXPECT_EQ(carried.estimates.at(old_unit(2)).value, 5);
  EXPECT_EQ(why_without(carried, old_unit(0)), Why::kManyToOne);
  ASSERT_EQ(carried.totals.size(), 2U);
  EXPECT_EQ(carried.totals[0].value, 100);
  EXPECT_TRUE(carried.not_carried.empty());
}

// 0 → 0 and 1 in unknown parts, 1 → 1 wholly: no estimate for either, 90 for both together.
TEST(Crosswalk, APartWithoutAWeightGivesOnlyTheTotalOfItsGroup) {
  const auto walk = crosswalk(2, 2, {partial(0, 0), partial(0, 1), full(1, 1)});
  const auto carried = walk.forward({{old_unit(0), 60}, {old_unit(1), 30}});
  EXPECT_TRUE(carried.estimates.empty());
  ASSERT_EQ(walk.groups().size(), 1U);
  ASSERT_EQ(carried.totals.size(), 1U);
  EXPECT_EQ(carried.totals[0].value, 90);
  EXPECT_EQ(why_without(carried, new_unit(0)), Why::kNoWeight);
  EXPECT_EQ(why_without(carried, new_unit(1)), Why::kNoWeight);
}

// 100 in the parts 1 : 2 : 4 are 14.28…, 28.57…, 57.14…; the 1 left over goes to the largest
// fraction, .57.
TEST(Crosswalk, WeightsShareACountOutAndLoseNothing) {
  const auto walk =
      crosswalk(2, 3, {partial(0, 0, 1), partial(0, 1, 2), partial(0, 2, 4), full(1, 1)});
  const auto carried = walk.forward({{old_unit(0), 100}, {old_unit(1), 7}});
  EXPECT_EQ(carried.estimates.at(new_unit(0)), (Carried::Estimate{14, true}));
  EXPECT_EQ(carried.estimates.at(new_unit(1)), (Carried::Estimate{36, true}));
  EXPECT_EQ(carried.estimates.at(new_unit(2)), (Carried::Estimate{57, true}));
  EXPECT_EQ(carried.totals.at(0).value, 107);
}

TEST(Crosswalk, AWeightForSomePartsOnlyIsNone) {
  const auto walk = crosswalk(1, 2, {partial(0, 0, 1), partial(0, 1)});
  const auto carried = walk.forward({{old_unit(0), 100}});
  EXPECT_TRUE(carried.estimates.empty());
  EXPECT_EQ(carried.totals.at(0).value, 100);
}

TEST(Crosswalk, NoCountIsNotZero) {
  const auto walk = crosswalk(2, 1, {full(0, 0), full(1, 0)});
  const auto carried = walk.forward({{old_unit(0), 60}});
  EXPECT_TRUE(carried.estimates.empty());
  EXPECT_TRUE(carried.totals.empty());
  EXPECT_EQ(why_without(carried, new_unit(0)), Why::kNoValue);
  EXPECT_EQ(why_not_carried(carried, old_unit(0)), Why::kNoValue);
}

// Units 0, 1, 2 in one district, 3 in another; 2 has no edge: it may have gone where 0 or 1 went.
TEST(Crosswalk, AUnitWithoutAnEdgeOpensTheGroupsOfItsDistrictOnly) {
  const std::vector<Crosswalk::Old> from{{old_unit(0), district(0)},
                                         {old_unit(1), district(0)},
                                         {old_unit(2), district(0)},
                                         {old_unit(3), district(1)}};
  const Crosswalk walk(from, {new_unit(0), new_unit(1), new_unit(2)},
                       {full(0, 0), full(1, 1), full(3, 2)});
  EXPECT_EQ(walk.from_without_edge(), std::vector{old_unit(2)});
  EXPECT_EQ(walk.group_from(old_unit(2)), nullptr);
  const auto carried =
      walk.forward({{old_unit(0), 1}, {old_unit(1), 2}, {old_unit(2), 3}, {old_unit(3), 4}});
  EXPECT_EQ(carried.estimates.size(), 1U);
  EXPECT_EQ(carried.estimates.at(new_unit(2)).value, 4);
  EXPECT_EQ(why_not_carried(carried, old_unit(0)), Why::kMayBeMissing);
  EXPECT_EQ(why_not_carried(carried, old_unit(2)), Why::kNoEdge);
  EXPECT_EQ(why_without(carried, new_unit(1)), Why::kMayBeMissing);
}

TEST(Crosswalk, AnEdgeFromAnUnknownUnitOpensItsGroup) {
  const auto walk = crosswalk(1, 1, {full(0, 0), full(7, 0)});
  EXPECT_EQ(walk.groups().at(0).open, Why::kUnknownPart);
  EXPECT_TRUE(walk.forward({{old_unit(0), 60}}).estimates.empty());
}

TEST(Crosswalk, AUnitThatHadChangedOpensItsGroup) {
  auto edge = full(0, 0);
  edge.has_changed = true;
  const auto walk = crosswalk(1, 1, {edge});
  EXPECT_EQ(walk.groups().at(0).open, Why::kHasChanged);
  EXPECT_TRUE(walk.forward({{old_unit(0), 60}}).estimates.empty());
  EXPECT_TRUE(walk.backward({{new_unit(0), 60}}).estimates.empty());
}

TEST(Crosswalk, AFullEdgeBesidesAnotherOrASinglePartIsNotBelieved) {
  EXPECT_EQ(crosswalk(1, 2, {full(0, 0), partial(0, 1)}).groups().at(0).open, Why::kEdgesDisagree);
  EXPECT_EQ(crosswalk(1, 1, {partial(0, 0, 5)}).groups().at(0).open, Why::kEdgesDisagree);
}

TEST(Crosswalk, ANewUnitWithoutOriginHasNoEstimate) {
  const auto walk = crosswalk(1, 2, {full(0, 0)});
  EXPECT_EQ(walk.to_without_edge(), std::vector{new_unit(1)});
  EXPECT_EQ(why_without(walk.forward({{old_unit(0), 1}}), new_unit(1)), Why::kNoEdge);
}

// Graphs with up to 12 old and 8 new units, every old one with a full edge or two or more partial
// ones, weighted or not, and a count for each.
struct Drawn {
  std::vector<Edge> edges;
  Values values;
  int new_count = 1;
  int old_count = 1;
};

Drawn draw() {
  Drawn drawn;
  drawn.old_count = *rc::gen::inRange(1, 13);
  drawn.new_count = *rc::gen::inRange(1, 9);
  for (int i = 0; i < drawn.old_count; ++i) {
    std::set<int> to;
    const auto tries = *rc::gen::inRange(1, 5);
    for (int k = 0; k < tries; ++k) to.insert(*rc::gen::inRange(0, drawn.new_count));
    drawn.values[old_unit(i)] = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'000);
    if (to.size() < 2) {
      drawn.edges.push_back(full(i, *to.begin()));
      continue;
    }
    const bool is_weighted = *rc::gen::arbitrary<bool>();
    for (const int one : to) {
      drawn.edges.push_back(
          partial(i, one,
                  is_weighted ? std::optional(*rc::gen::inRange<std::int64_t>(1, 1'000'000))
                              : std::nullopt));
    }
  }
  return drawn;
}

std::int64_t sum(const Values& values) {
  std::int64_t all = 0;
  for (const auto& place : values) all += place.second;
  return all;
}

TEST(CrosswalkLaws, TheTotalsOfClosedGroupsHoldEveryCountOnce) {
  EXPECT_TRUE(rc::check([] {
    const auto drawn = draw();
    const auto walk = crosswalk(drawn.old_count, drawn.new_count, drawn.edges);
    const auto carried = walk.forward(drawn.values);
    std::int64_t totals = 0;
    for (const auto& total : carried.totals) {
      totals += total.value;
      std::int64_t own = 0;
      for (const auto& key : walk.groups().at(total.group).from) own += drawn.values.at(key);
      RC_ASSERT(own == total.value);
    }
    RC_ASSERT(totals == sum(drawn.values));
    RC_ASSERT(carried.not_carried.empty());
  }));
}

TEST(CrosswalkLaws, WhereEveryUnitOfAGroupHasAnEstimateTheyMakeItsTotal) {
  EXPECT_TRUE(rc::check([] {
    const auto drawn = draw();
    const auto walk = crosswalk(drawn.old_count, drawn.new_count, drawn.edges);
    const auto carried = walk.forward(drawn.values);
    for (const auto& total : carried.totals) {
      std::int64_t estimates = 0;
      bool all = true;
      for (const auto& key : walk.groups().at(total.group).to) {
        const auto estimate = carried.estimates.find(key);
        all = all && estimate != carried.estimates.end();
        if (all) estimates += estimate->second.value;
      }
      if (all) RC_ASSERT(estimates == total.value);
    }
  }));
}

TEST(CrosswalkLaws, OneToOneThereAndBackIsTheSame) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange(1, 12);
    std::vector<int> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    std::vector<Edge> edges;
    Values values;
    for (int i = 0; i < count; ++i) {
      edges.push_back(full(i, order[static_cast<std::size_t>(i)]));
      values[old_unit(i)] = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    }
    const auto walk = crosswalk(count, count, edges);
    Values there;
    for (const auto& [key, estimate] : walk.forward(values).estimates) there[key] = estimate.value;
    Values back;
    for (const auto& [key, estimate] : walk.backward(there).estimates) back[key] = estimate.value;
    RC_ASSERT(back == values);
  }));
}

TEST(CrosswalkLaws, EveryNewUnitHasAnEstimateOrAReason) {
  EXPECT_TRUE(rc::check([] {
    auto drawn = draw();
    if (*rc::gen::arbitrary<bool>()) drawn.values.erase(drawn.values.begin());
    if (*rc::gen::arbitrary<bool>()) drawn.edges.front().has_changed = true;
    const auto walk = crosswalk(drawn.old_count, drawn.new_count, drawn.edges);
    const auto carried = walk.forward(drawn.values);
    for (int i = 0; i < drawn.new_count; ++i) {
      const bool has_one = carried.estimates.contains(new_unit(i));
      RC_ASSERT(has_one != why_without(carried, new_unit(i)).has_value());
    }
  }));
}

}  // namespace
}  // namespace bz::units
