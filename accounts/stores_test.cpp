// The same on PostgreSQL as on SQLite, and by two servers on one PostgreSQL.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "accounts/accounts_here.h"
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
