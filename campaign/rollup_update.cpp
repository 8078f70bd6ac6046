// Keeping the table roll_up up to date (campaign/rollup.h).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "campaign/family.h"
#include "campaign/tree.h"
#include "units/unit.h"

namespace bz::campaign {
namespace {

using store::Sql;

// What is to be worked out anew: a unit's sums of one measure and source. Ordered so that what lies
// deeper comes first.
struct Place {
  int depth = 0;  // the more, the deeper
  std::string unit;
  std::string measure;
  std::string source;

  auto operator<=>(const Place& other) const {
    return std::tie(other.depth, unit, measure, source) <=>
           std::tie(depth, other.unit, other.measure, other.source);
  }
};
using Work = std::map<Place, std::set<Day>>;

int depth_of(std::string_view unit) {
  const auto level = units::level_of(unit.substr(0, unit.find('@')));
  return level ? static_cast<int>(*level) : 0;
}

// The days on whose end a figure of this cut-off may count.
Result<std::vector<Day>> days_of(Sql& sql, const Recorded& recorded, MeasureKind kind) {
  const Day first = vi::cut_off_day(recorded.cut_off);
  if (kind == MeasureKind::kFlow) return std::vector<Day>{first};
  static const std::string kLater = "SELECT" + std::string(kLightFigure) +
                                    "FROM figure f WHERE f.series = $1 AND f.cut_off_ms > $2 AND "
                                    "f.cut_off_ms <= $3 ORDER BY f.cut_off_ms, f.version";
  const Instant last = recorded.cut_off + kStaleAfter;
  std::vector<Figure> later;
  auto read = sql.each(kLater, {recorded.series, to_ms(recorded.cut_off), to_ms(last)},
                       [&](const store::Row& row) -> Result<bool> {
                         later.push_back(light_figure_of(row));
                         return true;
                       });
  if (!read) return read.error();
  Instant end = last + std::chrono::milliseconds{1};
  each_cut_off(later, [&](std::span<const Figure> versions) {
    if (counting(versions, {last}) == nullptr) return true;
    end = versions.front().id.cut_off;
    return false;
  });
  std::vector<Day> days;
  for (Day day = first; vi::end_of(day) < end; day += std::chrono::days{1}) days.push_back(day);
  return days;
}

struct Child {
  DaySpan span;
  std::optional<std::int64_t> series;
};

// What the sums of some days rest on.
struct Basis {
  std::vector<Child> children;
  FiguresBySeries figures;
  std::map<std::pair<std::int64_t, Day>, SumRow> sums;
};

Result<Basis> read_basis(Sql& sql, const Place& place, MeasureKind kind, Day first, Day last) {
  static const std::string kFigures =
      "SELECT" + std::string(kLightFigure) +
      "FROM unit p CROSS JOIN unit u CROSS JOIN series s CROSS JOIN figure f WHERE p.key = $1 "
      "AND u.parent_code = p.code AND s.subject = u.key AND s.measure = $2 AND s.source = $3 AND "
      "f.series = s.id AND f.cut_off_ms >= $4 AND f.cut_off_ms <= $5";
  static const std::string kSums =
      "SELECT" + std::string(kSumRow) +
      "FROM unit p CROSS JOIN unit u CROSS JOIN series s CROSS JOIN roll_up r WHERE p.key = $1 "
      "AND u.parent_code = p.code AND s.subject = u.key AND s.measure = $2 AND s.source = $3 AND "
      "r.series = s.id AND r.day >= $4 AND r.day <= $5";
  const std::string_view unit = place.unit;
  const std::string_view measure = place.measure;
  const std::string_view source = place.source;
  Basis basis;
  auto read = sql.each(
      "SELECT u.valid_from, u.valid_to, p.valid_from, p.valid_to, s.id FROM unit p CROSS JOIN "
      "unit u LEFT JOIN series s ON s.subject = u.key AND s.measure = $2 AND s.source = $3 WHERE "
      "p.key = $1 AND u.parent_code = p.code AND u.valid_from <= $4 AND (u.valid_to IS NULL OR "
      "u.valid_to > $5)",
      {unit, measure, source, number_of(last), number_of(first)},
      [&](const store::Row& row) -> Result<bool> {
        basis.children.push_back({common_span(row, 0, 2), row.optional_integer(4)});
        return true;
      });
  if (!read) return read.error();
  const Instant from = window_of(kind, vi::end_of(first), kStaleAfter).from;
  read = sql.each(kFigures, {unit, measure, source, to_ms(from), to_ms(vi::end_of(last))},
                  [&](const store::Row& row) -> Result<bool> {
                    basis.figures.add(light_figure_of(row));
                    return true;
                  });
  if (!read) return read.error();
  basis.figures.put_in_order();
  read = sql.each(kSums, {unit, measure, source, number_of(first), number_of(last)},
                  [&](const store::Row& row) -> Result<bool> {
                    auto sum = sum_of_day(row);
                    basis.sums.emplace(std::pair(sum.series, sum.day), sum.row);
                    return true;
                  });
  if (!read) return read.error();
  return basis;
}

SumRow sum_on(const Basis& basis, MeasureKind kind, Day day) {
  SumRow sum;
  for (const auto& child : basis.children) {
    if (!child.span.holds(day)) continue;
    if (!child.series) {
      add_child(sum, {}, {});
      continue;
    }
    const auto below = basis.sums.find({*child.series, day});
    add_child(sum, own_at(basis.figures.of(*child.series), kind, {vi::end_of(day)}, kStaleAfter),
              below == basis.sums.end() ? SumRow{} : below->second);
  }
  return sum;
}

store::Parameter ms_or_null(const std::optional<Instant>& t) {
  return t ? store::Parameter{to_ms(*t)} : store::Parameter{};
}

Result<void> write(Sql& sql, const std::vector<SumOfDay>& rows) {
  constexpr std::size_t kWidth = 12;
  std::vector<store::Parameter> values;
  for (const auto& [series, day, row] : rows) {
    values.insert(values.end(),
                  {series, number_of(day), store::or_null(row.sum), row.covered, row.of,
                   std::int64_t{row.is_partial}, std::int64_t{row.is_provisional},
                   std::int64_t{row.is_illustrative}, static_cast<std::int64_t>(row.precision),
                   ms_or_null(row.oldest), ms_or_null(row.newest), to_ms(*row.changed)});
  }
  if (values.empty()) return {};
  auto done = sql.run_each(
      "INSERT INTO roll_up (series, day, sum, covered, children, is_partial, is_provisional, "
      "is_illustrative, precise, oldest_ms, newest_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, "
      "$6, $7, $8, $9, $10, $11, $12) ON CONFLICT (series, day) DO UPDATE SET sum = "
      "excluded.sum, covered = excluded.covered, children = excluded.children, is_partial = "
      "excluded.is_partial, is_provisional = excluded.is_provisional, is_illustrative = "
      "excluded.is_illustrative, precise = excluded.precise, oldest_ms = excluded.oldest_ms, "
      "newest_ms = excluded.newest_ms, changed_ms = excluded.changed_ms",
      kWidth, values);
  if (!done) return done.error();
  return {};
}

// Works out the days from first to last of which `wanted` says so; those that have changed.
Result<std::vector<Day>> work_out(Sql& sql, const Place& place, Day first, Day last,
                                  const std::function<bool(Day)>& wanted) {
  static const std::string kOld = "SELECT" + std::string(kSumRow) +
                                  "FROM roll_up r WHERE r.series = $1 AND r.day >= $2 AND r.day "
                                  "<= $3";
  const auto kind = find_measure(place.measure)->kind;
  const auto basis = read_basis(sql, place, kind, first, last);
  if (!basis) return basis.error();
  const auto series = series_of(sql, place.unit, place.measure, place.source);
  if (!series) return series.error();
  std::map<Day, SumRow> old;
  auto read = sql.each(kOld, {*series, number_of(first), number_of(last)},
                       [&](const store::Row& row) -> Result<bool> {
                         auto sum = sum_of_day(row);
                         old.emplace(sum.day, sum.row);
                         return true;
                       });
  if (!read) return read.error();
  std::vector<SumOfDay> rows;
  std::vector<Day> changed;
  for (Day day = first; day <= last; day += std::chrono::days{1}) {
    if (!wanted(day)) continue;
    auto sum = sum_on(*basis, kind, day);
    const auto before = old.find(day);
    // What is as it was is right since it was so.
    if (before != old.end() && is_alike(before->second, sum)) continue;
    if (!sum.changed) continue;
    rows.push_back({*series, day, sum});
    changed.push_back(day);
  }
  if (auto done = write(sql, rows); !done) return done.error();
  return changed;
}

// Days far apart are read apart.
std::vector<std::pair<Day, Day>> runs_of(const std::set<Day>& days) {
  std::vector<std::pair<Day, Day>> runs;
  for (const Day day : days) {
    if (!runs.empty() && day - runs.back().second <= std::chrono::days{4}) {
      runs.back().second = day;
    } else {
      runs.emplace_back(day, day);
    }
  }
  return runs;
}

// Adds what is to be worked out anew where `unit` has changed on some days.
Result<void> add_work(Parents& parents, std::string_view unit, std::string_view measure,
                      std::string_view source, std::span<const Day> days, Work& work) {
  const auto above = parents.of(unit);
  if (!above) return above.error();
  for (const auto& parent : *above) {
    for (const Day day : days) {
      if (!parent.span.holds(day)) continue;
      work[{depth_of(parent.key), parent.key, std::string(measure), std::string(source)}].insert(
          day);
    }
  }
  return {};
}

// From the deepest to the top: what has changed in a unit is worked out anew in its parent.
Result<void> work_off(Sql& sql, Parents& parents, Work work) {
  while (!work.empty()) {
    const Place place = work.begin()->first;
    const std::set<Day> days = work.begin()->second;
    work.erase(work.begin());
    for (const auto& run : runs_of(days)) {
      const auto changed =
          work_out(sql, place, run.first, run.second, [&](Day day) { return days.contains(day); });
      if (!changed) return changed.error();
      auto added = add_work(parents, place.unit, place.measure, place.source, *changed, work);
      if (!added) return added;
    }
  }
  return {};
}

// The first and last day that what is known of the children says something about.
Result<std::optional<std::pair<Day, Day>>> span_of(Sql& sql, const Place& place) {
  std::optional<Day> first;
  std::optional<Day> last;
  const auto stretch = [&](Day from, Day to) {
    first = first ? std::min(*first, from) : from;
    last = last ? std::max(*last, to) : to;
  };
  const std::string_view unit = place.unit;
  const std::string_view measure = place.measure;
  const std::string_view source = place.source;
  auto read = sql.each(
      "SELECT (SELECT MIN(f.cut_off_ms) FROM figure f WHERE f.series = s.id), (SELECT "
      "MAX(f.cut_off_ms) FROM figure f WHERE f.series = s.id), (SELECT MIN(r.day) FROM roll_up r "
      "WHERE r.series = s.id), (SELECT MAX(r.day) FROM roll_up r WHERE r.series = s.id) FROM "
      "unit p CROSS JOIN unit u CROSS JOIN series s WHERE p.key = $1 AND u.parent_code = p.code "
      "AND s.subject = u.key AND s.measure = $2 AND s.source = $3",
      {unit, measure, source}, [&](const store::Row& row) -> Result<bool> {
        if (!row.is_null(0)) {
          stretch(vi::cut_off_day(from_ms(row.integer(0))),
                  vi::cut_off_day(from_ms(row.integer(1)) + kStaleAfter));
        }
        if (!row.is_null(2)) {
          stretch(day_from_number(row.integer(2)), day_from_number(row.integer(3)));
        }
        return true;
      });
  if (!read) return read.error();
  if (!first) return std::optional<std::pair<Day, Day>>{};
  return std::optional(std::pair(*first, *last));
}

// All sums of one unit anew.
Result<void> rebuild_one(Sql& sql, const std::string& unit) {
  const std::string_view key = unit;
  auto gone = sql.run(
      "DELETE FROM roll_up WHERE series IN (SELECT id FROM series WHERE subject = $1)", {key});
  if (!gone) return gone.error();
  std::vector<Place> places;
  auto read = sql.each(
      "SELECT DISTINCT s.measure, s.source FROM unit p CROSS JOIN unit u CROSS JOIN series s "
      "WHERE p.key = $1 AND u.parent_code = p.code AND s.subject = u.key ORDER BY s.measure, "
      "s.source",
      {key}, [&](const store::Row& row) -> Result<bool> {
        places.push_back({depth_of(key), unit, std::string(row.text(0)), std::string(row.text(1))});
        return true;
      });
  if (!read) return read.error();
  for (const auto& place : places) {
    const auto* measure = find_measure(place.measure);
    if (measure == nullptr || !measure->is_summable) continue;
    const auto span = span_of(sql, place);
    if (!span) return span.error();
    if (!*span) continue;
    auto done = work_out(sql, place, (*span)->first, (*span)->second, [](Day) { return true; });
    if (!done) return done.error();
  }
  return {};
}

}  // namespace

Result<void> update_roll_ups(Sql& sql, std::span<const Recorded> recorded) {
  Parents parents(sql);
  Work work;
  for (const auto& one : recorded) {
    const auto* measure = find_measure(one.measure);
    if (measure == nullptr || !measure->is_summable || !is_unit(one.subject)) continue;
    const auto days = days_of(sql, one, measure->kind);
    if (!days) return days.error();
    auto added = add_work(parents, one.subject, one.measure, one.source, *days, work);
    if (!added) return added;
  }
  return work_off(sql, parents, std::move(work));
}

Result<void> rebuild_roll_ups(Sql& sql, std::string_view unit) {
  if (auto locked = lock_figures(sql); !locked) return locked;
  Parents parents(sql);
  std::vector<std::string> open{std::string(unit)};
  // The list of parents of one level is done before the next is begun: all of them lie higher.
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (auto done = rebuild_one(sql, open[i]); !done) return done;
    const auto above = parents.of(open[i]);
    if (!above) return above.error();
    for (const auto& parent : *above) {
      if (!std::ranges::count(open, parent.key)) open.push_back(parent.key);
    }
  }
  return {};
}

Result<void> rebuild_all_roll_ups(Sql& sql) {
  if (auto locked = lock_figures(sql); !locked) return locked;
  std::vector<std::string> parents;
  auto read = sql.each(
      "SELECT p.key FROM unit p WHERE EXISTS (SELECT 1 FROM unit u WHERE "
      "u.parent_code = p.code)",
      {}, [&](const store::Row& row) -> Result<bool> {
        parents.emplace_back(row.text(0));
        return true;
      });
  if (!read) return read;
  std::ranges::sort(parents, [](const auto& one, const auto& other) {
    return std::pair(-depth_of(one), std::string_view(one)) <
           std::pair(-depth_of(other), std::string_view(other));
  });
  for (const auto& unit : parents) {
    if (auto done = rebuild_one(sql, unit); !done) return done;
  }
  return {};
}

}  // namespace bz::campaign
