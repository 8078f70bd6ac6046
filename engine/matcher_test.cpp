#include "engine/matcher.h"

#include <gtest/gtest.h>

#include "engine/bluezone3_ids.h"

namespace bz::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Interval kMidnight{2'642'976};  // 2 April 2020, 00:00 UTC

PublishedKey some_key(std::uint8_t fill = 7) {
  PublishedKey key;
  key.key.bytes.fill(fill);
  key.key.start = kMidnight;
  return key;
}

// What a phone hears from the owner of `key` in interval `slot`: sent at -20 dBm.
Sighting heard(const PublishedKey& key, std::uint32_t slot, Instant time, int rssi,
               Profile profile = Profile::kBluezone4) {
  const auto id = rolling_id(id_key(key.key), {kMidnight.number + slot});
  return {profile,
          id,
          encrypt(metadata_key(key.key), id, Metadata::with_power({-20})),
          {static_cast<std::int8_t>(rssi)},
          time};
}

Instant at(std::uint32_t slot) {
  return start_of({kMidnight.number + slot});
}

std::vector<ExposureWindow> match(std::vector<Scan> scans, const PublishedKey& key) {
  return Matcher(scans, {}).match(std::array{key});
}

std::vector<ExposureWindow> match_one(const PublishedKey& key, const Sighting& sighting) {
  return match({{sighting.time, {sighting}}}, key);
}

TEST(Matcher, AnIdOfThePublishedKeyIsFoundUnderBothProfilesThatUseIt) {
  const auto key = some_key();
  for (const auto profile : {Profile::kGaen, Profile::kBluezone4}) {
    const auto windows = match_one(key, heard(key, 50, at(50), -80, profile));
    ASSERT_EQ(windows.size(), 1U);
    EXPECT_EQ(windows[0].slot, Interval{kMidnight.number + 50});
    EXPECT_EQ(windows[0].source, 0U);
  }
  EXPECT_TRUE(match_one(key, heard(key, 50, at(50), -80, Profile::kBluezone3)).empty());
}

TEST(Matcher, AnotherKeysIdIsNotFound) {
  EXPECT_TRUE(match_one(some_key(8), heard(some_key(7), 50, at(50), -80)).empty());
}

TEST(Matcher, TwoHoursOfClockDifferenceAreAllowedAndNoMore) {
  // The id belongs to interval 50; 12 intervals are two hours.
  const auto key = some_key();
  EXPECT_EQ(match_one(key, heard(key, 50, at(38), -80)).size(), 1U);
  EXPECT_EQ(match_one(key, heard(key, 50, at(63) - std::chrono::milliseconds{1}, -80)).size(), 1U);
  EXPECT_TRUE(match_one(key, heard(key, 50, at(38) - std::chrono::milliseconds{1}, -80)).empty());
  EXPECT_TRUE(match_one(key, heard(key, 50, at(63), -80)).empty());
}

TEST(Matcher, AnIdOutsideTheKeysRollingPeriodMatchesNothing) {
  auto key = some_key();
  const auto evening = heard(key, 120, at(120), -80);
  EXPECT_EQ(match_one(key, evening).size(), 1U);
  key.key.period = 120;  // handed in at 20:00: intervals 0 to 119
  EXPECT_TRUE(match_one(key, evening).empty());
  EXPECT_EQ(match_one(key, heard(key, 119, at(119), -80)).size(), 1U);
}

TEST(Matcher, AttenuationIsTransmitPowerLessReceivedPower) {
  // Frames at -70, -80 and -84 dBm, sent at -20: 50, 60, 64 dB; mean 58. A correction of 3 dB
  // makes 55.
  const auto key = some_key();
  const std::vector<Scan> scans{
      {at(50),
       {heard(key, 50, at(50), -70), heard(key, 50, at(50) + seconds{1}, -80),
        heard(key, 50, at(50) + seconds{2}, -84)}}};
  const auto plain = Matcher(scans, {}).match(std::array{key});
  ASSERT_EQ(plain.size(), 1U);
  ASSERT_EQ(plain[0].scans.size(), 1U);
  EXPECT_DOUBLE_EQ(plain[0].scans[0].typical.db, 58);
  EXPECT_DOUBLE_EQ(plain[0].scans[0].minimum.db, 50);
  const auto corrected = Matcher(scans, {.correction_db = 3}).match(std::array{key});
  EXPECT_DOUBLE_EQ(corrected[0].scans[0].typical.db, 55);
  // Louder than it was sent is no negative loss.
  EXPECT_DOUBLE_EQ(match_one(key, heard(key, 50, at(50), -10))[0].scans[0].typical.db, 0);
}

TEST(Matcher, AnInstanceStandsForTheTimeSinceTheScanBeforeWhateverThatHeard) {
  const auto key = some_key();
  const std::vector<Scan> scans{
      {at(50), {heard(key, 50, at(50), -70)}},  // the first: unknown, 120 s
      {at(50) + seconds{240}, {}},              // heard nothing
      {at(50) + seconds{500}, {heard(key, 50, at(50) + seconds{500}, -70)}},  // 260 s after that
      {at(57), {heard(key, 57, at(57), -70)}}};  // an hour later: 300 s at most
  const auto windows = match(scans, key);
  ASSERT_EQ(windows.size(), 2U);
  ASSERT_EQ(windows[0].scans.size(), 2U);
  EXPECT_EQ(windows[0].scans[0].since_last_scan, seconds{120});
  EXPECT_EQ(windows[0].scans[1].since_last_scan, seconds{260});
  EXPECT_EQ(windows[1].scans[0].since_last_scan, seconds{300});
}

TEST(Matcher, AnIdThatIsStillHeardAfterTwentyMinutesIsARecording) {
  const auto key = some_key();
  const auto windows = match({{at(50), {heard(key, 50, at(50), -70)}},
                              {at(52), {heard(key, 50, at(52), -70)}},
                              {at(53), {heard(key, 50, at(53), -70)}}},
                             key);
  ASSERT_EQ(windows.size(), 1U);
  EXPECT_EQ(windows[0].scans.size(), 2U);
}

TEST(Matcher, FramesWithoutReceivedOrPossibleTransmitPowerDoNotCount) {
  const auto key = some_key();
  EXPECT_TRUE(match_one(key, heard(key, 50, at(50), kNoRssi.value)).empty());
  auto altered = heard(key, 50, at(50), -70);
  altered.aem.bytes[1] ^= 0x80U;  // -20 dBm (0xEC) becomes 108
  EXPECT_TRUE(match_one(key, altered).empty());
}

TEST(Matcher, AChainOfThe2020AppIsFollowedFromDayToDay) {
  PublishedChain chain;
  chain.daily_key.fill(7);
  chain.start = at(0);
  chain.end = at(0) + std::chrono::days{1};
  const auto second_day = next_daily_key(chain.daily_key);
  const auto sighting = [](const DailyKey& key, int index, Instant time) {
    return Sighting{Profile::kBluezone3, bluezone3_id(key, index), {}, {-74}, time};
  };
  const auto found = [&](const Sighting& s) {
    const std::vector<Scan> scans{{s.time, {s}}};
    return Matcher(scans, {}).match(std::array{chain});
  };
  const auto first = found(sighting(chain.daily_key, 10, at(15)));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].slot,
            Interval{kMidnight.number + 15});          // slot 10 of 15 minutes begins at 02:30
  EXPECT_DOUBLE_EQ(first[0].scans[0].typical.db, 50);  // sent at an assumed -24, heard at -74
  // Two hours before slot 10 and just under two hours after it.
  EXPECT_EQ(found(sighting(chain.daily_key, 10, at(3))).size(), 1U);
  EXPECT_TRUE(found(sighting(chain.daily_key, 10, at(3) - seconds{1})).empty());
  EXPECT_EQ(found(sighting(chain.daily_key, 10, at(15) + minutes{135} - seconds{1})).size(), 1U);
  EXPECT_TRUE(found(sighting(chain.daily_key, 10, at(15) + minutes{135})).empty());
  // The end is the second midnight: its first slot begins then and counts, the next does not.
  EXPECT_EQ(found(sighting(second_day, 0, at(144))).size(), 1U);
  EXPECT_TRUE(found(sighting(second_day, 1, at(144) + minutes{15})).empty());
}

TEST(Scans, LooseSightingsAreGatheredByTheirFirstOne) {
  const auto key = some_key();
  const auto scans =
      scans_from({heard(key, 50, at(50) + seconds{30}, -70), heard(key, 50, at(50), -70),
                  heard(key, 50, at(50) + seconds{25}, -70)});
  // 0 s and 25 s are one scan, 30 s is 25.5 s or more after the first.
  ASSERT_EQ(scans.size(), 2U);
  EXPECT_EQ(scans[0].heard.size(), 2U);
  EXPECT_EQ(scans[1].start, at(50) + seconds{30});
}

}  // namespace
}  // namespace bz::engine
