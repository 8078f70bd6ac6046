// What the tests of the stores share: a place of each kind, and a few tables.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/temp_folder.h"
#include "store/audit.h"
#include "store/lease.h"
#include "store/secrets.h"
#include "store/store.h"
#include "tests/postgres_here.h"

namespace bz::store {

// One table of each type that there is, and the tables of audit trail, leases and secrets.
inline constexpr std::string_view kThings =
    "CREATE TABLE things (id BIGINT PRIMARY KEY, octets BLOB, words TEXT, number BIGINT) "
    "WITHOUT ROWID;"
    "CREATE UNIQUE INDEX things_words ON things (words);"
    "CREATE TABLE parts (thing BIGINT NOT NULL REFERENCES things (id), n BIGINT NOT NULL, "
    "PRIMARY KEY (thing, n));";
inline constexpr Migration kMigrations[] = {{1, "things", kThings},
                                            {2, "audit", kAuditTables},
                                            {3, "leases", kLeaseTable},
                                            {4, "secrets", kSecretTable}};

enum class Backend { kSqlite, kPostgres };

// A place of its own for stores of one kind.
class Home {
 public:
  // Fails the test where there is no PostgreSQL.
  explicit Home(Backend backend) {
    if (backend == Backend::kSqlite) return;
    auto here = tests::PostgresHere::make();
    EXPECT_TRUE(here) << here.error().what;
    if (here) postgres_.emplace(std::move(*here));
  }

  [[nodiscard]] Place place() const {
    return {temporary_.path() / "data", postgres_ ? postgres_->url() : ""};
  }
  [[nodiscard]] const tests::PostgresHere& postgres() const { return *postgres_; }

  [[nodiscard]] Result<std::unique_ptr<Store>> try_open(
      std::span<const Migration> migrations = kMigrations, std::string_view name = "keys") const {
    return Store::open(place(), name, migrations);
  }
  [[nodiscard]] std::unique_ptr<Store> open(std::span<const Migration> migrations = kMigrations,
                                            std::string_view name = "keys") const {
    auto store = try_open(migrations, name);
    EXPECT_TRUE(store) << store.error().what;
    return store ? std::move(*store) : nullptr;
  }

 private:
  TempFolder temporary_ = *TempFolder::make();
  std::optional<tests::PostgresHere> postgres_;
};

class OnBothStores : public testing::TestWithParam<Backend> {
 protected:
  Home home_{GetParam()};
};

inline std::string name_of(const testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgres";
}

// Short forms; each fails the test when it fails.
inline Result<std::int64_t> run(Store& store, std::string_view sql,
                                std::vector<Parameter> parameters = {}) {
  return store.write([&](Sql& s) { return s.run(sql, Parameters(parameters)); });
}
inline std::int64_t number(Store& store, std::string_view sql) {
  const auto value = store.read([&](Sql& s) { return s.integer(sql); });
  EXPECT_TRUE(value) << value.error().what;
  return value ? value->value_or(-1) : -1;
}
inline Result<std::int64_t> insert(Store& store, std::int64_t id) {
  return run(store, "INSERT INTO things (id, number) VALUES ($1, $2)", {id, 10 * id});
}

}  // namespace bz::store

#define BZ_ON_BOTH_STORES(suite) \
  INSTANTIATE_TEST_SUITE_P(, suite, testing::Values(Backend::kSqlite, Backend::kPostgres), name_of)
