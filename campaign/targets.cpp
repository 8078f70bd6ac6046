#include "campaign/targets.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "campaign/readings.h"
#include "campaign/target_rows.h"
#include "campaign/wide.h"
#include "units/units.h"

namespace bz::campaign {
namespace {

using std::chrono::days;
using store::Sql;

constexpr std::size_t kForecastGains = 3;
constexpr std::int64_t kForecastFurthest = 36'525;  // 100 years

// Student's t at 0.90 for 1, 2, … degrees of freedom: of 80 % in the middle.
constexpr std::array<double, 7> kStudent{3.0777, 1.8856, 1.6377, 1.5332, 1.4759, 1.4398, 1.4149};

// The path as a fraction: hundredths of a percent are top / bottom.
struct Path {
  Wide top = 0;
  Wide bottom = 1;
};
Path path_at(const NewTarget& target, Instant on) {
  const auto whole = (target.due_before - target.start).count();
  const auto passed = std::clamp<std::int64_t>((on - target.start).count(), 0, whole);
  return {Wide{target.start_hundredths} * whole +
              Wide{target.hundredths - target.start_hundredths} * passed,
          Wide{whole}};
}

void set_distance(TargetStatus& status) {
  const auto& target = status.target.what;
  const auto& denominator = status.rate.denominator;
  if (!denominator || !denominator->value || *denominator->value == 0) return;
  const auto whole = *denominator->value;
  status.needed = up(Wide{whole} * target.hundredths, 10'000);
  const auto rate = status.rate.hundredths();
  if (!rate) return;
  const auto count = *status.rate.numerator.value();
  status.distance = *status.needed - count;
  status.distance_points = target.hundredths - *rate;
  if (status.days_left > 0 && *status.distance > 0) {
    status.needed_a_day = up(*status.distance, status.days_left);
  }
  const auto path = path_at(target, status.on);
  if (path.top == 0) return;
  const auto reached = Wide{count} * 10'000 * path.bottom;
  status.percent_of_path = half_up(reached * 100, path.top * whole);
  status.is_alert = 2 * reached < path.top * whole;
}

Phase phase_of(const TargetStatus& status) {
  if (status.distance && *status.distance <= 0) return Phase::kReached;
  if (status.on < status.target.what.due_before) return Phase::kRunning;
  return status.distance ? Phase::kMissed : Phase::kNotComputable;
}

Result<Family*> week_of(Readings& readings, const NewTarget& target, const At& at) {
  const auto* indicator = find_indicator(target.indicator);
  return readings.of_the_week({target.subject, indicator->numerator, target.source, at}, false);
}

Result<Rate> rate_of(Readings& readings, const NewTarget& target, const At& at) {
  const auto* indicator = find_indicator(target.indicator);
  const auto week = week_of(readings, target, at);
  if (!week) return week.error();
  auto now = (*week)->at(at.on, false);
  if (!now) return now.error();
  const auto denominator = readings.denominator(*indicator, target.subject, target.source, at);
  if (!denominator) return denominator.error();
  return Rate{indicator, std::move(now->whole), **denominator};
}

// Daily figures up to the last day that has ended: all of the subject's own, or all complete sums.
Result<std::vector<DayValue>> daily_values(Family& week, Instant on) {
  std::vector<Moment> moments;
  for (const Instant end : ends_of_the_week(on)) {
    auto moment = week.at(end, false);
    if (!moment) return moment.error();
    moments.push_back(std::move(*moment));
  }
  const bool is_own = moments.back().whole.own_value.has_value();
  std::vector<DayValue> values;
  Day day = vi::cut_off_day(ends_of_the_week(on).front());
  for (const auto& moment : moments) {
    const auto& whole = moment.whole;
    const bool counts = whole.value() && whole.own_value.has_value() == is_own &&
                        !whole.value_is_partial() && vi::cut_off_day(*whole.newest) == day;
    if (counts) values.push_back({day, *whole.value()});
    day += days{1};
  }
  return values;
}

// Beside it are the units of the same parent. Where one of them has nothing of the source that
// counts here, its own body's of the same kind does.
class Ranking {
 public:
  Ranking(Readings& readings, const Rate& own, std::string_view source, const At& at)
      : readings_(readings), own_(own), source_(source), at_(at) {}

  Result<std::optional<Rank>> rank() {
    std::optional<Rank> none;
    if (!is_unit(own_.numerator.subject) || !own_.hundredths()) return none;
    const auto key = units::key_from_text(own_.numerator.subject);
    if (!key) return none;
    const auto here = units::find_on(readings_.sql(), key->code, vi::cut_off_day(at_.on));
    if (!here) return here.error();
    if (!*here || (*here)->key != *key || !(*here)->parent) return none;
    parent_ = units::to_text(*(*here)->parent);
    const auto beside = readings_.below({parent_, measure(), source_, at_});
    if (!beside) return beside.error();
    const auto wholes = readings_.denominators_below(*own_.indicator, parent_, source_, at_);
    if (!wholes) return wholes.error();
    Rank rank{1, 1, 1};
    for (const auto& one : **beside) {
      if (one.subject == own_.numerator.subject) continue;
      ++rank.of;
      const auto count = count_of(one);
      if (!count) return count.error();
      const auto whole = (*wholes)->find(one.subject);
      if (!*count || whole == (*wholes)->end()) continue;
      if (!vi::hundredths(**count, *whole->second.value)) continue;
      ++rank.with_rate;
      if (is_above(**count, *whole->second.value)) ++rank.place;
    }
    return std::optional(rank);
  }

 private:
  [[nodiscard]] std::string_view measure() const { return own_.indicator->numerator; }

  Result<std::optional<std::int64_t>> count_of(const RollUp& one) {
    if (one.value()) return one.value();
    const auto kind = std::string(kind_of_source(source_)) + ":";
    const auto others = readings_.latest_below_like({parent_, measure(), kind, at_});
    if (!others) return others.error();
    const auto other = (*others)->find(one.subject);
    const bool is_there =
        other != (*others)->end() && other->second.id.cut_off >= at_.on - kStaleAfter;
    return is_there ? other->second.value : std::nullopt;
  }

  [[nodiscard]] bool is_above(std::int64_t count, std::int64_t whole) const {
    return Wide{count} * *own_.denominator->value > Wide{*own_.numerator.value()} * whole;
  }

  Readings& readings_;
  const Rate& own_;
  std::string_view source_;
  const At& at_;
  std::string parent_;
};

// The rate as it was written down.
Result<Rate> frozen_rate(Sql& sql, const Target& target) {
  const auto& frozen = *target.frozen;
  Rate rate{find_indicator(target.what.indicator), {}, {}};
  rate.numerator.subject = target.what.subject;
  rate.numerator.covered = frozen.covered;
  rate.numerator.of = frozen.of;
  rate.numerator.is_partial = frozen.covered < frozen.of;
  rate.numerator.is_provisional = frozen.is_provisional;
  rate.numerator.is_illustrative = frozen.is_illustrative;
  const auto find = [&](const std::string& id) -> Result<std::optional<Figure>> {
    const auto known = figure_id_from(id);
    if (!known) return std::optional<Figure>{};
    return find_figure(sql, *known);
  };
  auto own = find(frozen.figure);
  if (!own) return own.error();
  auto denominator = find(frozen.denominator_figure);
  if (!denominator) return denominator.error();
  rate.denominator = std::move(*denominator);
  if (*own) {
    rate.numerator.own_value = frozen.value;
    rate.numerator.precision = (*own)->precision;
    rate.numerator.oldest = (*own)->id.cut_off;
    rate.numerator.newest = (*own)->id.cut_off;
    rate.numerator.own = std::move(*own);
  } else {
    rate.numerator.sum = frozen.value;
  }
  return rate;
}

}  // namespace

Result<std::optional<Rank>> rank_of(Sql& sql, const Rate& own, std::string_view source,
                                    const At& at) {
  Readings readings(sql);
  return Ranking(readings, own, source, at).rank();
}

std::string_view to_text(Phase phase) {
  switch (phase) {
    case Phase::kRunning: return "running";
    case Phase::kReached: return "reached";
    case Phase::kMissed: return "missed";
    case Phase::kNotComputable: return "not_computable";
  }
  return "";
}

Result<TargetStatus> target_status(Sql& sql, std::int64_t id, const At& at) {
  const auto target = find_target(sql, id, at.as_of);
  if (!target) return target.error();
  if (!*target) return Error{Code::kNotFound, "there is no such target"};
  return target_status(sql, **target, at);
}

Result<TargetStatus> target_status(Sql& sql, const Target& target, const At& at) {
  Readings readings(sql);
  return target_status(readings, target, at);
}

Result<TargetStatus> target_status(Readings& readings, const Target& target, const At& asked) {
  const auto& what = target.what;
  At at = asked;
  const bool is_due = at.on >= what.due_before;
  at.on = std::min(at.on, what.due_before);
  // What came later does not change what was reached in time.
  const auto known_by = what.due_before + kFreezeAfter;
  if (is_due) at.as_of = std::min(at.as_of, known_by);

  TargetStatus status;
  status.target = target;
  status.on = at.on;
  const bool shows_frozen =
      is_due && target.frozen && asked.as_of >= known_by && asked.counts == Counts::kProvisionalToo;
  auto rate = shows_frozen ? frozen_rate(readings.sql(), target) : rate_of(readings, what, at);
  if (!rate) return rate.error();
  status.rate = std::move(*rate);
  status.days_left = std::chrono::ceil<days>(what.due_before - at.on).count();
  const auto path = path_at(what, at.on);
  status.path = half_up(path.top, path.bottom);
  set_distance(status);
  status.phase = phase_of(status);
  status.is_alert = status.is_alert && status.phase == Phase::kRunning;
  if (status.phase == Phase::kRunning && status.distance) {
    const auto week = week_of(readings, what, at);
    if (!week) return week.error();
    const auto values = daily_values(**week, at.on);
    if (!values) return values.error();
    status.forecast =
        forecast(*values, *status.distance, vi::cut_off_day(*status.rate.numerator.newest));
  }
  auto rank = Ranking(readings, status.rate, what.source, at).rank();
  if (!rank) return rank.error();
  status.rank = *rank;
  return status;
}

Result<std::int64_t> freeze_due(Sql& sql, Instant now) {
  const auto due = targets_to_freeze(sql, now - kFreezeAfter);
  if (!due) return due.error();
  std::int64_t written = 0;
  for (const auto& target : *due) {
    const At at{target.what.due_before, target.what.due_before + kFreezeAfter};
    const auto rate =
        campaign::rate(sql, target.what.indicator, target.what.subject, target.what.source, at);
    if (!rate) return rate.error();
    const auto& numerator = rate->numerator;
    Frozen frozen;
    frozen.at = now;
    frozen.value = numerator.value();
    if (numerator.own_value) frozen.figure = to_text(numerator.own->id);
    if (rate->denominator) {
      frozen.denominator = rate->denominator->value;
      frozen.denominator_figure = to_text(rate->denominator->id);
    }
    frozen.covered = numerator.covered;
    frozen.of = numerator.of;
    frozen.is_provisional = numerator.is_provisional;
    frozen.is_illustrative = numerator.is_illustrative;
    const auto done = write_frozen(sql, target.id, frozen);
    if (!done) return done.error();
    written += *done ? 1 : 0;
  }
  return written;
}

std::optional<Forecast> forecast(std::span<const DayValue> series, std::int64_t distance,
                                 Day from) {
  if (series.size() < kForecastGains + 1) return std::nullopt;
  Forecast made;
  made.figures = static_cast<std::int64_t>(series.size());
  made.days = (series.back().day - series.front().day).count();
  made.gain = series.back().value - series.front().value;
  const auto total = static_cast<double>(made.days);
  const auto mean = static_cast<double>(made.gain) / total;
  double squares = 0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    const auto passed = static_cast<double>((series[i].day - series[i - 1].day).count());
    const auto a_day = static_cast<double>(series[i].value - series[i - 1].value) / passed;
    squares += passed * (a_day - mean) * (a_day - mean);
  }
  const auto gains = series.size() - 1;
  const auto spread = std::sqrt(squares / static_cast<double>(gains - 1));
  const auto half =
      kStudent.at(std::min(gains - 1, kStudent.size()) - 1) * spread / std::sqrt(total);
  made.a_day = std::llround(std::floor(mean + 0.5));
  made.a_day_low = std::llround(std::floor(mean - half));
  made.a_day_high = std::llround(std::ceil(mean + half));
  // `gained` in `in` days.
  const auto reach = [&](std::int64_t gained, std::int64_t in, std::optional<std::int64_t>& to_go,
                         std::optional<Day>& on) {
    if (gained <= 0) return;
    const auto needs = up(Wide{std::max<std::int64_t>(distance, 0)} * in, gained);
    if (needs > kForecastFurthest) return;
    to_go = needs;
    on = from + days{static_cast<days::rep>(needs)};
  };
  reach(made.gain, made.days, made.days_to_go, made.reached_on);
  reach(made.a_day_high, 1, made.days_to_go_soonest, made.reached_soonest);
  reach(made.a_day_low, 1, made.days_to_go_latest, made.reached_latest);
  return made;
}

}  // namespace bz::campaign
