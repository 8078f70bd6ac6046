// Units between the store and values. Of this module only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/sql.h"
#include "units/unit.h"

namespace bz::units {

std::int64_t day_number(Day day);
Day day_from_number(std::int64_t number);

// The columns of `unit`, as `u`, that unit_of() reads. Behind them stands the first day of the
// parent, on the day that `on` is SQL for: "$1", "u.valid_from".
std::string unit_columns(std::string_view on);
Unit unit_of(const store::Row& row);

// `rest` follows "FROM unit u": "WHERE u.code = $1".
Result<std::vector<Unit>> read_units(store::Sql& sql, std::string_view select,
                                     std::initializer_list<store::Parameter> parameters);

// In Vietnamese order of name, then type, then key.
void sort_in_order(std::vector<Unit>& units);

// Parameters that own their texts.
class Batch {
 public:
  Batch& add(std::string text);
  Batch& add(std::int64_t number);
  Batch& add(std::optional<std::int64_t> number);
  Batch& add_or_null(const std::string& text);  // NULL when it is empty
  Result<std::int64_t> run_each(store::Sql& sql, std::string_view statement,
                                std::size_t width) const;

 private:
  std::vector<std::variant<std::monostate, std::int64_t, std::string>> values_;
};

// The root, as it stands in the store.
Unit nation_unit();

// Puts units there whose keys are not. How many there were.
Result<std::int64_t> insert_units(store::Sql& sql, const std::vector<Unit>& units);

}  // namespace bz::units
