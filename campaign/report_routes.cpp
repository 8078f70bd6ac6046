// What bodies hand in: checking it, taking it, showing it, deciding about it, and drafting from it.
#include <algorithm>

#include "base/date.h"
#include "campaign/bodies.h"
#include "campaign/desk.h"
#include "campaign/entry.h"
#include "campaign/print.h"
#include "campaign/report_json.h"
#include "campaign/sight.h"
#include "papers/mail.h"
#include "vi/calendar.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kClerk[] = {"clerk"};
constexpr std::string_view kDuty[] = {"duty"};
constexpr std::string_view kApprover[] = {"approver"};
constexpr std::string_view kOfficer[] = {"officer"};
constexpr std::string_view kDeciders[] = {"officer", "duty"};
constexpr std::string_view kXlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::size_t kLongestReport = 1'000'000;  // JSON
constexpr std::size_t kLongestKey = 200;

Response file_response(const Bytes& bytes, std::string_view type, const std::string& name) {
  Response response;
  response.body.assign(bytes.begin(), bytes.end());
  response.set("content-type", std::string(type));
  response.set("content-disposition", "attachment; filename=\"" + name + "\"");
  response.set("x-content-type-options", "nosniff");
  return response;
}

// What a person wrote that names no due, no form, no moment.
Refusal unclear(Fault fault) {
  return {400, "Tham số không đúng.", "A parameter is not right.", {std::move(fault)}};
}
Refusal no_due(std::string_view cell) {
  return unclear({std::string(cell), "Đây không phải mã kỳ báo cáo.", "This is no due's id.",
                  "Dùng mã trong sổ theo dõi, ví dụ bp-5.2:viettel-70:1598346000000.",
                  "Use an id of the register, such as bp-5.2:viettel-70:1598346000000."});
}
Refusal no_form() {
  std::string ids;
  for (const auto& form : forms()) ids += (ids.empty() ? "" : ", ") + std::string(form.id);
  return unclear({"form", "Không có biểu mẫu này.", "There is no such form.",
                  "Chọn một trong: " + ids + ".", "Choose one of: " + ids + "."});
}
Refusal no_moment(std::string_view cell, const vi::Refusal& refusal) {
  return unclear(
      {std::string(cell), refusal.says, refusal.says_en, refusal.advice, refusal.advice_en});
}

// ---- handing in

// A report as it came: what it says, and what is wrong with how it says it.
struct HandedIn {
  Submission submission;
  std::vector<Fault> faults;
  std::optional<Receipt> before = {};  // the same has come already
};

Refusal faulty(std::vector<Fault> faults) {
  return {422, "Báo cáo có chỗ cần sửa; chưa có gì được lưu.",
          "The report has something to mend; nothing was kept.", std::move(faults)};
}

Given<HandedIn> read_json(const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestReport);
  if (!json) return unreadable(json.error());
  HandedIn in;
  auto& submission = in.submission;
  submission.channel = Channel::kApi;
  submission.body = json->text("body").value_or("");
  submission.form = json->text("form").value_or("");
  auto dues = dues_from(json->texts("dues").value_or(std::vector<std::string>{}));
  submission.nothing = json->boolean("nothing").value_or(false);
  submission.reason = json->text("reason").value_or("");
  const auto stated = json->text("stated");
  const auto* form = find_form(submission.form);
  if (form == nullptr) return no_form();
  auto read = read_lines(*form, *json);
  if (!read) return unreadable(read.error());
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!dues) return no_due("dues");
  submission.dues = std::move(*dues);
  submission.lines = std::move(read->lines);
  in.faults = std::move(read->faults);
  if (stated) {
    const auto at = vi::read_instant(*stated);
    if (!at) return no_moment("stated", at.refusal());
    submission.stated = *at;
  }
  return in;
}

// A file or a pasted block: whose it is, for what, stands in the query.
Given<HandedIn> read_query(const Request& request, std::string_view type) {
  HandedIn in;
  auto& submission = in.submission;
  submission.channel = type == "text/plain" ? Channel::kWeb
                       : type == kXlsx      ? Channel::kXlsx
                                            : Channel::kCsv;
  submission.body = query(request, "body");
  submission.form = query(request, "form", "bm1");
  submission.reason = query(request, "reason");
  auto dues = dues_from(query(request, "dues"));
  if (!dues) return no_due("dues");
  submission.dues = std::move(*dues);
  if (find_form(submission.form) == nullptr) return no_form();
  return in;
}

// What the file or block says. Nothing: go on.
Result<std::optional<Refusal>> read_sheet_of(store::Sql& sql, const Request& request,
                                             HandedIn& in) {
  auto& submission = in.submission;
  const auto day = day_meant(sql, submission.body, submission.form, submission.received_at);
  if (!day) return day.error();
  EntryQuestion question;
  question.body = submission.body;
  question.form = submission.form;
  question.day = *day;
  question.dues = submission.dues;
  auto entry = submission.channel == Channel::kWeb
                   ? read_entry_pasted(sql, question, request.body)
                   : read_entry_file(sql, question, as_bytes(request.body));
  if (!entry) {
    if (auto refused = refused_by(entry.error())) return refused;
    return entry.error();
  }
  submission.lines = std::move(entry->lines);
  submission.nothing = entry->nothing;
  if (submission.dues.empty()) submission.dues = std::move(entry->dues);
  in.faults = std::move(entry->faults);
  return std::optional<Refusal>{};
}

// A clerk of the body, or an officer on duty who records it on the body's behalf.
Result<std::optional<Grant>> who_hands_in(store::Sql& sql, const Caller& caller,
                                          Submission& submission) {
  Sight sight(sql, caller);
  auto grant = sight.grant_over(kClerk, submission.body);
  if (!grant || *grant) return grant;
  grant = sight.grant_over(kDuty, submission.body);
  submission.on_behalf = grant && *grant;
  return grant;
}

// A file is read for nobody who may not hand it in, nor again where (to be handed in) the same has
// come already: that costs far more than asking.
Given<HandedIn> read_report(store::Sql& sql, const Caller& caller, const Request& request,
                            bool is_final) {
  auto type = request.header("content-type").value_or("");
  type = type.substr(0, type.find(';'));
  if (type != "application/json" && type != "text/plain" && type != "text/csv" && type != kXlsx)
    return Refusal{415,
                   "Báo cáo gửi bằng JSON, CSV, XLSX hoặc văn bản dán vào.",
                   "A report comes as application/json, text/csv, text/plain or an XLSX file.",
                   {}};
  const bool is_json = type == "application/json";
  auto in = is_json ? read_json(request) : read_query(request, type);
  if (!in || in.refused() != nullptr) return in;
  auto& submission = in.value().submission;
  submission.received_at = caller.received;
  submission.account = caller.account;
  submission.idempotency_key = request.header("idempotency-key").value_or("");
  submission.original.name = query(request, "name");
  submission.original.media_type = type;
  submission.original.content.assign(request.body.begin(), request.body.end());
  submission.request = request_digest(submission);
  const auto grant = who_hands_in(sql, caller, submission);
  if (!grant) return grant.error();
  // Of a body that is not there the reader of a file says so at once.
  if (!*grant && (is_json || find_body(sql, submission.body))) return refusal::not_yours();
  if (*grant && is_final) {
    auto before = receipt_before(sql, submission);
    if (!before) return before.error();
    if (const auto* refused = before.refused()) return *refused;
    in.value().before = std::move(before.value());
  }
  if (is_json || in.value().before) return in;
  const auto refused = read_sheet_of(sql, request, in.value());
  if (!refused) return refused.error();
  if (*refused) return **refused;
  return in;
}

Answer check_only(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto in = read_report(sql, caller, request, false);
    if (!in) return in.error();
    if (const auto* refused = in.refused()) return *refused;
    auto& submission = in.value().submission;
    const auto grant = who_hands_in(sql, caller, submission);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    if (submission.idempotency_key.empty()) submission.idempotency_key = "check";
    if (!in.value().faults.empty()) return faulty(in.value().faults);
    const auto checked = check_report(sql, submission);
    if (!checked) return checked.error();
    if (const auto* refused = checked.refused()) return *refused;
    std::vector<std::string> dues;
    for (const auto& due : checked.value().dues) dues.push_back(to_text(due));
    std::vector<std::string> questions;
    for (const auto& question : checked.value().questions)
      questions.push_back(question_json(question));
    return http::json_response(200, JsonWriter()
                                        .texts("dues", dues)
                                        .texts("missing_rows", checked.value().missing_rows)
                                        .list("questions", questions)
                                        .done());
  });
}

Answer hand_in(const Desk& desk, const Caller& caller, const Request& request) {
  const auto key = request.header("idempotency-key").value_or("");
  if (key.empty() || key.size() > kLongestKey) return refusal::bad_query("Idempotency-Key");
  // Not in the writing transaction: a large file would keep all others waiting.
  auto in =
      desk.store.read([&](store::Sql& sql) { return read_report(sql, caller, request, true); });
  if (!in) return in.error();
  if (const auto* refused = in.refused()) return *refused;
  if (in.value().before) return http::json_response(200, receipt_json(*in.value().before));
  auto& submission = in.value().submission;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = who_hands_in(sql, caller, submission);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    if (!in.value().faults.empty()) return faulty(in.value().faults);
    submission.is_illustrative = desk.is_drill;
    submission.known_at = desk.now();
    const auto receipt = submit(sql, submission);
    if (!receipt) return receipt.error();
    if (const auto* refused = receipt.refused()) return *refused;
    if (!receipt.value().is_repeated) {
      if (auto noted = note(sql, desk.now(), caller, **grant, "report handed in",
                            receipt.value().number, submission.body);
          !noted)
        return noted.error();
    }
    return http::json_response(receipt.value().is_repeated ? 200 : 201,
                               receipt_json(receipt.value()));
  });
}

// ---- showing

// "17", "17.pdf"
struct Named {
  std::optional<std::int64_t> id;
  std::string_view type;
};
Named named(std::string_view text) {
  const auto dot = text.find('.');
  return {number_in(text.substr(0, dot)),
          dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1)};
}

std::string_view media_type(std::string_view type) {
  if (type == "pdf") return "application/pdf";
  return type == "csv" ? "text/csv" : kXlsx;
}

// Nothing where the caller may not know of it.
Result<std::optional<Report>> seen_report(store::Sql& sql, const Caller& caller,
                                          std::optional<std::int64_t> id) {
  if (!id) return std::optional<Report>{};
  auto report = find_report(sql, *id);
  if (!report || !*report) return report;
  const auto sees = Sight(sql, caller).of_body((*report)->body);
  if (!sees) return sees.error();
  if (!*sees) return std::optional<Report>{};
  return report;
}

// Why a report that one may not see is refused. Whoever accepts for the body that receives it knows
// of it, and is told what is missing; to everybody else there is none.
Answer why_hidden(store::Sql& sql, const Caller& caller, std::optional<std::int64_t> id) {
  const auto report =
      id ? find_report(sql, *id) : Result<std::optional<Report>>{std::optional<Report>{}};
  if (!report) return report.error();
  const auto is_operators = Sight(sql, caller).is_an_operators();
  if (!is_operators) return is_operators.error();
  if (!*report || *is_operators) return refusal::not_found();
  for (const auto& answered : (*report)->dues) {
    const auto task = find_task(sql, answered.due.task);
    if (!task) return task.error();
    if (!*task) continue;
    const auto grant = grant_for(sql, caller.grants, kApprover, (*task)->receiver);
    if (!grant) return grant.error();
    if (*grant) {
      return Refusal{
          403,
          "Cơ quan nhận báo cáo chưa được ghi là phụ trách cơ quan gửi, nên tài khoản này chưa "
          "duyệt "
          "được. Đề nghị quản trị viên của tỉnh ghi điều đó, hoặc cấp quyền duyệt trên cả tỉnh.",
          "The receiving body is not entered as answering for the body that reports, so this "
          "account "
          "cannot accept it. Ask the province's administrator to enter that, or for an approver's "
          "grant over the province.",
          {}};
    }
  }
  return refusal::not_found();
}

// With what its cells count as now, and where the other leg says otherwise.
Answer show(store::Sql& sql, const Report& report) {
  const auto standing = standing_of(sql, report);
  if (!standing) return standing.error();
  const auto disagrees = disagreements(sql, report);
  if (!disagrees) return disagrees.error();
  return http::json_response(
      200, JsonWriter().json("report", report_json(report, *standing, *disagrees)).done());
}

Answer show_report(const Desk& desk, const Caller& caller, const Request& request) {
  const auto [id, type] = named(request.parameter("id"));
  return desk.store.read([&, id = id, type = type](store::Sql& sql) -> Answer {
    const auto report = seen_report(sql, caller, id);
    if (!report) return report.error();
    if (!*report) return why_hidden(sql, caller, id);
    if (type.empty()) return show(sql, **report);
    if (type != "pdf" && type != "xlsx" && type != "csv") return refusal::not_found();
    const auto bytes = type == "pdf"    ? report_pdf(sql, **report)
                       : type == "xlsx" ? report_xlsx(sql, **report)
                                        : report_csv(sql, **report);
    if (!bytes) return bytes.error();
    return file_response(*bytes, media_type(type), (*report)->receipt + "." + std::string(type));
  });
}

// As it came. Never shown as what its sender called it: a browser only keeps it.
Answer show_original(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto report = seen_report(sql, caller, number_in(request.parameter("id")));
    if (!report) return report.error();
    if (!*report) return refusal::not_found();
    const auto original = find_original(sql, (*report)->original);
    if (!original) return original.error();
    if (!*original) return refusal::not_found();
    return file_response((*original)->content, "application/octet-stream", (*report)->receipt);
  });
}

// Who accepts stands above: a grant over just the reporting body is not enough, and nobody accepts
// what they handed in themselves.
Answer decide_report(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  ReportDecision decision;
  const auto accept = json->boolean("accept");
  decision.reason = json->text("reason").value_or("");
  decision.seen = json->text("seen").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!accept) return refusal::bad_query("accept");
  decision.accept = *accept;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto report = seen_report(sql, caller, id);
    if (!report) return report.error();
    if (!*report) return why_hidden(sql, caller, id);
    auto above = caller.grants;
    std::erase_if(above, [&](const Grant& grant) { return grant.scope == (*report)->body; });
    const auto grant = grant_for(sql, above, kApprover, (*report)->body);
    if (!grant) return grant.error();
    if (!*grant || (!desk.asks_for_all && (*report)->account == caller.account))
      return refusal::not_yours();
    decision.report = *id;
    const auto decided = decide(sql, decision, "account:" + caller.account, desk.now());
    if (!decided) return decided.error();
    if (const auto* refused = decided.refused()) return *refused;
    if (auto noted =
            note(sql, desk.now(), caller, **grant,
                 decision.accept ? "report accepted" : "report returned", (*report)->receipt);
        !noted)
      return noted.error();
    return show(sql, decided.value());
  });
}

// ---- the two legs

Answer list_reconciliations(const Desk& desk, const Caller& caller, const Request& request) {
  const auto due_text = query(request, "due");
  const auto due = due_key_from(due_text);
  if (!due_text.empty() && !due) return no_due("due");
  const auto on = query(request, "on");
  const auto day = on.empty() ? std::optional(vi::local_day(desk.now())) : day_from_text(on);
  if (!day) return refusal::bad_query("on");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    Sight sight(sql, caller);
    std::vector<std::string> entries;
    if (due) {
      const auto sees = sight.of_body(due->body);
      if (!sees) return sees.error();
      if (!*sees) return refusal::not_found();
      const auto one = reconcile(sql, *due);
      if (!one) return one.error();
      if (!*one) return refusal::not_found();
      entries.push_back(reconciliation_json(**one));
    } else {
      DueQuery asked;
      asked.from = vi::start_of(*day);
      asked.to = vi::end_of(*day);
      asked.sees = [&sight](std::string_view body) { return sight.of_body(body); };
      const auto found = differing(sql, asked, desk.now());
      if (!found) return found.error();
      for (const auto& one : *found) entries.push_back(reconciliation_json(one));
    }
    return http::json_response(200, JsonWriter().list("reconciliations", entries).done());
  });
}

Answer decide_cell(const Desk& desk, const Caller& caller, const Request& request) {
  const auto due = due_key_from(request.parameter("id"));
  if (!due) return refusal::not_found();
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  CellDecision decision;
  const auto cell = figure_id_from(json->text("cell").value_or(""));
  decision.value = json->integer("value");
  const bool nothing = json->boolean("nothing_to_report").value_or(false);
  decision.reason = json->text("reason").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!cell) return refusal::bad_query("cell");
  if (nothing == decision.value.has_value()) return refusal::bad_query("value");
  decision.due = *due;
  decision.cell = *cell;
  decision.is_illustrative = desk.is_drill;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto sees = Sight(sql, caller).of_body(due->body);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_found();
    const auto grant = grant_for(sql, caller.grants, kDeciders, due->body);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto decided = decide(sql, decision, "account:" + caller.account, desk.now());
    if (!decided) return decided.error();
    if (const auto* refused = decided.refused()) return *refused;
    if (auto noted = note(sql, desk.now(), caller, **grant, "legs reconciled", to_text(*cell),
                          to_text(*due));
        !noted)
      return noted.error();
    return http::json_response(
        200, JsonWriter().json("cell", reconciled_cell_json(decided.value())).done());
  });
}

// ---- consolidated reports

// Whoever sees every body that is asked, and who receives.
Result<bool> sees_all(store::Sql& sql, const Caller& caller, const Task& task) {
  Sight sight(sql, caller);
  for (const auto& body : task.bodies) {
    const auto sees = sight.of_body(body);
    if (!sees || !*sees) return sees;
  }
  return sight.of_body(task.receiver);
}
Result<bool> sees_all(store::Sql& sql, const Caller& caller, const Consolidated& consolidated) {
  const auto task = find_task(sql, consolidated.task);
  if (!task) return task.error();
  return *task ? sees_all(sql, caller, **task) : Result<bool>(false);
}

Answer draft(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  NewConsolidated asked;
  asked.task = json->text("task").value_or("");
  const auto due = vi::read_instant(json->text("due_before").value_or(""));
  asked.title = json->text("title").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!due) return no_moment("due_before", due.refusal());
  asked.due_before = *due;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto task = find_task(sql, asked.task);
    if (!task) return task.error();
    if (!*task) return refusal::not_found();
    const auto sees = sees_all(sql, caller, **task);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_found();
    auto of = (*task)->bodies;
    of.push_back((*task)->receiver);
    std::optional<Grant> used;
    for (const auto& body : of) {
      auto grant = grant_for(sql, caller.grants, kOfficer, body);
      if (!grant) return grant.error();
      if (!*grant) return refusal::not_yours();
      used = std::move(*grant);
    }
    const auto made = consolidate(sql, asked, "account:" + caller.account, desk.now());
    if (!made) return made.error();
    if (const auto* refused = made.refused()) return *refused;
    if (auto noted = note(sql, desk.now(), caller, *used, "consolidated report drafted",
                          std::to_string(made.value().id), asked.task);
        !noted)
      return noted.error();
    return http::json_response(
        201, JsonWriter().json("consolidated", consolidated_json(made.value())).done());
  });
}

Answer list_consolidated(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto all = consolidated_reports(sql, query(request, "task"));
    if (!all) return all.error();
    std::vector<std::string> entries;
    for (const auto& one : *all) {
      const auto sees = sees_all(sql, caller, one);
      if (!sees) return sees.error();
      if (*sees) entries.push_back(consolidated_json(one));
    }
    return http::json_response(200, JsonWriter().list("consolidated", entries).done());
  });
}

Answer show_consolidated(const Desk& desk, const Caller& caller, const Request& request) {
  const auto [id, type] = named(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.read([&, id = id, type = type](store::Sql& sql) -> Answer {
    const auto found = find_consolidated(sql, *id);
    if (!found) return found.error();
    if (!*found) return refusal::not_found();
    const auto sees = sees_all(sql, caller, **found);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_found();
    if (type.empty())
      return http::json_response(
          200, JsonWriter().json("consolidated", consolidated_json(**found)).done());
    if (type != "pdf" && type != "xlsx" && type != "csv") return refusal::not_found();
    const auto bytes = type == "pdf"    ? consolidated_pdf(sql, **found)
                       : type == "xlsx" ? consolidated_xlsx(sql, **found)
                                        : consolidated_csv(sql, **found);
    if (!bytes) return bytes.error();
    return file_response(*bytes, media_type(type),
                         "tong-hop-" + std::to_string(*id) + "." + std::string(type));
  });
}

}  // namespace

void add_report_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  const auto add_upload = [&](std::string_view path, Call call) {
    http::Router::Route route;
    route.method = "POST";
    route.pattern = base + std::string(path);
    route.handler = as_anyone(desk, std::move(call));
    route.limits.body = papers::kMostMailBytes;
    router.add(std::move(route));
  };
  add_upload("/reports/check", check_only);
  add_upload("/reports", hand_in);
  router.add("GET", base + "/reports/{id}", as_anyone(desk, show_report));
  router.add("GET", base + "/reports/{id}/original", as_anyone(desk, show_original));
  router.add("POST", base + "/reports/{id}/decision", as_anyone(desk, decide_report));
  router.add("GET", base + "/reconciliations", as_anyone(desk, list_reconciliations));
  router.add("POST", base + "/reconciliations/{id}/decision", as_anyone(desk, decide_cell));
  router.add("POST", base + "/consolidated-reports", as_anyone(desk, draft));
  router.add("GET", base + "/consolidated-reports", as_anyone(desk, list_consolidated));
  router.add("GET", base + "/consolidated-reports/{id}", as_anyone(desk, show_consolidated));
}

}  // namespace bz::campaign
