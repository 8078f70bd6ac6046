// The same on PostgreSQL as on SQLite, and by two servers on one PostgreSQL.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "accounts/accounts_here.h"
#include "accounts/desk.h"
#include "accounts/schema.h"
#include "store/audit.h"
#include "tests/postgres_here.h"

namespace bz::accounts {
namespace {

constexpr std::string_view kOwn = "trăm năm trong cõi";

TEST(AccountsOnPostgres, ALoginFromTheFirstPasswordToLoggingOut) {
  auto database = tests::PostgresHere::make();
  ASSERT_TRUE(database) << database.error().what;
  AccountsHere here(database->url());
  Browser lan(here);
  ASSERT_EQ(lan.set_up("lan", *here.service->add_account("lan", true), kOwn).status, 200);
  here.clock.advance(std::chrono::seconds{30});

  Browser again(here);
  again.secret = lan.secret;
  EXPECT_EQ(again.log_in("lan", "wrong").status, 401);
  EXPECT_EQ(text_in(again.log_in("lan", kOwn), "next"), "second_factor");
  const auto code = again.code();
  EXPECT_EQ(again.give_code("000").status, 401);
  EXPECT_EQ(text_in(again.give_code(code), "next"), "ready");
  Browser replay(here);
  replay.log_in("lan", kOwn);
  EXPECT_EQ(replay.give_code(code).status, 401);
  EXPECT_EQ(
      replay.post("/accounts/v1/recovery", R"({"code":")" + lan.recovery_codes.at(0) + R"("})")
          .status,
      200);

  EXPECT_EQ(again.post("/accounts/v1/accounts", R"({"name":"hoa"})").status, 201);
  EXPECT_EQ(again.post("/accounts/v1/accounts", R"({"name":"hoa"})").status, 409);
  EXPECT_EQ(again.post("/accounts/v1/accounts/hoa/reset").status, 200);
  EXPECT_EQ(again.post("/accounts/v1/accounts/hoa/disable").status, 200);
  EXPECT_EQ(again.get("/accounts/v1/accounts").status, 200);
  EXPECT_EQ(again.get("/accounts/v1/sessions").status, 200);
  EXPECT_EQ(again.get("/accounts/v1/audit").status, 200);
  EXPECT_EQ(again
                .post("/accounts/v1/password", R"({"old_password":")" + std::string(kOwn) +
                                                   R"(","new_password":"chữ tài chữ mệnh"})")
                .status,
            200);
  EXPECT_FALSE(here.service->who_asks(lan.request("GET", "/", {})));
  EXPECT_TRUE(here.service->who_asks(again.request("POST", "/", {})));
  EXPECT_EQ(again.post("/accounts/v1/logout").status, 200);
  EXPECT_FALSE(here.service->who_asks(again.request("GET", "/", {})));

  here.clock.advance(std::chrono::hours{24 * 401});
  ASSERT_TRUE(here.service->tick());
  for (const auto* table : {"sessions", "attempts", "audit"}) {
    const auto rows = here.store->read(
        [&](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM " + std::string(table)); });
    ASSERT_TRUE(rows) << rows.error().what;
    EXPECT_EQ(**rows, 0) << table;
  }
}

// A store of version 2 kept one of them for each account: mai made hoa, hoa made cuc; lan and son
// reset each other.
void who_stands_behind_whom_stays(const store::Place& place) {
  {
    const auto before = store::Store::open(place, "accounts", migrations().first(2));
    ASSERT_TRUE(before) << before.error().what;
    ASSERT_TRUE((*before)->write([](store::Sql& sql) -> Result<void> {
      const std::pair<std::string_view, std::string_view> all[] = {
          {"cuc", "hoa"}, {"hoa", "mai"}, {"lan", "son"}, {"son", "lan"}};
      for (const auto& [name, helper] : all) {
        const auto put = sql.run(
            "INSERT INTO accounts (name, password, system_administrator, disabled, last_step, "
            "made_ms, helper, helped_ms) VALUES ($1, '', 0, 0, 0, 0, $2, $3)",
            {name, helper, AccountsHere::kBegin});
        if (!put) return put.error();
      }
      return {};
    }));
  }
  const auto after = store::Store::open(place, "accounts", migrations());
  ASSERT_TRUE(after) << after.error().what;
  const auto behind = [&](std::string_view account) {
    return *(*after)->read(
        [&](store::Sql& sql) { return helpers_of(sql, account, from_ms(AccountsHere::kBegin)); });
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(behind("cuc"), (Names{"hoa", "mai"}));
  EXPECT_EQ(behind("hoa"), Names{"mai"});
  EXPECT_EQ(behind("lan"), Names{"son"});
  EXPECT_EQ(behind("son"), Names{"lan"});
}

TEST(AccountsOfTheVersionBefore, KeepWhoStandsBehindWhom) {
  const auto folder = TempFolder::make();
  who_stands_behind_whom_stays({folder->path(), {}});
}

TEST(AccountsOnPostgres, OfTheVersionBeforeKeepWhoStandsBehindWhom) {
  auto database = tests::PostgresHere::make();
  ASSERT_TRUE(database) << database.error().what;
  who_stands_behind_whom_stays({{}, database->url()});
}

TEST(AccountsOnPostgres, OfTwoServersAskedAtOnceWithOneCodeOneTakesIt) {
  auto database = tests::PostgresHere::make();
  ASSERT_TRUE(database) << database.error().what;
  AccountsHere one(database->url());
  AccountsHere other(database->url(), one.folder.path());
  Browser lan(one);
  ASSERT_EQ(lan.set_up("lan", *one.service->add_account("lan", false), kOwn).status, 200);
  for (int round = 0; round < 5; ++round) {
    one.clock.advance(std::chrono::seconds{30});
    other.clock.set(one.clock.now());
    Browser here(one);
    Browser there(other);
    ASSERT_EQ(here.log_in("lan", kOwn).status, 200);
    ASSERT_EQ(there.log_in("lan", kOwn).status, 200);
    const auto code = lan.code();
    std::atomic<int> taken{0};
    std::thread at_one([&] { taken += here.give_code(code).status == 200 ? 1 : 0; });
    std::thread at_other([&] { taken += there.give_code(code).status == 200 ? 1 : 0; });
    at_one.join();
    at_other.join();
    EXPECT_EQ(taken, 1) << round;
  }
}

}  // namespace
}  // namespace bz::accounts
