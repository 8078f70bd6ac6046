// GET /accounts/v1/session, POST /accounts/v1/logout, GET /accounts/v1/sessions and
// POST /accounts/v1/sessions/{label}/end, /accounts/v1/sessions/end-all.
#include <string>
#include <vector>

#include "accounts/desk.h"
#include "accounts/trusted.h"
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

// The browsers that need no second factor, and which of them asks.
Result<std::vector<std::string>> trusted_entries(Desk& desk, store::Sql& sql,
                                                 const http::Request& request,
                                                 std::string_view name) {
  const auto account = find_account(sql, name);
  if (!account) return account.error();
  const auto device = *account ? desk.device_of(request, **account) : std::optional<DeviceId>{};
  const auto here = device ? std::optional(trusted_hash(*device)) : std::nullopt;
  std::vector<std::string> entries;
  const auto read = each_trusted(sql, name, desk.now(), [&](const TrustedBrowser& browser) {
    entries.push_back(wire::JsonWriter()
                          .text("id", browser.label)
                          .integer("since", to_ms(browser.since))
                          .integer("until", to_ms(browser.until))
                          .text("address_prefix", browser.address_prefix)
                          .boolean("this", here == browser.hash)
                          .done());
  });
  if (!read) return read.error();
  return entries;
}

http::Response list_sessions(Desk& desk, const http::Request& request, wire::JsonReader&,
                             const Caller& caller) {
  const Instant now = desk.now();
  std::vector<std::string> trusted;
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
    auto browsers = trusted_entries(desk, sql, request, caller.session.account);
    if (!browsers) return browsers.error();
    trusted = std::move(*browsers);
    return entries;
  });
  if (!sessions) return refuse(sessions.error());
  return answer(
      200, wire::JsonWriter().list("sessions", *sessions).list("trusted_browsers", trusted).done());
}

// A session, or the trust of a browser: both are in the list.
http::Response end_one(Desk& desk, const http::Request& request, wire::JsonReader&,
                       const Caller& caller) {
  const std::string_view account = caller.session.account;
  const auto label = request.parameter("label");
  const auto ended = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    auto found = end_session_by_label(sql, account, label);
    if (!found) return found;
    const bool was_session = *found;
    if (!was_session) found = end_trust_by_label(sql, account, label);
    if (!found || !*found) return found;
    const auto* what = was_session ? "session ended" : "browser no longer trusted";
    if (auto done = note(sql, desk.now(), account, what, account); !done) return done.error();
    return true;
  });
  if (!ended) return refuse(ended.error());
  if (!*ended) return refuse(Refusal::kNoSuchSession);
  return answer(200, "{}");
}

// This one too: who fears that another holds a browser of theirs begins anew.
http::Response end_all(Desk& desk, const http::Request&, wire::JsonReader&, const Caller& caller) {
  const std::string_view account = caller.session.account;
  const auto ended = desk.store.write([&](store::Sql& sql) -> Result<void> {
    if (auto done = end_all_sessions(sql, account); !done) return done;
    return note(sql, desk.now(), account, "all sessions ended", account);
  });
  if (!ended) return refuse(ended.error());
  auto response = answer(200, wire::JsonWriter().text("next", "login").done());
  desk.set_cookie(response, {});
  return response;
}

}  // namespace

void add_session_routes(Desk& desk, http::Router& router) {
  router.add("GET", "/accounts/v1/session", open_route(desk, show_session));
  router.add("POST", "/accounts/v1/logout",
             route_at(desk, {Stage::kSecondFactor, Stage::kSetUp, Stage::kReady}, log_out));
  router.add("GET", "/accounts/v1/sessions", route_at(desk, {Stage::kReady}, list_sessions));
  router.add("POST", "/accounts/v1/sessions/{label}/end", route_at(desk, {Stage::kReady}, end_one));
  router.add("POST", "/accounts/v1/sessions/end-all", route_at(desk, {Stage::kReady}, end_all));
}

}  // namespace bz::accounts
