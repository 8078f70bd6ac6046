// Asking to be called, and counting an installation, over real HTTP: as the authority receives it,
// as somebody on the way sees it, and as a broken line treats it.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>

#include "base/temp_folder.h"
#include "codes/authorities.h"
#include "phone/phone.h"
#include "phone/visits.h"
#include "sim/health_desk.h"
#include "tests/relay.h"
#include "wire/sealed_message.h"

namespace bz {
namespace {

using phone::CallbackOutcome;
using phone::Phone;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Day kDay{std::chrono::days{18'493}};  // 19 August 2020
constexpr Instant kNoon = Instant{kDay} + hours{12};

class Errands : public testing::Test {
 protected:
  Errands() : callback_key_(AgreementKey::draw(random_)) {
    auto desk = sim::HealthDesk::open(folder_, random_, kNoon);
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
    desk_ = std::move(*desk);
    relay_ = std::make_unique<tests::Relay>(desk_->server().port());
    settings_.callback_key = callback_key_.public_key().point();
  }

  Phone new_phone(const std::string& owner) {
    SealKey key;
    random_.fill(key);
    auto phone = Phone::open(folder_ / (owner + ".db"), key, random_, {});
    EXPECT_TRUE(phone);
    return std::move(*phone);
  }

  // Lets the phone wake up every ten minutes until its next callback, its owner's or cover.
  CallbackOutcome next_callback(Phone& phone, phone::Transport& line) {
    for (int wakings = 0; wakings < 1'000; ++wakings) {
      const auto outcome = phone.callback().go(line, settings_, now_);
      EXPECT_TRUE(outcome);
      if (*outcome != CallbackOutcome::kNothing) return *outcome;
      now_ += minutes{10};
    }
    ADD_FAILURE() << "no callback in a week";
    return CallbackOutcome::kNothing;
  }

  bool next_install(Phone& phone, phone::Transport& line) {
    for (int wakings = 0; wakings < 200; ++wakings) {
      const auto called = phone.installation().go(line, "android", "4.0.12", now_);
      EXPECT_TRUE(called);
      if (*called) return true;
      now_ += minutes{10};
    }
    return false;
  }

  // What the authority reads: each message that waits on the server, opened by its key.
  std::multiset<std::string> messages() {
    std::multiset<std::string> texts;
    const auto read = desk_->server().codes_store()->read([&](store::Sql& sql) {
      return sql.each("SELECT message FROM callbacks", {},
                      [&](const store::Row& row) -> Result<bool> {
                        const auto text = wire::open_callback(callback_key_, row.blob(0));
                        if (!text) return text.error();
                        texts.insert(*text);
                        return true;
                      });
    });
    EXPECT_TRUE(read) << read.error().what;
    return texts;
  }

  std::int64_t installs() {
    const auto counted = desk_->server().keys_store()->read(
        [](store::Sql& sql) { return sql.integer("SELECT SUM(number) FROM installs"); });
    EXPECT_TRUE(counted);
    return counted->value_or(0);
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  SystemRandom random_;
  std::unique_ptr<sim::HealthDesk> desk_;
  std::unique_ptr<tests::Relay> relay_;
  AgreementKey callback_key_;
  engine::AuthoritySettings settings_;
  Instant now_ = kNoon;  // of the phones
};

TEST_F(Errands, AMessageReachesTheAuthorityAndCoverIsNotKept) {
  auto an = new_phone("an");
  auto line = desk_->line();
  ASSERT_TRUE(an.callback().ask("0912 345 678", settings_, now_));
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kDelivered);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_callback(an, line), CallbackOutcome::kCover);
  EXPECT_EQ(messages(), (std::multiset<std::string>{"0912 345 678"}));
}

// To whoever watches the network: one connection, one request of the same bytes, whatever it is.
TEST_F(Errands, MessagesCoverAndInstallationsHaveOneShapeAndOneSize) {
  auto line = desk_->line(relay_->port());
  std::set<std::size_t> sizes;
  std::set<std::size_t> real_answers;
  std::set<std::size_t> cover_answers;
  const auto look = [&](std::set<std::size_t>& answers) {
    const auto seen = relay_->seen();
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].connection, 0);
    EXPECT_EQ(seen[1].connection, 0);
    EXPECT_TRUE(seen[0].up);
    EXPECT_FALSE(seen[1].up);
    sizes.insert(seen[0].bytes);
    answers.insert(seen[1].bytes);
  };
  for (int i = 0; i < 10; ++i) {
    desk_->at(kNoon + minutes{i});  // so that nobody asks too often
    auto phone = new_phone("phone-" + std::to_string(i));
    const std::string text(static_cast<std::size_t>(1 + 20 * i), 'x');
    ASSERT_TRUE(phone.callback().ask(text, settings_, now_));
    ASSERT_EQ(next_callback(phone, line), CallbackOutcome::kDelivered);
    look(real_answers);
    ASSERT_EQ(next_callback(phone, line), CallbackOutcome::kCover);
    look(cover_answers);
    ASSERT_TRUE(phone.installation().choose(std::string(static_cast<std::size_t>(1 + i), '8')));
    ASSERT_TRUE(next_install(phone, line));
    look(real_answers);
  }
  EXPECT_EQ(sizes.size(), 1U);
  // Answers are drawn from 511 lengths (http/padding.h): many of them in either.
  EXPECT_GT(real_answers.size(), 10U);
  EXPECT_GT(cover_answers.size(), 5U);
}

TEST_F(Errands, AfterALostAnswerTheMessageIsThereOnce) {
  auto an = new_phone("an");
  auto line = desk_->line(relay_->port());
  ASSERT_TRUE(an.callback().ask("0912 345 678", settings_, now_));
  relay_->lose_answers(true);
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kUnanswered);
  EXPECT_EQ(messages().size(), 1U);
  relay_->lose_answers(false);
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kDelivered);
  EXPECT_EQ(messages().size(), 1U);
}

TEST_F(Errands, AServerThatIsDownIsTriedAgainSoonAndOneThatRefusesIsNotToldAsFull) {
  auto line = desk_->line(relay_->port());
  auto an = new_phone("an");
  ASSERT_TRUE(an.callback().ask("0912 345 678", settings_, now_));
  const std::string call = "POST /v1/callback";
  relay_->replace_answers(call, 429);
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kNotTaken);
  for (const int status : {302, 400, 404}) {
    desk_->at(now_);  // so that nobody asks too often
    relay_->replace_answers(call, status);
    EXPECT_EQ(next_callback(an, line), CallbackOutcome::kRefused) << status;
  }
  auto before = now_;
  for (const int status : {500, 502, 503, 504}) {
    before = now_;
    desk_->at(now_);
    relay_->replace_answers(call, status);
    EXPECT_EQ(next_callback(an, line), CallbackOutcome::kUnanswered) << status;
  }
  // After 5, 10 and 20 minutes, then 40; it wakes up every ten.
  EXPECT_LE(now_ - before, minutes{30});
  before = now_;
  relay_->replace_answers("", 0);
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kDelivered);
  EXPECT_LE(now_ - before, minutes{50});
  EXPECT_EQ(messages(), (std::multiset<std::string>{"0912 345 678"}));
}

TEST_F(Errands, WhenTheAuthorityTakesNoMoreTheMessageGoesAnotherDay) {
  auto authorities = *codes::list_authorities(*desk_->server().codes_store());
  authorities.front().callbacks_a_day = 1;
  ASSERT_TRUE(
      codes::put_authority(*desk_->server().codes_store(), authorities.front(), "test", kNoon));
  auto line = desk_->line();
  auto an = new_phone("an");
  auto binh = new_phone("binh");
  ASSERT_TRUE(an.callback().ask("An", settings_, now_));
  ASSERT_TRUE(binh.callback().ask("Binh", settings_, now_));
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kDelivered);
  EXPECT_EQ(next_callback(binh, line), CallbackOutcome::kNotTaken);
  desk_->at(kNoon + hours{24});
  EXPECT_EQ(next_callback(binh, line), CallbackOutcome::kDelivered);
  EXPECT_EQ(messages(), (std::multiset<std::string>{"An", "Binh"}));
}

// A case asks for a call just before uploading: the call comes an hour after the upload at least.
TEST_F(Errands, ACallbackNeverComesAtTheTimeOfAnUpload) {
  auto line = desk_->line(relay_->port());
  auto an = new_phone("an");
  ASSERT_TRUE(an.advertisement(now_ - hours{1}));
  ASSERT_TRUE(an.callback().ask("0912 345 678", settings_, now_));
  const auto first_due = (*phone::errand(an.report().store(), phone::kCallbackErrand))->due;
  desk_->at(first_due - minutes{1});
  phone::Visits visits(an.report(), random_, {}, first_due - minutes{1});
  const auto code = desk_->issue_code(kDay);
  ASSERT_TRUE(code);
  ASSERT_TRUE(visits.enter_code(line, *code, first_due - minutes{1}));
  auto preview = an.preview_upload(kDay - std::chrono::days{2}, first_due - minutes{1});
  ASSERT_TRUE(preview);
  ASSERT_TRUE(an.report().agree(std::move(*preview).agreed(), first_due - minutes{1}));
  const auto uploaded = visits.next(true);
  const auto sent = visits.go(line, uploaded);
  ASSERT_TRUE(sent && *sent) << (sent ? "nothing was due" : sent.error().what);
  EXPECT_EQ(relay_->seen().size(), 6U);  // the visit, and nothing besides
  now_ = uploaded;
  EXPECT_EQ(next_callback(an, line), CallbackOutcome::kDelivered);
  EXPECT_GE(now_ - uploaded, hours{1});
  EXPECT_EQ(relay_->seen().size(), 2U);
}

TEST_F(Errands, AnInstallationIsCountedOnce) {
  auto an = new_phone("an");
  auto line = desk_->line(relay_->port());
  ASSERT_TRUE(an.installation().choose("84.842"));
  EXPECT_TRUE(next_install(an, line));
  EXPECT_EQ(installs(), 1);
  EXPECT_FALSE(next_install(an, line));
  EXPECT_EQ(installs(), 1);
}

TEST_F(Errands, AnInstallationWhoseAnswerWasLostIsNotCountedTwice) {
  auto an = new_phone("an");
  auto line = desk_->line(relay_->port());
  relay_->lose_answers(true);
  EXPECT_TRUE(next_install(an, line));
  relay_->lose_answers(false);
  EXPECT_FALSE(next_install(an, line));
  EXPECT_EQ(installs(), 1);
}

// As a proxy answers whose patience ended before the server's answer came: it has counted.
TEST_F(Errands, AnInstallationBehindAServerErrorIsNotCountedTwice) {
  auto line = desk_->line(relay_->port());
  for (const int status : {500, 502, 503, 504}) {
    auto phone = new_phone("phone-" + std::to_string(status));
    desk_->at(now_);  // so that nobody asks too often
    relay_->replace_answers("POST /v1/installs", status);
    EXPECT_TRUE(next_install(phone, line)) << status;
    relay_->replace_answers("", 0);
    EXPECT_FALSE(next_install(phone, line)) << status;
  }
  EXPECT_EQ(installs(), 4);  // a sum over days
}

TEST_F(Errands, AnInstallationThatCouldNotReachTheServerIsCountedLater) {
  auto an = new_phone("an");
  {
    std::uint16_t nobody = 0;
    {
      const tests::Relay gone(1);
      nobody = gone.port();
    }
    auto dead = desk_->line(nobody);
    EXPECT_TRUE(next_install(an, dead));
  }
  EXPECT_EQ(installs(), 0);
  auto line = desk_->line();
  EXPECT_TRUE(next_install(an, line));
  EXPECT_EQ(installs(), 1);
}

}  // namespace
}  // namespace bz
