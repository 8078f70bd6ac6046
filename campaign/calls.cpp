#include "campaign/calls.h"

#include <algorithm>
#include <map>

#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kMostLines = 2'000;
constexpr std::size_t kLongestWords = 4'000;

constexpr std::string_view kSelect =
    "SELECT id, body, form, dues, account, spoken_with, began_ms, state, ended_ms, reason, report, "
    "is_drill FROM phone_call ";

PhoneCall call_of(const store::Row& row) {
  PhoneCall call;
  call.id = row.integer(0);
  call.body = row.text(1);
  call.form = row.text(2);
  for (const auto& text : split(row.text(3))) {
    if (auto key = due_key_from(text)) call.dues.push_back(std::move(*key));
  }
  call.account = row.text(4);
  call.spoken_with = row.text(5);
  call.began = from_ms(row.integer(6));
  call.state = static_cast<CallState>(row.integer(7));
  call.ended = instant_at(row, 8);
  call.reason = row.text(9);
  call.report = row.optional_integer(10);
  call.is_drill = row.integer(11) != 0;
  return call;
}

Result<void> read_lines(Sql& sql, PhoneCall& call) {
  std::map<std::int64_t, std::size_t> place;
  auto read = sql.each(
      "SELECT line, subject, is_nothing, agreed FROM phone_call_line WHERE call = $1 ORDER BY line",
      {call.id}, [&](const store::Row& row) -> Result<bool> {
        place[row.integer(0)] = call.lines.size();
        CallLine line;
        line.line.subject = row.text(1);
        line.line.nothing = row.integer(2) != 0;
        line.agreed = row.integer(3) != 0;
        call.lines.push_back(std::move(line));
        return true;
      });
  if (!read) return read.error();
  return sql.each(
      "SELECT line, field, number, words FROM phone_call_value WHERE call = $1 ORDER BY line, "
      "place",
      {call.id}, [&](const store::Row& row) -> Result<bool> {
        const auto line = place.find(row.integer(0));
        if (line == place.end()) return Error{Code::kMalformed, "a call's value has no line"};
        call.lines[line->second].line.values.push_back(
            {std::string(row.text(1)), row.optional_integer(2), std::string(row.text(3)), {}});
        return true;
      });
}

Result<std::vector<PhoneCall>> read_calls(Sql& sql, std::string_view where,
                                          std::initializer_list<store::Parameter> parameters) {
  std::vector<PhoneCall> calls;
  auto read = sql.each(std::string(kSelect) + std::string(where), parameters,
                       [&](const store::Row& row) -> Result<bool> {
                         calls.push_back(call_of(row));
                         return true;
                       });
  if (!read) return read.error();
  for (auto& call : calls) {
    if (auto lines = read_lines(sql, call); !lines) return lines.error();
  }
  return calls;
}

Result<void> write_lines(Sql& sql, std::int64_t call, const std::vector<CallLine>& lines) {
  for (const auto* statement : {"DELETE FROM phone_call_line WHERE call = $1",
                                "DELETE FROM phone_call_value WHERE call = $1"}) {
    if (auto gone = sql.run(statement, {call}); !gone) return gone.error();
  }
  std::vector<store::Parameter> rows, values;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto number = static_cast<std::int64_t>(i) + 1;
    const auto& line = lines[i].line;
    rows.insert(rows.end(),
                {call, number, std::string_view(line.subject), std::int64_t{line.nothing ? 1 : 0},
                 std::int64_t{lines[i].agreed ? 1 : 0}});
    for (std::size_t k = 0; k < line.values.size(); ++k) {
      values.insert(
          values.end(),
          {call, number, static_cast<std::int64_t>(k), std::string_view(line.values[k].column),
           store::or_null(line.values[k].number), std::string_view(line.values[k].words)});
    }
  }
  if (!rows.empty()) {
    auto written = sql.run_each(
        "INSERT INTO phone_call_line (call, line, subject, is_nothing, agreed) VALUES ($1, $2, $3, "
        "$4, $5)",
        5, rows);
    if (!written) return written.error();
  }
  if (values.empty()) return {};
  return store::done(
      sql.run_each("INSERT INTO phone_call_value (call, line, place, field, number, words) VALUES "
                   "($1, $2, $3, $4, $5, $6)",
                   6, values));
}

// What the officer typed, as it is kept in the place of a file.
Original record_of(const PhoneCall& call, const CallEntry& entry) {
  std::string text = "Điện thoại lúc " + vi::iso_local(call.began) + "\n";
  if (entry.nothing) text += "không phát sinh\n";
  for (const auto& [line, agreed] : entry.lines) {
    text += line.subject + (line.nothing ? "\tkhông phát sinh" : "");
    for (const auto& value : line.values) {
      text +=
          "\t" + value.column + "=" + (value.number ? std::to_string(*value.number) : value.words);
    }
    text += agreed ? "\tđã đọc lại, đồng ý\n" : "\tchưa đồng ý\n";
  }
  const auto bytes = as_bytes(text);
  return {"cuoc-goi-" + std::to_string(call.id) + ".txt", "text/plain; charset=utf-8",
          Bytes(bytes.begin(), bytes.end())};
}

bool is_same(const std::vector<CallLine>& there, const std::vector<CallLine>& given) {
  return std::ranges::equal(there, given, [](const CallLine& a, const CallLine& b) {
    return a.agreed == b.agreed && a.line.subject == b.line.subject &&
           a.line.nothing == b.line.nothing &&
           std::ranges::equal(a.line.values, b.line.values, [](const Value& x, const Value& y) {
             return x.column == y.column && x.number == y.number && x.words == y.words;
           });
  });
}

bool is_too_much(const CallEntry& entry) {
  if (entry.lines.size() > kMostLines) return true;
  for (const auto& given : entry.lines) {
    if (given.line.subject.size() > 100 || given.line.values.size() > 100) return true;
    for (const auto& value : given.line.values) {
      if (value.column.size() > 100 || value.words.size() > kLongestWords) return true;
    }
  }
  return false;
}

Result<Receipt> receipt_of(Sql& sql, std::int64_t id) {
  auto report = find_report(sql, id);
  if (!report) return report.error();
  if (!*report) return Error{Code::kMalformed, "a call names a report that is none"};
  Receipt receipt;
  receipt.report = id;
  receipt.number = (*report)->receipt;
  receipt.received_at = (*report)->received_at;
  for (const auto& answered : (*report)->dues) receipt.dues.push_back(answered.due);
  receipt.missing_rows = (*report)->missing_rows;
  receipt.questions = (*report)->questions;
  receipt.is_repeated = true;
  return receipt;
}

Given<CallAnswer> ended_call(Sql& sql, PhoneCall call, const CallEntry& entry) {
  if (call.state == CallState::kBrokenOff || !call.report || !is_same(call.lines, entry.lines)) {
    return refused(409, "Cuộc gọi này đã kết thúc. Muốn sửa, hãy bắt đầu cuộc gọi mới.",
                   "This call has ended. To correct it, begin another one.");
  }
  auto receipt = receipt_of(sql, *call.report);
  if (!receipt) return receipt.error();
  return CallAnswer{std::move(call), {}, std::move(*receipt), {}};
}

}  // namespace

std::string_view to_text(CallState state) {
  if (state == CallState::kFinished) return "finished";
  return state == CallState::kBrokenOff ? "broken_off" : "open";
}

Given<BegunCall> begin_call(Sql& sql, const NewCall& call, Instant now) {
  if (auto locked = sql.lock("calls"); !locked) return locked.error();
  const auto key = (call.is_drill ? "drill " : "") + call.key;
  auto before = read_calls(sql, "WHERE account = $1 AND by_key = $2",
                           {std::string_view(call.account), std::string_view(key)});
  if (!before) return before.error();
  if (!before->empty()) {
    auto& there = before->front();
    const bool is_same = there.body == call.body && there.form == call.form &&
                         there.dues == call.dues && there.spoken_with == call.spoken_with;
    if (is_same) return BegunCall{std::move(there), true};
    return refused(409, "Khóa này đã dùng cho một cuộc gọi khác.",
                   "This key was used for another call.",
                   {fault("Idempotency-Key", "Khóa đã dùng với nội dung khác.",
                          "The key was used with other content.", "Dùng khóa mới cho cuộc gọi mới.",
                          "Use a new key for a new call.")});
  }
  if (call.key.empty() || call.key.size() > 200 || call.spoken_with.size() > 200) {
    return refused(422, "Cuộc gọi thiếu khóa, hoặc chức vụ người gọi quá dài.",
                   "The call has no key, or the caller's post is too long.");
  }
  const auto body = find_body(sql, call.body);
  if (!body) {
    if (body.error().code == Code::kNotFound) return refusal::not_found();
    return body.error();
  }
  if (find_form(call.form) == nullptr) {
    return refused(422, "Không có biểu mẫu này.", "There is no such form.",
                   {fault("form", "Không có biểu mẫu này.", "There is no such form.",
                          "Chọn một biểu mẫu trong danh sách.", "Choose one of the list.")});
  }
  std::vector<std::string> dues;
  for (const auto& due : call.dues) {
    const auto there = find_due(sql, due, now);
    if (!there) return there.error();
    if (!*there || due.body != call.body) return refusal::not_found();
    dues.push_back(to_text(due));
  }
  const auto id = next_id(sql, "SELECT MAX(id) FROM phone_call");
  if (!id) return id.error();
  const auto kept = joined(dues);
  auto written = sql.run(
      "INSERT INTO phone_call (id, body, form, dues, account, by_key, spoken_with, began_ms, "
      "state, reason, is_drill) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10)",
      {*id, std::string_view(call.body), std::string_view(call.form), std::string_view(kept),
       std::string_view(call.account), std::string_view(key), std::string_view(call.spoken_with),
       to_ms(now), static_cast<std::int64_t>(CallState::kOpen), std::int64_t{call.is_drill}});
  if (!written) return written.error();
  auto begun = find_call(sql, *id);
  if (!begun) return begun.error();
  return BegunCall{std::move(**begun), false};
}

Given<CallAnswer> enter_call(Sql& sql, const CallEntry& entry, std::string_view account,
                             Instant now) {
  if (auto locked = sql.lock("calls"); !locked) return locked.error();
  auto call = find_call(sql, entry.call);
  if (!call) return call.error();
  if (!*call) return refusal::not_found();
  if ((*call)->state != CallState::kOpen) return ended_call(sql, std::move(**call), entry);
  if (now - (*call)->began > kLongestCall) {
    return refused(409, "Cuộc gọi bắt đầu hơn một giờ trước. Hãy bắt đầu cuộc gọi mới.",
                   "The call began more than an hour ago. Begin another one.");
  }
  if (is_too_much(entry)) {
    return refused(422, "Quá nhiều dòng hoặc đoạn chữ quá dài.",
                   "There are too many lines, or a text is too long.");
  }
  if (auto written = write_lines(sql, entry.call, entry.lines); !written) return written.error();
  CallAnswer answer;
  for (const auto& given : entry.lines) {
    if (!given.agreed) answer.to_ask.push_back(given.line.subject);
  }
  if (answer.to_ask.empty() && (entry.nothing || !entry.lines.empty())) {
    Submission submission;
    submission.body = (*call)->body;
    submission.form = (*call)->form;
    submission.dues = entry.dues.empty() ? (*call)->dues : entry.dues;
    submission.channel = Channel::kCall;
    submission.received_at = (*call)->began;
    submission.known_at = now;
    submission.account = account;
    submission.idempotency_key = std::to_string(entry.call);
    submission.original = record_of(**call, entry);
    for (const auto& given : entry.lines) submission.lines.push_back(given.line);
    submission.nothing = entry.nothing;
    submission.reason = entry.reason;
    submission.on_behalf = true;
    submission.is_illustrative = entry.is_illustrative || (*call)->is_drill;
    auto taken = submit(sql, submission);
    if (!taken) return taken.error();
    if (const auto* refusal = taken.refused()) {
      answer.refused = *refusal;
    } else {
      answer.receipt = std::move(taken.value());
      auto ended =
          sql.run("UPDATE phone_call SET state = $2, ended_ms = $3, report = $4 WHERE id = $1",
                  {entry.call, static_cast<std::int64_t>(CallState::kFinished), to_ms(now),
                   answer.receipt->report});
      if (!ended) return ended.error();
    }
  }
  auto after = find_call(sql, entry.call);
  if (!after) return after.error();
  answer.call = std::move(**after);
  return answer;
}

Given<PhoneCall> break_off(Sql& sql, std::int64_t call, std::string_view reason, Instant now) {
  if (reason.empty() || reason.size() > 2'000) {
    return refused(
        422, "Chưa ghi vì sao cuộc gọi bị ngắt.", "It is not said why the call ended.",
        {fault("reason", "Lý do còn trống hoặc quá dài.", "The reason is empty or too long.",
               "Ghi lý do, nhiều nhất 2.000 byte.", "Write the reason, at most 2,000 bytes.")});
  }
  if (auto locked = sql.lock("calls"); !locked) return locked.error();
  auto there = find_call(sql, call);
  if (!there) return there.error();
  if (!*there) return refusal::not_found();
  if ((*there)->state == CallState::kBrokenOff) return std::move(**there);
  if ((*there)->state == CallState::kFinished) {
    return refused(409, "Cuộc gọi này đã thành báo cáo.", "This call has become a report.");
  }
  auto ended =
      sql.run("UPDATE phone_call SET state = $2, ended_ms = $3, reason = $4 WHERE id = $1",
              {call, static_cast<std::int64_t>(CallState::kBrokenOff), to_ms(now), reason});
  if (!ended) return ended.error();
  there = find_call(sql, call);
  if (!there) return there.error();
  return std::move(**there);
}

Result<std::optional<PhoneCall>> find_call(Sql& sql, std::int64_t id) {
  auto found = read_calls(sql, "WHERE id = $1", {id});
  if (!found) return found.error();
  if (found->empty()) return std::optional<PhoneCall>{};
  return std::optional(std::move(found->front()));
}

Result<std::vector<PhoneCall>> open_calls(Sql& sql, std::string_view body) {
  return read_calls(sql, "WHERE state = 1 AND ($1 = '' OR body = $1) ORDER BY began_ms, id",
                    {body});
}

Result<std::vector<PhoneCall>> calls(Sql& sql, Instant from, Instant to, std::string_view body) {
  return read_calls(sql,
                    "WHERE began_ms >= $1 AND began_ms < $2 AND ($3 = '' OR body = $3) ORDER BY "
                    "began_ms DESC, id DESC",
                    {to_ms(from), to_ms(to), body});
}

}  // namespace bz::campaign
