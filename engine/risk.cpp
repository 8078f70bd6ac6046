#include "engine/risk.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <string>

namespace bz::engine {
namespace {

// Longer runs of one key are divided, as the platform does (exposure-notifications-internals).
constexpr std::chrono::minutes kWindowLength{30};

double weight_of(ReportType type, const RiskSettings& settings) {
  switch (type) {
    case ReportType::kConfirmed: return settings.confirmed_weight;
    case ReportType::kLikely: return settings.likely_weight;
    case ReportType::kSelfReport: return settings.self_report_weight;
    case ReportType::kRecursive: return settings.recursive_weight;
    case ReportType::kUnknown:
    case ReportType::kRevoked: break;
  }
  return 0;
}

double weight_of(Infectiousness infectiousness, const RiskSettings& settings) {
  switch (infectiousness) {
    case Infectiousness::kNone: break;
    case Infectiousness::kStandard: return settings.standard_infectiousness_weight;
    case Infectiousness::kHigh: return settings.high_infectiousness_weight;
  }
  return 0;
}

Infectiousness infectiousness_of(const CaseReport& report, const RiskSettings& settings) {
  const int days = report.days_since_onset.value_or(kOnsetDays + 1);
  // Larger numbers are other countries' codes for "unknown" (docs/risk.md).
  if (days < -kOnsetDays || days > kOnsetDays) return settings.infectiousness_without_onset;
  return settings.infectiousness[static_cast<std::size_t>(days + kOnsetDays)];
}

double weight_of(Attenuation typical, const RiskSettings& settings) {
  if (settings.distance_rule == DistanceRule::kProximity) return close_probability(typical);
  const auto& ends = settings.bucket_ends_db;
  const auto bucket = std::ranges::lower_bound(ends, typical.db) - ends.begin();
  return settings.bucket_weights[static_cast<std::size_t>(bucket)];
}

double weighted_duration(std::span<const ScanInstance> scans, const RiskSettings& settings) {
  double sum = 0;
  for (const auto& scan : scans) {
    sum += static_cast<double>(scan.since_last_scan.count()) * weight_of(scan.typical, settings);
  }
  return sum;
}

// All scans of one key in windows of less than 30 minutes.
std::vector<std::vector<ScanInstance>> merged(std::span<const ExposureWindow> windows) {
  std::vector<std::vector<ScanInstance>> parts;
  for (const auto& scan : scans_of_key(windows)) {
    if (parts.empty() || scan.time - parts.back().front().time >= kWindowLength)
      parts.emplace_back();
    parts.back().push_back(scan);
  }
  return parts;
}

void add(ScoreTotals& totals, double score, double weighted_duration_s, const CloseTime& close) {
  totals.maximum = std::max(totals.maximum, score);
  totals.sum += score;
  totals.weighted_duration_s += weighted_duration_s;
  totals.close += close;
}

Level level_of(double daily_score, const RiskSettings& settings) {
  if (daily_score >= settings.high_daily_score) return Level::kHigh;
  return daily_score >= settings.low_daily_score ? Level::kLow : Level::kNone;
}

Advice advice_for(Level level, Depth depth) {
  if (level == Level::kNone) return Advice::kNothing;
  if (depth == Depth::kF2) return Advice::kWaitForF1;
  return level == Level::kHigh ? Advice::kStayHome : Advice::kWatchHealth;
}

template <class TotalsOf>
Warning warning_by(std::span<const DailySummary> summaries, const RiskSettings& settings,
                   Depth depth, TotalsOf totals_of) {
  Warning found;
  found.depth = depth;
  for (const auto& summary : summaries) {
    const ScoreTotals& totals = totals_of(summary);
    const auto level = level_of(totals.sum, settings);
    if (level == Level::kNone) continue;
    found.level = std::max(found.level, level);
    found.days.push_back(summary.day);
    found.close += totals.close;
  }
  found.advice = advice_for(found.level, depth);
  return found;
}

std::map<std::size_t, std::vector<ExposureWindow>> by_source(
    std::span<const ExposureWindow> windows) {
  std::map<std::size_t, std::vector<ExposureWindow>> sources;
  for (const auto& window : windows) sources[window.source].push_back(window);
  return sources;
}

}  // namespace

Result<void> validate(const RiskSettings& settings) {
  const auto outside = [](const std::string& name, double least, double most) {
    return Error{Code::kInvalid,
                 "risk settings: " + name + " must be a number from " +
                     std::to_string(static_cast<int>(least)) + " to " +
                     (most == 2.5 ? "2.5" : std::to_string(static_cast<int>(most)))};
  };
  struct Bounded {
    const char* name;
    double value;
    double least;
    double most;
  };
  constexpr double kMostWeight = 2.5;
  constexpr double kMostDb = 255;
  constexpr double kDaySeconds = 86'400;
  const auto& s = settings;
  const std::array bounded{
      Bounded{"standard infectiousness weight", s.standard_infectiousness_weight, 0, kMostWeight},
      Bounded{"high infectiousness weight", s.high_infectiousness_weight, 0, kMostWeight},
      Bounded{"confirmed weight", s.confirmed_weight, 0, kMostWeight},
      Bounded{"likely weight", s.likely_weight, 0, kMostWeight},
      Bounded{"self-report weight", s.self_report_weight, 0, kMostWeight},
      Bounded{"recursive weight", s.recursive_weight, 0, kMostWeight},
      Bounded{"immediate bucket weight", s.bucket_weights[0], 0, kMostWeight},
      Bounded{"near bucket weight", s.bucket_weights[1], 0, kMostWeight},
      Bounded{"medium bucket weight", s.bucket_weights[2], 0, kMostWeight},
      Bounded{"other bucket weight", s.bucket_weights[3], 0, kMostWeight},
      Bounded{"immediate bucket end", s.bucket_ends_db[0], 0, kMostDb},
      Bounded{"near bucket end", s.bucket_ends_db[1], 0, kMostDb},
      Bounded{"medium bucket end", s.bucket_ends_db[2], 0, kMostDb},
      Bounded{"minimum window score", s.minimum_window_score, 0, kDaySeconds},
      Bounded{"days since exposure threshold", double(s.days_since_exposure_threshold), 0, 14},
      Bounded{"low daily score", s.low_daily_score, 0, kDaySeconds},
      Bounded{"high daily score", s.high_daily_score, 0, kDaySeconds},
  };
  for (const auto& [name, value, least, most] : bounded) {
    // Written so that no-number is outside.
    if (!(value >= least && value <= most)) return outside(name, least, most);
  }
  const auto invalid = [](const char* what) {
    return Error{Code::kInvalid, std::string("risk settings: ") + what};
  };
  if (!std::ranges::is_sorted(s.bucket_ends_db)) return invalid("bucket ends must not fall");
  if (s.low_daily_score <= 0) return invalid("low daily score must be above 0");
  if (s.high_daily_score < s.low_daily_score) {
    return invalid("high daily score must not be below the low one");
  }
  const auto known = [](Infectiousness i) { return i <= Infectiousness::kHigh; };
  if (!std::ranges::all_of(s.infectiousness, known) || !known(s.infectiousness_without_onset)) {
    return invalid("infectiousness must be none, standard or high");
  }
  if (s.report_type_when_missing > ReportType::kSelfReport) {
    return invalid("a missing report type can stand for unknown, confirmed, likely or self-report");
  }
  if (s.distance_rule > DistanceRule::kProximity) return invalid("unknown distance rule");
  return {};
}

std::vector<Exposure> exposures(std::span<const ExposureWindow> windows,
                                std::span<const PublishedKey> keys) {
  auto sources = by_source(windows);
  std::map<DayKey, std::size_t> last_of;
  for (const auto& [source, ignored] : sources) {
    assert(source < keys.size());
    last_of[keys[source].key] = source;
  }
  if (last_of.empty()) return {};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto place = last_of.find(keys[i].key);
    if (place != last_of.end()) place->second = i;
  }
  std::vector<Exposure> found;
  for (const auto& entry : last_of) {
    const auto& key = entry.first;  // clang 14 captures no structured binding
    const auto last = entry.second;
    // Each entry of one key was matched to the same windows: those of the first stand for all.
    const auto first =
        std::ranges::find_if(sources, [&](const auto& s) { return keys[s.first].key == key; });
    found.push_back(
        {{keys[last].report_type, keys[last].days_since_onset}, std::move(first->second)});
  }
  return found;
}

std::vector<Exposure> exposures(std::span<const ExposureWindow> windows,
                                [[maybe_unused]] std::span<const PublishedChain> chains) {
  std::vector<Exposure> found;
  for (auto& [source, own] : by_source(windows)) {
    assert(source < chains.size());
    found.push_back({{ReportType::kConfirmed, {}}, std::move(own)});
  }
  return found;
}

std::vector<DailySummary> daily_summaries(std::span<const Exposure> exposures,
                                          const RiskSettings& settings, Day today) {
  std::map<Day, DailySummary> days;
  for (const auto& exposure : exposures) {
    auto type = exposure.report.type;
    if (type == ReportType::kUnknown) type = settings.report_type_when_missing;
    if (type == ReportType::kUnknown || type == ReportType::kRevoked) continue;
    if (type == ReportType::kRecursive && !settings.warn_second_degree) continue;
    const auto infectiousness = infectiousness_of(exposure.report, settings);
    if (infectiousness == Infectiousness::kNone) continue;
    const double weight = weight_of(type, settings) * weight_of(infectiousness, settings);
    for (const auto& scans : merged(exposure.windows)) {
      const auto day = day_of(scans.front().time);
      const int oldest = settings.days_since_exposure_threshold;
      if (oldest > 0 && today - day > std::chrono::days{oldest}) continue;
      const double duration_s = weighted_duration(scans, settings);
      const double score = duration_s * weight;
      if (score <= 0 || score < settings.minimum_window_score) continue;
      auto& summary = days[day];
      summary.day = day;
      const auto close = close_time(scans);
      add(summary.by_report_type[static_cast<std::size_t>(type)], score, duration_s, close);
      if (type != ReportType::kRecursive) add(summary.cases, score, duration_s, close);
    }
  }
  std::vector<DailySummary> summaries;
  summaries.reserve(days.size());
  for (const auto& [day, summary] : days) summaries.push_back(summary);
  return summaries;
}

std::chrono::minutes Warning::minutes() const {
  return std::chrono::round<std::chrono::minutes>(std::chrono::duration<double>{close.expected_s});
}

Warning warning(std::span<const DailySummary> summaries, const RiskSettings& settings) {
  const auto of_cases = [](const DailySummary& summary) -> const ScoreTotals& {
    return summary.cases;
  };
  const auto of_contacts = [](const DailySummary& summary) -> const ScoreTotals& {
    return summary.of(ReportType::kRecursive);
  };
  auto first = warning_by(summaries, settings, Depth::kF1, of_cases);
  if (first.level != Level::kNone) return first;
  auto second = warning_by(summaries, settings, Depth::kF2, of_contacts);
  return second.level != Level::kNone ? second : first;
}

}  // namespace bz::engine
