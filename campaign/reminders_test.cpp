#include "campaign/reminders.h"

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "campaign/counted_sql.h"
#include "campaign/letters.h"
#include "campaign/reports_here.h"
#include "papers/mail.h"
#include "papers/mail_server_test.h"

namespace bz::campaign {
namespace {

constexpr std::string_view kFrom = "nhacviec@stttt.example";

class Reminders : public OnReports {
 protected:
  void SetUp() override {
    here_.write([](Sql& sql) -> Result<int> {
      for (const auto& body : {"viettel-70", "mobifone-70", "vnpt-70"}) {
        Grant grant;
        grant.account = "ke-toan-" + std::string(body);
        grant.role = "clerk";
        grant.scope = body;
        if (auto put = put_grant(sql, grant); !put) return put.error();
      }
      Grant approver;
      approver.account = "truong-phong";
      approver.role = "approver";
      approver.scope = "so-tttt-70";
      if (auto put = put_grant(sql, approver); !put) return put.error();
      Post post;
      post.body = "so-tttt-70";
      post.post = "Trưởng phòng";
      post.account = "truong-phong";
      post.contact = "phong@stttt.example";
      if (auto put = put_post(sql, post); !put) return put.error();
      return 0;
    });
  }
  // Which rungs were climbed: "viettel-70 -60".
  std::vector<std::string> reminded_at(Instant now) {
    const auto done = remind(here_.store(), kFrom, now);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    std::vector<std::string> texts;
    for (const auto& one : *done)
      texts.push_back(one.due.body + " " + std::to_string(one.rung.after.count()));
    return texts;
  }
  std::vector<InboxEntry> inbox_of(std::string_view account) {
    return here_.read([&](Sql& sql) { return inbox(sql, account); });
  }
  LetterCounts letters() {
    return here_.read([](Sql& sql) { return count_letters(sql); });
  }
};
BZ_ON_BOTH_STORES(Reminders);

// Says what it is told to, and remembers what it was given.
class SetSender final : public Sender {
 public:
  Result<papers::Delivery> send(const Letter& letter) override {
    given.push_back(letter.message_id);
    if (answer) return *answer;
    return put_off == letter.to ? papers::Delivery::kPutOff : papers::Delivery::kTaken;
  }
  std::vector<std::string> given;
  std::string put_off;
  std::optional<Error> answer;
};

TEST_P(Reminders, WhoHasNotAnsweredIsRemindedAnHourAQuarterAndAtTheMoment) {
  here_.hand_in("viettel-70", Channel::kCall, moment(25, 14), eleven(9120));
  here_.hand_in("viettel-70", Channel::kApi, moment(25, 14), eleven(9120));
  here_.hand_in("mobifone-70", Channel::kCall, moment(25, 15, 40), eleven(2050));
  using Texts = std::vector<std::string>;
  EXPECT_EQ(reminded_at(moment(25, 15) - std::chrono::milliseconds{1}), Texts{});
  // MobiFone's call comes at 15:40.
  EXPECT_EQ(reminded_at(moment(25, 15)), (Texts{"mobifone-70 -60", "vnpt-70 -60"}));
  EXPECT_EQ(reminded_at(moment(25, 15, 20)), Texts{});
  EXPECT_EQ(reminded_at(moment(25, 15, 45)), (Texts{"mobifone-70 -15", "vnpt-70 -15"}));
  EXPECT_EQ(inbox_of("truong-phong").size(), 0U);
  EXPECT_EQ(reminded_at(moment(25, 16)), (Texts{"mobifone-70 0", "vnpt-70 0"}));
  EXPECT_EQ(reminded_at(moment(25, 23)), Texts{});

  const auto vnpt = inbox_of("ke-toan-vnpt-70");
  ASSERT_EQ(vnpt.size(), 3U);
  EXPECT_EQ(vnpt[2].at, moment(25, 15));
  EXPECT_EQ(vnpt[2].says,
            "VNPT Bình Phước chưa gửi báo cáo bằng điện thoại và tệp, hạn trước 16:00 ngày "
            "25/8/2020: còn 60 phút.");
  EXPECT_EQ(vnpt[0].says_en,
            "VNPT Bình Phước has not reported by telephone and as a file, due before "
            "2020-08-25T16:00+07:00: the time has come.");
  // What is named is what is lacking.
  EXPECT_NE(inbox_of("ke-toan-mobifone-70")[1].says.find("bằng tệp, hạn"), std::string::npos);
  EXPECT_TRUE(inbox_of("ke-toan-viettel-70").empty());
  EXPECT_EQ(inbox_of("truong-phong").size(), 2U);
  // VNPT's address three times, the approver's for each of the two; MobiFone has none.
  EXPECT_EQ(letters().waiting, 5);

  const auto read = [&](std::string_view account) {
    return here_.write(
        [&](Sql& sql) { return mark_read(sql, account, vnpt[0].id, moment(25, 16, 5)); });
  };
  EXPECT_FALSE(read("truong-phong"));
  EXPECT_TRUE(read("ke-toan-vnpt-70"));
  EXPECT_EQ(inbox_of("ke-toan-vnpt-70")[0].read_at, moment(25, 16, 5));
}

TEST_P(Reminders, TwoServersClimbEachRungOnce) {
  const auto other = here_.home().open(migrations(), "campaign");
  std::vector<Result<std::vector<Reminded>>> done(2, std::vector<Reminded>{});
  std::thread one([&] { done[0] = remind(here_.store(), kFrom, moment(25, 15)); });
  std::thread two([&] { done[1] = remind(*other, kFrom, moment(25, 15)); });
  one.join();
  two.join();
  ASSERT_TRUE(done[0] && done[1]);
  EXPECT_EQ(done[0]->size() + done[1]->size(), 3U);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM inbox"), 3);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM letter"), 2);
}

// Counts transactions that write, and the most rows that one of them read.
class CountedStore final : public store::Store {
 public:
  explicit CountedStore(store::Store& inner) : inner_(inner) {}
  Result<void> tidy() override { return inner_.tidy(); }
  [[nodiscard]] std::string_view name() const override { return inner_.name(); }

  int writes = 0;
  std::int64_t most_rows = 0;

 protected:
  Result<void> write_job(const Job& job) override {
    ++writes;
    const auto done = inner_.write([&](Sql& sql) -> Result<int> {
      CountedSql counted(sql);
      if (auto ran = job(counted); !ran) return ran.error();
      most_rows = std::max(most_rows, counted.rows_read);
      return 0;
    });
    if (!done) return done.error();
    return {};
  }
  Result<void> read_job(const Job& job) override {
    const auto done = inner_.read([&](Sql& sql) -> Result<int> {
      if (auto ran = job(sql); !ran) return ran.error();
      return 0;
    });
    if (!done) return done.error();
    return {};
  }

 private:
  store::Store& inner_;
};

TEST_P(Reminders, ManyBodiesAreRemindedFiftyAtATimeAndEachReadsItsOwnRowsOnly) {
  constexpr int kMany = 120;
  auto task = daily_task();
  task.id = "bp-6";
  task.bodies.clear();
  here_.write([&](Sql& sql) -> Result<int> {
    for (int i = 0; i < kMany; ++i) {
      const auto slug = "truong-" + std::to_string(100 + i);
      const auto put =
          put_body(sql, {slug, "school", "Trường " + slug, {}, "", kProvince70, {}, {}});
      if (!put) return put.error();
      task.bodies.push_back(slug);
    }
    return 0;
  });
  here_.make(task);
  CountedStore counted(here_.store());
  const auto done = remind(counted, kFrom, moment(25, 15));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->size(), kMany + 3U);  // and the three operators
  EXPECT_EQ(counted.writes, 3);         // 50, 50 and 23
  // Of each: its task, its row of it, its body with names and scope, the last numbers.
  EXPECT_LT(counted.most_rows, 50 * 12);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM reminder"), kMany + 3);
}

TEST_P(Reminders, AfterAPauseOnlyTheNewestRungIsClimbedAndNoneADayLater) {
  EXPECT_EQ(reminded_at(moment(25, 18)).size(), 3U);  // the last one, of each
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM inbox WHERE account = 'ke-toan-vnpt-70'"), 1);
  // At 16:00 of the 29th the 28th's are a day old; 17:00 of the 28th is not.
  const auto late = reminded_at(moment(29, 16));
  EXPECT_EQ(late.size(), 3U);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM reminder WHERE task = 'bp-5.1'"), 3);
}

TEST_P(Reminders, ALetterThatWasNotTakenIsSentAgainWithTheSameIdAndNeverLost) {
  reminded_at(moment(25, 15));  // letters to Viettel and VNPT
  SetClock clock(moment(25, 15));
  SetSender sender;
  const auto send = [&] {
    const auto done = send_waiting(here_.store(), "mail", sender, clock);
    EXPECT_TRUE(done);
    return *done;
  };
  sender.answer = Error{Code::kUnavailable, "come back later"};
  EXPECT_EQ(send().again, 1);  // the other one is not even tried
  ASSERT_EQ(sender.given.size(), 1U);
  EXPECT_EQ(send().again, 1);  // now it is
  EXPECT_EQ(send().again, 0);
  clock.advance(std::chrono::seconds{59});
  EXPECT_EQ(send().again, 0);
  clock.advance(std::chrono::seconds{1});
  sender.answer = {};
  EXPECT_EQ(send().sent, 2);
  ASSERT_EQ(sender.given.size(), 4U);
  std::ranges::sort(sender.given);
  EXPECT_EQ(sender.given[0], sender.given[1]);
  EXPECT_EQ(sender.given[2], sender.given[3]);
  EXPECT_EQ(sender.given[0], "nhac.bp-5.2.viettel-70.1598346000000.-60.1@stttt.example");
  EXPECT_EQ(letters().sent, 2);
  EXPECT_EQ(letters().waiting, 0);
}

TEST_P(Reminders, AnAddressThatIsPutOffKeepsNoOtherWaiting) {
  reminded_at(moment(25, 15));  // letters to Viettel and VNPT
  SetClock clock(moment(25, 15));
  SetSender sender;
  sender.put_off = "baocao@viettel.example";
  auto done = send_waiting(here_.store(), "mail", sender, clock);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->again, 1);
  EXPECT_EQ(done->sent, 1);
  EXPECT_EQ(letters().waiting, 1);
  // A minute later the first goes too.
  clock.advance(std::chrono::minutes{1});
  sender.put_off.clear();
  EXPECT_EQ(send_waiting(here_.store(), "mail", sender, clock)->sent, 1);
  EXPECT_EQ(letters().waiting, 0);
}

TEST_P(Reminders, ATaskHasAnIdThatCanStandInALettersId) {
  for (const auto* id : {"5..2", ".52", "52.", ".."}) {
    auto task = daily_task();
    task.id = id;
    const auto refused = here_.refused(here_.try_make(task));
    EXPECT_EQ(refused.status, 422) << id;
    ASSERT_EQ(refused.faults.size(), 1U);
    EXPECT_EQ(refused.faults[0].cell, "id");
    EXPECT_EQ(refused.faults[0].todo_en,
              "Use 2 to 64 of a-z, 0-9, '-' and '.'; no dot first, last or twice.");
  }
  auto task = daily_task();
  task.id = "5.2.a-1";
  EXPECT_EQ(here_.make(task).id, "5.2.a-1");
}

TEST_P(Reminders, WhatIsRefusedForGoodOrForTwoDaysIsGivenUpAndShown) {
  reminded_at(moment(25, 15));
  SetClock clock(moment(25, 15));
  SetSender sender;
  sender.answer = Error{Code::kInvalid, "no such mailbox"};
  const auto given_up = send_waiting(here_.store(), "mail", sender, clock);
  EXPECT_EQ(given_up->refused, 2);
  EXPECT_EQ(given_up->why, "no such mailbox");
  EXPECT_EQ(letters().refused, 2);
  reminded_at(moment(25, 15, 45));
  clock.set(moment(27, 16));
  sender.answer = Error{Code::kUnavailable, "come back later"};
  EXPECT_EQ(send_waiting(here_.store(), "mail", sender, clock)->refused, 2);
  EXPECT_EQ(letters().waiting, 0);
}

TEST_P(Reminders, ASenderThatNeverCameBackIsNotWaitedForAndNoneSendsTheSameMeanwhile) {
  reminded_at(moment(25, 15));
  SetClock clock(moment(25, 15));
  // Takes a letter and dies: what it took stays marked.
  class Dying final : public Sender {
   public:
    explicit Dying(store::Store& its_store, const Clock& its_clock)
        : store_(its_store), clock_(its_clock) {}
    Result<papers::Delivery> send(const Letter&) override {
      SetSender other;
      others = *send_waiting(store_, "mail", other, clock_);
      return Error{Code::kUnavailable, "died"};
    }
    Sent others;

   private:
    store::Store& store_;
    const Clock& clock_;
  } dying(here_.store(), clock);
  EXPECT_EQ(send_waiting(here_.store(), "mail", dying, clock)->again, 1);
  EXPECT_EQ(dying.others.sent, 1);  // the other letter, not the one in hand
}

TEST_P(Reminders, ARealMailServerGetsTheLetterInVietnamese) {
  const auto server = papers::MailServerHere::start("plain");
  if (!server) GTEST_SKIP() << "apt-get install python3-aiosmtpd";
  reminded_at(moment(25, 15));
  papers::MailServer where;
  where.url = server->url();
  where.encrypted = false;
  MailSender sender(where);
  SetClock clock(moment(25, 15));
  const auto done = send_waiting(here_.store(), "mail", sender, clock);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->sent, 2);
  const auto mail = papers::read_mail(server->letter(1));
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->from, kFrom);
  EXPECT_EQ(mail->subject, "Nhắc báo cáo trước 16:00 ngày 25/8/2020 (còn 60 phút)");
  EXPECT_NE(mail->text.find("Viettel Bình Phước chưa gửi báo cáo"), std::string::npos);
  EXPECT_NE(as_text(server->letter(1)).find("Auto-Submitted: auto-generated\r\n"),
            std::string_view::npos);
  EXPECT_NE(server->envelope(1).find("baocao@viettel.example"), std::string::npos);
}

}  // namespace
}  // namespace bz::campaign
