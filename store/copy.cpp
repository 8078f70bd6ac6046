#include "store/copy.h"

#include <algorithm>
#include <utility>

#include "store/tables.h"

namespace bz::store {
namespace {

constexpr std::string_view kHistory = "schema_history";
constexpr std::size_t kRowsAtOnce = 500;

std::string in_quotes(std::string_view name) {
  return "\"" + std::string(name) + "\"";
}

std::string select_all(std::string_view table, const std::vector<Column>& columns) {
  std::string names;
  for (const auto& column : columns) names += (names.empty() ? "" : ", ") + in_quotes(column.name);
  return "SELECT " + names + " FROM " + in_quotes(table);
}

std::string insert_all(std::string_view table, const std::vector<Column>& columns) {
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    names += (i == 0 ? "" : ", ") + in_quotes(columns[i].name);
    values += (i == 0 ? "$" : ", $") + std::to_string(i + 1);
  }
  return "INSERT INTO " + in_quotes(table) + " (" + names + ") VALUES (" + values + ")";
}

// Rows on their way from one store to the other; kept until they are written.
class Batch {
 public:
  Batch(Sql& to, std::string_view table, const std::vector<Column>& columns)
      : to_(to), insert_(insert_all(table, columns)), columns_(columns) {}

  Result<void> add(const Row& row) {
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      cells_.push_back(cell_of(row, i, columns_[static_cast<std::size_t>(i)].type));
    }
    return cells_.size() >= kRowsAtOnce * columns_.size() ? write() : Result<void>{};
  }

  Result<void> write() {
    std::vector<Parameter> values;
    values.reserve(cells_.size());
    for (const auto& cell : cells_) {
      values.push_back(std::visit([](const auto& value) -> Parameter { return value; }, cell));
    }
    const auto written = to_.run_each(insert_, columns_.size(), values);
    cells_.clear();
    if (!written) return written.error();
    return {};
  }

 private:
  using Cell = std::variant<std::monostate, std::int64_t, std::string, Bytes>;

  static Cell cell_of(const Row& row, int column, Column::Type type) {
    if (row.is_null(column)) return std::monostate{};
    switch (type) {
      case Column::Type::kInteger: return row.integer(column);
      case Column::Type::kText: return std::string(row.text(column));
      case Column::Type::kOctets: break;
    }
    const auto octets = row.blob(column);
    return Bytes(octets.begin(), octets.end());
  }

  Sql& to_;
  std::string insert_;
  const std::vector<Column>& columns_;
  std::vector<Cell> cells_;
};

// The tables with rows to copy.
Result<std::vector<std::string>> data_tables(Sql& sql) {
  auto tables = tables_of(sql);
  if (tables) std::erase(*tables, kHistory);
  return tables;
}

Result<std::int64_t> rows_in(Sql& sql, std::string_view table) {
  const auto rows = sql.integer("SELECT COUNT(*) FROM " + in_quotes(table));
  if (!rows) return rows.error();
  return rows->value_or(0);
}

Result<std::int64_t> version_of(Sql& sql) {
  const auto version = sql.integer("SELECT MAX(number) FROM schema_history");
  if (!version) return version.error();
  return version->value_or(0);
}

Result<void> check_target(Sql& from, Sql& to, const std::vector<std::string>& tables) {
  const auto old_version = version_of(from);
  if (!old_version) return old_version.error();
  const auto new_version = version_of(to);
  if (!new_version) return new_version.error();
  if (*old_version != *new_version) {
    return Error{Code::kInvalid, "the two stores are of different versions (" +
                                     std::to_string(*old_version) + " and " +
                                     std::to_string(*new_version) +
                                     "); open both with the same program first"};
  }
  for (const auto& table : tables) {
    const auto rows = rows_in(to, table);
    if (!rows) return rows.error();
    if (*rows > 0) {
      return Error{Code::kConflict,
                   "the store to copy into is not empty (table " + table + "); choose a new place"};
    }
  }
  return {};
}

Result<std::int64_t> copy_table(Sql& from, Sql& to, const std::string& table) {
  const auto columns = columns_of(from, table);
  if (!columns) return columns.error();
  Batch batch(to, table, *columns);
  std::int64_t copied = 0;
  const auto read = from.each(select_all(table, *columns), {}, [&](const Row& row) -> Result<bool> {
    ++copied;
    if (auto added = batch.add(row); !added) return added.error();
    return true;
  });
  if (!read) return read.error();
  if (auto written = batch.write(); !written) return written.error();
  return copied;
}

Result<std::int64_t> copy_all(Sql& from, Sql& to) {
  const auto tables = data_tables(from);
  if (!tables) return tables.error();
  if (auto checked = check_target(from, to, *tables); !checked) return checked.error();
  std::int64_t copied = 0;
  for (const auto& table : *tables) {
    const auto rows = copy_table(from, to, table);
    if (!rows) return rows;
    const auto arrived = rows_in(to, table);
    if (!arrived) return arrived;
    if (*arrived != *rows) {
      return Error{Code::kMalformed, "of the table " + table + " not all rows arrived"};
    }
    copied += *rows;
  }
  return copied;
}

Result<void> check_file(Sql& sql) {
  if (sql.is_postgres()) return {};
  const auto sound =
      sql.each("SELECT * FROM pragma_integrity_check", {}, [](const Row& row) -> Result<bool> {
        if (row.text(0) == "ok") return true;
        return Error{Code::kMalformed, "the file is damaged: " + std::string(row.text(0))};
      });
  if (!sound) return sound;
  return sql.each(
      "SELECT \"table\" FROM pragma_foreign_key_check", {}, [](const Row& row) -> Result<bool> {
        return Error{Code::kMalformed, "a row of the table " + std::string(row.text(0)) +
                                           " refers to one that is not there"};
      });
}

// Looks at every value, so that one that cannot be read is found.
Result<std::int64_t> read_table(Sql& sql, const std::string& table) {
  const auto columns = columns_of(sql, table);
  if (!columns) return columns.error();
  std::int64_t rows = 0;
  const auto read = sql.each(select_all(table, *columns), {}, [&](const Row& row) -> Result<bool> {
    for (int i = 0; i < static_cast<int>(columns->size()); ++i) (void)row.blob(i);
    ++rows;
    return true;
  });
  if (!read) return read.error();
  return rows;
}

Result<Health> check_all(Sql& sql) {
  if (auto sound = check_file(sql); !sound) return sound.error();
  Health health;
  const auto version = version_of(sql);
  if (!version) return version.error();
  health.version = *version;
  const auto tables = data_tables(sql);
  if (!tables) return tables.error();
  for (const auto& table : *tables) {
    const auto rows = read_table(sql, table);
    if (!rows) return rows.error();
    health.tables.push_back({table, *rows});
  }
  if (std::ranges::find(*tables, "audit_start") != tables->end()) {
    auto head = verify_audit(sql);
    if (!head) return head.error();
    health.audit = *head;
  }
  return health;
}

}  // namespace

Result<std::int64_t> copy(Store& from, Store& to) {
  auto copied = from.read(
      [&](Sql& source) { return to.write([&](Sql& target) { return copy_all(source, target); }); });
  if (!copied) return copied;
  // Rows came in the order in which they lay there, which may be that in which they were written.
  if (auto tidied = to.tidy(); !tidied) return tidied.error();
  return copied;
}

Result<Health> check(Store& store) {
  return store.read([](Sql& sql) { return check_all(sql); });
}

}  // namespace bz::store
