#include "phone/forget.h"

#include <random>
#include <set>

#include "phone/own_keys.h"
#include "phone/phone_test.h"
#include "tests/lossy_disk.h"

namespace bz::phone {
namespace {

using tests::LossyDisk;

class Forget : public PhoneTest {
 protected:
  // One scan at noon of each of these days, of ten phones.
  static std::vector<engine::Scan> scans_on(std::initializer_list<int> list) {
    std::vector<engine::Scan> scans;
    for (const int day : list)
      scans.push_back(numbered_scan(static_cast<std::uint64_t>(day + 1'000'000), on_day(day), 10));
    return scans;
  }

  static std::vector<int> days_in(Store& store) {
    std::set<int> found;
    for (const auto& scan : read_all(store))
      found.insert(static_cast<int>((day_of(scan.start) - kFirstDay).count()));
    return {found.begin(), found.end()};
  }

  static void collect(Store& store, const char* sql, std::int64_t before,
                      std::vector<Bytes>& pieces) {
    auto rows = store.database().prepare(sql);
    ASSERT_TRUE(rows);
    rows->bind(1, before);
    while (*rows->step()) {
      const auto blob = rows->blob(0);
      for (std::size_t at = 0; at + 12 <= blob.size(); at += 12)
        pieces.emplace_back(blob.begin() + static_cast<std::ptrdiff_t>(at),
                            blob.begin() + static_cast<std::ptrdiff_t>(at + 12));
    }
  }

  // Pieces of twelve bytes of all keys of days before `end`, wrapped as they lie in the file.
  static std::vector<Bytes> keys_before(Store& store, Day end) {
    std::vector<Bytes> pieces;
    collect(store, "SELECT key FROM day WHERE number < ?", number_of(end), pieces);
    collect(store, "SELECT sealed FROM own_key WHERE number < ?", number_of(end), pieces);
    return pieces;
  }

  // And of the sealed scans: all that would let somebody who has the wrapping key read them.
  static std::vector<Bytes> sealed_pieces(Store& store, Day end) {
    auto pieces = keys_before(store, end);
    collect(store, "SELECT sealed FROM scan WHERE id < ?", first_row(end), pieces);
    return pieces;
  }

  static std::size_t count_in(const Bytes& raw, const std::vector<Bytes>& pieces) {
    // Once through the file: every twelve bytes of it, looked up.
    const std::set<Bytes> wanted(pieces.begin(), pieces.end());
    std::size_t found = 0;
    for (std::size_t at = 0; at + 12 <= raw.size(); ++at) {
      const Bytes window(raw.begin() + static_cast<std::ptrdiff_t>(at),
                         raw.begin() + static_cast<std::ptrdiff_t>(at + 12));
      found += wanted.contains(window) ? 1 : 0;
    }
    return found;
  }
};

TEST_F(Forget, ADayGoesAtMidnightWhenFourteenWholeDaysHavePassedSinceItsEnd) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(scans_on({0, 1, 2, 14})));
  // Day 0 ends where day 1 begins; fourteen days later is the beginning of day 15.
  const auto before = forget(*store, {}, on_day(15, milliseconds{-1}));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->days, 0);
  EXPECT_EQ(days_in(*store), (std::vector{0, 1, 2, 14}));
  const auto after = forget(*store, {}, on_day(15, milliseconds{0}));
  EXPECT_EQ(after->days, 1);
  EXPECT_EQ(after->scans, 1);
  EXPECT_EQ(days_in(*store), (std::vector{1, 2, 14}));
}

TEST_F(Forget, OneToTwentyOneDaysMayBeKept) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(scans_on({0, 1, 20, 21, 22})));
  ASSERT_TRUE(forget(*store, {.days = 21}, on_day(22)));
  EXPECT_EQ(days_in(*store), (std::vector{1, 20, 21, 22}));
  ASSERT_TRUE(forget(*store, {.days = 1}, on_day(22)));
  EXPECT_EQ(days_in(*store), (std::vector{21, 22}));
  for (const int wrong : {-1, 0, 22})
    EXPECT_EQ(forget(*store, {.days = wrong}, on_day(60)).error().code, Code::kInvalid);
  EXPECT_EQ(forget(*store, {.bytes = 65'535}, on_day(60)).error().code, Code::kInvalid);
  EXPECT_EQ(days_in(*store), (std::vector{21, 22}));
}

TEST_F(Forget, NothingForgottenIsLeftInTheFilesEvenForWhoeverHasTheWrappingKey) {
  auto store = open();
  SightingLog log(*store);
  OwnKeys own(*store);
  // Twenty days of forty scans, in an order in which days and pages interleave, ten an append.
  for (int i = 0; i < 800; i += 10) {
    std::vector<engine::Scan> batch;
    for (int j = i; j < i + 10; ++j)
      batch.push_back(
          numbered_scan(static_cast<std::uint64_t>(j), on_day((j * 7) % 20) + seconds{j}, 10));
    ASSERT_TRUE(log.append(batch));
  }
  for (int day = 0; day < 20; ++day)
    ASSERT_TRUE(own.current(on_day(day), engine::Profile::kBluezone4));
  // At 14, day 20 forgets days 0 to 5.
  const auto forgotten = sealed_pieces(*store, kFirstDay + days{6});
  const auto kept = sealed_pieces(*store, kFirstDay + days{20});
  EXPECT_GE(count_in(raw(), forgotten), forgotten.size());
  const auto report = forget(*store, {}, on_day(20));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->days, 6);
  EXPECT_EQ(report->scans, 240);
  EXPECT_EQ(report->own_keys, 6);
  EXPECT_EQ(count_in(raw(), forgotten), 0U);
  EXPECT_EQ(std::filesystem::file_size(path_.string() + "-wal"), 0U);
  EXPECT_EQ(report->bytes, static_cast<std::int64_t>(std::filesystem::file_size(path_)));
  EXPECT_EQ(read_all(*store).size(), 560U);
  EXPECT_GE(count_in(raw(), kept), kept.size() - forgotten.size());
  store = Error{};
  EXPECT_EQ(count_in(raw(), forgotten), 0U);
}

TEST_F(Forget, WithManyDaysInAnyOrderNoForgottenKeyIsLeftBehindByAMovedRow) {
  // 160 days need several pages of keys, and keys that come and go in random order (a profile
  // changed in the interval in which its key began drops that key) make SQLite merge those. A disk
  // that never really syncs is quick.
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const LossyDisk disk;
    std::mt19937_64 chance(seed);
    std::filesystem::remove(path_);
    auto store = open();
    OwnKeys own(*store);
    for (int i = 0; i < 400; ++i) {
      const auto profile = chance() % 2 == 0 ? engine::Profile::kGaen : engine::Profile::kBluezone4;
      ASSERT_TRUE(own.current(on_day(static_cast<int>(chance() % 160), hours{0}), profile));
    }
    const auto forgotten = keys_before(*store, kFirstDay + days{80 - 7});
    ASSERT_GT(forgotten.size(), 100U);
    ASSERT_TRUE(forget(*store, {.days = 7}, on_day(80), Clock::kConfirmed));
    EXPECT_EQ(count_in(raw(), forgotten), 0U) << "seed " << seed;
  }
}

TEST_F(Forget, ASizeBoundDropsTheOldestFirst) {
  auto store = open();
  SightingLog log(*store);
  std::vector<engine::Scan> scans;
  for (int i = 0; i < 2'000; ++i)  // 500 a day, about 290 bytes each
    scans.push_back(numbered_scan(static_cast<std::uint64_t>(i), on_day(i / 500) + seconds{i}, 10));
  ASSERT_TRUE(log.append(scans));
  const auto forgotten_days = sealed_pieces(*store, kFirstDay + days{1});
  const auto report = forget(*store, {.bytes = 300'000}, on_day(4));
  ASSERT_TRUE(report);
  EXPECT_LE(std::filesystem::file_size(path_), 300'000U);
  EXPECT_EQ(count_in(raw(), forgotten_days), 0U);
  const auto left = read_all(*store);
  EXPECT_EQ(static_cast<std::int64_t>(scans.size() - left.size()), report->scans);
  // The newest are left, without a gap, and not fewer than the room allows: 300,000 / 300 = 1,000,
  // less 64 KiB of slack.
  EXPECT_TRUE(std::equal(left.rbegin(), left.rend(), scans.rbegin()));
  EXPECT_GT(left.size(), 780U);
  EXPECT_EQ(report->days, 2);

  // It stays usable: the day that was cut in the middle goes on.
  ASSERT_TRUE(log.append(std::vector{numbered_scan(9'999, on_day(3) + hours{1}, 10)}));
  EXPECT_EQ(read_all(*store).size(), left.size() + 1);
}

TEST_F(Forget, ASizeBoundSmallerThanADayStillHolds) {
  auto store = open();
  std::vector<engine::Scan> scans;
  for (int i = 0; i < 1'000; ++i)
    scans.push_back(numbered_scan(static_cast<std::uint64_t>(i), on_day(0) + seconds{i}, 10));
  ASSERT_TRUE(SightingLog(*store).append(scans));
  const auto report = forget(*store, {.bytes = kSmallestBound}, on_day(0));
  EXPECT_EQ(report->days, 0);
  EXPECT_LE(std::filesystem::file_size(path_), 65'536U);
  const auto left = read_all(*store);
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left.back(), scans.back());
}

TEST_F(Forget, AClockThatJumpsYearsAheadAndComesBackDestroysNothing) {
  auto store = open();
  SightingLog log(*store);
  ASSERT_TRUE(log.append(scans_on({0, 1, 2})));
  ASSERT_TRUE(forget(*store, {}, on_day(2)));
  // For two hours the phone believes in another year, scans, and tries to forget.
  ASSERT_TRUE(log.append(scans_on({3'000})));
  const auto jumped = forget(*store, {}, on_day(3'000, hours{13}));
  EXPECT_TRUE(jumped->clock_doubted);
  EXPECT_EQ(jumped->days, 0);
  ASSERT_TRUE(forget(*store, {}, on_day(3'000, hours{14})));
  EXPECT_EQ(days_in(*store), (std::vector{0, 1, 2, 3'000}));
  // Back again, the real days live and go as ever.
  EXPECT_FALSE(forget(*store, {}, on_day(3))->clock_doubted);
  EXPECT_EQ(days_in(*store), (std::vector{0, 1, 2, 3'000}));
  ASSERT_TRUE(forget(*store, {}, on_day(16)));
  EXPECT_EQ(days_in(*store), (std::vector{2, 3'000}));
  // The day ahead was first seen so on day 3, and goes like day 3: on day 18.
  ASSERT_TRUE(forget(*store, {}, on_day(17)));
  EXPECT_EQ(days_in(*store), (std::vector{3'000}));
  ASSERT_TRUE(forget(*store, {}, on_day(18)));
  EXPECT_EQ(days_in(*store), (std::vector<int>{}));
}

TEST_F(Forget, ADayAheadThatTheClockCatchesUpWithIsKeptLikeAnyOther) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(scans_on({0, 5})));
  ASSERT_TRUE(forget(*store, {}, on_day(0)));  // day 5 lies ahead
  ASSERT_TRUE(forget(*store, {}, on_day(5)));  // no more
  ASSERT_TRUE(forget(*store, {}, on_day(19)));
  EXPECT_EQ(days_in(*store), (std::vector{5}));
  ASSERT_TRUE(forget(*store, {}, on_day(20)));
  EXPECT_EQ(days_in(*store), (std::vector<int>{}));
}

TEST_F(Forget, AClockThatFallsBackToThePastDestroysNothing) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(scans_on({0, 1, 2})));
  ASSERT_TRUE(forget(*store, {}, on_day(2)));
  EXPECT_TRUE(forget(*store, {}, Instant{})->clock_doubted);  // 1970
  EXPECT_FALSE(forget(*store, {}, on_day(3))->clock_doubted);
  EXPECT_EQ(days_in(*store), (std::vector{0, 1, 2}));
}

TEST_F(Forget, APhoneThatWasOffForYearsForgetsADayAfterItIsBackOrWhenTheTimeIsConfirmed) {
  auto store = open();
  SightingLog log(*store);
  ASSERT_TRUE(log.append(scans_on({0})));
  ASSERT_TRUE(forget(*store, {}, on_day(0)));
  EXPECT_EQ(forget(*store, {}, on_day(1'000, hours{9}))->days, 0);
  EXPECT_EQ(forget(*store, {}, on_day(1'001, hours{8}))->days, 0);
  EXPECT_EQ(forget(*store, {}, on_day(1'001, hours{9}))->days, 1);

  ASSERT_TRUE(log.append(scans_on({1'001})));
  EXPECT_EQ(forget(*store, {}, on_day(2'000), Clock::kConfirmed)->days, 1);
}

TEST_F(Forget, TheFirstTimeItIsAskedTheOldestDayTellsWhenTheClockWasRight) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(scans_on({0, 3'000})));
  EXPECT_TRUE(forget(*store, {}, on_day(3'000))->clock_doubted);
  EXPECT_EQ(days_in(*store), (std::vector{0, 3'000}));
  EXPECT_EQ(forget(*store, {}, on_day(15))->days, 1);
}

TEST_F(Forget, WhatACrashLeftWithoutAKeyIsNeitherReadNorTakenUpAndGoesNextTime) {
  auto store = open();
  SightingLog log(*store);
  const auto scans = scans_on({0, 1, 2});
  ASSERT_TRUE(log.append(scans));
  // As after a crash between the two transactions: keys gone, rows still there.
  ASSERT_TRUE(store->database().execute("DELETE FROM day WHERE number < " +
                                        std::to_string(number_of(kFirstDay + days{2}))));
  store = Error{};
  store = open();
  EXPECT_EQ(days_in(*store), (std::vector{2}));
  // A new scan of such a day gets a new key, and no old row beside it.
  ASSERT_TRUE(SightingLog(*store).append(std::span(scans).first(1)));
  EXPECT_EQ(read_all(*store), (std::vector{scans[0], scans[2]}));
  EXPECT_EQ(forget(*store, {}, on_day(2))->scans, 1);  // that of day 1
  EXPECT_EQ(*store->database().integer("SELECT count(*) FROM scan"), 2);
}

}  // namespace
}  // namespace bz::phone
