#include "campaign/census.h"

#include "base/date.h"
#include "campaign/figures.h"
#include "vi/calendar.h"

namespace bz::campaign {

Result<void> keep_census(store::Sql& sql, const std::vector<units::CensusRow>& census, Instant now,
                         std::string_view by) {
  std::vector<NewFigure> counts;
  for (const auto& row : census) {
    NewFigure figure;
    figure.subject = units::to_text(row.unit);
    figure.measure = "population";
    figure.source = "census:" + bz::to_text(row.day);
    figure.cut_off = vi::start_of(row.day);
    figure.value = row.population;
    figure.state = State::kAccepted;
    figure.known_at = now;
    figure.origin = OriginKind::kImport;
    figure.reference = row.note.empty() ? "census " + bz::to_text(row.day) : row.note;
    figure.by = by;
    const auto there = latest(sql, figure.subject, figure.measure, figure.source, {figure.cut_off});
    if (!there) return there.error();
    const bool is_known = *there && (*there)->id.cut_off == figure.cut_off;
    if (is_known && (*there)->value == figure.value) continue;
    if (is_known) figure.reason = "imported again";
    counts.push_back(std::move(figure));
  }
  const auto kept = record(sql, counts);
  if (!kept) return kept.error();
  return {};
}

Result<void> load_first_units(store::Store& store, Instant now) {
  const auto there =
      store.read([](store::Sql& sql) { return sql.integer("SELECT 1 FROM unit LIMIT 1"); });
  if (!there) return there.error();
  if (*there) return {};
  return store.write([&](store::Sql& sql) -> Result<void> {
    const auto census = units::load_shipped(sql);
    if (!census) return census.error();
    return keep_census(sql, *census, now, "server");
  });
}

}  // namespace bz::campaign
