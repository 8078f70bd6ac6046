#include "store/migrate.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <vector>

#include "store/tables.h"

namespace bz::store {
namespace {

constexpr std::string_view kHistory =
    "CREATE TABLE schema_history (number BIGINT PRIMARY KEY, name TEXT NOT NULL, "
    "applied_s BIGINT NOT NULL, product TEXT NOT NULL)";

struct Applied {
  std::int64_t number = 0;
  std::string name;
  std::string product;
};

std::string product_of(std::string_view store) {
  return "bluezone/" + std::string(store);
}

Result<std::vector<Applied>> read_history(Connection& sql) {
  std::vector<Applied> applied;
  const auto read = sql.each(
      "SELECT number, name, product FROM schema_history ORDER BY number", {},
      [&](const Row& row) -> Result<bool> {
        applied.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2))});
        return true;
      });
  if (!read) return read.error();
  return applied;
}

Result<void> check(const std::vector<Applied>& applied, std::string_view store,
                   std::span<const Migration> migrations) {
  const auto called = "the store \"" + std::string(store) + "\" ";
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const auto& had = applied[i];
    if (had.product != product_of(store)) {
      return Error{Code::kInvalid, called + "holds another one's data (" + had.product +
                                       "); has a file been renamed, or a schema been taken twice?"};
    }
    if (i >= migrations.size()) {
      return Error{Code::kInvalid,
                   called + "was brought to version " + std::to_string(applied.back().number) +
                       " by a newer program and this one knows version " +
                       std::to_string(migrations.size()) +
                       "; start the newer program, or restore a backup from before it"};
    }
    if (had.number != migrations[i].number || had.name != migrations[i].name) {
      return Error{Code::kInvalid, called + "had another migration " + std::to_string(had.number) +
                                       " (\"" + had.name + "\") than this program's (\"" +
                                       std::string(migrations[i].name) +
                                       "\"); start the program that made it"};
    }
  }
  return {};
}

Result<void> apply(Connection& sql, std::string_view store, const Migration& migration) {
  if (auto done = sql.script(migration.sql); !done) {
    return Error{done.error().code, "migration " + std::to_string(migration.number) +
                                        " of the store \"" + std::string(store) +
                                        "\" failed, and nothing was changed: " + done.error().what};
  }
  const auto now = sql.now();
  if (!now) return now.error();
  const auto noted = sql.run(
      "INSERT INTO schema_history VALUES ($1, $2, $3, $4)",
      {std::int64_t{migration.number}, migration.name, to_ms(*now) / 1000, product_of(store)});
  if (!noted) return noted.error();
  return {};
}

// A user that may not make schemas can be given one instead (docs/stores.md).
Result<void> make_schema(Connection& sql, std::string_view store) {
  if (!sql.is_postgres()) return {};
  const auto there =
      sql.integer("SELECT COUNT(*) FROM pg_catalog.pg_namespace WHERE nspname = $1", {store});
  if (!there) return there.error();
  if (**there > 0) return {};
  return sql.script("CREATE SCHEMA \"" + std::string(store) + "\"");
}

Result<void> migrate_within(Connection& sql, std::string_view store,
                            std::span<const Migration> migrations) {
  if (auto locked = sql.lock("migrations"); !locked) return locked;
  if (auto made = make_schema(sql, store); !made) return made;
  auto tables = tables_of(sql);
  if (!tables) return tables.error();
  if (std::ranges::find(*tables, "schema_history") == tables->end()) {
    if (!tables->empty()) {
      return Error{Code::kInvalid, "where the store \"" + std::string(store) +
                                       "\" belongs there are tables of another program; "
                                       "choose another place"};
    }
    if (auto made = sql.script(kHistory); !made) return made;
  }
  const auto applied = read_history(sql);
  if (!applied) return applied.error();
  if (auto checked = check(*applied, store, migrations); !checked) return checked;
  for (const auto& migration : migrations.subspan(applied->size())) {
    if (auto done = apply(sql, store, migration); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> migrate(Connection& connection, std::string_view name,
                     std::span<const Migration> migrations) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    assert(migrations[i].number == static_cast<int>(i) + 1);
  }
  if (auto begun = connection.begin(Connection::For::kWriting); !begun) return begun;
  auto done = migrate_within(connection, name, migrations);
  if (done) done = connection.commit();
  if (!done) connection.roll_back();
  return done;
}

}  // namespace bz::store
