// What an import would do to the store as it is. Of this module only: units/import.h makes a plan
// for the report, and makes it again to write it.
#pragma once

#include <string>
#include <vector>

#include "units/crosswalk.h"
#include "units/import.h"
#include "units/lists.h"

namespace bz::units {

struct Plan {
  Report report;
  std::vector<Unit> endings;    // their valid_to and to_is are to be set
  std::vector<Unit> begun;      // are to be put there
  std::vector<Unit> corrected;  // their type, name and parent are to be set
  std::vector<Edge> edges;      // are to be put there, or in place of those between the same units
  struct Border {
    UnitKey unit;
    std::string geometry;
  };
  std::vector<Border> borders;
  std::vector<ListedAct> acts;
  std::vector<CensusRow> census;
};

Result<Plan> plan_units(store::Sql& sql, const ImportRequest& request);
Result<Plan> plan_crosswalk(store::Sql& sql, const ImportRequest& request);
Result<Plan> plan_census(store::Sql& sql, const ImportRequest& request);
Result<Plan> plan_borders(store::Sql& sql, const ImportRequest& request);
Result<Plan> plan_acts(store::Sql& sql, const ImportRequest& request);

// Writes all of it but the census. Two of these must not run at once: lock("units") first.
Result<void> write(store::Sql& sql, const Plan& plan, const ImportRequest& request);

// The unit of every code on one day, with the nation.
using ByCode = std::map<std::string, Unit, std::less<>>;
Result<ByCode> units_by_code(store::Sql& sql, Day on);

// Those of `unit_change` that `where` takes, in the order of their keys.
Result<std::vector<Edge>> read_edges(store::Sql& sql, std::string_view where,
                                     std::initializer_list<store::Parameter> parameters);

// Notes where a file's name is not that of the unit with its code: only spelled otherwise, or
// another. True when it is another. Files may leave the type out, or the name.
bool check_name(Report& report, std::int64_t row, const Unit& unit, const std::string& name);

// Counts a row's unit by its level.
void count_level(Report& report, Level level);

}  // namespace bz::units
