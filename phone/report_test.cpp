#include "phone/report.h"

#include "base/base64.h"
#include "phone/noted_transport_test.h"
#include "phone/phone.h"
#include "phone/phone_test.h"
#include "wire/tekmac.h"

namespace bz::phone {
namespace {

constexpr std::string_view kCode = "12345678";
const Error kLost{Code::kUnavailable, "the line is down"};
const Error kOld{Code::kDenied, "the certificate has expired"};

class ReportTest : public PhoneTest {
 protected:
  // The phone of somebody who has said names on three days, at noon of the last; closed and opened
  // again, it goes on.
  Phone phone() {
    auto opened = Phone::open(path_, key_, random_, {});
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().what);
    for (int day = 0; day < 3; ++day) EXPECT_TRUE(opened->advertisement(on_day(day)));
    return std::move(*opened);
  }
  // Shown at one moment, agreed to at another.
  void agree(Phone& phone, Instant shown = kNow, Instant agreed = kNow) {
    ASSERT_TRUE(phone.report().enter_code(transport_, kCode, shown));
    auto preview = phone.preview_upload(kFirstDay, shown);
    ASSERT_TRUE(preview);
    ASSERT_GE(preview->keys().size(), 3U);
    ASSERT_TRUE(phone.report().agree(std::move(*preview).agreed(), agreed));
  }

  static constexpr Instant kNow =
      Instant{kFirstDay} + days{2} + hours{12} + std::chrono::minutes{5};
  NotedTransport transport_;
};

TEST_F(ReportTest, TheServersWordOnTheTestIsKept) {
  {
    auto an = phone();
    const auto test = an.report().enter_code(transport_, kCode, kNow);
    ASSERT_TRUE(test);
    EXPECT_EQ(test->type, wire::TestType::kConfirmed);
    EXPECT_EQ(test->symptoms, kFirstDay);
    EXPECT_EQ(test->test, kFirstDay + days{1});
  }
  auto an = phone();
  EXPECT_EQ(*an.report().stage(), Report::Stage::kCodeTaken);
  EXPECT_EQ(an.report().test()->symptoms, kFirstDay);
}

TEST_F(ReportTest, ARefusedCodeChangesNothing) {
  auto an = phone();
  const auto refused = an.report().enter_code(transport_, "00000000", kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
  EXPECT_EQ(*an.report().stage(), Report::Stage::kNothing);
}

TEST_F(ReportTest, NothingIsSentThatWasNotAgreedTo) {
  auto an = phone();
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kNotFound);
  ASSERT_TRUE(an.report().enter_code(transport_, kCode, kNow));
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kNotFound);
  EXPECT_EQ(transport_.calls, std::vector<std::string>{"verify"});
}

TEST_F(ReportTest, TheHmacIsOverTheKeysAndTheSecretGoesWithThem) {
  auto an = phone();
  agree(an);
  ASSERT_TRUE(an.report().send(transport_));
  ASSERT_EQ(transport_.sent.size(), 3U);
  ASSERT_EQ(transport_.secrets.size(), 1U);
  EXPECT_GE(transport_.secrets[0].size(), 16U);
  std::vector<std::string> texts;
  for (const auto& key : transport_.sent) texts.push_back(to_base64(key.bytes));
  std::vector<wire::KeyText> entries;
  for (std::size_t i = 0; i < 3; ++i)
    entries.push_back({texts[i], transport_.sent[i].start.number, transport_.sent[i].period, 0});
  EXPECT_EQ(transport_.tekmacs[0], wire::tekmac(entries, transport_.secrets[0], true));
  EXPECT_EQ(transport_.tokens[0], "the token");
  EXPECT_EQ(*an.report().stage(), Report::Stage::kNothing);
}

TEST_F(ReportTest, AKilledPhoneGoesOnWithTheSameKeysAndTheSameCertificate) {
  {
    auto an = phone();
    agree(an);
    transport_.publish_faults = {kLost};
    EXPECT_EQ(an.report().send(transport_).error().code, Code::kUnavailable);
  }
  const auto first = transport_.sent;
  auto an = phone();
  EXPECT_EQ(*an.report().stage(), Report::Stage::kAgreed);
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.sent, first);
  EXPECT_EQ(transport_.certificates, (std::vector<std::string>{"certificate 1", "certificate 1"}));
  EXPECT_EQ(transport_.secrets[0], transport_.secrets[1]);
}

TEST_F(ReportTest, ACertificateThatHasExpiredMeanwhileIsAskedForAgainOnce) {
  auto an = phone();
  agree(an);
  transport_.publish_faults = {kLost, kOld};
  EXPECT_FALSE(an.report().send(transport_));
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kUnavailable);
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.certificates,
            (std::vector<std::string>{"certificate 1", "certificate 1", "certificate 2"}));
  EXPECT_EQ(transport_.tekmacs[0], transport_.tekmacs[1]);
}

TEST_F(ReportTest, AServerThatDeniesANewCertificateIsNotAskedForEver) {
  auto an = phone();
  agree(an);
  transport_.publish_faults = {kOld, kOld, kOld};
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kDenied);
  EXPECT_EQ(transport_.certificates.size(), 1U);
  EXPECT_EQ(*an.report().stage(), Report::Stage::kAgreed);
  EXPECT_TRUE(
      an.report().enter_code(transport_, kCode, kNow));  // now another code may take its place
  EXPECT_EQ(*an.report().stage(), Report::Stage::kCodeTaken);
}

TEST_F(ReportTest, ANewCodeDoesNotTakeThePlaceOfAnUploadThatWasAgreedTo) {
  auto an = phone();
  agree(an);
  EXPECT_EQ(an.report().enter_code(transport_, kCode, kNow).error().code, Code::kConflict);
  ASSERT_TRUE(an.report().give_up());
  EXPECT_TRUE(an.report().enter_code(transport_, kCode, kNow));
}

TEST_F(ReportTest, ACodeIsHandedInWhereNothingWaitsOrTheServerHasRefusedWhatDoes) {
  auto an = phone();
  EXPECT_TRUE(*an.report().takes_code());
  agree(an);
  EXPECT_FALSE(*an.report().takes_code());
  transport_.publish_faults = {kLost};
  EXPECT_FALSE(an.report().send(transport_));
  EXPECT_FALSE(*an.report().takes_code());  // it goes on by itself
  transport_.refused_token = "the token";
  transport_.publish_faults = {kOld};
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kUnavailable);
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kDenied);
  EXPECT_TRUE(*an.report().takes_code());
  transport_.refused_token.clear();
  agree(an);
  EXPECT_FALSE(*an.report().takes_code());
}

TEST_F(ReportTest, WhatWasAgreedToIsNotSaidAnyMore) {
  auto an = phone();
  const auto before = *an.advertisement(kNow);
  agree(an);
  EXPECT_NE(*an.advertisement(kNow), before);
}

TEST_F(ReportTest, AfterSendingNothingOfItIsLeftInTheFiles) {
  {
    auto an = phone();
    agree(an);
    ASSERT_TRUE(an.report().send(transport_));
  }
  auto store = open();
  ASSERT_TRUE(store);
  EXPECT_FALSE(*store->kept("report"));
}

TEST_F(ReportTest, ASecondReportBringsTheTokenOfTheFirstAndKeepsItsOwn) {
  {
    auto an = phone();
    agree(an);
    ASSERT_TRUE(an.report().send(transport_));
  }
  const auto first = transport_.sent;
  auto an = phone();
  ASSERT_TRUE(an.advertisement(kNow));
  agree(an, kNow + hours{1}, kNow + hours{1});
  transport_.revision_token = "c2Vjb25k";
  ASSERT_TRUE(an.report().send(transport_));
  // The same keys to the byte and the ten minutes, and that of the hour since.
  ASSERT_EQ(transport_.sent.size(), 4U);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), transport_.sent.begin()));
  agree(an, kNow + hours{1}, kNow + hours{1});
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.revision_tokens, (std::vector<std::string>{"", "Zmlyc3Q=", "c2Vjb25k"}));
}

// The server has changed them, and lost is only its answer: the token that it was sent with goes
// again.
TEST_F(ReportTest, ALostAnswerToASecondReportIsMadeGoodWithTheSameToken) {
  auto an = phone();
  agree(an);
  ASSERT_TRUE(an.report().send(transport_));
  agree(an);
  transport_.publish_faults = {kLost};
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kUnavailable);
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.revision_tokens, (std::vector<std::string>{"", "Zmlyc3Q=", "Zmlyc3Q="}));
  EXPECT_EQ(transport_.certificates[1], transport_.certificates[2]);
}

// Of another server, say: what was agreed to goes once more without it, in another visit.
TEST_F(ReportTest, ATokenThatTheServerDoesNotTakeHoldsUpNoUpload) {
  auto an = phone();
  agree(an);
  ASSERT_TRUE(an.report().send(transport_));
  agree(an);
  transport_.calls.clear();
  transport_.publish_faults = {{Code::kConflict, "not one of this server"}};
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kUnavailable);
  EXPECT_EQ(transport_.calls, (std::vector<std::string>{"certificate", "publish"}));
  EXPECT_FALSE(*an.report().takes_code());  // it goes on by itself
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.revision_tokens, (std::vector<std::string>{"", "Zmlyc3Q=", ""}));
  EXPECT_EQ(transport_.certificates[1], transport_.certificates[2]);
}

// Who reads for twenty minutes has said names meanwhile; the key that is sent ends where it was
// shown to end, also when it is sent again.
TEST_F(ReportTest, AKeyEndsWhereItWasShownToEndHoweverLateTheConsent) {
  auto an = phone();
  agree(an, kNow, kNow + std::chrono::minutes{20});
  ASSERT_TRUE(an.report().send(transport_));
  const auto first = transport_.sent;
  EXPECT_EQ(first.back().end(), interval_at(kNow));
  ASSERT_TRUE(an.advertisement(kNow + std::chrono::minutes{20}));
  agree(an, kNow + hours{1}, kNow + hours{1});
  ASSERT_TRUE(an.report().send(transport_));
  ASSERT_EQ(transport_.sent.size(), 4U);
  EXPECT_TRUE(std::equal(first.begin(), first.end(), transport_.sent.begin()));
  EXPECT_EQ(transport_.sent.back().start, interval_at(kNow + std::chrono::minutes{20}));
}

TEST_F(ReportTest, GivingUpASecondReportLeavesTheTokenOfTheFirst) {
  auto an = phone();
  agree(an);
  ASSERT_TRUE(an.report().send(transport_));
  agree(an);
  ASSERT_TRUE(an.report().give_up());
  agree(an);
  ASSERT_TRUE(an.report().send(transport_));
  EXPECT_EQ(transport_.revision_tokens, (std::vector<std::string>{"", "Zmlyc3Q="}));
}

TEST_F(ReportTest, TheReportUnderWayLiesSealed) {
  auto an = phone();
  agree(an);
  EXPECT_FALSE(holds(raw(), as_bytes("the token")));
  EXPECT_FALSE(holds(raw(), as_bytes(to_base64(as_bytes("the token")))));
}

TEST(FirstInfectiousDay, IsTwoDaysBeforeTheSymptomsOrTheTest) {
  const Day today = kFirstDay + days{10};
  TestResult test{wire::TestType::kConfirmed, kFirstDay + days{5}, kFirstDay + days{8}};
  EXPECT_EQ(first_infectious_day(test, today), kFirstDay + days{3});
  EXPECT_EQ(first_infectious_day(test, today, days{4}), kFirstDay + days{1});  // as settings say
  test.symptoms.reset();
  EXPECT_EQ(first_infectious_day(test, today), kFirstDay + days{6});
  test.test.reset();
  EXPECT_EQ(first_infectious_day(test, today), kFirstDay + days{4});  // 10 - 4 - 2
}

TEST(FirstInfectiousDay, OfAContactIsTheDayOfThatContact) {
  const TestResult test{wire::TestType::kContact, {}, kFirstDay + days{8}};
  EXPECT_EQ(first_infectious_day(test, kFirstDay + days{10}), kFirstDay + days{8});
}

}  // namespace
}  // namespace bz::phone
