// What both kinds of store promise.
#include <atomic>
#include <latch>
#include <numeric>
#include <stdexcept>
#include <thread>

#include "store/store_test.h"

namespace bz::store {
namespace {

class StoreContract : public OnBothStores {
 protected:
  std::unique_ptr<Store> store_ = home_.open();
};
BZ_ON_BOTH_STORES(StoreContract);

TEST_P(StoreContract, GivesBackWhatWasWrittenOfEveryType) {
  const Bytes octets{0, 1, 0xFF, 0};
  const std::string words = "Trà Vinh 'quoted' \\ \"";
  constexpr auto kSmallest = std::numeric_limits<std::int64_t>::min();
  const auto written =
      run(*store_, "INSERT INTO things (number, words, octets, id) VALUES ($1, $2, $3, $4)",
          {kSmallest, std::string_view(words), ByteView(octets),
           std::numeric_limits<std::int64_t>::max()});
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_EQ(*written, 1);
  int rows = 0;
  const auto read = store_->read([&](Sql& sql) {
    return sql.each("SELECT id, octets, words, number FROM things", {},
                    [&](const Row& row) -> Result<bool> {
                      ++rows;
                      EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::max());
                      EXPECT_TRUE(std::ranges::equal(row.blob(1), octets));
                      EXPECT_EQ(row.text(2), words);
                      EXPECT_EQ(row.optional_integer(3), kSmallest);
                      return true;
                    });
  });
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(rows, 1);
}

TEST_P(StoreContract, TellsNullFromEmptyAndZero) {
  ASSERT_TRUE(
      run(*store_, "INSERT INTO things VALUES ($1, $2, $3, $4)", {std::int64_t{1}, {}, {}, {}}));
  ASSERT_TRUE(run(*store_, "INSERT INTO things VALUES ($1, $2, $3, $4)",
                  {std::int64_t{2}, ByteView{}, std::string_view{}, std::int64_t{0}}));
  ASSERT_TRUE(run(*store_, "INSERT INTO things VALUES ($1, $2, $3, $4)",
                  {std::int64_t{3}, {}, {}, or_null(std::nullopt)}));
  EXPECT_EQ(number(*store_,
                   "SELECT COUNT(*) FROM things WHERE octets IS NULL AND words IS NULL "
                   "AND number IS NULL"),
            2);
  const auto read = store_->read([&](Sql& sql) {
    return sql.each("SELECT octets, words, number FROM things ORDER BY id", {},
                    [&, id = 0](const Row& row) mutable -> Result<bool> {
                      ++id;
                      for (int i = 0; i < 3; ++i) EXPECT_EQ(row.is_null(i), id != 2);
                      EXPECT_EQ(row.blob(0).size(), 0U);
                      EXPECT_EQ(row.text(1), "");
                      EXPECT_EQ(row.integer(2), 0);
                      EXPECT_EQ(row.optional_integer(2).has_value(), id == 2);
                      return true;
                    });
  });
  EXPECT_TRUE(read);
}

TEST_P(StoreContract, TakesParametersInAnyOrderAndTwice) {
  for (std::int64_t id = 1; id <= 5; ++id) ASSERT_TRUE(insert(*store_, id));
  const auto sum = store_->read([&](Sql& sql) {
    return sql.integer("SELECT SUM(id) FROM things WHERE id >= $2 AND id < $1 AND ($2 < $1)",
                       {std::int64_t{5}, std::int64_t{3}});
  });
  ASSERT_TRUE(sum) << sum.error().what;
  EXPECT_EQ(*sum, 7);  // 3 + 4
}

TEST_P(StoreContract, CountsWhatAnswersOfEveryIntegerTypeSay) {
  for (std::int64_t id = 1; id <= 3; ++id) ASSERT_TRUE(insert(*store_, id));
  EXPECT_EQ(number(*store_, "SELECT 1"), 1);
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 3);
  EXPECT_EQ(number(*store_, "SELECT EXISTS (SELECT 1 FROM things WHERE id = 2)"), 1);
  EXPECT_EQ(number(*store_, "SELECT SUM(number * -100000) FROM things"), -6'000'000);
  EXPECT_EQ(number(*store_, "SELECT SUM(id - 2) FROM things"), 0);
  EXPECT_EQ(number(*store_, "SELECT MAX(id) FROM things WHERE id > 3"), -1);  // NULL
}

TEST_P(StoreContract, SortsTextByItsOctets) {
  std::int64_t id = 0;
  for (const auto* const words : {"b", "B", "á", "a", "_"}) {
    ASSERT_TRUE(run(*store_, "INSERT INTO things (id, words) VALUES ($1, $2)",
                    {++id, std::string_view(words)}));
  }
  std::string sorted;
  const auto read = store_->read([&](Sql& sql) {
    return sql.each("SELECT words FROM things ORDER BY words", {},
                    [&](const Row& row) -> Result<bool> {
                      sorted += row.text(0);
                      return true;
                    });
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(sorted, "B_abá");
}

TEST_P(StoreContract, RunsAStatementForEachRow) {
  std::vector<std::string> words;
  for (int i = 0; i < 1'000; ++i) words.push_back("w" + std::to_string(i));
  std::vector<Parameter> values;
  for (std::int64_t i = 0; i < 1'000; ++i) {
    values.push_back(i);
    // NULLs among the others, which have no type of their own.
    values.push_back(i % 7 == 0 ? Parameter{} : Parameter{i * i});
    values.push_back(std::string_view(words[static_cast<std::size_t>(i)]));
  }
  const auto written = store_->write([&](Sql& sql) {
    return sql.run_each("INSERT INTO things (id, number, words) VALUES ($1, $2, $3)", 3, values);
  });
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_EQ(*written, 1'000);
  // 0, 7, …, 994 are 143.
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things WHERE number IS NULL"), 143);
  EXPECT_EQ(number(*store_, "SELECT number FROM things WHERE words = 'w999'"), 998'001);
}

// Statements stay prepared up to a number; of three to a round, one or the other comes first after
// it, also the second of those that run together.
TEST_P(StoreContract, RunsMoreStatementsThanItKeepsPrepared) {
  const auto written = store_->write([&](Sql& sql) -> Result<void> {
    for (std::int64_t i = 0; i < 600; ++i) {
      const auto number = std::to_string(i);
      auto done = sql.run("UPDATE things SET number = " + number + " WHERE id = -1");
      if (!done) return done.error();
      const std::vector<Parameter> rows{2 * i, Parameter{}, 2 * i + 1, i};
      done = sql.run_each("INSERT INTO things (id, number) VALUES ($1, $2) /* " + number + " */", 2,
                          rows);
      if (!done) return done.error();
      if (*done != 2) return Error{Code::kInvalid, "round " + number};
    }
    return {};
  });
  ASSERT_TRUE(written) << written.error().what;
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things WHERE number IS NULL"), 600);
  EXPECT_EQ(number(*store_, "SELECT SUM(number) FROM things"), 600 * 599 / 2);
}

TEST_P(StoreContract, SaysHowManyRowsWereChangedWithConflictsLeftOut) {
  ASSERT_TRUE(insert(*store_, 1));
  const std::vector<Parameter> ids{std::int64_t{1}, std::int64_t{2}, std::int64_t{3}};
  const auto added = store_->write([&](Sql& sql) {
    return sql.run_each("INSERT INTO things (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", 1, ids);
  });
  ASSERT_TRUE(added);
  EXPECT_EQ(*added, 2);
  const auto changed = run(*store_, "UPDATE things SET number = 1 WHERE id <= 2");
  ASSERT_TRUE(changed);
  EXPECT_EQ(*changed, 2);
  EXPECT_EQ(*run(*store_, "DELETE FROM things WHERE id > 100"), 0);
  EXPECT_EQ(*store_->write([&](Sql& sql) { return sql.run_each("SELECT $1", 1, {}); }), 0);
}

TEST_P(StoreContract, StreamsMoreRowsThanItHoldsAtATime) {
  const auto made = store_->write([&](Sql& sql) -> Result<std::int64_t> {
    const std::string pad(1'000, 'x');
    for (std::int64_t batch = 0; batch < 20; ++batch) {
      std::vector<Parameter> values;
      for (std::int64_t i = 0; i < 1'000; ++i) {
        values.push_back(batch * 1'000 + i);
        values.push_back(as_bytes(pad));
      }
      if (auto done = sql.run_each("INSERT INTO things (id, octets) VALUES ($1, $2)", 2, values);
          !done) {
        return done;
      }
    }
    return std::int64_t{0};
  });
  ASSERT_TRUE(made) << made.error().what;
  std::int64_t next = 0;
  const auto read = store_->read([&](Sql& sql) {
    return sql.each("SELECT id, octets FROM things ORDER BY id", {},
                    [&](const Row& row) -> Result<bool> {
                      EXPECT_EQ(row.integer(0), next);
                      EXPECT_EQ(row.blob(1).size(), 1'000U);
                      ++next;
                      return true;
                    });
  });
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(next, 20'000);
}

TEST_P(StoreContract, StopsReadingWhenTheVisitorWantsNoMoreOrFails) {
  for (std::int64_t id = 1; id <= 5; ++id) ASSERT_TRUE(insert(*store_, id));
  const auto read = store_->read([&](Sql& sql) -> Result<std::int64_t> {
    std::int64_t last = 0;
    const auto some =
        sql.each("SELECT id FROM things ORDER BY id", {}, [&](const Row& row) -> Result<bool> {
          last = row.integer(0);
          return last < 3;
        });
    EXPECT_TRUE(some);
    // The connection is of use at once.
    const auto sum = sql.integer("SELECT SUM(id) FROM things");
    return last * 100 + **sum;
  });
  EXPECT_EQ(*read, 315);
  const auto failed = store_->read([&](Sql& sql) {
    return sql.each("SELECT id FROM things", {}, [&](const Row&) -> Result<bool> {
      return Error{Code::kDenied, "seen enough"};
    });
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kDenied);
  EXPECT_EQ(failed.error().what, "seen enough");
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 5);
}

TEST_P(StoreContract, RefusesAStatementWhileRowsAreBeingRead) {
  ASSERT_TRUE(insert(*store_, 1));
  const auto read = store_->read([&](Sql& sql) {
    return sql.each("SELECT id FROM things", {}, [&](const Row&) -> Result<bool> {
      const auto nested = sql.integer("SELECT 1");
      if (!nested) return nested.error();
      return true;
    });
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kInvalid);
}

TEST_P(StoreContract, AConstraintRefusesAndTheRestOfTheWorkIsUndone) {
  ASSERT_TRUE(insert(*store_, 1));
  const auto refused = store_->write([&](Sql& sql) -> Result<std::int64_t> {
    if (auto done = sql.run("INSERT INTO things (id) VALUES (2)"); !done) return done;
    return sql.run("INSERT INTO things (id) VALUES (1)");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 1);
  const auto orphan = run(*store_, "INSERT INTO parts VALUES (99, 1)");
  ASSERT_FALSE(orphan);
  EXPECT_EQ(orphan.error().code, Code::kConflict);
}

TEST_P(StoreContract, NothingIsKeptOfWorkThatOverlooksAFailure) {
  ASSERT_TRUE(insert(*store_, 1));
  const auto done = store_->write([&](Sql& sql) -> Result<int> {
    (void)sql.run("INSERT INTO things (id) VALUES (1)");
    EXPECT_FALSE(sql.run("INSERT INTO things (id) VALUES (2)"));
    return 7;
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kConflict);
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 1);
}

TEST_P(StoreContract, AStatementThatMakesNoSenseIsTheCallersMistake) {
  const auto done = run(*store_, "INSERT INTO nowhere VALUES (1)");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kInvalid);
  EXPECT_NE(done.error().what.find("nowhere"), std::string::npos);
}

TEST_P(StoreContract, AReadSeesOneMomentWhileOthersWrite) {
  ASSERT_TRUE(insert(*store_, 1));
  const auto counts = store_->read([&](Sql& sql) -> Result<std::int64_t> {
    const auto before = sql.integer("SELECT COUNT(*) FROM things");
    EXPECT_TRUE(insert(*store_, 2));
    const auto after = sql.integer("SELECT COUNT(*) FROM things");
    return **before * 10 + **after;
  });
  EXPECT_EQ(*counts, 11);
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 2);
}

TEST_P(StoreContract, AReadCannotWrite) {
  const auto done =
      store_->read([&](Sql& sql) { return sql.run("INSERT INTO things (id) VALUES (1)"); });
  EXPECT_FALSE(done);
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 0);
}

TEST_P(StoreContract, AWriteWithinAWriteIsRefusedAndNotWaitedForForEver) {
  const auto done = store_->write([&](Sql&) { return insert(*store_, 1); });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kInvalid);
}

TEST_P(StoreContract, AnExceptionInTheWorkReachesItsCallerOnly) {
  EXPECT_THROW((void)store_->write([&](Sql& sql) -> Result<void> {
    (void)sql.run("INSERT INTO things (id) VALUES (1)");
    throw std::runtime_error("a library's");
  }),
               std::runtime_error);
  ASSERT_TRUE(insert(*store_, 2));
  EXPECT_EQ(number(*store_, "SELECT SUM(id) FROM things"), 2);
}

// 64 callers, 20 writes each of three rows: of every four writes one breaks a constraint after it
// has written, and one refuses by itself. Only these are undone.
TEST_P(StoreContract, OfManyWritersOnlyThoseThatFailAreUndone) {
  constexpr int kThreads = 64;
  constexpr int kWrites = 20;
  ASSERT_TRUE(insert(*store_, -1));
  std::atomic<int> good = 0;
  std::atomic<int> wrong = 0;
  std::latch together(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      together.arrive_and_wait();
      for (int w = 0; w < kWrites; ++w) {
        const std::int64_t first = (t * kWrites + w) * 3;
        const int kind = (t + w) % 4;
        const auto done = store_->write([&](Sql& sql) -> Result<std::int64_t> {
          const std::vector<Parameter> ids{first, first + 1, first + 2};
          auto added = sql.run_each("INSERT INTO things (id) VALUES ($1)", 1, ids);
          if (kind == 0) return sql.run("INSERT INTO things (id) VALUES (-1)");
          if (kind == 1) return Error{Code::kDenied, "refused"};
          return added;
        });
        const bool as_expected = kind == 0   ? !done && done.error().code == Code::kConflict
                                 : kind == 1 ? !done && done.error().code == Code::kDenied
                                             : done && *done == 3;
        ++(as_expected ? good : wrong);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(good, kThreads * kWrites);
  // Half of 64 · 20 writes, three rows each, and the one from before.
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 1'921);
  store_.reset();
  store_ = home_.open();
  EXPECT_EQ(number(*store_, "SELECT COUNT(*) FROM things"), 1'921);
}

TEST_P(StoreContract, LockedWorkIsDoneOneAfterTheOther) {
  ASSERT_TRUE(run(*store_, "INSERT INTO things (id, number) VALUES (1, 0)"));
  const auto other = home_.open();  // as a second server has it
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto done =
            (t % 2 == 0 ? *store_ : *other).write([&](Sql& sql) -> Result<std::int64_t> {
              if (auto locked = sql.lock("counter"); !locked) return locked.error();
              const auto now = sql.integer("SELECT number FROM things WHERE id = 1");
              if (!now) return now.error();
              return sql.run("UPDATE things SET number = $1 WHERE id = 1", {**now + 1});
            });
        EXPECT_TRUE(done) << done.error().what;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number(*store_, "SELECT number FROM things"), 160);
}

TEST_P(StoreContract, WhatIsSharedIsAskedOnceATransactionAndAgainByWhoLocksIt) {
  ASSERT_TRUE(run(*store_, "INSERT INTO things (id, number) VALUES (1, 5)"));
  constexpr std::string_view kSelect = "SELECT number FROM things WHERE id = 1";
  const auto done = store_->write([&](Sql& sql) -> Result<void> {
    EXPECT_EQ(**sql.shared_integer("counter", kSelect), 5);
    // Against the rule, to see that it is not asked again.
    EXPECT_TRUE(sql.run("UPDATE things SET number = 6 WHERE id = 1"));
    EXPECT_EQ(**sql.shared_integer("counter", kSelect), 5);
    EXPECT_TRUE(sql.lock("counter"));
    EXPECT_EQ(**sql.shared_integer("counter", kSelect), 6);
    EXPECT_TRUE(sql.run("UPDATE things SET number = 7 WHERE id = 1"));
    EXPECT_EQ(**sql.shared_integer("counter", kSelect), 7);
    return {};
  });
  ASSERT_TRUE(done) << done.error().what;
  const auto next = store_->write([&](Sql& sql) { return sql.shared_integer("counter", kSelect); });
  EXPECT_EQ(**next, 7);
}

TEST_P(StoreContract, StoresOfOnePlaceShareNoTables) {
  const auto codes = home_.open(kMigrations, "codes");
  ASSERT_TRUE(insert(*store_, 1));
  EXPECT_EQ(number(*codes, "SELECT COUNT(*) FROM things"), 0);
  EXPECT_EQ(codes->name(), "codes");
}

}  // namespace
}  // namespace bz::store
