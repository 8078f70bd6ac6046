#include "campaign/reports.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "campaign/report_look.h"
#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

struct ChannelWord {
  Channel channel;
  std::string_view text;
};
constexpr std::array<ChannelWord, 6> kChannels{{{Channel::kWeb, "web"},
                                                {Channel::kApi, "api"},
                                                {Channel::kCsv, "csv"},
                                                {Channel::kXlsx, "xlsx"},
                                                {Channel::kMail, "mail"},
                                                {Channel::kCall, "call"}}};

int year_of(Instant t) {
  return static_cast<int>(std::chrono::year_month_day(vi::local_day(t)).year());
}

}  // namespace

Digest request_digest(const Submission& submission) {
  Sha256Stream stream;
  const auto add = [&](std::string_view text) {
    const auto length = std::to_string(text.size()) + ":";
    stream.add(as_bytes(length));
    stream.add(as_bytes(text));
  };
  add(submission.form);
  add(to_text(submission.channel));
  add(submission.nothing ? "nothing" : "");
  add(submission.reason);
  for (const auto& due : submission.dues) add(to_text(due));
  stream.add(submission.original.content);
  return stream.finish();
}

namespace {

Digest digest_of(const Submission& submission) {
  return submission.request ? *submission.request : request_digest(submission);
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 200 &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
}

struct Before {
  std::int64_t id = 0;
  Digest digest{};
};

// A call's key is ours and apart from clients': none of theirs has a blank. What was invented is
// never the same as what is true.
std::string kept_key(const Submission& submission) {
  std::string key = submission.is_illustrative ? "drill " : "";
  if (submission.channel == Channel::kCall) key += "call ";
  return key + submission.idempotency_key;
}

Result<std::optional<Before>> report_by_key(Sql& sql, const Submission& submission) {
  std::optional<Before> before;
  const auto key = kept_key(submission);
  auto read =
      sql.each("SELECT id, digest FROM report WHERE body = $1 AND account = $2 AND by_key = $3",
               {std::string_view(submission.body), std::string_view(submission.account),
                std::string_view(key)},
               [&](const store::Row& row) -> Result<bool> {
                 Before one{row.integer(0), {}};
                 const auto digest = row.blob(1);
                 if (digest.size() != one.digest.size())
                   return Error{Code::kMalformed, "a report's hash is not of 32 bytes"};
                 std::ranges::copy(digest, one.digest.begin());
                 before = one;
                 return false;
               });
  if (!read) return read.error();
  return before;
}

Given<Receipt> receipt_again(Sql& sql, const Before& before, const Digest& digest) {
  if (before.digest != digest) {
    return refused(409, "Khóa này đã dùng cho một báo cáo khác.",
                   "This key was used for another report.",
                   {fault("Idempotency-Key", "Khóa đã dùng với nội dung khác.",
                          "The key was used with other bytes.", "Dùng khóa mới cho báo cáo mới.",
                          "Use a new key for a new report.")});
  }
  const auto report = find_report(sql, before.id);
  if (!report) return report.error();
  if (!*report) return Error{Code::kMalformed, "a report that was there is not"};
  Receipt receipt;
  receipt.report = before.id;
  receipt.number = (*report)->receipt;
  receipt.received_at = (*report)->received_at;
  for (const auto& answered : (*report)->dues) receipt.dues.push_back(answered.due);
  receipt.questions = (*report)->questions;
  receipt.missing_rows = (*report)->missing_rows;
  receipt.is_repeated = true;
  return receipt;
}

// Everything of a new report but its figures.
class Writing {
 public:
  Writing(Sql& sql, const Submission& given, const Looked& looked)
      : sql_(sql), given_(given), looked_(looked) {}

  Result<Receipt> write(const Digest& digest) {
    const auto id = next_id(sql_, "SELECT MAX(id) FROM report");
    if (!id) return id.error();
    const std::int64_t year = year_of(given_.received_at);
    const auto last = sql_.integer("SELECT MAX(number) FROM report WHERE year = $1", {year});
    if (!last) return last.error();
    receipt_.report = *id;
    receipt_.number = receipt_number(year, last->value_or(0) + 1);
    receipt_.received_at = given_.received_at;
    receipt_.dues = looked_.dues;
    receipt_.missing_rows = looked_.missing_rows;
    receipt_.questions = looked_.questions;
    if (auto done = head(digest, year, last->value_or(0) + 1); !done) return done.error();
    if (auto done = answered(); !done) return done.error();
    if (auto done = lines(); !done) return done.error();
    if (auto done = questions(); !done) return done.error();
    if (auto done = figures(); !done) return done.error();
    return std::move(receipt_);
  }

 private:
  Result<void> head(const Digest& digest, std::int64_t year, std::int64_t number) {
    const auto original = sha256(given_.original.content);
    auto kept = sql_.run(
        "INSERT INTO original (digest, content) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        {ByteView(original), ByteView(given_.original.content)});
    if (!kept) return kept.error();
    const auto missing = joined(looked_.missing_rows);
    const auto key = kept_key(given_);
    return store::done(sql_.run(
        "INSERT INTO report (id, year, number, body, form, form_version, account, by_key, digest, "
        "channel, received_ms, stated_ms, on_behalf, is_nothing, missing_rows, illustrative, "
        "reason, "
        "state, decided_by, decision_reason, original, original_name, original_type, known_ms) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
        "'', '', $19, $20, $21, $22)",
        {receipt_.report,
         year,
         number,
         std::string_view(given_.body),
         looked_.form->id,
         std::int64_t{looked_.form->version},
         std::string_view(given_.account),
         std::string_view(key),
         ByteView(digest),
         static_cast<std::int64_t>(given_.channel),
         to_ms(given_.received_at),
         ms_or_null(given_.stated),
         std::int64_t{given_.on_behalf ? 1 : 0},
         std::int64_t{given_.nothing ? 1 : 0},
         std::string_view(missing),
         std::int64_t{given_.is_illustrative ? 1 : 0},
         std::string_view(given_.reason),
         static_cast<std::int64_t>(ReportState::kSubmitted),
         ByteView(original),
         std::string_view(given_.original.name),
         std::string_view(given_.original.media_type),
         to_ms(given_.known())}));
  }

  Result<void> answered() {
    for (const auto& due : looked_.dues) {
      const auto last = sql_.integer(
          "SELECT MAX(version) FROM report_due WHERE task = $1 AND body = $2 AND due_ms = $3",
          {std::string_view(due.task), std::string_view(due.body), to_ms(due.due_before)});
      if (!last) return last.error();
      auto written = sql_.run(
          "INSERT INTO report_due (task, body, due_ms, version, report) VALUES ($1, $2, $3, $4, "
          "$5)",
          {std::string_view(due.task), std::string_view(due.body), to_ms(due.due_before),
           last->value_or(0) + 1, receipt_.report});
      if (!written) return written.error();
    }
    return {};
  }

  Result<void> lines() {
    std::vector<store::Parameter> rows, values;
    for (const auto& placed : looked_.lines) {
      rows.insert(rows.end(),
                  {receipt_.report, placed.number, std::string_view(placed.line.subject),
                   std::int64_t{placed.line.nothing ? 1 : 0}});
      for (const auto& value : placed.line.values) {
        const auto* column = find_column(*looked_.form, value.column);
        values.insert(values.end(), {receipt_.report, placed.number,
                                     std::int64_t{column - looked_.form->columns.data()},
                                     std::string_view(value.column), store::or_null(value.number),
                                     std::string_view(value.words)});
      }
    }
    if (!rows.empty()) {
      auto written = sql_.run_each(
          "INSERT INTO report_line (report, line, subject, is_nothing) VALUES ($1, $2, $3, $4)", 4,
          rows);
      if (!written) return written.error();
    }
    if (values.empty()) return {};
    return store::done(
        sql_.run_each("INSERT INTO report_value (report, line, place, field, number, words) "
                      "VALUES ($1, $2, $3, $4, $5, $6)",
                      6, values));
  }

  Result<void> questions() {
    std::int64_t place = 0;
    for (const auto& question : looked_.questions) {
      const auto& finding = question.finding;
      auto written = sql_.run(
          "INSERT INTO report_question (report, place, subject, field, kind, says, says_en, todo, "
          "todo_en) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
          {receipt_.report, place++, std::string_view(question.subject),
           std::string_view(question.column), std::string_view(finding.check),
           std::string_view(finding.says), std::string_view(finding.says_en),
           std::string_view(finding.todo), std::string_view(finding.todo_en)});
      if (!written) return written.error();
    }
    return {};
  }

  Result<void> figures() {
    std::vector<NewFigure> made;
    for (const auto& placed : looked_.figures) {
      made.push_back(placed.figure);
      made.back().reference = line_reference(receipt_.number, placed.line);
    }
    if (made.empty()) return {};
    const auto ids = record(sql_, made);
    if (!ids) return ids.error();
    std::vector<std::string> texts;
    for (const auto& id : *ids) texts.push_back(to_text(id));
    std::vector<store::Parameter> values;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto& placed = looked_.figures[i];
      values.insert(values.end(), {receipt_.report, placed.line, placed.place,
                                   to_ms(placed.figure.cut_off), std::string_view(texts[i])});
    }
    return store::done(sql_.run_each(
        "INSERT INTO report_figure (report, line, place, due_ms, figure) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT (report, line, place, due_ms) DO NOTHING",
        5, values));
  }

  Sql& sql_;
  const Submission& given_;
  const Looked& looked_;
  Receipt receipt_;
};

}  // namespace

std::string_view to_text(Channel channel) {
  for (const auto& word : kChannels) {
    if (word.channel == channel) return word.text;
  }
  return "";
}

std::optional<Channel> channel_from(std::string_view text) {
  for (const auto& word : kChannels) {
    if (word.text == text) return word.channel;
  }
  return std::nullopt;
}

std::string_view to_text(ReportState state) {
  if (state == ReportState::kAccepted) return "accepted";
  return state == ReportState::kReturned ? "returned" : "submitted";
}

std::string line_reference(std::string_view receipt, std::int64_t line) {
  return std::string(receipt) + "/" + std::to_string(line);
}

std::optional<LineReference> line_reference_from(std::string_view reference) {
  const auto slash = reference.rfind('/');
  if (slash == std::string_view::npos || !reference.starts_with("BC-")) return std::nullopt;
  const auto digits = reference.substr(slash + 1);
  std::int64_t line = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || line < 1)
    return std::nullopt;
  return LineReference{std::string(reference.substr(0, slash)), line};
}

Given<std::optional<Receipt>> receipt_before(Sql& sql, const Submission& submission) {
  const auto before = report_by_key(sql, submission);
  if (!before) return before.error();
  if (!*before) return std::optional<Receipt>{};
  auto receipt = receipt_again(sql, **before, digest_of(submission));
  if (!receipt) return receipt.error();
  if (const auto* refusal = receipt.refused()) return *refusal;
  return std::optional(std::move(receipt.value()));
}

Given<Checked> check_report(Sql& sql, const Submission& submission) {
  auto looked = look_at(sql, submission);
  if (!looked) return looked.error();
  if (const auto* refusal = looked.refused()) return *refusal;
  auto& found = looked.value();
  Checked checked{
      std::move(found.dues), std::move(found.missing_rows), std::move(found.questions), {}};
  for (auto& placed : found.figures) checked.figures.push_back(std::move(placed.figure));
  return checked;
}

Given<Receipt> submit(Sql& sql, const Submission& submission) {
  if (!is_key(submission.idempotency_key)) {
    return refused(
        422, "Thiếu khóa chống gửi trùng.", "There is no Idempotency-Key.",
        {fault("Idempotency-Key", "Khóa phải có 1 đến 200 ký tự ASCII.",
               "The key has 1 to 200 printable ASCII characters.",
               "Gửi kèm một khóa mới cho mỗi báo cáo.", "Send a new key with each report.")});
  }
  // One after the other: whether the key is new, which version this is, and its number.
  if (auto locked = sql.lock("reports"); !locked) return locked.error();
  auto before = receipt_before(sql, submission);
  if (!before) return before.error();
  if (const auto* refusal = before.refused()) return *refusal;
  if (before.value()) return std::move(*before.value());
  auto looked = look_at(sql, submission);
  if (!looked) return looked.error();
  if (const auto* refusal = looked.refused()) return *refusal;
  auto receipt = Writing(sql, submission, looked.value()).write(digest_of(submission));
  if (!receipt) return receipt.error();
  return std::move(*receipt);
}

}  // namespace bz::campaign
