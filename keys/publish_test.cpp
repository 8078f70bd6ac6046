// POST /v1/publish, row by row of its tables.
#include <gtest/gtest.h>

#include "keys/answers.h"
#include "keys/desk_for_tests.h"
#include "wire/json_reader.h"

namespace bz::keys {
namespace {

using engine::ReportType;
using wire::TestType;

// On both stores.
class Publishing : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, Publishing, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return std::string{p.param == On::kSqlite ? "Sqlite" : "Postgres"};
                         });

TEST_P(Publishing, AGoodUploadIsKeptAndGoesOutInTheNextBatch) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(3);
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{2});
  const auto answer = desk.published(draft);
  EXPECT_EQ(answer.inserted, 3);
  EXPECT_EQ(answer.revision_token.size(), 532U);
  EXPECT_EQ(answer.code, "");
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 1U);
  ASSERT_EQ(files[0].keys.size(), 3U);
  // 10:00 is the end of the batch before the first: 10:00 to 11:00.
  EXPECT_EQ(desk.index()[0], "VN/1596276000-1596279600-00001.zip");
  for (const auto& key : files[0].keys) {
    EXPECT_EQ(key.report_type, ReportType::kConfirmed);
    EXPECT_EQ(key.transmission_risk, 2);  // filled in for a confirmed report
    // Keys of 1, 2 and 3 days ago; onset 2 days ago: 1, 0 and -1.
    const auto days_ago = (day_of(desk.clock.now()) - day_of(start_of(key.key.start))).count();
    EXPECT_EQ(key.days_since_onset, 2 - static_cast<int>(days_ago));
  }
  EXPECT_EQ(desk.file("VN/1596276000-1596279600-00001.bzk").keys, files[0].keys);
}

TEST_P(Publishing, TheSameUploadAgainIsAnsweredAsAtFirstAndStoresNothing) {
  Desk desk(GetParam());
  desk.start();
  const auto draft = desk.draft(3);
  const auto request = desk.request(draft);
  const auto first = Desk::answer_in(desk.send(request));
  // Its reply was lost; the certificate is signed once, and so is another over the same keys.
  const auto again = desk.send(request);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Desk::answer_in(again).inserted, 3);
  EXPECT_NE(Desk::answer_in(again).revision_token, first.revision_token);
  EXPECT_EQ(Desk::answer_in(again).revision_token.size(), 532U);
  desk.next_batch();
  EXPECT_EQ(Desk::answer_in(desk.send(request)).inserted, 3);  // after its keys went out
  desk.next_batch();
  ASSERT_EQ(desk.index().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 3U);
}

TEST_P(Publishing, TheSameKeysUnderAnotherCertificateNeedTheToken) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(3, TestType::kLikely);
  (void)desk.published(draft);
  desk.random.fill(draft.handle);
  expect_refused(desk.publish(draft), 400, "missing_revision_token");
}

TEST_P(Publishing, ALikelyReportBecomesConfirmedByItsOwnerInALaterBatch) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(3, TestType::kLikely);
  const auto first = desk.published(draft);
  desk.next_batch();
  draft.report = TestType::kConfirmed;
  draft.token = first.revision_token;
  desk.random.fill(draft.handle);
  draft.issued += kHour;
  draft.expires += kHour;
  draft.keys.push_back(desk.key(4));  // a new one with it
  const auto request = desk.request(draft);
  const auto second = Desk::answer_in(desk.send(request));
  EXPECT_EQ(second.inserted, 4);
  // Its reply was lost too.
  EXPECT_EQ(Desk::answer_in(desk.send(request)).inserted, 4);
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].keys.size(), 3U);
  EXPECT_TRUE(files[0].revised.empty());
  EXPECT_EQ(files[0].keys[0].report_type, ReportType::kLikely);
  EXPECT_EQ(files[0].keys[0].transmission_risk, 4);
  EXPECT_EQ(files[1].keys.size(), 1U);
  ASSERT_EQ(files[1].revised.size(), 3U);
  EXPECT_EQ(files[1].revised[0].report_type, ReportType::kConfirmed);
  EXPECT_EQ(files[1].revised[0].transmission_risk, 2);

  // Once only.
  draft.keys.pop_back();
  draft.report = TestType::kNegative;
  draft.token = second.revision_token;
  desk.random.fill(draft.handle);
  draft.issued += kHour;
  draft.expires += kHour;
  expect_refused(desk.publish(draft), 400, "key_already_revised");
}

TEST_P(Publishing, AStrangersTokenChangesNothing) {
  Desk desk(GetParam());
  desk.start();
  auto victim = desk.draft(2, TestType::kLikely);
  (void)desk.published(victim);
  const auto stranger = desk.published(desk.draft(2, TestType::kLikely));
  desk.random.fill(victim.handle);
  victim.report = TestType::kNegative;
  victim.token = stranger.revision_token;
  expect_refused(desk.publish(victim), 400, "invalid_revision_token");
  victim.token = to_base64(Bytes(398, 1));
  expect_refused(desk.publish(victim), 400, "invalid_revision_token");
  desk.next_batch();
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 1U);
}

TEST(Publish, ANegativeTestTakesALikelyReportBackAndPublishesNothingItself) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(2, TestType::kLikely);
  const auto first = desk.published(draft);
  draft.report = TestType::kNegative;
  draft.token = first.revision_token;
  desk.random.fill(draft.handle);
  draft.keys.push_back(desk.key(5));
  EXPECT_EQ(desk.published(draft).inserted, 2);
  EXPECT_EQ(desk.published(desk.draft(2, TestType::kNegative)).inserted, 0);
  desk.next_batch();
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 2U);  // published first, revoked in the batch after
  EXPECT_EQ(files[0].keys.size(), 2U);
  EXPECT_EQ(files[0].keys[0].report_type, ReportType::kLikely);
  EXPECT_TRUE(files[1].keys.empty());
  ASSERT_EQ(files[1].revised.size(), 2U);
  EXPECT_EQ(files[1].revised[0].report_type, ReportType::kRevoked);
}

TEST(Publish, AReportBecomesWhatSaysMoreOrIsTakenBack) {
  struct Line {
    TestType from;
    TestType to;
    bool is_taken;
  };
  for (const auto& line : {Line{TestType::kConfirmed, TestType::kNegative, false},
                           Line{TestType::kConfirmed, TestType::kLikely, false},
                           Line{TestType::kConfirmed, TestType::kUserReport, false},
                           Line{TestType::kConfirmed, TestType::kContact, false},
                           Line{TestType::kLikely, TestType::kUserReport, false},
                           Line{TestType::kUserReport, TestType::kNegative, true},
                           Line{TestType::kUserReport, TestType::kLikely, true},
                           Line{TestType::kUserReport, TestType::kConfirmed, true},
                           Line{TestType::kContact, TestType::kNegative, false},
                           Line{TestType::kContact, TestType::kUserReport, true}}) {
    Desk desk;
    desk.start();
    auto draft = desk.draft(2, line.from);
    draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{2});
    draft.token = desk.published(draft).revision_token;
    desk.random.fill(draft.handle);
    draft.report = line.to;
    if (line.is_taken) {
      EXPECT_EQ(desk.published(draft).inserted, 2);
    } else {
      expect_refused(desk.publish(draft), 400, "invalid_report_type_transition");
    }
  }
}

TEST(Publish, ReportTypesAndRisksStandInTheFileAsTheTableSays) {
  struct Line {
    TestType report;
    ReportType type;
    int risk;
  };
  for (const auto& line : {Line{TestType::kConfirmed, ReportType::kConfirmed, 2},
                           Line{TestType::kLikely, ReportType::kLikely, 4},
                           Line{TestType::kUserReport, ReportType::kSelfReport, 5}}) {
    Desk desk;
    desk.start();
    auto draft = desk.draft(1, line.report);
    draft.keys.push_back(desk.key(2, 7));
    (void)desk.published(draft);
    desk.next_batch();
    const auto keys = desk.files().at(0).keys;
    ASSERT_EQ(keys.size(), 2U);
    for (const auto& key : keys) {
      EXPECT_EQ(key.report_type, line.type);
      const auto is_sevens = key.key.start.number == draft.keys[1].rolling_start;
      EXPECT_EQ(key.transmission_risk, is_sevens ? 7 : line.risk);
    }
  }
}

TEST(Publish, AKeyThatWasEndedEarlyIsPublishedToTheHourAndKnownAgain) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(1, TestType::kLikely);
  draft.keys[0].rolling_period = 37;  // until 06:10
  const auto request = desk.request(draft);
  draft.token = Desk::answer_in(desk.send(request)).revision_token;
  EXPECT_EQ(Desk::answer_in(desk.send(request)).inserted, 1);
  desk.next_batch();
  EXPECT_EQ(desk.files().at(0).keys.at(0).key.period, 42U);  // 07:00
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  EXPECT_EQ(desk.published(draft).inserted, 1);
  desk.next_batch();
  EXPECT_EQ(desk.files().at(1).revised.at(0).key.period, 42U);
}

TEST_P(Publishing, AsLongAsAKeyCouldBeSentAgainItIsNotTakenAsNew) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(0);
  draft.keys = {desk.key(0)};
  draft.keys[0].rolling_period = 6;  // until 01:00, out in the next batch
  (void)desk.published(draft);
  const auto send_again = [&] {
    desk.random.fill(draft.handle);
    draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
    draft.expires = draft.issued + 2 * kHour;
    return desk.publish(draft);
  };
  const auto day = Instant{day_of(desk.clock.now())};
  for (const auto days : {14, 15}) {
    desk.go_day_by_day_to(day + std::chrono::days{days} + std::chrono::minutes{23 * 60 + 59});
    expect_refused(send_again(), 400, "missing_revision_token");
  }
  desk.go_day_by_day_to(day + std::chrono::days{16});
  expect_refused(send_again(), 400, "bad_request");  // too old
}

TEST(Publish, AKeyThatCannotBeTakenIsDroppedAndTheOthersAreTaken) {
  struct Line {
    std::string what;
    std::function<void(wire::UploadedKey&, Desk&)> spoil;
  };
  const Line lines[] = {
      {"15 bytes", [](auto& key, Desk&) { key.key = to_base64(Bytes(15, 1)); }},
      {"not base64", [](auto& key, Desk&) { key.key = "****"; }},
      {"period 0", [](auto& key, Desk&) { key.rolling_period = 0; }},
      {"period 145", [](auto& key, Desk&) { key.rolling_period = 145; }},
      {"risk 9", [](auto& key, Desk&) { key.transmission_risk = 9; }},
      {"risk -1", [](auto& key, Desk&) { key.transmission_risk = -1; }},
      {"16 days old", [](auto& key, Desk&) { key.rolling_start -= 13 * 144 + 1; }},
      {"in the future",
       [](auto& key, Desk& desk) { key.rolling_start = interval_at(desk.clock.now()).number + 1; }},
  };
  for (const auto& line : lines) {
    SCOPED_TRACE(line.what);
    Desk desk;
    desk.start();
    auto draft = desk.draft(3);
    line.spoil(draft.keys[1], desk);
    const auto answer = desk.published(draft);
    EXPECT_EQ(answer.inserted, 2);
    EXPECT_EQ(answer.code, "partial_failure");
    ASSERT_EQ(answer.warnings.size(), 1U);
    EXPECT_EQ(answer.warnings[0].substr(0, 6), "key 2:");
    auto alone = desk.draft(2);
    alone.keys.erase(alone.keys.begin());
    line.spoil(alone.keys[0], desk);
    expect_refused(desk.publish(alone), 400, "bad_request");
  }
}

TEST(Publish, ACodesSideWhoseClockIsMinutesAheadIsBelieved) {
  Desk desk;
  desk.start();
  desk.wait(std::chrono::minutes{46});  // it is 10:56 here, and over there 11:00
  auto draft = desk.draft(1);
  draft.issued = std::chrono::ceil<std::chrono::hours>(desk.clock.now());
  draft.expires = draft.issued + kHour;
  EXPECT_EQ(desk.published(draft).inserted, 1);
}

TEST(Publish, AKeyOfFifteenDaysAgoIsStillTaken) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(0);
  draft.keys = {desk.key(15)};
  EXPECT_EQ(desk.published(draft).inserted, 1);
}

TEST(Publish, ThereAreOneToThirtyKeys) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(0);
  expect_refused(desk.publish(draft), 400, "bad_request");
  // Three keys each of 10 days: as many as may overlap.
  for (int i = 0; i < 30; ++i) draft.keys.push_back(desk.key(1 + i / 3));
  EXPECT_EQ(desk.published(draft).inserted, 30);
  draft.keys.push_back(desk.key(12));
  expect_refused(desk.publish(draft), 400, "bad_request");
}

TEST(Publish, OnlyKeysOfOneStartOverlapAndAtMostThree) {
  Desk desk;
  desk.start();
  auto four = desk.draft(0);
  for (int i = 0; i < 4; ++i) four.keys.push_back(desk.key(1));
  expect_refused(desk.publish(four), 400, "bad_request");
  auto shifted = desk.draft(2);
  shifted.keys[1].rolling_start += 1;
  expect_refused(desk.publish(shifted), 400, "bad_request");
}

TEST(Publish, TheOnsetIsThatOfTheCertificateAndFourDaysAgoWhenThereIsNone) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(1);  // yesterday's key
  draft.phone_onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{3}).number;
  (void)desk.published(draft);
  desk.next_batch();
  EXPECT_EQ(desk.files()[0].keys[0].days_since_onset, 2);
  draft = desk.draft(1);
  draft.phone_onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{3}).number;
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{9});
  (void)desk.published(draft);
  desk.next_batch();
  EXPECT_EQ(desk.files()[1].keys[0].days_since_onset, 8);
  (void)desk.published(desk.draft(1));
  desk.next_batch();
  EXPECT_EQ(desk.files()[2].keys[0].days_since_onset, 3);
}

TEST(Publish, AnOnsetTooFarOffIsLeftOutWithAWarning) {
  Desk desk;
  desk.start();
  // 16 days before yesterday's key, within the 28 days in which it may be told.
  auto draft = desk.draft(1);
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{17});
  EXPECT_EQ(desk.published(draft).warnings.size(), 1U);
  desk.next_batch();
  EXPECT_FALSE(desk.files()[0].keys[0].days_since_onset);
  // 29 days ago: as if none were given, 4 days ago.
  draft = desk.draft(1);
  draft.phone_onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{29}).number;
  EXPECT_EQ(desk.published(draft).warnings.size(), 1U);
  desk.next_batch();
  EXPECT_EQ(desk.files()[1].keys[0].days_since_onset, 3);
}

TEST(Publish, EachFaultOfACertificateIsRefused) {
  const std::string invalid = "health_authority_verification_certificate_invalid";
  Desk desk;
  desk.start();
  auto draft = desk.draft();
  draft.authority = "elsewhere";
  expect_refused(desk.publish(draft), 401, "unknown_health_authority_id");
  draft = desk.draft();
  draft.kid = "k2";
  expect_refused(desk.publish(draft), 401, invalid);
  draft = desk.draft();
  draft.issuer = "another";
  expect_refused(desk.publish(draft), 401, invalid);
  draft = desk.draft();
  draft.audience = "another";
  expect_refused(desk.publish(draft), 401, invalid);
  draft = desk.draft();
  draft.expires = draft.issued;  // 10:00, now 10:10
  expect_refused(desk.publish(draft), 401, invalid);
  draft = desk.draft();
  draft.issued += kHour;
  expect_refused(desk.publish(draft), 401, invalid);
  auto request = desk.request(desk.draft());
  request.hmac_secret[0] ^= 1U;
  expect_refused(desk.send(request), 401, invalid);
  // Other keys under a certificate that was used.
  const auto used = desk.draft();
  (void)desk.published(used);
  request = desk.request(used);
  request.keys[0].key = desk.key(1).key;
  expect_refused(desk.send(request), 401, invalid);
  request = desk.request(desk.draft());
  request.certificate.back() = request.certificate.back() == 'A' ? 'Q' : 'A';
  expect_refused(desk.send(request), 401, invalid);
  request = desk.request(desk.draft());
  request.certificate = "x.y.z";
  expect_refused(desk.send(request), 401, invalid);
  request = desk.request(desk.draft());
  request.hmac_secret.resize(15);
  expect_refused(desk.send(request), 401, invalid);
}

TEST(Publish, WithoutRisksTheShorterHmacIsTakenToo) {
  Desk desk;
  desk.start();
  auto draft = desk.draft();
  draft.short_tekmac = true;
  EXPECT_EQ(desk.published(draft).inserted, 3);
  draft = desk.draft();
  draft.short_tekmac = true;
  draft.keys[0].transmission_risk = 3;
  EXPECT_EQ(desk.publish(draft).status, 401);
}

TEST(Publish, UnpaddedBase64IsTheSameKey) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(1);
  const auto bytes = from_base64(draft.keys[0].key);
  draft.keys[0].key.resize(22);  // without "=="
  EXPECT_EQ(desk.published(draft).inserted, 1);
  desk.next_batch();
  EXPECT_TRUE(std::equal(bytes->begin(), bytes->end(), desk.files()[0].keys[0].key.bytes.begin()));
}

TEST(Publish, FaultsOfTheBodyHaveTheReferencesStatuses) {
  Desk desk;
  desk.start();
  const auto good = wire::write_publish_request(desk.request(desk.draft()), "AAAA");
  expect_refused(desk.post("/v1/publish", good, {{"content-type", "text/plain"}}), 415,
                 "bad_request");
  expect_refused(desk.post("/v1/publish", ""), 400, "bad_request");
  expect_refused(desk.post("/v1/publish", "{}{}"), 400, "bad_request");
  expect_refused(desk.post("/v1/publish", R"({"other":1,)" + good.substr(1)), 400, "bad_request");
  expect_refused(desk.post("/v1/publish", std::string(64'001, ' ')), 413, "bad_request");
  EXPECT_EQ(
      desk.post("/v1/publish", good, {{"content-type", "application/json; charset=utf-8"}}).status,
      200);
}

TEST(Publish, CoverTrafficIsAnsweredWithPaddingAloneWhateverItsBody) {
  Desk desk;
  desk.start();
  const auto chaff = desk.post("/v1/publish", "no json", {{"x-chaff", "1"}});
  EXPECT_EQ(chaff.status, 200);
  EXPECT_EQ(chaff.body.substr(0, 12), R"({"padding":")");
  const auto real = desk.publish(desk.draft());
  for (const auto* response : {&chaff, &real}) {
    EXPECT_GE(response->body.size(), 2'240U);
    EXPECT_LE(response->body.size(), 2'750U);
  }
}

TEST(Publish, InMaintenanceEverythingIsRefusedWithoutACode) {
  Desk desk;
  desk.settings.maintenance = true;
  desk.start();
  const auto response = desk.publish(desk.draft());
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(Desk::answer_in(response).code, "");
  EXPECT_FALSE(Desk::answer_in(response).error.empty());
}

TEST(Publish, ALimitCountsUploadsOfOneNetwork) {
  Desk desk;
  desk.settings.uploads_an_hour = 2;
  desk.start();
  (void)desk.published(desk.draft());
  (void)desk.published(desk.draft());
  EXPECT_EQ(desk.publish(desk.draft()).status, 429);
  desk.wait(kHour);
  EXPECT_EQ(desk.publish(desk.draft()).status, 200);
}

TEST(Publish, WhatTheStoreCannotTakeIsAnInternalError) {
  Desk desk;
  desk.start();
  const auto broken =
      desk.store->write([](store::Sql& sql) { return sql.script("DROP TABLE keys"); });
  ASSERT_TRUE(broken);
  expect_refused(desk.publish(desk.draft()), 500, "internal_error");
}

TEST(Publish, ARestartWithoutTheCodesSideStillKnowsTheCertificateKeys) {
  Desk desk;
  desk.start();
  auto opened = Service::open(
      *desk.store, desk.settings,
      [](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return Error{Code::kUnavailable, "the codes side is down"};
      },
      {.clock = desk.clock, .random = desk.random, .log = desk.log, .metrics = desk.metrics});
  ASSERT_TRUE(opened);
  desk.router = std::make_unique<http::Router>();
  (*opened)->add_routes(*desk.router);
  EXPECT_EQ(desk.publish(desk.draft()).status, 200);
}

TEST(Publish, BeforeTheCodesSideWasEverHeardItIsTheServersFault) {
  Desk desk;
  auto opened = Service::open(
      *desk.store, desk.settings,
      [](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return Error{Code::kUnavailable, "the codes side is down"};
      },
      {.clock = desk.clock, .random = desk.random, .log = desk.log, .metrics = desk.metrics});
  ASSERT_TRUE(opened);
  desk.router = std::make_unique<http::Router>();
  (*opened)->add_routes(*desk.router);
  expect_refused(desk.publish(desk.draft()), 500, "unable_to_load_health_authority");
}

TEST(Publish, AnAuthorityWithoutARegionIsTheServersFault) {
  Desk desk;
  ASSERT_TRUE(add_authority(*desk.store,
                            {.id = "new", .issuer = "new-codes", .audience = "a", .regions = {}}));
  desk.start();
  auto draft = desk.draft();
  draft.authority = "new";
  expect_refused(desk.publish(draft), 500, "health_authority_missing_region_config");
}

}  // namespace
}  // namespace bz::keys
