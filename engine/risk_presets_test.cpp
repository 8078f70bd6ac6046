#include "engine/risk_presets.h"

#include <gtest/gtest.h>

namespace bz::engine {
namespace {

TEST(RiskPresets, EveryNamedPresetIsValid) {
  EXPECT_EQ(risk_preset_names().size(), 6U);
  for (const auto name : risk_preset_names()) {
    const auto preset = risk_preset(name);
    ASSERT_TRUE(preset) << name;
    EXPECT_TRUE(validate(*preset)) << name;
    EXPECT_FALSE(preset->warn_second_degree) << name;
  }
}

TEST(RiskPresets, AnUnknownNameIsNoPreset) {
  EXPECT_FALSE(risk_preset("bluezone5"));
  EXPECT_FALSE(risk_preset(""));
}

// One confirmed case heard for 700 s at 60 dB on one day, in windows of at most 300 s a scan.
Warning of_700_seconds_at_60_db(std::string_view preset) {
  const Day today{std::chrono::days{18'500}};
  const Instant noon = today + std::chrono::hours{12};
  ExposureWindow window{.source = 0, .slot = {}, .scans = {}};
  for (const int seconds : {300, 300, 100}) {
    const auto number = static_cast<int>(window.scans.size());
    window.scans.push_back({.time = noon + std::chrono::minutes{5 * number},
                            .typical = {60},
                            .minimum = {60},
                            .since_last_scan = std::chrono::seconds{seconds}});
  }
  const std::vector<Exposure> exposures{{{ReportType::kConfirmed, 0}, {window}}};
  const auto settings = *risk_preset(preset);
  return warning(daily_summaries(exposures, settings, today), settings);
}

TEST(RiskPresets, TheAppsDisagreeOnTwelveMinutesAtSixtyDecibels) {
  // Corona-Warn-App: 700 x 0.5 = 350 of 900. Norway: 700 x 1.5 = 1050 of 780. Exposure
  // Notification: 700 x 1 of 900. Immuni: 700 x 1 of 900. Ours: chance 1 / (1 + exp(5.2 / 5.8)) =
  // 0.290, 203 of the 500 that a half hour needs.
  EXPECT_EQ(of_700_seconds_at_60_db("corona-warn-app").level, Level::kNone);
  EXPECT_EQ(of_700_seconds_at_60_db("smittestopp").level, Level::kHigh);
  EXPECT_EQ(of_700_seconds_at_60_db("gaen").level, Level::kNone);
  EXPECT_EQ(of_700_seconds_at_60_db("immuni-like").level, Level::kNone);
  EXPECT_EQ(of_700_seconds_at_60_db("bluezone4").level, Level::kNone);
}

TEST(RiskPresets, AFaintSignalAllNightDoesNotAddUpToAWarningOfOurs) {
  // Eight hours at 65 dB, in the sixteen half hours: chance 1 / (1 + exp(10.2 / 5.8)) = 0.147, 265
  // of the 500 that each needs. Added up they would be 4,233.
  const Day today{std::chrono::days{18'500}};
  std::vector<ExposureWindow> windows;
  for (int half_hour = 0; half_hour < 16; ++half_hour) {
    ExposureWindow window;
    for (int scan = 0; scan < 6; ++scan) {
      const Instant time = today + std::chrono::minutes{30 * half_hour + 5 * scan};
      window.scans.push_back({.time = time,
                              .typical = {65},
                              .minimum = {65},
                              .since_last_scan = std::chrono::seconds{300}});
    }
    windows.push_back(window);
  }
  const std::vector<Exposure> exposures{{{ReportType::kConfirmed, 0}, windows}};
  const auto settings = *risk_preset("bluezone4");
  EXPECT_EQ(warning(daily_summaries(exposures, settings, today), settings).level, Level::kNone);
}

TEST(RiskPresets, DaysLongBeforeOnsetAreNotInfectious) {
  const auto settings = *risk_preset("bluezone4");
  EXPECT_EQ(settings.infectiousness[0], Infectiousness::kNone);       // day -14
  EXPECT_EQ(settings.infectiousness[11], Infectiousness::kNone);      // day -3
  EXPECT_EQ(settings.infectiousness[12], Infectiousness::kStandard);  // day -2
  EXPECT_EQ(settings.infectiousness[28], Infectiousness::kStandard);  // day 14
}

}  // namespace
}  // namespace bz::engine
