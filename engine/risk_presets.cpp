#include "engine/risk_presets.h"

#include <array>

namespace bz::engine {
namespace {

using namespace std::string_view_literals;

constexpr std::array kNames{"bluezone4"sv,   "corona-warn-app"sv, "gaen"sv,
                            "immuni-like"sv, "new-zealand"sv,     "smittestopp"sv};

constexpr double kQuarterHour = 900;

// From two days before the onset of symptoms: the common definition of a contact.
constexpr int kFirstInfectiousDay = -2;

RiskSettings common() {
  RiskSettings settings;
  for (int day = -kOnsetDays; day < kFirstInfectiousDay; ++day) {
    settings.infectiousness[static_cast<std::size_t>(day + kOnsetDays)] = Infectiousness::kNone;
  }
  return settings;
}

// One level only: whoever reaches `daily_score` is warned.
RiskSettings bucketed(std::array<double, 3> ends_db, std::array<double, 4> weights,
                      double daily_score) {
  auto settings = common();
  settings.bucket_ends_db = ends_db;
  settings.bucket_weights = weights;
  settings.low_daily_score = daily_score;
  settings.high_daily_score = daily_score;
  return settings;
}

RiskSettings bluezone4() {
  auto settings = common();
  settings.distance_rule = DistanceRule::kProximity;
  // A half hour counts when somewhat over a quarter of it was probably close, so that a faint
  // signal all night through a wall adds up to nothing; one such half hour is a low level. Chosen
  // on recordings and made-up towns: docs/risk.md.
  settings.minimum_window_score = 500;
  settings.low_daily_score = 500;
  settings.high_daily_score = kQuarterHour;
  return settings;
}

}  // namespace

std::span<const std::string_view> risk_preset_names() {
  return kNames;
}

std::optional<RiskSettings> risk_preset(std::string_view name) {
  if (name == "bluezone4") return bluezone4();
  if (name == "corona-warn-app") return bucketed({55, 63, 63}, {1, 0.5, 0, 0}, kQuarterHour);
  if (name == "gaen" || name == "new-zealand") {
    return bucketed({55, 63, 70}, {1.5, 1, 0.4, 0}, kQuarterHour);
  }
  if (name == "immuni-like") return bucketed({73, 73, 73}, {1, 0, 0, 0}, kQuarterHour);
  if (name == "smittestopp") return bucketed({58, 68, 68}, {2, 1.5, 0, 0}, 780);
  return {};
}

}  // namespace bz::engine
