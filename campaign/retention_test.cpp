#include "campaign/retention.h"

#include "campaign/intake.h"
#include "campaign/letters.h"
#include "campaign/reports_here.h"
#include "papers/mail.h"

namespace bz::campaign {
namespace {

using std::chrono::days;

constexpr std::string_view kForm =
    "Stt;Tên huyện/thị/thành phố;Số lượng điện thoại thông minh cài đặt\n1;Phước Long;9.210\n";

Bytes letter_from(std::string_view from, std::string_view id, bool is_vouched = true) {
  papers::MailToSend mail;
  mail.from = from;
  mail.to = {"stttt@binhphuoc.example"};
  mail.subject = "Báo cáo ngày 25/8";
  mail.message_id = id;
  mail.dated = moment(25, 15);
  mail.text = "Kính gửi Sở.";
  mail.attachments.push_back(
      {"bieu-mau.csv", "text/csv", Bytes(as_bytes(kForm).begin(), as_bytes(kForm).end())});
  const auto bytes = papers::write_mail(mail);
  EXPECT_TRUE(bytes);
  if (!bytes || !is_vouched) return bytes ? *bytes : Bytes{};
  constexpr std::string_view kAbove = "Authentication-Results: mx.so.example; dmarc=pass\r\n";
  Bytes message(kAbove.begin(), kAbove.end());
  message.insert(message.end(), bytes->begin(), bytes->end());
  return message;
}

class Retention : public testing::TestWithParam<Backend> {
 protected:
  TakenMail take(const Bytes& message, Instant at) {
    const MailRules rules{"mx.so.example", "so@so.example"};
    const auto letter = here_.read([&](Sql& sql) { return read_letter(sql, message, at, rules); });
    return here_.taken(here_.write([&](Sql& sql) { return take_mail(sql, letter, rules, at); }))
        .mail;
  }
  TakenMail find(std::int64_t id) {
    return here_.read([&](Sql& sql) { return find_mail(sql, id); }).value();
  }
  bool has_original(const TakenMail& mail) {
    return here_.read([&](Sql& sql) { return find_original(sql, mail.original); }).has_value();
  }
  Forgotten forget(Instant now) {
    return here_.write([&](Sql& sql) { return forget_letters(sql, now); });
  }
  void set_aside(std::int64_t id, Instant now) {
    here_.taken(here_.write([&](Sql& sql) -> Result<Outcome<TakenMail>> {
      return set_mail_aside(sql, id, "thư quảng cáo", "truc", now);
    }));
  }

  ReportsHere here_{GetParam()};
  const Instant came_ = moment(25, 15, 58);
  // The 90th day after is not yet over; a millisecond later it is.
  const Instant last_ = came_ + kLetterKept;
  const Instant over_ = last_ + std::chrono::milliseconds{1};
};
BZ_ON_BOTH_STORES(Retention);

TEST_P(Retention, ALetterOfNobodysIsForgottenAfterNinetyDaysAndThatItCameIsNot) {
  const auto aside = take(letter_from("anh@example.com", "1@example.com"), came_);
  const auto waits = take(letter_from("chi@example.com", "2@example.com"), came_);
  const auto later = take(letter_from("em@example.com", "3@example.com"), came_ + days{1});
  const auto forged = take(letter_from("baocao@viettel.example", "4@example.com", false), came_);
  EXPECT_EQ(forged.state, MailState::kUnvouched);
  set_aside(aside.id, moment(26, 9));
  EXPECT_EQ(forget(last_).received, 0);
  EXPECT_TRUE(has_original(aside));

  EXPECT_EQ(forget(over_).received, 3);
  for (const auto& mail : {find(aside.id), find(waits.id), find(forged.id)}) {
    EXPECT_FALSE(has_original(mail));
    EXPECT_EQ(mail.state, MailState::kForgotten);
    EXPECT_EQ(mail.from + mail.subject + mail.message_id, "");
    EXPECT_TRUE(mail.faults.empty());
    EXPECT_EQ(mail.received_at, came_);
  }
  EXPECT_EQ(find(aside.id).decided_by, "truc");
  EXPECT_EQ(find(aside.id).reason, "thư quảng cáo");
  EXPECT_EQ(find(aside.id).decided_at, moment(26, 9));
  EXPECT_EQ(find(waits.id).decided_by, "server");
  EXPECT_EQ(find(waits.id).decided_at, over_);
  // What came a day later is untouched, and nothing is done twice.
  EXPECT_EQ(find(later.id).from, "em@example.com");
  EXPECT_TRUE(has_original(later));
  EXPECT_EQ(forget(over_).received, 0);
  const SeesMail all = [](std::string_view) -> Result<bool> { return true; };
  const auto queue = here_.read([&](Sql& sql) { return mail_queue(sql, all); }).mail;
  ASSERT_EQ(queue.size(), 1U);
  EXPECT_EQ(queue[0].id, later.id);
  // It can become a report no more; nor does the same letter come again.
  const auto refused = here_.refused(here_.write([&](Sql& sql) -> Result<Outcome<ReadLetter>> {
    return read_assigned(sql, {waits.id, "viettel-70"}, "truc");
  }));
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(take(letter_from("chi@example.com", "2@example.com"), over_).id, waits.id);
}

TEST_P(Retention, HowOftenALetterFoundNoRoomIsForgottenWithTheLetters) {
  MailRoom none;
  none.strangers_letters = 0;
  const auto kept = [&] {
    return here_.read([](Sql& sql) { return sql.integer("SELECT COUNT(*) FROM mail_turned_away"); })
        .value_or(0);
  };
  const auto turn_away = [&](Instant now) {
    EXPECT_FALSE(here_.write([&](Sql& sql) {
      return has_room(sql, none, MailState::kUnknownSender, "a@example.com", 1, now);
    }));
  };
  turn_away(came_);
  turn_away(came_ + days{1});
  forget(last_);
  EXPECT_EQ(kept(), 2);
  forget(over_);
  EXPECT_EQ(kept(), 1);
}

TEST_P(Retention, TheOriginalBehindAReportStays) {
  const auto reported = take(letter_from("baocao@viettel.example", "1@viettel.example"), came_);
  ASSERT_EQ(reported.state, MailState::kReported);
  EXPECT_EQ(forget(came_ + days{10'000}).received, 0);
  EXPECT_TRUE(has_original(reported));
  EXPECT_EQ(find(reported.id).from, "baocao@viettel.example");
}

TEST_P(Retention, ALetterOfOursGoesNinetyDaysAfterItWasSentAndNeverBefore) {
  take(letter_from("baocao@viettel.example", "1@viettel.example"), came_);  // is answered
  ASSERT_EQ(here_.number("SELECT COUNT(*) FROM letter"), 1);
  EXPECT_EQ(forget(came_ + days{200}).sent, 0);  // it still waits
  here_.write([&](Sql& sql) {
    return sql.run("UPDATE letter SET state = $1, ended_ms = $2",
                   {static_cast<std::int64_t>(LetterState::kSent), to_ms(came_)});
  });
  EXPECT_EQ(forget(last_).sent, 0);
  EXPECT_EQ(forget(over_).sent, 1);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM letter"), 0);
}

}  // namespace
}  // namespace bz::campaign
