#include "campaign/intake.h"

#include "campaign/letters.h"
#include "campaign/reports_here.h"
#include "papers/mail.h"

namespace bz::campaign {
namespace {

constexpr const char* kMailServer = "mx.so.example";
constexpr std::string_view kForm =
    "Stt;Tên huyện/thị/thành phố;Số lượng điện thoại thông minh cài đặt\n1;Phước "
    "Long;9.210\n2;Đồng "
    "Xoài;1.000\n3;Bình Long;1.100\n4;Bù Gia Mập;1.200\n5;Lộc Ninh;1.300\n6;Bù Đốp;1.400\n7;Hớn "
    "Quản;1.500\n8;Đồng Phú;1.600\n9;Bù Đăng;1.700\n10;Chơn Thành;1.800\n11;Phú Riềng;1.900\n";

struct Sending {
  std::string from = "baocao@viettel.example";
  std::string id = "1@viettel.example";
  std::vector<std::string> files = {std::string(kForm)};
  std::string subject = "Báo cáo ngày 25/8";
  std::string name = "bieu-mau.csv";
  // What stands above it, as our mail server wrote it.
  std::string above = "Authentication-Results: mx.so.example; dmarc=pass\r\n";
};
Bytes letter(const Sending& sending = {}) {
  papers::MailToSend mail;
  mail.from = sending.from;
  mail.to = {"stttt@binhphuoc.example"};
  mail.subject = sending.subject;
  mail.message_id = sending.id;
  mail.dated = moment(25, 15, 50);
  mail.text = "Kính gửi Sở.";
  for (const auto& file : sending.files)
    mail.attachments.push_back(
        {sending.name, "text/csv", Bytes(as_bytes(file).begin(), as_bytes(file).end())});
  const auto bytes = papers::write_mail(mail);
  EXPECT_TRUE(bytes) << bytes.error().what;
  if (!bytes) return {};
  Bytes message(as_bytes(sending.above).begin(), as_bytes(sending.above).end());
  message.insert(message.end(), bytes->begin(), bytes->end());
  return message;
}

class IntakeTest : public testing::TestWithParam<Backend> {
 protected:
  MailAnswer take(const Bytes& message, Instant at = moment(25, 15, 58),
                  std::string_view mail_from = {}) {
    return here_.taken(try_take(message, {}, at, mail_from));
  }
  Outcome<MailAnswer> try_take(const Bytes& message, const MailRoom& room,
                               Instant at = moment(25, 15, 58), std::string_view mail_from = {}) {
    const MailRules rules{kMailServer, std::string(mail_from), false, room};
    const auto letter = here_.read([&](Sql& sql) { return read_letter(sql, message, at, rules); });
    return here_.write([&](Sql& sql) { return take_mail(sql, letter, rules, at); });
  }
  MailAnswer assign(const MailAssignment& assignment) {
    return here_.taken(try_assign(assignment));
  }
  void set_aside(std::int64_t id) {
    here_.taken(here_.write([&](Sql& sql) -> Result<Outcome<TakenMail>> {
      return set_mail_aside(sql, id, "thư giả", "truc", moment(25, 17));
    }));
  }
  Outcome<MailAnswer> try_assign(const MailAssignment& assignment) {
    auto letter = here_.read([&](Sql& sql) -> Result<Outcome<ReadLetter>> {
      return read_assigned(sql, assignment, "truc");
    });
    if (const auto* refused = std::get_if<Refusal>(&letter)) return *refused;
    return here_.write([&](Sql& sql) -> Result<Outcome<MailAnswer>> {
      return assign_mail(sql, assignment, std::get<ReadLetter>(letter), "truc", moment(25, 18));
    });
  }
  std::int64_t answers() {
    return number("SELECT COUNT(*) FROM letter WHERE message_id LIKE 'nhan-thu-%'");
  }
  std::vector<TakenMail> queue() {
    return page([](std::string_view) -> Result<bool> { return true; }, {}, kMailPage).mail;
  }
  MailPage page(const SeesMail& sees, const QueuePlace& from, std::size_t most) {
    return here_.read([&](Sql& sql) { return mail_queue(sql, sees, from, most); });
  }
  std::int64_t number(std::string_view select) {
    return here_.read([&](Sql& sql) { return sql.integer(select); }).value_or(-1);
  }

  ReportsHere here_{GetParam()};
};
BZ_ON_BOTH_STORES(IntakeTest);

TEST_P(IntakeTest, ALetterOfAKnownSenderBecomesAReportReceivedWhenItWasTaken) {
  const auto message = letter();
  const auto taken = take(message);
  ASSERT_TRUE(taken.receipt) << taken.mail.faults.at(0).says_en;
  EXPECT_EQ(taken.mail.state, MailState::kReported);
  EXPECT_EQ(taken.mail.body, "viettel-70");
  const auto report = here_.find(taken.receipt->report);
  EXPECT_EQ(report.received_at, moment(25, 15, 58));
  EXPECT_EQ(report.stated, moment(25, 15, 50));
  EXPECT_EQ(report.channel, Channel::kMail);
  EXPECT_EQ(report.account, "intake");
  EXPECT_EQ(report.lines.size(), 11U);
  EXPECT_TRUE(report.missing_rows.empty());
  // The bytes as they came.
  const auto original = here_.read([&](Sql& sql) { return find_original(sql, report.original); });
  ASSERT_TRUE(original);
  EXPECT_EQ(original->content, message);
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(here_.due(due_of("viettel-70"), moment(25, 15, 59)).file.versions, 1);
}

TEST_P(IntakeTest, TheSameLetterTwiceIsOneAndKeepsItsTime) {
  const auto first = take(letter());
  // Another server passed it on, so that its bytes differ.
  auto again = letter();
  const std::string_view station =
      "Received: from mx2.example; Tue, 25 Aug 2020 16:05:00 +0700\r\n";
  again.insert(again.begin(), station.begin(), station.end());
  const auto second = take(again, moment(25, 16, 5));
  EXPECT_TRUE(second.is_repeated);
  EXPECT_EQ(second.mail.id, first.mail.id);
  ASSERT_TRUE(second.receipt);
  EXPECT_EQ(second.receipt->number, first.receipt->number);
  EXPECT_EQ(second.receipt->received_at, moment(25, 15, 58));
  EXPECT_EQ(number("SELECT COUNT(*) FROM report"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM mail"), 1);
}

TEST_P(IntakeTest, OtherContentUnderTheSameMessageIdWaitsForAPerson) {
  take(letter());
  Sending other;
  other.files[0].replace(other.files[0].find("9.210"), 5, "9.999");
  const auto second = take(letter(other));
  EXPECT_FALSE(second.is_repeated);
  EXPECT_EQ(second.mail.state, MailState::kFaulty);
  EXPECT_EQ(number("SELECT COUNT(*) FROM report"), 1);
  ASSERT_EQ(queue().size(), 1U);
}

TEST_P(IntakeTest, AnUnknownSendersAttachmentIsNotReadUntilAPersonSaysWhoseItIs) {
  Sending from_elsewhere;
  from_elsewhere.from = "anh@example.com";
  from_elsewhere.files[0] = "no form at all";
  auto taken = take(letter(from_elsewhere));
  EXPECT_EQ(taken.mail.state, MailState::kUnknownSender);
  EXPECT_EQ(taken.mail.faults.size(), 1U);  // nothing of the attachment
  EXPECT_EQ(taken.mail.body, "");
  EXPECT_FALSE(taken.receipt);
  from_elsewhere.files[0] = kForm;
  from_elsewhere.id = "2@example.com";
  taken = take(letter(from_elsewhere), moment(25, 15, 59));
  ASSERT_EQ(queue().size(), 2U);

  // At 18:00 the officer assigns it: it was received at 15:59 all the same.
  MailAssignment assignment;
  assignment.mail = taken.mail.id;
  assignment.body = "mobifone-70";
  assignment.remember_sender = true;
  const auto answer = here_.taken(try_assign(assignment));
  ASSERT_TRUE(answer.receipt);
  const auto report = here_.find(answer.receipt->report);
  EXPECT_EQ(report.body, "mobifone-70");
  EXPECT_EQ(report.received_at, moment(25, 15, 59));
  EXPECT_EQ(report.account, "truc");
  EXPECT_TRUE(report.on_behalf);
  EXPECT_EQ(here_.refused(try_assign(assignment)).status, 409);
  EXPECT_EQ(queue().size(), 1U);

  from_elsewhere.id = "3@example.com";
  from_elsewhere.subject = "Kỳ báo cáo: trước 16:00 ngày 26/8/2020";
  EXPECT_EQ(take(letter(from_elsewhere), moment(26, 9)).mail.body, "mobifone-70");
}

TEST_P(IntakeTest, AFaultySheetWaitsAndTheSenderIsToldWhatToMend) {
  Sending faulty;
  faulty.files[0].replace(faulty.files[0].find("9.210"), 5, "9.21");
  const auto taken = take(letter(faulty), moment(25, 15, 58), "so@binhphuoc.example");
  EXPECT_EQ(taken.mail.state, MailState::kFaulty);
  ASSERT_EQ(taken.mail.faults.size(), 1U);
  EXPECT_EQ(taken.mail.faults[0].cell, "C2");
  EXPECT_EQ(queue().at(0).faults.at(0).says, "9.21: là 921 hay 9,21?");
  EXPECT_EQ(number("SELECT COUNT(*) FROM letter"), 1);
  EXPECT_EQ(number("SELECT COUNT(*) FROM letter WHERE words LIKE '%C2: 9.21: là 921 hay 9,21?%' "
                   "AND recipient = 'baocao@viettel.example'"),
            1);
  Sending mended;
  mended.id = "2@viettel.example";
  EXPECT_TRUE(take(letter(mended), moment(25, 15, 59), "so@binhphuoc.example").receipt);
  EXPECT_EQ(number("SELECT COUNT(*) FROM letter WHERE subject = 'Biên nhận BC-2020-000001'"), 1);
}

TEST_P(IntakeTest, AForgedSenderIsNotBelievedAndTheLetterWaitsWithItsTime) {
  Sending forged;
  forged.files[0] = "no form at all";
  forged.above = "Authentication-Results: mx.so.example; spf=fail; dkim=fail; dmarc=fail\r\n";
  for (const auto* above :
       {forged.above.c_str(), "", "Authentication-Results: mx.viettel.example; dmarc=pass\r\n"}) {
    forged.above = above;
    forged.id = std::to_string(number("SELECT COUNT(*) FROM mail")) + "@viettel.example";
    const auto taken = take(letter(forged), moment(25, 15, 58), "so@so.example");
    EXPECT_EQ(taken.mail.state, MailState::kUnvouched) << above;
    EXPECT_EQ(taken.mail.body, "");
    EXPECT_FALSE(taken.receipt);
    ASSERT_EQ(taken.mail.faults.size(), 1U);
    EXPECT_TRUE(taken.mail.faults[0].says.starts_with("Người gửi chưa được xác thực"));
  }
  EXPECT_EQ(answers(), 0);  // the one who is named did not write
  EXPECT_EQ(number("SELECT COUNT(*) FROM report"), 0);
  ASSERT_EQ(queue().size(), 3U);

  // The true letter is another one, also with the same Message-ID.
  Sending own;
  own.id = "0@viettel.example";
  EXPECT_TRUE(take(letter(own)).receipt);
  // What a person assigns was received when it came.
  own.id = "9@viettel.example";
  own.above = "";
  own.subject = "Kỳ báo cáo: trước 16:00 ngày 26/8/2020";
  const auto waiting = take(letter(own), moment(26, 15, 59)).mail;
  EXPECT_EQ(waiting.state, MailState::kUnvouched);
  EXPECT_EQ(here_.due(due_of("viettel-70", 26), moment(26, 17)).file.versions, 0);
  const auto answer = here_.taken(try_assign({waiting.id, "viettel-70"}));
  ASSERT_TRUE(answer.receipt);
  EXPECT_EQ(here_.find(answer.receipt->report).received_at, moment(26, 15, 59));
}

TEST_P(IntakeTest, ACopyThatAnybodyCanSendMakesNoOtherLetterARepeat) {
  // Nobody vouches for either: which of them is the body's, only a person can find out.
  Sending sending;
  sending.above = "Received: from evil.example\r\n";
  const auto copy = take(letter(sending)).mail;
  EXPECT_EQ(copy.state, MailState::kUnvouched);
  set_aside(copy.id);
  sending.above = "Received: from mail.viettel.example\r\n";
  const auto original = take(letter(sending), moment(25, 15, 59));
  EXPECT_FALSE(original.is_repeated);
  EXPECT_NE(original.mail.id, copy.id);
  ASSERT_EQ(queue().size(), 1U);
  EXPECT_EQ(queue()[0].id, original.mail.id);
  // Our own mail server, which got no answer, brings the same bytes.
  const auto again = take(letter(sending), moment(25, 16, 30));
  EXPECT_TRUE(again.is_repeated);
  EXPECT_EQ(again.mail.id, original.mail.id);
  EXPECT_EQ(queue().size(), 1U);
  ASSERT_TRUE(assign({original.mail.id, "viettel-70"}).receipt);
  // Nor does a stranger's, who writes another's Message-ID from an own address.
  Sending strangers;
  strangers.from = "anh@example.com";
  EXPECT_FALSE(take(letter(strangers)).is_repeated);
  EXPECT_EQ(number("SELECT COUNT(*) FROM mail"), 3);
}

TEST_P(IntakeTest, LettersOfBodiesAreShownFirstAndWhatIsNotShownTakesNobodysPlace) {
  const auto send = [&](std::string from, int id, bool is_vouched) {
    Sending one;
    one.id = std::to_string(id) + "@example.com";
    one.from = std::move(from);
    one.files.clear();
    if (!is_vouched) one.above = "";
    return take(letter(one)).mail.id;
  };
  std::vector<std::int64_t> strangers, unvouched, viettel, vnpt;
  for (int i = 0; i < 3; ++i) {
    strangers.push_back(send("anh@example.com", 10 + i, true));
    unvouched.push_back(send("baocao@viettel.example", 20 + i, false));
    vnpt.push_back(send("baocao@vnpt.example", 30 + i, true));
    viettel.push_back(send("baocao@viettel.example", 40 + i, true));
  }
  const auto ids = [&](const SeesMail& sees) {
    std::vector<std::int64_t> found;
    std::optional<QueuePlace> from = QueuePlace{};
    while (from) {
      const auto shown = page(sees, *from, 2);
      EXPECT_LE(shown.mail.size(), 2U);
      for (const auto& one : shown.mail) found.push_back(one.id);
      from = shown.next;
    }
    return found;
  };
  EXPECT_EQ(
      ids([](std::string_view) -> Result<bool> { return true; }),
      (std::vector{vnpt[0], viettel[0], vnpt[1], viettel[1], vnpt[2], viettel[2], unvouched[0],
                   unvouched[1], unvouched[2], strangers[0], strangers[1], strangers[2]}));
  // What bears a body's address is for who sees that body's.
  EXPECT_EQ(
      ids([](std::string_view body) -> Result<bool> { return body == "viettel-70"; }),
      (std::vector{viettel[0], viettel[1], viettel[2], unvouched[0], unvouched[1], unvouched[2]}));
  EXPECT_EQ(ids([](std::string_view body) -> Result<bool> { return body.empty(); }), strangers);
  EXPECT_TRUE(ids([](std::string_view) -> Result<bool> { return false; }).empty());
}

TEST_P(IntakeTest, WhatStrangersLeaveWaitingHasABoundAndWhatIsOverItIsRefusedAndCounted) {
  MailRoom room;
  room.address_letters = 2;
  room.strangers_letters = 3;
  room.unvouched_letters = 3;
  int id = 0;
  const auto bring = [&](std::string from, bool is_vouched = true) {
    Sending one;
    one.id = std::to_string(++id) + "@example.com";
    one.from = std::move(from);
    if (!is_vouched) one.above = "";
    return letter(one);
  };
  const auto taken = [&](const Bytes& message) { return here_.taken(try_take(message, room)); };
  const auto refused = [&](const Bytes& message) { return here_.refused(try_take(message, room)); };
  const auto first = taken(bring("a@example.com")).mail;
  const auto second = bring("a@example.com");
  taken(second);
  EXPECT_EQ(refused(bring("a@example.com")).status, 429);  // two of one address
  taken(bring("b@example.com"));
  EXPECT_EQ(refused(bring("c@example.com")).status, 429);  // three of strangers
  // A body's address is not theirs, and who writes it without being vouched for has a bound, too.
  taken(bring("baocao@viettel.example", false));
  taken(bring("baocao@viettel.example", false));
  const auto third = bring("baocao@viettel.example", false);
  EXPECT_EQ(refused(third).status, 429);
  EXPECT_TRUE(taken(bring("baocao@viettel.example")).receipt);
  taken(bring("baocao@vnpt.example", false));
  EXPECT_EQ(refused(bring("baocao@vnpt.example", false)).status, 429);  // three of all bodies'

  EXPECT_EQ(number("SELECT COUNT(*) FROM mail"), 7);
  EXPECT_EQ(number("SELECT COUNT(*) FROM original"), 7);
  const auto strangers = here_.read([](Sql& sql) { return strangers_mail(sql, moment(25, 18)); });
  EXPECT_EQ(strangers.waiting, 3);
  EXPECT_EQ(strangers.turned_away, 4);
  EXPECT_EQ(strangers.turned_away_at, moment(25, 15, 58));
  // What was kept is known, also when there is no room; and who deals with one makes room.
  EXPECT_TRUE(taken(second).is_repeated);
  set_aside(first.id);
  EXPECT_EQ(taken(bring("c@example.com")).mail.state, MailState::kUnknownSender);
}

TEST_P(IntakeTest, LargeLettersFillTheRoomOfStrangersSooner) {
  Sending large;
  large.from = "a@example.com";
  large.files[0] = std::string(3'000, 'x');
  const auto bytes = static_cast<std::int64_t>(letter(large).size());
  MailRoom room;
  room.address_bytes = 2 * bytes;
  room.strangers_bytes = 3 * bytes;
  std::vector<int> statuses;
  for (int i = 1; i <= 6; ++i) {
    large.id = std::to_string(i) + "@viettel.example";
    large.from = i <= 3 ? "a@example.com" : "b@example.com";
    const auto answer = try_take(letter(large), room);
    const auto* refused = std::get_if<Refusal>(&answer);
    statuses.push_back(refused == nullptr ? 201 : refused->status);
  }
  EXPECT_EQ(statuses, (std::vector{201, 201, 429, 201, 429, 429}));
}

TEST_P(IntakeTest, WithoutAMailServerThatIsNamedNobodyIsBelieved) {
  const auto message = letter();
  const auto read = here_.read(
      [&](Sql& sql) { return read_letter(sql, message, moment(25, 15, 58), MailRules{}); });
  EXPECT_EQ(read.state, MailState::kUnvouched);
  EXPECT_FALSE(read.submission);
}

TEST_P(IntakeTest, ALetterThatAMachineWroteIsTakenAndNeverAnswered) {
  int number_of = 0;
  for (const auto* header : {"Auto-Submitted: auto-replied\r\n", "Precedence: bulk\r\n",
                             "Precedence: list\r\n", "Return-Path: <>\r\n"}) {
    Sending automatic;
    automatic.files.clear();
    automatic.id = std::to_string(++number_of) + "@viettel.example";
    automatic.above += header;
    EXPECT_EQ(take(letter(automatic), moment(25, 15), "so@so.example").mail.state,
              MailState::kNoSheet);
  }
  EXPECT_EQ(answers(), 0);
  Sending persons;
  persons.id = "5@viettel.example";
  persons.files.clear();
  persons.above += "Auto-Submitted: no\r\nReturn-Path: <baocao@viettel.example>\r\n";
  take(letter(persons), moment(25, 15), "so@so.example");
  EXPECT_EQ(answers(), 1);
}

TEST_P(IntakeTest, OneSenderIsAnsweredTwentyTimesADay) {
  Sending bare;
  bare.files.clear();
  const auto send = [&](int number_of, Instant at) {
    bare.id = std::to_string(number_of) + "@viettel.example";
    take(letter(bare), at, "so@so.example");
  };
  for (int i = 0; i < 21; ++i) send(i, moment(25, 8, i));
  EXPECT_EQ(answers(), 20);
  // At 08:05 of the next day the last 24 hours hold those of 08:06 to 08:20, and this one.
  send(99, moment(26, 8, 5));
  EXPECT_EQ(answers(), 21);
}

TEST_P(IntakeTest, LettersWithoutAnAnswerUseUpNobodysAnswers) {
  Sending automatic;
  automatic.files.clear();
  automatic.above += "Auto-Submitted: auto-generated\r\n";
  for (int i = 0; i < 20; ++i) {
    automatic.id = std::to_string(i) + "@viettel.example";
    take(letter(automatic), moment(25, 8, i), "so@so.example");
  }
  EXPECT_EQ(answers(), 0);
  Sending persons;
  persons.id = "20@viettel.example";
  EXPECT_TRUE(take(letter(persons), moment(25, 9), "so@so.example").receipt);
  EXPECT_EQ(answers(), 1);
}

TEST_P(IntakeTest, AFormOfTheDayBeforeTheUnitsChangedIsReadWithTheUnitsOfItsDay) {
  // Bình Phước and its districts are no more since 1 July 2025.
  const auto later = vi::at(*day_from_text("2025-07-02"), {9, 0});
  Sending late;
  late.subject = "Kỳ báo cáo: trước 16:00 ngày 25/8/2020";
  auto taken = take(letter(late), later);
  ASSERT_TRUE(taken.receipt) << taken.mail.faults.at(0).says_en;
  EXPECT_EQ(taken.receipt->dues, std::vector{due_of("viettel-70")});
  EXPECT_TRUE(taken.receipt->is_complete());
  // Named in the file instead.
  late.id = "2@viettel.example";
  late.subject = "Báo cáo";
  late.files[0] = "Kỳ báo cáo: trước 16:00 ngày 26/8/2020 [bp-5.2]\n" + std::string(kForm);
  taken = take(letter(late), later);
  ASSERT_TRUE(taken.receipt) << taken.mail.faults.at(0).says_en;
  EXPECT_EQ(taken.receipt->dues, std::vector{due_of("viettel-70", 26)});
}

TEST_P(IntakeTest, WhatIsNoLetterOrHasNoSheetIsKeptAndWaits) {
  const std::string_view text = "not a letter";
  const Bytes message(text.begin(), text.end());
  const auto taken = take(message);
  EXPECT_EQ(taken.mail.state, MailState::kUnreadable);
  const auto original =
      here_.read([&](Sql& sql) { return find_original(sql, taken.mail.original); });
  ASSERT_TRUE(original);
  EXPECT_EQ(original->content, message);
  EXPECT_EQ(here_.refused(try_assign({taken.mail.id, "viettel-70"})).status, 422);

  Sending bare;
  bare.files.clear();
  EXPECT_EQ(take(letter(bare)).mail.state, MailState::kNoSheet);
  Sending two;
  two.id = "2@viettel.example";
  two.files.emplace_back(kForm);
  EXPECT_EQ(take(letter(two)).mail.state, MailState::kNoSheet);
}

TEST_P(IntakeTest, ALetterIsSetAsideWithAReasonOnly) {
  Sending other;
  other.from = "anh@example.com";
  const auto id = take(letter(other)).mail.id;
  const auto aside = [&](std::string_view reason) {
    return here_.write([&](Sql& sql) -> Result<Outcome<TakenMail>> {
      return set_mail_aside(sql, id, reason, "truc", moment(25, 17));
    });
  };
  EXPECT_EQ(here_.refused(aside(" ")).status, 422);
  const auto mail = here_.taken(aside("thư quảng cáo"));
  EXPECT_EQ(mail.state, MailState::kSetAside);
  EXPECT_EQ(mail.decided_by, "truc");
  EXPECT_TRUE(queue().empty());
  EXPECT_EQ(here_.refused(aside("lần nữa")).status, 409);
}

TEST_P(IntakeTest, ALetterOfADrillMakesAnIllustrativeReportThoughItIsAssignedLater) {
  Sending sending;
  sending.from = "anh@example.com";
  MailRules drill{kMailServer};
  drill.is_illustrative = true;
  const auto taken = here_.taken(here_.write([&](Sql& sql) -> Given<MailAnswer> {
    auto read = read_letter(sql, letter(sending), moment(25, 15, 58), drill);
    if (!read) return read.error();
    return take_mail(sql, std::move(*read), drill, moment(25, 15, 58));
  }));
  const auto answer = assign({taken.mail.id, "viettel-70"});
  ASSERT_TRUE(answer.receipt);
  EXPECT_TRUE(here_.find(answer.receipt->report).is_illustrative);
  // The same bytes are another letter then, and the report is a true one.
  EXPECT_FALSE(take(letter(sending), moment(25, 15, 59)).is_repeated);
  sending.id = "2@viettel.example";
  const auto true_one = take(letter(sending), moment(25, 15, 59)).mail;
  const auto report = assign({true_one.id, "vnpt-70"}).receipt;
  ASSERT_TRUE(report);
  EXPECT_FALSE(here_.find(report->report).is_illustrative);
}

TEST_P(IntakeTest, DuesNamedInTheSubjectAreAnswered) {
  Sending both;
  both.subject = "Kỳ báo cáo: trước 16:00 ngày 28/8/2020; trước 17:00 ngày 28/8/2020";
  const auto taken = take(letter(both), moment(28, 15));
  ASSERT_TRUE(taken.receipt) << taken.mail.faults.at(0).says_en;
  EXPECT_EQ(taken.receipt->dues,
            (std::vector{due_of("viettel-70", 28), due_of("viettel-70", 28, "bp-5.1")}));
}

}  // namespace
}  // namespace bz::campaign
