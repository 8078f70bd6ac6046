#include "store/tables.h"

#include <optional>

namespace bz::store {
namespace {

std::optional<Column::Type> type_called(std::string_view name) {
  if (name == "BIGINT" || name == "bigint" || name == "INTEGER" || name == "integer") {
    return Column::Type::kInteger;
  }
  if (name == "TEXT" || name == "text") return Column::Type::kText;
  if (name == "BLOB" || name == "bytea") return Column::Type::kOctets;
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> tables_of(Sql& sql) {
  std::vector<std::string> tables;
  const auto* const query =
      sql.is_postgres()
          ? "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p') AND "
            "relnamespace = (SELECT oid FROM pg_catalog.pg_namespace "
            "WHERE nspname = current_schema()) ORDER BY oid"
          : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY rowid";
  const auto read = sql.each(query, {}, [&](const Row& row) -> Result<bool> {
    tables.emplace_back(row.text(0));
    return true;
  });
  if (!read) return read.error();
  return tables;
}

Result<std::vector<Column>> columns_of(Sql& sql, std::string_view table) {
  std::vector<Column> columns;
  const auto* const query =
      sql.is_postgres()
          ? "SELECT attname, format_type(atttypid, NULL) FROM pg_catalog.pg_attribute WHERE "
            "attrelid = (SELECT c.oid FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n "
            "WHERE n.oid = c.relnamespace AND n.nspname = current_schema() AND c.relname = $1) "
            "AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
          : "SELECT name, type FROM pragma_table_info($1) ORDER BY cid";
  const auto read = sql.each(query, {table}, [&](const Row& row) -> Result<bool> {
    const auto type = type_called(row.text(1));
    if (!type) {
      return Error{Code::kInvalid, "the column " + std::string(row.text(0)) + " of the table " +
                                       std::string(table) + " is of an unknown type"};
    }
    columns.push_back({std::string(row.text(0)), *type});
    return true;
  });
  if (!read) return read.error();
  return columns;
}

}  // namespace bz::store
