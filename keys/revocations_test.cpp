// POST /v1/revoke: what is revoked, and what comes after that. Of chains: routes_test.cpp.
#include <gtest/gtest.h>

#include "keys/desk_for_tests.h"
#include "store/audit.h"

namespace bz::keys {
namespace {

using engine::ReportType;
using wire::TestType;

TEST(Revocation, KeysOfAHandleGoOutAndAreRevokedInALaterBatch) {
  Desk desk;
  desk.start();
  const auto wrong = desk.draft(2);
  const auto right = desk.draft(3);
  (void)desk.published(wrong);
  (void)desk.published(right);
  const auto body = desk.revocation({wrong.handle});
  const auto response = desk.post("/v1/revoke", body);
  EXPECT_EQ(response.status, 200) << response.body.substr(0, 200);
  EXPECT_EQ(Desk::revoked_in(response), 2);
  EXPECT_EQ(Desk::revoked_in(desk.post("/v1/revoke", body)), 0);  // they are already
  desk.next_batch();
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].keys.size(), 5U);
  EXPECT_TRUE(files[0].revised.empty());
  ASSERT_EQ(files[1].revised.size(), 2U);
  EXPECT_EQ(files[1].revised[0].report_type, ReportType::kRevoked);
  // The call that was sent again, as somebody who had overheard it could, was not carried out
  // again.
  std::vector<std::string> details;
  const auto audited = desk.store->read([&](store::Sql& sql) {
    return store::read_audit(sql, 0, 10,
                             [&](const store::AuditEntry& e) { details.push_back(e.detail); });
  });
  ASSERT_TRUE(audited);
  EXPECT_EQ(details, std::vector<std::string>{"handles 1, keys 2, chains 0"});
}

TEST(Revocation, AChangedReportIsRevokedAfterItsChange) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(1, TestType::kLikely);
  draft.token = desk.published(draft).revision_token;
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  (void)desk.published(draft);
  const auto body = desk.revocation({draft.handle});
  EXPECT_EQ(Desk::revoked_in(desk.post("/v1/revoke", body)), 1);
  desk.wait(kHour * 10);  // all three slots in one batch
  desk.tick();
  desk.next_batch();
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].keys.at(0).report_type, ReportType::kLikely);
  EXPECT_EQ(files[1].revised.at(0).report_type, ReportType::kConfirmed);
  EXPECT_EQ(files[2].revised.at(0).report_type, ReportType::kRevoked);
}

class RevokedKeys : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, RevokedKeys, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return p.param == On::kSqlite ? "sqlite" : "postgres";
                         });

TEST_P(RevokedKeys, ThatComeForTheFirstTimeAfterwardsAreNotKeptForTwoDays) {
  Desk desk(GetParam());
  desk.start();
  auto late = desk.draft(3);
  const auto right = desk.draft(2);
  EXPECT_EQ(Desk::revoked_in(desk.revoke({late.handle})), 0);
  desk.go_to(kTen + std::chrono::hours{47});
  desk.tick();
  late.issued += 47 * kHour;
  late.expires += 47 * kHour;
  // As of a negative test; twice, and without a second answer that tells more.
  for (int i = 0; i < 2; ++i) EXPECT_EQ(desk.published(late).inserted, 0);
  auto others = right;
  others.issued = late.issued;
  others.expires = late.expires;
  EXPECT_EQ(desk.published(others).inserted, 2);
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 2U);
  // They are nobody's: under a code that is right they are published.
  desk.random.fill(late.handle);
  EXPECT_EQ(desk.published(late).inserted, 3);
}

TEST_P(RevokedKeys, ThatCameBeforeAreAnsweredAsAtFirstAndRevokedOnce) {
  Desk desk(GetParam());
  desk.start();
  const auto draft = desk.draft(3);
  EXPECT_EQ(desk.published(draft).inserted, 3);
  EXPECT_EQ(Desk::revoked_in(desk.revoke({draft.handle})), 3);
  EXPECT_EQ(desk.published(draft).inserted, 3);  // its answer was lost
  desk.next_batch();
  desk.next_batch();
  desk.next_batch();
  const auto files = desk.files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].keys.size(), 3U);
  EXPECT_EQ(files[1].revised.size(), 3U);
}

// A likely case; the code with which it was confirmed was a wrong one.
TEST_P(RevokedKeys, ASecondReportOfARevokedCaseChangesNothing) {
  Desk desk(GetParam());
  desk.start();
  auto draft = desk.draft(2, TestType::kLikely);
  draft.token = desk.published(draft).revision_token;
  desk.next_batch();
  draft.report = TestType::kConfirmed;
  desk.random.fill(draft.handle);
  draft.keys.push_back(desk.key(5));
  EXPECT_EQ(Desk::revoked_in(desk.revoke({draft.handle})), 0);
  EXPECT_EQ(desk.published(draft).inserted, 0);
  desk.next_batch();
  ASSERT_EQ(desk.files().size(), 1U);
  EXPECT_EQ(desk.files()[0].keys.size(), 2U);
}

// Two servers, of which each has taken uploads and so knows the handles of then.
TEST(Revocation, HoldsAtOnceOnEveryServerOfOneStore) {
  Desk desk(On::kPostgres);
  desk.start();
  const auto other_store = desk.open_store();
  TempFolder other_folder = std::move(*TempFolder::make());
  std::filesystem::copy_file(desk.folder() / "master.key", other_folder.path() / "master.key");
  auto settings = desk.settings;
  settings.folder = other_folder.path();
  auto other = Service::open(
      *other_store, settings,
      [&](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return std::vector<wire::Jwk>{{"k1", desk.certificate_key.public_key()}};
      },
      {.clock = desk.clock, .random = desk.random, .log = desk.log, .metrics = desk.metrics});
  ASSERT_TRUE(other) << other.error().what;
  http::Router router;
  (*other)->add_routes(router);
  const auto at_the_other = [&](const Draft& draft) {
    http::Request request;
    request.method = "POST";
    request.path = "/v1/publish";
    request.headers = {{"content-type", "application/json"}};
    request.body = wire::write_publish_request(desk.request(draft), "AAAA");
    return Desk::answer_in(router.handle(request)).inserted;
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(desk.published(desk.draft(2)).inserted, 2);
    EXPECT_EQ(at_the_other(desk.draft(2)), 2);
    const auto one = desk.draft(2);
    const auto two = desk.draft(2);
    EXPECT_EQ(desk.revoke({one.handle, two.handle}).status, 200);
    EXPECT_EQ(at_the_other(one), 0) << round;
    EXPECT_EQ(desk.published(two).inserted, 0) << round;
  }
}

TEST(Revocation, IsForTheSupervisorsAloneAndOfThisMoment) {
  Desk desk;
  desk.start();
  const auto draft = desk.draft(2);
  (void)desk.published(draft);
  const auto now = to_s(desk.clock.now());
  const auto status = [&](const std::string& body) { return desk.post("/v1/revoke", body).status; };
  EXPECT_EQ(status(desk.revocation({draft.handle}, now, SigningKey::generate())), 401);
  EXPECT_EQ(status(desk.revocation({draft.handle}, now - 601, desk.supervisor)), 401);
  EXPECT_EQ(status(desk.revocation({draft.handle}, now + 601, desk.supervisor)), 401);
  EXPECT_EQ(status(desk.revocation({}, now, desk.supervisor)), 400);
  EXPECT_EQ(status("{}"), 400);
}

}  // namespace
}  // namespace bz::keys
