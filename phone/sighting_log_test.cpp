#include "phone/sighting_log.h"

#include <set>

#include "phone/phone_test.h"

namespace bz::phone {
namespace {

class SightingLogTest : public PhoneTest {};

TEST_F(SightingLogTest, WhatWasAppendedIsReadBackAfterReopening) {
  std::vector<engine::Scan> scans;
  for (int i = 0; i < 50; ++i)
    scans.push_back(numbered_scan(static_cast<std::uint64_t>(i), on_day(i / 10) + seconds{i},
                                  static_cast<std::size_t>(i % 12)));
  {
    auto store = open();
    ASSERT_TRUE(SightingLog(*store).append(std::span(scans).first(20)));
    ASSERT_TRUE(SightingLog(*store).append(std::span(scans).subspan(20)));
  }
  auto store = open();
  EXPECT_EQ(read_all(*store), scans);
  const auto report = SightingLog(*store).read([](const engine::Scan&) {});
  EXPECT_EQ(report->scans, 50U);
  // 4 times 0 + 1 + ... + 11 = 66, and 0 + 1 for the last two scans.
  EXPECT_EQ(report->sightings, 265U);
}

TEST_F(SightingLogTest, ScansComeInOrderOfTimeWhateverOrderTheyWereAppendedIn) {
  auto store = open();
  SightingLog log(*store);
  const auto late = numbered_scan(1, on_day(1, hours{10}), 2);
  const auto early = numbered_scan(2, on_day(0, hours{11}), 2);
  const auto first = numbered_scan(3, on_day(0, hours{10}), 2);
  const auto same_time = numbered_scan(4, on_day(0, hours{10}), 2);
  ASSERT_TRUE(log.append(std::vector{late, early}));
  ASSERT_TRUE(log.append(std::vector{first, same_time}));
  EXPECT_EQ(read_all(*store), (std::vector{first, same_time, early, late}));
}

TEST_F(SightingLogTest, ReadingSinceAMomentStartsAtThatScan) {
  auto store = open();
  const std::vector scans{numbered_scan(1, on_day(0, hours{10}), 1),
                          numbered_scan(2, on_day(1, hours{10}), 1),
                          numbered_scan(3, on_day(1, hours{11}), 1)};
  ASSERT_TRUE(SightingLog(*store).append(scans));
  EXPECT_EQ(read_all(*store, on_day(1, hours{11})), (std::vector{scans[2]}));
  EXPECT_EQ(read_all(*store, on_day(1, hours{10})), (std::vector{scans[1], scans[2]}));
  EXPECT_TRUE(read_all(*store, on_day(2)).empty());
}

TEST_F(SightingLogTest, ABatchWithOneBadScanIsNotKeptAtAll) {
  auto store = open();
  SightingLog log(*store);
  auto bad = numbered_scan(2, on_day(1), 1);
  bad.heard[0].time += hours{2};
  const std::vector batch{numbered_scan(1, on_day(0), 1), bad};
  EXPECT_EQ(log.append(batch).error().code, Code::kInvalid);
  EXPECT_TRUE(read_all(*store).empty());
  // The key that was drawn for it is gone with it, and the next append draws another.
  EXPECT_EQ(store->day_key(kFirstDay).error().code, Code::kNotFound);
  ASSERT_TRUE(log.append(std::span(batch).first(1)));
  store = Error{};
  store = open();
  EXPECT_EQ(read_all(*store), (std::vector{batch[0]}));
}

TEST_F(SightingLogTest, EachDayHasAKeyOfItsOwn) {
  auto store = open();
  ASSERT_TRUE(SightingLog(*store).append(
      std::vector{numbered_scan(1, on_day(0), 1), numbered_scan(2, on_day(1), 1)}));
  EXPECT_NE(*store->day_key(kFirstDay), *store->day_key(kFirstDay + days{1}));
}

// Rows are bound to their place and their key: an altered or exchanged one is left out and counted,
// the others are read.
TEST_F(SightingLogTest, AlteredAndExchangedRowsAreCountedAndTheOthersRead) {
  auto store = open();
  SightingLog log(*store);
  std::vector<engine::Scan> scans;
  for (std::uint64_t i = 0; i < 5; ++i)
    scans.push_back(numbered_scan(i, on_day(0) + seconds{i}, 3));
  ASSERT_TRUE(log.append(scans));
  const auto row = [](std::uint32_t number) { return std::to_string(row_id(kFirstDay, number)); };
  auto& database = store->database();
  // 0 and 1 change places; of 2 one bit of the tag is another; 3 is cut.
  ASSERT_TRUE(database.execute("UPDATE scan SET id = -1 WHERE id = " + row(0)));
  ASSERT_TRUE(database.execute("UPDATE scan SET id = " + row(0) + " WHERE id = " + row(1)));
  ASSERT_TRUE(database.execute("UPDATE scan SET id = " + row(1) + " WHERE id = -1"));
  Bytes altered;
  {
    auto sealed = database.prepare("SELECT sealed FROM scan WHERE id = " + row(2));
    ASSERT_TRUE(*sealed->step());
    altered.assign(sealed->blob(0).begin(), sealed->blob(0).end());
  }
  altered.back() ^= 1U;
  ASSERT_TRUE(
      database.prepare("UPDATE scan SET sealed = ? WHERE id = " + row(2))->bind(1, altered).run());
  ASSERT_TRUE(database.execute("UPDATE scan SET sealed = x'00' WHERE id = " + row(3)));

  std::vector<engine::Scan> read;
  const auto report = log.read([&](const engine::Scan& scan) { read.push_back(scan); });
  EXPECT_EQ(report->damaged, 4U);
  EXPECT_EQ(read, (std::vector{scans[4]}));
}

TEST_F(SightingLogTest, ADayWhoseKeyIsDamagedDoesNotHideTheOthers) {
  auto store = open();
  SightingLog log(*store);
  const std::vector scans{numbered_scan(1, on_day(0), 1), numbered_scan(2, on_day(1), 1)};
  ASSERT_TRUE(log.append(scans));
  // The second day's key in the first day's place.
  ASSERT_TRUE(store->database().execute(
      "UPDATE day SET key = (SELECT key FROM day ORDER BY number DESC LIMIT 1)"));
  std::vector<engine::Scan> read;
  const auto report = log.read([&](const engine::Scan& scan) { read.push_back(scan); });
  EXPECT_EQ(report->damaged, 1U);
  EXPECT_EQ(read, (std::vector{scans[1]}));
  store->close_days();
  EXPECT_EQ(log.append(std::span(scans).first(1)).error().code, Code::kMalformed);
}

// The budget is 48 bytes of file a sighting at ten or more a scan.
TEST_F(SightingLogTest, ASightingCostsAtMostFortyEightBytesOfFile) {
  {
    auto store = open();
    std::vector<engine::Scan> scans;
    for (std::uint64_t i = 0; i < 2'000; ++i)
      scans.push_back(numbered_scan(i, on_day(0) + seconds{i}, 10));
    ASSERT_TRUE(SightingLog(*store).append(scans));
  }
  EXPECT_LE(std::filesystem::file_size(path_), 20'000U * 48U);
}

TEST_F(SightingLogTest, ASpoiledPageCostsItsOwnDayAndNoOther) {
  std::vector<engine::Scan> scans;
  for (int day = 0; day < 6; ++day) {
    for (int i = 0; i < 40; ++i) {
      const auto number = static_cast<std::uint64_t>(100 * day + i);
      scans.push_back(numbered_scan(number, on_day(day, hours{8} + seconds{60 * i}), 10));
    }
  }
  {
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(SightingLog(*store).append(scans));
  }
  // A page somewhere in the middle of the rows is overwritten, as a failing flash drive does.
  const auto size = std::filesystem::file_size(path_);
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(size / 4096 / 2 * 4096));
    file << std::string(4096, '\xAA');
  }
  auto store = open();
  ASSERT_TRUE(store);
  std::set<Day> days;
  const auto report =
      SightingLog(*store).read([&](const engine::Scan& s) { days.insert(day_of(s.start)); });
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_GT(report->damaged, 0U);
  EXPECT_GE(days.size(), 5U);
  EXPECT_GT(report->scans, 120U);
}

}  // namespace
}  // namespace bz::phone
