#include "store/copy.h"

#include <fstream>
#include <thread>

#include "store/store_test.h"

namespace bz::store {
namespace {

using Ways = std::pair<Backend, Backend>;

class Copying : public testing::TestWithParam<Ways> {
 protected:
  // Things with every kind of value, two parts of each fifth, an audit trail, a secret.
  void fill(Store& store) {
    const auto done = store.write([&](Sql& sql) -> Result<std::int64_t> {
      const Bytes octets{0, 0xFF, 7};
      for (std::int64_t id = 1; id <= 1'234; ++id) {
        const auto words = "w" + std::to_string(id);
        auto put = sql.run("INSERT INTO things (id, octets, words, number) VALUES ($1, $2, $3, $4)",
                           {id, id % 3 == 0 ? Parameter{} : Parameter{ByteView(octets)},
                            id % 4 == 0 ? Parameter{} : Parameter{std::string_view(words)},
                            id % 2 == 0 ? Parameter{} : Parameter{-id}});
        if (!put) return put;
        if (id % 5 != 0) continue;
        put = sql.run("INSERT INTO parts VALUES ($1, 1), ($1, 2)", {id});
        if (!put) return put;
      }
      for (int i = 0; i < 3; ++i) {
        if (auto noted =
                add_audit(sql, {0, from_ms(1'000 * i), "a", "b", "Huyện Châu Thành", "", {}});
            !noted) {
          return noted.error();
        }
      }
      return std::int64_t{0};
    });
    ASSERT_TRUE(done) << done.error().what;
  }

  static std::string content_of(Store& store) {
    std::string all;
    const auto read = store.read([&](Sql& sql) {
      return sql.each("SELECT id, octets, words, number FROM things ORDER BY id", {},
                      [&](const Row& row) -> Result<bool> {
                        all += std::to_string(row.integer(0));
                        all += row.is_null(1) ? "-" : to_hex(row.blob(1));
                        all += row.is_null(2) ? "-" : std::string(row.text(2));
                        all += row.is_null(3) ? "-" : std::to_string(row.integer(3));
                        return true;
                      });
    });
    EXPECT_TRUE(read);
    return all;
  }

  Home from_{GetParam().first};
  Home to_{GetParam().second};
  std::unique_ptr<Store> source_ = from_.open();
};

INSTANTIATE_TEST_SUITE_P(, Copying,
                         testing::Values(Ways{Backend::kSqlite, Backend::kSqlite},
                                         Ways{Backend::kSqlite, Backend::kPostgres},
                                         Ways{Backend::kPostgres, Backend::kSqlite}),
                         [](const auto& ways) {
                           const auto word = [](Backend backend) -> std::string {
                             return backend == Backend::kSqlite ? "Sqlite" : "Postgres";
                           };
                           return word(ways.param.first) + "To" + word(ways.param.second);
                         });

TEST_P(Copying, ABackupThatIsRestoredIsTheSameStore) {
  fill(*source_);
  const auto target = to_.open();
  const auto copied = copy(*source_, *target);
  ASSERT_TRUE(copied) << copied.error().what;
  EXPECT_EQ(*copied, 1'234 + 2 * 246 + 3);  // 1 234 / 5 = 246 things have two parts
  EXPECT_EQ(content_of(*target), content_of(*source_));
  const auto health = check(*target);
  ASSERT_TRUE(health) << health.error().what;
  EXPECT_EQ(health->version, 4);
  ASSERT_TRUE(health->audit);
  EXPECT_EQ(health->audit->number, 3);
  EXPECT_EQ(health->audit->hash, check(*source_)->audit->hash);
  EXPECT_EQ(health->tables.front().table, "things");
  EXPECT_EQ(health->tables.front().rows, 1'234);
  // And back again, into a new place of the first kind.
  const Home restored(GetParam().first);
  const auto again = restored.open();
  ASSERT_TRUE(copy(*target, *again));
  EXPECT_EQ(content_of(*again), content_of(*source_));
}

TEST_P(Copying, IntoAStoreThatIsNotEmptyIsRefused) {
  fill(*source_);
  const auto target = to_.open();
  ASSERT_TRUE(insert(*target, 5));
  const auto copied = copy(*source_, *target);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, Code::kConflict);
  EXPECT_EQ(number(*target, "SELECT COUNT(*) FROM things"), 1);
}

TEST_P(Copying, IntoAStoreOfAnotherVersionIsRefused) {
  const auto target = to_.open(std::span(kMigrations).first(3));
  const auto copied = copy(*source_, *target);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, Code::kInvalid);
}

TEST_P(Copying, WritersGoOnMeanwhileAndTheCopyIsOfOneMoment) {
  fill(*source_);
  const auto target = to_.open();
  std::atomic<bool> done = false;
  std::atomic<int> written = 0;
  // Each write adds a thing and its part, so that a copy of two moments would have one without the
  // other.
  std::thread writer([&] {
    for (std::int64_t id = 10'000; !done; ++id) {
      EXPECT_TRUE(source_->write([&](Sql& sql) -> Result<std::int64_t> {
        if (auto put = sql.run("INSERT INTO things (id) VALUES ($1)", {id}); !put) return put;
        return sql.run("INSERT INTO parts VALUES ($1, 1)", {id});
      }));
      ++written;
    }
  });
  while (written == 0) std::this_thread::yield();
  const auto copied = copy(*source_, *target);
  done = true;
  writer.join();
  ASSERT_TRUE(copied) << copied.error().what;
  EXPECT_EQ(number(*target, "SELECT COUNT(*) FROM things WHERE id >= 10000"),
            number(*target, "SELECT COUNT(*) FROM parts WHERE thing >= 10000"));
}

class Checking : public OnBothStores {};
BZ_ON_BOTH_STORES(Checking);

TEST_P(Checking, FindsATamperedAuditTrail) {
  const auto store = home_.open();
  ASSERT_TRUE(store->write([](Sql& sql) {
    return add_audit(sql, {0, {}, "a", "b", "c", "", {}});
  }));
  EXPECT_TRUE(check(*store));
  ASSERT_TRUE(run(*store, "UPDATE audit SET actor = 'x'"));
  const auto health = check(*store);
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().code, Code::kMalformed);
}

TEST(CheckingAFile, FindsADamagedPage) {
  const Home home(Backend::kSqlite);
  auto store = home.open();
  ASSERT_TRUE(store->write([](Sql& sql) -> Result<std::int64_t> {
    std::vector<Parameter> ids;
    for (std::int64_t i = 1; i <= 5'000; ++i) ids.push_back(i);
    return sql.run_each("INSERT INTO things (id) VALUES ($1)", 1, ids);
  }));
  EXPECT_TRUE(check(*store));
  store.reset();
  const auto file = home.place().folder / "keys.db";
  const auto size = std::filesystem::file_size(file);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(size) - 3'000);
    bytes << std::string(2'000, '\xEE');
  }
  store = home.open();
  ASSERT_TRUE(store);
  const auto health = check(*store);
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().code, Code::kMalformed);
}

}  // namespace
}  // namespace bz::store
