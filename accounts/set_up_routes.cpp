// GET and POST /accounts/v1/setup, POST /accounts/v1/second-factor/renew, /accounts/v1/password.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "accounts/desk.h"
#include "accounts/written_code.h"
#include "wire/json_writer.h"

namespace bz::accounts {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kRecoveryCodes = 10;

Refusal refusal_of(PasswordFault fault) {
  switch (fault) {
    case PasswordFault::kShort: return Refusal::kPasswordShort;
    case PasswordFault::kLong: return Refusal::kPasswordLong;
    case PasswordFault::kHasName: return Refusal::kPasswordHasName;
    case PasswordFault::kCommon: break;
  }
  return Refusal::kPasswordCommon;
}

Limit own_password_limit(std::string_view name) {
  return {"own password of " + std::string(name), 5, std::chrono::minutes{15}};
}

Result<Account> own_account(Desk& desk, const Caller& caller) {
  auto account =
      desk.store.read([&](store::Sql& sql) { return find_account(sql, caller.session.account); });
  if (!account) return account.error();
  if (!*account) return Error{Code::kUnavailable, "the account of a session is gone"};
  return std::move(**account);
}

// Whether the caller knows the account's password, within the limit of guesses; otherwise what to
// answer.
std::optional<http::Response> refuse_stranger(Desk& desk, const Account& account,
                                              std::string_view password) {
  const auto limit = own_password_limit(account.name);
  const auto wait = desk.store.write(
      [&](store::Sql& sql) { return desk.attempts.take(sql, {limit}, desk.now()); });
  if (!wait) return refuse(wait.error());
  if (*wait > milliseconds{0}) return refuse_for(*wait);
  const auto matches = desk.hasher.matches(password, account.password);
  if (!matches) return refuse(Refusal::kBusy);
  const auto noted = desk.store.write([&](store::Sql& sql) -> Result<void> {
    if (*matches) return desk.attempts.forget(sql, limit.name);
    return note(sql, desk.now(), account.name, "own password wrong", account.name);
  });
  if (!noted) return refuse(noted.error());
  if (!*matches) return refuse(Refusal::kWrongPassword);
  return std::nullopt;
}

// Hashed, or what to answer.
struct Chosen {
  std::string hashed;
  std::optional<http::Response> refusal;
};
Chosen hash_chosen(Desk& desk, const Account& account, std::string_view password) {
  if (const auto fault = password_fault(password, account.name)) {
    return {{}, refuse(refusal_of(*fault))};
  }
  const auto same = desk.hasher.matches(password, account.password);
  if (!same) return {{}, refuse(Refusal::kBusy)};
  if (*same) return {{}, refuse(Refusal::kPasswordSame)};
  auto hashed = desk.hasher.hash(password);
  if (!hashed) return {{}, refuse(Refusal::kBusy)};
  return {std::move(*hashed), std::nullopt};
}

// What is needed for setting up, and the secret as text and as a URI for a picture of it.
http::Response show_set_up(Desk& desk, const http::Request&, wire::JsonReader&,
                           const Caller& caller) {
  const SessionRow& session = caller.session;
  if (session.new_second_factor.empty()) return refuse(Refusal::kNoSuchRoute);
  const auto account = own_account(desk, caller);
  if (!account) return refuse(account.error());
  const auto secret = desk.open_factor(session.account, session.new_second_factor);
  if (!secret) return refuse(secret.error());
  return answer(200, wire::JsonWriter()
                         .text("name", session.account)
                         .boolean("password_needed", account->first_until.has_value())
                         .text("secret", to_base32(*secret))
                         .text("uri", totp_uri(*secret, session.account))
                         .done());
}

struct SetUp {
  std::string hashed;  // empty: the password stays
  Bytes second_factor;
  std::int64_t step = 0;
  std::vector<std::string> recovery_codes;
};

// The caller's password has not changed since it was looked at; or false.
Result<bool> store_set_up(Desk& desk, store::Sql& sql, const Account& account, const SetUp& set_up,
                          const NewSession& drawn, const Caller& caller, Instant now) {
  const std::string_view name = account.name;
  const std::string_view password = set_up.hashed.empty() ? account.password : set_up.hashed;
  const auto changed = sql.run(
      "UPDATE accounts SET password = $1, first_until_ms = NULL, second_factor = $2, "
      "last_step = $3 WHERE name = $4 AND password = $5 AND disabled = 0",
      {password, ByteView(set_up.second_factor), set_up.step, name,
       std::string_view(account.password)});
  if (!changed) return changed.error();
  if (*changed == 0) return false;
  const auto gone = sql.run("DELETE FROM recovery_codes WHERE account = $1", {name});
  if (!gone) return gone.error();
  for (const std::string& code : set_up.recovery_codes) {
    const Digest hash = recovery_hash(name, code);
    const auto added = sql.run("INSERT INTO recovery_codes (account, hash) VALUES ($1, $2)",
                               {name, ByteView(hash)});
    if (!added) return added.error();
  }
  if (auto done = end_all_sessions(sql, name); !done) return done.error();
  auto begun =
      begin_session(sql, drawn, name, Stage::kReady, caller.session.address_prefix, {}, now);
  if (!begun) return begun.error();
  const bool first = caller.session.stage == Stage::kSetUp;
  auto noted =
      note(sql, desk.now(), name, first ? "account set up" : "second factor changed", name);
  if (!noted) return noted.error();
  if (!first) return true;
  if (noted = note(sql, now, name, "logged in", name, "by set-up"); !noted) return noted.error();
  return true;
}

// After all sessions of the account were ended, and with them its epoch.
http::Response answer_ready(Desk& desk, const Account& account, const Caller& caller,
                            const NewSession& drawn, Instant now,
                            const std::vector<std::string>& recovery_codes) {
  Caller ready{drawn.token, caller.session};
  ready.session.stage = Stage::kReady;
  ready.session.by_trusted = false;
  ready.session.begun = ready.session.seen = now;
  std::string json = session_json(ready);
  if (!recovery_codes.empty()) {
    const auto codes = wire::JsonWriter().texts("recovery_codes", recovery_codes).done();
    json.pop_back();
    json.append(",").append(codes, 1);
  }
  auto response = answer(200, std::move(json));
  desk.set_cookie(response, drawn.token);
  desk.set_device_cookie(response, account.name, account.epoch + 1, std::nullopt);
  return response;
}

http::Response set_up(Desk& desk, const http::Request&, wire::JsonReader& body,
                      const Caller& caller) {
  const auto code = body.text("code");
  const auto password = body.text("new_password");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!code) return refuse(Refusal::kBadRequest, "code is needed");
  const SessionRow& session = caller.session;
  if (session.new_second_factor.empty()) return refuse(Refusal::kNoSuchRoute);
  const auto account = own_account(desk, caller);
  if (!account) return refuse(account.error());
  if (account->first_until.has_value() != password.has_value()) {
    return refuse(Refusal::kBadRequest,
                  password ? "new_password is not to be given here" : "new_password is needed");
  }
  const auto secret = desk.open_factor(session.account, session.new_second_factor);
  if (!secret) return refuse(secret.error());
  const auto step = matching_totp_step(*secret, *code, desk.phones_now(), 0);
  if (!step) return refuse(Refusal::kWrongCode);
  SetUp set_up;
  if (password) {
    auto chosen = hash_chosen(desk, *account, *password);
    if (chosen.refusal) return *chosen.refusal;
    set_up.hashed = std::move(chosen.hashed);
  }
  set_up.second_factor = session.new_second_factor;  // sealed for this account
  set_up.step = *step;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    set_up.recovery_codes.push_back(draw_written_code(desk.world.random));
  }
  const auto drawn = NewSession::draw(desk.world.random);
  const Instant now = desk.now();
  const auto stored = desk.store.write([&](store::Sql& sql) {
    return store_set_up(desk, sql, *account, set_up, drawn, caller, now);
  });
  if (!stored) return refuse(stored.error());
  if (!*stored) return refuse(Refusal::kNotLoggedIn);
  count_login(desk, "set_up");
  return answer_ready(desk, *account, caller, drawn, now, set_up.recovery_codes);
}

// Another phone: draws a new secret, which counts once a code of it has come to POST setup.
http::Response renew_second_factor(Desk& desk, const http::Request& request, wire::JsonReader& body,
                                   const Caller& caller) {
  const auto password = body.text("password");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!password) return refuse(Refusal::kBadRequest, "password is needed");
  // Else a stolen browser and a password would be worth the account for ever.
  if (caller.session.by_trusted) return refuse(Refusal::kSecondFactorNeeded);
  const auto account = own_account(desk, caller);
  if (!account) return refuse(account.error());
  if (auto refusal = refuse_stranger(desk, *account, *password)) return *refusal;
  TotpSecret secret{};
  desk.world.random.fill(secret);
  Caller changed = caller;
  changed.session.new_second_factor = desk.seal_factor(account->name, secret);
  const auto kept = desk.store.write([&](store::Sql& sql) {
    return set_new_second_factor(sql, caller.session.hash, changed.session.new_second_factor);
  });
  if (!kept) return refuse(kept.error());
  return show_set_up(desk, request, body, changed);
}

http::Response change_password(Desk& desk, const http::Request&, wire::JsonReader& body,
                               const Caller& caller) {
  const auto old_password = body.text("old_password");
  const auto new_password = body.text("new_password");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!old_password || !new_password) {
    return refuse(Refusal::kBadRequest, "old_password and new_password are needed");
  }
  if (caller.session.by_trusted) return refuse(Refusal::kSecondFactorNeeded);
  const auto account = own_account(desk, caller);
  if (!account) return refuse(account.error());
  if (auto refusal = refuse_stranger(desk, *account, *old_password)) return *refusal;
  const auto chosen = hash_chosen(desk, *account, *new_password);
  if (chosen.refusal) return *chosen.refusal;
  const auto drawn = NewSession::draw(desk.world.random);
  const Instant now = desk.now();
  const std::string_view name = account->name;
  const auto stored = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    const auto changed = sql.run(
        "UPDATE accounts SET password = $1 WHERE name = $2 AND "
        "password = $3 AND disabled = 0",
        {std::string_view(chosen.hashed), name, std::string_view(account->password)});
    if (!changed) return changed.error();
    if (*changed == 0) return false;
    if (auto done = end_all_sessions(sql, name); !done) return done.error();
    const auto& prefix = caller.session.address_prefix;
    if (auto done = begin_session(sql, drawn, name, Stage::kReady, prefix, {}, now); !done) {
      return done.error();
    }
    if (auto done = note(sql, now, name, "password changed", name); !done) return done.error();
    return true;
  });
  if (!stored) return refuse(stored.error());
  if (!*stored) return refuse(Refusal::kNotLoggedIn);
  return answer_ready(desk, *account, caller, drawn, now, {});
}

}  // namespace

void add_set_up_routes(Desk& desk, http::Router& router) {
  router.add("GET", "/accounts/v1/setup",
             route_at(desk, {Stage::kSetUp, Stage::kReady}, show_set_up));
  router.add("POST", "/accounts/v1/setup", route_at(desk, {Stage::kSetUp, Stage::kReady}, set_up));
  router.add("POST", "/accounts/v1/second-factor/renew",
             route_at(desk, {Stage::kReady}, renew_second_factor));
  router.add("POST", "/accounts/v1/password", route_at(desk, {Stage::kReady}, change_password));
}

}  // namespace bz::accounts
