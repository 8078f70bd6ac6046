#include "phone/scan_row.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using engine::Profile;
using engine::Scan;
using engine::Sighting;

Sighting frame(Profile profile, std::uint8_t fill, int rssi, Instant time) {
  Sighting sighting{profile, {}, {}, {static_cast<std::int8_t>(rssi)}, time};
  std::fill_n(sighting.id.bytes.begin(), engine::id_size(profile), fill);
  if (profile != Profile::kBluezone3) sighting.aem.bytes.fill(static_cast<std::uint8_t>(fill + 1));
  return sighting;
}

// The example of docs/formats/phone-log.md: a scan at 08:00:00.000 in which one phone is heard
// twice and another once.
const Instant kEight = on_day(0, hours{8});
Scan worked_example() {
  return {kEight,
          {frame(Profile::kBluezone4, 0xA1, -60, kEight + milliseconds{100}),
           frame(Profile::kBluezone3, 0xB2, -71, kEight + milliseconds{350}),
           frame(Profile::kBluezone4, 0xA1, -62, kEight + milliseconds{351})}};
}
// 08:00 is 28,800,000 ms = 0x01B77400; 100 ms zigzag 200 = C8 01; 250 ms zigzag 500 = F4 03; 1 ms
// zigzag 2. -60 = C4, -71 = B9, -62 = C2; the first id of the row again is 3 + 0.
constexpr std::string_view kWorkedRow =
    "0074B701"
    "02"
    "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"
    "A2A2A2A2"
    "C4"
    "C801"
    "00"
    "B2B2B2B2B2B2B2B2B2B2B2B2"
    "B9"
    "F403"
    "03"
    "C2"
    "02";

TEST(ScanRow, TheWorkedExampleOfTheFormatPageHolds) {
  const auto row = write_scan_row(worked_example());
  ASSERT_TRUE(row);
  EXPECT_EQ(to_hex(*row), kWorkedRow);
  EXPECT_EQ(*parse_scan_row(kFirstDay, *row), worked_example());
}

TEST(ScanRow, AScanInWhichNothingWasHeardIsFourBytes) {
  const Scan silent{kEight, {}};
  EXPECT_EQ(to_hex(*write_scan_row(silent)), "0074B701");
  EXPECT_EQ(*parse_scan_row(kFirstDay, *write_scan_row(silent)), silent);
}

TEST(ScanRow, TenPhonesHeardOnceAreTwoHundredAndFortyThreeBytes) {
  // 4 for the start; ten times 1 + 16 + 4 + 1 for the id and power; one byte for the first time,
  // zigzag 0, and two for each of the others, zigzag 600: 4 + 220 + 1 + 18.
  EXPECT_EQ(write_scan_row(numbered_scan(1, kEight, 10))->size(), 243U);
}

TEST(ScanRow, WhatIsWrittenIsReadBackWhateverItIs) {
  EXPECT_TRUE(rc::check([] {
    const auto start = Instant{milliseconds{*rc::gen::inRange<std::int64_t>(
        0, (kLastDay + days{1}).time_since_epoch().count() * std::int64_t{86'400'000})}};
    Scan scan{start, {}};
    const auto count = *rc::gen::inRange(0, 40);
    for (int i = 0; i < count; ++i) {
      const auto profile = static_cast<Profile>(*rc::gen::inRange(0, 3));
      // Few different ids, so that some come again; times in any order.
      const auto fill = static_cast<std::uint8_t>(*rc::gen::inRange(0, 6));
      const auto off = milliseconds{*rc::gen::inRange(-3'600'000, 3'600'001)};
      scan.heard.push_back(frame(profile, fill, *rc::gen::inRange(-128, 128), start + off));
    }
    const auto row = write_scan_row(scan);
    RC_ASSERT(row.has_value());
    const auto read = parse_scan_row(day_of(start), *row);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == scan);
  }));
}

TEST(ScanRow, BytesThatAreAcceptedAreTheOnlyFormOfTheirScan) {
  EXPECT_TRUE(rc::check([] {
    // A real row with one byte changed, cut or added is refused, or is what its scan would be
    // written as.
    auto row = *write_scan_row(worked_example());
    const auto at = *rc::gen::inRange<std::size_t>(0, row.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0: row[at] = *rc::gen::arbitrary<std::uint8_t>(); break;
      case 1: row.resize(at); break;
      default:
        row.insert(row.begin() + static_cast<std::ptrdiff_t>(at),
                   *rc::gen::arbitrary<std::uint8_t>());
    }
    const auto read = parse_scan_row(kFirstDay, row);
    if (read) RC_ASSERT(*write_scan_row(*read) == row);
    if (!read) RC_ASSERT(read.error().code == Code::kMalformed);
  }));
}

TEST(ScanRow, ARowThatBreaksTheFormatIsMalformed) {
  const std::string start = "0074B701";
  const std::string id = "02A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A2A2A2A2";
  for (const auto& row : {
           std::string("0074B7"),              // shorter than a start
           std::string("005C2605"),            // 86,400,000 ms: the next day
           start + "03C400",                   // an id that has not come yet
           start + id + "C4",                  // no time
           start + id + "C48000",              // a varint in two bytes that needs one
           start + id + "C4808080808001",      // a varint of six bytes
           start + id + "C482BAB703",          // 3,600,001 ms, zigzag 7,200,002: over an hour
           start + id + "C400" + id + "C400",  // the same id as if new
           start + id.substr(0, 20),           // cut in the id
       }) {
    const auto bytes = *from_hex(row);
    EXPECT_EQ(parse_scan_row(kFirstDay, bytes).error().code, Code::kMalformed) << row;
  }
}

TEST(ScanRow, WhatIsNoScanIsRefused) {
  const auto refused = [](const Scan& scan) {
    const auto row = write_scan_row(scan);
    return !row && row.error().code == Code::kInvalid;
  };
  auto late = worked_example();
  late.heard[0].time = kEight + hours{1} + milliseconds{1};
  EXPECT_TRUE(refused(late));
  auto early = worked_example();
  early.heard[0].time = kEight - hours{1} - milliseconds{1};
  EXPECT_TRUE(refused(early));
  auto long_id = worked_example();
  long_id.heard[1].id.bytes[12] = 1;
  EXPECT_TRUE(refused(long_id));
  auto metadata = worked_example();
  metadata.heard[1].aem.bytes[0] = 1;
  EXPECT_TRUE(refused(metadata));
  auto profile = worked_example();
  profile.heard[0].profile = static_cast<Profile>(3);
  EXPECT_TRUE(refused(profile));
  EXPECT_TRUE(refused({Instant{Day{}} - milliseconds{1}, {}}));
  EXPECT_TRUE(refused({Instant{kLastDay + days{1}}, {}}));
  EXPECT_FALSE(refused({Instant{kLastDay + days{1}} - milliseconds{1}, {}}));
  const auto crowd = frame(Profile::kGaen, 1, -50, kEight);
  EXPECT_FALSE(refused({kEight, std::vector<Sighting>(65'535, crowd)}));
  EXPECT_TRUE(refused({kEight, std::vector<Sighting>(65'536, crowd)}));
}

}  // namespace
}  // namespace bz::phone
