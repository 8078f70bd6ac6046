// Which tables and columns a store has, asked in the same way of both kinds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/sql.h"

namespace bz::store {

// In the order in which they were made, so that a table comes after those it refers to.
Result<std::vector<std::string>> tables_of(Sql& sql);

struct Column {
  enum class Type { kInteger, kText, kOctets };
  std::string name;
  Type type{};
};

// In order. kInvalid when a column is of a type that only one kind of store has.
Result<std::vector<Column>> columns_of(Sql& sql, std::string_view table);

}  // namespace bz::store
