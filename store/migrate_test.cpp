#include "store/migrate.h"

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "store/store_test.h"

namespace bz::store {
namespace {

class Migrations : public OnBothStores {
 protected:
  static constexpr Migration kFirst[] = {{1, "one", "CREATE TABLE a (x BIGINT);"}};
  static constexpr Migration kBoth[] = {
      {1, "one", "CREATE TABLE a (x BIGINT);"},
      {2, "two", "ALTER TABLE a ADD COLUMN y BIGINT; CREATE TABLE b (z TEXT);"}};

  void expect_refused(std::span<const Migration> migrations, std::string_view because,
                      std::string_view name = "keys") {
    const auto store = home_.try_open(migrations, name);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::kInvalid);
    EXPECT_NE(store.error().what.find(because), std::string::npos) << store.error().what;
  }
};
BZ_ON_BOTH_STORES(Migrations);

TEST_P(Migrations, AreAppliedOnceAndInOrder) {
  ASSERT_TRUE(run(*home_.open(kFirst), "INSERT INTO a VALUES (1)"));
  const auto store = home_.open(kBoth);
  ASSERT_TRUE(run(*store, "UPDATE a SET y = 2"));
  EXPECT_EQ(number(*home_.open(kBoth), "SELECT x * 10 + y FROM a"), 12);
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM schema_history WHERE applied_s > 1500000000"), 2);
}

TEST_P(Migrations, AnOlderProgramIsRefused) {
  (void)home_.open(kBoth);
  expect_refused(kFirst, "newer program");
}

TEST_P(Migrations, AnotherHistoryIsRefused) {
  (void)home_.open(kFirst);
  constexpr Migration kOther[] = {{1, "uno", "CREATE TABLE a (x BIGINT);"}};
  expect_refused(kOther, "another migration 1");
}

TEST_P(Migrations, OneThatFailsChangesNothing) {
  constexpr Migration kWrong[] = {kBoth[0],
                                  {2, "two", "CREATE TABLE b (z BIGINT); CREATE nonsense"}};
  expect_refused(kWrong, "migration 2");
  const auto store = home_.open(kFirst);
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM schema_history"), 1);
}

TEST_P(Migrations, ManyServersMayStartAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const auto store = home_.try_open(kBoth);
      EXPECT_TRUE(store) << store.error().what;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number(*home_.open(kBoth), "SELECT COUNT(*) FROM schema_history"), 2);
}

TEST_P(Migrations, ManyProcessesMayStartAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(home_.try_open(kBoth) ? 0 : 1);
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(number(*home_.open(kBoth), "SELECT COUNT(*) FROM schema_history"), 2);
}

}  // namespace
}  // namespace bz::store
