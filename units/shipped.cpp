#include "units/shipped.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "base/date.h"
#include "units/plan.h"
#include "units/rows.h"
#include "units/table.h"
#include "units/units.h"
#include "vi/number.h"

namespace bz::units {
namespace {

using std::chrono::April;
constexpr Day kCensusDay{std::chrono::year{2019} / April / 1};

// Without the comments in front, so that the line with the columns' names comes first.
std::string_view without_comments(std::string_view table) {
  while (table.starts_with('#')) table.remove_prefix(table.find('\n') + 1);
  return table;
}

struct Shipped {
  std::vector<Unit> units;
  std::vector<Edge> edges;
  std::vector<CensusRow> census;
};

// Our own tables: what is wrong in them is a mistake of ours.
void take_row(const Table& table, Shipped& shipped) {
  Unit unit;
  unit.key = {table.text("code"), *day_from_text(table.text("from"))};
  unit.level = *level_of(unit.key.code);
  unit.type = table.text("type");
  unit.name = table.text("name");
  unit.parent = UnitKey{table.text("parent"), unit.key.valid_from};
  const auto from_act = table.text("from_act");
  const auto until_act = table.text("until_act");
  unit.from_is = {!from_act.empty(), from_act};
  unit.to_is = {!until_act.empty(), until_act};
  unit.valid_to = day_from_text(table.text("until"));
  if (const auto into = key_from_text(table.text("into"))) {
    Edge edge{unit.key, *into, true};
    edge.day = into->valid_from;
    edge.act = until_act;
    shipped.edges.push_back(std::move(edge));
  }
  if (const auto count = vi::read_count(table.text("census_2019"))) {
    shipped.census.push_back({unit.key, *count, kCensusDay, ""});
  }
  shipped.units.push_back(std::move(unit));
}

Shipped read_shipped() {
  Shipped shipped;
  shipped.units.push_back(nation_unit());
  for (const auto text : {shipped::kProvinces, shipped::kDistricts, shipped::kCommunes}) {
    auto table = Table::read(without_comments(text));
    assert(table);
    table->each([&] { take_row(*table, shipped); });
  }
  return shipped;
}

// Leaves those that do not overlap a unit of the same code which the store has, and the edges
// and counts of units that are then there.
Result<void> keep_missing(store::Sql& sql, Shipped& shipped) {
  std::map<std::string, std::vector<Unit>> there;
  const auto all = read_units(sql, "SELECT " + unit_columns("u.valid_from") + " FROM unit u", {});
  if (!all) return all.error();
  std::set<UnitKey> keys;
  for (const auto& unit : *all) {
    there[unit.key.code].push_back(unit);
    keys.insert(unit.key);
  }
  std::erase_if(shipped.units, [&](const Unit& unit) {
    return std::ranges::any_of(there[unit.key.code], [&](const Unit& one) {
      return (!unit.valid_to || one.key.valid_from < *unit.valid_to) &&
             (!one.valid_to || unit.key.valid_from < *one.valid_to);
    });
  });
  for (const auto& unit : shipped.units) keys.insert(unit.key);
  std::erase_if(shipped.census, [&](const CensusRow& row) { return !keys.contains(row.unit); });
  const auto known = read_edges(sql, "", {});
  if (!known) return known.error();
  std::set<std::pair<UnitKey, UnitKey>> edges;
  for (const auto& edge : *known) edges.emplace(edge.from, edge.to);
  std::erase_if(shipped.edges, [&](const Edge& edge) {
    return edges.contains({edge.from, edge.to}) || !keys.contains(edge.from) ||
           !keys.contains(edge.to);
  });
  return {};
}

Result<void> load_aliases(store::Sql& sql) {
  auto table = Table::read(without_comments(shipped::kAliases));
  assert(table);
  Result<void> done;
  table->each([&] {
    if (!done) return;
    const auto added = add_alias(sql, {table->text("code"), *day_from_text(table->text("from"))},
                                 table->text("alias"));
    if (!added) done = added.error();
  });
  return done;
}

}  // namespace

Result<std::vector<CensusRow>> load_shipped(store::Sql& sql) {
  if (auto locked = sql.lock("units"); !locked) return locked.error();
  auto shipped = read_shipped();
  if (auto kept = keep_missing(sql, shipped); !kept) return kept.error();
  Plan plan;
  plan.begun = std::move(shipped.units);
  plan.edges = std::move(shipped.edges);
  if (auto put = write(sql, plan, {}); !put) return put.error();
  if (auto put = load_aliases(sql); !put) return put.error();
  return std::move(shipped.census);
}

}  // namespace bz::units
