// What calls with keys of nobody, of another kind and over the limit cost the store.
#include "codes/api_keys.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/file.h"
#include "codes/codes_here.h"

namespace bz::codes {
namespace {

// Counts the transactions of the store behind it.
class CountingStore final : public store::Store {
 public:
  explicit CountingStore(store::Store& inner) : inner_(inner) {}
  Result<void> tidy() override { return inner_.tidy(); }
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }

  int reads = 0;
  int writes = 0;

 protected:
  Result<void> write_job(const Job& job) override {
    ++writes;
    return inner_.write([&](store::Sql& sql) { return job(sql); });
  }
  Result<void> read_job(const Job& job) override {
    ++reads;
    return inner_.read([&](store::Sql& sql) { return job(sql); });
  }

 private:
  store::Store& inner_;
};

// A server with a limit of ten calls a minute, and what it asks of its store.
class ApiKeys : public testing::Test {
 protected:
  void SetUp() override {
    here.settings.calls_a_minute = 10;
    auto opened = Service::open(
        counted, here.settings,
        [](const http::Request&) -> Result<http::Session> {
          return Error{Code::kDenied, "log in"};
        },
        here.around);
    ASSERT_TRUE(opened) << opened.error().what;
    service_ = std::move(*opened);
    here.router = http::Router();
    service_->add_routes(here.router);
    counted.reads = counted.writes = 0;
  }
  int verify(const std::string& key) { return here.post("/api/verify", key, "{}").status; }
  int cover(const std::string& key) {
    return here.call("POST", "/api/verify", {{"x-api-key", key}, {"x-chaff", "1"}}).status;
  }

  CodesHere here;
  CountingStore counted{*here.store};

 private:
  std::unique_ptr<Service> service_;
};

TEST_F(ApiKeys, OneThatNobodyWasGivenIsRefusedWithoutAskingTheStore) {
  std::vector<std::string> wrong{"", "none", here.device + "A", here.device.substr(1),
                                 std::string(9'000, 'A')};
  for (int i = 0; i < 1'000; ++i) {
    Bytes bytes(40);
    here.random.fill(bytes);
    wrong.push_back(to_base64url(bytes));
  }
  // 53 characters and a third: the last one holds two bits of the key, and four that must be zero.
  ASSERT_EQ(here.device.size(), 54U);
  for (std::size_t i = 0; i < here.device.size(); ++i) {
    wrong.push_back(here.device);
    wrong.back()[i] = here.device[i] == 'A' ? 'B' : 'A';
  }
  CodesHere elsewhere;
  wrong.push_back(elsewhere.device);
  for (const auto& key : wrong) {
    EXPECT_EQ(verify(key), 401) << key;
    EXPECT_EQ(cover(key), 401) << key;
    EXPECT_EQ(here.get("/api/stats/realm.json", key).status, 401);
  }
  EXPECT_EQ(counted.reads, 0);
  EXPECT_EQ(counted.writes, 0);
}

TEST_F(ApiKeys, OneOfAnotherKindAsksTheStoreOnce) {
  for (int i = 0; i < 50; ++i) EXPECT_EQ(verify(here.stats), 401);
  EXPECT_EQ(counted.reads, 1);
  EXPECT_EQ(counted.writes, 0);
}

TEST_F(ApiKeys, CallsOverTheLimitAskTheStoreNothing) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(verify(here.device), 400);
  const auto reads = counted.reads;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(verify(here.device), 429);
  EXPECT_EQ(counted.reads, reads);
  // Elsewhere, and here a minute later, it goes on.
  here.prefix = "198.51.100.0/24";
  EXPECT_EQ(verify(here.device), 400);
  here.prefix = "192.0.2.0/24";
  here.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(verify(here.device), 400);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(here.get("/api/stats/realm.json", here.stats).status, i < 9 ? 200 : 429);
  }
}

TEST_F(ApiKeys, CoverTrafficAsksTheStoreOnceASecondHoweverMuchThereIs) {
  for (int i = 0; i < 500; ++i) EXPECT_EQ(cover(here.device), 200);
  EXPECT_EQ(counted.reads, 1);
  EXPECT_EQ(counted.writes, 1) << "that there was some, once a day";
  here.clock.advance(std::chrono::seconds{1});
  for (int i = 0; i < 500; ++i) EXPECT_EQ(cover(here.device), 200);
  EXPECT_EQ(counted.reads, 2);
  EXPECT_EQ(counted.writes, 1);
}

TEST_F(ApiKeys, OneThatIsTakenBackIsRefusedAtOnceAndItsCoverTrafficASecondLater) {
  EXPECT_EQ(verify(here.device), 400);
  EXPECT_EQ(cover(here.device), 200);
  const auto keys = list_api_keys(*here.store, "84");
  for (const auto& key : *keys) ASSERT_TRUE(remove_api_key(*here.store, key.id, "test", kTestTime));
  EXPECT_EQ(cover(here.device), 200);
  here.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(cover(here.device), 401);
  EXPECT_EQ(verify(here.device), 401);
}

// The likeliest key to be taken back is the phones', which everybody has.
TEST_F(ApiKeys, OneThatWasTakenBackAsksTheStoreOnceASecondHoweverOftenItIsTried) {
  const auto keys = list_api_keys(*here.store, "84");
  for (const auto& key : *keys) ASSERT_TRUE(remove_api_key(*here.store, key.id, "test", kTestTime));
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(verify(here.device), 401);
    EXPECT_EQ(cover(here.device), 401);
  }
  EXPECT_EQ(counted.reads, 1);
  EXPECT_EQ(here.get("/api/stats/realm.json", here.device).status, 401);
  EXPECT_EQ(counted.reads, 1) << "of whatever kind";
  here.clock.advance(std::chrono::seconds{1});
  for (int i = 0; i < 500; ++i) EXPECT_EQ(verify(here.device), 401);
  EXPECT_EQ(counted.reads, 2);
  EXPECT_EQ(counted.writes, 0);
}

// Theirs had no check: none could be used, and a list that showed them would say otherwise.
class KeysOfTheVersionBefore : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, KeysOfTheVersionBefore,
                         testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(KeysOfTheVersionBefore, StandInNoList) {
  const auto folder = TempFolder::make();
  store::Place place{.folder = folder->path()};
  std::optional<Result<tests::PostgresHere>> postgres;
  if (GetParam() == On::kPostgres) {
    postgres.emplace(tests::PostgresHere::make());
    ASSERT_TRUE(*postgres);
    place.database_url = (**postgres).url();
  }
  {
    const auto before = store::Store::open(place, "codes", migrations().first(4));
    ASSERT_TRUE(before) << before.error().what;
    ASSERT_TRUE((*before)->write([](store::Sql& sql) {
      return sql.run(
          "INSERT INTO api_keys (id, authority, name, kind, hash) VALUES ('1', '84', 'app', "
          "'device', $1)",
          {ByteView(Bytes(32, 1))});
    }));
  }
  const auto after = store::Store::open(place, "codes", migrations());
  ASSERT_TRUE(after) << after.error().what;
  const auto listed = list_api_keys(**after);
  ASSERT_TRUE(listed) << listed.error().what;
  EXPECT_EQ(listed->size(), 0U);
}

TEST(NoKeyOfPhones, IsSaidAtTheStartOfEachAuthorityThatHasNone) {
  CodesHere here;
  const auto warnings = [&] {
    const auto log = read_file(here.folder.path() / "log", 1'000'000);
    std::size_t count = 0;
    const auto text = log ? as_text(*log) : std::string_view();
    for (auto at = text.find("no phone can call"); at != std::string_view::npos;
         at = text.find("no phone can call", at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_EQ(warnings(), 0U);
  const auto keys = list_api_keys(*here.store, "84");
  for (const auto& key : *keys) {
    if (key.kind != KeyKind::kDevice) continue;
    ASSERT_TRUE(remove_api_key(*here.store, key.id, "test", kTestTime));
  }
  here.open();
  EXPECT_EQ(warnings(), 1U);
  here.device = here.key(KeyKind::kDevice, "app");
  here.open();
  EXPECT_EQ(warnings(), 1U);
}

TEST_F(ApiKeys, OneThatIsMadeWhileTheServerRunsIsGoodAtOnce) {
  EXPECT_EQ(verify(here.key(KeyKind::kDevice, "another app")), 400);
}

}  // namespace
}  // namespace bz::codes
