#include "campaign/intake.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "campaign/entry.h"
#include "campaign/entry_cells.h"
#include "campaign/letters.h"
#include "campaign/report_rows.h"
#include "campaign/tasks.h"
#include "papers/mail.h"
#include "papers/says.h"
#include "vi/calendar.h"
#include "vi/text.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kMostSubject = 200;  // characters

struct StateWord {
  MailState state;
  std::string_view text;
};
constexpr std::array<StateWord, 7> kStates{{{MailState::kReported, "reported"},
                                            {MailState::kUnknownSender, "unknown_sender"},
                                            {MailState::kUnreadable, "unreadable"},
                                            {MailState::kNoSheet, "no_sheet"},
                                            {MailState::kFaulty, "faulty"},
                                            {MailState::kSetAside, "set_aside"},
                                            {MailState::kForgotten, "forgotten"}}};

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

// What the letter says, whichever way it went.
Digest content_of(const papers::Mail& mail) {
  Sha256Stream stream;
  const auto add = [&](ByteView bytes) {
    const auto length = std::to_string(bytes.size()) + ":";
    stream.add(as_bytes(length));
    stream.add(bytes);
  };
  add(as_bytes(mail.subject));
  add(as_bytes(mail.text));
  for (const auto& attachment : mail.attachments) {
    add(as_bytes(attachment.name));
    add(attachment.content);
  }
  return stream.finish();
}
Digest key_of(const papers::Mail& mail, ByteView message) {
  if (mail.message_id.empty()) return sha256(message);
  const auto text = mail.from + "\n" + mail.message_id;
  return sha256(as_bytes(text));
}

bool may_be_form(const papers::Attachment& attachment) {
  const auto dot = attachment.name.rfind('.');
  const auto ending =
      dot == std::string::npos ? std::string{} : ascii_lowered(attachment.name.substr(dot + 1));
  constexpr std::array<std::string_view, 6> kEndings{"xlsx", "xlsm", "xls", "xlsb", "csv", "tsv"};
  if (std::ranges::find(kEndings, ending) != kEndings.end()) return true;
  const std::string_view type = attachment.media_type;
  return type == "text/csv" || type == "application/vnd.ms-excel" ||
         type.ends_with("spreadsheetml.sheet");
}

std::string cut(std::string_view text, std::size_t most) {
  auto out = vi::normal(text).value_or("");
  std::size_t seen = 0;
  for (std::size_t at = 0; at < out.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(out[at]) & 0xC0U) != 0x80U;
    if (begins && ++seen > most) return out.substr(0, at);
  }
  return out;
}

// What becomes of a letter whose body is known.
struct Tried {
  MailState state = MailState::kFaulty;
  std::vector<Fault> faults = {};
  std::optional<Receipt> receipt = {};
};
Tried waits(MailState state, std::string_view says, std::string_view says_en, std::string_view todo,
            std::string_view todo_en) {
  return {state, {fault_at("", says, says_en, todo, todo_en)}, {}};
}

struct Attempt {
  const papers::Mail& mail;
  ByteView message;
  Instant received_at;
  std::string body;
  std::string form = {};
  std::vector<DueKey> dues = {};
  std::string account = "intake";
  bool on_behalf = false;
  std::string key;
  bool is_illustrative = false;
};

class Reporting {
 public:
  Reporting(Sql& sql, const Attempt& attempt) : sql_(sql), attempt_(attempt) {}

  Result<Tried> go() {
    const papers::Attachment* sheet = nullptr;
    int sheets = 0;
    for (const auto& attachment : attempt_.mail.attachments) {
      if (!may_be_form(attachment)) continue;
      sheet = &attachment;
      ++sheets;
    }
    if (sheets == 0) {
      return waits(MailState::kNoSheet, "Thư không kèm tệp .xlsx hoặc .csv nào.",
                   "No .xlsx or .csv is attached.",
                   "Gửi lại thư, kèm biểu mẫu đã điền (.xlsx hoặc .csv).",
                   "Send it again with the filled form attached (.xlsx or .csv).");
    }
    if (sheets > 1) {
      return waits(MailState::kNoSheet, "Thư kèm nhiều tệp có thể là biểu mẫu.",
                   "Several attachments may be the form.", "Gửi mỗi thư một biểu mẫu.",
                   "Send one form with each letter.");
    }
    const auto forms = forms_asked();
    if (!forms) return forms.error();
    return read(*sheet, *forms);
  }

 private:
  Result<std::vector<std::string>> forms_asked() {
    if (!attempt_.form.empty()) return std::vector<std::string>{attempt_.form};
    const auto asked = tasks(sql_, attempt_.body);
    if (!asked) return asked.error();
    std::set<std::string> forms;
    for (const auto& task : *asked) forms.insert(task.form);
    return std::vector<std::string>(forms.begin(), forms.end());
  }

  Result<Tried> read(const papers::Attachment& sheet, const std::vector<std::string>& forms) {
    std::optional<Entry> chosen, refused;
    std::string form;
    int clean = 0;
    for (const auto& one : forms) {
      auto entry = read_entry_file(sql_, {attempt_.body, one, vi::local_day(attempt_.received_at)},
                                   sheet.content);
      if (!entry) {
        if (entry.error().code == Code::kUnavailable) return entry.error();
        continue;  // a form that this body cannot fill in
      }
      const bool is_it = (entry->has_header || entry->nothing) && entry->is_clean();
      clean += is_it ? 1 : 0;
      if (is_it) {
        chosen = std::move(*entry);
        form = one;
      } else if (!refused || (!refused->has_header && entry->has_header)) {
        refused = std::move(*entry);
      }
    }
    if (clean > 1) {
      return waits(MailState::kFaulty, "Tệp có thể là nhiều biểu mẫu khác nhau.",
                   "The file may be of several forms.", "Chọn biểu mẫu.", "Choose the form.");
    }
    if (chosen) return submit_as(form, std::move(*chosen));
    if (refused) return Tried{MailState::kFaulty, std::move(refused->faults), {}};
    return waits(MailState::kFaulty, "Chưa giao báo cáo nào cho cơ quan này.",
                 "No report is asked of this body.", "Kiểm tra người gửi và nhiệm vụ.",
                 "Check the sender and the task.");
  }

  Result<Tried> submit_as(const std::string& form, Entry entry) {
    if (auto done = read_dues_named(sql_, attempt_.body, form, attempt_.mail.subject, "", entry);
        !done) {
      return done.error();
    }
    if (!entry.is_clean()) return Tried{MailState::kFaulty, std::move(entry.faults), {}};
    Submission submission;
    submission.body = attempt_.body;
    submission.form = form;
    submission.dues = attempt_.dues.empty() ? std::move(entry.dues) : attempt_.dues;
    submission.channel = Channel::kMail;
    submission.received_at = attempt_.received_at;
    submission.account = attempt_.account;
    submission.idempotency_key = attempt_.key;
    submission.original = {"", "message/rfc822",
                           Bytes(attempt_.message.begin(), attempt_.message.end())};
    submission.lines = std::move(entry.lines);
    submission.nothing = entry.nothing;
    submission.stated = attempt_.mail.dated;
    submission.on_behalf = attempt_.on_behalf;
    submission.is_illustrative = attempt_.is_illustrative;
    auto receipt = submit(sql_, submission);
    if (!receipt) return receipt.error();
    if (const auto* refusal = receipt.refused()) {
      Tried tried{MailState::kFaulty, refusal->faults, {}};
      if (tried.faults.empty())
        tried.faults.push_back(fault_at("", refusal->detail, refusal->detail_en, "", ""));
      return tried;
    }
    return Tried{MailState::kReported, {}, std::move(receipt.value())};
  }

  Sql& sql_;
  const Attempt& attempt_;
};

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
    "decided_by, decided_ms, reason FROM mail WHERE id = $1";
constexpr std::string_view kByKey =
    "SELECT id, state, received_ms, sender, subject, message_id, body, original, faults, report, "
    "decided_by, decided_ms, reason FROM mail WHERE by_key = $1 ORDER BY id";
constexpr std::string_view kWaiting =
    "SELECT id, state, received_ms, sender, subject, message_id, body, original, faults, report, "
    "decided_by, decided_ms, reason FROM mail WHERE state IN (2, 3, 4, 5) ORDER BY id LIMIT $1";

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
  return done(sql.run(
      "INSERT INTO original (digest, content) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
      {ByteView(digest), message}));
}

Result<void> insert(Sql& sql, const TakenMail& mail, const Digest& by_key, const Digest& content) {
  const auto faults = faults_text(mail.faults);
  return done(
      sql.run("INSERT INTO mail (id, by_key, content, state, received_ms, sender, subject, "
              "message_id, body, original, faults, report, decided_by, decided_ms, reason) VALUES "
              "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', NULL, '')",
              {mail.id, ByteView(by_key), ByteView(content), static_cast<std::int64_t>(mail.state),
               to_ms(mail.received_at), std::string_view(mail.from), std::string_view(mail.subject),
               std::string_view(mail.message_id), std::string_view(mail.body),
               ByteView(mail.original), std::string_view(faults), store::or_null(mail.report)}));
}

Result<void> update(Sql& sql, const TakenMail& mail) {
  const auto faults = faults_text(mail.faults);
  return done(sql.run(
      "UPDATE mail SET state = $2, body = $3, faults = $4, report = $5, decided_by = $6, "
      "decided_ms = $7, reason = $8 WHERE id = $1",
      {mail.id, static_cast<std::int64_t>(mail.state), std::string_view(mail.body),
       std::string_view(faults), store::or_null(mail.report), std::string_view(mail.decided_by),
       ms_or_null(mail.decided_at), std::string_view(mail.reason)}));
}

// What the sender is told: the receipt, or what to mend.
Result<void> answer(Sql& sql, const MailAnswer& taken, std::string_view mail_from) {
  const auto& mail = taken.mail;
  if (mail_from.empty() || mail.body.empty()) return {};
  Letter letter;
  letter.to = mail.from;
  letter.from = mail_from;
  letter.written = mail.received_at;
  const auto at = mail_from.find('@');
  letter.message_id = "nhan-thu-" + std::to_string(mail.id) + "-" +
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

std::string submission_key(const Digest& by_key, const Digest& content) {
  Bytes both(by_key.begin(), by_key.end());
  both.insert(both.end(), content.begin(), content.end());
  return "mail-" + to_hex(sha256(both));
}

Result<std::optional<TakenMail>> waiting_mail(Sql& sql, std::int64_t id) {
  if (auto locked = sql.lock("mail"); !locked) return locked.error();
  return find_mail(sql, id);
}
Refusal waits_no_more() {
  return {409, "Thư này đã được xử lý.", "This letter has been dealt with.", {}};
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

Result<std::vector<TakenMail>> mail_queue(Sql& sql, std::size_t most) {
  const store::Parameter value = static_cast<std::int64_t>(most);
  return mails(sql, kWaiting, store::Parameters(&value, 1));
}

Result<MailAnswer> take_mail(Sql& sql, ByteView message, Instant received_at,
                             std::string_view mail_from, bool is_illustrative) {
  if (message.size() > papers::kMostMailBytes)
    return Error{Code::kInvalid, "the letter is over 25 MB: send a smaller one"};
  const auto read = papers::read_mail(message);
  const auto by_key = read ? key_of(*read, message) : sha256(message);
  const auto content = read ? content_of(*read) : sha256(message);
  // One after the other: whether it has come before.
  if (auto locked = sql.lock("mail"); !locked) return locked.error();
  const store::Parameter key = ByteView(by_key);
  const auto before = mails(sql, kByKey, store::Parameters(&key, 1));
  if (!before) return before.error();
  const auto same = sql.integer("SELECT id FROM mail WHERE by_key = $1 AND content = $2",
                                {ByteView(by_key), ByteView(content)});
  if (!same) return same.error();
  for (const auto& one : *before) {
    if (*same != one.id) continue;
    auto receipt = receipt_of(sql, one.report);
    if (!receipt) return receipt.error();
    return MailAnswer{one, std::move(*receipt), true};
  }

  MailAnswer taken;
  auto& mail = taken.mail;
  const auto id = next_id(sql, "SELECT MAX(id) FROM mail");
  if (!id) return id.error();
  mail.id = *id;
  mail.received_at = received_at;
  mail.original = sha256(message);
  if (!read) {
    const auto says = papers::two_languages(read.error());
    mail.state = MailState::kUnreadable;
    mail.faults = {fault_at(
        "", "Thư không đọc được. " + says.vietnamese, "The letter cannot be read. " + says.english,
        "Xem bản gốc, rồi nhập số liệu bằng tay.", "Look at the original, and enter it by hand.")};
  } else {
    mail.from = read->from;
    mail.subject = cut(read->subject, kMostSubject);
    mail.message_id = read->message_id;
    const auto body = body_of_mail(sql, read->from);
    if (!body) return body.error();
    if (*body) mail.body = (*body)->slug;
    Tried tried;
    if (!*body) {
      tried = waits(MailState::kUnknownSender, "Địa chỉ gửi chưa được đăng ký cho cơ quan nào.",
                    "The sender's address is nobody's that we know.",
                    "Chọn cơ quan gửi, hoặc để riêng thư này.",
                    "Choose the body, or set the letter aside.");
    } else if (!before->empty()) {
      tried =
          waits(MailState::kFaulty, "Đã có thư khác cùng mã thư (Message-ID) của người gửi này.",
                "Another letter of this sender had the same Message-ID.", "So hai thư rồi chọn.",
                "Compare the two and choose.");
    } else {
      const Attempt attempt{*read,          message, received_at,
                            mail.body,      {},      {},
                            "intake",       false,   submission_key(by_key, content),
                            is_illustrative};
      auto went = Reporting(sql, attempt).go();
      if (!went) return went.error();
      tried = std::move(*went);
    }
    mail.state = tried.state;
    mail.faults = std::move(tried.faults);
    taken.receipt = std::move(tried.receipt);
    if (taken.receipt) mail.report = taken.receipt->report;
  }
  if (auto kept = keep_original(sql, mail.original, message); !kept) return kept.error();
  if (auto kept = insert(sql, mail, by_key, content); !kept) return kept.error();
  if (auto told = answer(sql, taken, mail_from); !told) return told.error();
  return taken;
}

Given<MailAnswer> assign_mail(Sql& sql, const MailAssignment& assignment, std::string_view account,
                              Instant now) {
  auto found = waiting_mail(sql, assignment.mail);
  if (!found) return found.error();
  if (!*found) return refusal::not_found();
  if (!is_waiting((*found)->state)) return waits_no_more();
  auto body = find_body(sql, assignment.body);
  if (!body) {
    if (body.error().code == Code::kNotFound) return refusal::not_found();
    return body.error();
  }
  MailAnswer taken{std::move(**found), {}, false};
  auto& mail = taken.mail;
  const auto original = find_original(sql, mail.original);
  if (!original) return original.error();
  if (!*original) return Error{Code::kMalformed, "a letter's original is not there"};
  const auto read = papers::read_mail((*original)->content);
  if (!read) {
    return Refusal{422, "Thư này không đọc được; hãy nhập số liệu bằng tay.",
                   "This letter cannot be read; enter it by hand.", mail.faults};
  }
  if (assignment.remember_sender && std::ranges::find(body->mail, read->from) == body->mail.end()) {
    body->mail.push_back(read->from);
    if (auto kept = put_body(sql, *body); !kept) {
      if (kept.error().code == Code::kUnavailable) return kept.error();
      return Refusal{
          409, "Địa chỉ này đã đăng ký cho cơ quan khác.", "This address is another body's.", {}};
    }
  }
  const auto key = "mail-" + std::to_string(mail.id) + "-" + to_hex(mail.original);
  const Attempt attempt{*read,
                        (*original)->content,
                        mail.received_at,
                        body->slug,
                        assignment.form,
                        assignment.dues,
                        std::string(account),
                        true,
                        key,
                        assignment.is_illustrative};
  auto tried = Reporting(sql, attempt).go();
  if (!tried) return tried.error();
  mail.body = body->slug;
  mail.state = tried->state;
  mail.faults = std::move(tried->faults);
  mail.decided_by = account;
  mail.decided_at = now;
  taken.receipt = std::move(tried->receipt);
  if (taken.receipt) mail.report = taken.receipt->report;
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
  if (!is_waiting(mail.state)) return waits_no_more();
  mail.state = MailState::kSetAside;
  mail.decided_by = account;
  mail.decided_at = now;
  mail.reason = std::move(words);
  if (auto kept = update(sql, mail); !kept) return kept.error();
  return std::move(mail);
}

}  // namespace bz::campaign
