// What was known at a moment, asked before and after something came that began before it.
#include "campaign/calls.h"
#include "campaign/intake.h"
#include "campaign/registers.h"
#include "campaign/reports_here.h"
#include "papers/mail.h"

namespace bz::campaign {
namespace {

using std::chrono::seconds;

class AsOf : public OnReports {
 protected:
  // "missing phone", "on_time": VNPT's due of 25 August, 16:00, as the register of then has it.
  std::string due_at(Instant then) {
    DueQuery query;
    query.body = "vnpt-70";
    query.from = moment(25, 0);
    query.to = moment(26, 0);
    const auto found = here_.read([&](Sql& sql) { return look_up(sql, query, then); });
    if (found.dues.size() != 1) return "no due";
    auto text = std::string(to_text(found.dues[0].status));
    for (const auto leg : found.dues[0].lacking) text += " " + std::string(to_text(leg));
    return text;
  }
  std::optional<std::int64_t> count_at(Instant then) {
    return here_.counts("vnpt-70", "688", moment(25, 16), Counts::kProvisionalToo, then);
  }
  void hand_in_file(Instant received, std::optional<Instant> known = {}) {
    auto file = here_.report("vnpt-70", Channel::kApi, received, eleven(70));
    file.known_at = known;
    here_.hand_in(file);
  }
};
BZ_ON_BOTH_STORES(AsOf);

// The call begins at 15:52 and ends at 16:01, the file comes at 15:58.
TEST_P(AsOf, ACallThatGoesOnIsMissingUntilItEndsAndOnTimeFromThen) {
  NewCall call;
  call.body = "vnpt-70";
  call.form = "bm1";
  call.account = "truc";
  call.key = "k";
  const auto begun =
      here_.taken(here_.write([&](Sql& sql) { return begin_call(sql, call, moment(25, 15, 52)); }));
  hand_in_file(moment(25, 15, 58));
  const auto after_the_moment = moment(25, 16) + seconds{30};
  EXPECT_EQ(due_at(moment(25, 15, 59)), "open phone");
  EXPECT_EQ(due_at(after_the_moment), "missing phone");
  EXPECT_EQ(count_at(moment(25, 15, 57)), std::nullopt);

  CallEntry entry;
  entry.call = begun.call.id;
  for (auto& line : eleven(70)) entry.lines.push_back({std::move(line), true});
  const auto answer = here_.taken(
      here_.write([&](Sql& sql) { return enter_call(sql, entry, "truc", moment(25, 16, 1)); }));
  ASSERT_TRUE(answer.receipt);
  EXPECT_EQ(answer.receipt->received_at, moment(25, 15, 52));
  EXPECT_EQ(due_at(moment(25, 15, 59)), "open phone");
  EXPECT_EQ(due_at(after_the_moment), "missing phone");
  EXPECT_EQ(count_at(moment(25, 15, 57)), std::nullopt);
  // Asked today it came in time.
  EXPECT_EQ(due_at(moment(25, 16, 1)), "on_time");
}

TEST_P(AsOf, ALetterIsKnownFromWhenItWasAssignedAndOnTimeByWhenItCame) {
  std::string sheet = "Tên huyện/thị/thành phố;Số lượng điện thoại thông minh cài đặt\n";
  for (const auto* row : {"Phước Long;70", "Đồng Xoài;1.000", "Bình Long;1.100", "Bù Gia Mập;1.200",
                          "Lộc Ninh;1.300", "Bù Đốp;1.400", "Hớn Quản;1.500", "Đồng Phú;1.600",
                          "Bù Đăng;1.700", "Chơn Thành;1.800", "Phú Riềng;1.900"})
    sheet += std::string(row) + "\n";
  papers::MailToSend mail;
  mail.from = "mot.nguoi@vnpt.example";
  mail.to = {"stttt@binhphuoc.example"};
  mail.subject = "Báo cáo ngày 25/8";
  mail.message_id = "1@vnpt.example";
  mail.dated = moment(25, 15, 50);
  mail.attachments.push_back(
      {"bieu-mau.csv", "text/csv", Bytes(as_bytes(sheet).begin(), as_bytes(sheet).end())});
  const auto letter = papers::write_mail(mail);
  ASSERT_TRUE(letter);
  const MailRules rules;
  const auto taken = here_.taken(here_.write([&](Sql& sql) -> Given<MailAnswer> {
    auto read = read_letter(sql, *letter, moment(25, 15, 58), rules);
    if (!read) return read.error();
    return take_mail(sql, std::move(*read), rules, moment(25, 15, 58));
  }));
  ASSERT_EQ(taken.mail.state, MailState::kUnknownSender);
  const std::string before = "missing phone file";
  EXPECT_EQ(due_at(moment(26, 8)), before);

  const MailAssignment to_vnpt{taken.mail.id, "vnpt-70", "bm1", {due_of("vnpt-70")}};
  const auto assigned = here_.taken(here_.write([&](Sql& sql) -> Result<Outcome<MailAnswer>> {
    auto read = read_assigned(sql, to_vnpt, "truc");
    if (!read) return read.error();
    return assign_mail(sql, to_vnpt, std::move(read.value()), "truc", moment(27, 9));
  }));
  ASSERT_TRUE(assigned.receipt) << assigned.mail.faults.size();
  EXPECT_EQ(due_at(moment(26, 8)), before);
  EXPECT_EQ(count_at(moment(26, 8)), std::nullopt);
  EXPECT_EQ(count_at(moment(27, 9)), 70);
  EXPECT_EQ(due_at(moment(27, 9)), "missing phone");
  const auto due = here_.due(due_of("vnpt-70"), moment(27, 9));
  EXPECT_EQ(due.file.first, moment(25, 15, 58));
}

// Its last byte came a moment before 16:00, and it was written a moment after.
TEST_P(AsOf, AReportIsKnownWhenItIsWrittenAndOnTimeByItsLastByte) {
  here_.hand_in("vnpt-70", Channel::kCall, moment(25, 15), eleven(70));
  hand_in_file(moment(25, 16) - seconds{1}, moment(25, 16) + seconds{4});
  EXPECT_EQ(due_at(moment(25, 16) + seconds{3}), "missing file");
  EXPECT_EQ(due_at(moment(25, 16) + seconds{4}), "on_time");
  // A clock that lies behind the one that took it says nothing.
  const auto before = here_.report("vnpt-70", Channel::kApi, moment(25, 15), {});
  EXPECT_EQ(before.known(), moment(25, 15));
}

}  // namespace
}  // namespace bz::campaign
