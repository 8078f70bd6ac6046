// Risk: from exposure windows to the warning a person reads, by the daily summaries of Exposure
// Notification API v2 and two thresholds of our own on their sum.
//
//   window   all that was heard of one key within 30 minutes, put together as the platform does
//   weighted duration = sum over its scans of seconds x weight by attenuation
//   score             = weighted duration x weight of the report type x weight of infectiousness
//   day      windows that score less than the minimum are left out; maximum and sum of the others
//   level    none, low or high, by the day's sum, in weighted seconds
//
// Formulas, their sources and what is not known: docs/risk.md. Time is an argument.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/exposure_window.h"
#include "engine/proximity.h"
#include "engine/published_key.h"

namespace bz::engine {

// How much a person with symptoms sheds on a day.
enum class Infectiousness : std::uint8_t { kNone = 0, kStandard = 1, kHigh = 2 };

// What a scan's second counts for.
enum class DistanceRule : std::uint8_t {
  kBuckets = 0,  // by the bucket its typical attenuation falls in, as Exposure Notification has it
  kProximity = 1,  // the chance of being within 2 m (engine/proximity.h); buckets are not read
};

inline constexpr int kOnsetDays = 14;  // the onset table runs from -14 to 14

// By days since onset of symptoms, seen from the key's day: entry d + 14.
using OnsetTable = std::array<Infectiousness, 2 * kOnsetDays + 1>;

constexpr OnsetTable every_day(Infectiousness value) {
  OnsetTable table{};
  table.fill(value);
  return table;
}

// What a health authority sets. Weights are factors, 1 is neutral (100 %), 0 to 2.5. The defaults
// count every second of every confirmed, likely or self-reported case alike.
struct RiskSettings {
  OnsetTable infectiousness = every_day(Infectiousness::kStandard);
  Infectiousness infectiousness_without_onset = Infectiousness::kStandard;
  double standard_infectiousness_weight = 1;  // that of kNone is 0
  double high_infectiousness_weight = 1;

  // What a key without report type is taken for; kUnknown leaves it out.
  ReportType report_type_when_missing = ReportType::kConfirmed;
  double confirmed_weight = 1;
  double likely_weight = 1;
  double self_report_weight = 1;
  double recursive_weight = 1;

  DistanceRule distance_rule = DistanceRule::kBuckets;
  // Immediate up to the first, near up to the second, medium up to the third, other above; a value
  // on the edge belongs to the nearer bucket. 0 to 255 dB, not falling.
  std::array<double, 3> bucket_ends_db{255, 255, 255};
  std::array<double, 4> bucket_weights{1, 1, 1, 1};

  double minimum_window_score = 0;         // weighted seconds, 0 to 86,400
  int days_since_exposure_threshold = 14;  // days older than this are left out; 0 to 14, 0: none is

  // Weighted seconds of a day from which the level is low, and high: above 0, to 86,400. Equal:
  // there is no low level.
  double low_daily_score = 900;
  double high_daily_score = 900;

  // Whether keys of confirmed contacts (F1, report type RECURSIVE) warn those who met them (F2).
  bool warn_second_degree = false;

  bool operator==(const RiskSettings&) const = default;
};

// kInvalid, naming the setting, when a number is outside its range above or no number.
Result<void> validate(const RiskSettings& settings);

// What an authority says of a case.
struct CaseReport {
  ReportType type = ReportType::kUnknown;
  std::optional<int> days_since_onset;

  bool operator==(const CaseReport&) const = default;
};

// One published key (or chain) that was heard here, with all its windows.
struct Exposure {
  CaseReport report;
  std::vector<ExposureWindow> windows;  // in any order, at least one
};

// `windows` by their source, an index into `keys`. Where the same key is given more than once, as
// after a revision, its last entry is what counts: keys come in order of publication.
std::vector<Exposure> exposures(std::span<const ExposureWindow> windows,
                                std::span<const PublishedKey> keys);

// The same for day chains of the 2020 app, which only confirmed cases publish, without onset. A
// source outside `chains` is a mistake of the caller.
std::vector<Exposure> exposures(std::span<const ExposureWindow> windows,
                                std::span<const PublishedChain> chains);

// Totals over windows, in weighted seconds.
struct ScoreTotals {
  double maximum = 0;
  double sum = 0;
  double weighted_duration_s = 0;  // before report type and infectiousness
  CloseTime close;                 // unweighted, of the windows counted

  bool operator==(const ScoreTotals&) const = default;
};

struct DailySummary {
  Day day;  // on which the windows began
  // Confirmed, likely and self-reported cases together: what an F1 is judged by. Contacts of cases
  // (RECURSIVE) are apart, so that no warning mixes the two.
  ScoreTotals cases;
  std::array<ScoreTotals, 6> by_report_type{};  // by the number of ReportType

  [[nodiscard]] const ScoreTotals& of(ReportType type) const {
    return by_report_type[static_cast<std::size_t>(type)];
  }
  bool operator==(const DailySummary&) const = default;
};

// In order of day; a day on which no window counts is not there. `settings` must be valid. Windows
// of revoked keys, of infectiousness none and of unknown report type do not count, nor those of
// RECURSIVE keys unless the settings say so.
std::vector<DailySummary> daily_summaries(std::span<const Exposure> exposures,
                                          const RiskSettings& settings, Day today);

enum class Level : std::uint8_t { kNone = 0, kLow = 1, kHigh = 2 };

// How many people lie between the reader and the confirmed case: an F1 was close to the case (F0),
// an F2 to an F1.
enum class Depth : std::uint8_t { kF1 = 1, kF2 = 2 };

// What to tell the person; the words are the health authority's and live with the screens. The
// numbers are part of the settings file and do not change.
enum class Advice : std::uint8_t {
  kNothing = 0,      // no warning
  kWatchHealth = 1,  // F1, low: watch for symptoms, call the health station if there are any
  kStayHome = 2,     // F1, high: stay at home, keep apart from others, call the health station
  kWaitForF1 = 3,    // F2: avoid meeting people until the contact's own result is known
};

struct Warning {
  Level level = Level::kNone;
  Depth depth = Depth::kF1;
  std::vector<Day> days;  // at the low level or above, in order
  CloseTime close;        // estimated time within 2 m on those days
  Advice advice = Advice::kNothing;

  // Of `close`, to the nearest minute.
  [[nodiscard]] std::chrono::minutes minutes() const;
  bool operator==(const Warning&) const = default;
};

// The level is that of the worst day. F1 when the cases alone reach the low level on any day;
// else F2 when contacts of cases alone do. Level kNone, without days, when neither.
Warning warning(std::span<const DailySummary> summaries, const RiskSettings& settings);

}  // namespace bz::engine
