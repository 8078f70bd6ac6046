#include "codes/officers.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "codes/api.h"
#include "codes/callbacks.h"
#include "codes/code_store.h"
#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/guess_budget.h"
#include "codes/issue.h"
#include "store/audit.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/verification_message.h"

namespace bz::codes {
namespace {

constexpr std::string_view kIssuer = "issuer";
constexpr std::string_view kSupervisor = "supervisor";
constexpr std::string_view kAdministrator = "administrator";
constexpr std::string_view kAuditor = "auditor";
constexpr std::size_t kMaxBulkBody = 512'000;
constexpr std::size_t kMaxReason = 300;

constexpr Refusal kForbidden{403, "forbidden", "your account may not do this for this authority"};
// A browser that its owner trusts opens the campaign alone.
constexpr Refusal kSecondFactorNeeded{
    403, "second_factor_needed",
    "this browser is trusted, so no second factor was asked for; health work needs it: type the "
    "six digits"};
constexpr Refusal kMissingAuthority{400, "missing_authority", "name the authority: ?authority=ID"};
constexpr Refusal kUnavailable{503, "unavailable", "accounts cannot be asked, try again"};

constexpr Refusal kNoCsrfToken{403, "csrf",
                               "the header X-CSRF-Token is missing or wrong; load the page again"};
constexpr Refusal kOlderPortal{
    503, "unavailable",
    "the portal is of an older version and does not say who stands behind an account: upgrade it, "
    "then try again"};

http::Response nobody(const Error& error) {
  if (error.code == Code::kInvalid) return answer(kNoCsrfToken);
  return answer(error.code == Code::kDenied ? refusal::kUnauthorized : kUnavailable);
}

http::Response fresh(int status, std::string body) {
  auto response = http::json_response(status, std::move(body));
  response.set("Cache-Control", "no-store");
  return response;
}

std::string refused_entry(const Refusal& refused) {
  return wire::write_api_refusal(
      {.error = std::string(refused.text), .code = std::string(refused.code)});
}

std::string query(const http::Request& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return whole && number >= 0 ? number : otherwise;
}

// What an answer is made of, or the refusal.
template <class T, class Write>
http::Response shown(const Core& core, const Result<Outcome<T>>& outcome, const Write& write,
                     int status = 200) {
  if (!outcome) return failure(core, outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return answer(*refused);
  return fresh(status, write(std::get<T>(*outcome)));
}

std::string write_times(const CodeTimes& times) {
  return wire::JsonWriter{}
      .integer("expiresAtTimestamp", to_s(times.expires))
      .integer("longExpiresAtTimestamp", to_s(times.long_expires))
      .done();
}

}  // namespace

bool Officers::Desk::has(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Result<Outcome<Officers::Desk>> Officers::desk_of(
    const http::Session& session, const http::Request& request,
    const std::vector<std::string_view>& roles) const {
  using Answer = Outcome<Desk>;
  const auto named = query(request, "authority");
  return core_.store.read([&](store::Sql& sql) -> Result<Answer> {
    auto grants = list_grants(sql, session.account);
    if (!grants) return grants.error();
    std::string authority = named;
    for (const auto& grant : *grants) {
      if (!named.empty()) break;
      if (!authority.empty() && authority != grant.authority) return Answer{kMissingAuthority};
      authority = grant.authority;
    }
    if (authority.empty()) return Answer{kForbidden};
    Desk desk{.session = session, .authority = {}, .roles = {}, .person = {}};
    for (const auto& grant : *grants) {
      if (grant.authority == authority) desk.roles.push_back(grant.role);
    }
    // Whoever runs the system makes the first administrators.
    if (session.system_administrator && !desk.has(kAdministrator)) {
      desk.roles.emplace_back(kAdministrator);
    }
    const bool may = std::any_of(roles.begin(), roles.end(),
                                 [&](std::string_view role) { return desk.has(role); });
    if (!may) return Answer{kForbidden};
    auto found = find_authority(sql, authority);
    if (!found && found.error().code == Code::kNotFound) return Answer{kForbidden};
    if (!found) return found.error();
    desk.authority = std::move(*found);
    auto person = person_of(sql, authority, session, core_.now());
    if (!person) return person.error();
    desk.person = std::move(*person);
    return Answer{std::move(desk)};
  });
}

http::Handler Officers::as(std::vector<std::string_view> roles, Call call) const {
  return [this, roles = std::move(roles), call = std::move(call)](const http::Request& request) {
    const auto session = who_asks_(request);
    if (!session) return nobody(session.error());
    if (!session->second_factor) return answer(kSecondFactorNeeded);
    const auto desk = desk_of(*session, request, roles);
    if (!desk) return failure(core_, desk.error());
    if (const auto* refused = std::get_if<Refusal>(&*desk)) return answer(*refused);
    return call(std::get<Desk>(*desk), request);
  };
}

http::Response Officers::me(const http::Request& request) const {
  const auto session = who_asks_(request);
  if (!session) return nobody(session.error());
  auto entries = core_.store.read([&](store::Sql& sql) -> Result<std::vector<std::string>> {
    auto grants = list_grants(sql, session->account);
    if (!grants) return grants.error();
    std::map<std::string, std::vector<std::string>> roles;
    for (const auto& grant : *grants) roles[grant.authority].push_back(grant.role);
    std::vector<std::string> all;
    for (const auto& entry : roles) {
      auto authority = find_authority(sql, entry.first);
      if (!authority) return authority.error();
      all.push_back(wire::JsonWriter{}
                        .text("id", authority->id)
                        .text("name", authority->name)
                        .texts("roles", entry.second)
                        .texts("test_types", authority->test_types)
                        .boolean("sms", !authority->sms_url.empty())
                        .boolean("revocation", !authority->supervisors_key.empty())
                        .done());
    }
    return all;
  });
  if (!entries) return failure(core_, entries.error());
  return fresh(200, wire::JsonWriter{}
                        .text("account", session->account)
                        .boolean("system_administrator", session->system_administrator)
                        .list("authorities", *entries)
                        .done());
}

Issuer Officers::issuer_of(const Desk& desk) {
  return {
      .who = desk.who(), .quota = desk.authority.quota_officer, .account = desk.session.account};
}

http::Response Officers::issue_one(const Desk& desk, const http::Request& request) const {
  const auto asked = parse_issue_request(request.body);
  if (!asked) return answer(refusal::kUnparsable);
  auto checked = check_order(desk.authority, *asked, core_.now());
  if (const auto* refused = std::get_if<Refusal>(&checked)) return answer(*refused);
  return shown(core_,
               place_order(core_, desk.authority, issuer_of(desk), std::get<CodeOrder>(checked)),
               write_issued);
}

http::Response Officers::issue_bulk(const Desk& desk, const http::Request& request) const {
  const auto asked = parse_batch_request(request.body, kMaxBulk);
  if (!asked) return answer(refusal::kUnparsable);
  const bool phones = std::any_of(asked->begin(), asked->end(),
                                  [](const IssueRequest& one) { return !one.phone.empty(); });
  if (phones) {
    return answer({400, "unparsable_request", "a bulk list has no phone numbers"});
  }
  const auto issued = place_bulk(core_, desk.authority, issuer_of(desk), *asked);
  if (!issued) return failure(core_, issued.error());
  std::vector<std::string> entries;
  for (const auto& one : *issued) {
    if (const auto* refused = std::get_if<Refusal>(&one)) {
      entries.push_back(refused_entry(*refused));
      continue;
    }
    const auto& code = std::get<Issued>(one);
    entries.push_back(wire::JsonWriter{}
                          .text("uuid", code.uuid)
                          .text("code", code.code)
                          .integer("expiresAtTimestamp", to_s(code.expires))
                          .done());
  }
  return fresh(200, wire::JsonWriter{}.list("codes", entries).done());
}

http::Response Officers::show_code(const Desk& desk, const http::Request& request) const {
  const auto code = core_.store.read([&](store::Sql& sql) {
    return find_code(sql, desk.authority.id, request.parameter("uuid"));
  });
  if (!code) return failure(core_, code.error());
  if (!*code) return answer(refusal::kCodeNotFound);
  const auto& row = **code;
  if (!desk.has(kSupervisor) && row.issuer != desk.who()) return answer(refusal::kNotYourCode);
  const auto day = [](const std::optional<Day>& one) { return one ? to_text(*one) : ""; };
  return fresh(200, wire::JsonWriter{}
                        .text("uuid", row.uuid)
                        .text("testType", wire::word(row.type))
                        .text_if_any("symptomDate", day(row.symptom_day))
                        .text_if_any("testDate", day(row.test_day))
                        .boolean("claimed", row.claimed)
                        .integer("expiresAtTimestamp", to_s(row.expires))
                        .integer("longExpiresAtTimestamp", to_s(row.long_expires))
                        .boolean("revocable", row.has_handle)
                        .done());
}

http::Response Officers::end_code(const Desk& desk, const http::Request& request) const {
  const auto ended = expire_code(
      core_, desk.authority.id, request.parameter("uuid"),
      [&](const CodeRow& row) { return desk.has(kSupervisor) || row.issuer == desk.who(); },
      desk.session.account);
  return shown(core_, ended, write_times);
}

http::Response Officers::today(const Desk& desk) const {
  const auto now = core_.now();
  const auto& id = desk.authority.id;
  const auto body = core_.store.read([&](store::Sql& sql) -> Result<std::string> {
    std::map<std::string_view, std::int64_t> counts;
    for (const auto name : {counter::kIssued, counter::kReportsIssued, counter::kClaimed,
                            counter::kInvalid, counter::kTokensClaimed}) {
      auto number = counted(sql, id, now, name);
      if (!number) return number.error();
      counts[name] = *number;
    }
    auto own = counted(sql, id, now, counter::kIssued, desk.who());
    if (!own) return own.error();
    auto budget = guess_budget(sql, desk.authority, now);
    if (!budget) return budget.error();
    auto waiting = sql.integer(
        "SELECT COUNT(*) FROM callbacks WHERE authority = $1 AND fetched_by IS NULL", {id});
    if (!waiting) return waiting.error();
    // Self-reports have a quota of their own.
    const auto of_day = counts[counter::kIssued] - counts[counter::kReportsIssued];
    const auto left =
        std::min(desk.authority.quota_officer - *own, desk.authority.quota_day - of_day);
    return wire::JsonWriter{}
        .text("day", to_text(local_day(now)))
        .integer("issued", counts[counter::kIssued])
        .integer("claimed", counts[counter::kClaimed])
        .integer("invalid", counts[counter::kInvalid])
        .integer("certificates", counts[counter::kTokensClaimed])
        .integer("issued_by_me", *own)
        .integer("quota_left", std::max<std::int64_t>(left, 0))
        .boolean("short_codes_paused", budget->paused)
        .integer("callbacks_waiting", waiting->value_or(0))
        .done();
  });
  if (!body) return failure(core_, body.error());
  return fresh(200, *body);
}

http::Response Officers::ask(const Desk& desk, const http::Request& request) const {
  if (!desk.session.helpers_known) return answer(kOlderPortal);
  auto reader = wire::JsonReader::parse(request.body, kMaxBody);
  if (!reader) return answer(refusal::kUnparsable);
  const auto uuid = reader->text("uuid").value_or("");
  const auto reason = reader->text("reason").value_or("");
  if (!reader->done() || uuid.empty() || reason.empty() || reason.size() > kMaxReason * 4) {
    return answer({400, "unparsable_request", "uuid and a reason of at most 300 characters"});
  }
  return shown(core_, ask_revocation(core_, desk.authority, desk.person, uuid, reason),
               write_revocation, 201);
}

http::Response Officers::show_revocations(const Desk& desk) const {
  const auto all = list_revocations(core_, desk.authority);
  if (!all) return failure(core_, all.error());
  std::vector<std::string> entries;
  for (const auto& one : *all) entries.push_back(write_revocation(one));
  return fresh(200, wire::JsonWriter{}.list("revocations", entries).done());
}

http::Response Officers::show_callbacks(const Desk& desk) const {
  const auto all = list_callbacks(core_, desk.authority, desk.session.account);
  if (!all) return failure(core_, all.error());
  std::vector<std::string> entries;
  for (const auto& one : *all) {
    entries.push_back(wire::JsonWriter{}
                          .text("id", one.id)
                          .text("day", to_text(one.day))
                          .boolean("fetched", one.fetched)
                          .done());
  }
  return fresh(200, wire::JsonWriter{}.list("callbacks", entries).done());
}

http::Response Officers::show_callback(const Desk& desk, const http::Request& request) const {
  return shown(core_,
               fetch_callback(core_, desk.authority, desk.session.account, request.parameter("id")),
               [](const Bytes& message) {
                 return wire::JsonWriter{}.text("message", to_base64(message)).done();
               });
}

http::Response Officers::show_grants(const Desk& desk) const {
  const auto grants =
      core_.store.read([&](store::Sql& sql) { return list_grants(sql, "", desk.authority.id); });
  if (!grants) return failure(core_, grants.error());
  std::vector<std::string> entries;
  for (const auto& grant : *grants) {
    entries.push_back(
        wire::JsonWriter{}.text("account", grant.account).text("role", grant.role).done());
  }
  return fresh(200, wire::JsonWriter{}.list("grants", entries).done());
}

http::Response Officers::change_grant(const Desk& desk, const http::Request& request,
                                      bool put) const {
  auto reader = wire::JsonReader::parse(request.body, kMaxBody);
  if (!reader) return answer(refusal::kUnparsable);
  const Grant grant{.account = reader->text("account").value_or(""),
                    .authority = desk.authority.id,
                    .role = reader->text("role").value_or("")};
  if (!reader->done()) return answer(refusal::kUnparsable);
  if (put && !desk.session.helpers_known) return answer(kOlderPortal);
  const auto& hands = desk.person.hands;
  const auto done = put ? put_grant(core_.store, grant, desk.session.account, core_.now(), hands)
                        : remove_grant(core_.store, grant, desk.session.account, core_.now());
  if (!done && done.error().code == Code::kInvalid) {
    return answer({400, "unparsable_request", "an account, and one of the four roles"});
  }
  if (!done && done.error().code == Code::kNotFound) {
    return answer({404, "not_found", "there is no such grant"});
  }
  if (!done) return failure(core_, done.error());
  return fresh(200,
               wire::JsonWriter{}.text("account", grant.account).text("role", grant.role).done());
}

// An auditor reads the trail of their authority; whoever runs the system, all of it.
http::Response Officers::show_audit(const http::Request& request) const {
  const auto session = who_asks_(request);
  if (!session) return nobody(session.error());
  if (!session->second_factor) return answer(kSecondFactorNeeded);
  auto scope = query(request, "authority");
  if (!session->system_administrator) {
    const auto desk = desk_of(*session, request, {kAuditor});
    if (!desk) return failure(core_, desk.error());
    if (const auto* refused = std::get_if<Refusal>(&*desk)) return answer(*refused);
    scope = std::get<Desk>(*desk).authority.id;
  }
  const auto before = number_or(query(request, "before"), 0);
  const auto most = std::clamp<std::int64_t>(number_or(query(request, "count"), 100), 1, 500);
  std::vector<std::string> entries;
  const auto read = core_.store.read([&](store::Sql& sql) {
    entries.clear();
    const auto show = [&](const store::AuditEntry& entry) {
      entries.push_back(wire::JsonWriter{}
                            .integer("number", entry.number)
                            .integer("time", to_ms(entry.time))
                            .text("actor", entry.actor)
                            .text("action", entry.action)
                            .text("subject", entry.subject)
                            .text("detail", entry.detail)
                            .text("authority", entry.scope)
                            .done());
    };
    return store::read_audit(sql, before, most, show, scope);
  });
  if (!read) return failure(core_, read.error());
  return fresh(200, wire::JsonWriter{}.list("entries", entries).done());
}

void Officers::add_routes(http::Router& router) {
  router.add("GET", "/officer/v1/me", [this](const http::Request& request) { return me(request); });
  const auto add = [&](std::string_view method, std::string_view path,
                       std::vector<std::string_view> roles, const Call& call) {
    router.add({.method = std::string(method),
                .pattern = std::string(path),
                .handler = as(std::move(roles), call),
                .limits = {.body = kMaxBulkBody},
                .too_large = [] { return answer(refusal::kUnparsable); }});
  };
  using Request = http::Request;
  add("POST", "/officer/v1/codes", {kIssuer},
      [this](const Desk& desk, const Request& request) { return issue_one(desk, request); });
  add("POST", "/officer/v1/codes/bulk", {kIssuer},
      [this](const Desk& desk, const Request& request) { return issue_bulk(desk, request); });
  add("GET", "/officer/v1/codes/{uuid}", {kIssuer, kSupervisor},
      [this](const Desk& desk, const Request& request) { return show_code(desk, request); });
  add("POST", "/officer/v1/codes/{uuid}/expire", {kIssuer, kSupervisor},
      [this](const Desk& desk, const Request& request) { return end_code(desk, request); });
  add("GET", "/officer/v1/today", {kIssuer, kSupervisor},
      [this](const Desk& desk, const Request&) { return today(desk); });
  add("POST", "/officer/v1/revocations", {kSupervisor},
      [this](const Desk& desk, const Request& request) { return ask(desk, request); });
  add("GET", "/officer/v1/revocations", {kSupervisor, kAuditor},
      [this](const Desk& desk, const Request&) { return show_revocations(desk); });
  add("POST", "/officer/v1/revocations/{id}/fetch", {kSupervisor},
      [this](const Desk& desk, const Request& request) {
        return shown(
            core_,
            fetch_revocation(core_, desk.authority, desk.session.account, request.parameter("id")),
            write_revocation);
      });
  add("POST", "/officer/v1/revocations/{id}/approve", {kSupervisor},
      [this](const Desk& desk, const Request& request) {
        if (!desk.session.helpers_known) return answer(kOlderPortal);
        return shown(
            core_, approve_revocation(core_, desk.authority, desk.person, request.parameter("id")),
            write_revocation);
      });
  add("GET", "/officer/v1/callbacks", {kIssuer, kSupervisor},
      [this](const Desk& desk, const Request&) { return show_callbacks(desk); });
  add("POST", "/officer/v1/callbacks/{id}/fetch", {kIssuer, kSupervisor},
      [this](const Desk& desk, const Request& request) { return show_callback(desk, request); });
  add("GET", "/officer/v1/grants", {kAdministrator},
      [this](const Desk& desk, const Request&) { return show_grants(desk); });
  add("POST", "/officer/v1/grants", {kAdministrator},
      [this](const Desk& desk, const Request& request) {
        return change_grant(desk, request, true);
      });
  add("POST", "/officer/v1/grants/remove", {kAdministrator},
      [this](const Desk& desk, const Request& request) {
        return change_grant(desk, request, false);
      });
  router.add("GET", "/officer/v1/audit",
             [this](const Request& request) { return show_audit(request); });
}

}  // namespace bz::codes
