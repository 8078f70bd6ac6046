#include "campaign/denominators.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "campaign/figure_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

// An operator's SIMs are set against that operator's subscriptions.
bool is_of_one_source(const Indicator& indicator) {
  return find_measure(indicator.numerator)->one == One::kSim;
}

struct ChildSeries {
  std::int64_t id = 0;
  std::string subject, source;
};

// Of the units below it that day, by subject.
Result<std::vector<ChildSeries>> series_of_children(Sql& sql, std::string_view unit,
                                                    std::string_view measure, std::string_view from,
                                                    std::string_view to, Instant on) {
  std::vector<ChildSeries> found;
  auto read = sql.each(
      "SELECT s.id, s.subject, s.source FROM unit p CROSS JOIN unit u CROSS JOIN series s WHERE "
      "p.key = $1 AND p.valid_from <= $5 AND (p.valid_to IS NULL OR p.valid_to > $5) AND "
      "u.parent_code = p.code AND u.valid_from <= $5 AND (u.valid_to IS NULL OR u.valid_to > $5) "
      "AND s.subject = u.key AND s.measure = $2 AND s.source >= $3 AND s.source < $4",
      {unit, measure, from, to, number_of(vi::cut_off_day(on))},
      [&](const store::Row& row) -> Result<bool> {
        found.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2))});
        return true;
      });
  if (!read) return read.error();
  std::ranges::sort(found, {},
                    [](const ChildSeries& one) { return std::tie(one.subject, one.id); });
  return found;
}

// Of each series what counts at its latest cut-off, or at one before it.
Result<std::vector<Figure>> latest_of_series(Sql& sql, const std::vector<ChildSeries>& all,
                                             std::string_view measure, const At& at) {
  static const ManySeries kLatest(
      "SELECT" + std::string(kWholeFigure) +
      "FROM series s CROSS JOIN figure f WHERE f.series = s.id AND f.cut_off_ms = (SELECT "
      "g.cut_off_ms FROM figure g WHERE g.series = s.id AND g.cut_off_ms <= $1 AND g.known_ms <= "
      "$2 ORDER BY g.cut_off_ms DESC LIMIT 1) AND s.id IN ");
  std::map<std::int64_t, const ChildSeries*> names;
  std::vector<std::int64_t> ids;
  for (const auto& one : all) {
    names.emplace(one.id, &one);
    ids.push_back(one.id);
  }
  std::vector<Figure> rows;
  auto read = kLatest.each(sql, ids, to_ms(at.on), to_ms(at.as_of),
                           [&](const store::Row& row) { rows.push_back(figure_of(row)); });
  if (!read) return read.error();
  put_in_order(rows);
  std::vector<Figure> found;
  std::vector<const ChildSeries*> without;  // their latest cut-off carries no number
  each_cut_off(rows, [&](std::span<const Figure> versions) {
    const auto* series = names.at(versions.front().id.series);
    if (const auto* counts = counting(versions, at)) {
      found.push_back(*counts);
      found.back().subject = series->subject;
      found.back().measure = measure;
      found.back().source = series->source;
    } else {
      without.push_back(series);
    }
    return true;
  });
  for (const auto* series : without) {
    auto before = latest(sql, series->subject, measure, series->source, at);
    if (!before) return before.error();
    if (*before) found.push_back(std::move(**before));
  }
  return found;
}

// Of those with the latest cut-off the first by the source's text.
ByUnit newest_of_each(std::vector<Figure> figures) {
  ByUnit newest;
  for (auto& figure : figures) {
    const auto [held, is_new] = newest.try_emplace(figure.subject, figure);
    if (is_new) continue;
    const auto& kept = held->second.id.cut_off;
    if (figure.id.cut_off > kept ||
        (figure.id.cut_off == kept && figure.source < held->second.source)) {
      held->second = std::move(figure);
    }
  }
  return newest;
}

Result<ByUnit> latest_in_span(Sql& sql, std::string_view unit, std::string_view measure,
                              std::string_view from, std::string_view to, const At& at) {
  const auto series = series_of_children(sql, unit, measure, from, to, at.on);
  if (!series) return series.error();
  auto figures = latest_of_series(sql, *series, measure, at);
  if (!figures) return figures.error();
  return newest_of_each(std::move(*figures));
}

}  // namespace

Result<ByUnit> denominators_of_children(Sql& sql, std::string_view unit, std::string_view measure,
                                        std::string_view preferred_source, const At& at) {
  // Every source begins with one of 0-9, a-z and '-'.
  auto series = series_of_children(sql, unit, measure, "", "~", at.on);
  if (!series) return series.error();
  const auto is_preferred = [&](const ChildSeries& one) { return one.source == preferred_source; };
  std::set<std::string, std::less<>> with_preferred;
  for (const auto& one : *series) {
    if (is_preferred(one)) with_preferred.insert(one.subject);
  }
  // What an operator tells is nobody else's denominator.
  std::erase_if(*series, [&](const ChildSeries& one) {
    return !is_preferred(one) &&
           (with_preferred.contains(one.subject) || kind_of_source(one.source) == "operator");
  });
  auto figures = latest_of_series(sql, *series, measure, at);
  if (!figures) return figures.error();
  auto found = newest_of_each(std::move(*figures));
  // The preferred source may have said nothing by then.
  for (const auto& subject : with_preferred) {
    if (found.contains(subject)) continue;
    auto other = latest_of_any_source(sql, subject, measure, at);
    if (!other) return other.error();
    if (*other) found.emplace(subject, std::move(**other));
  }
  return found;
}

Result<ByUnit> latest_of_children(Sql& sql, std::string_view unit, std::string_view measure,
                                  std::string_view source, const At& at) {
  const std::string after = std::string(source) + '\x01';
  return latest_in_span(sql, unit, measure, source, after, at);
}

Result<ByUnit> latest_of_children_like(Sql& sql, std::string_view unit, std::string_view measure,
                                       std::string_view source_prefix, const At& at) {
  const std::string after = std::string(source_prefix) + '~';
  return latest_in_span(sql, unit, measure, source_prefix, after, at);
}

Result<std::optional<Figure>> denominator_of(Sql& sql, const Indicator& indicator,
                                             std::string_view subject, std::string_view source,
                                             const At& at) {
  auto of_source = latest(sql, subject, indicator.denominator, source, at);
  if (!of_source || *of_source || is_of_one_source(indicator)) return of_source;
  return latest_of_any_source(sql, subject, indicator.denominator, at);
}

Result<ByUnit> denominators_of_children(Sql& sql, const Indicator& indicator, std::string_view unit,
                                        std::string_view source, const At& at) {
  if (is_of_one_source(indicator)) {
    return latest_of_children(sql, unit, indicator.denominator, source, at);
  }
  return denominators_of_children(sql, unit, indicator.denominator, source, at);
}

}  // namespace bz::campaign
