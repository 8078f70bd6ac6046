#include "units/rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "vi/text.h"

namespace bz::units {

std::int64_t day_number(Day day) {
  return day.time_since_epoch().count();
}

Day day_from_number(std::int64_t number) {
  return Day{std::chrono::days{number}};
}

std::string unit_columns(std::string_view on) {
  const std::string day(on);
  return "u.code, u.valid_from, u.valid_to, u.level, u.type, u.name, u.folded, u.parent_code, "
         "u.from_act, u.to_act, (SELECT p.valid_from FROM unit p WHERE p.code = u.parent_code AND "
         "p.valid_from <= " +
         day + " AND (p.valid_to IS NULL OR p.valid_to > " + day + "))";
}

Unit unit_of(const store::Row& row) {
  Unit unit;
  unit.key = {std::string(row.text(0)), day_from_number(row.integer(1))};
  if (!row.is_null(2)) unit.valid_to = day_from_number(row.integer(2));
  unit.level = static_cast<Level>(row.integer(3));
  unit.type = row.text(4);
  unit.name = row.text(5);
  unit.folded = row.text(6);
  if (!row.is_null(10)) {
    unit.parent = UnitKey{std::string(row.text(7)), day_from_number(row.integer(10))};
  }
  if (!row.is_null(8)) unit.from_is = {true, std::string(row.text(8))};
  if (!row.is_null(9)) unit.to_is = {true, std::string(row.text(9))};
  return unit;
}

Result<std::vector<Unit>> read_units(store::Sql& sql, std::string_view select,
                                     std::initializer_list<store::Parameter> parameters) {
  std::vector<Unit> units;
  const auto read = sql.each(select, parameters, [&](const store::Row& row) -> Result<bool> {
    units.push_back(unit_of(row));
    return true;
  });
  if (!read) return read.error();
  return units;
}

void sort_in_order(std::vector<Unit>& units) {
  using Place = std::tuple<std::string, std::string, UnitKey, std::size_t>;
  std::vector<Place> order;
  order.reserve(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto& unit = units[i];
    order.emplace_back(vi::sort_key(unit.name), vi::sort_key(unit.type), unit.key, i);
  }
  std::ranges::sort(order);
  std::vector<Unit> sorted;
  sorted.reserve(units.size());
  for (const auto& place : order) sorted.push_back(std::move(units[std::get<3>(place)]));
  units = std::move(sorted);
}

Batch& Batch::add(std::string text) {
  values_.emplace_back(std::move(text));
  return *this;
}

Batch& Batch::add(std::int64_t number) {
  values_.emplace_back(number);
  return *this;
}

Batch& Batch::add(std::optional<std::int64_t> number) {
  if (number) return add(*number);
  values_.emplace_back();
  return *this;
}

Batch& Batch::add_or_null(const std::string& text) {
  if (!text.empty()) return add(text);
  values_.emplace_back();
  return *this;
}

Result<std::int64_t> Batch::run_each(store::Sql& sql, std::string_view statement,
                                     std::size_t width) const {
  std::vector<store::Parameter> all;
  all.reserve(values_.size());
  for (const auto& value : values_) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      all.emplace_back(std::string_view(*text));
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      all.emplace_back(*number);
    } else {
      all.emplace_back();
    }
  }
  return sql.run_each(statement, width, all);
}

Unit nation_unit() {
  Unit unit;
  unit.key = nation();
  unit.name = "Việt Nam";
  unit.folded = vi::fold(unit.name);
  unit.from_is = {true, "Nghị quyết ngày 02/7/1976 của Quốc hội"};
  return unit;
}

Result<std::int64_t> insert_units(store::Sql& sql, const std::vector<Unit>& units) {
  constexpr std::string_view kInsert =
      "INSERT INTO unit (key, code, valid_from, valid_to, level, type, name, folded, parent_code, "
      "from_act, to_act) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
      "ON CONFLICT DO NOTHING";
  Batch values;
  for (const auto& unit : units) {
    std::optional<std::int64_t> valid_to;
    if (unit.valid_to) valid_to = day_number(*unit.valid_to);
    values.add(to_text(unit.key)).add(unit.key.code).add(day_number(unit.key.valid_from));
    values.add(valid_to).add(static_cast<std::int64_t>(unit.level)).add(unit.type).add(unit.name);
    values.add(vi::fold(unit.name)).add(unit.parent ? unit.parent->code : "");
    values.add_or_null(unit.from_is.act).add_or_null(unit.to_is.act);
  }
  return values.run_each(sql, kInsert, 11);
}

}  // namespace bz::units
