// For the module's own files: units as the roll-ups see them. A unit has a parent on each day, the
// one that then had the code of its parent; a child is one while both are.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/figure_rows.h"

namespace bz::campaign {

struct DaySpan {
  Day from{};
  std::optional<Day> to;  // the first day after it

  [[nodiscard]] bool holds(Day day) const { return from <= day && (!to || day < *to); }
};

// Two columns each: the later beginning and the earlier end of both.
inline DaySpan common_span(const store::Row& row, int one, int other) {
  DaySpan span{std::max(day_from_number(row.integer(one)), day_from_number(row.integer(other))),
               std::nullopt};
  for (const int column : {one + 1, other + 1}) {
    if (row.is_null(column)) continue;
    const Day end = day_from_number(row.integer(column));
    span.to = span.to ? std::min(*span.to, end) : end;
  }
  return span;
}

class Parents {
 public:
  explicit Parents(store::Sql& sql) : sql_(sql) {}

  struct Parent {
    std::string key;
    DaySpan span;
  };
  // Every one it ever had.
  Result<std::vector<Parent>> of(std::string_view unit) {
    if (const auto found = known_.find(unit); found != known_.end()) return found->second;
    std::vector<Parent> parents;
    auto read = sql_.each(
        "SELECT p.key, p.valid_from, p.valid_to, u.valid_from, u.valid_to FROM unit u CROSS JOIN "
        "unit p WHERE u.key = $1 AND p.code = u.parent_code ORDER BY p.valid_from",
        {unit}, [&](const store::Row& row) -> Result<bool> {
          parents.push_back({std::string(row.text(0)), common_span(row, 1, 3)});
          return true;
        });
    if (!read) return read.error();
    known_.emplace(unit, parents);
    return parents;
  }

 private:
  store::Sql& sql_;
  std::map<std::string, std::vector<Parent>, std::less<>> known_;
};

}  // namespace bz::campaign
