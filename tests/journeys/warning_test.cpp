// A person's day, from the first advertisement to the warning, through real phones, files and
// signatures.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/temp_folder.h"
#include "engine/risk_presets.h"
#include "phone/phone.h"
#include "phone/scan_row.h"
#include "sim/health_desk.h"
#include "tests/relay.h"
#include "wire/export_file.h"

namespace bz {
namespace {

using phone::Phone;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Day kDay{std::chrono::days{18'493}};  // 19 August 2020
constexpr Instant kMorning = Instant{kDay} + hours{8};
constexpr Instant kEvening = Instant{kDay} + hours{20};
constexpr Instant kNextDay =
    Instant{kDay} + hours{27};     // 03:00, the day's keys are three hours old
constexpr engine::Dbm kNear{-70};  // 45 dB below the -25 that phones say they send with
constexpr engine::Dbm kFar{-95};

class Warning : public testing::Test {
 protected:
  Phone new_phone(const std::string& owner, engine::Profile profile = engine::Profile::kBluezone4) {
    phone::PhoneSettings settings;
    settings.profile = profile;
    SealKey key;
    random_.fill(key);
    auto phone = Phone::open(folder_ / (owner + ".db"), key, random_, settings);
    EXPECT_TRUE(phone);
    return std::move(*phone);
  }

  // The listener runs a scan every four minutes for half an hour and hears one frame of the speaker
  // in each.
  static void spend_half_an_hour(Phone& speaker, Phone& listener, engine::Dbm rssi,
                                 Instant from = kMorning) {
    for (Instant now = from; now < from + minutes{30}; now += minutes{4}) {
      const auto said = speaker.advertisement(now);
      ASSERT_TRUE(said);
      listener.begin_scan(now);
      listener.hear(*said, rssi, now + seconds{1});
      ASSERT_TRUE(listener.end_scan());
    }
  }

  // A real server, in the morning of that day.
  std::unique_ptr<sim::HealthDesk> open_desk(const std::string& name = "desk") {
    const auto folder = folder_ / name;
    std::filesystem::create_directories(folder);
    auto desk = sim::HealthDesk::open(folder, random_, kMorning);
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
    return std::move(*desk);
  }

  // In the evening: the code, what would be sent, consent, the upload.
  static void hand_in(Phone& phone, sim::HealthDesk& desk,
                      wire::TestType type = wire::TestType::kConfirmed) {
    desk.at(kEvening);
    const auto code = desk.issue_code(kDay, type);
    ASSERT_TRUE(code) << code.error().what;
    auto line = desk.line();
    const auto taken = phone.report().enter_code(line, *code, kEvening);
    ASSERT_TRUE(taken) << taken.error().what;
    auto preview = phone.preview_upload(kDay, kEvening);
    ASSERT_TRUE(preview);
    ASSERT_TRUE(phone.report().agree(std::move(*preview).agreed(), kEvening));
    const auto sent = phone.report().send(line);
    ASSERT_TRUE(sent) << sent.error().what;
  }

  static void fall_ill(Phone& phone, sim::HealthDesk& desk) {
    hand_in(phone, desk);
    desk.at(kNextDay);
  }

  Result<phone::CheckResult> check(Phone& phone, sim::HealthDesk& desk) {
    auto line = desk.line();
    return phone.check(line, *desk.trust(), *engine::risk_preset("bluezone4"), kNextDay);
  }

  bool warned(Phone& phone, sim::HealthDesk& desk) {
    const auto result = check(phone, desk);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    return result && result->warning.level != engine::Level::kNone;
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  SystemRandom random_;
};

TEST_F(Warning, WhoWasNearIsWarnedAndWhoWasFarIsNot) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  auto chi = new_phone("chi");
  spend_half_an_hour(an, binh, kNear);
  spend_half_an_hour(an, chi, kFar);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  EXPECT_FALSE(warned(binh, desk));  // nothing is published yet
  fall_ill(an, desk);
  EXPECT_TRUE(warned(binh, desk));
  EXPECT_FALSE(warned(chi, desk));
  const auto result = check(binh, desk);
  EXPECT_EQ(result->warning.depth, engine::Depth::kF1);
  EXPECT_EQ(result->warning.days, std::vector<Day>{kDay});
}

TEST_F(Warning, ProfilesUnderstandEachOther) {
  auto an = new_phone("an", engine::Profile::kGaen);
  auto binh = new_phone("binh", engine::Profile::kBluezone4);
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  EXPECT_TRUE(warned(binh, desk));
}

TEST_F(Warning, OnlyTheOwnKeysOfTheChosenDaysAreShownAndSent) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  for (const auto ago : {hours{72}, hours{48}, hours{24}, hours{0}}) {
    spend_half_an_hour(an, binh, kNear, kMorning - ago);
    spend_half_an_hour(binh, an, kNear, kMorning - ago);
  }
  const auto preview = an.preview_upload(kDay - std::chrono::days{1}, kEvening);
  ASSERT_TRUE(preview);
  ASSERT_EQ(preview->keys().size(), 2U);
  EXPECT_EQ(preview->keys()[0].start, first_interval(kDay - std::chrono::days{1}));
  EXPECT_EQ(preview->keys()[1].start, first_interval(kDay));
  EXPECT_EQ(preview->keys()[1].end(), interval_at(kEvening));
}

TEST_F(Warning, LookingAtWhatWouldBeSentChangesNothing) {
  auto an = new_phone("an");
  const auto before = an.advertisement(kEvening);
  ASSERT_TRUE(an.preview_upload(kDay, kEvening));
  EXPECT_EQ(*an.advertisement(kEvening), *before);
}

TEST_F(Warning, NoNameOfAPublishedKeyIsSaidAnyMore) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  // Half an hour later the same two meet again: what Bình hears now follows from no published key.
  auto chi = new_phone("chi");
  spend_half_an_hour(an, chi, kNear, kEvening + minutes{30});
  const auto result = check(chi, desk);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->keys, 1U);
  EXPECT_TRUE(result->exposures.empty());
}

TEST_F(Warning, FromTheMomentOfPublishingAnotherNameIsSaid) {
  auto an = new_phone("an");
  const auto before = *an.advertisement(kEvening);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  EXPECT_NE(*an.advertisement(kEvening), before);
}

TEST_F(Warning, AScanOfAnImpossibleClockDoesNotKeepTheOthersOut) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  binh.begin_scan(from_ms(-1));
  EXPECT_TRUE(binh.end_scan());  // dropped: no log can hold it
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  EXPECT_TRUE(warned(binh, desk));
}

TEST_F(Warning, AKeyIsHeldBackUntilTwoHoursAfterItsLastName) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  hand_in(an, desk);  // at 20:00: its last name was said before
  auto line = desk.line();
  desk.at(kEvening + minutes{119});
  EXPECT_TRUE(line.export_names()->empty());
  desk.at(kEvening + minutes{120});
  EXPECT_EQ(line.export_names()->size(), 1U);
  EXPECT_EQ(check(binh, desk)->keys, 1U);
}

TEST_F(Warning, ACodeServesForOneUploadOnly) {
  auto an = new_phone("an");
  ASSERT_TRUE(an.advertisement(kMorning));
  const auto desk = open_desk();
  desk->at(kEvening);
  auto line = desk->line();
  const auto code = *desk->issue_code(kDay);
  EXPECT_EQ(an.report().enter_code(line, "00000000x", kEvening).error().code, Code::kDenied);
  ASSERT_TRUE(an.report().enter_code(line, code, kEvening));
  EXPECT_EQ(new_phone("binh").report().enter_code(line, code, kEvening).error().code,
            Code::kDenied);
}

TEST_F(Warning, ARevokedKeyWarnsNoMore) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  ASSERT_TRUE(warned(binh, desk));

  ASSERT_TRUE(desk.revoke_all_cases());
  desk.at(kNextDay + hours{1});
  EXPECT_FALSE(warned(binh, desk));
}

// It cannot withhold a warning, and does not pass unseen.
TEST_F(Warning, AListOfChainsThatCannotBeHadKeepsNoKeyFromBeingCompared) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  tests::Relay relay(desk.server().port());
  const auto cache = folder_ / "cache";
  const auto chains = cache / "VN" / "1597708800-1597712400-00001.bzt";
  std::filesystem::create_directories(chains.parent_path());
  ASSERT_TRUE(write_file(chains, as_bytes("fetched before")));
  phone::HttpTransport line(desk.address(relay.port()), random_, cache);
  const auto look = [&] {
    auto found = binh.check(line, *desk.trust(), *engine::risk_preset("bluezone4"), kNextDay);
    EXPECT_TRUE(found) << (found ? "" : found.error().what);
    EXPECT_TRUE(found && found->warning.level != engine::Level::kNone);
    return found ? found->fault : std::nullopt;
  };
  for (const int status : {500, 503, 400}) {
    relay.replace_answers("/chains.txt", status);
    const auto fault = look();
    ASSERT_TRUE(fault) << status;
    EXPECT_EQ(fault->code, Code::kUnavailable);
  }
  EXPECT_EQ(*binh.next_check(hours{4}, kNextDay), kNextDay);  // it is due still
  EXPECT_TRUE(std::filesystem::exists(chains));
  // What a server says that publishes none, and a bucket that does not say what it lacks.
  for (const int status : {404, 403}) {
    relay.replace_answers("/chains.txt", status);
    EXPECT_FALSE(look()) << status;
  }
  EXPECT_EQ(*binh.next_check(hours{4}, kNextDay), kNextDay + hours{4});
  EXPECT_FALSE(std::filesystem::exists(chains));
  // Of the keys' list 403 is none of these.
  relay.replace_answers("/index.txt", 403);
  EXPECT_EQ(line.export_names().error().code, Code::kUnavailable);
}

TEST_F(Warning, AFileThatIsSpoiledOrBySomebodyElseFailsTheCheckInOneSentence) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  auto line = desk.line();
  const auto path = desk.folder() / "keys" / "exports" / line.export_names()->at(0);
  const auto whole = *read_file(path, 1U << 20U);

  const auto another = open_desk("another");
  const auto foreign =
      binh.check(line, *another->trust(), *engine::risk_preset("bluezone4"), kNextDay);
  EXPECT_EQ(foreign.error().code, Code::kDenied);

  ASSERT_TRUE(write_file(path, ByteView(whole).first(whole.size() / 2)));
  EXPECT_EQ(check(binh, desk).error().code, Code::kMalformed);
  ASSERT_TRUE(write_file(path, whole));
  EXPECT_TRUE(warned(binh, desk));
}

TEST_F(Warning, WhatWasForgottenWarnsNobody) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  spend_half_an_hour(an, binh, kNear);
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  const auto report = binh.forget({}, kMorning + std::chrono::days{16});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->scans, 8);  // one each four minutes of thirty
  EXPECT_FALSE(warned(binh, desk));
}

TEST_F(Warning, AFloodOfFramesFillsOneScanAndStopsNothing) {
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  const auto said = *an.advertisement(kMorning);
  binh.begin_scan(kMorning);
  for (std::size_t i = 0; i < phone::kMostSightingsInAScan + 10; ++i)
    binh.hear(said, kNear, kMorning);
  binh.hear(said, kNear, kMorning + hours{5});  // no scan lasts so long
  EXPECT_TRUE(binh.end_scan());
  EXPECT_EQ(binh.counts().heard, phone::kMostSightingsInAScan + 11);
  spend_half_an_hour(an, binh, kNear, kMorning + hours{1});
  const auto desk_here = open_desk();
  auto& desk = *desk_here;
  fall_ill(an, desk);
  EXPECT_TRUE(warned(binh, desk));
}

TEST_F(Warning, FramesThatAreNotOursAreCountedAndNotKept) {
  auto binh = new_phone("binh");
  binh.begin_scan(kMorning);
  binh.hear(*from_hex("02011A04FF4C0010"), kNear, kMorning);
  binh.hear(*from_hex("0316564E"), kNear, kMorning);
  EXPECT_TRUE(binh.end_scan());
  EXPECT_EQ(binh.counts().not_ours, 1U);
  EXPECT_EQ(binh.counts().bad_length, 1U);
  EXPECT_EQ(binh.counts().heard, 0U);
}

}  // namespace
}  // namespace bz
