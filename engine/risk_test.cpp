#include "engine/risk.h"

#include <gtest/gtest.h>

#include <limits>

namespace bz::engine {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::seconds;

constexpr Day kToday{days{18'500}};
constexpr Instant kNoon = kToday + 12h;

ScanInstance scan(Instant time, double db, seconds since_last = 300s) {
  return {.time = time, .typical = {db}, .minimum = {db}, .since_last_scan = since_last};
}

// One window of one scan.
Exposure exposure(ReportType type, seconds duration, double db = 50, Instant time = kNoon,
                  std::optional<int> onset = {}) {
  return {{type, onset}, {{.source = 0, .slot = {}, .scans = {scan(time, db, duration)}}}};
}

// Every second of every case counts once, and 900 s is the high level, 450 s the low one.
RiskSettings plain() {
  RiskSettings settings;
  settings.low_daily_score = 450;
  return settings;
}

std::vector<DailySummary> summaries_of(const std::vector<Exposure>& exposures,
                                       const RiskSettings& settings) {
  return daily_summaries(exposures, settings, kToday);
}

Warning warning_of(const std::vector<Exposure>& exposures, const RiskSettings& settings) {
  return warning(summaries_of(exposures, settings), settings);
}

TEST(Risk, SecondsAreWeighedByBucketAndAnEdgeBelongsToTheNearerOne) {
  auto settings = plain();
  settings.bucket_ends_db = {55, 63, 70};
  settings.bucket_weights = {1.5, 1, 0.4, 0};
  const std::vector<Exposure> all{
      {{ReportType::kConfirmed, {}},
       {{.source = 0,
         .slot = {},
         .scans = {scan(kNoon, 55, 100s), scan(kNoon + 1min, 55.1, 100s),
                   scan(kNoon + 2min, 63, 100s), scan(kNoon + 3min, 70, 100s),
                   scan(kNoon + 4min, 70.1, 100s)}}}}};
  // 100 x (1.5 + 1 + 1 + 0.4 + 0) = 390
  EXPECT_DOUBLE_EQ(summaries_of(all, settings).at(0).cases.sum, 390);
}

TEST(Risk, ByProximityASecondCountsByItsChanceOfTwoMetres) {
  auto settings = plain();
  settings.distance_rule = DistanceRule::kProximity;
  // 54.8 dB is an even chance: 200 s x 0.5 = 100.
  const auto all = summaries_of({exposure(ReportType::kConfirmed, 200s, 54.8)}, settings);
  EXPECT_DOUBLE_EQ(all.at(0).cases.sum, 100);
}

TEST(Risk, AScoreIsDurationTimesReportTypeTimesInfectiousness) {
  auto settings = plain();
  settings.likely_weight = 0.5;
  settings.high_infectiousness_weight = 2.5;
  settings.infectiousness[14] = Infectiousness::kHigh;  // the day of onset
  const auto all = summaries_of({exposure(ReportType::kLikely, 240s, 50, kNoon, 0)}, settings);
  // 240 x 0.5 x 2.5 = 300; the weighted duration is 240 still.
  EXPECT_DOUBLE_EQ(all.at(0).cases.sum, 300);
  EXPECT_DOUBLE_EQ(all.at(0).cases.weighted_duration_s, 240);
}

TEST(Risk, ADayHasMaximumAndSumOverallAndForEachReportType) {
  const auto all =
      summaries_of({exposure(ReportType::kConfirmed, 300s), exposure(ReportType::kConfirmed, 100s),
                    exposure(ReportType::kSelfReport, 200s)},
                   plain());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].day, kToday);
  EXPECT_DOUBLE_EQ(all[0].cases.maximum, 300);
  EXPECT_DOUBLE_EQ(all[0].cases.sum, 600);  // 300 + 100 + 200
  EXPECT_DOUBLE_EQ(all[0].of(ReportType::kConfirmed).maximum, 300);
  EXPECT_DOUBLE_EQ(all[0].of(ReportType::kConfirmed).sum, 400);
  EXPECT_DOUBLE_EQ(all[0].of(ReportType::kSelfReport).sum, 200);
  EXPECT_DOUBLE_EQ(all[0].of(ReportType::kLikely).sum, 0);
}

TEST(Risk, OnsetDaysReadTheTableFromMinusToPlusFourteen) {
  auto settings = plain();
  settings.infectiousness = every_day(Infectiousness::kNone);
  settings.infectiousness.front() = Infectiousness::kStandard;
  settings.infectiousness.back() = Infectiousness::kHigh;
  settings.high_infectiousness_weight = 2;
  const auto score = [&](std::optional<int> onset) {
    const auto all =
        summaries_of({exposure(ReportType::kConfirmed, 100s, 50, kNoon, onset)}, settings);
    return all.empty() ? 0 : all[0].cases.sum;
  };
  EXPECT_DOUBLE_EQ(score(-14), 100);
  EXPECT_DOUBLE_EQ(score(14), 200);
  EXPECT_DOUBLE_EQ(score(13), 0);
  EXPECT_DOUBLE_EQ(score({}), 100);    // the default for a missing onset, standard
  EXPECT_DOUBLE_EQ(score(4000), 100);  // the European gateway's "unknown"
  EXPECT_DOUBLE_EQ(score(-15), 100);
}

TEST(Risk, AnUnknownReportTypeIsWhatTheSettingsSay) {
  auto settings = plain();
  const std::vector<Exposure> all{exposure(ReportType::kUnknown, 300s)};
  EXPECT_DOUBLE_EQ(summaries_of(all, settings).at(0).of(ReportType::kConfirmed).sum, 300);
  settings.report_type_when_missing = ReportType::kUnknown;
  EXPECT_TRUE(summaries_of(all, settings).empty());
}

TEST(Risk, ARevokedKeyDoesNotWarn) {
  EXPECT_TRUE(summaries_of({exposure(ReportType::kRevoked, 3000s)}, plain()).empty());
}

TEST(Risk, TheLastEntryOfARevisedKeyCounts) {
  PublishedKey key;
  key.report_type = ReportType::kLikely;
  auto revoked = key;
  revoked.report_type = ReportType::kRevoked;
  auto other = key;
  other.key.bytes[0] = 1;
  const std::vector<PublishedKey> keys{key, other, revoked};
  // Both entries of the first key were matched, to the same window.
  std::vector<ExposureWindow> windows;
  for (const std::size_t source : {0U, 1U, 2U}) {
    windows.push_back({.source = source, .slot = {}, .scans = {scan(kNoon, 50, 300s)}});
  }
  const auto all = exposures(windows, keys);
  ASSERT_EQ(all.size(), 2U);
  // Only `other` is left to warn.
  EXPECT_DOUBLE_EQ(summaries_of(all, plain()).at(0).cases.sum, 300);
}

TEST(Risk, AKeyConfirmedLaterCountsOnce) {
  PublishedKey key;
  key.report_type = ReportType::kLikely;
  auto confirmed = key;
  confirmed.report_type = ReportType::kConfirmed;
  const std::vector<PublishedKey> keys{key, confirmed};
  const std::vector<ExposureWindow> windows{
      {.source = 0, .slot = {}, .scans = {scan(kNoon, 50, 300s)}},
      {.source = 1, .slot = {}, .scans = {scan(kNoon, 50, 300s)}}};
  const auto all = summaries_of(exposures(windows, keys), plain());
  EXPECT_DOUBLE_EQ(all.at(0).cases.sum, 300);
  EXPECT_DOUBLE_EQ(all.at(0).of(ReportType::kConfirmed).sum, 300);
}

TEST(Risk, AChainOfTheOldAppIsAConfirmedCaseWithoutOnset) {
  const std::vector<PublishedChain> chains(2);
  const std::vector<ExposureWindow> windows{
      {.source = 1, .slot = {}, .scans = {scan(kNoon, 50, 300s)}}};
  const auto all = exposures(windows, chains);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].report, (CaseReport{ReportType::kConfirmed, {}}));
}

TEST(Risk, TheMinimumScoreIsOfAWindowOfHalfAnHourNotOfOneId) {
  auto settings = plain();
  settings.minimum_window_score = 500;
  // Three ids of one key: at 0 and 20 minutes (one window, 300 + 300 = 600) and at 30 (300, too
  // little).
  const Exposure all{{ReportType::kConfirmed, {}},
                     {{.source = 0, .slot = {}, .scans = {scan(kNoon + 30min, 50)}},
                      {.source = 0, .slot = {}, .scans = {scan(kNoon, 50)}},
                      {.source = 0, .slot = {}, .scans = {scan(kNoon + 20min, 50)}}}};
  EXPECT_DOUBLE_EQ(summaries_of({all}, settings).at(0).cases.sum, 600);
}

TEST(Risk, DaysOlderThanTheThresholdAreLeftOut) {
  auto settings = plain();
  settings.days_since_exposure_threshold = 10;
  const std::vector<Exposure> all{exposure(ReportType::kConfirmed, 300s, 50, kNoon - days{10}),
                                  exposure(ReportType::kConfirmed, 300s, 50, kNoon - days{11})};
  const auto kept = summaries_of(all, settings);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].day, kToday - days{10});
  settings.days_since_exposure_threshold = 0;  // no limit
  EXPECT_EQ(summaries_of(all, settings).size(), 2U);
}

TEST(Risk, TheLevelFollowsTheDailySum) {
  const auto level = [](seconds duration) {
    return warning_of({exposure(ReportType::kConfirmed, duration)}, plain()).level;
  };
  EXPECT_EQ(level(449s), Level::kNone);
  EXPECT_EQ(level(450s), Level::kLow);
  EXPECT_EQ(level(899s), Level::kLow);
  EXPECT_EQ(level(900s), Level::kHigh);
}

TEST(Risk, TwoShortMeetingsOfOneDayAddUpAndOfTwoDaysDoNot) {
  const auto a = exposure(ReportType::kConfirmed, 300s);
  EXPECT_EQ(warning_of({a, a}, plain()).level, Level::kLow);  // 600 s
  const auto yesterday = exposure(ReportType::kConfirmed, 300s, 50, kNoon - days{1});
  EXPECT_EQ(warning_of({a, yesterday}, plain()).level, Level::kNone);
}

TEST(Risk, AWarningNamesItsDaysAndMinutes) {
  // 54.8 dB: half of 1200 s, so 10 minutes each on two days; the third day is below the low level.
  const auto found = warning_of({exposure(ReportType::kConfirmed, 1200s, 54.8, kNoon - days{3}),
                                 exposure(ReportType::kConfirmed, 400s, 54.8, kNoon - days{2}),
                                 exposure(ReportType::kConfirmed, 1200s, 54.8)},
                                plain());
  EXPECT_EQ(found.level, Level::kHigh);
  EXPECT_EQ(found.depth, Depth::kF1);
  EXPECT_EQ(found.days, (std::vector<Day>{kToday - days{3}, kToday}));
  EXPECT_EQ(found.minutes(), 20min);
  EXPECT_EQ(found.advice, Advice::kStayHome);
}

TEST(Risk, NobodyNearIsNoWarning) {
  const auto none = warning_of({}, plain());
  EXPECT_EQ(none, Warning{});
  EXPECT_EQ(none.advice, Advice::kNothing);
}

TEST(Risk, ContactsOfCasesWarnOnlyWhereTheAuthoritySaysSo) {
  auto settings = plain();
  const std::vector<Exposure> met_a_contact{exposure(ReportType::kRecursive, 900s)};
  EXPECT_EQ(warning_of(met_a_contact, settings).level, Level::kNone);
  settings.warn_second_degree = true;
  const auto found = warning_of(met_a_contact, settings);
  EXPECT_EQ(found.level, Level::kHigh);
  EXPECT_EQ(found.depth, Depth::kF2);
  EXPECT_EQ(found.advice, Advice::kWaitForF1);
}

TEST(Risk, WhoeverMetACaseIsF1WhateverContactsTheyMet) {
  auto settings = plain();
  settings.warn_second_degree = true;
  const auto found = warning_of(
      {exposure(ReportType::kRecursive, 3000s), exposure(ReportType::kConfirmed, 450s)}, settings);
  EXPECT_EQ(found.depth, Depth::kF1);
  EXPECT_EQ(found.level, Level::kLow);  // 450 s of the case; the contact's 3000 s do not count
  EXPECT_EQ(found.advice, Advice::kWatchHealth);
}

TEST(Risk, TimeWithCasesAndWithContactsIsNotMixed) {
  auto settings = plain();
  settings.warn_second_degree = true;
  EXPECT_EQ(
      warning_of({exposure(ReportType::kRecursive, 300s), exposure(ReportType::kConfirmed, 300s)},
                 settings)
          .level,
      Level::kNone);
}

TEST(Risk, SettingsOutOfRangeAreInvalid) {
  EXPECT_TRUE(validate(RiskSettings{}));
  const auto code = [](auto change) {
    RiskSettings settings;
    change(settings);
    const auto result = validate(settings);
    return result ? std::optional<Code>{} : result.error().code;
  };
  EXPECT_EQ(code([](RiskSettings& s) { s.confirmed_weight = 2.51; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.bucket_weights[3] = -0.1; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.bucket_ends_db = {55, 54, 70}; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.bucket_ends_db[2] = 256; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.low_daily_score = 0; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.high_daily_score = 899; }), Code::kInvalid);  // low is 900
  EXPECT_EQ(code([](RiskSettings& s) { s.days_since_exposure_threshold = 15; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.days_since_exposure_threshold = -1; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.minimum_window_score = 86'401; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.report_type_when_missing = ReportType::kRecursive; }),
            Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.infectiousness[3] = Infectiousness{3}; }), Code::kInvalid);
  EXPECT_EQ(code([](RiskSettings& s) { s.distance_rule = DistanceRule{2}; }), Code::kInvalid);
  EXPECT_EQ(
      code([](RiskSettings& s) { s.likely_weight = std::numeric_limits<double>::quiet_NaN(); }),
      Code::kInvalid);
}

TEST(Risk, AnInvalidSettingIsNamed) {
  RiskSettings settings;
  settings.self_report_weight = 3;
  EXPECT_EQ(validate(settings).error().what,
            "risk settings: self-report weight must be a number from 0 to 2.5");
}

}  // namespace
}  // namespace bz::engine
