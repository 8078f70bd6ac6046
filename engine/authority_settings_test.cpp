#include "engine/authority_settings.h"

#include <gtest/gtest.h>

namespace bz::engine {
namespace {

using std::chrono::minutes;

std::string complaint(const AuthoritySettings& settings) {
  const auto fine = validate(settings);
  if (fine) return "fine";
  EXPECT_EQ(fine.error().code, Code::kInvalid);
  return fine.error().what;
}

TEST(AuthoritySettings, TheDefaultsAreWithinTheirBounds) {
  EXPECT_EQ(complaint({}), "fine");
  EXPECT_EQ(AuthoritySettings{}.risk_in_force(), *risk_preset("bluezone4"));
}

TEST(AuthoritySettings, EachNumberHasItsBounds) {
  struct Row {
    std::string name;
    int least;
    int most;
    void (*set)(AuthoritySettings&, int);
  };
  const std::vector<Row> rows{
      {"days_before_onset", 0, 14, [](auto& s, int v) { s.days_before_onset = v; }},
      {"days_kept", 7, 21, [](auto& s, int v) { s.days_kept = v; }},
      {"check_minutes", 15, 1'440, [](auto& s, int v) { s.check_period = minutes{v}; }},
      {"cover_minutes", 60, 10'080, [](auto& s, int v) { s.cover_period = minutes{v}; }},
      {"minimum_app_version's first number", 0, 9'999,
       [](auto& s, int v) { s.minimum_app_version.major = v; }},
  };
  for (const auto& row : rows) {
    for (const int value : {row.least, row.most}) {
      AuthoritySettings settings;
      row.set(settings, value);
      EXPECT_EQ(complaint(settings), "fine") << row.name;
    }
    for (const int value : {row.least - 1, row.most + 1}) {
      AuthoritySettings settings;
      row.set(settings, value);
      EXPECT_EQ(complaint(settings), "settings: " + row.name + " is not " +
                                         std::to_string(row.least) + " to " +
                                         std::to_string(row.most));
    }
  }
}

TEST(AuthoritySettings, RiskIsAPresetOrNumbersOfItsOwn) {
  AuthoritySettings settings;
  settings.risk_preset = "none of them";
  EXPECT_EQ(complaint(settings), "settings: risk_preset is none of those this version knows");
  settings.risk_preset = "";
  settings.risk.confirmed_weight = 2;
  EXPECT_EQ(complaint(settings), "fine");
  EXPECT_EQ(settings.risk_in_force().confirmed_weight, 2);
  settings.risk.confirmed_weight = 3;
  EXPECT_EQ(complaint(settings), "risk settings: confirmed weight must be a number from 0 to 2.5");
}

TEST(AuthoritySettings, RegionsHaveACodeOnceAndTwoNames) {
  AuthoritySettings settings;
  settings.regions = {{"VN", "Việt Nam", "Viet Nam"}, {"VN-51", "Trà Vinh", "Tra Vinh"}};
  EXPECT_EQ(complaint(settings), "fine");
  settings.regions[1].code = "VN";
  EXPECT_EQ(complaint(settings), "settings: a region is there twice");
  settings.regions[1].code = "VN 51";
  EXPECT_EQ(complaint(settings),
            "settings: a region's code is not 1 to 16 letters, digits and hyphens");
  settings.regions[1] = {"VN-51", "", "Tra Vinh"};
  EXPECT_EQ(complaint(settings),
            "settings: a region's name is not 1 to 64 bytes without control characters");
  settings.regions.assign(101, {"VN", "x", "x"});
  EXPECT_EQ(complaint(settings), "settings: more than 100 regions");
}

TEST(AuthoritySettings, TheCallbackKeyIsAPoint) {
  AuthoritySettings settings;
  SystemRandom random;
  settings.callback_key = AgreementKey::draw(random).public_key().point();
  EXPECT_EQ(complaint(settings), "fine");
  settings.callback_key->front() = 4;
  EXPECT_EQ(complaint(settings), "settings: callback_key is not a compressed point on P-256");
}

TEST(AuthoritySettings, VersionsAreComparedByNumber) {
  EXPECT_EQ(AppVersion::from_text("4.0.12"), (AppVersion{4, 0, 12}));
  EXPECT_LT(*AppVersion::from_text("4.2.9"), *AppVersion::from_text("4.10.0"));
  EXPECT_EQ(AppVersion::from_text("9999.0.0")->text(), "9999.0.0");
  for (const auto* text : {"", "4", "4.0", "4.0.", "4.0.0.0", "4.0.x", "-4.0.0", "04.0.0",
                           "10000.0.0", "4..0", " 4.0.0"})
    EXPECT_FALSE(AppVersion::from_text(text)) << text;
}

}  // namespace
}  // namespace bz::engine
