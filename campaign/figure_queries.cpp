// Looking figures up (campaign/figures.h).
#include <algorithm>

#include "campaign/bodies.h"
#include "campaign/figure_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

struct Series {
  std::int64_t id = 0;
  std::string measure;
  std::string source;
};

Result<std::vector<Series>> series_like(Sql& sql, std::string_view subject,
                                        std::string_view measure, std::string_view source) {
  std::vector<Series> found;
  auto read = sql.each(
      "SELECT id, measure, source FROM series WHERE subject = $1 AND ($2 = '' OR measure = $2) AND "
      "($3 = '' OR source = $3) ORDER BY measure, source",
      {subject, measure, source}, [&](const store::Row& row) -> Result<bool> {
        found.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2))});
        return true;
      });
  if (!read) return read.error();
  return found;
}

Result<std::optional<Figure>> latest_in(Sql& sql, std::int64_t series, At at) {
  for (;;) {
    const auto cut_off = sql.integer(
        "SELECT cut_off_ms FROM figure WHERE series = $1 AND cut_off_ms <= $2 AND known_ms <= $3 "
        "ORDER BY cut_off_ms DESC LIMIT 1",
        {series, to_ms(at.on), to_ms(at.as_of)});
    if (!cut_off) return cut_off.error();
    if (!*cut_off) return std::optional<Figure>{};
    const auto all = versions_at(sql, series, from_ms(**cut_off));
    if (!all) return all.error();
    if (const auto* counts = counting(*all, at)) return std::optional(*counts);
    at.on = from_ms(**cut_off - 1);
  }
}

void name(Figure& figure, std::string_view subject, const Series& series) {
  figure.subject = subject;
  figure.measure = series.measure;
  figure.source = series.source;
}

// Whether the source had a figure of the subject by then, or of what its roll-up adds up.
Result<bool> was_known(Sql& sql, std::string_view subject, const Series& series, Instant as_of) {
  // A roll-up says only when it last changed.
  for (const auto* select :
       {"SELECT 1 FROM figure WHERE series = $1 AND known_ms <= $2 LIMIT 1",
        "SELECT 1 FROM roll_up WHERE series = $1 AND changed_ms <= $2 LIMIT 1"}) {
    const auto found = sql.integer(select, {series.id, to_ms(as_of)});
    if (!found) return found.error();
    if (*found) return true;
  }
  std::vector<std::string> reported;
  auto read = sql.each(
      "SELECT subject FROM series s WHERE measure = $1 AND source = $2 AND EXISTS (SELECT 1 FROM "
      "figure f WHERE f.series = s.id AND f.known_ms <= $3)",
      {std::string_view(series.measure), std::string_view(series.source), to_ms(as_of)},
      [&](const store::Row& row) -> Result<bool> {
        reported.emplace_back(row.text(0));
        return true;
      });
  if (!read) return read.error();
  for (const auto& below : reported) {
    const auto lies = lies_in(sql, below, subject);
    if (!lies || *lies) return lies;
  }
  return false;
}

}  // namespace

Result<std::optional<Figure>> latest(Sql& sql, std::string_view subject, std::string_view measure,
                                     std::string_view source, const At& at) {
  const auto series = find_series(sql, subject, measure, source);
  if (!series) return series.error();
  if (!*series) return std::optional<Figure>{};
  auto found = latest_in(sql, **series, at);
  if (found && *found) {
    name(**found, subject, {**series, std::string(measure), std::string(source)});
  }
  return found;
}

Result<std::optional<Figure>> latest_of_any_source(Sql& sql, std::string_view subject,
                                                   std::string_view measure, const At& at) {
  const auto all = series_like(sql, subject, measure, {});
  if (!all) return all.error();
  std::optional<Figure> best;
  for (const auto& series : *all) {
    if (kind_of_source(series.source) == "operator") continue;
    auto found = latest_in(sql, series.id, at);
    if (!found) return found.error();
    if (!*found || (best && best->id.cut_off >= (*found)->id.cut_off)) continue;
    best = std::move(*found);
    name(*best, subject, series);
  }
  return best;
}

Result<std::optional<Figure>> next_after(Sql& sql, std::string_view subject,
                                         std::string_view measure, std::string_view source,
                                         Instant cut_off) {
  const auto series = find_series(sql, subject, measure, source);
  if (!series) return series.error();
  if (!*series) return std::optional<Figure>{};
  for (auto after = to_ms(cut_off);;) {
    const auto next = sql.integer(
        "SELECT cut_off_ms FROM figure WHERE series = $1 AND cut_off_ms > $2 ORDER BY cut_off_ms "
        "LIMIT 1",
        {**series, after});
    if (!next) return next.error();
    if (!*next) return std::optional<Figure>{};
    const auto all = versions_at(sql, **series, from_ms(**next));
    if (!all) return all.error();
    if (const auto* counts = counting(*all, {from_ms(**next)})) return std::optional(*counts);
    after = **next;
  }
}

Result<std::vector<Figure>> figures(Sql& sql, const FigureQuery& query) {
  static const std::string kSelect =
      "SELECT" + std::string(kWholeFigure) +
      "FROM figure f WHERE f.series = $1 AND f.cut_off_ms IN (SELECT DISTINCT g.cut_off_ms FROM "
      "figure g WHERE g.series = $1 AND g.cut_off_ms <= $2 AND g.cut_off_ms > $3 AND g.known_ms <= "
      "$4 ORDER BY g.cut_off_ms DESC LIMIT $5) ORDER BY f.cut_off_ms DESC, f.version";
  const auto all = series_like(sql, query.subject, query.measure, query.source);
  if (!all) return all.error();
  std::vector<Figure> found;
  for (const auto& series : *all) {
    if (found.size() >= query.most) break;
    std::vector<Figure> rows;
    auto read =
        sql.each(kSelect,
                 {series.id, to_ms(query.at.on), query.from ? to_ms(*query.from) : -1,
                  to_ms(query.at.as_of), static_cast<std::int64_t>(query.most - found.size())},
                 [&](const store::Row& row) -> Result<bool> {
                   rows.push_back(figure_of(row));
                   return true;
                 });
    if (!read) return read.error();
    each_cut_off(rows, [&](std::span<const Figure> versions) {
      if (const auto* counts = counting(versions, query.at)) {
        found.push_back(*counts);
        name(found.back(), query.subject, series);
      }
      return true;
    });
  }
  return found;
}

Result<std::vector<Figure>> latest_of_each(Sql& sql, const FigureQuery& query) {
  const auto all = series_like(sql, query.subject, query.measure, query.source);
  if (!all) return all.error();
  std::vector<Figure> found;
  for (const auto& series : *all) {
    auto last = latest_in(sql, series.id, query.at);
    if (!last) return last.error();
    if (!*last) continue;
    found.push_back(std::move(**last));
    name(found.back(), query.subject, series);
  }
  return found;
}

Result<std::vector<std::string>> sources_of(Sql& sql, std::string_view subject,
                                            std::string_view measure, Instant as_of) {
  auto all = series_like(sql, subject, measure, {});
  if (!all) return all.error();
  std::ranges::sort(*all, {}, &Series::id);
  std::vector<std::string> sources;
  for (auto& series : *all) {
    const auto known = was_known(sql, subject, series, as_of);
    if (!known) return known.error();
    if (*known) sources.push_back(std::move(series.source));
  }
  return sources;
}

}  // namespace bz::campaign
