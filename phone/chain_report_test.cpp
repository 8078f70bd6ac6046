#include "phone/chain_report.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "base/base64.h"
#include "phone/noted_transport_test.h"
#include "phone/phone.h"
#include "phone/phone_test.h"
#include "tests/lossy_disk.h"
#include "wire/tekmac.h"

namespace bz::phone {
namespace {

using std::chrono::minutes;
using Stage = ChainReport::Stage;

constexpr std::string_view kCode = "12345678";
const Error kLost{Code::kUnavailable, "the line is down"};
const Error kRefused{Code::kDenied, "the token has expired"};

class ChainReportTest : public PhoneTest {
 protected:
  ChainReportTest() { transport_.verify_answer.chains_token = "the second token"; }

  static PhoneSettings settings(engine::Profile profile = engine::Profile::kBluezone3) {
    PhoneSettings settings;
    settings.profile = profile;
    settings.send_bluezone3 = true;
    return settings;
  }
  // The phone of somebody who has said names of bluezone3 on three days, at noon of the last;
  // closed and opened again, it goes on.
  Phone phone() {
    auto opened = Phone::open(path_, key_, random_, settings());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().what);
    for (int day = 0; day < 3 && !has_said_; ++day) EXPECT_TRUE(opened->advertisement(on_day(day)));
    has_said_ = true;
    return std::move(*opened);
  }
  static ChainUpload look_and_agree(Phone& phone, Instant now = kNow) {
    auto preview = phone.preview_chains(kFirstDay + days{1}, now);
    EXPECT_TRUE(preview);
    return std::move(*preview).agreed();
  }
  void take_code(Phone& phone, Instant now = kNow) {
    ASSERT_TRUE(phone.report().enter_code(transport_, kCode, now));
  }
  void agree(Phone& phone) {
    take_code(phone);
    ASSERT_TRUE(phone.report().chains().agree(look_and_agree(phone), kNow));
  }
  // The id in an advertisement.
  static engine::RollingId id_in(const Bytes& advertisement) {
    return std::get<engine::Frame>(engine::read_advertisement(advertisement)).id;
  }
  // Whether the id follows from the chain, on any of 40 days.
  static bool follows(const engine::RollingId& id, const engine::PublishedChain& chain) {
    auto key = chain.daily_key;
    for (int day = 0; day < 40; ++day, key = engine::next_daily_key(key)) {
      engine::IdChain ids(key);
      for (int i = 0; i < chain.ids_per_day; ++i)
        if (ids.next() == id) return true;
    }
    return false;
  }
  Bytes sealed(std::string_view name) {
    auto store = open();
    auto statement = store->database().prepare("SELECT sealed FROM kept WHERE name = ?");
    EXPECT_TRUE(*statement->bind(1, name).step()) << name;
    return {statement->blob(0).begin(), statement->blob(0).end()};
  }

  static constexpr Instant kNow = Instant{kFirstDay} + days{2} + hours{12} + minutes{5};
  NotedTransport transport_;
  bool has_said_ = false;
};

TEST_F(ChainReportTest, WithoutASecondTokenThereIsNothingToAgreeTo) {
  transport_.verify_answer.chains_token.clear();
  auto an = phone();
  take_code(an);
  auto& chains = an.report().chains();
  EXPECT_EQ(*chains.stage(), Stage::kNothing);
  EXPECT_EQ(chains.agree(look_and_agree(an), kNow).error().code, Code::kNotFound);
  EXPECT_EQ(chains.send(transport_).error().code, Code::kNotFound);
  EXPECT_EQ(transport_.calls, std::vector<std::string>{"verify"});
}

TEST_F(ChainReportTest, WithoutConsentNothingIsSentAndTheRootStays) {
  auto an = phone();
  const auto before = *an.advertisement(kNow);
  take_code(an);
  auto& chains = an.report().chains();
  EXPECT_EQ(*chains.stage(), Stage::kOffered);
  EXPECT_EQ(chains.send(transport_).error().code, Code::kNotFound);
  EXPECT_EQ(*chains.due(), std::nullopt);
  ASSERT_TRUE(chains.give_up());
  EXPECT_EQ(chains.send(transport_).error().code, Code::kNotFound);
  EXPECT_EQ(transport_.calls, std::vector<std::string>{"verify"});
  EXPECT_EQ(*an.advertisement(kNow), before);
}

TEST_F(ChainReportTest, LookingAtWhatWouldBeSentChangesNothing) {
  auto an = phone();
  const auto before = *an.advertisement(kNow);
  ASSERT_EQ(an.preview_chains(kFirstDay, kNow)->chains().size(), 1U);
  EXPECT_EQ(*an.advertisement(kNow), before);
}

TEST_F(ChainReportTest, WhatIsSentTellsTheNamesFromTheFirstDayToTheChangeAndNothingElse) {
  auto an = phone();
  std::vector<engine::RollingId> said;
  for (const auto time : {on_day(0), on_day(1), on_day(2), kNow})
    said.push_back(id_in(*an.advertisement(time)));
  agree(an);
  const auto next = id_in(*an.advertisement(kNow));  // the root has changed before anything is sent
  EXPECT_EQ(transport_.calls, std::vector<std::string>{"verify"});
  ASSERT_TRUE(an.report().chains().send(transport_));
  ASSERT_EQ(transport_.sent_chains.size(), 1U);
  const auto& sent = transport_.sent_chains[0];
  EXPECT_EQ(sent.start, Instant{kFirstDay + days{1}});
  EXPECT_LE(sent.end, kNow);
  EXPECT_FALSE(follows(said[0], sent));
  for (std::size_t i = 1; i < said.size(); ++i) EXPECT_TRUE(follows(said[i], sent)) << i;
  EXPECT_FALSE(follows(next, sent));
  for (int day = 3; day < 20; ++day)
    EXPECT_FALSE(follows(id_in(*an.advertisement(on_day(day))), sent)) << day;
}

TEST_F(ChainReportTest, ItHasTheSecondTokenACertificateOfItsOwnAndItsOwnSecret) {
  auto an = phone();
  agree(an);
  ASSERT_TRUE(an.report().chains().send(transport_));
  EXPECT_EQ(transport_.tokens, std::vector<std::string>{"the second token"});
  ASSERT_EQ(transport_.sent_chains.size(), 1U);
  ASSERT_EQ(transport_.secrets.size(), 1U);
  const auto& sent = transport_.sent_chains[0];
  const auto key = to_base64(sent.daily_key);
  const std::vector<wire::ChainText> texts{
      {key, to_ms(sent.start) / 1000, to_ms(sent.end) / 1000, 96}};
  EXPECT_EQ(transport_.tekmacs[0], wire::chain_tekmac(texts, transport_.secrets[0]));
}

TEST_F(ChainReportTest, AKilledPhoneGoesOnWithTheSameChainsAndTheSameCertificate) {
  {
    auto an = phone();
    agree(an);
    transport_.publish_faults = {kLost};
    EXPECT_EQ(an.report().chains().send(transport_).error().code, Code::kUnavailable);
  }
  const auto first = transport_.sent_chains;
  auto an = phone();
  EXPECT_EQ(*an.report().chains().stage(), Stage::kAgreed);
  ASSERT_TRUE(an.report().chains().send(transport_));
  EXPECT_EQ(transport_.sent_chains, first);
  EXPECT_EQ(transport_.certificates, (std::vector<std::string>{"certificate 1", "certificate 1"}));
}

// kill -9 when the certificate is asked for: the change is behind it, the sending before it.
TEST_F(ChainReportTest, KilledBetweenTheChangeAndTheSendingItNeitherSaysTheOldNorLosesTheUpload) {
  class Killing final : public Transport {
   public:
    Result<std::vector<std::string>> export_names() override { return dead(); }
    Result<Bytes> fetch(const std::string& /*name*/) override { return dead(); }
    Result<Bytes> settings() override { return dead(); }
    Result<wire::VerifyAnswer> verify(std::string_view /*code*/) override { return dead(); }
    Result<std::string> certificate(std::string_view /*t*/, const Digest& /*d*/) override {
      ::kill(::getpid(), SIGKILL);
      return dead();
    }
    Result<wire::PublishAnswer> publish(const Upload& /*u*/, std::string_view /*c*/,
                                        ByteView /*s*/) override {
      return dead();
    }
    Result<wire::PublishAnswer> publish_chains(const ChainUpload& /*u*/, std::string_view /*c*/,
                                               ByteView /*s*/) override {
      return dead();
    }
    Result<void> cover(Call /*call*/) override { return dead(); }

   private:
    static Error dead() { return {Code::kUnavailable, "killed"}; }
  };
  Bytes before;
  {
    auto an = phone();
    before = *an.advertisement(kNow);
    take_code(an);
  }
  const auto child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto an = Phone::open(path_, key_, random_, settings());
    Killing line;
    if (!an || !an->report().chains().agree(look_and_agree(*an), kNow)) ::_exit(1);
    static_cast<void>(an->report().chains().send(line));
    ::_exit(2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  auto an = phone();
  const auto next = *an.advertisement(kNow);
  EXPECT_NE(next, before);
  ASSERT_TRUE(an.report().chains().send(transport_));
  ASSERT_EQ(transport_.sent_chains.size(), 1U);
  EXPECT_TRUE(follows(id_in(before), transport_.sent_chains[0]));
  EXPECT_FALSE(follows(id_in(next), transport_.sent_chains[0]));
}

// Power fails at every point of agreeing: the chain has ended exactly when its sending is kept.
TEST_F(ChainReportTest, APowerCutWhileAgreeingLeavesBothOrNeither) {
  int agreed = 0;
  int not_agreed = 0;
  for (int operations = 0; operations < 30; ++operations) {
    std::mt19937_64 chance(static_cast<std::uint64_t>(operations));
    std::filesystem::remove(path_);
    std::filesystem::remove(path_.string() + "-wal");
    Bytes before;
    has_said_ = false;
    {
      tests::LossyDisk disk;
      {
        auto an = phone();
        before = *an.advertisement(kNow);
        take_code(an);
        const auto upload = look_and_agree(an);
        disk.cut_power_after(operations);
        static_cast<void>(an.report().chains().agree(upload, kNow));
        disk.cut_power_after(0);
      }
      disk.lose_unsynced_writes(chance);
    }
    auto an = phone();
    const bool kept = *an.report().chains().stage() == Stage::kAgreed;
    EXPECT_EQ(*an.advertisement(kNow) != before, kept) << operations;
    ++(kept ? agreed : not_agreed);
  }
  EXPECT_GT(agreed, 0);
  EXPECT_GT(not_agreed, 0);
}

TEST_F(ChainReportTest, AfterSendingNothingOfItIsLeftInTheFiles) {
  {
    auto an = phone();
    agree(an);
  }
  const auto report = sealed("chain report");
  const auto chains = sealed("chains");
  ASSERT_TRUE(holds(raw(), report));
  ASSERT_TRUE(holds(raw(), chains));
  {
    auto an = phone();
    ASSERT_TRUE(an.report().chains().send(transport_));
    EXPECT_EQ(*an.report().chains().stage(), Stage::kNothing);
    EXPECT_TRUE(an.preview_chains(kFirstDay, kNow)->chains().empty());
  }
  EXPECT_FALSE(holds(raw(), report));
  EXPECT_FALSE(holds(raw(), chains));
}

TEST_F(ChainReportTest, WhatTheServerRefusesCanBeSentUnderAnotherCode) {
  auto an = phone();
  agree(an);
  transport_.certificate_faults = {kRefused};
  EXPECT_EQ(an.report().chains().send(transport_).error().code, Code::kDenied);
  EXPECT_EQ(*an.report().chains().due(), std::nullopt);  // it is not asked for ever
  const auto later = kNow + hours{25};
  take_code(an, later);
  const auto preview = an.preview_chains(kFirstDay + days{1}, later);
  ASSERT_EQ(preview->chains().size(), 1U);
  EXPECT_LE(preview->chains()[0].end, kNow);  // where it ended the first time
  ASSERT_TRUE(an.report().chains().agree(look_and_agree(an, later), later));
  EXPECT_TRUE(an.report().chains().send(transport_));
}

TEST_F(ChainReportTest, ANewCodeDoesNotTakeThePlaceOfChainsThatWereAgreedTo) {
  auto an = phone();
  agree(an);
  EXPECT_EQ(an.report().enter_code(transport_, kCode, kNow).error().code, Code::kConflict);
  ASSERT_TRUE(an.report().give_up());
  EXPECT_EQ(*an.report().chains().stage(), Stage::kNothing);
  take_code(an);
}

// They have a token of their own, and may wait twelve hours.
TEST_F(ChainReportTest, WhereTheDayKeysWereRefusedANewCodeIsTakenAndTheChainsStay) {
  {
    auto earlier = Phone::open(path_, key_, random_, settings(engine::Profile::kBluezone4));
    ASSERT_TRUE(earlier->advertisement(on_day(0, hours{11})));
  }
  auto an = phone();
  take_code(an);
  auto keys = an.preview_upload(kFirstDay, kNow);
  ASSERT_EQ(keys->keys().size(), 1U);
  const auto chains = look_and_agree(an);
  ASSERT_TRUE(an.report().chains().agree(chains, kNow));
  ASSERT_TRUE(an.report().agree(std::move(*keys).agreed(), kNow));
  const auto due = *an.report().chains().due();
  transport_.publish_faults = {kRefused};
  EXPECT_EQ(an.report().send(transport_).error().code, Code::kDenied);

  transport_.verify_answer.chains_token = "another second token";
  for (int code = 1; code <= 2; ++code) {  // the person may lose the first of the new codes
    take_code(an, kNow + hours{1});
    EXPECT_EQ(*an.report().chains().stage(), Stage::kAgreed) << code;
    EXPECT_EQ(*an.report().chains().due(), due) << code;
  }
  auto again = an.preview_upload(kFirstDay, kNow + hours{1});
  ASSERT_TRUE(an.report().agree(std::move(*again).agreed(), kNow + hours{1}));
  EXPECT_FALSE(*an.report().takes_code());
  EXPECT_TRUE(an.report().send(transport_));
  EXPECT_FALSE(*an.report().takes_code());  // the chains wait still
  EXPECT_TRUE(an.report().chains().send(transport_));
  EXPECT_EQ(transport_.sent_chains, chains.chains());
  EXPECT_EQ(transport_.tokens.back(), "the second token");
}

TEST_F(ChainReportTest, AnotherCodesOfferGoesWithThatCode) {
  auto an = phone();
  take_code(an);
  transport_.verify_answer.chains_token.clear();
  take_code(an);
  EXPECT_EQ(*an.report().chains().stage(), Stage::kNothing);
}

TEST_F(ChainReportTest, ItsTimeIsDrawnWellWithinTheTokensDay) {
  std::vector<Instant> dues;
  for (const auto ago : {hours{0}, hours{1}, hours{20}, hours{23}, hours{30}}) {
    for (int i = 0; i < 20; ++i) {
      auto an = phone();
      take_code(an, kNow - ago);
      ASSERT_TRUE(an.report().chains().agree(look_and_agree(an), kNow));
      const auto due = *an.report().chains().due();
      ASSERT_TRUE(due);
      // Half of what is left of 24 hours, 12 at most.
      const auto half = std::max(hours{0}, hours{24} - ago) * 30;
      EXPECT_LE(*due, kNow + minutes{1} * half.count()) << ago.count();
      EXPECT_GE(*due, kNow + std::min<milliseconds>(minutes{30}, minutes{1} * half.count()));
      if (ago == hours{0}) dues.push_back(*due);
      ASSERT_TRUE(an.report().give_up());
      // So that there is something to agree to the next time.
      ASSERT_TRUE(an.advertisement(kNow));
    }
  }
  std::ranges::sort(dues);
  // Even in 11.5 hours: of 20 the least and the most are not within 3 hours but once in 10^10.
  EXPECT_GT(dues.back() - dues.front(), hours{3});
}

TEST_F(ChainReportTest, OneMayAgreeToChainsOnly) {
  auto an = phone();
  EXPECT_TRUE(an.preview_upload(kFirstDay, kNow)->keys().empty());  // it said no day key's names
  agree(an);
  EXPECT_EQ(*an.report().stage(), Report::Stage::kCodeTaken);
  EXPECT_TRUE(an.report().chains().send(transport_));
}

TEST_F(ChainReportTest, WhatCannotBeSentIsNotAgreedTo) {
  auto an = phone();
  take_code(an);
  auto nothing = an.preview_chains(kFirstDay + days{9}, kNow);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(an.report().chains().agree(std::move(*nothing).agreed(), kNow).error().code,
            Code::kInvalid);
  // Shown by a clock that went back since.
  const auto later = look_and_agree(an, kNow + hours{2});
  EXPECT_EQ(an.report().chains().agree(later, kNow).error().code, Code::kConflict);
  ASSERT_TRUE(an.report().chains().agree(look_and_agree(an), kNow));
  EXPECT_EQ(an.report().chains().agree(look_and_agree(an), kNow).error().code, Code::kConflict);
}

TEST_F(ChainReportTest, ChangingTheProfileEndsWhatWasSaidInTheOther) {
  Bytes first;
  {
    auto an = phone();
    first = *an.advertisement(kNow);
  }
  {
    auto an = Phone::open(path_, key_, random_, settings(engine::Profile::kBluezone4));
    ASSERT_TRUE(an->advertisement(kNow + minutes{30}));
  }
  auto an = Phone::open(path_, key_, random_, settings());
  const auto second = *an->advertisement(kNow + hours{1});
  const auto keys = an->preview_upload(kFirstDay, kNow + hours{2});
  ASSERT_EQ(keys->keys().size(), 1U);
  EXPECT_EQ(keys->keys()[0].end(), interval_at(kNow + hours{1}));
  const auto chains = an->preview_chains(kFirstDay, kNow + hours{2});
  ASSERT_EQ(chains->chains().size(), 2U);
  EXPECT_TRUE(follows(id_in(first), chains->chains()[0]));
  EXPECT_FALSE(follows(id_in(second), chains->chains()[0]));
  EXPECT_TRUE(follows(id_in(second), chains->chains()[1]));
}

TEST_F(ChainReportTest, NamesChangeEveryQuarterOfAnHour) {
  auto an = phone();
  const auto name = *an.advertisement(on_day(2, hours{10}));
  EXPECT_EQ(*an.advertisement(on_day(2, hours{10} + minutes{14})), name);
  EXPECT_NE(*an.advertisement(on_day(2, hours{10} + minutes{15})), name);
}

TEST_F(ChainReportTest, TheProfileIsRefusedUnlessItIsTurnedOn) {
  auto refused = settings();
  refused.send_bluezone3 = false;
  auto an = Phone::open(path_, key_, random_, refused);
  EXPECT_EQ(an->advertisement(kNow).error().code, Code::kDenied);
  EXPECT_TRUE(an->preview_chains(kFirstDay, kNow)->chains().empty());
}

TEST(FirstChainDay, IsNeverMoreThanTwoDaysBeforeTheSymptoms) {
  const TestResult test{wire::TestType::kConfirmed, kFirstDay + days{5}, {}};
  EXPECT_EQ(first_chain_day(test, kFirstDay + days{8}, days{4}), kFirstDay + days{3});
  EXPECT_EQ(first_chain_day(test, kFirstDay + days{8}, days{1}), kFirstDay + days{4});
}

}  // namespace
}  // namespace bz::phone
