// The smaller routes: chains, revocations, statistics, installations, settings; and tokens.
#include <gtest/gtest.h>

#include "keys/desk_for_tests.h"
#include "keys/installs.h"
#include "keys/revision_token.h"
#include "keys/settings_file.h"
#include "keys/statistics.h"
#include "keys/stats_route.h"
#include "store/audit.h"
#include "wire/json_reader.h"
#include "wire/trace_envelope.h"

namespace bz::keys {
namespace {

using engine::ReportType;
using std::chrono::days;
using wire::TestType;

// ---- /v1/publish-bluezone3

struct ChainDraft {
  std::vector<wire::UploadedChain> entries = {};
  wire::RevocationHandle handle = {};
  std::optional<Interval> onset = {};
  bool chains = true;
  TestType report = TestType::kConfirmed;
};

wire::UploadedChain chain_of(Desk& desk, int days_ago, std::chrono::hours length) {
  std::array<std::uint8_t, 32> bytes{};
  desk.random.fill(bytes);
  const auto start = Instant{day_of(desk.clock.now()) - days{days_ago}};
  return {.key = to_base64(bytes), .time_start_s = to_s(start), .time_end_s = to_s(start + length)};
}

http::Response publish(Desk& desk, const ChainDraft& draft) {
  std::vector<wire::ChainText> texts;
  for (const auto& e : draft.entries) {
    texts.push_back({e.key, e.time_start_s, e.time_end_s, e.max});
  }
  const Bytes secret(32, 9);
  const auto issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
  const wire::Certificate certificate{.issuer = "vn-moh-codes",
                                      .audience = "vn-moh-keys",
                                      .issued = issued,
                                      .expires = issued + 2 * kHour,
                                      .tekmac = wire::chain_tekmac(texts, secret),
                                      .report = draft.report,
                                      .symptom_onset = draft.onset,
                                      .handle = draft.handle,
                                      .chains = draft.chains};
  const wire::PublishChainsRequest request{
      .entries = draft.entries,
      .health_authority = "vn-moh",
      .certificate = wire::write_certificate(certificate, "k1", desk.certificate_key),
      .hmac_secret = secret};
  return desk.post("/v1/publish-bluezone3", wire::write_publish_chains_request(request, "AAAA"));
}

std::vector<wire::TraceEnvelope> trace_lists(Desk& desk, const std::string& region = "VN") {
  std::vector<wire::TraceEnvelope> all;
  for (const auto& name : desk.index(region, "chains.txt")) {
    const auto bytes = read_file(desk.exports() / name, wire::kMaxTraceEnvelope);
    auto read = wire::read_trace_envelope(*bytes, desk.trust());
    EXPECT_TRUE(read) << read.error().what;
    if (read) all.push_back(*read);
  }
  return all;
}

TEST(Chains, AreSignedIntoATraceListTwoHoursAfterTheyEnd) {
  Desk desk;  // 10:10
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24}),
                               chain_of(desk, 0, std::chrono::hours{10})}};
  const auto response = publish(desk, draft);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Desk::answer_in(response).inserted, 2);
  EXPECT_EQ(Desk::answer_in(response).revision_token, "");
  EXPECT_EQ(Desk::answer_in(publish(desk, draft)).inserted, 2);  // a lost reply
  desk.next_batch();                                             // 11:00
  ASSERT_EQ(trace_lists(desk).size(), 1U);
  EXPECT_EQ(trace_lists(desk)[0].chains.size(), 1U);
  EXPECT_EQ(trace_lists(desk)[0].region, "VN");
  desk.next_batch();  // 12:00, two hours after 10:00
  ASSERT_EQ(trace_lists(desk).size(), 2U);
  ASSERT_EQ(trace_lists(desk)[1].chains.size(), 1U);
  EXPECT_EQ(to_s(trace_lists(desk)[1].chains[0].start), draft.entries[1].time_start_s);
  // Made again, it is the same.
  const auto path = desk.exports() / desk.index("VN", "chains.txt")[1];
  const auto before = read_file(path, wire::kMaxTraceEnvelope);
  std::filesystem::remove(path);
  desk.tick();
  EXPECT_EQ(*read_file(path, wire::kMaxTraceEnvelope), *before);
  draft.handle[0] ^= 1U;
  EXPECT_EQ(publish(desk, draft).status, 400);  // another certificate
}

// Phones believe every name whose time begins at the end or before, until two hours after that
// time.
TEST(Chains, WaitForTheLastNameOfADayOfFewNames) {
  Desk desk;  // 10:10
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 0, std::chrono::hours{0})}};
  draft.entries[0].time_end_s += 1;
  draft.entries[0].max = 2;  // the name that is said from 00:00 is good until 12:00
  EXPECT_EQ(publish(desk, draft).status, 200);
  for (int hour = 11; hour < 14; ++hour) {
    desk.next_batch();
    EXPECT_TRUE(trace_lists(desk).empty()) << hour;
  }
  desk.next_batch();  // 14:00
  EXPECT_EQ(trace_lists(desk).size(), 1U);
}

TEST(Chains, NoNameIsBelievedThatBeginsWhereTheirLastHourEnds) {
  Desk desk;  // 10:10
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 0, std::chrono::hours{9})}};
  draft.entries[0].time_end_s -= 900 - 1;  // 08:45:01
  EXPECT_EQ(publish(desk, draft).status, 200);
  desk.next_batch();  // 11:00, two hours after 09:00
  ASSERT_EQ(trace_lists(desk).size(), 1U);
  const auto chain = trace_lists(desk)[0].chains.at(0);
  EXPECT_EQ(to_s(chain.end) - to_s(chain.start), 9 * 3'600 - 1);
}

TEST(Chains, ThatAreThereUnderAnotherCertificateDoNotHoldUpTheOthers) {
  Desk desk;
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24})}};
  EXPECT_EQ(publish(desk, draft).status, 200);
  draft.handle[0] ^= 1U;
  EXPECT_EQ(publish(desk, draft).status, 400);  // nothing else is in it
  draft.entries.push_back(chain_of(desk, 1, std::chrono::hours{24}));
  for (int i = 0; i < 2; ++i) {  // the second time as after a lost reply
    const auto response = publish(desk, draft);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Desk::answer_in(response).inserted, 1);
    EXPECT_EQ(Desk::answer_in(response).code, "partial_failure");
    EXPECT_EQ(Desk::answer_in(response).warnings.size(), 1U);
  }
  desk.next_batch();
  ASSERT_EQ(trace_lists(desk).size(), 1U);
  EXPECT_EQ(trace_lists(desk)[0].chains.size(), 2U);  // each once
}

TEST(Chains, AListIsFilledUp) {
  Desk desk;
  desk.settings.least_keys = 30;
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24})}};
  EXPECT_EQ(publish(desk, draft).status, 200);
  desk.next_batch();
  EXPECT_GE(trace_lists(desk).at(0).chains.size(), 30U);
  EXPECT_LE(trace_lists(desk).at(0).chains.size(), 130U);
}

TEST(Chains, GeneratedOnesAreInAllRegionsOfTheRealOnes) {
  Desk desk;
  desk.settings.least_keys = 30;
  auto authority = list_authorities(*desk.store)->at(0);
  authority.regions = {"VN", "VN-north"};
  ASSERT_TRUE(change_authority(*desk.store, authority));
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24})}};
  EXPECT_EQ(publish(desk, draft).status, 200);
  desk.next_batch();
  EXPECT_EQ(trace_lists(desk).at(0).chains, trace_lists(desk, "VN-north").at(0).chains);
}

TEST(Chains, OfAContactBeginOnTheDayOfTheContactAtTheEarliest) {
  Desk desk;
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24}),
                               chain_of(desk, 3, std::chrono::hours{24})},
                   .report = TestType::kContact};
  EXPECT_EQ(publish(desk, draft).status, 401);  // it names no day
  draft.onset = first_interval(day_of(desk.clock.now()) - days{2});
  EXPECT_EQ(Desk::answer_in(publish(desk, draft)).inserted, 1);
}

TEST(Chains, EachFaultOfAnEntryDropsIt) {
  Desk desk;
  desk.start();
  const auto refused = [&](auto spoil) {
    ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24})}};
    draft.onset = first_interval(day_of(desk.clock.now()));
    spoil(draft.entries[0]);
    return publish(desk, draft).status;
  };
  EXPECT_EQ(refused([](auto&) {}), 200);  // 2 days before the onset: the first infectious day
  EXPECT_EQ(refused([](auto& e) { e.time_start_s -= 86'400; }), 400);  // the day before that
  EXPECT_EQ(refused([](auto& e) { e.key = to_base64(Bytes(31, 1)); }), 400);
  EXPECT_EQ(refused([](auto& e) { e.time_start_s += 1; }), 400);
  EXPECT_EQ(refused([](auto& e) { e.time_end_s = e.time_start_s; }), 400);
  EXPECT_EQ(refused([](auto& e) { e.time_end_s += 3 * 86'400; }), 400);
  EXPECT_EQ(refused([](auto& e) { e.max = 1; }), 400);
  EXPECT_EQ(refused([](auto& e) { e.max = 1'441; }), 400);
}

TEST(Chains, NeedACertificateOfTheirOwnAndAnAuthorityThatTakesThem) {
  Desk desk;
  desk.start();
  ChainDraft draft{.entries = {chain_of(desk, 2, std::chrono::hours{24})}, .chains = false};
  EXPECT_EQ(publish(desk, draft).status, 401);
  draft.chains = true;
  auto authority = list_authorities(*desk.store)->at(0);
  authority.chains = false;
  ASSERT_TRUE(change_authority(*desk.store, authority));
  desk.tick();
  EXPECT_EQ(publish(desk, draft).status, 400);
}

// Of a revoked case.
class RevokedChains : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, RevokedChains, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return p.param == On::kSqlite ? "sqlite" : "postgres";
                         });

TEST_P(RevokedChains, ThatHaveNotGoneOutNeverDo) {
  Desk desk(GetParam());  // 10:10
  desk.start();
  // Of one wrong case a chain is out already; another has keys, and chains of their own handle, of
  // which one goes out at 12:00 and the other, which ended at 11:00, at 13:00.
  const ChainDraft out{.entries = {chain_of(desk, 2, std::chrono::hours{24})}, .handle = {1}};
  EXPECT_EQ(publish(desk, out).status, 200);
  desk.next_batch();
  const auto keys = desk.draft(3);
  (void)desk.published(keys);
  const ChainDraft wrong{.entries = {chain_of(desk, 2, std::chrono::hours{24}),
                                     chain_of(desk, 0, std::chrono::hours{11})},
                         .handle = {2}};
  EXPECT_EQ(Desk::answer_in(publish(desk, wrong)).inserted, 2);
  const ChainDraft right{.entries = {chain_of(desk, 2, std::chrono::hours{24})}, .handle = {3}};
  EXPECT_EQ(publish(desk, right).status, 200);

  const auto response =
      desk.post("/v1/revoke", desk.revocation({keys.handle, wrong.handle, out.handle}));
  EXPECT_EQ(Desk::revoked_in(response), 3);
  EXPECT_EQ(Desk::revoked_in(response, "chains"), 2);
  for (int i = 0; i < 4; ++i) desk.next_batch();
  const auto lists = trace_lists(desk);
  ASSERT_EQ(lists.size(), 2U);
  ASSERT_EQ(lists[0].chains.size(), 1U);
  EXPECT_EQ(to_base64(lists[0].chains[0].daily_key), out.entries[0].key);
  ASSERT_EQ(lists[1].chains.size(), 1U);
  EXPECT_EQ(to_base64(lists[1].chains[0].daily_key), right.entries[0].key);
}

TEST_P(RevokedChains, AreNotTakenAgainNorForTheFirstTimeForTwoDays) {
  Desk desk(GetParam());
  desk.start();
  const ChainDraft sent{.entries = {chain_of(desk, 2, std::chrono::hours{24})}, .handle = {1}};
  const ChainDraft late{.entries = {chain_of(desk, 2, std::chrono::hours{24})}, .handle = {2}};
  EXPECT_EQ(Desk::answer_in(publish(desk, sent)).inserted, 1);
  const auto body = desk.revocation({sent.handle, late.handle});
  EXPECT_EQ(Desk::revoked_in(desk.post("/v1/revoke", body), "chains"), 1);

  const auto noted = [&] {
    return desk.store->read(
        [](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM revoked_handles"); });
  };
  EXPECT_EQ(*noted(), 2);
  desk.go_to(kTen + std::chrono::hours{47});
  desk.tick();
  for (const auto* draft : {&sent, &late}) {
    const auto response = publish(desk, *draft);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(Desk::answer_in(response).inserted, 0);
  }
  desk.next_batch();
  EXPECT_TRUE(trace_lists(desk).empty());

  desk.wait(std::chrono::hours{2});
  desk.tick();
  EXPECT_EQ(*noted(), 0);
}

// ---- /v1/stats

std::string stats_token(const Desk& desk, const SigningKey& key, std::string_view audience) {
  const auto now = to_s(desk.clock.now());
  return wire::write_jwt(R"({"iss":"vn-moh-codes","aud":")" + std::string{audience} +
                             R"(","iat":)" + std::to_string(now - 10) + R"(,"exp":)" +
                             std::to_string(now + 300) + "}",
                         "k1", key);
}

http::Response ask_stats(const Desk& desk, const std::string& token) {
  return desk.post("/v1/stats", "{}", {{"authorization", "Bearer " + token}});
}

TEST(Stats, AreForTheAuthorityAlone) {
  Desk desk;
  desk.start();
  const auto good = ask_stats(desk, stats_token(desk, desk.certificate_key, "vn-moh-keys"));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body.substr(0, 22), R"({"days":[],"padding":")");
  EXPECT_GE(good.body.size(), 2'048U * 4 / 3);
  for (const auto& token : {std::string{}, stats_token(desk, SigningKey::generate(), "vn-moh-keys"),
                            stats_token(desk, desk.certificate_key, "another")}) {
    const auto response = ask_stats(desk, token);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(Desk::answer_in(response).code, "unauthorized");
  }
  const auto old = stats_token(desk, desk.certificate_key, "vn-moh-keys");
  desk.wait(kHour);
  EXPECT_EQ(ask_stats(desk, old).status, 401);
}

TEST(Stats, ACertificateOfAnUploadIsNoTokenForThem) {
  Desk desk;
  desk.start();
  EXPECT_EQ(ask_stats(desk, desk.request(desk.draft()).certificate).status, 401);
}

TEST(Stats, ATokenOfImpossibleTimesIsNoneWhoeverSignedIt) {
  Desk desk;
  desk.start();
  const auto now = to_s(desk.clock.now());
  const auto claims = [](const std::string& from, const std::string& until) {
    return R"({"iss":"vn-moh-codes","aud":"vn-moh-keys","iat":)" + from + R"(,"exp":)" + until +
           "}";
  };
  const std::string least = "-9223372036854775808";
  const std::string most = "9223372036854775807";
  for (const auto& text : {claims(least, most), claims(least, std::to_string(now + 300)),
                           claims(std::to_string(now), most), claims("-1", "86000")}) {
    EXPECT_FALSE(may_ask_now(text, "vn-moh-keys", now));
    for (const auto& key : {desk.certificate_key, SigningKey::generate()}) {
      EXPECT_EQ(ask_stats(desk, wire::write_jwt(text, "k1", key)).status, 401);
    }
  }
  // A day at most.
  EXPECT_TRUE(may_ask_now(claims("1000", "87400"), "vn-moh-keys", 1'000));
  EXPECT_FALSE(may_ask_now(claims("1000", "87401"), "vn-moh-keys", 1'000));
}

TEST(Stats, ADayIsShownByTheHourWhenTenPublishedAndElseAfterTwoDays) {
  Desk desk;
  desk.start();
  const auto body = [&] {
    desk.tick();
    return ask_stats(desk, stats_token(desk, desk.certificate_key, "vn-moh-keys")).body;
  };
  const auto shows_a_day = [&] { return body().find("2020-08-01T00:00:00Z") != std::string::npos; };
  for (int i = 0; i < 9; ++i) (void)desk.published(desk.draft(2));
  desk.wait(kHour);
  EXPECT_FALSE(shows_a_day());  // nine
  (void)desk.published(desk.draft(2));
  EXPECT_FALSE(shows_a_day());  // ten, but its hour is not over
  desk.wait(kHour);
  EXPECT_TRUE(shows_a_day());

  Desk few;
  few.start();
  (void)few.published(few.draft(2));
  few.tick();
  const Statistics statistics(*few.store);
  const auto end = Instant{day_of(few.clock.now()) + days{1}};
  const auto number =
      few.store->read([](store::Sql& sql) { return read_directory(sql); })->find("vn-moh")->number;
  EXPECT_TRUE(statistics.days(number, end + 2 * days{1} - std::chrono::seconds{1})->empty());
  EXPECT_EQ(statistics.days(number, end + 2 * days{1})->size(), 1U);
}

TEST(Stats, CountWhatTheTableNames) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(2, TestType::kLikely);  // keys of yesterday and the day before
  draft.onset = first_interval(day_of(desk.clock.now()) - days{5});
  const auto request = desk.request(draft);
  const auto send = [&](const wire::PublishRequest& r, const std::string& agent) {
    return desk.post("/v1/publish", wire::write_publish_request(r, "AAAA"),
                     {{"user-agent", agent}});
  };
  draft.token = Desk::answer_in(send(request, "Bluezone/4 (Android 11)")).revision_token;
  (void)send(request, "Bluezone/4 (Android 11)");  // the same again is not counted
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  draft.onset.reset();
  (void)send(desk.request(draft), "bluetoothd (unknown version) CFNetwork/1197");
  (void)send(desk.request(desk.draft(1)), "curl");
  desk.wait(days{4});
  desk.tick();
  const auto day = Statistics(*desk.store).days(1, desk.clock.now())->at(0);
  EXPECT_EQ(day.publish_requests, (std::array<std::int64_t, 3>{1, 1, 1}));
  EXPECT_EQ(day.keys, 3);
  EXPECT_EQ(day.requests_with_revisions, 1);
  EXPECT_EQ(day.requests_without_onset, 2);
  EXPECT_EQ(day.key_ages[1], 2);
  EXPECT_EQ(day.key_ages[2], 1);
  EXPECT_EQ(day.onset_days[5], 1);
  const auto body = ask_stats(desk, stats_token(desk, desk.certificate_key, "vn-moh-keys")).body;
  EXPECT_NE(body.find(R"("tek_age_distribution":[0,2,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0])"),
            std::string::npos);
  EXPECT_NE(body.find(R"("publish_requests":{"unknown":1,"android":1,"ios":1})"),
            std::string::npos);
}

TEST(Stats, PlatformsAreToldApartByUserAgent) {
  EXPECT_EQ(platform_of("Dalvik (Linux; ANDROID 10)"), Platform::kAndroid);
  EXPECT_EQ(platform_of("App (iPhone; iOS 14)"), Platform::kIos);
  EXPECT_EQ(platform_of("bluetoothd CFNetwork"), Platform::kIos);
  EXPECT_EQ(platform_of("CFNetwork"), Platform::kUnknown);
  EXPECT_EQ(platform_of(""), Platform::kUnknown);
}

// ---- /v1/installs

http::Response install(const Desk& desk, const std::string& unit) {
  return desk.post("/v1/installs",
                   R"({"unit":")" + unit + R"(","platform":"android","version":"4.0.1"})");
}

TEST(Installs, AreCountedADayAndUnitAndToldFromTenOn) {
  Desk desk;
  desk.start();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(install(desk, "84").status, 200);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(install(desk, "70").status, 200);
  const auto rows = installs_of_day(*desk.store, day_of(desk.clock.now()));
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0].unit, "84");
  EXPECT_EQ((*rows)[0].count, 10);
}

TEST(Installs, AreLimitedByNetworkAndReadStrictly) {
  Desk desk;
  desk.settings.installs_an_hour = 2;
  desk.start();
  EXPECT_EQ(install(desk, "đ").status, 400);
  EXPECT_EQ(desk.post("/v1/installs", R"({"unit":"84","platform":"tv","version":"1"})").status,
            400);
  EXPECT_EQ(
      desk.post("/v1/installs", R"({"unit":"84","platform":"ios","version":"1","id":"x"})").status,
      400);
  EXPECT_EQ(install(desk, "84").status, 200);
  EXPECT_EQ(install(desk, "84").status, 200);
  EXPECT_EQ(install(desk, "84").status, 429);
}

// ---- /v1/settings

TEST(SettingsFile, IsServedAsItWasPutAndOnlyAHigherVersionReplacesIt) {
  Desk desk;
  desk.start();
  EXPECT_EQ(desk.get("/v1/settings").status, 404);
  ASSERT_TRUE(put_settings(*desk.store, 2, as_bytes("two")));
  EXPECT_EQ(put_settings(*desk.store, 2, as_bytes("other")).error().code, Code::kConflict);
  EXPECT_EQ(put_settings(*desk.store, 1, as_bytes("one")).error().code, Code::kConflict);
  const auto answer = desk.get("/v1/settings");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "two");
  std::string etag;
  for (const auto& [name, value] : answer.headers) {
    if (name == "etag") etag = value;
  }
  EXPECT_EQ(desk.get("/v1/settings", {{"if-none-match", etag}}).status, 304);
  ASSERT_TRUE(put_settings(*desk.store, 3, as_bytes("three")));
  EXPECT_EQ(desk.get("/v1/settings", {{"if-none-match", etag}}).body, "three");
}

// ---- revision tokens

TEST(RevisionToken, IsOfOneSizeAndReadOnlyForItsAuthority) {
  Desk desk;
  const auto master = store::read_or_make_master_key(desk.folder() / "master.key", desk.random);
  store::Secrets secrets(*desk.store, *master, desk.random);
  RevisionTokens tokens(secrets, desk.random);
  ASSERT_TRUE(tokens.renew(desk.clock.now()));
  std::vector<KeyTag> tags;
  for (std::uint8_t i = 0; i < 30; ++i) {
    const auto token = tokens.write("vn-moh", tags);
    EXPECT_EQ(token.size(), 532U);
    EXPECT_EQ(*tokens.read("vn-moh", token), tags);
    EXPECT_EQ(tokens.read("la", token).error().code, Code::kDenied);
    auto spoiled = *from_base64(token);
    spoiled[spoiled.size() / 2] ^= 1U;
    EXPECT_EQ(tokens.read("vn-moh", to_base64(spoiled)).error().code, Code::kDenied);
    tags.push_back(tag_of(Bytes(16, i)));
  }
  // Renewed after a month, an older token is read for another.
  const auto token = tokens.write("vn-moh", tags);
  ASSERT_TRUE(tokens.renew(desk.clock.now() + days{31}));
  EXPECT_EQ(*tokens.read("vn-moh", token), tags);
}

}  // namespace
}  // namespace bz::keys
