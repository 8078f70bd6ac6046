#include "base/clock.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

using std::chrono::milliseconds;

TEST(StoryClock, BeginsWhereItIsToldAndGoesOnAsFastAsTheWorlds) {
  const Instant beginning = from_ms(1'598'430'600'000);  // 2020-08-26T15:30+07:00
  const SystemClock world;
  const auto before = world.now();
  const StoryClock story(beginning);
  const auto first = story.now() - beginning;
  EXPECT_GE(first, milliseconds{0});
  EXPECT_LE(first, world.now() - before);
  while (world.now() - before < milliseconds{20}) {
  }
  const auto told = story.now() - beginning;
  EXPECT_GT(told, milliseconds{0});
  EXPECT_LE(told, world.now() - before);
}

}  // namespace
}  // namespace bz
