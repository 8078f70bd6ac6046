// /accounts/v1/accounts and /accounts/v1/audit: for system administrators.
#include <charconv>
#include <string>
#include <vector>

#include "accounts/desk.h"
#include "store/audit.h"
#include "wire/json_writer.h"

namespace bz::accounts {
namespace {

http::Response list_accounts(Desk& desk, const http::Request&, wire::JsonReader&, const Caller&) {
  const auto accounts = desk.store.read([&](store::Sql& sql) -> Result<std::vector<std::string>> {
    std::vector<std::string> entries;
    const auto read = sql.each(
        "SELECT name, system_administrator, disabled, first_until_ms, made_ms FROM accounts "
        "ORDER BY name",
        {}, [&](const store::Row& row) -> Result<bool> {
          entries.push_back(wire::JsonWriter()
                                .text("name", row.text(0))
                                .boolean("system_administrator", row.integer(1) != 0)
                                .boolean("disabled", row.integer(2) != 0)
                                .boolean("set_up", row.is_null(3))
                                .integer("made", row.integer(4))
                                .done());
          return true;
        });
    if (!read) return read.error();
    return entries;
  });
  if (!accounts) return refuse(accounts.error());
  return answer(200, wire::JsonWriter().list("accounts", *accounts).done());
}

http::Response answer_password(int status, std::string_view name,
                               const Result<std::string>& password) {
  if (!password) {
    switch (password.error().code) {
      case Code::kInvalid: return refuse(Refusal::kBadName);
      case Code::kConflict: return refuse(Refusal::kNameTaken);
      case Code::kNotFound: return refuse(Refusal::kNoSuchAccount);
      default: return refuse(password.error());
    }
  }
  return answer(status,
                wire::JsonWriter().text("name", name).text("first_password", *password).done());
}

http::Response add_one(Desk& desk, const http::Request&, wire::JsonReader& body,
                       const Caller& caller) {
  const auto name = body.text("name");
  const auto administrator = body.boolean("system_administrator");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!name) return refuse(Refusal::kBadRequest, "name is needed");
  return answer_password(
      201, *name, add_account(desk, caller.session.account, *name, administrator.value_or(false)));
}

http::Response reset_one(Desk& desk, const http::Request& request, wire::JsonReader&,
                         const Caller& caller) {
  const auto name = request.parameter("name");
  if (name == caller.session.account) return refuse(Refusal::kOwnAccount);
  return answer_password(200, name, reset_account(desk, caller.session.account, name));
}

http::Response disable_one(Desk& desk, const http::Request& request, wire::JsonReader&,
                           const Caller& caller) {
  const auto name = request.parameter("name");
  if (name == caller.session.account) return refuse(Refusal::kOwnAccount);
  const auto disabled = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    const auto rows = sql.run("UPDATE accounts SET disabled = 1 WHERE name = $1", {name});
    if (!rows) return rows.error();
    if (*rows == 0) return false;
    if (auto done = end_all_sessions(sql, name); !done) return done.error();
    auto noted = note(sql, desk.now(), caller.session.account, "account disabled", name);
    if (!noted) return noted.error();
    return true;
  });
  if (!disabled) return refuse(disabled.error());
  if (!*disabled) return refuse(Refusal::kNoSuchAccount);
  return answer(200, "{}");
}

// A whole number of the query; `otherwise` when it is not there, nothing when it is none.
std::optional<std::int64_t> query_number(const http::Request& request, std::string_view name,
                                         std::int64_t otherwise) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// ?before=NUMBER&count=COUNT, at most 200.
http::Response show_audit(Desk& desk, const http::Request& request, wire::JsonReader&,
                          const Caller&) {
  constexpr std::int64_t kMost = 200;
  const auto before = query_number(request, "before", 0);
  const auto count = query_number(request, "count", 50);
  if (!before || !count || *count > kMost) {
    return refuse(Refusal::kBadRequest, "before and count are whole numbers, count at most 200");
  }
  const auto entries = desk.store.read([&](store::Sql& sql) -> Result<std::vector<std::string>> {
    std::vector<std::string> texts;
    const auto read = store::read_audit(sql, *before, *count, [&](const store::AuditEntry& entry) {
      texts.push_back(wire::JsonWriter()
                          .integer("number", entry.number)
                          .integer("time", to_ms(entry.time))
                          .text("actor", entry.actor)
                          .text("action", entry.action)
                          .text("subject", entry.subject)
                          .text("detail", entry.detail)
                          .text("hash", to_hex(entry.hash))
                          .done());
    });
    if (!read) return read.error();
    return texts;
  });
  if (!entries) return refuse(entries.error());
  return answer(200, wire::JsonWriter().list("entries", *entries).done());
}

}  // namespace

void add_administrator_routes(Desk& desk, http::Router& router) {
  router.add("GET", "/accounts/v1/accounts", administrator_route(desk, list_accounts));
  router.add("POST", "/accounts/v1/accounts", administrator_route(desk, add_one));
  router.add("POST", "/accounts/v1/accounts/{name}/reset", administrator_route(desk, reset_one));
  router.add("POST", "/accounts/v1/accounts/{name}/disable",
             administrator_route(desk, disable_one));
  router.add("GET", "/accounts/v1/audit", administrator_route(desk, show_audit));
}

}  // namespace bz::accounts
