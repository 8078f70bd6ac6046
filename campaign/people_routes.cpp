#include <map>

#include "base/date.h"
#include "campaign/desk.h"
#include "campaign/json.h"
#include "store/audit.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "wire/json_reader.h"

namespace bz::campaign {
namespace {

using http::Request;
using http::Response;
using wire::JsonReader;
using wire::JsonWriter;

constexpr std::string_view kAdmin[] = {"admin"};
constexpr std::string_view kAuditor[] = {"auditor"};
// Who sees who is in charge: readers and who looks after people; no screen on a wall.
constexpr std::string_view kInCharge[] = {"clerk",  "approver", "duty", "officer",
                                          "leader", "auditor",  "admin"};

// An administrator of what `subject` lies in. Who administers the server's accounts may, too: else
// nobody could grant the first.
Result<std::optional<Grant>> administrator(store::Sql& sql, const Caller& caller,
                                           std::string_view subject) {
  if (caller.system_administrator)
    return std::optional(Grant{.account = caller.account, .role = "admin", .scope = "VN"});
  return grant_for(sql, caller.grants, kAdmin, subject);
}

// ---- bodies and posts

Answer list(const Desk& desk, const Caller&, const Request& request) {
  const auto unit = request.query.find("unit");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto bodies =
        list_bodies(sql, unit == request.query.end() ? std::string_view{} : unit->second);
    if (!bodies) {
      if (auto refusal = refused_by(bodies.error())) return *refusal;
      return bodies.error();
    }
    std::vector<std::string> entries;
    for (const auto& body : *bodies) entries.push_back(body_json(body));
    return http::json_response(200, JsonWriter().list("bodies", entries).done());
  });
}

Answer show(const Desk& desk, const Caller& caller, const Request& request) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    const auto body = find_body(sql, request.parameter("slug"));
    if (!body) {
      if (auto refusal = refused_by(body.error())) return *refusal;
      return body.error();
    }
    JsonWriter json;
    json.json("body", body_json(*body));
    // Who is in charge is for those whose scope the body is in.
    const auto mine = grant_for(sql, caller.grants, kInCharge, body->slug);
    if (!mine) return mine.error();
    if (*mine || caller.system_administrator) {
      const auto posts = posts_of(sql, body->slug, desk.now());
      if (!posts) return posts.error();
      std::vector<std::string> entries;
      for (const auto& post : *posts) entries.push_back(post_json(post));
      json.list("posts", entries).texts("mail", body->mail);
    }
    return http::json_response(200, json.done());
  });
}

Result<Body> read_body(const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return json.error();
  Body body;
  body.slug = json->text("slug").value_or("");
  body.kind = json->text("kind").value_or("");
  body.name = json->text("name").value_or("");
  body.aliases = json->texts("aliases").value_or(std::vector<std::string>{});
  body.parent = json->text("parent").value_or("");
  body.unit = json->text("unit").value_or("");
  body.answers_for = json->texts("answers_for").value_or(std::vector<std::string>{});
  body.mail = json->texts("mail").value_or(std::vector<std::string>{});
  if (auto done = json->done(); !done) return done.error();
  return body;
}

// One must administer where a body is and where it goes, and all that it will answer for.
Result<std::optional<Grant>> may_put(store::Sql& sql, const Caller& caller, const Body& body) {
  std::vector<std::string> subjects = body.answers_for;
  std::erase(subjects, body.slug);
  subjects.push_back(body.unit.empty() ? "VN" : body.unit);
  if (!body.parent.empty()) subjects.push_back(body.parent);
  const auto before = find_body(sql, body.slug);
  if (before) subjects.push_back(body.slug);
  if (!before && before.error().code != Code::kNotFound) return before.error();
  std::optional<Grant> grant;
  for (const auto& subject : subjects) {
    auto holds = administrator(sql, caller, subject);
    if (!holds || !*holds) return holds;
    grant = std::move(*holds);
  }
  return grant;
}

Answer put(const Desk& desk, const Caller& caller, const Request& request) {
  const auto body = read_body(request);
  if (!body) return unreadable(body.error());
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = may_put(sql, caller, *body);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    if (auto kept = put_body(sql, *body, desk.now()); !kept) {
      if (auto refusal = refused_by(kept.error())) return *refusal;
      return kept.error();
    }
    if (auto noted = note(sql, desk.now(), caller, **grant, "body put", body->slug); !noted)
      return noted.error();
    const auto now = find_body(sql, body->slug);
    if (!now) return now.error();
    return http::json_response(200, JsonWriter().json("body", body_json(*now)).done());
  });
}

Answer add_post(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  Post post;
  post.body = request.parameter("slug");
  post.post = json->text("post").value_or("");
  post.account = json->text("account").value_or("");
  post.name = json->text("name").value_or("");
  post.contact = json->text("contact").value_or("");
  post.substitute = json->text("substitute").value_or("");
  post.from = desk.now();
  if (auto done = json->done(); !done) return unreadable(done.error());
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto grant = administrator(sql, caller, post.body);
    if (!grant) return grant.error();
    if (!*grant) return refusal::not_yours();
    if (auto kept = put_post(sql, post); !kept) {
      if (auto refusal = refused_by(kept.error())) return *refusal;
      return kept.error();
    }
    // No name and no contact: the audit trail is kept longer than either.
    if (auto noted = note(sql, desk.now(), caller, **grant, "post put", post.body); !noted)
      return noted.error();
    return http::json_response(200, JsonWriter().json("post", post_json(post)).done());
  });
}

// ---- grants

Answer me(const Desk&, const Caller& caller, const Request&) {
  std::vector<std::string> grants;
  for (const auto& grant : caller.grants) grants.push_back(grant_json(grant));
  return http::json_response(200, JsonWriter()
                                      .text("account", caller.account)
                                      .boolean("system_administrator", caller.system_administrator)
                                      .list("grants", grants)
                                      .done());
}

Answer list_grants(const Desk& desk, const Caller& caller, const Request&) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (!caller.system_administrator && !caller.has("admin")) return refusal::not_yours();
    const auto all = grants_of(sql, "", desk.now());
    if (!all) return all.error();
    std::vector<std::string> entries;
    for (const auto& grant : *all) {
      const auto holds = administrator(sql, caller, grant.scope);
      if (!holds) return holds.error();
      if (*holds) entries.push_back(grant_json(grant));
    }
    return http::json_response(200, JsonWriter().list("grants", entries).done());
  });
}

Answer add_grant(const Desk& desk, const Caller& caller, const Request& request) {
  auto json = JsonReader::parse(request.body, kLongestJson);
  if (!json) return unreadable(json.error());
  Grant grant;
  grant.account = json->text("account").value_or("");
  grant.role = json->text("role").value_or("");
  grant.scope = json->text("scope").value_or("");
  const auto until = json->text("until");
  grant.from = desk.now();
  if (auto done = json->done(); !done) return unreadable(done.error());
  if (until) {
    const auto day = day_from_text(*until);
    if (!day) return refusal::bad_query("until");
    grant.until = vi::end_of(*day);
  }
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto mine = administrator(sql, caller, grant.scope);
    if (!mine) return mine.error();
    if (!*mine) return refusal::not_yours();
    // An administrator of a district's subtree cannot make another of the province: the scope is
    // inside one's own. Nobody gives rights to themselves.
    if (grant.account == caller.account && !caller.system_administrator)
      return refusal::not_yours();
    auto number = put_grant(sql, grant);
    if (!number) {
      if (auto refusal = refused_by(number.error())) return *refusal;
      return number.error();
    }
    grant.number = *number;
    if (auto noted = note(sql, desk.now(), caller, **mine, "granted", "account:" + grant.account,
                          grant.role + " " + grant.scope);
        !noted)
      return noted.error();
    return http::json_response(201, JsonWriter().json("grant", grant_json(grant)).done());
  });
}

Answer remove_grant(const Desk& desk, const Caller& caller, const Request& request) {
  const auto number = number_in(request.parameter("number"));
  if (!number) return refusal::not_found();
  return desk.store.write([&](store::Sql& sql) -> Answer {
    const auto all = grants_of(sql, "", desk.now());
    if (!all) return all.error();
    for (const auto& grant : *all) {
      if (grant.number != *number) continue;
      const auto mine = administrator(sql, caller, grant.scope);
      if (!mine) return mine.error();
      if (!*mine) return refusal::not_found();
      if (auto ended = end_grant(sql, *number, desk.now()); !ended) return ended.error();
      if (auto noted = note(sql, desk.now(), caller, **mine, "grant ended",
                            "account:" + grant.account, grant.role + " " + grant.scope);
          !noted)
        return noted.error();
      return http::json_response(200, JsonWriter().integer("number", *number).done());
    }
    return refusal::not_found();
  });
}

// ---- the audit trail

// What was done by grants inside the caller's own scopes as an auditor.
class AuditScope {
 public:
  AuditScope(store::Sql& sql, const Caller& caller) : sql_(sql), caller_(caller) {}

  [[nodiscard]] bool is_any() const { return caller_.has("auditor"); }
  Result<bool> holds(std::string_view scope) {
    const auto known = seen_.find(scope);
    if (known != seen_.end()) return known->second;
    const auto grant = grant_for(sql_, caller_.grants, kAuditor, scope);
    if (!grant) return grant.error();
    return seen_[std::string(scope)] = grant->has_value();
  }

 private:
  store::Sql& sql_;
  const Caller& caller_;
  std::map<std::string, bool, std::less<>> seen_;
};

std::string entry_json(const store::AuditEntry& entry) {
  return JsonWriter()
      .integer("number", entry.number)
      .text("time", vi::iso_local(entry.time))
      .text("actor", entry.actor)
      .text("action", entry.action)
      .text("subject", entry.subject)
      .text("detail", entry.detail)
      .done();
}

Answer show_audit(const Desk& desk, const Caller& caller, const Request& request) {
  const auto figure = request.query.find("figure");
  const auto before = request.query.find("before");
  const auto from =
      before == request.query.end() ? std::optional<std::int64_t>(0) : number_in(before->second);
  if (!from) return refusal::bad_query("before");
  return desk.store.read([&](store::Sql& sql) -> Answer {
    AuditScope scope(sql, caller);
    if (!scope.is_any()) return refusal::not_yours();
    // One figure's entries may lie anywhere; without one, the newest.
    constexpr std::int64_t kPage = 500;
    constexpr std::int64_t kAll = 1'000'000'000;
    const bool all = figure != request.query.end();
    std::vector<store::AuditEntry> entries;
    const auto read = store::read_audit(sql, *from, all ? kAll : kPage, [&](const auto& entry) {
      if (!all || entry.subject == figure->second) entries.push_back(entry);
    });
    if (!read) return read.error();
    std::vector<std::string> shown;
    for (const auto& entry : entries) {
      const auto holds = scope.holds(entry.scope);
      if (!holds) return holds.error();
      if (*holds) shown.push_back(entry_json(entry));
    }
    JsonWriter json;
    json.list("entries", shown);
    if (!all && !entries.empty() && entries.back().number > 1)
      json.integer("next_before", entries.back().number);
    return http::json_response(200, json.done());
  });
}

Answer verify(const Desk& desk, const Caller& caller, const Request&) {
  return desk.store.read([&](store::Sql& sql) -> Answer {
    if (!caller.has("auditor")) return refusal::not_yours();
    const auto head = store::verify_audit(sql);
    if (!head && head.error().code != Code::kMalformed) return head.error();
    JsonWriter json;
    json.boolean("is_whole", head.has_value());
    if (head)
      json.integer("entries", head->number).text("head", to_hex(head->hash));
    else
      json.text("says_en", head.error().what);
    return http::json_response(200, json.done());
  });
}

}  // namespace

void add_people_routes(const Desk& desk, http::Router& router) {
  const std::string base = "/campaign/v1";
  router.add("GET", base + "/bodies", as_viewer(desk, list));
  router.add("POST", base + "/bodies", as_anyone(desk, put));
  router.add("GET", base + "/bodies/{slug}", as_anyone(desk, show));
  router.add("POST", base + "/bodies/{slug}/posts", as_anyone(desk, add_post));
  router.add("GET", base + "/me", as_anyone(desk, me));
  router.add("GET", base + "/grants", as_anyone(desk, list_grants));
  router.add("POST", base + "/grants", as_anyone(desk, add_grant));
  router.add("POST", base + "/grants/{number}/end", as_anyone(desk, remove_grant));
  router.add("GET", base + "/audit", as_anyone(desk, show_audit));
  router.add("POST", base + "/audit/verify", as_anyone(desk, verify));
}

}  // namespace bz::campaign
