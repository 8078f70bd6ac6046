#include "campaign/wall.h"

#include <algorithm>

#include "campaign/bodies.h"
#include "campaign/readings.h"
#include "campaign/target_rows.h"
#include "units/units.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using std::chrono::days;
using store::Sql;

// The three moments that gains are reckoned from: then, a day before and a week before.
constexpr std::size_t kNow = 0;
constexpr std::size_t kDayBefore = 1;
constexpr std::size_t kWeekBefore = 2;

// Between two of the same kind; what is partial may have gained by another child's reporting.
std::optional<std::int64_t> gain(const RollUp& now, const RollUp* before) {
  if (before == nullptr || !now.value() || !before->value()) return std::nullopt;
  if (now.own_value.has_value() != before->own_value.has_value()) return std::nullopt;
  if (now.value_is_partial() || before->value_is_partial()) return std::nullopt;
  return *now.value() - *before->value();
}

const RollUp* find(const std::vector<RollUp>& rows, std::string_view subject) {
  const auto found = std::ranges::find(rows, subject, &RollUp::subject);
  return found == rows.end() ? nullptr : &*found;
}

// Where a sum is partial: of those children that can be compared.
std::optional<std::int64_t> gain_of_children(const std::vector<WallRow>& children,
                                             std::optional<std::int64_t> WallRow::*which) {
  std::optional<std::int64_t> sum;
  for (const auto& child : children) {
    if (child.*which) sum = sum.value_or(0) + *(child.*which);
  }
  return sum;
}

bool is_illustrative(const Rate& rate) {
  return rate.numerator.is_illustrative ||
         (rate.denominator && rate.denominator->origin == OriginKind::kIllustrative);
}

class Reading {
 public:
  Reading(Sql& sql, const WallQuestion& question) : sql_(sql), readings_(sql) {
    wall_.unit = question.unit;
    wall_.at = question.at;
    wall_.indicator = find_indicator(question.indicator);
    wall_.source = question.source;
    operators_ = question.operators;
  }

  Result<Wall> read() {
    if (auto done = choose(); !done) return done.error();
    if (auto done = read_rows(); !done) return done.error();
    if (auto done = read_last(); !done) return done.error();
    if (auto done = read_targets(); !done) return done.error();
    if (auto done = read_coverage(); !done) return done.error();
    if (auto done = read_other_rates(); !done) return done.error();
    if (auto done = read_operators(); !done) return done.error();
    return std::move(wall_);
  }

 private:
  [[nodiscard]] std::string_view measure() const { return wall_.indicator->numerator; }

  // What the whole wall speaks of: as asked, else as the next target says.
  Result<void> choose() {
    auto all = targets(sql_, wall_.unit, wall_.at.as_of);
    if (!all) return all.error();
    targets_ = std::move(*all);
    // The next one first, then those after it, then those that have passed.
    std::stable_partition(targets_.begin(), targets_.end(), [&](const Target& target) {
      return wall_.at.on < target.what.due_before;
    });
    if (!targets_.empty() && wall_.indicator == nullptr) {
      wall_.indicator = find_indicator(targets_.front().what.indicator);
      if (wall_.source.empty()) wall_.source = targets_.front().what.source;
    }
    if (wall_.indicator == nullptr) wall_.indicator = find_indicator("install_rate.population");
    if (!wall_.source.empty()) return {};
    const auto sources = sources_of(sql_, wall_.unit, measure(), wall_.at.as_of);
    if (!sources) return sources.error();
    if (!sources->empty()) wall_.source = sources->front();
    return {};
  }

  Result<void> read_targets() {
    for (const auto& target : targets_) {
      auto status = target_status(readings_, target, wall_.at);
      if (!status) return status.error();
      wall_.targets.push_back(std::move(*status));
    }
    return {};
  }

  Result<void> read_rows() {
    const auto family =
        readings_.of_the_week({wall_.unit, measure(), wall_.source, wall_.at}, true);
    if (!family) return family.error();
    const auto on = wall_.at.on;
    std::vector<Moment> moments;
    for (const Instant then : {on, on - days{1}, on - days{7}}) {
      auto moment = (*family)->at(then);
      if (!moment) return moment.error();
      moments.push_back(std::move(*moment));
    }
    auto denominators =
        denominators_of_children(sql_, *wall_.indicator, wall_.unit, wall_.source, wall_.at);
    if (!denominators) return denominators.error();
    auto& now = moments[kNow];
    const auto older = read_older(now);
    if (!older) return older.error();
    for (std::size_t i = 0; i < now.children.size(); ++i) {
      auto& child = now.children[i];
      WallRow row;
      row.unit = child.subject;
      row.name = child.name;
      row.gain_day = gain(child, find(moments[kDayBefore].children, child.subject));
      row.gain_week = gain(child, find(moments[kWeekBefore].children, child.subject));
      if (const auto& last = now.last_of_children[i]) {
        row.last_cut_off = last->cut_off;
        row.last_known = last->known_at;
      } else if (const auto known = older->find(child.subject); known != older->end()) {
        row.last_cut_off = known->second.id.cut_off;
        row.last_known = known->second.known_at;
      }
      row.rate.indicator = wall_.indicator;
      if (const auto known = denominators->find(child.subject); known != denominators->end()) {
        row.rate.denominator = std::move(known->second);
      }
      see(child.oldest);
      row.rate.numerator = std::move(child);
      row.is_illustrative = is_illustrative(row.rate);
      wall_.children.push_back(std::move(row));
    }
    auto& whole = wall_.whole;
    last_ = now.last_of_whole;
    whole.gain_day = gain(now.whole, &moments[kDayBefore].whole);
    whole.gain_week = gain(now.whole, &moments[kWeekBefore].whole);
    if (!now.whole.own_value) {
      if (!whole.gain_day) whole.gain_day = gain_of_children(wall_.children, &WallRow::gain_day);
      if (!whole.gain_week) {
        whole.gain_week = gain_of_children(wall_.children, &WallRow::gain_week);
      }
    }
    whole.rate.indicator = wall_.indicator;
    whole.rate.numerator = std::move(now.whole);
    see(whole.rate.numerator.oldest);
    return {};
  }

  // The last figures of children that have none of the last days.
  Result<ByUnit> read_older(const Moment& now) {
    const bool has_all = std::ranges::all_of(
        now.last_of_children, [](const std::optional<Last>& last) { return last.has_value(); });
    if (has_all) return ByUnit{};
    return latest_of_children(sql_, wall_.unit, measure(), wall_.source, wall_.at);
  }

  Result<void> read_coverage() {
    std::vector<CoveredChild> children;
    for (const auto& child : wall_.children) {
      const auto& denominator = child.rate.denominator;
      children.push_back({&child.rate.numerator, denominator ? &*denominator : nullptr});
    }
    auto covered = coverage_of(sql_, children, measure(), wall_.source,
                               wall_.indicator->denominator, wall_.at);
    if (!covered) return covered.error();
    wall_.coverage = *covered;
    const auto& denominator = wall_.whole.rate.denominator;
    if (denominator) wall_.coverage.of = denominator->value;
    return {};
  }

  // Of the unit itself.
  Result<void> read_last() {
    auto& whole = wall_.whole;
    whole.unit = wall_.unit;
    const Error unknown{Code::kNotFound, "no unit has this key: see the list of units"};
    const auto key = units::key_from_text(wall_.unit);
    if (!key) return unknown;
    const auto unit = units::find(sql_, *key);
    if (!unit) return unit.error();
    if (!*unit) return unknown;
    whole.name = units::full_name(**unit);
    if (!last_) {
      const auto older = latest(sql_, wall_.unit, measure(), wall_.source, wall_.at);
      if (!older) return older.error();
      if (*older) last_ = Last{(*older)->id.cut_off, (*older)->known_at};
    }
    if (last_) {
      whole.last_cut_off = last_->cut_off;
      whole.last_known = last_->known_at;
    }
    const auto denominator =
        readings_.denominator(*wall_.indicator, wall_.unit, wall_.source, wall_.at);
    if (!denominator) return denominator.error();
    whole.rate.denominator = **denominator;
    whole.is_illustrative = is_illustrative(whole.rate);
    return {};
  }

  // The same count against what else it may be set against.
  Result<void> read_other_rates() {
    for (const auto& indicator : indicators()) {
      const bool is_of_units = find_measure(indicator.denominator)->is_summable;
      if (&indicator == wall_.indicator || indicator.numerator != measure() || !is_of_units) {
        continue;
      }
      const auto denominator = readings_.denominator(indicator, wall_.unit, wall_.source, wall_.at);
      if (!denominator) return denominator.error();
      wall_.other_rates.push_back({&indicator, wall_.whole.rate.numerator, **denominator});
    }
    return {};
  }

  Result<void> read_operators() {
    if (operators_.empty()) {
      auto sources = sources_of(sql_, wall_.unit, "app_installed_sim", wall_.at.as_of);
      if (!sources) return sources.error();
      std::erase_if(*sources,
                    [](const std::string& source) { return kind_of_source(source) != "operator"; });
      operators_ = std::move(*sources);
      std::ranges::sort(operators_);
      if (!operators_.empty()) {
        if (auto done = add_silent_operators(); !done) return done;
      }
    }
    if (operators_.empty()) return {};
    auto range = operator_range(sql_, wall_.unit, operators_, wall_.at);
    if (!range) return range.error();
    for (const auto& one : range->operators) see(one.oldest);
    wall_.operators = std::move(*range);
    return {};
  }

  // An operator's branch in the province that has never reported is missing from the sum, too.
  Result<void> add_silent_operators() {
    const auto key = units::key_from_text(wall_.unit);
    if (!key) return {};
    std::string province = wall_.unit;
    if (units::level_of(key->code) != units::Level::kProvince) {
      const auto above = units::ancestors(sql_, *key, vi::cut_off_day(wall_.at.on));
      if (!above) return above.error();
      for (const auto& unit : *above) {
        if (unit.level == units::Level::kProvince) province = units::to_text(unit.key);
      }
    }
    const auto branches = bodies_of_kind(sql_, "operator", province, wall_.at.as_of);
    if (!branches) return branches.error();
    for (const auto& branch : *branches) {
      auto source = "operator:" + branch;
      if (std::ranges::find(operators_, source) == operators_.end())
        operators_.push_back(std::move(source));
    }
    return {};
  }

  void see(const std::optional<Instant>& cut_off) {
    if (cut_off && (!wall_.oldest || *cut_off < *wall_.oldest)) wall_.oldest = cut_off;
  }

  Sql& sql_;
  Readings readings_;
  Wall wall_;
  std::vector<Target> targets_;
  std::optional<Last> last_;  // of the whole's own figures, where that was read
  std::vector<std::string> operators_;
};

}  // namespace

Result<Wall> wall(Sql& sql, const WallQuestion& question) {
  if (!question.indicator.empty() && find_indicator(question.indicator) == nullptr) {
    return Error{Code::kInvalid, "the indicator is none of those that are computed"};
  }
  return Reading(sql, question).read();
}

}  // namespace bz::campaign
