// Reading a letter, which takes long: whose it is, and the report that its sheet is.
#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "campaign/bodies.h"
#include "campaign/entry.h"
#include "campaign/entry_cells.h"
#include "campaign/intake.h"
#include "campaign/tasks.h"
#include "papers/authentication.h"
#include "papers/mail.h"
#include "papers/says.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kMostSubject = 200;  // characters

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
// A letter for which nobody vouches never stands for another, which may be the true one.
Digest key_of(const papers::Mail& mail, ByteView message, bool is_vouched) {
  if (!is_vouched || mail.message_id.empty()) return sha256(message);
  const auto text = mail.from + "\n" + mail.message_id;
  return sha256(as_bytes(text));
}

// A letter of a drill is never the same as a true one.
Digest of_drill(const Digest& key) {
  return sha256(as_bytes("drill " + to_hex(key)));
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

void waits(ReadLetter& letter, MailState state, std::string_view says, std::string_view says_en,
           std::string_view todo, std::string_view todo_en) {
  letter.submission.reset();
  letter.state = state;
  letter.faults = {fault_at("", says, says_en, todo, todo_en)};
}

// What a letter is tried as.
struct Attempt {
  std::string form = {};          // empty: each that is asked of its body
  std::vector<DueKey> dues = {};  // empty: those that it names
  std::string account = "intake";
  bool on_behalf = false;
  std::string key;
};

// Makes a report of a letter whose body is known, or says why it waits.
class Reporting {
 public:
  Reporting(Sql& sql, const papers::Mail& mail, const Attempt& attempt, ReadLetter& letter)
      : sql_(sql), mail_(mail), attempt_(attempt), letter_(letter) {}

  Result<void> go() {
    const papers::Attachment* sheet = nullptr;
    int sheets = 0;
    for (const auto& attachment : mail_.attachments) {
      if (!may_be_form(attachment)) continue;
      sheet = &attachment;
      ++sheets;
    }
    if (sheets == 0) {
      waits(letter_, MailState::kNoSheet, "Thư không kèm tệp .xlsx hoặc .csv nào.",
            "No .xlsx or .csv is attached.", "Gửi lại thư, kèm biểu mẫu đã điền (.xlsx hoặc .csv).",
            "Send it again with the filled form attached (.xlsx or .csv).");
      return {};
    }
    if (sheets > 1) {
      waits(letter_, MailState::kNoSheet, "Thư kèm nhiều tệp có thể là biểu mẫu.",
            "Several attachments may be the form.", "Gửi mỗi thư một biểu mẫu.",
            "Send one form with each letter.");
      return {};
    }
    const auto forms = forms_asked();
    if (!forms) return forms.error();
    return read(open_file(sheet->content), *forms);
  }

 private:
  Result<std::vector<std::string>> forms_asked() {
    if (!attempt_.form.empty()) return std::vector<std::string>{attempt_.form};
    const auto asked = tasks(sql_, letter_.body);
    if (!asked) return asked.error();
    std::set<std::string> forms;
    for (const auto& task : *asked) forms.insert(task.form);
    return std::vector<std::string>(forms.begin(), forms.end());
  }

  Result<Entry> read_as(const Opened& sheet, const std::string& form) {
    const auto day = day_meant(sql_, letter_.body, form, letter_.received_at);
    if (!day) return day.error();
    return read_entry(sql_, {letter_.body, form, *day, attempt_.dues, mail_.subject}, sheet);
  }

  Result<void> read(const Opened& sheet, const std::vector<std::string>& forms) {
    std::optional<Entry> chosen, refused;
    std::string form;
    int clean = 0;
    for (const auto& one : forms) {
      auto entry = read_as(sheet, one);
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
      waits(letter_, MailState::kFaulty, "Tệp có thể là nhiều biểu mẫu khác nhau.",
            "The file may be of several forms.", "Chọn biểu mẫu.", "Choose the form.");
    } else if (chosen) {
      hand_in_as(form, std::move(*chosen));
    } else if (refused) {
      letter_.state = MailState::kFaulty;
      letter_.faults = std::move(refused->faults);
    } else {
      waits(letter_, MailState::kFaulty, "Chưa giao báo cáo nào cho cơ quan này.",
            "No report is asked of this body.", "Kiểm tra người gửi và nhiệm vụ.",
            "Check the sender and the task.");
    }
    return {};
  }

  void hand_in_as(const std::string& form, Entry entry) {
    auto& submission = letter_.submission.emplace();
    submission.body = letter_.body;
    submission.form = form;
    submission.dues = attempt_.dues.empty() ? std::move(entry.dues) : attempt_.dues;
    submission.channel = Channel::kMail;
    submission.received_at = letter_.received_at;
    submission.account = attempt_.account;
    submission.idempotency_key = attempt_.key;
    submission.original = {"", "message/rfc822", letter_.message};
    submission.lines = std::move(entry.lines);
    submission.nothing = entry.nothing;
    submission.stated = mail_.dated;
    submission.on_behalf = attempt_.on_behalf;
  }

  Sql& sql_;
  const papers::Mail& mail_;
  const Attempt& attempt_;
  ReadLetter& letter_;
};

std::string submission_key(const Digest& by_key, const Digest& content) {
  Bytes both(by_key.begin(), by_key.end());
  both.insert(both.end(), content.begin(), content.end());
  return "mail-" + to_hex(sha256(both));
}

}  // namespace

Refusal refusal::dealt_with() {
  return {409, "Thư này đã được xử lý.", "This letter has been dealt with.", {}};
}

Result<ReadLetter> read_letter(Sql& sql, ByteView message, Instant received_at,
                               const MailRules& rules) {
  if (message.size() > papers::kMostMailBytes)
    return Error{Code::kInvalid, "the letter is over 25 MB: send a smaller one"};
  const auto read = papers::read_mail(message);
  const bool is_vouched =
      read && papers::vouches(rules.authserv_id, read->authentication_results, read->from);
  ReadLetter letter;
  letter.message.assign(message.begin(), message.end());
  letter.received_at = received_at;
  letter.by_key = read ? key_of(*read, message, is_vouched) : sha256(message);
  if (rules.is_illustrative) letter.by_key = of_drill(letter.by_key);
  letter.content = read ? content_of(*read) : letter.by_key;
  if (!read) {
    const auto says = papers::two_languages(read.error());
    waits(letter, MailState::kUnreadable, "Thư không đọc được. " + says.vietnamese,
          "The letter cannot be read. " + says.english, "Xem bản gốc, rồi nhập số liệu bằng tay.",
          "Look at the original, and enter it by hand.");
    return letter;
  }
  letter.from = read->from;
  letter.subject = cut(read->subject, kMostSubject);
  letter.message_id = read->message_id;
  letter.is_automatic = read->is_automatic;
  const auto body = body_of_mail(sql, read->from);
  if (!body) return body.error();
  if (!*body) {
    waits(letter, MailState::kUnknownSender, "Địa chỉ gửi chưa được đăng ký cho cơ quan nào.",
          "The sender's address is nobody's that we know.",
          "Chọn cơ quan gửi, hoặc để riêng thư này.", "Choose the body, or set the letter aside.");
    return letter;
  }
  if (!is_vouched) {
    waits(letter, MailState::kUnvouched,
          "Người gửi chưa được xác thực: ai cũng có thể ghi địa chỉ này vào thư.",
          "The sender is not vouched for: anybody can write this address.",
          "Hỏi lại cơ quan gửi, rồi chọn cơ quan hoặc để riêng thư này.",
          "Ask the body, then choose it or set the letter aside.");
    return letter;
  }
  letter.body = (*body)->slug;
  const auto before = sql.integer("SELECT id FROM mail WHERE by_key = $1 ORDER BY id LIMIT 1",
                                  {ByteView(letter.by_key)});
  if (!before) return before.error();
  if (*before) return letter;  // take_mail() has no use for what it says
  Attempt attempt;
  attempt.key = submission_key(letter.by_key, letter.content);
  if (auto done = Reporting(sql, *read, attempt, letter).go(); !done) return done.error();
  return letter;
}

Given<ReadLetter> read_assigned(Sql& sql, const MailAssignment& assignment,
                                std::string_view account) {
  const auto mail = find_mail(sql, assignment.mail);
  if (!mail) return mail.error();
  if (!*mail) return refusal::not_found();
  if (!is_waiting((*mail)->state)) return refusal::dealt_with();
  const auto body = find_body(sql, assignment.body);
  if (!body) {
    if (body.error().code == Code::kNotFound) return refusal::not_found();
    return body.error();
  }
  auto original = find_original(sql, (*mail)->original);
  if (!original) return original.error();
  if (!*original) return Error{Code::kMalformed, "a letter's original is not there"};
  const auto read = papers::read_mail((*original)->content);
  if (!read) {
    return Refusal{422, "Thư này không đọc được; hãy nhập số liệu bằng tay.",
                   "This letter cannot be read; enter it by hand.", (*mail)->faults};
  }
  ReadLetter letter;
  letter.message = std::move((*original)->content);
  letter.received_at = (*mail)->received_at;
  letter.from = read->from;
  letter.body = body->slug;
  Attempt attempt;
  attempt.form = assignment.form;
  attempt.dues = assignment.dues;
  attempt.account = account;
  attempt.on_behalf = true;
  attempt.key = "mail-" + std::to_string((*mail)->id) + "-" + to_hex((*mail)->original);
  if (auto done = Reporting(sql, *read, attempt, letter).go(); !done) return done.error();
  return letter;
}

}  // namespace bz::campaign
