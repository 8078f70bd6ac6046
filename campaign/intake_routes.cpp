// Reports that came otherwise than over HTTP: by telephone, typed by an officer on duty, and by
// mail.
#include <algorithm>

#include "campaign/desk.h"
#include "campaign/json.h"
#include "campaign/report_json.h"
#include "campaign/sight.h"
#include "papers/mail.h"
#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kDuty[] = {"duty"};
constexpr std::size_t kLongestEntry = 1'000'000;  // JSON
constexpr const char* kRoomAgain = "600";         // seconds until a letter is brought again

// ---- calls

// "Call begins": the moment of the request is what counts for "on time".
Answer begin(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  NewCall call;
  call.is_drill = desk.is_drill;
  call.body = json->text("body").value_or("");
  call.form = json->text("form").value_or("bm1");
  auto dues = dues_from(json->texts("dues").value_or(std::vector<std::string>{}));
  call.spoken_with = json->text("spoken_with").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!dues) return refusal::bad_query("dues");
  call.dues = std::move(*dues);
  call.account = caller.account;
  call.key = request.header("idempotency-key").value_or("");
  if (call.key.empty()) return refusal::bad_query("Idempotency-Key");
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = Sight(sql, caller).grant_over(kDuty, call.body);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto begun = begin_call(sql, call, caller.received);
    if (!begun) return begun.error();
    if (const auto* refused = begun.refused()) return *refused;
    const auto& [there, is_repeated] = begun.value();
    if (!is_repeated) {
      if (auto noted = note(sql, desk.now(), caller, **grant, "call begun",
                            std::to_string(there.id), call.body);
          !noted)
        return noted.error();
    }
    return http::json_response(is_repeated ? 200 : 201,
                               JsonWriter().json("call", call_json(there)).done());
  });
}

struct SeenCall {
  PhoneCall call;
  Grant grant;
};
// Nothing where there is none, or none of those that this officer takes.
Result<std::optional<SeenCall>> call_of(store::Sql& sql, const Caller& caller,
                                        std::optional<std::int64_t> id) {
  if (!id) return std::optional<SeenCall>{};
  auto call = find_call(sql, *id);
  if (!call) return call.error();
  if (!*call) return std::optional<SeenCall>{};
  auto grant = Sight(sql, caller).grant_over(kDuty, (*call)->body);
  if (!grant) return grant.error();
  if (!*grant) return std::optional<SeenCall>{};
  return std::optional(SeenCall{std::move(**call), std::move(**grant)});
}

Answer show_call(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto seen = call_of(sql, caller, number_in(request.parameter("id")));
    if (!seen) return seen.error();
    if (!*seen) return refusal::not_found();
    return http::json_response(200, JsonWriter().json("call", call_json((*seen)->call)).done());
  });
}

Answer list_calls(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (!caller.has("duty")) return refusal::not_yours();
    const auto open = open_calls(sql, query(request, "body"));
    if (!open) return open.error();
    std::vector<std::string> entries;
    for (const auto& call : *open) {
      const auto grant = Sight(sql, caller).grant_over(kDuty, call.body);
      if (!grant) return grant.error();
      if (*grant) entries.push_back(call_json(call));
    }
    return http::json_response(200, JsonWriter().list("calls", entries).done());
  });
}

// Without `break_off`: the rows as they are now, and with every one agreed the report.
struct Entered {
  CallEntry entry;
  std::optional<std::string> break_off;
  std::vector<Fault> faults;
};
Given<Entered> read_entered(std::string_view form_id, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestEntry);
  if (!json) return unreadable(json.error());
  Entered entered;
  entered.break_off = json->text("break_off");
  auto dues = dues_from(json->texts("dues").value_or(std::vector<std::string>{}));
  entered.entry.nothing = json->boolean("nothing").value_or(false);
  entered.entry.reason = json->text("reason").value_or("");
  const auto* form = find_form(form_id);
  if (form == nullptr) return refusal::not_found();
  std::vector<bool> agreed;
  auto read = read_lines(*form, *json, [&agreed](JsonReader& line) {
    agreed.push_back(line.boolean("agreed").value_or(false));
  });
  if (!read) return unreadable(read.error());
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!dues) return refusal::bad_query("dues");
  entered.entry.dues = std::move(*dues);
  for (std::size_t i = 0; i < read->lines.size(); ++i)
    entered.entry.lines.push_back({std::move(read->lines[i]), agreed[i]});
  entered.faults = std::move(read->faults);
  return entered;
}

Answer enter(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto seen = call_of(sql, caller, id);
    if (!seen) return seen.error();
    if (!*seen) return refusal::not_found();
    auto read = read_entered((*seen)->call.form, request);
    if (!read) return read.error();
    if (const auto* refused = read.refused()) return *refused;
    auto& [entry, break_off_reason, faults] = read.value();
    if (!faults.empty())
      return Refusal{422, "Một con số chưa rõ: hãy hỏi lại người gọi.",
                     "A number is not clear: ask the caller again.", faults};
    entry.call = *id;
    entry.is_illustrative = desk.is_drill;
    const auto by = "account:" + caller.account;
    if (break_off_reason) {
      const auto broken = break_off(sql, *id, *break_off_reason, desk.now());
      if (!broken) return broken.error();
      if (const auto* refused = broken.refused()) return *refused;
      if (auto noted =
              note(sql, desk.now(), caller, (*seen)->grant, "call broken off", std::to_string(*id));
          !noted)
        return noted.error();
      return http::json_response(200, JsonWriter().json("call", call_json(broken.value())).done());
    }
    const auto answer = enter_call(sql, entry, caller.account, desk.now());
    if (!answer) return answer.error();
    if (const auto* refused = answer.refused()) return *refused;
    const auto& given = answer.value();
    // The rows are kept, and so this is an answer and no refusal.
    if (given.refused) return *given.refused;
    if (given.receipt && !given.receipt->is_repeated) {
      if (auto noted = note(sql, desk.now(), caller, (*seen)->grant, "report handed in",
                            given.receipt->number, given.call.body + ", by telephone");
          !noted)
        return noted.error();
    }
    JsonWriter json;
    json.json("call", call_json(given.call)).texts("to_ask", given.to_ask);
    if (given.receipt) json.json("receipt", receipt_json(*given.receipt));
    return http::json_response(200, json.done());
  });
}

// ---- mail

// A letter is for who may take mail for its body; one of nobody's address for whoever takes mail of
// a whole territory, and of no operator: it may be another's.
Result<std::optional<Grant>> takes(store::Sql& sql, const Caller& caller, std::string_view body) {
  Sight sight(sql, caller);
  if (!body.empty()) return sight.grant_over(kDuty, body);
  const auto is_an_operators = sight.is_an_operators();
  if (!is_an_operators) return is_an_operators.error();
  if (*is_an_operators) return std::optional<Grant>{};
  for (const auto& grant : caller.grants) {
    if (grant.role == "duty" && (grant.scope == "VN" || is_unit(grant.scope)))
      return std::optional<Grant>(grant);
  }
  return std::optional<Grant>{};
}

// What the mail server's pipe hands over, and what a person does.
Answer take(const Desk& desk, const Caller& caller, const Request& request) {
  const MailRules rules{desk.authserv_id, desk.mail_from, desk.is_drill};
  // Whose it is shows only once it is read, so who hands it over must take any territory's. It is
  // read in no writing transaction: a large one would keep all others waiting.
  auto read = desk.store.read([&](store::Sql& sql) -> Given<ReadLetter> {
    const auto grant = takes(sql, caller, "");
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    auto letter = read_letter(sql, as_bytes(request.body), caller.received, rules);
    if (letter) return std::move(*letter);
    if (auto refused = refused_by(letter.error())) return *refused;
    return letter.error();
  });
  if (!read) return read.error();
  if (const auto* refused = read.refused()) return *refused;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = takes(sql, caller, "");
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    const auto answer = take_mail(sql, read.value(), rules, desk.now());
    if (!answer) return answer.error();
    if (const auto* refused = answer.refused()) {
      auto response = refuse(*refused);
      response.set("retry-after", kRoomAgain);
      return response;
    }
    const auto& taken = answer.value();
    if (!taken.is_repeated) {
      if (auto noted = note(sql, desk.now(), caller, **grant, "mail taken",
                            std::to_string(taken.mail.id), to_text(taken.mail.state));
          !noted)
        return noted.error();
    }
    const auto body = whose(sql, taken.mail);
    if (!body) return body.error();
    const auto sees = takes(sql, caller, *body);
    if (!sees) return sees.error();
    JsonWriter json;
    json.boolean("is_repeated", taken.is_repeated);
    if (*sees) {
      json.json("mail", mail_json(taken.mail));
      if (taken.receipt) json.json("receipt", receipt_json(*taken.receipt));
    }
    return http::json_response(taken.is_repeated ? 200 : 201, json.done());
  });
}

// "2-345"; nothing for other text.
std::optional<QueuePlace> place_in(std::string_view text) {
  if (text.empty()) return QueuePlace{};
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto group = number_in(text.substr(0, dash));
  const auto after = number_in(text.substr(dash + 1));
  if (!group || !after || *group > 2) return std::nullopt;
  return QueuePlace{*group, *after};
}

std::string strangers_json(const StrangersMail& strangers) {
  JsonWriter json;
  json.integer("waiting", strangers.waiting)
      .integer("most", MailRoom{}.strangers_letters)
      .integer("turned_away", strangers.turned_away);
  add_instant(json, "turned_away_at", strangers.turned_away_at);
  return json.done();
}

Answer show_queue(const Desk& desk, const Caller& caller, const Request& request) {
  const auto from = place_in(query(request, "after"));
  if (!from) return refusal::bad_query("after");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (!caller.has("duty")) return refusal::not_yours();
    const SeesMail sees = [&](std::string_view body) -> Result<bool> {
      const auto grant = takes(sql, caller, body);
      if (!grant) return grant.error();
      return grant->has_value();
    };
    const auto page = mail_queue(sql, sees, *from);
    if (!page) return page.error();
    std::vector<std::string> entries;
    for (const auto& mail : page->mail) entries.push_back(mail_json(mail));
    JsonWriter json;
    json.list("mail", entries);
    if (page->next)
      json.text("next_after",
                std::to_string(page->next->group) + "-" + std::to_string(page->next->after));
    const auto of_strangers = sees("");
    if (!of_strangers) return of_strangers.error();
    if (*of_strangers) {
      const auto strangers = strangers_mail(sql, desk.now());
      if (!strangers) return strangers.error();
      json.json("strangers", strangers_json(*strangers));
    }
    return http::json_response(200, json.done());
  });
}

struct SeenMail {
  TakenMail mail;
  Grant grant;
};
Result<std::optional<SeenMail>> mail_of(store::Sql& sql, const Caller& caller,
                                        std::optional<std::int64_t> id) {
  if (!id) return std::optional<SeenMail>{};
  auto mail = find_mail(sql, *id);
  if (!mail) return mail.error();
  if (!*mail) return std::optional<SeenMail>{};
  const auto body = whose(sql, **mail);
  if (!body) return body.error();
  auto grant = takes(sql, caller, *body);
  if (!grant) return grant.error();
  if (!*grant) return std::optional<SeenMail>{};
  return std::optional(SeenMail{std::move(**mail), std::move(**grant)});
}

Answer show_letter(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto seen = mail_of(sql, caller, number_in(request.parameter("id")));
    if (!seen) return seen.error();
    if (!*seen) return refusal::not_found();
    const auto original = find_original(sql, (*seen)->mail.original);
    if (!original) return original.error();
    if (!*original) return refusal::not_found();
    Response response;
    const auto& content = (*original)->content;
    response.body.assign(content.begin(), content.end());
    response.set("content-type", "application/octet-stream");
    response.set("content-disposition", "attachment; filename=\"thu.eml\"");
    response.set("x-content-type-options", "nosniff");
    return response;
  });
}

Answer assign(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  MailAssignment assignment;
  assignment.body = json->text("body").value_or("");
  assignment.form = json->text("form").value_or("");
  auto dues = dues_from(json->texts("dues").value_or(std::vector<std::string>{}));
  assignment.remember_sender = json->boolean("remember_sender").value_or(false);
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (!dues) return refusal::bad_query("dues");
  assignment.dues = std::move(*dues);
  assignment.mail = id.value_or(0);
  assignment.is_illustrative = desk.is_drill;
  const auto may = [&](store::Sql& sql) -> Given<Grant> {
    const auto seen = mail_of(sql, caller, id);
    if (!seen) return seen.error();
    if (!*seen) return refusal::not_found();
    const auto grant = Sight(sql, caller).grant_over(kDuty, assignment.body);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    return **grant;
  };
  auto read = desk.store.read([&](store::Sql& sql) -> Given<ReadLetter> {
    const auto grant = may(sql);
    if (!grant) return grant.error();
    if (const auto* refused = grant.refused()) return *refused;
    return read_assigned(sql, assignment, caller.account);
  });
  if (!read) return read.error();
  if (const auto* refused = read.refused()) return *refused;
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = may(sql);
    if (!grant) return grant.error();
    if (const auto* refused = grant.refused()) return *refused;
    const auto assigned = assign_mail(sql, assignment, read.value(), caller.account, desk.now());
    if (!assigned) return assigned.error();
    if (const auto* refused = assigned.refused()) return *refused;
    if (auto noted = note(sql, desk.now(), caller, grant.value(), "mail assigned",
                          std::to_string(assignment.mail), assignment.body);
        !noted)
      return noted.error();
    const auto& answer = assigned.value();
    JsonWriter writer;
    writer.json("mail", mail_json(answer.mail));
    if (answer.receipt) writer.json("receipt", receipt_json(*answer.receipt));
    return http::json_response(200, writer.done());
  });
}

Answer set_aside(const Desk& desk, const Caller& caller, const Request& request) {
  const auto id = number_in(request.parameter("id"));
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  const auto reason = json->text("reason").value_or("");
  if (auto done = json->done(); !done) return unreadable(done.error());
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto seen = mail_of(sql, caller, id);
    if (!seen) return seen.error();
    if (!*seen) return refusal::not_found();
    const auto set = set_mail_aside(sql, *id, reason, caller.account, desk.now());
    if (!set) return set.error();
    if (const auto* refused = std::get_if<Refusal>(&*set)) return *refused;
    if (auto noted =
            note(sql, desk.now(), caller, (*seen)->grant, "mail set aside", std::to_string(*id));
        !noted)
      return noted.error();
    return http::json_response(
        200, JsonWriter().json("mail", mail_json(std::get<TakenMail>(*set))).done());
  });
}

}  // namespace

void add_intake_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/calls", as_anyone(desk, list_calls));
  router.add("POST", base + "/calls", as_anyone(desk, begin));
  router.add("GET", base + "/calls/{id}", as_anyone(desk, show_call));
  http::Router::Route call;
  call.method = "PUT";
  call.pattern = base + "/calls/{id}";
  call.handler = as_anyone(desk, enter);
  call.limits.body = kLongestEntry;
  router.add(std::move(call));
  http::Router::Route mail;
  mail.method = "POST";
  mail.pattern = base + "/mail";
  mail.handler = as_anyone(desk, take);
  mail.limits.body = papers::kMostMailBytes;
  router.add(std::move(mail));
  router.add("GET", base + "/mail/queue", as_anyone(desk, show_queue));
  router.add("GET", base + "/mail/{id}/original", as_anyone(desk, show_letter));
  router.add("POST", base + "/mail/{id}/assign", as_anyone(desk, assign));
  router.add("POST", base + "/mail/{id}/set-aside", as_anyone(desk, set_aside));
}

}  // namespace bz::campaign
