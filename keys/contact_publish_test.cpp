// POST /v1/publish of contacts: the region that is theirs alone, and what goes out again when a
// contact becomes a case.
#include <gtest/gtest.h>

#include "keys/answers.h"
#include "keys/desk_for_tests.h"

namespace bz::keys {
namespace {

using engine::ReportType;
using wire::TestType;

// On both stores.
class ContactsPublishing : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, ContactsPublishing, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return std::string{p.param == On::kSqlite ? "Sqlite" : "Postgres"};
                         });

TEST(Publish, AContactsKeysGoToTheRegionOfContactsAndNowhereElse) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(3, TestType::kContact);
  // The contact was 2 days ago: the key of 3 days ago is not published.
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{2});
  draft.traveler = true;
  const auto answer = desk.published(draft);
  EXPECT_EQ(answer.inserted, 2);
  EXPECT_EQ(answer.code, "partial_failure");
  desk.next_batch();
  EXPECT_TRUE(desk.index("VN").empty());
  const auto files = desk.files("VN-f1");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].head.region, "VN-f1");
  EXPECT_EQ(files[0].keys.size(), 2U);
  EXPECT_EQ(files[0].keys[0].report_type, ReportType::kRecursive);
}

// By another certificate, of now.
void renew(Desk& desk, Draft& draft) {
  desk.random.fill(draft.handle);
  draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
  draft.expires = draft.issued + 2 * kHour;
}

// A contact of 3 days ago, published; and the same days as a case, with the token of it.
Draft contact_who_is_a_case(Desk& desk, TestType report) {
  auto draft = desk.draft(3, TestType::kContact);
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{3});
  draft.token = desk.published(draft).revision_token;
  desk.next_batch();
  renew(desk, draft);
  draft.report = report;
  draft.onset.reset();
  return draft;
}

TEST_P(ContactsPublishing, AContactWhoBecomesACaseIsPublishedToTheRegionsOfCasesToo) {
  Desk desk(GetParam());
  desk.start();
  auto draft = contact_who_is_a_case(desk, TestType::kConfirmed);
  draft.keys.push_back(desk.key(4));  // of before the contact
  const auto request = desk.request(draft);
  EXPECT_EQ(Desk::answer_in(desk.send(request)).inserted, 4);
  EXPECT_EQ(Desk::answer_in(desk.send(request)).inserted, 4);  // its reply was lost
  desk.next_batch();
  const auto cases = desk.files("VN");
  ASSERT_EQ(cases.size(), 1U);
  ASSERT_EQ(cases[0].keys.size(), 4U);
  EXPECT_TRUE(cases[0].revised.empty());
  for (const auto& key : cases[0].keys) EXPECT_EQ(key.report_type, ReportType::kConfirmed);
  const auto contacts = desk.files("VN-f1");
  ASSERT_EQ(contacts.size(), 1U);
  EXPECT_EQ(contacts[0].keys.size(), 3U);
}

TEST_P(ContactsPublishing, ContactsKeysAreNotPublishedAsACaseByAStranger) {
  Desk desk(GetParam());
  desk.start();
  auto draft = contact_who_is_a_case(desk, TestType::kConfirmed);
  draft.token.clear();
  expect_refused(desk.publish(draft), 400, "missing_revision_token");
  draft.token = desk.published(desk.draft(2, TestType::kLikely)).revision_token;
  expect_refused(desk.publish(draft), 400, "invalid_revision_token");
}

TEST_P(ContactsPublishing, ACaseThatWasAContactIsChangedAndRevokedWithoutTheContact) {
  Desk desk(GetParam());
  desk.start();
  auto draft = contact_who_is_a_case(desk, TestType::kLikely);
  draft.token = desk.published(draft).revision_token;
  desk.next_batch();
  renew(desk, draft);
  draft.report = TestType::kConfirmed;
  EXPECT_EQ(desk.published(draft).inserted, 3);
  desk.next_batch();
  EXPECT_EQ(Desk::revoked_in(desk.revoke({draft.handle})), 3);
  desk.next_batch();
  const auto cases = desk.files("VN");
  ASSERT_EQ(cases.size(), 3U);
  EXPECT_EQ(cases[0].keys.size(), 3U);
  ASSERT_EQ(cases[1].revised.size(), 3U);
  EXPECT_EQ(cases[1].revised[0].report_type, ReportType::kConfirmed);
  ASSERT_EQ(cases[2].revised.size(), 3U);
  EXPECT_EQ(cases[2].revised[0].report_type, ReportType::kRevoked);
  EXPECT_EQ(desk.files("VN-f1").size(), 1U);
}

TEST(Publish, AContactWithoutAUsableDayOfContactPublishesNothing) {
  Desk desk;
  desk.start();
  const auto day = [&](int ago) {
    return first_interval(day_of(desk.clock.now()) - std::chrono::days{ago});
  };
  auto draft = desk.draft(3, TestType::kContact);
  draft.phone_onset = day(2).number;  // the phone's word does not count
  expect_refused(desk.publish(draft), 401, kInvalidCertificate);
  draft.onset = day(29);
  expect_refused(desk.publish(draft), 401, kInvalidCertificate);
  draft.onset = day(-1);
  expect_refused(desk.publish(draft), 401, kInvalidCertificate);
  draft.onset = day(28);
  EXPECT_EQ(desk.published(draft).inserted, 3);
}

TEST(Publish, AContactsKeyThatBeginsBeforeTheDayOfContactIsNotTaken) {
  Desk desk;
  desk.start();
  auto draft = desk.draft(2, TestType::kContact);
  draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{1});
  draft.keys[1].rolling_start += 12;  // until 02:00 of that day
  draft.keys[1].rolling_period = 144;
  draft.keys[0].rolling_start += 12;
  draft.keys[0].rolling_period = 132;
  EXPECT_EQ(desk.published(draft).inserted, 1);
}

}  // namespace
}  // namespace bz::keys
