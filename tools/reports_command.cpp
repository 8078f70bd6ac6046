// bz report register, inbox, reconcile, show, accept, return, consolidate.
#include <algorithm>
#include <ostream>

#include "base/file.h"
#include "tools/answer_view.h"
#include "tools/report_view.h"
#include "tools/reports_command.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

using Rows = std::vector<std::vector<std::string>>;

// When a leg came for the first time whole; what came and is not whole says so.
std::string leg_of(const json::object& due, std::string_view leg) {
  const auto state = object_at(due, leg);
  if (!state) return "";
  if (const auto first = instant_at(*state, "first")) return show_second(*first);
  const auto missing = texts_at(*state, "missing_rows").size();
  if (missing == 0) return "–";
  return "chưa đủ, thiếu " + std::to_string(missing) + " dòng (incomplete)";
}

std::string marks_of(const json::object& due) {
  std::string marks;
  const auto add = [&](std::string_view mark) {
    marks += (marks.empty() ? "" : ", ") + std::string(mark);
  };
  if (flag_at(due, "corrected_after")) add("corrected after");
  if (flag_at(due, "returned")) add("returned");
  if (flag_at(due, "is_illustrative")) add("illustrative");
  if (object_at(due, "excuse")) add("excused: " + text_at(due, "excuse.reason"));
  return marks;
}

std::string plain(const json::object& object, std::string_view path) {
  const auto number = number_at(object, path);
  return number ? std::to_string(*number) : "–";
}

// As it was written; else as its column shows numbers.
std::string cell_words(const json::object& cell) {
  const auto words = text_at(cell, "words");
  const auto number = number_at(cell, "number");
  if (!words.empty() || !number) return words;
  const auto column = text_at(cell, "column");
  if (column == "rate") return vi::show_hundredths(*number) + " %";
  if (column == "reported_at") return show_second(from_ms(*number));
  return vi::show_count(*number);
}

// What an answer's `member` is, or the whole of it as JSON has been printed.
Result<std::optional<json::object>> member_or_json(const Result<std::string>& said, bool as_json,
                                                   std::string_view member, std::ostream& out) {
  if (!said) return said.error();
  if (as_json) {
    out << *said << "\n";
    return std::optional<json::object>{};
  }
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  if (member.empty()) return std::optional(*answer);
  auto found = object_at(*answer, member);
  if (!found) return Error{Code::kMalformed, "the answer is not what was asked for"};
  return found;
}

void print_report_head(std::ostream& out, const json::object& report) {
  const auto received = instant_at(report, "received_at");
  out << "Biên nhận (receipt) " << text_at(report, "receipt") << ", báo cáo (report) "
      << number_at(report, "id").value_or(0) << ", " << text_at(report, "body") << ", "
      << text_at(report, "form") << ", " << text_at(report, "channel") << ", "
      << (received ? show_second(*received) : "") << ": " << text_at(report, "state")
      << (flag_at(report, "is_illustrative") ? ", illustrative" : "") << "\n";
  if (const auto reason = text_at(report, "reason"); !reason.empty())
    out << "  sửa vì (corrected because): " << reason << "\n";
  for (const auto& due : objects_at(report, "dues"))
    out << "  " << show_due(text_at(due, "due")) << ", version "
        << number_at(due, "version").value_or(0) << "\n";
}

Result<void> decide(const DecideOptions& options, bool accept, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  json::object body{{"accept", accept}, {"reason", options.reason}};
  if (accept) body["seen"] = options.seen;
  const auto report =
      member_or_json(client->post("/reports/" + options.id + "/decision", json::serialize(body)),
                     options.client.where.json, "report", out);
  if (!report) return report.error();
  if (*report) print_report_head(out, **report);
  return {};
}

// Who decided it, and why.
std::string decision_of(const json::object& cell) {
  auto who = text_at(cell, "decided_by");
  if (who.starts_with("account:")) who.erase(0, std::string_view("account:").size());
  return "decided by " + who + ": " +
         (flag_at(cell, "is_by_acceptance") ? "nhận báo cáo (accepted with the report)"
                                            : text_at(cell, "reason"));
}

void print_cells(std::ostream& out, UnitNames& names, const std::vector<json::object>& cells,
                 bool all) {
  Rows rows{{"unit", "column", "phone", "file", "counts", "", "id"}};
  for (const auto& cell : cells) {
    const bool differs = text_at(cell, "agreement") == "differs";
    if (!all && !differs) continue;
    std::string state = text_at(cell, "agreement");
    if (flag_at(cell, "is_decided")) state = decision_of(cell);
    if (flag_at(cell, "is_flagged")) state = "FLAGGED";
    if (flag_at(cell, "is_illustrative")) state += ", illustrative";
    rows.push_back({names.of(text_at(cell, "subject")), text_at(cell, "column"),
                    count_at(cell, "phone"), count_at(cell, "file"), count_at(cell, "counting"),
                    state, text_at(cell, "cell")});
  }
  if (rows.size() > 1) print_table(out, rows, {2, 3, 4});
}

// For whoever accepts: where the other leg has another number. Those of the file that somebody has
// decided need no word.
void print_disagreements(std::ostream& out, UnitNames& names, const json::object& report) {
  const bool is_file = text_at(report, "leg") == "file";
  for (const auto& one : objects_at(report, "disagrees")) {
    auto cells = objects_at(one, "cells");
    std::erase_if(cells, [&](const json::object& cell) {
      return is_file ? !flag_at(cell, "is_flagged")
                     : number_at(cell, "counting") == number_at(cell, "phone");
    });
    if (cells.empty()) continue;
    const auto count = std::to_string(cells.size());
    if (is_file)
      out << "Điện thoại và tệp khác nhau ở " << count
          << " ô, chưa ai quyết định; nhận báo cáo này là quyết định theo tệp. · Telephone and "
             "file differ in "
          << count << (cells.size() == 1 ? " cell" : " cells")
          << ", and nobody has decided: accepting this report decides for the file.\n";
    else
      out << "Ở " << count
          << " ô, số đang tính không phải số qua điện thoại; nhận báo cáo này không đổi điều đó. · "
             "In "
          << count << (cells.size() == 1 ? " cell" : " cells")
          << " what counts is not what was said by telephone: accepting this report does not "
             "change that.\n";
    print_cells(out, names, cells, true);
    out << "  bz report reconcile --due " << text_at(one, "due") << "\n";
  }
}

}  // namespace

Result<void> run_report_register(const RegisterOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto answer = member_or_json(
      client->get("/registers", {{"body", options.body},
                                 {"task", options.task},
                                 {"from", options.from},
                                 {"to", options.to.empty() ? options.from : options.to},
                                 {"status", options.all ? "" : "late,missing"}}),
      options.client.where.json, "", out);
  if (!answer) return answer.error();
  if (!*answer) return {};
  const auto dues = objects_at(**answer, "dues");
  if (dues.empty()) {
    out << (options.all
                ? "Không có kỳ báo cáo nào. · Nothing is due on these days.\n"
                : "Không ai trễ hạn, không ai thiếu. · Nobody is late, nobody is missing.\n");
  } else {
    Rows rows{{"due", "body", "status", "phone", "file", "marks", "id"}};
    for (const auto& due : dues)
      rows.push_back({show_due(text_at(due, "id")), text_at(due, "body"), show_status(due),
                      leg_of(due, "phone"), leg_of(due, "file"), marks_of(due),
                      text_at(due, "id")});
    print_table(out, rows);
  }
  Rows rows{{"body", "task", "due", "came", "on time", "late", "missing", "excused", "open"}};
  for (const auto& tally : objects_at(**answer, "tallies"))
    rows.push_back({text_at(tally, "body"), text_at(tally, "task"), plain(tally, "dues"),
                    plain(tally, "came"), plain(tally, "on_time"), plain(tally, "late"),
                    plain(tally, "missing"), plain(tally, "excused"), plain(tally, "open")});
  if (rows.size() > 1) {
    out << "Tổng cộng (of what was due):\n";
    print_table(out, rows, {2, 3, 4, 5, 6, 7, 8});
  }
  return {};
}

Result<void> run_report_inbox(const InboxOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto answer = member_or_json(client->get("/inbox"), options.client.where.json, "", out);
  if (!answer) return answer.error();
  if (!*answer) return {};
  auto entries = objects_at(**answer, "entries");
  if (entries.empty()) out << "Không có nhắc nhở nào. · There are no reminders.\n";
  std::ranges::reverse(entries);
  for (const auto& entry : entries) {
    const auto at = instant_at(entry, "at");
    out << (at ? show_second(*at) : "") << ": " << text_at(entry, "says") << " · "
        << text_at(entry, "says_en") << "\n";
  }
  return {};
}

Result<void> run_report_reconcile(const ReconcileOptions& options, std::ostream& out) {
  std::optional<std::int64_t> value;
  if (!options.cell.empty()) {
    if (options.due.empty() || options.value.empty() || options.reason.empty())
      return Error{Code::kInvalid,
                   "to decide a cell, say all four: --due, --cell, --value and --reason"};
    const auto count = vi::read_count(options.value).result();
    if (!count) return count.error();
    value = *count;
  }
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  UnitNames names(*client);
  if (value) {
    const json::object body{{"cell", options.cell}, {"value", *value}, {"reason", options.reason}};
    const auto cell = member_or_json(
        client->post("/reconciliations/" + options.due + "/decision", json::serialize(body)),
        options.client.where.json, "cell", out);
    if (!cell) return cell.error();
    if (*cell) print_cells(out, names, {**cell}, true);
    return {};
  }
  const auto answer =
      member_or_json(client->get("/reconciliations", {{"due", options.due}, {"on", options.on}}),
                     options.client.where.json, "", out);
  if (!answer) return answer.error();
  if (!*answer) return {};
  const auto all = objects_at(**answer, "reconciliations");
  if (all.empty()) out << "Điện thoại và tệp khớp nhau. · Telephone and file agree everywhere.\n";
  for (const auto& one : all) {
    const auto due = text_at(one, "due");
    const auto cells = objects_at(one, "cells");
    const auto equal = std::ranges::count_if(
        cells, [](const json::object& cell) { return text_at(cell, "agreement") == "equal"; });
    out << due << ", " << show_due(due) << ": " << equal << " of " << cells.size()
        << " cells agree\n";
    print_cells(out, names, cells, options.all);
  }
  return {};
}

Result<void> run_report_show(const ReportShowOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto report = member_or_json(client->get("/reports/" + options.id),
                                     options.client.where.json, "report", out);
  if (!report) return report.error();
  if (*report) {
    print_report_head(out, **report);
    UnitNames names(*client);
    print_missing_rows(out, names, **report);
    Rows rows{{"line", "unit", "column", "value", "figure"}};
    for (const auto& line : objects_at(**report, "lines")) {
      const auto number = std::to_string(number_at(line, "number").value_or(0));
      const auto unit = names.of(text_at(line, "subject"));
      if (flag_at(line, "nothing")) rows.push_back({number, unit, "", "không phát sinh", ""});
      for (const auto& cell : objects_at(line, "cells"))
        rows.push_back(
            {number, unit, text_at(cell, "column"), cell_words(cell), text_at(cell, "figure")});
    }
    print_table(out, rows, {0, 3});
    print_disagreements(out, names, **report);
    out << "Bản gốc (original): " << text_at(**report, "original_type") << ", SHA-256 "
        << text_at(**report, "original_sha256") << "\n"
        << "Để chấp nhận đúng các số này (to accept just these numbers): --seen "
        << text_at(**report, "seen") << "\n";
  }
  if (options.original.empty()) return {};
  const auto bytes = client->get("/reports/" + options.id + "/original");
  if (!bytes) return bytes.error();
  return write_file(options.original, as_bytes(*bytes));
}

Result<void> run_report_accept(const DecideOptions& options, std::ostream& out) {
  // Nobody accepts numbers that they have not looked at.
  if (options.seen.empty()) {
    if (auto shown = run_report_show({options.client, options.id, {}}, out); !shown) return shown;
    return Error{Code::kInvalid,
                 "chưa chấp nhận gì: xem các số trên, rồi chạy lại với --seen ghi ở cuối · nothing "
                 "is accepted yet: look at the numbers above, then run it again with the --seen "
                 "that stands under them"};
  }
  return decide(options, true, out);
}

Result<void> run_report_return(const DecideOptions& options, std::ostream& out) {
  return decide(options, false, out);
}

Result<void> run_report_consolidate(const ConsolidateOptions& options, std::ostream& out) {
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const json::object body{
      {"task", options.task}, {"due_before", options.due_before}, {"title", options.title}};
  const auto made = member_or_json(client->post("/consolidated-reports", json::serialize(body)),
                                   options.client.where.json, "consolidated", out);
  if (!made) return made.error();
  if (!*made) return {};
  const auto& draft = **made;
  const auto due = instant_at(draft, "due_before");
  out << "Dự thảo tổng hợp (consolidated draft) " << number_at(draft, "id").value_or(0) << ": "
      << text_at(draft, "title") << "\n  " << text_at(draft, "task") << ", trước "
      << (due ? vi::show_moment(*due) : "")
      << (flag_at(draft, "is_illustrative") ? ", illustrative: it holds invented numbers" : "")
      << "\n";
  UnitNames names(*client);
  Rows rows{{"unit", "measure", "body", "value", "figure", "from", "mark"}};
  for (const auto& value : objects_at(draft, "values")) {
    std::string mark = flag_at(value, "is_illustrative") ? "illustrative" : "";
    if (flag_at(value, "corrected_since"))
      mark += mark.empty() ? "corrected since" : ", corrected since";
    const auto receipt = text_at(value, "receipt");
    rows.push_back({names.of(text_at(value, "subject")), text_at(value, "measure"),
                    text_at(value, "body"), count_at(value, "value"), text_at(value, "figure"),
                    receipt.empty() ? "–"
                                    : receipt + "/" + plain(value, "line") + " (report " +
                                          plain(value, "report") + ")",
                    mark});
  }
  if (rows.size() > 1)
    print_table(out, rows, {3});
  else
    out << "Chưa có số liệu nào được chấp nhận. · No figure is accepted yet: bz report accept.\n";
  rows = {{"sum of", "measure", "sum", "of bodies"}};
  for (const auto& sum : objects_at(draft, "sums")) {
    const auto subject = text_at(sum, "subject");
    rows.push_back({subject.empty() ? "all" : names.of(subject), text_at(sum, "measure"),
                    count_at(sum, "sum"), plain(sum, "of")});
  }
  if (rows.size() > 1) print_table(out, rows, {2, 3});
  rows = {{"body", "status then", "report", "accepted"}};
  for (const auto& one : objects_at(draft, "bodies"))
    rows.push_back({text_at(one, "body"), text_at(one, "status"), plain(one, "report"),
                    flag_at(one, "is_accepted") ? "yes" : "no"});
  print_table(out, rows, {2});
  return {};
}

}  // namespace bz::tools
