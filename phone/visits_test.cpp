#include "phone/visits.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "phone/noted_transport_test.h"
#include "phone/phone.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using std::chrono::minutes;

// The same every time: SHA-256 of a counter.
class NumberedRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) {
      if (used_ == block_.size()) {
        Bytes number(8);
        put_le(number, next_++);
        block_ = sha256(number);
        used_ = 0;
      }
      byte = block_[used_++];
    }
  }

 private:
  std::uint64_t next_ = 0;
  Digest block_ = sha256({});
  std::size_t used_ = 0;
};

class VisitsTest : public PhoneTest {
 protected:
  VisitsTest() : phone_(*Phone::open(path_, key_, random_, {})) {
    EXPECT_TRUE(phone_.advertisement(on_day(0)));
  }
  Visits visits() { return {phone_.report(), chance_, settings_, start_}; }
  void agree() {
    auto preview = phone_.preview_upload(kFirstDay, start_);
    ASSERT_TRUE(phone_.report().agree(std::move(*preview).agreed(), start_));
  }

  Phone phone_;
  NumberedRandom chance_;
  VisitSettings settings_;
  NotedTransport transport_;
  Instant start_ = on_day(0) + minutes{30};
};

const std::vector<std::string> kOneVisit{"|", "verify", "|", "certificate", "publish"};

TEST_F(VisitsTest, AnUploadAndAVisitThatCarriesNothingMakeTheSameCallsOnTheSameConnections) {
  auto visits = this->visits();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree();
  const auto sent = visits.go(transport_, visits.next(true));
  ASSERT_TRUE(sent && *sent);
  EXPECT_EQ((**sent).answer.inserted, 1);
  EXPECT_EQ(transport_.calls, kOneVisit);
  EXPECT_EQ(transport_.covers, 0);

  transport_.calls.clear();
  ASSERT_TRUE(visits.go(transport_, visits.next(false)));
  ASSERT_TRUE(visits.go(transport_, visits.next(false)));
  EXPECT_EQ(transport_.calls, kOneVisit);
  EXPECT_EQ(transport_.covers, 3);
}

TEST_F(VisitsTest, TheSecondHalfWaitsForItsTimeEvenIfSomebodyAgreesAtOnce) {
  auto visits = this->visits();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree();
  const auto due = visits.next(true);
  EXPECT_GE(due, start_ + settings_.least_pause);
  EXPECT_LE(due, start_ + settings_.most_pause);
  const auto early = visits.go(transport_, due - std::chrono::milliseconds{1});
  ASSERT_TRUE(early);
  EXPECT_FALSE(*early);
  EXPECT_EQ(transport_.calls, (std::vector<std::string>{"|", "verify"}));
}

TEST_F(VisitsTest, WhoReadsLongerThanThePauseIsCarriedByAnotherVisitOfTheSameShape) {
  auto visits = this->visits();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  ASSERT_FALSE(*visits.go(transport_, visits.next(false)));  // still reading
  agree();
  const auto later = start_ + minutes{10};
  ASSERT_LE(visits.next(true), later);
  ASSERT_FALSE(*visits.go(transport_, later));
  const auto sent = visits.go(transport_, visits.next(true));
  ASSERT_TRUE(sent && *sent);
  auto twice = kOneVisit;
  twice.insert(twice.end(), kOneVisit.begin(), kOneVisit.end());
  EXPECT_EQ(transport_.calls, twice);
  EXPECT_EQ(transport_.covers, 3);  // the first visit's second half, the second's first
}

TEST_F(VisitsTest, ARefusedCodeMakesAVisitOfTheSameShape) {
  auto visits = this->visits();
  EXPECT_FALSE(visits.enter_code(transport_, "87654321", start_));
  ASSERT_TRUE(visits.go(transport_, visits.next(false)));
  EXPECT_EQ(transport_.calls, kOneVisit);
}

TEST_F(VisitsTest, DuringThePauseNoOtherCodeIsTaken) {
  auto visits = this->visits();
  EXPECT_FALSE(visits.enter_code(transport_, "87654321", start_));
  const auto again = visits.enter_code(transport_, "12345678", start_ + seconds{1});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kConflict);
}

TEST_F(VisitsTest, AfterARestartAnUploadThatWaitsIsDueAtOnce) {
  {
    auto visits = this->visits();
    ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
    agree();
  }
  transport_.calls.clear();
  auto visits = this->visits();
  const auto wait = visits.next(true) - start_;  // what a caller sleeps
  EXPECT_LE(wait.count(), 0);
  ASSERT_FALSE(*visits.go(transport_, start_));
  const auto sent = visits.go(transport_, visits.next(true));
  ASSERT_TRUE(sent && *sent);
  EXPECT_EQ(transport_.calls, kOneVisit);
}

TEST_F(VisitsTest, AnUploadWhoseServerFailsIsTriedAgainByAWholeVisit) {
  auto visits = this->visits();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree();
  transport_.publish_faults = {{Code::kUnavailable, "the line is down"}};
  const auto failed = visits.go(transport_, visits.next(true));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kUnavailable);
  transport_.calls.clear();
  ASSERT_FALSE(*visits.go(transport_, visits.next(true)));  // the first half
  ASSERT_TRUE(*visits.go(transport_, visits.next(true)));
  // The certificate is there already: the call for one is made all the same.
  EXPECT_EQ(transport_.calls, kOneVisit);
}

TEST_F(VisitsTest, AfterFailuresThePhoneComesLessAndLessOften) {
  settings_.mean_between_covers = std::chrono::hours{24 * 10'000};  // not in this test
  auto visits = this->visits();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree();
  Instant now = visits.next(true);
  for (int failure = 0; failure < 12; ++failure) {
    transport_.publish_faults = {{Code::kUnavailable, "the line is down"}};
    EXPECT_FALSE(visits.go(transport_, now));
    // 5, 10, 20, … minutes, at most 6 hours; from half of that on.
    const auto most = std::min(minutes{5} * (1 << failure), minutes{360});
    const auto wait = visits.next(true) - now;
    EXPECT_GE(wait, most / 2) << failure;
    EXPECT_LE(wait, most) << failure;
    now = visits.next(true);
    ASSERT_TRUE(visits.go(transport_, now));  // the first half
    now = visits.next(true);
  }
  ASSERT_TRUE(*visits.go(transport_, now));
}

// Whatever the visit carries, so that it says nothing.
TEST_F(VisitsTest, AnErrandThatIsDueSoonIsPutOffByEveryHalfOfAVisit) {
  auto visits = this->visits();
  auto& store = phone_.report().store();
  for (int half = 0; half < 2; ++half) {
    const auto now = visits.next(false);
    ASSERT_TRUE(keep_errand(store, kCallbackErrand, {now + minutes{1}}));
    ASSERT_TRUE(visits.go(transport_, now));
    EXPECT_GE((*errand(store, kCallbackErrand))->due, now + kQuietAfterVisit);
  }
  ASSERT_TRUE(keep_errand(store, kCallbackErrand, {start_}));
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  EXPECT_GE((*errand(store, kCallbackErrand))->due, start_ + kQuietAfterVisit);
}

// Somebody who said names of bluezone4, then of bluezone3, and agreed to send both.
class TwoParts : public VisitsTest {
 protected:
  TwoParts() {
    transport_.verify_answer.chains_token = "the second token";
    settings_.mean_between_covers = std::chrono::hours{24 * 10'000};  // not in these tests
    const auto path = folder_ / "two.log";
    EXPECT_TRUE(Phone::open(path, key_, random_, {})->advertisement(on_day(0)));
    PhoneSettings settings;
    settings.profile = engine::Profile::kBluezone3;
    settings.send_bluezone3 = true;
    both_.emplace(*Phone::open(path, key_, random_, settings));
    EXPECT_TRUE(both_->advertisement(on_day(0) + minutes{10}));
  }
  Visits visits_of_both() { return {both_->report(), chance_, settings_, start_}; }
  void agree_to_both() {
    auto chains = both_->preview_chains(kFirstDay, start_);
    ASSERT_TRUE(both_->report().chains().agree(std::move(*chains).agreed(), start_));
    auto keys = both_->preview_upload(kFirstDay, start_);
    ASSERT_TRUE(both_->report().agree(std::move(*keys).agreed(), start_));
  }
  Instant due() { return **both_->report().chains().due(); }
  // The next two halves; what they carried.
  std::optional<Sent> whole_visit(Visits& visits, bool keys) {
    EXPECT_FALSE(*visits.go(transport_, visits.next(keys, due())));
    const auto sent = visits.go(transport_, visits.next(keys, due()));
    EXPECT_TRUE(sent) << (sent ? "" : sent.error().what);
    return sent ? *sent : std::nullopt;
  }

  std::optional<Phone> both_;
};

TEST_F(TwoParts, ChainsGoInAVisitOfTheirOwnAtTheirOwnTime) {
  auto visits = visits_of_both();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree_to_both();
  const auto keys = visits.go(transport_, visits.next(true, due()));
  ASSERT_TRUE(keys && *keys);
  EXPECT_EQ((**keys).what, Sent::What::kKeys);
  EXPECT_EQ(transport_.calls, kOneVisit);
  EXPECT_TRUE(transport_.sent_chains.empty());

  transport_.calls.clear();
  EXPECT_EQ(visits.next(false, due()), due());
  EXPECT_GE(due(), start_ + minutes{30});
  EXPECT_FALSE(*visits.go(transport_, due() - std::chrono::milliseconds{1}));
  EXPECT_TRUE(transport_.calls.empty());
  const auto chains = whole_visit(visits, false);
  ASSERT_TRUE(chains);
  EXPECT_EQ(chains->what, Sent::What::kChains);
  EXPECT_EQ(transport_.calls, kOneVisit);
  EXPECT_EQ(transport_.sent_chains.size(), 1U);
  EXPECT_EQ(transport_.tokens, (std::vector<std::string>{"the token", "the second token"}));
}

TEST_F(TwoParts, ChainsThatWereNotAgreedToAreNeverSent) {
  auto visits = visits_of_both();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  auto keys = both_->preview_upload(kFirstDay, start_);
  ASSERT_TRUE(both_->report().agree(std::move(*keys).agreed(), start_));
  ASSERT_TRUE(*visits.go(transport_, visits.next(true)));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(*visits.go(transport_, visits.next(false)));
  EXPECT_TRUE(transport_.sent_chains.empty());
  EXPECT_EQ(transport_.tokens, std::vector<std::string>{"the token"});
}

TEST_F(TwoParts, AfterAFailureChainsAreTriedAgainByAWholeVisit) {
  auto visits = visits_of_both();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree_to_both();
  ASSERT_TRUE(*visits.go(transport_, visits.next(true, due())));
  EXPECT_FALSE(*visits.go(transport_, visits.next(false, due())));
  transport_.publish_faults = {{Code::kUnavailable, "the line is down"}};
  const auto then = visits.next(false, due());
  EXPECT_EQ(visits.go(transport_, then).error().code, Code::kUnavailable);
  const auto again = visits.next(false, due()) - then;
  EXPECT_GE(again, minutes{5} / 2);
  EXPECT_LE(again, minutes{5});
  transport_.calls.clear();
  ASSERT_TRUE(whole_visit(visits, false));
  EXPECT_EQ(transport_.calls, kOneVisit);
}

TEST_F(TwoParts, KeysThatTheServerWouldNotHaveDoNotKeepTheChainsWaiting) {
  auto visits = visits_of_both();
  ASSERT_TRUE(visits.enter_code(transport_, "12345678", start_));
  agree_to_both();
  transport_.refused_token = "the token";
  auto now = visits.next(true, due());
  for (int i = 0; i < 200; ++i) {
    const auto went = visits.go(transport_, now);
    if (went && *went) break;
    now = visits.next(true, due());
  }
  EXPECT_EQ(*both_->report().stage(), Report::Stage::kAgreed);
  EXPECT_EQ(transport_.sent_chains.size(), 1U);
}

TEST_F(VisitsTest, CoverComesAtTheTimesOfAPoissonProcess) {
  auto visits = this->visits();
  Instant now = start_;
  std::vector<double> waits;  // in means
  for (int i = 0; i < 2'000; ++i) {
    const auto due = visits.next(false);
    waits.push_back(std::chrono::duration<double>(due - now) /
                    std::chrono::duration<double>(settings_.mean_between_covers));
    ASSERT_TRUE(visits.go(transport_, due));                 // verify
    ASSERT_TRUE(visits.go(transport_, visits.next(false)));  // the second half
    now = due;
  }
  // Kolmogorov-Smirnov against 1 - exp(-x): 1.63 / sqrt(2000) = 0.036 at the 1 % level.
  std::ranges::sort(waits);
  double distance = 0;
  for (std::size_t i = 0; i < waits.size(); ++i) {
    const double expected = 1 - std::exp(-waits[i]);
    distance = std::max({distance, std::abs(expected - static_cast<double>(i) / 2'000),
                         std::abs(expected - static_cast<double>(i + 1) / 2'000)});
  }
  EXPECT_LT(distance, 0.036);
}

}  // namespace
}  // namespace bz::phone
