// Copies of whole stores: a backup is a copy into new SQLite files, restoring copies back, and so
// does moving from SQLite to PostgreSQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/audit.h"
#include "store/store.h"

namespace bz::store {

// Every row of every table, as they were at one moment; writers of `from` go on meanwhile. `to` was
// opened with the same migrations and holds no rows yet, else kConflict; it gets all or nothing.
// How many rows were copied.
Result<std::int64_t> copy(Store& from, Store& to);

struct TableCount {
  std::string table;
  std::int64_t rows = 0;
};

struct Health {
  std::int64_t version = 0;  // the number of the last migration
  std::vector<TableCount> tables;
  std::optional<AuditHead> audit;  // where there is an audit trail
};

// Reads everything: SQLite's own check of the file, every row of every table, the audit trail's
// chain. kMalformed with what is damaged.
Result<Health> check(Store& store);

}  // namespace bz::store
