// Which keys go out together, and when.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <map>
#include <set>

#include "keys/batches.h"
#include "keys/clock_check.h"
#include "keys/desk_for_tests.h"
#include "keys/padding.h"

namespace bz::keys {
namespace {

using wire::TestType;

class Batches : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, Batches, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return std::string{p.param == On::kSqlite ? "Sqlite" : "Postgres"};
                         });

TEST(Slots, AKeyGoesOutAtTheNextBoundaryAfterNowAndTheLastBatch) {
  const std::chrono::seconds hour{3'600};
  EXPECT_EQ(slot_for(from_s(7'200), 0, hour), 10'800);  // a boundary itself is past
  EXPECT_EQ(slot_for(from_s(7'199), 0, hour), 7'200);
  EXPECT_EQ(slot_for(from_s(7'199), 7'200, hour), 10'800);  // a clock that went back
  EXPECT_EQ(slot_for(from_s(7'199), 0, hour, 14'400), 14'400);
  EXPECT_EQ(slot_for(from_s(7'199), 0, hour, 14'401), 18'000);
  // Three days after the last batch, and a second more: a clock that far ahead does not count.
  EXPECT_EQ(slot_for(from_s(259'200), 0, hour), 262'800);
  EXPECT_EQ(slot_for(from_s(259'201), 0, hour), 3'600);
}

TEST_P(Batches, AKeyStillValidIsHeldBackUntilTwoHoursAfterItsEnd) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(1);
  draft.keys.push_back(desk.key(0));  // today's: valid until 00:00, out at 02:00
  (void)desk.published(draft);
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 1U);
  const auto tomorrow = Instant{day_of(desk.clock.now()) + std::chrono::days{1}};
  desk.go_to(tomorrow + 2 * kHour - std::chrono::seconds{1});
  desk.tick();
  EXPECT_EQ(desk.files().size(), 1U);
  desk.go_to(tomorrow + 2 * kHour);
  desk.tick();
  ASSERT_EQ(desk.files().size(), 2U);
  EXPECT_EQ(desk.files()[1].keys.size(), 1U);
}

TEST_P(Batches, APauseOfTheServersMakesOneLongBatch) {
  Desk desk(GetParam());
  desk.start();
  (void)desk.published(desk.draft(2));
  desk.wait(kHour * 3);  // 13:10
  desk.start();
  desk.tick();
  ASSERT_EQ(desk.index().size(), 1U);
  EXPECT_EQ(desk.index()[0], "VN/1596276000-1596286800-00001.zip");  // 10:00 to 13:00
}

TEST_P(Batches, AChangeMadeBeforeAPauseWaitsForTheBatchAfterItsKeys) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(2, TestType::kLikely);
  draft.token = desk.published(draft).revision_token;
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  (void)desk.published(draft);
  desk.wait(kHour * 5);  // both slots are over
  desk.tick();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 2U);
  EXPECT_TRUE(desk.files()[0].revised.empty());
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 2U);
  EXPECT_EQ(desk.files()[1].revised.size(), 2U);
}

TEST(Batches, AnEmptyBatchHasNoFile) {
  Desk desk;
  desk.settings.least_keys = 50;
  desk.start();
  desk.next_batch();
  EXPECT_TRUE(desk.index().empty());
}

TEST(Batches, ThePeriodCanBeChangedFromAnHourToAQuarter) {
  Desk desk;
  desk.start();
  (void)desk.published(desk.draft(1));
  desk.settings.period = std::chrono::minutes{15};
  desk.start();
  (void)desk.published(desk.draft(2));  // out at 10:15, the first at 11:00 as decided
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 2U);
  for (int i = 0; i < 3; ++i) desk.next_batch();
  ASSERT_EQ(desk.files().size(), 2U);
  EXPECT_EQ(desk.files()[1].keys.size(), 1U);
}

TEST(Batches, ASmallFileIsFilledUpWithStoredKeysThatLookLikeTheRealOnes) {
  Desk desk;
  desk.settings.least_keys = 50;
  desk.start();
  auto draft = desk.draft(3);
  (void)desk.published(draft);
  desk.next_batch();
  const auto keys = desk.files().at(0).keys;
  EXPECT_GE(keys.size(), 50U);
  EXPECT_LE(keys.size(), 150U);
  std::set<std::uint32_t> starts;
  for (const auto& key : draft.keys) starts.insert(static_cast<std::uint32_t>(key.rolling_start));
  for (const auto& key : keys) {
    EXPECT_TRUE(starts.contains(key.key.start.number));
    EXPECT_EQ(key.transmission_risk, 2);
  }
  // The same keys when the file is made again.
  std::filesystem::remove_all(desk.exports());
  desk.start();
  desk.tick();
  EXPECT_EQ(desk.files().at(0).keys, keys);
}

TEST(Batches, HowMuchIsAddedIsDrawnEvenlyFromNoneToAHundred) {
  SystemRandom random;
  // 101,000 draws: each of 101 values 1,000 times, standard deviation 31.5; six of them is 189.
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 101'000; ++i) ++counts[below(random, kMostExtraKeys + 1)];
  ASSERT_EQ(counts.size(), 101U);
  for (const auto& [value, count] : counts) EXPECT_NEAR(count, 1'000, 189);
}

TEST(Batches, ChangesAreFilledUpTooByKeysThatWereNewBefore) {
  Desk desk;
  desk.settings.least_keys = 40;
  desk.start();
  // Four batches of 38 generated keys and more, of which each can spare half: 76.
  auto draft = desk.draft(2, TestType::kLikely);
  draft.token = desk.published(draft).revision_token;
  desk.next_batch();
  for (int i = 0; i < 3; ++i) {
    (void)desk.published(desk.draft(2, TestType::kLikely));
    desk.next_batch();
  }
  std::set<std::array<std::uint8_t, 16>> published;
  for (const auto& file : desk.files()) {
    for (const auto& key : file.keys) published.insert(key.key.bytes);
  }
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
  draft.expires = draft.issued + 2 * kHour;
  (void)desk.published(draft);
  desk.next_batch();
  const auto last = desk.files().at(4);
  EXPECT_TRUE(last.keys.empty());
  EXPECT_GE(last.revised.size(), 40U);
  EXPECT_LE(last.revised.size(), 140U);
  for (const auto& key : last.revised) EXPECT_TRUE(published.contains(key.key.bytes));
}

// Which regions' files hold a key, and how many keys there are of each such set.
std::map<std::set<std::string>, std::size_t> crowds(
    const Desk& desk, const std::vector<std::string>& regions,
    std::vector<engine::PublishedKey> wire::Export::*list, std::size_t batch) {
  std::map<std::array<std::uint8_t, 16>, std::set<std::string>> places;
  for (const auto& region : regions) {
    const auto files = desk.files(region);
    if (files.size() <= batch) continue;
    for (const auto& key : files[batch].*list) places[key.key.bytes].insert(region);
  }
  std::map<std::set<std::string>, std::size_t> all;
  for (const auto& [key, where] : places) ++all[where];
  return all;
}

TEST(Batches, TwoRegionsFilesBesideEachOtherDoNotTellGeneratedKeysFromPeoples) {
  Desk desk;
  desk.settings.least_keys = 30;
  ASSERT_TRUE(add_authority(
      *desk.store,
      {.id = "la", .issuer = "la-codes", .audience = "la-keys", .regions = {"LA", "LA-north"}}));
  ASSERT_TRUE(set_takes_travelers(*desk.store, "LA", true));
  desk.start();
  std::vector<Draft> drafts(3, desk.draft(0, TestType::kLikely));
  for (auto& draft : drafts) {
    desk.random.fill(draft.handle);
    draft.keys = {desk.key(1), desk.key(2)};
  }
  drafts[1].traveler = true;
  drafts[2].authority = "la";
  drafts[2].issuer = "la-codes";
  drafts[2].audience = "la-keys";
  for (auto& draft : drafts) draft.token = desk.published(draft).revision_token;
  desk.next_batch();
  // More of the kind, so that there are generated keys enough to change.
  const auto set_time = [&](Draft& draft) {
    draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
    draft.expires = draft.issued + 2 * kHour;
    desk.random.fill(draft.handle);
  };
  for (int i = 0; i < 3; ++i) {
    for (auto draft : drafts) {
      draft.token = {};
      draft.keys = {desk.key(1), desk.key(2)};
      set_time(draft);
      (void)desk.published(draft);
    }
    desk.next_batch();
  }
  for (auto& draft : drafts) {
    draft.report = TestType::kConfirmed;
    set_time(draft);
    (void)desk.published(draft);
  }
  desk.next_batch();
  // Of each set of regions that people's keys have a crowd, and of no other any.
  const std::vector<std::string> regions{"VN", "LA", "LA-north"};
  for (const auto& found : {crowds(desk, regions, &wire::Export::keys, 0),
                            crowds(desk, regions, &wire::Export::revised, 4)}) {
    ASSERT_EQ(found.size(), 3U);
    for (const auto& where : {std::set<std::string>{"VN"}, {"VN", "LA"}, {"LA", "LA-north"}}) {
      ASSERT_TRUE(found.contains(where));
      EXPECT_GE(found.at(where), 30U);
      EXPECT_LE(found.at(where), 130U);
    }
  }
}

TEST(ClockCheck, ThreeDaysAreBelievedAtOnceAndMoreAfterAnHourAndAPeriod) {
  const std::chrono::seconds hour{3'600};
  const ClockCheck::Running start{};
  ClockCheck check(hour);
  EXPECT_TRUE(check.believes(from_s(259'200), 0, start));
  EXPECT_FALSE(check.believes(from_s(259'201), 0, start));
  EXPECT_FALSE(check.believes(from_s(259'201 + 7'199), 0, start + std::chrono::seconds{7'199}));
  EXPECT_TRUE(check.believes(from_s(259'201 + 7'200), 0, start + std::chrono::seconds{7'200}));
  // Once it is right again, the next jump is doubted anew.
  EXPECT_TRUE(check.believes(from_s(100), 0, start + 3 * hour));
  EXPECT_FALSE(check.believes(from_s(300'000), 0, start + 3 * hour));
}

TEST(ClockCheck, ASecondJumpOrAnotherServersBatchBeginsTheHourAnew) {
  const std::chrono::seconds hour{3'600};
  const ClockCheck::Running start{};
  ClockCheck check(hour);
  EXPECT_FALSE(check.believes(from_s(1'000'000), 0, start));
  // 11 minutes more than went by.
  EXPECT_FALSE(check.believes(from_s(1'000'000 + 7'200 + 660), 0, start + 2 * hour));
  EXPECT_FALSE(check.believes(from_s(1'000'000 + 7'860 + 7'199), 0,
                              start + 2 * hour + std::chrono::seconds{7'199}));
  EXPECT_TRUE(check.believes(from_s(1'000'000 + 7'860 + 7'200), 0, start + 4 * hour));

  ClockCheck beside(hour);
  EXPECT_FALSE(beside.believes(from_s(1'000'000), 0, start));
  EXPECT_FALSE(beside.believes(from_s(1'003'600), 3'600, start + hour));
  EXPECT_FALSE(beside.believes(from_s(1'007'200), 7'200, start + 2 * hour));
  EXPECT_FALSE(beside.believes(from_s(1'010'800), 10'800, start + 3 * hour));
}

TEST_P(Batches, AClockThatJumpsAheadPublishesAndDeletesNothing) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(1);
  draft.keys.push_back(desk.key(0));  // out at 02:00 tomorrow
  (void)desk.published(draft);
  desk.next_batch();
  const auto before = desk.index();
  ASSERT_EQ(before.size(), 1U);
  const auto right = desk.clock.now();
  desk.clock.set(right + std::chrono::days{20});
  desk.tick();
  EXPECT_EQ(desk.service->trouble().substr(0, 35), "the clock is days after the last ba");
  EXPECT_NE(desk.metrics.text().find("bz_keys_clock_doubted 1"), std::string::npos);
  desk.start();  // nor does a restart
  desk.wait(kHour);
  desk.tick();
  EXPECT_EQ(desk.index(), before);
  EXPECT_EQ(desk.files().size(), 1U);
  desk.clock.set(right + kHour);
  desk.tick();
  EXPECT_EQ(desk.service->trouble(), "");
  desk.go_to(Instant{day_of(right) + std::chrono::days{1}} + 2 * kHour);
  desk.tick();
  ASSERT_EQ(desk.files().size(), 2U);
  EXPECT_EQ(desk.files()[1].keys.size(), 1U);
}

TEST_P(Batches, AWeekWithoutServersIsMadeUpForTwoHoursAfterTheStart) {
  Desk desk(GetParam());
  desk.start();
  (void)desk.published(desk.draft(2));
  desk.wait(std::chrono::days{7});
  desk.start();
  desk.tick();
  // What comes meanwhile goes out with the rest.
  (void)desk.published(desk.draft(3));
  desk.wait(2 * kHour - std::chrono::seconds{1});
  desk.tick();
  EXPECT_TRUE(desk.index().empty());
  desk.wait(std::chrono::seconds{1});
  desk.tick();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 5U);
  EXPECT_EQ(desk.service->trouble(), "");
}

// The law: whatever happens in whatever order, every accepted key is among the new keys of exactly
// one batch, and every change among the changed keys of exactly one later batch.
TEST(Batches, EveryKeyIsNewOnceAndEveryChangeChangedOnceAndLater) {
  // Every step of a case syncs the disk, so there are 15 cases; more by RC_PARAMS=max_success=…
  setenv("RC_PARAMS", "max_success=15", 0);  // NOLINT(concurrency-mt-unsafe)
  const auto holds = rc::check([] {
    Desk desk;
    desk.settings.most_keys_a_file = *rc::gen::inRange<std::int64_t>(1, 12);
    desk.start();
    std::set<std::string> accepted;
    std::set<std::string> changed;
    std::vector<Draft> likely;
    const auto send = [&](Draft draft, bool is_change) {
      draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
      draft.expires = draft.issued + 2 * kHour;
      const auto response = desk.publish(draft);
      RC_ASSERT(response.status == 200);
      const auto answer = Desk::answer_in(response);
      for (const auto& key : draft.keys) (is_change ? changed : accepted).insert(key.key);
      draft.token = answer.revision_token;
      return draft;
    };
    const auto steps = *rc::gen::inRange(5, 25);
    for (int i = 0; i < steps; ++i) {
      switch (*rc::gen::inRange(0, 6)) {
        case 0: {
          auto draft = desk.draft(*rc::gen::inRange(1, 4));
          if (*rc::gen::arbitrary<bool>()) draft.keys.push_back(desk.key(0));
          draft = send(draft, false);
          break;
        }
        case 1: likely.push_back(send(desk.draft(2, TestType::kLikely), false)); break;
        case 2:
          if (!likely.empty()) {
            auto draft = likely.back();
            likely.pop_back();
            draft.report = *rc::gen::element(TestType::kConfirmed, TestType::kNegative);
            desk.random.fill(draft.handle);
            (void)send(draft, true);
          }
          break;
        case 3: desk.wait(std::chrono::minutes{*rc::gen::inRange(1, 300)}); break;
        case 4: desk.tick(); break;
        case 5: {
          desk.settings.period = std::chrono::minutes{*rc::gen::element(15, 60)};
          desk.start();
          break;
        }
      }
    }
    for (int i = 0; i < 6; ++i) {
      desk.wait(8 * kHour);
      desk.tick();
    }
    std::map<std::string, std::vector<std::int64_t>> as_new;
    std::map<std::string, std::vector<std::int64_t>> as_changed;
    for (const auto& file : desk.files()) {
      const auto start = file.head.start.time_since_epoch().count();
      for (const auto& key : file.keys) as_new[to_base64(key.key.bytes)].push_back(start);
      for (const auto& key : file.revised) as_changed[to_base64(key.key.bytes)].push_back(start);
    }
    RC_ASSERT(as_new.size() == accepted.size());
    RC_ASSERT(as_changed.size() == changed.size());
    for (const auto& key : accepted) RC_ASSERT(as_new[key].size() == 1U);
    for (const auto& key : changed) {
      RC_ASSERT(as_changed[key].size() == 1U);
      RC_ASSERT(as_changed[key][0] > as_new[key][0]);
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace bz::keys
