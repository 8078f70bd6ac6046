#include "campaign/intake.h"

#include <algorithm>
#include <array>

#include "campaign/entry.h"
#include "campaign/entry_cells.h"
#include "campaign/letters.h"
#include "campaign/report_rows.h"
#include "vi/calendar.h"
#include "vi/text.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using store::Sql;

struct StateWord {
  MailState state;
  std::string_view text;
};
constexpr std::array<StateWord, 8> kStates{{{MailState::kReported, "reported"},
                                            {MailState::kUnknownSender, "unknown_sender"},
                                            {MailState::kUnreadable, "unreadable"},
                                            {MailState::kNoSheet, "no_sheet"},
                                            {MailState::kFaulty, "faulty"},
                                            {MailState::kSetAside, "set_aside"},
                                            {MailState::kForgotten, "forgotten"},
                                            {MailState::kUnvouched, "unvouched_sender"}}};

std::string faults_text(const std::vector<Fault>& faults) {
  std::vector<std::string> texts;
  for (const auto& one : faults) texts.push_back(fault_json(one));
  return wire::JsonWriter().list("faults", texts).done();
}
Result<std::vector<Fault>> faults_in(std::string_view text) {
  auto json = wire::JsonReader::parse(text, 1'000'000);
  if (!json) return json.error();
  std::vector<Fault> faults;
  auto objects = json->objects("faults", 1'000);
  if (objects) {
    for (auto& one : *objects) {
      faults.push_back({one.text("cell").value_or(""), one.text("says").value_or(""),
                        one.text("says_en").value_or(""), one.text("do").value_or(""),
                        one.text("do_en").value_or("")});
    }
  }
  if (auto done = json->done(); !done) return done.error();
  return faults;
}

TakenMail mail_in(const store::Row& row, std::string& faults) {
  TakenMail mail;
  mail.id = row.integer(0);
  mail.state = static_cast<MailState>(row.integer(1));
  mail.received_at = from_ms(row.integer(2));
  mail.from = row.text(3);
  mail.subject = row.text(4);
  mail.message_id = row.text(5);
  mail.body = row.text(6);
  const auto digest = row.blob(7);
  std::copy_n(digest.begin(), std::min(digest.size(), mail.original.size()), mail.original.begin());
  faults = row.text(8);
  mail.report = row.optional_integer(9);
  mail.decided_by = row.text(10);
  mail.decided_at = instant_at(row, 11);
  mail.reason = row.text(12);
  mail.is_drill = row.integer(13) != 0;
  return mail;
}

Result<std::vector<TakenMail>> mails(Sql& sql, std::string_view select, store::Parameters values) {
  std::vector<TakenMail> found;
  std::vector<std::string> faults;
  auto read = sql.each(select, values, [&](const store::Row& row) -> Result<bool> {
    found.push_back(mail_in(row, faults.emplace_back()));
    return true;
  });
  if (!read) return read.error();
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto list = faults_in(faults[i]);
    if (!list) return list.error();
    found[i].faults = std::move(*list);
  }
  return found;
}

constexpr std::string_view kById =
    "SELECT id, state, received_ms, sender, subject, message_id, body, original, faults, report, "
    "decided_by, decided_ms, reason, is_drill FROM mail WHERE id = $1";
constexpr std::string_view kByKey =
    "SELECT id, state, received_ms, sender, subject, message_id, body, original, faults, report, "
    "decided_by, decided_ms, reason, is_drill FROM mail WHERE by_key = $1 ORDER BY id";

Result<std::optional<Receipt>> receipt_of(Sql& sql, const std::optional<std::int64_t>& id) {
  if (!id) return std::optional<Receipt>{};
  const auto report = find_report(sql, *id);
  if (!report) return report.error();
  if (!*report) return Error{Code::kMalformed, "a mail's report is not there"};
  Receipt receipt;
  receipt.report = *id;
  receipt.number = (*report)->receipt;
  receipt.received_at = (*report)->received_at;
  for (const auto& answered : (*report)->dues) receipt.dues.push_back(answered.due);
  receipt.missing_rows = (*report)->missing_rows;
  receipt.questions = (*report)->questions;
  receipt.is_repeated = true;
  return std::optional(std::move(receipt));
}

Result<void> keep_original(Sql& sql, const Digest& digest, ByteView message) {
  return store::done(sql.run(
      "INSERT INTO original (digest, content) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
      {ByteView(digest), message}));
}

Result<void> insert(Sql& sql, const TakenMail& mail, const Digest& by_key, const Digest& content) {
  const auto faults = faults_text(mail.faults);
  return store::done(sql.run(
      "INSERT INTO mail (id, by_key, content, state, received_ms, sender, subject, "
      "message_id, body, original, faults, report, decided_by, decided_ms, reason, is_drill) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', NULL, '', $13)",
      {mail.id, ByteView(by_key), ByteView(content), static_cast<std::int64_t>(mail.state),
       to_ms(mail.received_at), std::string_view(mail.from), std::string_view(mail.subject),
       std::string_view(mail.message_id), std::string_view(mail.body), ByteView(mail.original),
       std::string_view(faults), store::or_null(mail.report),
       std::int64_t{mail.is_drill ? 1 : 0}}));
}

Result<void> update(Sql& sql, const TakenMail& mail) {
  const auto faults = faults_text(mail.faults);
  return store::done(sql.run(
      "UPDATE mail SET state = $2, body = $3, faults = $4, report = $5, decided_by = $6, "
      "decided_ms = $7, reason = $8 WHERE id = $1",
      {mail.id, static_cast<std::int64_t>(mail.state), std::string_view(mail.body),
       std::string_view(faults), store::or_null(mail.report), std::string_view(mail.decided_by),
       ms_or_null(mail.decided_at), std::string_view(mail.reason)}));
}

// Two machines that answer each other would never end (RFC 3834).
Result<bool> is_answered(Sql& sql, const TakenMail& mail, bool is_automatic,
                         std::string_view mail_from) {
  if (mail_from.empty() || mail.body.empty() || is_automatic) return false;
  const auto answers = std::string(kAnswerBegins) + "%";
  const auto that_day = sql.integer(
      "SELECT COUNT(*) FROM letter WHERE recipient = $1 AND written_ms > $2 AND "
      "message_id LIKE $3",
      {std::string_view(mail.from), to_ms(mail.received_at - std::chrono::hours{24}),
       std::string_view(answers)});
  if (!that_day) return that_day.error();
  return that_day->value_or(0) < kMostAnswers;
}

// What the sender is told: the receipt, or what to mend.
Result<void> answer(Sql& sql, const MailAnswer& taken, std::string_view mail_from) {
  const auto& mail = taken.mail;
  Letter letter;
  letter.to = mail.from;
  letter.from = mail_from;
  letter.written = mail.received_at;
  const auto at = mail_from.find('@');
  letter.message_id = std::string(kAnswerBegins) + std::to_string(mail.id) + "-" +
                      std::to_string(to_ms(mail.received_at)) +
                      std::string(mail_from.substr(std::min(at, mail_from.size())));
  if (taken.receipt) {
    letter.subject = "Biên nhận " + taken.receipt->number;
    letter.text = "Đã nhận báo cáo lúc " + vi::show_moment(mail.received_at) + ". Biên nhận " +
                  taken.receipt->number + ".\n" + dues_line(taken.receipt->dues) + "\n";
    if (!taken.receipt->is_complete()) {
      letter.text += "Còn thiếu số liệu của " + std::to_string(taken.receipt->missing_rows.size()) +
                     " đơn vị: báo cáo chưa đủ.\n";
    }
    for (const auto& question : taken.receipt->questions)
      letter.text +=
          question.cell + ": " + question.finding.says + " " + question.finding.todo + "\n";
  } else {
    letter.subject = "Báo cáo chưa nhận được, cần sửa";
    letter.text = "Thư đến lúc " + vi::show_moment(mail.received_at) +
                  " nhưng chưa thành báo cáo. Hãy sửa và gửi lại:\n";
    for (const auto& one : mail.faults) {
      letter.text +=
          (one.cell.empty() ? "- " : "- Ô " + one.cell + ": ") + one.says + " " + one.todo + "\n";
    }
  }
  const auto put = put_letter(sql, letter);
  if (!put) return put.error();
  return {};
}

// Hands in the report that a letter holds; the letter waits where there is none, or it is refused.
Result<void> hand_in(Sql& sql, ReadLetter& letter, bool is_illustrative, Instant now,
                     MailAnswer& taken) {
  auto& mail = taken.mail;
  mail.state = letter.state;
  mail.faults = std::move(letter.faults);
  if (!letter.submission) return {};
  letter.submission->is_illustrative = is_illustrative;
  letter.submission->known_at = now;
  auto receipt = submit(sql, *letter.submission);
  if (!receipt) return receipt.error();
  if (const auto* refusal = receipt.refused()) {
    mail.state = MailState::kFaulty;
    mail.faults = refusal->faults;
    if (mail.faults.empty())
      mail.faults.push_back(fault_at("", refusal->detail, refusal->detail_en, "", ""));
    return {};
  }
  mail.state = MailState::kReported;
  mail.faults.clear();
  mail.report = receipt.value().report;
  taken.receipt = std::move(receipt.value());
  return {};
}

Result<std::optional<TakenMail>> waiting_mail(Sql& sql, std::int64_t id) {
  if (auto locked = sql.lock("mail"); !locked) return locked.error();
  return find_mail(sql, id);
}
}  // namespace

std::string_view to_text(MailState state) {
  for (const auto& word : kStates) {
    if (word.state == state) return word.text;
  }
  return "";
}
std::optional<MailState> mail_state_from(std::string_view text) {
  for (const auto& word : kStates) {
    if (word.text == text) return word.state;
  }
  return std::nullopt;
}

Result<std::optional<TakenMail>> find_mail(Sql& sql, std::int64_t id) {
  const store::Parameter value = id;
  auto found = mails(sql, kById, store::Parameters(&value, 1));
  if (!found) return found.error();
  if (found->empty()) return std::optional<TakenMail>{};
  return std::optional(std::move(found->front()));
}

Given<MailAnswer> take_mail(Sql& sql, ReadLetter letter, const MailRules& rules, Instant now) {
  // One after the other: whether it has come before.
  if (auto locked = sql.lock("mail"); !locked) return locked.error();
  const store::Parameter key = ByteView(letter.by_key);
  const auto before = mails(sql, kByKey, store::Parameters(&key, 1));
  if (!before) return before.error();
  const auto same = sql.integer("SELECT id FROM mail WHERE by_key = $1 AND content = $2",
                                {ByteView(letter.by_key), ByteView(letter.content)});
  if (!same) return same.error();
  for (const auto& one : *before) {
    if (*same != one.id) continue;
    auto receipt = receipt_of(sql, one.report);
    if (!receipt) return receipt.error();
    return MailAnswer{one, std::move(*receipt), true};
  }
  if (!before->empty() && !letter.body.empty()) {
    letter.submission.reset();
    letter.state = MailState::kFaulty;
    letter.faults = {fault_at("", "Đã có thư khác cùng mã thư (Message-ID) của người gửi này.",
                              "Another letter of this sender had the same Message-ID.",
                              "So hai thư rồi chọn.", "Compare the two and choose.")};
  }

  if (!letter.submission) {
    const auto room =
        has_room(sql, rules.room, letter.state, letter.from, letter.message.size(), now);
    if (!room) return room.error();
    if (!*room) return refusal::no_room();
  }

  MailAnswer taken;
  auto& mail = taken.mail;
  const auto id = next_id(sql, "SELECT MAX(id) FROM mail");
  if (!id) return id.error();
  mail.id = *id;
  mail.received_at = letter.received_at;
  mail.original = sha256(letter.message);
  mail.from = letter.from;
  mail.subject = letter.subject;
  mail.message_id = letter.message_id;
  mail.body = letter.body;
  mail.is_drill = rules.is_illustrative;
  if (auto handed = hand_in(sql, letter, mail.is_drill, now, taken); !handed) return handed.error();
  if (auto kept = keep_original(sql, mail.original, letter.message); !kept) return kept.error();
  if (auto kept = insert(sql, mail, letter.by_key, letter.content); !kept) return kept.error();
  const auto answers = is_answered(sql, mail, letter.is_automatic, rules.mail_from);
  if (!answers) return answers.error();
  if (!*answers) return taken;
  if (auto told = answer(sql, taken, rules.mail_from); !told) return told.error();
  return taken;
}

Given<MailAnswer> assign_mail(Sql& sql, const MailAssignment& assignment, ReadLetter letter,
                              std::string_view account, Instant now) {
  auto found = waiting_mail(sql, assignment.mail);
  if (!found) return found.error();
  if (!*found) return refusal::not_found();
  if (!is_waiting((*found)->state)) return refusal::dealt_with();
  if (assignment.remember_sender) {
    auto body = find_body(sql, letter.body);
    if (!body) return body.error();
    if (std::ranges::find(body->mail, letter.from) == body->mail.end()) {
      body->mail.push_back(letter.from);
      if (auto kept = put_body(sql, *body); !kept) {
        if (kept.error().code == Code::kUnavailable) return kept.error();
        return Refusal{
            409, "Địa chỉ này đã đăng ký cho cơ quan khác.", "This address is another body's.", {}};
      }
    }
  }
  MailAnswer taken{std::move(**found), {}, false};
  auto& mail = taken.mail;
  mail.body = letter.body;
  mail.decided_by = account;
  mail.decided_at = now;
  const bool is_drill = mail.is_drill || assignment.is_illustrative;
  if (auto handed = hand_in(sql, letter, is_drill, now, taken); !handed) return handed.error();
  if (auto kept = update(sql, mail); !kept) return kept.error();
  return taken;
}

Given<TakenMail> set_mail_aside(Sql& sql, std::int64_t id, std::string_view reason,
                                std::string_view account, Instant now) {
  auto words = vi::normal(reason).value_or("");
  if (words.empty()) {
    return Refusal{422,
                   "Cần ghi lý do.",
                   "A reason is needed.",
                   {fault_at("reason", "Chưa có lý do.", "There is no reason.",
                             "Ghi vì sao để riêng thư này.", "Write why it is set aside.")}};
  }
  auto found = waiting_mail(sql, id);
  if (!found) return found.error();
  if (!*found) return refusal::not_found();
  auto& mail = **found;
  if (!is_waiting(mail.state)) return refusal::dealt_with();
  mail.state = MailState::kSetAside;
  mail.decided_by = account;
  mail.decided_at = now;
  mail.reason = std::move(words);
  if (auto kept = update(sql, mail); !kept) return kept.error();
  return std::move(mail);
}

}  // namespace bz::campaign
