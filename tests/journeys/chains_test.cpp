// Somebody whose phone says names of the 2020 app's profile falls ill: their chains over real HTTP,
// from consent to another phone's warning by the signed trace list.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/temp_folder.h"
#include "engine/risk_presets.h"
#include "phone/phone.h"
#include "phone/visits.h"
#include "sim/health_desk.h"
#include "wire/trace_envelope.h"

namespace bz {
namespace {

using phone::ChainReport;
using phone::Phone;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Day kDay{std::chrono::days{18'493}};  // 19 August 2020
constexpr Instant kMorning = Instant{kDay} + hours{8};
constexpr Instant kEvening = Instant{kDay} + hours{20};
constexpr Instant kNextDay = Instant{kDay} + hours{35};  // 11:00
constexpr engine::Dbm kNear{-70};
constexpr engine::Dbm kFar{-95};

// The answer to the upload of chains gets lost.
class LossyLine final : public phone::Transport {
 public:
  explicit LossyLine(phone::Transport& line) : line_(line) {}
  Result<std::vector<std::string>> export_names() override { return line_.export_names(); }
  Result<Bytes> fetch(const std::string& name) override { return line_.fetch(name); }
  Result<Bytes> settings() override { return line_.settings(); }
  Result<wire::VerifyAnswer> verify(std::string_view code) override { return line_.verify(code); }
  Result<std::string> certificate(std::string_view token, const Digest& tekmac) override {
    return line_.certificate(token, tekmac);
  }
  Result<wire::PublishAnswer> publish(const phone::Upload& upload, std::string_view certificate,
                                      ByteView secret) override {
    return line_.publish(upload, certificate, secret);
  }
  Result<wire::PublishAnswer> publish_chains(const phone::ChainUpload& upload,
                                             std::string_view certificate,
                                             ByteView secret) override {
    EXPECT_TRUE(line_.publish_chains(upload, certificate, secret));
    return Error{Code::kUnavailable, "the line broke"};
  }
  Result<void> cover(Call call) override { return line_.cover(call); }

 private:
  phone::Transport& line_;
};

class Chains : public testing::Test {
 protected:
  Chains() {
    auto desk = sim::HealthDesk::open(folder_, random_, kMorning);
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
    desk_ = std::move(*desk);
  }

  Phone new_phone(const std::string& owner, engine::Profile profile) {
    phone::PhoneSettings settings;
    settings.profile = profile;
    settings.send_bluezone3 = true;
    SealKey key;
    random_.fill(key);
    auto phone = Phone::open(folder_ / (owner + ".db"), key, random_, settings);
    EXPECT_TRUE(phone);
    return std::move(*phone);
  }
  Phone case_of_2020() { return new_phone("an", engine::Profile::kBluezone3); }
  Phone other(const std::string& owner) { return new_phone(owner, engine::Profile::kBluezone4); }

  // The listener runs a scan every four minutes for half an hour and hears one frame in each.
  static void spend_half_an_hour(Phone& speaker, Phone& listener, engine::Dbm rssi,
                                 Instant from = kMorning) {
    for (Instant now = from; now < from + minutes{30}; now += minutes{4}) {
      const auto said = speaker.advertisement(now);
      ASSERT_TRUE(said) << said.error().what;
      listener.begin_scan(now);
      listener.hear(*said, rssi, now + seconds{1});
      ASSERT_TRUE(listener.end_scan());
    }
  }

  // The code, in the evening.
  void take_code(Phone& phone) {
    desk_->at(kEvening);
    const auto code = desk_->issue_code(kDay);
    ASSERT_TRUE(code) << code.error().what;
    auto line = desk_->line();
    ASSERT_TRUE(phone.report().enter_code(line, *code, kEvening));
  }
  static void agree(Phone& phone) {
    const auto first = phone::first_chain_day(*phone.report().test(), kDay, std::chrono::days{2});
    auto preview = phone.preview_chains(first, kEvening);
    ASSERT_TRUE(preview);
    ASSERT_TRUE(phone.report().chains().agree(std::move(*preview).agreed(), kEvening));
  }
  void fall_ill(Phone& phone) {
    ASSERT_TRUE(desk_->take_chains());
    take_code(phone);
    agree(phone);
    auto line = desk_->line();
    const auto sent = phone.report().chains().send(line);
    ASSERT_TRUE(sent) << sent.error().what;
    EXPECT_EQ(sent->inserted, 1);
  }

  Result<phone::CheckResult> check(Phone& phone) {
    desk_->at(kNextDay);
    auto line = desk_->line();
    return phone.check(line, *desk_->trust(), *engine::risk_preset("bluezone4"), kNextDay);
  }
  bool warned(Phone& phone) {
    const auto result = check(phone);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    return result && result->warning.level != engine::Level::kNone;
  }
  // All that were published.
  std::vector<engine::PublishedChain> published() {
    desk_->at(kNextDay);
    auto line = desk_->line();
    std::vector<engine::PublishedChain> chains;
    const auto names = line.export_names();
    EXPECT_TRUE(names) << (names ? "" : names.error().what);
    for (const auto& name : *names) {
      if (!name.ends_with(".bzt")) continue;
      const auto list = wire::read_trace_envelope(*line.fetch(name), *desk_->trust());
      EXPECT_TRUE(list) << (list ? "" : list.error().what);
      chains.insert(chains.end(), list->chains.begin(), list->chains.end());
    }
    return chains;
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  SystemRandom random_;
  std::unique_ptr<sim::HealthDesk> desk_;
};

TEST_F(Chains, WhoMetThatPhoneIsWarnedFromTheSignedTraceListAndWhoWasFarIsNot) {
  auto an = case_of_2020();
  auto binh = other("binh");
  auto chi = other("chi");
  spend_half_an_hour(an, binh, kNear);
  spend_half_an_hour(an, chi, kFar);
  fall_ill(an);
  EXPECT_TRUE(warned(binh));
  EXPECT_FALSE(warned(chi));
  const auto result = check(binh);
  EXPECT_EQ(result->warning.depth, engine::Depth::kF1);
  EXPECT_EQ(result->warning.days, std::vector<Day>{kDay});
  EXPECT_EQ(result->keys, 1U);
}

TEST_F(Chains, ATraceListBySomebodyElseFailsTheCheck) {
  auto an = case_of_2020();
  auto binh = other("binh");
  spend_half_an_hour(an, binh, kNear);
  fall_ill(an);
  ASSERT_EQ(published().size(), 1U);
  const auto foreign = folder_ / "foreign";
  std::filesystem::create_directories(foreign);
  const auto another = *sim::HealthDesk::open(foreign, random_, kMorning);
  auto line = desk_->line();
  const auto checked =
      binh.check(line, *another->trust(), *engine::risk_preset("bluezone4"), kNextDay);
  EXPECT_EQ(checked.error().code, Code::kDenied);
}

TEST_F(Chains, WhatIsSaidAfterTheConsentFollowsFromNothingThatIsPublished) {
  auto an = case_of_2020();
  auto binh = other("binh");
  auto chi = other("chi");
  spend_half_an_hour(an, binh, kNear);
  fall_ill(an);
  spend_half_an_hour(an, chi, kNear, kEvening + minutes{30});
  const auto result = check(chi);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->keys, 1U);
  EXPECT_TRUE(result->exposures.empty());
}

TEST_F(Chains, NoRootNoEarlierDayAndNoLaterEndIsPublished) {
  auto an = case_of_2020();
  // Five days before the first infectious one, which is two before the symptoms.
  engine::RollingId early;
  {
    const auto said = *an.advertisement(kMorning - hours{24 * 7});
    early = std::get<engine::Frame>(engine::read_advertisement(said)).id;
  }
  fall_ill(an);
  const auto chains = published();
  ASSERT_EQ(chains.size(), 1U);
  EXPECT_EQ(chains[0].start, Instant{kDay - std::chrono::days{2}});
  EXPECT_LE(chains[0].end, kEvening);
  auto key = chains[0].daily_key;
  for (int day = 0; day < 14; ++day, key = engine::next_daily_key(key)) {
    engine::IdChain ids(key);
    for (int i = 0; i < 96; ++i) EXPECT_NE(ids.next(), early);
  }
}

TEST_F(Chains, TheyArePublishedTwoHoursAfterTheirEndAndNotBefore) {
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  fall_ill(an);
  auto line = desk_->line();
  desk_->at(kEvening + minutes{119});
  EXPECT_TRUE(line.export_names()->empty());
  desk_->at(kEvening + minutes{120});
  ASSERT_EQ(line.export_names()->size(), 1U);
  EXPECT_TRUE(line.export_names()->at(0).ends_with(".bzt"));
}

TEST_F(Chains, OfACaseThatIsTakenBackBeforeTheyGoOutNeverDo) {
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  fall_ill(an);
  ASSERT_TRUE(desk_->revoke_all_cases());
  EXPECT_TRUE(published().empty());
}

TEST_F(Chains, AChainThatWasStoredWithoutThePhoneKnowingIsStoredOnce) {
  ASSERT_TRUE(desk_->take_chains());
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  take_code(an);
  agree(an);
  auto line = desk_->line();
  LossyLine lossy(line);
  EXPECT_EQ(an.report().chains().send(lossy).error().code, Code::kUnavailable);
  const auto again = an.report().chains().send(line);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->inserted, 1);
  EXPECT_EQ(published().size(), 1U);
}

TEST_F(Chains, AnUploadThatWaitedUntilItsCertificateExpiredGetsAnother) {
  ASSERT_TRUE(desk_->take_chains());
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  take_code(an);
  agree(an);
  auto line = desk_->line();
  LossyLine lossy(line);
  EXPECT_FALSE(an.report().chains().send(lossy));
  desk_->at(kEvening + hours{5});
  EXPECT_EQ(an.report().chains().send(line).error().code, Code::kUnavailable);
  EXPECT_TRUE(an.report().chains().send(line));
  EXPECT_EQ(published().size(), 1U);
}

TEST_F(Chains, AfterADayTheTokenIsOverAndThePersonIsToldSo) {
  ASSERT_TRUE(desk_->take_chains());
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  take_code(an);
  agree(an);
  desk_->at(kEvening + hours{25});
  auto line = desk_->line();
  const auto late = an.report().chains().send(line);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kDenied);
  EXPECT_EQ(*an.report().chains().stage(), ChainReport::Stage::kNothing);
}

// Asked for apart: the day keys go, the chains do not, and the chain is said on.
TEST_F(Chains, WhoRefusesThemSendsTheirDayKeysAlone) {
  ASSERT_TRUE(desk_->take_chains());
  SealKey key;
  random_.fill(key);
  const auto path = folder_ / "both.db";
  ASSERT_TRUE(Phone::open(path, key, random_, {})->advertisement(kMorning));
  phone::PhoneSettings settings;
  settings.profile = engine::Profile::kBluezone3;
  settings.send_bluezone3 = true;
  auto an = *Phone::open(path, key, random_, settings);
  const auto said = *an.advertisement(kEvening - minutes{1});
  take_code(an);
  auto keys = an.preview_upload(kDay, kEvening);
  ASSERT_EQ(keys->keys().size(), 1U);
  ASSERT_EQ(an.preview_chains(kDay, kEvening)->chains().size(), 1U);
  ASSERT_TRUE(an.report().chains().give_up());
  ASSERT_TRUE(an.report().agree(std::move(*keys).agreed(), kEvening));
  auto line = desk_->line();
  phone::Visits visits(an.report(), random_, {}, kEvening);
  Instant now = visits.next(true);
  for (int visit = 0; visit < 5; ++visit) {  // the keys', then cover
    ASSERT_TRUE(visits.go(line, now));
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    now = visits.next(false);
  }
  EXPECT_EQ(*an.report().stage(), phone::Report::Stage::kNothing);
  EXPECT_EQ(*an.advertisement(kEvening - minutes{1}), said);
  EXPECT_TRUE(published().empty());
}

TEST_F(Chains, WhereTheAuthorityDoesNotTakeThemThereIsNothingToAgreeTo) {
  auto an = case_of_2020();
  ASSERT_TRUE(an.advertisement(kMorning));
  take_code(an);
  EXPECT_EQ(*an.report().chains().stage(), ChainReport::Stage::kNothing);
  auto preview = an.preview_chains(kDay, kEvening);
  ASSERT_EQ(preview->chains().size(), 1U);
  EXPECT_EQ(an.report().chains().agree(std::move(*preview).agreed(), kEvening).error().code,
            Code::kNotFound);
  auto line = desk_->line();
  EXPECT_EQ(an.report().chains().send(line).error().code, Code::kNotFound);
  EXPECT_TRUE(published().empty());
}

}  // namespace
}  // namespace bz
