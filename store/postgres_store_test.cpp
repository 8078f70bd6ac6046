// What only a store in PostgreSQL can meet: servers that restart, that do not promise durability,
// transactions in each other's way.
#include "store/postgres_connection.h"

#include <signal.h>

#include <latch>
#include <thread>

#include "store/store_test.h"

namespace bz::store {
namespace {

TEST(ToPostgres, ExchangesTypesAndLeavesQuotesAndCommentsAlone) {
  EXPECT_EQ(to_postgres("CREATE TABLE t (a BLOB, b TEXT NOT NULL, PRIMARY KEY (a)) WITHOUT ROWID;"),
            "CREATE TABLE t (a BYTEA, b TEXT COLLATE \"C\" NOT NULL, PRIMARY KEY (a)) ;");
  EXPECT_EQ(to_postgres("SELECT 'BLOB', \"TEXT\", CAST(x AS TEXT), BLOBS -- BLOB\n, BLOB"),
            "SELECT 'BLOB', \"TEXT\", CAST(x AS TEXT), BLOBS -- BLOB\n, BYTEA");
  EXPECT_EQ(to_postgres("'unfinished BLOB"), "'unfinished BLOB");
}

class PostgresStore : public testing::Test {
 protected:
  Home home_{Backend::kPostgres};
};

TEST_F(PostgresStore, IsRefusedWhereCommitsAreNotWaitedFor) {
  ASSERT_TRUE(home_.postgres().run(
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || "
      "' SET synchronous_commit = off'; END $$"));
  const auto store = home_.try_open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kUnavailable);
  EXPECT_NE(store.error().what.find("set synchronous_commit = on"), std::string::npos);
}

TEST_F(PostgresStore, IsRefusedWhereTheServerDoesNotSync) {
  const auto server = tests::PostgresServer::own({"fsync=off"});
  ASSERT_TRUE(server) << server.error().what;
  const auto store = Store::open({{}, server->url("postgres")}, "keys", kMigrations);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kUnavailable);
  EXPECT_NE(store.error().what.find("set fsync = on"), std::string::npos);
}

TEST_F(PostgresStore, WithoutAServerSaysSo) {
  const auto store =
      Store::open({{}, "postgresql://nobody@/none?host=/nonexistent"}, "keys", kMigrations);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kUnavailable);
}

TEST_F(PostgresStore, ASchemaOfAnotherProgramIsRefused) {
  ASSERT_TRUE(home_.postgres().run("CREATE SCHEMA keys; CREATE TABLE keys.theirs (x INT)"));
  const auto store = home_.try_open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::kInvalid);
}

TEST_F(PostgresStore, AUserThatMayNotMakeSchemasIsGivenOne) {
  const auto name = "small_" + std::to_string(::getpid());
  ASSERT_TRUE(home_.postgres().run("CREATE ROLE " + name +
                                   " LOGIN; CREATE SCHEMA keys AUTHORIZATION " + name));
  auto url = home_.place().database_url;
  url.replace(url.find("postgres@"), 8, name);
  {
    const auto store = Store::open({{}, url}, "keys", kMigrations);
    ASSERT_TRUE(store) << store.error().what;
    EXPECT_TRUE(insert(**store, 1));
    const auto other = Store::open({{}, url}, "codes", kMigrations);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().what.find("grant"), std::string::npos);
  }
  ASSERT_TRUE(home_.postgres().run("DROP SCHEMA keys CASCADE; DROP ROLE " + name));
}

TEST_F(PostgresStore, GoesOnAfterItsConnectionsWereCut) {
  const auto store = home_.open();
  ASSERT_TRUE(insert(*store, 1));
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM things"), 1);
  ASSERT_TRUE(home_.postgres().run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND pid <> pg_backend_pid()"));
  for (std::int64_t id = 2; id <= 9; ++id) {
    const auto done = insert(*store, id);
    EXPECT_TRUE(done) << done.error().what;
  }
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM things"), 9);
}

TEST_F(PostgresStore, WorkWhoseConnectionIsCutBeforeItsCommitIsDoneAgain) {
  const auto store = home_.open();
  int runs = 0;
  const auto done = store->write([&](Sql& sql) -> Result<std::int64_t> {
    ++runs;
    auto added = sql.run("INSERT INTO things (id) VALUES (1)");
    if (runs == 1) {
      EXPECT_TRUE(home_.postgres().run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
          "current_database() AND state = 'idle in transaction'"));
    }
    if (!added) return added;
    return sql.run("INSERT INTO things (id) VALUES (2)");
  });
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM things"), 2);
}

// libpq 15 calls such a connection good for ever, and has no answer on it: many statements sent at
// once waited without end.
TEST_F(PostgresStore, WorkWhoseServerProcessDiesBetweenTwoStatementsIsBrokenOff) {
  const auto server = tests::PostgresServer::own();
  ASSERT_TRUE(server) << server.error().what;
  const auto store = Store::open({{}, server->url("postgres")}, "keys", kMigrations);
  ASSERT_TRUE(store) << store.error().what;
  int runs = 0;
  const auto done = (*store)->write([&](Sql& sql) -> Result<std::int64_t> {
    const auto insert = [&sql](const std::vector<Parameter>& ids) {
      return sql.run_each("INSERT INTO things (id) VALUES ($1)", 1, ids);
    };
    // Makes it ready: afterwards no statement goes alone.
    if (const auto first = insert({1, 2}); !first) return first;
    if (++runs == 1) {
      const auto process = sql.integer("SELECT pg_backend_pid()");
      if (!process) return process.error();
      const auto id = static_cast<pid_t>(process->value());
      EXPECT_EQ(::kill(id, SIGQUIT), 0);
      while (::kill(id, 0) == 0) std::this_thread::yield();
    }
    return insert({3, 4});
  });
  // PostgreSQL ends all its other processes too: the next attempt may come too early.
  EXPECT_TRUE(done || done.error().code == Code::kUnavailable) << done.error().what;
  while (!insert(**store, 5)) std::this_thread::yield();
  EXPECT_EQ(number(**store, "SELECT COUNT(*) FROM things"), done ? 5 : 1);
}

TEST_F(PostgresStore, KeepsEverythingItAcknowledgedWhenTheServerCrashes) {
  auto server = tests::PostgresServer::own();
  ASSERT_TRUE(server) << server.error().what;
  auto store = Store::open({{}, server->url("postgres")}, "keys", kMigrations);
  ASSERT_TRUE(store) << store.error().what;
  std::atomic<bool> stop = false;
  std::atomic<int> acknowledged = 0;
  std::vector<std::vector<std::int64_t>> kept(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kept.size(); ++t) {
    threads.emplace_back([&, t] {
      for (auto id = static_cast<std::int64_t>(t) * 10'000'000; !stop; ++id) {
        if (!insert(**store, id)) continue;
        kept[t].push_back(id);
        ++acknowledged;
      }
    });
  }
  while (acknowledged < 200) std::this_thread::yield();
  const auto restarted = server->crash_and_restart();
  const int before = acknowledged;
  // The same store works again, by itself.
  if (restarted) {
    while (acknowledged < before + 200) std::this_thread::yield();
  }
  stop = true;
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(restarted) << restarted.error().what;
  for (const auto& ids : kept) {
    for (const auto id : ids) {
      const auto there = (*store)->read(
          [&](Sql& sql) { return sql.integer("SELECT COUNT(*) FROM things WHERE id = $1", {id}); });
      ASSERT_TRUE(there) << there.error().what;
      ASSERT_EQ(*there, 1);
    }
  }
}

// Two works that lock the same two rows in opposite order: PostgreSQL breaks one off, and it is run
// again.
TEST_F(PostgresStore, WorkThatIsBrokenOffByADeadlockIsDoneAgain) {
  const auto one = home_.open();
  const auto other = home_.open();
  ASSERT_TRUE(insert(*one, 1));
  ASSERT_TRUE(insert(*one, 2));
  std::latch both_have_one(2);
  const auto work = [&](Store& store, std::int64_t first, std::int64_t second) {
    int runs = 0;
    const auto done = store.write([&](Sql& sql) -> Result<std::int64_t> {
      auto changed = sql.run("UPDATE things SET number = number + 1 WHERE id = $1", {first});
      if (++runs == 1) both_have_one.arrive_and_wait();
      if (!changed) return changed;
      return sql.run("UPDATE things SET number = number + 1 WHERE id = $1", {second});
    });
    EXPECT_TRUE(done) << done.error().what;
    return runs;
  };
  int runs = 0;
  std::thread thread([&] { runs = work(*other, 2, 1); });
  const int own_runs = work(*one, 1, 2);
  thread.join();
  // One is broken off at least; on a busy machine it may take its first row again before the other
  // has woken, and then they meet once more.
  EXPECT_GE(own_runs + runs, 3);
  EXPECT_EQ(number(*one, "SELECT SUM(number) FROM things"), 10 + 20 + 4);
}

}  // namespace
}  // namespace bz::store
