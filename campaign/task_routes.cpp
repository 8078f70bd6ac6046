// What is asked and by when: forms, tasks, dues, registers, alerts, and the inbox.
#include <algorithm>

#include "base/date.h"
#include "campaign/desk.h"
#include "campaign/packed.h"
#include "campaign/report_json.h"
#include "campaign/sight.h"
#include "campaign/templates.h"
#include "vi/calendar.h"
#include "vi/deadline.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kOfficer[] = {"officer"};
constexpr std::string_view kLeader[] = {"leader"};
constexpr std::string_view kXlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::chrono::days kLongestSpan{400};
// Alerts are for what is to be done now, and each costs a look at its cells.
constexpr std::chrono::days kMostAlertDays{31};

Response file_response(Bytes bytes, std::string_view type, std::string_view name) {
  Response response;
  response.body.assign(bytes.begin(), bytes.end());
  response.set("content-type", std::string(type));
  response.set("content-disposition", "attachment; filename=\"" + std::string(name) + "\"");
  return response;
}

Answer list_forms(const Desk&, const Caller&, const Request&) {
  std::vector<std::string> entries;
  for (const auto& form : forms()) entries.push_back(form_json(form));
  return http::json_response(200, JsonWriter().list("forms", entries).done());
}

Answer show_template(const Desk& desk, const Caller& caller, const Request& request) {
  TemplateQuestion question;
  question.body = query(request, "body");
  question.form = query(request, "form", "bm1");
  auto dues = dues_from(query(request, "dues"));
  if (!dues) return refusal::bad_query("dues");
  question.dues = std::move(*dues);
  question.day =
      question.dues.empty() ? vi::local_day(desk.now()) : day_asked(question.dues.front());
  const auto type = query(request, "type", "xlsx");
  if (type != "xlsx" && type != "csv") return refusal::bad_query("type");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto sees = Sight(sql, caller).of_body(question.body);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_found();
    auto made = type == "csv" ? template_csv(sql, question) : template_xlsx(sql, question);
    if (!made) return made.error();
    if (const auto* refused = std::get_if<Refusal>(&*made)) return *refused;
    return file_response(std::move(std::get<Bytes>(*made)), type == "csv" ? "text/csv" : kXlsx,
                         question.form + "." + std::string(type));
  });
}

// ---- tasks

// Those of its bodies that the caller may know of; nothing when the task is none of theirs.
Result<std::optional<std::vector<std::string>>> seen_bodies(Sight& sight, const Task& task) {
  std::vector<std::string> bodies;
  for (const auto& body : task.bodies) {
    const auto sees = sight.of_body(body);
    if (!sees) return sees.error();
    if (*sees) bodies.push_back(body);
  }
  if (bodies.empty()) {
    const auto receives = sight.of_body(task.receiver);
    if (!receives) return receives.error();
    if (!*receives) return std::optional<std::vector<std::string>>{};
  }
  return std::optional(std::move(bodies));
}

Answer list_tasks(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto all = tasks(sql, query(request, "body"));
    if (!all) return all.error();
    Sight sight(sql, caller);
    std::vector<std::string> entries;
    for (const auto& task : *all) {
      const auto bodies = seen_bodies(sight, task);
      if (!bodies) return bodies.error();
      if (*bodies) entries.push_back(task_json(task, **bodies));
    }
    return http::json_response(200, JsonWriter().list("tasks", entries).done());
  });
}

Fault fault_at(std::string_view cell, const vi::Refusal& refusal) {
  return {.cell = std::string(cell),
          .says = refusal.says,
          .says_en = refusal.says_en,
          .todo = refusal.advice,
          .todo_en = refusal.advice_en};
}

Refusal not_clear(std::vector<Fault> faults) {
  return {422, "Nhiệm vụ chưa rõ.", "The task is not clear.", std::move(faults)};
}

// Whether what the rule asks was over, or long since begun, when it was asked.
bool lies_before(const vi::DeadlineRule& rule, Instant issued) {
  constexpr std::chrono::days kHalfYear{183};
  if (const auto* one = std::get_if<vi::Deadline>(&rule)) return one->due_before <= issued;
  if (const auto* window = std::get_if<vi::Window>(&rule)) return window->ends <= issued;
  const auto& daily = std::get<vi::Daily>(rule);
  if (daily.last) return vi::end_of(*daily.last) <= issued;
  return daily.first && vi::start_of(*daily.first) + kHalfYear <= issued;
}

// A day without a year is the first such day after the letter: "05/01" of one of 28 December lies
// in the next year.
vi::Reading<vi::DeadlineRule> read_rule(std::string_view phrase, Instant issued) {
  const std::chrono::year_month_day date(vi::local_day(issued));
  const int year = static_cast<int>(date.year());
  auto rule = vi::read_deadline(phrase, {.year = year, .day = std::nullopt});
  if (!rule || !lies_before(*rule, issued)) return rule;
  return vi::read_deadline(phrase, {.year = year + 1, .day = std::nullopt});
}

// The task of a request; what its sentence's phrase means is worked out here.
Given<Task> read_task(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  Task task;
  task.id = json->text("id").value_or("");
  task.letter.number = json->text("letter").value_or("");
  const auto dated = json->text("dated");
  task.letter.path = json->text("path").value_or("");
  task.letter.sentence = json->text("sentence").value_or("");
  task.form = json->text("form").value_or("");
  const auto legs = legs_from(json->text("legs").value_or("file"));
  const auto phrase = json->text("due").value_or("");
  const auto first = json->text("first");
  const auto last = json->text("last");
  const auto issued = json->text("issued");
  task.receiver = json->text("receiver").value_or("");
  task.bodies = json->texts("bodies").value_or(std::vector<std::string>{});
  const auto ladder = json->text("ladder");
  if (auto done = json->done(); !done) return unreadable(done.error());

  if (!legs) return refusal::bad_query("legs");
  task.legs = *legs;
  task.issued = caller.received;
  if (issued) {
    const auto at = vi::read_instant(*issued);
    if (!at) return not_clear({fault_at("issued", at.refusal())});
    task.issued = *at;
  }
  for (const auto& [name, text, day] : {std::tuple("dated", dated, &task.letter.dated)}) {
    if (!text) continue;
    *day = day_from_text(*text);
    if (!*day) return refusal::bad_query(name);
  }
  if (ladder) {
    auto rungs = ladder_from(*ladder);
    if (!rungs) return refusal::bad_query("ladder");
    task.ladder = std::move(*rungs);
  }
  auto rule = read_rule(phrase, task.issued);
  if (!rule) return not_clear({fault_at("due", rule.refusal())});
  if (lies_before(*rule, task.issued)) {
    return not_clear({{.cell = "due",
                       .says = "Thời hạn này đã qua khi văn bản ban hành.",
                       .says_en = "This deadline had passed when the letter was issued.",
                       .todo = "Kiểm tra ngày ban hành (issued) và năm của thời hạn.",
                       .todo_en = "Check the day of issue (issued) and the deadline's year."}});
  }
  if (auto* daily = std::get_if<vi::Daily>(&*rule)) {
    for (const auto& [name, text, day] :
         {std::tuple("first", first, &daily->first), std::tuple("last", last, &daily->last)}) {
      if (!text) continue;
      *day = day_from_text(*text);
      if (!*day) return refusal::bad_query(name);
    }
  }
  task.rule = std::move(*rule);
  task.made_by = "account:" + caller.account;
  task.made_at = desk.now();
  return task;
}

Answer add_task(const Desk& desk, const Caller& caller, const Request& request) {
  const auto task = read_task(desk, caller, request);
  if (!task) return task.error();
  if (const auto* refused = task.refused()) return *refused;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    // An officer asks the bodies of its own territory, and receives for a body there.
    std::optional<Grant> used;
    auto asked = task.value().bodies;
    asked.push_back(task.value().receiver);
    for (const auto& body : asked) {
      auto grant = grant_for(sql, caller.grants, kOfficer, body);
      if (!grant) return grant.error();
      if (!*grant) return refusal::not_yours();
      used = std::move(*grant);
    }
    const auto put = put_task(sql, task.value());
    if (!put) return put.error();
    if (const auto* refused = put.refused()) return *refused;
    if (auto noted = note(sql, desk.now(), caller, *used, "task put", task.value().id); !noted)
      return noted.error();
    return http::json_response(
        201, JsonWriter().json("task", task_json(put.value(), put.value().bodies)).done());
  });
}

// ---- dues

// `from` and `to` are local days, `to` included; else `on`; else today.
std::optional<Refusal> read_span(const Desk& desk, const Request& request, DueQuery& asked) {
  const auto today = vi::local_day(desk.now());
  Day first = today;
  Day last = today;
  for (const auto& [name, day] : {std::pair("on", &first), std::pair("from", &first),
                                  std::pair("on", &last), std::pair("to", &last)}) {
    const auto text = query(request, name);
    if (text.empty()) continue;
    const auto read = day_from_text(text);
    if (!read) return refusal::bad_query(name);
    *day = *read;
  }
  if (last < first) last = first;
  if (last - first > kLongestSpan) return refusal::bad_query("to");
  asked.from = vi::start_of(first);
  asked.to = vi::end_of(last);
  asked.body = query(request, "body");
  asked.task = query(request, "task");
  auto left = query(request, "status");
  while (!left.empty()) {
    const auto one = left.substr(0, left.find(','));
    const auto status = due_status_from(one);
    if (!status) return refusal::bad_query("status");
    asked.statuses.push_back(*status);
    left.remove_prefix(std::min(left.size(), one.size() + 1));
  }
  return std::nullopt;
}

// Calls `give` with what is asked, narrowed to what the caller may know of.
template <class Give>
Answer with_dues(const Desk& desk, const Caller& caller, const Request& request, Give give) {
  DueQuery asked;
  if (auto refused = read_span(desk, request, asked)) return *refused;
  return desk.store.read([&](store::Sql& sql) -> Answer {
    Sight sight(sql, caller);
    if (!asked.body.empty()) {
      const auto sees = sight.of_body(asked.body);
      if (!sees) return sees.error();
      if (!*sees) return refusal::not_found();
    }
    auto narrowed = asked;
    narrowed.sees = [&sight](std::string_view body) { return sight.of_body(body); };
    return give(sql, narrowed);
  });
}

Answer list_dues(const Desk& desk, const Caller& caller, const Request& request) {
  return with_dues(desk, caller, request, [&](store::Sql& sql, const DueQuery& asked) -> Answer {
    const auto found = dues(sql, asked, desk.now());
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (const auto& due : *found) entries.push_back(due_json(due, desk.now()));
    return http::json_response(200, JsonWriter().list("dues", entries).done());
  });
}

Answer show_form(const Desk& desk, const Caller& caller, const Request& request) {
  const auto due = due_key_from(request.parameter("id"));
  if (!due) return refusal::not_found();
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto sees = Sight(sql, caller).of_body(due->body);
    if (!sees) return sees.error();
    if (!*sees) return refusal::not_found();
    const auto described = describe_form(sql, *due, desk.now());
    if (!described) return described.error();
    if (const auto* refused = described.refused()) return *refused;
    return http::json_response(200, form_description_json(described.value(), desk.now()));
  });
}

Answer show_registers(const Desk& desk, const Caller& caller, const Request& request) {
  return with_dues(desk, caller, request, [&](store::Sql& sql, const DueQuery& asked) -> Answer {
    const auto found = look_up(sql, asked, desk.now());
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (const auto& due : found->dues) entries.push_back(due_json(due, desk.now()));
    std::vector<std::string> tallies;
    for (const auto& tally : found->tallies) tallies.push_back(tally_json(tally));
    return http::json_response(200,
                               JsonWriter().list("dues", entries).list("tallies", tallies).done());
  });
}

Refusal too_many_days() {
  return {400,
          "Cảnh báo chỉ xem được nhiều nhất 31 ngày một lần.",
          "Alerts are given for 31 days at most.",
          {{.cell = "to",
            .says = "Khoảng từ \"from\" đến \"to\" dài hơn 31 ngày.",
            .says_en = "From `from` to `to` are more than 31 days.",
            .todo = "Chọn khoảng ngắn hơn, hoặc xem sổ theo dõi (/registers), tới 400 ngày.",
            .todo_en = "Ask for fewer days, or for /registers, which has up to 400."}}};
}

Answer list_alerts(const Desk& desk, const Caller& caller, const Request& request) {
  return with_dues(desk, caller, request, [&](store::Sql& sql, const DueQuery& asked) -> Answer {
    if (asked.to - asked.from > kMostAlertDays) return too_many_days();
    const auto found = alerts(sql, asked, desk.now());
    if (!found) return found.error();
    std::vector<std::string> entries;
    for (const auto& alert : *found) {
      const auto sees = asked.sees(alert.body);
      if (!sees) return sees.error();
      if (*sees) entries.push_back(alert_json(alert));
    }
    return http::json_response(200, JsonWriter().list("alerts", entries).done());
  });
}

Answer excuse_due(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  const auto due = due_key_from(json->text("due").value_or(""));
  NewExcuse given;
  given.reason = json->text("reason").value_or("");
  const auto stated = json->text("stated");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!due) return refusal::bad_query("due");
  given.due = *due;
  if (stated) {
    const auto at = vi::read_instant(*stated);
    if (!at) return not_clear({fault_at("stated", at.refusal())});
    given.stated = *at;
  }
  return desk.store.write([&](store::Sql& sql) -> Answer {
    // As with accepting: a leader of the body alone does not excuse it.
    auto above = caller.grants;
    std::erase_if(above, [&](const Grant& one) { return one.scope == due->body; });
    const auto grant = grant_for(sql, above, kLeader, due->body);
    if (!grant) return grant.error();
    if (!*grant) {
      const auto sees = Sight(sql, caller).of_body(due->body);
      if (!sees) return sees.error();
      return *sees ? refusal::not_yours() : refusal::not_found();
    }
    const auto excused = excuse(sql, given, "account:" + caller.account, desk.now());
    if (!excused) return excused.error();
    if (const auto* refused = excused.refused()) return *refused;
    if (auto noted = note(sql, desk.now(), caller, **grant, "due excused", to_text(*due)); !noted)
      return noted.error();
    return http::json_response(
        200, JsonWriter().json("due", due_json(excused.value(), desk.now())).done());
  });
}

// ---- the inbox

Answer show_inbox(const Desk& desk, const Caller& caller, const Request& request) {
  const auto before = number_in(query(request, "before", "0"));
  if (!before) return refusal::bad_query("before");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto letters = inbox(sql, caller.account, *before);
    if (!letters) return letters.error();
    std::vector<std::string> entries;
    for (const auto& entry : *letters) entries.push_back(inbox_json(entry));
    return http::json_response(200, JsonWriter().list("entries", entries).done());
  });
}

Answer mark_entry_read(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto marked = mark_read(sql, caller.account, *id, desk.now());
    if (!marked) return marked.error();
    if (!*marked) return refusal::not_found();
    return http::json_response(200, JsonWriter().integer("id", *id).done());
  });
}

}  // namespace

void add_task_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/forms", as_anyone(desk, list_forms));
  router.add("GET", base + "/templates", as_anyone(desk, show_template));
  router.add("GET", base + "/tasks", as_anyone(desk, list_tasks));
  router.add("POST", base + "/tasks", as_anyone(desk, add_task));
  router.add("GET", base + "/dues", as_anyone(desk, list_dues));
  router.add("GET", base + "/dues/{id}/form", packed(as_anyone(desk, show_form)));
  router.add("POST", base + "/dues/excuse", as_anyone(desk, excuse_due));
  router.add("GET", base + "/registers", as_anyone(desk, show_registers));
  router.add("GET", base + "/alerts", as_anyone(desk, list_alerts));
  router.add("GET", base + "/inbox", as_anyone(desk, show_inbox));
  router.add("POST", base + "/inbox/{id}/read", as_anyone(desk, mark_entry_read));
}

}  // namespace bz::campaign
