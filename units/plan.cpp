#include "units/plan.h"

#include <set>

#include "base/date.h"
#include "units/rows.h"
#include "vi/text.h"

namespace bz::units {
namespace {

Result<void> write_units(store::Sql& sql, const Plan& plan) {
  Batch ends;
  for (const auto& unit : plan.endings) {
    ends.add(day_number(*unit.valid_to)).add_or_null(unit.to_is.act).add(to_text(unit.key));
  }
  const auto ended =
      ends.run_each(sql, "UPDATE unit SET valid_to = $1, to_act = $2 WHERE key = $3", 3);
  if (!ended) return ended.error();
  for (const auto& unit : plan.corrected) {
    const auto set = sql.run(
        "UPDATE unit SET type = $1, name = $2, folded = $3, parent_code = $4 WHERE key = $5",
        {unit.type, unit.name, vi::fold(unit.name), unit.parent ? unit.parent->code : "",
         to_text(unit.key)});
    if (!set) return set.error();
  }
  const auto begun = insert_units(sql, plan.begun);
  return begun ? Result<void>{} : begun.error();
}

Result<void> write_edges(store::Sql& sql, const std::vector<Edge>& edges) {
  Batch values;
  for (const auto& edge : edges) {
    values.add(to_text(edge.from)).add(to_text(edge.to)).add(std::int64_t{edge.is_full});
    values.add(std::int64_t{edge.has_changed}).add(day_number(edge.day)).add_or_null(edge.act);
    values.add(edge.weight).add_or_null(edge.basis);
  }
  const auto written = values.run_each(
      sql,
      "INSERT INTO unit_change (from_key, to_key, is_full, has_changed, day, act, weight, basis) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (from_key, to_key) DO UPDATE SET "
      "is_full = "
      "excluded.is_full, has_changed = excluded.has_changed, day = excluded.day, act = "
      "excluded.act, weight = "
      "excluded.weight, basis = excluded.basis",
      8);
  return written ? Result<void>{} : written.error();
}

Result<void> write_borders(store::Sql& sql, const Plan& plan, const std::string& source) {
  Batch values;
  for (const auto& border : plan.borders) {
    values.add(to_text(border.unit)).add(border.geometry).add(source);
  }
  const auto written = values.run_each(
      sql,
      "INSERT INTO border (unit, geometry, source) VALUES ($1, $2, $3) ON CONFLICT (unit) DO "
      "UPDATE SET geometry = excluded.geometry, source = excluded.source",
      3);
  return written ? Result<void>{} : written.error();
}

Result<void> write_acts(store::Sql& sql, const std::vector<ListedAct>& acts) {
  Batch values;
  for (const auto& act : acts) values.add(act.act).add(day_number(act.listed)).add(act.title);
  const auto written = values.run_each(
      sql, "INSERT INTO legal_act (act, listed, title) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      3);
  return written ? Result<void>{} : written.error();
}

// Every unit of the levels that the file tells of, and of the parents that it touches, that has no
// row in it.
void note_missing(Report& report, const ByCode& units, const std::set<std::string>& listed,
                  Fault fault) {
  std::set<std::pair<Level, std::string>> told;
  for (const auto& code : listed) {
    const auto unit = units.find(code);
    if (unit != units.end() && unit->second.parent) {
      told.emplace(unit->second.level, unit->second.parent->code);
    }
  }
  for (const auto& [code, unit] : units) {
    if (listed.contains(code) || !unit.parent) continue;
    if (!told.contains({unit.level, unit.parent->code})) continue;
    report.findings.push_back({fault, 0, code, "", full_name(unit)});
  }
}

Result<bool> was_confirmed(store::Sql& sql, const ImportRequest& request) {
  const auto count = sql.integer(
      "SELECT COUNT(*) FROM unit_import WHERE kind = $1 AND day = $2 AND units_on = $3 AND content "
      "= $4 AND confirmed_ms IS NOT NULL",
      {static_cast<std::int64_t>(request.kind), day_number(request.day),
       day_number(request.units_on), as_bytes(request.content)});
  if (!count) return count.error();
  return count->value_or(0) > 0;
}

Result<std::map<std::string, std::string>> stored_borders(store::Sql& sql) {
  std::map<std::string, std::string> borders;
  const auto read =
      sql.each("SELECT unit, geometry FROM border", {}, [&](const store::Row& row) -> Result<bool> {
        borders.emplace(row.text(0), row.text(1));
        return true;
      });
  if (!read) return read.error();
  return borders;
}

}  // namespace

Result<ByCode> units_by_code(store::Sql& sql, Day on) {
  static const std::string kSelect =
      "SELECT " + unit_columns("$1") +
      " FROM unit u WHERE u.valid_from <= $1 AND (u.valid_to IS NULL OR u.valid_to > $1)";
  auto units = read_units(sql, kSelect, {day_number(on)});
  if (!units) return units.error();
  ByCode by_code;
  for (auto& unit : *units) {
    auto code = unit.key.code;
    by_code.emplace(std::move(code), std::move(unit));
  }
  return by_code;
}

bool check_name(Report& report, std::int64_t row, const Unit& unit, const std::string& name) {
  const auto ours = full_name(unit);
  if (name.empty() || name == ours || name == unit.name) return false;
  const auto spelled = vi::same_spelling(name);
  const bool same = spelled == vi::same_spelling(ours) || spelled == vi::same_spelling(unit.name);
  const auto fault = same ? Fault::kSpelling : Fault::kOtherName;
  report.findings.push_back({fault, row, unit.key.code, name, ours});
  return !same;
}

void count_level(Report& report, Level level) {
  if (level == Level::kProvince) ++report.provinces;
  if (level == Level::kDistrict) ++report.districts;
  if (level == Level::kCommune) ++report.communes;
}

Result<Plan> plan_census(store::Sql& sql, const ImportRequest& request) {
  const auto units = units_by_code(sql, request.units_on);
  if (!units) return units.error();
  auto listed = read_census_list(request.content);
  Plan plan;
  auto& report = plan.report;
  report.rows = listed.rows;
  report.findings = std::move(listed.findings);
  std::set<std::string> codes;
  for (const auto& row : listed.entries) {
    codes.insert(row.code);
    count_level(report, *level_of(row.code));
    const auto unit = units->find(row.code);
    if (unit == units->end()) {
      report.findings.push_back({Fault::kNoUnit, row.row, row.code, row.name, ""});
      continue;
    }
    check_name(report, row.row, unit->second, row.name);
    if (!row.count) continue;
    report.total += *row.count;
    plan.census.push_back({unit->second.key, *row.count, request.day, row.note});
  }
  note_missing(report, *units, codes, Fault::kMissingCount);
  const auto before = was_confirmed(sql, request);
  if (!before) return before.error();
  (*before ? report.same : report.added) = static_cast<std::int64_t>(plan.census.size());
  return plan;
}

Result<Plan> plan_borders(store::Sql& sql, const ImportRequest& request) {
  const auto units = units_by_code(sql, request.units_on);
  if (!units) return units.error();
  const auto stored = stored_borders(sql);
  if (!stored) return stored.error();
  auto listed = read_borders(request.content);
  Plan plan;
  auto& report = plan.report;
  report.rows = listed.rows;
  report.findings = std::move(listed.findings);
  std::set<std::string> codes;
  for (auto& border : listed.entries) {
    codes.insert(border.code);
    count_level(report, *level_of(border.code));
    const auto unit = units->find(border.code);
    if (unit == units->end()) {
      report.findings.push_back({Fault::kNoUnit, border.row, border.code, border.name, ""});
      continue;
    }
    check_name(report, border.row, unit->second, border.name);
    const auto before = stored->find(to_text(unit->second.key));
    if (before != stored->end() && before->second == border.geometry) {
      ++report.same;
      continue;
    }
    ++(before == stored->end() ? report.added : report.changed);
    plan.borders.push_back({unit->second.key, std::move(border.geometry)});
  }
  note_missing(report, *units, codes, Fault::kNoPolygon);
  return plan;
}

Result<Plan> plan_acts(store::Sql& sql, const ImportRequest& request) {
  std::set<std::tuple<std::string, std::int64_t, std::string>> known;
  const auto read = sql.each("SELECT act, listed, title FROM legal_act", {},
                             [&](const store::Row& row) -> Result<bool> {
                               known.emplace(row.text(0), row.integer(1), row.text(2));
                               return true;
                             });
  if (!read) return read.error();
  auto listed = read_acts_list(request.content);
  Plan plan;
  plan.report.rows = listed.rows;
  plan.report.findings = std::move(listed.findings);
  for (auto& act : listed.entries) {
    if (!known.emplace(act.act, day_number(act.listed), act.title).second) {
      ++plan.report.same;
      continue;
    }
    ++plan.report.added;
    plan.acts.push_back(std::move(act));
  }
  return plan;
}

Result<void> write(store::Sql& sql, const Plan& plan, const ImportRequest& request) {
  auto done = write_units(sql, plan);
  if (done) done = write_edges(sql, plan.edges);
  if (done) done = write_borders(sql, plan, request.source);
  if (done) done = write_acts(sql, plan.acts);
  return done;
}

}  // namespace bz::units
