#include "campaign/bodies.h"
#include "campaign/desk.h"
#include "campaign/figure_json.h"
#include "campaign/json.h"
#include "campaign/sight.h"
#include "campaign/targets.h"
#include "vi/calendar.h"
#include "vi/deadline.h"
#include "wire/json_reader.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kOfficer[] = {"officer"};

Answer list(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  const auto subject = request.query.find("subject");
  const bool dropped = request.query.contains("dropped");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto found = targets(sql, subject == request.query.end() ? std::string_view{} : subject->second,
                         std::get<Times>(times).as_of, dropped);
    if (!found) return found.error();
    std::vector<std::string> entries;
    Sight sight(sql, caller);
    for (auto& target : *found) {
      const auto open = sight.may_ask(target.what.subject);
      if (!open) return open.error();
      if (!*open) continue;
      if (auto hidden = sight.hide(target); !hidden) return hidden.error();
      entries.push_back(target_json(target));
    }
    return http::json_response(200, JsonWriter().list("targets", entries).done());
  });
}

Refusal from_reading(std::string_view cell, const vi::Refusal& refusal) {
  return {422,
          "Mốc thời gian hoặc con số chưa rõ.",
          "An instant or a number is not clear.",
          {Fault{.cell = std::string(cell),
                 .says = refusal.says,
                 .says_en = refusal.says_en,
                 .todo = refusal.advice,
                 .todo_en = refusal.advice_en}}};
}

Refusal of_nobody() {
  return {422,
          "Nguồn này không phải cơ quan nào có số liệu về nơi đó.",
          "No body of this kind and name has figures of that place.",
          {{.cell = "source",
            .says = "Không có cơ quan này, hoặc cơ quan ở nơi khác.",
            .says_en = "There is no such body, or it is elsewhere.",
            .todo = "Ghi đúng loại và mã cơ quan (GET /bodies), hoặc một nguồn khác.",
            .todo_en = "Give a body's kind and slug (GET /bodies), or another source."}}};
}

Answer add(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  NewTarget target;
  target.indicator = json->text("indicator").value_or("");
  target.subject = json->text("subject").value_or("");
  const auto due = json->text("due_before").value_or("");
  target.task = json->text("task").value_or("");
  target.sentence = json->text("sentence").value_or("");
  target.reading_of = json->text("reading_of").value_or("");
  target.hundredths = json->integer("hundredths").value_or(0);
  const auto start = json->text("start").value_or("");
  target.start_hundredths = json->integer("start_hundredths").value_or(0);
  target.source = json->text("source").value_or("");
  target.by = "account:" + caller.account;
  if (auto done = json->done(); !done) return unreadable(done.error());
  // An instant, or the letter's phrase ("đến ngày 20/8/2020").
  const auto rule = vi::read_deadline(due);
  if (!rule) return from_reading("due_before", rule.refusal());
  const auto* deadline = std::get_if<vi::Deadline>(&*rule);
  if (deadline == nullptr) return refusal::bad_query("due_before");
  target.due_before = deadline->due_before;
  const auto begins = vi::read_instant(start);
  if (!begins) return from_reading("start", begins.refusal());
  target.start = *begins;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = grant_for(sql, caller.grants, kOfficer, target.subject);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto may = may_speak_of(sql, target.source, target.subject);
    if (!may) return may.error();
    if (!*may) return of_nobody();
    const auto id = add_target(sql, target, desk.now());
    if (!id) {
      if (id.error().code == Code::kUnavailable) return id.error();
      return Refusal{id.error().code == Code::kConflict ? 409 : 422,
                     "Chỉ tiêu này không ghi được: xem câu tiếng Anh bên cạnh.",
                     id.error().what,
                     {}};
    }
    const auto made = find_target(sql, *id);
    if (!made) return made.error();
    if (auto noted = note(sql, desk.now(), caller, **grant, "target added", std::to_string(*id));
        !noted)
      return noted.error();
    return http::json_response(201, JsonWriter().json("target", target_json(**made)).done());
  });
}

Answer show_status(const Desk& desk, const Caller& caller, const Request& request) {
  const auto times = times_of(request, desk.now());
  if (const auto* refused = std::get_if<Refusal>(&times)) return *refused;
  const auto id = number_in(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.read([&](store::Sql& sql) -> Answer {
    auto status = target_status(
        sql, *id, {.on = std::get<Times>(times).on, .as_of = std::get<Times>(times).as_of});
    if (!status) {
      if (status.error().code == Code::kNotFound) return refusal::not_found();
      return status.error();
    }
    Sight sight(sql, caller);
    const auto open = sight.may_ask(status->target.what.subject);
    if (!open) return open.error();
    if (!*open) return refusal::not_yours();
    if (auto hidden = sight.hide(*status); !hidden) return hidden.error();
    return http::json_response(200, target_status_json(*status));
  });
}

Answer choose(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  if (!id) return refusal::not_found();
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto target = find_target(sql, *id);
    if (!target) return target.error();
    if (!*target) return refusal::not_found();
    const auto grant = grant_for(sql, caller.grants, kOfficer, (*target)->what.subject);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto chosen = choose_target(sql, *id, "account:" + caller.account, desk.now());
    if (!chosen) {
      if (chosen.error().code == Code::kConflict)
        return Refusal{409, "Cách đọc khác đã được chọn trước.", chosen.error().what, {}};
      return chosen.error();
    }
    if (auto noted = note(sql, desk.now(), caller, **grant, "target chosen", std::to_string(*id));
        !noted)
      return noted.error();
    const auto now = find_target(sql, *id);
    if (!now) return now.error();
    return http::json_response(200, JsonWriter().json("target", target_json(**now)).done());
  });
}

}  // namespace

void add_target_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/targets", as_viewer(desk, list));
  router.add("POST", base + "/targets", as_anyone(desk, add));
  router.add("GET", base + "/targets/{id}/status", as_viewer(desk, show_status));
  router.add("POST", base + "/targets/{id}/choose", as_anyone(desk, choose));
}

}  // namespace bz::campaign
