// How long things are kept, and that nothing that is kept says when a code was used or by whom.
#include "codes/clean_up.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/file.h"
#include "codes/codes_here.h"
#include "wire/certificate.h"

namespace bz::codes {
namespace {

class CleanUp : public OnBoth {
 protected:
  std::int64_t rows(const std::string& of) {
    const auto count = here.store->read(
        [&](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM " + of); });
    return count && *count ? **count : -1;
  }
  void after(std::chrono::milliseconds time) {
    here.clock.set(kTestTime + time);
    ASSERT_TRUE(here.service->tick());
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, CleanUp, testing::Values(On::kSqlite, On::kPostgres), store_name);

TEST_P(CleanUp, ACodeIsKept48HoursItsStatus14Days) {
  const auto uuid = here.text(here.issue(), "uuid");
  const std::string body = R"({"uuid":")" + uuid + R"("})";
  after(std::chrono::hours{48} - std::chrono::seconds{1});
  EXPECT_EQ(rows("codes WHERE short_hash IS NOT NULL"), 1);
  after(std::chrono::hours{48} + std::chrono::minutes{2});
  EXPECT_EQ(rows("codes WHERE short_hash IS NOT NULL"), 0);
  EXPECT_EQ(here.post("/api/checkcodestatus", here.admin, body).status, 200);
  after(std::chrono::days{14} + std::chrono::minutes{4});
  EXPECT_EQ(here.post("/api/checkcodestatus", here.admin, body).status, 404);
}

TEST_P(CleanUp, AUsedTokenIsKeptUntilItCannotBeUsedAnyMore) {
  here.certify(here.token(), to_base64(Bytes(32)));
  EXPECT_EQ(rows("used_tokens"), 1);
  after(std::chrono::hours{24});
  EXPECT_EQ(rows("used_tokens"), 1);
  after(std::chrono::hours{26});
  EXPECT_EQ(rows("used_tokens"), 0);
}

TEST_P(CleanUp, CountersAreKept91DaysAndGuessesTwo) {
  here.code();
  here.verify("00000000");
  after(std::chrono::hours{50});
  EXPECT_EQ(rows("failed_verifies"), 0);
  after(std::chrono::days{91});
  EXPECT_GT(rows("statistics"), 0);
  after(std::chrono::days{92});
  EXPECT_EQ(rows("statistics"), 0);
}

TEST_P(CleanUp, ACallbackIsKept14DaysAtMost) {
  here.call("POST", "/v1/callback", {{"content-type", "application/json"}},
            R"({"message":")" + to_base64(Bytes(256, 1)) + R"("})");
  after(std::chrono::days{13});
  EXPECT_EQ(rows("callbacks"), 1);
  after(std::chrono::days{14});
  EXPECT_EQ(rows("callbacks"), 0);
}

TEST_P(CleanUp, AFetchedCallbackIsKeptAnHourMore) {
  here.grant("lan", "issuer");
  here.call("POST", "/v1/callback", {{"content-type", "application/json"}},
            R"({"message":")" + to_base64(Bytes(256, 1)) + R"("})");
  const auto list = here.object(here.officer("lan", "GET", "/officer/v1/callbacks"));
  const auto id = list.at("callbacks").as_array()[0].as_object().at("id").as_string();
  here.officer("lan", "POST", "/officer/v1/callbacks/" + std::string(id) + "/fetch");
  after(std::chrono::minutes{59});
  EXPECT_EQ(rows("callbacks"), 1);
  after(std::chrono::minutes{60});
  EXPECT_EQ(rows("callbacks"), 0);
}

TEST_P(CleanUp, OfAUsedCodeNoDateIsKept) {
  const auto code = here.code();
  EXPECT_EQ(rows("codes WHERE symptom_day IS NOT NULL AND test_day IS NOT NULL"), 1);
  EXPECT_EQ(here.text(here.verify(code), "testDate"), "2026-11-21");
  EXPECT_EQ(rows("codes WHERE symptom_day IS NULL AND test_day IS NULL"), 1);
}

TEST_P(CleanUp, TheAuditTrailIsPrunedAfter400Days) {
  here.grant("lan", "issuer");
  EXPECT_GT(rows("audit"), 0);
  after(std::chrono::days{401});
  EXPECT_EQ(rows("audit"), 0);
}

// Every column of every row, as text.
std::string everything(CodesHere& here) {
  std::string all;
  const auto read = here.store->read([&](store::Sql& sql) -> Result<void> {
    const std::pair<const char*, int> tables[] = {{"SELECT hash, bound FROM used_tokens", 2},
                                                  {"SELECT hash, hash FROM phones", 2},
                                                  {"SELECT short_hash, handle FROM codes", 2}};
    for (const auto& table : tables) {
      auto done = sql.each(table.first, {}, [&](const store::Row& row) -> Result<bool> {
        for (int i = 0; i < table.second; ++i) {
          if (!row.is_null(i)) all += to_hex(row.blob(i)) + "\n";
        }
        return true;
      });
      if (!done) return done;
    }
    return {};
  });
  EXPECT_TRUE(read);
  return all;
}

TEST_P(CleanUp, NothingKeptIsInTheCertificateOrTellsWhenItWasMade) {
  const auto code = here.code();
  here.clock.advance(std::chrono::minutes{3});
  const auto verified = here.verify(code);
  const auto before = everything(here);
  here.clock.advance(std::chrono::minutes{4});
  const auto hmac = sha256(as_bytes("keys"));
  const auto certified = here.certify(here.text(verified, "token"), to_base64(hmac));
  const auto jwt = wire::parse_jwt(here.text(certified, "certificate"));
  const auto certificate = wire::read_certificate(*jwt);
  const auto kept = everything(here);
  EXPECT_EQ(kept.find(to_hex(certificate->handle)), std::string::npos);
  EXPECT_EQ(kept.find(to_hex(hmac)), std::string::npos);
  EXPECT_EQ(kept.find(to_hex(sha256(hmac))), std::string::npos);
  EXPECT_EQ(jwt->claims.find(here.text(verified, "token")), std::string::npos);
  // The code's own row is as it was: a certificate leaves nothing in it.
  EXPECT_NE(kept.find(before), std::string::npos);
  // What knows a moment: when the code was issued and ends; all else a day or an hour.
  const auto moments = here.store->read(
      [&](store::Sql& sql) { return sql.integer("SELECT expires_h FROM used_tokens"); });
  // The token ends at 10:23:30 tomorrow: kept as the hour after it, 11:00.
  EXPECT_EQ(**moments, hour_number(kTestTime + std::chrono::hours{25}));
}

TEST(Logs, HoldNothingOfARequest) {
  CodesHere here;
  const auto code = here.code();
  const auto verified = here.verify(code);
  here.verify("00000000");
  here.certify(here.text(verified, "token"), to_base64(Bytes(32)));
  ASSERT_TRUE(here.service->tick());
  EXPECT_EQ(read_file(here.folder.path() / "log", 1'000'000)->size(), 0U);
  EXPECT_EQ(here.service->trouble(), "");
}

}  // namespace
}  // namespace bz::codes
