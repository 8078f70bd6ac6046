#include "engine/contact_check.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "engine/bluezone3_ids.h"

namespace bz::engine {
namespace {

constexpr std::int64_t kStart = 1'588'291'200;  // 1 May 2020, 00:00 UTC

TraceEntry traced(std::int32_t ids_per_day, std::int64_t seconds) {
  return {Bytes(32, 7), kStart, kStart + seconds, ids_per_day};
}

RollingId id_of(int day, int index) {
  DailyKey key;
  key.fill(7);
  for (int d = 0; d < day; ++d) key = next_daily_key(key);
  return bluezone3_id(key, index);
}

Sighting heard(const RollingId& id, std::int64_t ms_after_start) {
  return {Profile::kBluezone3, id, {}, {-70}, from_ms(kStart * 1000 + ms_after_start)};
}

bool contact(const TraceEntry& entry, const Sighting& sighting) {
  return had_contact(entry, std::array{sighting});
}

TEST(ContactCheck, BothEndsOfASlotCount) {
  // 96 a day: slot 3 is from 2,700,000 to 3,600,000 ms.
  const auto entry = traced(96, 86'400);
  EXPECT_TRUE(contact(entry, heard(id_of(0, 3), 2'700'000)));
  EXPECT_TRUE(contact(entry, heard(id_of(0, 3), 3'600'000)));
  EXPECT_FALSE(contact(entry, heard(id_of(0, 3), 2'699'999)));
  EXPECT_FALSE(contact(entry, heard(id_of(0, 3), 3'600'001)));
}

TEST(ContactCheck, ASlotThatBeginsAfterTheEndIsNotLookedUp) {
  // The end at 2,700 s is the start of slot 3, which still counts whole; slot 4 does not.
  const auto entry = traced(96, 2'700);
  EXPECT_TRUE(contact(entry, heard(id_of(0, 3), 3'600'000)));
  EXPECT_FALSE(contact(entry, heard(id_of(0, 4), 3'600'000)));
  EXPECT_FALSE(contact(traced(96, -1), heard(id_of(0, 0), 0)));
}

TEST(ContactCheck, TheTracersDayIsShorterWhereSlotsDoNotFillIt) {
  // 7 a day: seven slots of 12,342,857 ms are 86,399,999 ms, so the second day begins 1 ms early.
  EXPECT_TRUE(contact(traced(7, 172'800), heard(id_of(1, 0), 86'399'999)));
  EXPECT_FALSE(contact(traced(7, 172'800), heard(id_of(1, 0), 86'399'998)));
}

TEST(ContactCheck, AKeyOfAnotherLengthMatchesNothing) {
  auto entry = traced(96, 86'400);
  entry.daily_key.pop_back();
  EXPECT_FALSE(contact(entry, heard(id_of(0, 0), 0)));
}

TEST(ContactCheck, AnotherProfilesSightingsDoNotCount) {
  auto sighting = heard(id_of(0, 0), 0);
  sighting.profile = Profile::kGaen;
  EXPECT_FALSE(contact(traced(96, 86'400), sighting));
}

TEST(ContactCheck, TimesThatNoClockHasAreAnsweredNo) {
  // Milliseconds where seconds belong, and the ends of what a number can hold.
  for (const std::int64_t far : {std::int64_t{1'588'291'200'000}, INT64_MAX, INT64_MIN}) {
    EXPECT_FALSE(contact({Bytes(32, 7), far, far, 96}, heard(id_of(0, 0), 0))) << far;
    EXPECT_FALSE(contact({Bytes(32, 7), INT64_MIN, far, 96}, heard(id_of(0, 0), 0))) << far;
  }
}

TEST(ContactCheck, ATraceOfThousandsOfYearsIsAnsweredAtOnce) {
  TraceEntry entry{Bytes(32, 7), 0, 253'402'300'799, 86'400'000};
  EXPECT_FALSE(had_contact(entry, std::array{heard(id_of(0, 0), 5)}));
}

// The check as its format page tells it, slot by slot.
bool plain_check(const TraceEntry& entry, const std::vector<Sighting>& sightings) {
  DailyKey key;
  std::ranges::copy(entry.daily_key, key.begin());
  const std::int64_t length = 86'400'000 / entry.ids_per_day;
  IdChain chain(key);
  int index = 0;
  for (auto next = entry.time_start_s * 1000; next <= entry.time_end_s * 1000; next += length) {
    const auto id = chain.next();
    for (const auto& s : sightings) {
      if (s.id == id && to_ms(s.time) >= next && to_ms(s.time) <= next + length) return true;
    }
    if (++index == entry.ids_per_day) {
      index = 0;
      key = next_daily_key(key);
      chain = IdChain(key);
    }
  }
  return false;
}

RC_GTEST_PROP(ContactCheck, AnswersAsTheSlotBySlotCheckDoes, ()) {
  const auto per_day = *rc::gen::inRange(2, 12);
  const auto entry = traced(per_day, *rc::gen::inRange(-100, 400'000));
  std::vector<Sighting> sightings;
  for (int i = 0; i < 3; ++i) {
    const auto day = *rc::gen::inRange(0, 4);
    const auto index = *rc::gen::inRange(0, per_day);
    // Around the slot's two ends, where answers change.
    const auto slot = std::int64_t{day} * 86'400'000 + std::int64_t{index} * (86'400'000 / per_day);
    const auto shift = *rc::gen::inRange(-4, 5) + *rc::gen::element(0, 86'400'000 / per_day);
    sightings.push_back(heard(id_of(day, index), slot + shift));
  }
  RC_ASSERT(had_contact(entry, sightings) == plain_check(entry, sightings));
}

}  // namespace
}  // namespace bz::engine
