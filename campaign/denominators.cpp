#include "campaign/denominators.h"

#include <tuple>

#include "campaign/figure_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

// An operator's SIMs are set against that operator's subscriptions.
bool is_of_one_source(const Indicator& indicator) {
  return find_measure(indicator.numerator)->one == One::kSim;
}

// The versions of each child's latest cut-off, in each series whose source lies in the span given.
Result<ByUnit> latest_in_span(Sql& sql, std::string_view unit, std::string_view measure,
                              std::string_view from, std::string_view to, const At& at,
                              std::string_view preferred = {}) {
  static const std::string kSelect =
      "SELECT" + std::string(kWholeFigure) +
      ", s.subject, s.source FROM unit p CROSS JOIN unit u CROSS JOIN series s CROSS JOIN figure "
      "f WHERE p.key = $1 AND p.valid_from <= $7 AND (p.valid_to IS NULL OR p.valid_to > $7) AND "
      "u.parent_code = p.code AND u.valid_from <= $7 AND (u.valid_to IS NULL OR u.valid_to > $7) "
      "AND s.subject = u.key AND s.measure = $2 AND s.source >= $3 AND s.source < $4 AND "
      "f.series = s.id AND f.cut_off_ms = (SELECT g.cut_off_ms FROM figure g WHERE g.series = "
      "s.id AND g.cut_off_ms <= $5 AND g.known_ms <= $6 ORDER BY g.cut_off_ms DESC LIMIT 1)";
  std::vector<Figure> rows;
  auto read = sql.each(
      kSelect,
      {unit, measure, from, to, to_ms(at.on), to_ms(at.as_of), number_of(vi::cut_off_day(at.on))},
      [&](const store::Row& row) -> Result<bool> {
        rows.push_back(figure_of(row));
        rows.back().subject = row.text(12);
        rows.back().measure = measure;
        rows.back().source = row.text(13);
        return true;
      });
  if (!read) return read.error();
  put_in_order(rows);
  ByUnit found;
  std::vector<Figure> without;  // their latest cut-off carries no number: one before it may
  const auto rank = [&](const Figure& figure) {
    return std::tuple(figure.source == preferred, figure.id.cut_off);
  };
  const auto keep = [&](const Figure& figure) {
    // What an operator tells is nobody else's denominator.
    if (from.empty() && kind_of_source(figure.source) == "operator" && figure.source != preferred)
      return;
    const auto [held, is_new] = found.try_emplace(figure.subject, figure);
    if (is_new) return;
    const auto& kept = held->second;
    if (rank(figure) > rank(kept) || (rank(figure) == rank(kept) && figure.source < kept.source)) {
      held->second = figure;
    }
  };
  each_cut_off(rows, [&](std::span<const Figure> versions) {
    if (const auto* counts = counting(versions, at)) {
      keep(*counts);
    } else {
      without.push_back(versions.front());
    }
    return true;
  });
  for (const auto& figure : without) {
    const auto before = latest(sql, figure.subject, measure, figure.source, at);
    if (!before) return before.error();
    if (*before) keep(**before);
  }
  return found;
}

}  // namespace

Result<ByUnit> denominators_of_children(Sql& sql, std::string_view unit, std::string_view measure,
                                        std::string_view preferred_source, const At& at) {
  // Every source begins with one of 0-9, a-z and '-'.
  return latest_in_span(sql, unit, measure, "", "~", at, preferred_source);
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
