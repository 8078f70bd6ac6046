// GET /accounts/v1/session, POST /accounts/v1/logout, GET /accounts/v1/sessions and
// POST /accounts/v1/sessions/{label}/end.
#include <string>
#include <vector>

#include "accounts/desk.h"
#include "wire/json_writer.h"

namespace bz::accounts {
namespace {

// Where a page is in logging in; {"next":"login"} for who has no session, which is no error.
http::Response show_session(Desk& desk, const http::Request& request, wire::JsonReader&) {
  const auto caller = desk.caller(request);
  if (!caller) return refuse(caller.error());
  if (!*caller) return answer(200, wire::JsonWriter().text("next", "login").done());
  return answer(200, session_json(**caller));
}

http::Response log_out(Desk& desk, const http::Request&, wire::JsonReader&, const Caller& caller) {
  const SessionRow& session = caller.session;
  const auto ended = desk.store.write([&](store::Sql& sql) -> Result<void> {
    if (auto done = end_session(sql, session.hash); !done) return done;
    return note(sql, desk.now(), session.account, "logged out", session.account);
  });
  if (!ended) return refuse(ended.error());
  auto response = answer(200, wire::JsonWriter().text("next", "login").done());
  desk.set_cookie(response, {});
  return response;
}

http::Response list_sessions(Desk& desk, const http::Request&, wire::JsonReader&,
                             const Caller& caller) {
  const Instant now = desk.now();
  const auto sessions = desk.store.read([&](store::Sql& sql) -> Result<std::vector<std::string>> {
    std::vector<std::string> entries;
    const auto read =
        each_session(sql, caller.session.account, now, [&](const SessionRow& session) {
          entries.push_back(wire::JsonWriter()
                                .text("id", session.label)
                                .integer("begun", to_ms(session.begun))
                                .integer("seen", to_ms(session.seen))
                                .text("address_prefix", session.address_prefix)
                                .boolean("this", session.hash == caller.session.hash)
                                .done());
        });
    if (!read) return read.error();
    return entries;
  });
  if (!sessions) return refuse(sessions.error());
  return answer(200, wire::JsonWriter().list("sessions", *sessions).done());
}

http::Response end_one(Desk& desk, const http::Request& request, wire::JsonReader&,
                       const Caller& caller) {
  const std::string_view account = caller.session.account;
  const auto ended = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    auto found = end_session_by_label(sql, account, request.parameter("label"));
    if (!found || !*found) return found;
    if (auto done = note(sql, desk.now(), account, "session ended", account); !done) {
      return done.error();
    }
    return true;
  });
  if (!ended) return refuse(ended.error());
  if (!*ended) return refuse(Refusal::kNoSuchSession);
  return answer(200, "{}");
}

}  // namespace

void add_session_routes(Desk& desk, http::Router& router) {
  router.add("GET", "/accounts/v1/session", open_route(desk, show_session));
  router.add("POST", "/accounts/v1/logout",
             route_at(desk, {Stage::kSecondFactor, Stage::kSetUp, Stage::kReady}, log_out));
  router.add("GET", "/accounts/v1/sessions", route_at(desk, {Stage::kReady}, list_sessions));
  router.add("POST", "/accounts/v1/sessions/{label}/end", route_at(desk, {Stage::kReady}, end_one));
}

}  // namespace bz::accounts
