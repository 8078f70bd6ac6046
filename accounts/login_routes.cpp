// POST /accounts/v1/login, /accounts/v1/second-factor, /accounts/v1/recovery.
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "accounts/desk.h"
#include "accounts/written_code.h"

namespace bz::accounts {
namespace {

using std::chrono::milliseconds;

// How many a guesser may make: from one place at one account, at one account from anywhere (little
// patience would let anybody lock its owner out), from one place at all accounts. A browser that
// the account knows is limited by itself alone, so that strangers cannot slow it.
Limit password_here_limit(std::string_view name, std::string_view address) {
  return {"password of " + std::string(name) + " from " + std::string(address), 5,
          std::chrono::minutes{15}};
}
Limit password_limit(std::string_view name) {
  return {"password of " + std::string(name), 20, std::chrono::minutes{1}};
}
Limit address_limit(std::string_view address) {
  // An office makes mistakes all day long.
  return {"address " + std::string(address), 50, std::chrono::minutes{5}, std::chrono::hours{1}};
}
std::string by_device(const DeviceId& device) {
  return " by browser " + to_hex(device);
}
Limit password_by_limit(std::string_view name, const DeviceId& device) {
  return {"password of " + std::string(name) + by_device(device), 5, std::chrono::minutes{15}};
}
std::vector<Limit> password_limits(std::string_view name, std::string_view address,
                                   const std::optional<DeviceId>& device) {
  if (device) return {password_by_limit(name, *device)};
  return {password_here_limit(name, address), password_limit(name), address_limit(address)};
}
// Who comes here knows the password.
Limit second_limit(std::string_view name, const std::optional<DeviceId>& device) {
  return {"second factor of " + std::string(name) + (device ? by_device(*device) : ""), 5,
          std::chrono::minutes{15}};
}

// The password was right: what counted this try as failed is taken back.
Result<void> forget_failures(Desk& desk, store::Sql& sql, std::string_view name,
                             std::string_view address, const std::optional<DeviceId>& device) {
  // What strangers tried stays counted: a known browser says nothing of them.
  if (device) return desk.attempts.forget(sql, password_by_limit(name, *device).name);
  for (const auto& limit : {password_here_limit(name, address), password_limit(name)}) {
    if (auto forgotten = desk.attempts.forget(sql, limit.name); !forgotten) return forgotten;
  }
  return desk.attempts.take_back(sql, address_limit(address).name);
}

Result<void> note_failed_login(Desk& desk, const std::optional<Account>& account,
                               std::string_view what) {
  const std::string subject = account ? account->name : "an unknown name";
  return desk.store.write([&](store::Sql& sql) {
    return note(sql, desk.now(), "server", "login failed", subject, what);
  });
}

// The session that follows a right password.
http::Response begin_after_password(Desk& desk, const http::Request& request,
                                    const Account& account) {
  const bool must_set_up = account.first_until || account.second_factor.empty();
  const Stage stage = must_set_up ? Stage::kSetUp : Stage::kSecondFactor;
  Bytes new_factor;
  if (must_set_up) {
    TotpSecret secret{};
    desk.world.random.fill(secret);
    new_factor = desk.seal_factor(account.name, secret);
  }
  const auto drawn = NewSession::draw(desk.world.random);
  const auto old_token = desk.token_of(request);
  const auto old = old_token ? token_hash(*old_token) : std::nullopt;
  const Instant now = desk.now();
  const auto begun = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    // Reset or disabled while its password was looked at?
    auto still = find_account(sql, account.name);
    if (!still) return still.error();
    if (!*still || (*still)->disabled || (*still)->password != account.password) return false;
    auto forgotten = forget_failures(desk, sql, account.name, request.address_prefix,
                                     desk.device_of(request, account));
    if (!forgotten) return forgotten.error();
    if (old) {
      if (auto ended = end_session(sql, *old); !ended) return ended.error();
    }
    auto added =
        begin_session(sql, drawn, account.name, stage, request.address_prefix, new_factor, now);
    if (!added) return added.error();
    if (auto noted = note(sql, now, account.name, "password accepted", account.name); !noted) {
      return noted.error();
    }
    return true;
  });
  if (!begun) return refuse(begun.error());
  if (!*begun) return refuse(Refusal::kWrongPassword);
  count_login(desk, "password");
  SessionRow row;
  row.account = account.name;
  row.system_administrator = account.system_administrator;
  row.stage = stage;
  row.begun = row.seen = now;
  auto response = answer(200, session_json({drawn.token, row}));
  desk.set_cookie(response, drawn.token);
  return response;
}

// A login improves what an older version had stored more cheaply.
Result<void> renew_hash(Desk& desk, Account& account, std::string_view password) {
  if (!desk.hasher.is_old(account.password)) return {};
  auto hashed = desk.hasher.hash(password);
  if (!hashed) return hashed.error();
  const auto renewed = desk.store.write([&](store::Sql& sql) {
    return sql.run("UPDATE accounts SET password = $1 WHERE name = $2 AND password = $3",
                   {std::string_view(*hashed), std::string_view(account.name),
                    std::string_view(account.password)});
  });
  if (!renewed) return renewed.error();
  account.password = std::move(*hashed);
  return {};
}

// What a try at a password meets before it is looked at; it is counted as failed until it is not.
struct Knock {
  std::optional<Account> account;
  bool is_known_browser = false;
  milliseconds wait{0};
};
Result<Knock> knock(Desk& desk, const http::Request& request, std::string_view name) {
  return desk.store.write([&](store::Sql& sql) -> Result<Knock> {
    Knock knock;
    auto account = find_account(sql, name);
    if (!account) return account.error();
    knock.account = std::move(*account);
    const auto device = knock.account ? desk.device_of(request, *knock.account) : std::nullopt;
    knock.is_known_browser = device.has_value();
    const auto wait =
        desk.attempts.take(sql, password_limits(name, request.address_prefix, device), desk.now());
    if (!wait) return wait.error();
    knock.wait = *wait;
    return knock;
  });
}

http::Response login(Desk& desk, const http::Request& request, wire::JsonReader& body) {
  const auto typed = body.text("name");
  const auto password = body.text("password");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!typed || !password) return refuse(Refusal::kBadRequest, "name and password are needed");
  const std::string name = typed_name(*typed);

  const auto knocked = knock(desk, request, name);
  if (!knocked) return refuse(knocked.error());
  if (knocked->wait > milliseconds{0}) {
    count_login(desk, "must_wait");
    return refuse_for(knocked->wait);
  }

  auto account = knocked->account;
  const bool is_first = account && account->first_until;
  // A name that is unknown costs as much as one that is known.
  auto& hasher = knocked->is_known_browser ? desk.known_hasher : desk.hasher;
  const auto matches = hasher.matches(is_first ? as_drawn(*password) : *password,
                                      account ? account->password : desk.no_password);
  if (!matches) {
    return matches.error().code == Code::kUnavailable ? refuse(Refusal::kBusy)
                                                      : refuse(Refusal::kBadRequest);
  }
  if (!*matches || !account || account->disabled) {
    if (auto noted = note_failed_login(desk, account, ""); !noted) return refuse(noted.error());
    count_login(desk, "wrong_password");
    return refuse(Refusal::kWrongPassword);
  }
  if (is_first && desk.now() >= *account->first_until) {
    auto noted = note_failed_login(desk, account, "the first password is out of time");
    if (!noted) return refuse(noted.error());
    return refuse(Refusal::kFirstPasswordExpired);
  }
  if (!is_first) {
    if (auto renewed = renew_hash(desk, *account, *password); !renewed) {
      return refuse(Refusal::kBusy);
    }
  }
  return begin_after_password(desk, request, *account);
}

struct Wrong {};
struct Ready {
  Caller caller;
  std::int64_t epoch = 0;
  std::optional<DeviceId> device;  // when the browser was known before
};
using Outcome = std::variant<milliseconds, Wrong, Ready>;  // must wait, wrong, or ready

// The second step: counts the try, asks `is_right`, and on success begins a session that is ready.
// `is_right` gives a Result<bool> and may write, in the transaction of all the rest.
template <class IsRight>
http::Response second_step(Desk& desk, const http::Request& request, const Caller& caller,
                           std::string_view by, IsRight is_right) {
  const std::string& name = caller.session.account;
  const auto drawn = NewSession::draw(desk.world.random);
  const Instant now = desk.now();
  const auto outcome = desk.store.write([&](store::Sql& sql) -> Result<Outcome> {
    const auto account = find_account(sql, name);
    if (!account) return account.error();
    if (!*account) return Outcome{Wrong{}};
    const auto device = desk.device_of(request, **account);
    const auto limit = second_limit(name, device);
    const auto wait = desk.attempts.take(sql, {limit}, now);
    if (!wait) return wait.error();
    if (*wait > milliseconds{0}) return Outcome{*wait};
    const Result<bool> right = is_right(sql);
    if (!right) return right.error();
    if (!*right) {
      auto noted = note(sql, now, "server", "login failed", name, std::string(by) + " was wrong");
      if (!noted) return noted.error();
      return Outcome{Wrong{}};
    }
    if (auto done = desk.attempts.forget(sql, limit.name); !done) return done.error();
    if (auto done = end_session(sql, caller.session.hash); !done) return done.error();
    const auto& prefix = caller.session.address_prefix;
    if (auto done = begin_session(sql, drawn, name, Stage::kReady, prefix, {}, now); !done) {
      return done.error();
    }
    if (auto done = note(sql, now, name, "logged in", name, "by " + std::string(by)); !done) {
      return done.error();
    }
    Caller ready{drawn.token, caller.session};
    ready.session.stage = Stage::kReady;
    ready.session.begun = ready.session.seen = now;
    return Outcome{Ready{std::move(ready), (*account)->epoch, device}};
  });
  if (!outcome) return refuse(outcome.error());
  if (const auto* wait = std::get_if<milliseconds>(&*outcome)) return refuse_for(*wait);
  if (std::holds_alternative<Wrong>(*outcome)) {
    count_login(desk, "wrong_code");
    return refuse(Refusal::kWrongCode);
  }
  count_login(desk, "ready");
  const auto& ready = std::get<Ready>(*outcome);
  auto response = answer(200, session_json(ready.caller));
  desk.set_cookie(response, drawn.token);
  desk.set_device_cookie(response, name, ready.epoch, ready.device);
  return response;
}

http::Response second_factor(Desk& desk, const http::Request& request, wire::JsonReader& body,
                             const Caller& caller) {
  const auto code = body.text("code");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!code) return refuse(Refusal::kBadRequest, "code is needed");
  const std::string& name = caller.session.account;
  return second_step(desk, request, caller, "second factor", [&](store::Sql& sql) -> Result<bool> {
    auto account = find_account(sql, name);
    if (!account) return account.error();
    if (!*account || (*account)->second_factor.empty()) return false;
    const auto secret = desk.open_factor(name, (*account)->second_factor);
    if (!secret) return secret.error();
    // A used step that is still to come is of a clock that was set back since: it locks nobody out.
    const auto before = (*account)->last_step;
    const auto last = before > totp_step(desk.now()) + 1 ? 0 : before;
    const auto step = matching_totp_step(*secret, *code, desk.now(), last);
    if (!step) return false;
    // Of two at the same time with the same code, one finds it used.
    const auto used =
        sql.run("UPDATE accounts SET last_step = $1 WHERE name = $2 AND last_step = $3",
                {*step, std::string_view(name), before});
    if (!used) return used.error();
    return *used == 1;
  });
}

http::Response recovery(Desk& desk, const http::Request& request, wire::JsonReader& body,
                        const Caller& caller) {
  const auto code = body.text("code");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!code) return refuse(Refusal::kBadRequest, "code is needed");
  const std::string& name = caller.session.account;
  return second_step(desk, request, caller, "recovery code", [&](store::Sql& sql) -> Result<bool> {
    const Digest hash = recovery_hash(name, *code);
    const auto used = sql.run("DELETE FROM recovery_codes WHERE account = $1 AND hash = $2",
                              {std::string_view(name), ByteView(hash)});
    if (!used) return used.error();
    return *used == 1;
  });
}

}  // namespace

void add_login_routes(Desk& desk, http::Router& router) {
  router.add("POST", "/accounts/v1/login", open_route(desk, login));
  router.add("POST", "/accounts/v1/second-factor",
             route_at(desk, {Stage::kSecondFactor}, second_factor));
  router.add("POST", "/accounts/v1/recovery", route_at(desk, {Stage::kSecondFactor}, recovery));
}

}  // namespace bz::accounts
