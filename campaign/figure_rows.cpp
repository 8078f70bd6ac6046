#include "campaign/figure_rows.h"

#include <algorithm>

namespace bz::campaign {
namespace {

// What is over is NULL, which no series is.
constexpr std::size_t kFew = 16;
constexpr std::size_t kMany = 64;

std::string list_of(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "($" : ", $") + std::to_string(3 + i);
  return list + ")";
}

}  // namespace

ManySeries::ManySeries(const std::string& select)
    : few_(select + list_of(kFew)), many_(select + list_of(kMany)) {}

Result<void> ManySeries::each(store::Sql& sql, std::span<const std::int64_t> series,
                              std::int64_t first, std::int64_t second,
                              const std::function<void(const store::Row&)>& visit) const {
  while (!series.empty()) {
    const bool is_few = series.size() <= kFew;
    const auto some = series.first(std::min(series.size(), kMany));
    std::vector<store::Parameter> parameters(2 + (is_few ? kFew : kMany));
    parameters[0] = first;
    parameters[1] = second;
    std::ranges::copy(some, parameters.begin() + 2);
    auto done =
        sql.each(is_few ? few_ : many_, parameters, [&](const store::Row& row) -> Result<bool> {
          visit(row);
          return true;
        });
    if (!done) return done;
    series = series.subspan(some.size());
  }
  return {};
}

Figure light_figure_of(const store::Row& row) {
  Figure figure;
  figure.id = {row.integer(0), from_ms(row.integer(1)), row.integer(2)};
  figure.known_at = from_ms(row.integer(3));
  figure.value = row.optional_integer(4);
  figure.precision = static_cast<Precision>(row.integer(5));
  figure.state = static_cast<State>(row.integer(6));
  figure.leg = static_cast<Leg>(row.integer(7));
  figure.origin = static_cast<OriginKind>(row.integer(8));
  return figure;
}

Figure figure_of(const store::Row& row) {
  auto figure = light_figure_of(row);
  figure.reference = row.text(9);
  if (!row.is_null(10)) figure.reason = row.text(10);
  figure.by = row.text(11);
  return figure;
}

Result<std::optional<std::int64_t>> find_series(store::Sql& sql, std::string_view subject,
                                                std::string_view measure, std::string_view source) {
  return sql.integer("SELECT id FROM series WHERE subject = $1 AND measure = $2 AND source = $3",
                     {subject, measure, source});
}

Result<std::int64_t> series_of(store::Sql& sql, std::string_view subject, std::string_view measure,
                               std::string_view source) {
  auto found = find_series(sql, subject, measure, source);
  if (!found) return found.error();
  if (*found) return **found;
  const auto last = sql.integer("SELECT MAX(id) FROM series");
  if (!last) return last.error();
  const auto id = last->value_or(0) + 1;
  if (auto made =
          sql.run("INSERT INTO series (id, subject, measure, source) VALUES ($1, $2, $3, $4)",
                  {id, subject, measure, source});
      !made) {
    return made.error();
  }
  return id;
}

Result<void> lock_figures(store::Sql& sql) {
  return sql.lock("figures");
}

Result<std::vector<Figure>> versions_at(store::Sql& sql, std::int64_t series, Instant cut_off) {
  static const std::string kSelect = "SELECT" + std::string(kWholeFigure) +
                                     "FROM figure f WHERE f.series = $1 AND f.cut_off_ms = $2 "
                                     "ORDER BY f.version";
  std::vector<Figure> found;
  auto read =
      sql.each(kSelect, {series, to_ms(cut_off)}, [&](const store::Row& row) -> Result<bool> {
        found.push_back(figure_of(row));
        return true;
      });
  if (!read) return read.error();
  return found;
}

void put_in_order(std::vector<Figure>& figures) {
  if (!std::ranges::is_sorted(figures, {}, &Figure::id)) {
    std::ranges::sort(figures, {}, &Figure::id);
  }
}

void each_cut_off(std::span<const Figure> rows,
                  const std::function<bool(std::span<const Figure>)>& visit) {
  while (!rows.empty()) {
    std::size_t size = 1;
    while (size < rows.size() && rows[size].id.series == rows[0].id.series &&
           rows[size].id.cut_off == rows[0].id.cut_off) {
      ++size;
    }
    if (!visit(rows.first(size))) return;
    rows = rows.subspan(size);
  }
}

}  // namespace bz::campaign
