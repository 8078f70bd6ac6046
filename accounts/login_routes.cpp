// POST /accounts/v1/login, /accounts/v1/second-factor, /accounts/v1/recovery.
#include <array>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "accounts/desk.h"
#include "accounts/trusted.h"
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

// What a right password leads to. Where the second factor is left out, `device` is the browser's.
struct Begun {
  Stage stage = Stage::kSecondFactor;
  std::int64_t epoch = 0;
  std::optional<DeviceId> device = {};

  [[nodiscard]] bool is_ready() const { return stage == Stage::kReady; }
};

Result<Begun> next_step(Desk& desk, store::Sql& sql, const Account& account,
                        const std::optional<DeviceId>& device) {
  Begun begun{.epoch = account.epoch};
  if (account.first_until || account.second_factor.empty()) {
    begun.stage = Stage::kSetUp;
    return begun;
  }
  // What a system administrator may do is never worth a password alone.
  if (!device || account.system_administrator) return begun;
  const auto trusted = is_trusted(sql, account.name, *device, desk.now());
  if (!trusted) return trusted.error();
  if (!*trusted) return begun;
  begun.stage = Stage::kReady;
  begun.device = device;
  return begun;
}

Result<void> note_password(store::Sql& sql, Instant now, const std::string& name,
                           const Begun& begun) {
  if (auto noted = note(sql, now, name, "password accepted", name); !noted) return noted;
  return begun.is_ready() ? note(sql, now, name, "logged in", name, "by a trusted browser")
                          : Result<void>{};
}

// The session that follows a right password.
http::Response begin_after_password(Desk& desk, const http::Request& request,
                                    const Account& account) {
  TotpSecret secret{};
  desk.world.random.fill(secret);
  const Bytes new_factor = desk.seal_factor(account.name, secret);
  const auto drawn = NewSession::draw(desk.world.random);
  const auto old_token = desk.token_of(request);
  const auto old = old_token ? token_hash(*old_token) : std::nullopt;
  const Instant now = desk.now();
  const auto outcome = desk.store.write([&](store::Sql& sql) -> Result<std::optional<Begun>> {
    const std::optional<Begun> none;
    // Reset or disabled while its password was looked at?
    auto still = find_account(sql, account.name);
    if (!still) return still.error();
    if (!*still || (*still)->disabled || (*still)->password != account.password) return none;
    const auto device = desk.device_of(request, **still);
    auto forgotten = forget_failures(desk, sql, account.name, request.address_prefix, device);
    if (!forgotten) return forgotten.error();
    if (old) {
      if (auto ended = end_session(sql, *old); !ended) return ended.error();
    }
    const auto begun = next_step(desk, sql, **still, device);
    if (!begun) return begun.error();
    const auto factor = begun->stage == Stage::kSetUp ? ByteView(new_factor) : ByteView{};
    auto added = begin_session(sql, drawn, account.name, begun->stage, request.address_prefix,
                               factor, now, begun->is_ready());
    if (!added) return added.error();
    if (auto noted = note_password(sql, now, account.name, *begun); !noted) return noted.error();
    return std::optional(*begun);
  });
  if (!outcome) return refuse(outcome.error());
  if (!*outcome) return refuse(Refusal::kWrongPassword);
  const Begun& begun = **outcome;
  count_login(desk, "password");
  if (begun.is_ready()) count_login(desk, "trusted");
  SessionRow row;
  row.account = account.name;
  row.system_administrator = account.system_administrator;
  row.stage = begun.stage;
  row.begun = row.seen = now;
  row.by_trusted = begun.is_ready();
  auto response = answer(200, session_json({drawn.token, row}));
  desk.set_cookie(response, drawn.token);
  if (begun.device) desk.set_device_cookie(response, account.name, begun.epoch, begun.device);
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
  std::optional<DeviceId> device;  // when the browser was known before, or is trusted from now on
  std::optional<Instant> trusted_until = {};
};
using Outcome = std::variant<milliseconds, Wrong, Ready>;  // must wait, wrong, or ready

// This browser needs no second factor for a while: known by 16 bytes drawn for that, so that what
// it showed before is not worth it.
Result<TrustedBrowser> trust_from_now(Desk& desk, store::Sql& sql, const Account& account,
                                      const std::optional<DeviceId>& before, DeviceId& device,
                                      std::string_view address_prefix) {
  desk.world.random.fill(device);
  std::array<std::uint8_t, 8> label{};
  desk.world.random.fill(label);
  if (before) {
    if (auto ended = end_trust(sql, account.name, *before); !ended) return ended.error();
  }
  const Instant now = desk.now();
  TrustedBrowser browser{.hash = trusted_hash(device),
                         .label = to_hex(label),
                         .since = now,
                         .until = now + kTrusted,
                         .address_prefix = std::string(address_prefix)};
  if (auto put = trust(sql, account.name, browser); !put) return put.error();
  if (auto noted = note(sql, now, account.name, "browser trusted", account.name); !noted)
    return noted.error();
  return browser;
}

// A session that is ready has been here, but for one of a trusted browser.
bool may_take_second_step(const Caller& caller) {
  return caller.session.stage == Stage::kSecondFactor || caller.session.by_trusted;
}

// The second step: counts the try, asks `is_right`, and on success begins a session that is ready.
// `is_right` gives a Result<bool> and may write, in the transaction of all the rest.
template <class IsRight>
http::Response second_step(Desk& desk, const http::Request& request, const Caller& caller,
                           std::string_view by, bool trusts, IsRight is_right) {
  if (!may_take_second_step(caller)) return refuse(Refusal::kNoSuchRoute);
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
    ready.session.by_trusted = false;
    Ready given{std::move(ready), (*account)->epoch, device};
    if (trusts && !(*account)->system_administrator) {
      DeviceId fresh{};
      const auto browser = trust_from_now(desk, sql, **account, device, fresh, prefix);
      if (!browser) return browser.error();
      given.device = fresh;
      given.trusted_until = browser->until;
    }
    return Outcome{std::move(given)};
  });
  if (!outcome) return refuse(outcome.error());
  if (const auto* wait = std::get_if<milliseconds>(&*outcome)) return refuse_for(*wait);
  if (std::holds_alternative<Wrong>(*outcome)) {
    count_login(desk, "wrong_code");
    return refuse(Refusal::kWrongCode);
  }
  count_login(desk, "ready");
  const auto& ready = std::get<Ready>(*outcome);
  auto response = answer(200, session_json(ready.caller, ready.trusted_until));
  desk.set_cookie(response, drawn.token);
  desk.set_device_cookie(response, name, ready.epoch, ready.device);
  return response;
}

http::Response second_factor(Desk& desk, const http::Request& request, wire::JsonReader& body,
                             const Caller& caller) {
  const auto code = body.text("code");
  const bool trusts = body.boolean("trust_device").value_or(false);
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!code) return refuse(Refusal::kBadRequest, "code is needed");
  const std::string& name = caller.session.account;
  const auto is_right = [&](store::Sql& sql) -> Result<bool> {
    auto account = find_account(sql, name);
    if (!account) return account.error();
    if (!*account || (*account)->second_factor.empty()) return false;
    const auto secret = desk.open_factor(name, (*account)->second_factor);
    if (!secret) return secret.error();
    // A used step that is still to come is of a clock that was set back since: it locks nobody out.
    const auto before = (*account)->last_step;
    const auto last = before > totp_step(desk.phones_now()) + 1 ? 0 : before;
    const auto step = matching_totp_step(*secret, *code, desk.phones_now(), last);
    if (!step) return false;
    // Of two at the same time with the same code, one finds it used.
    const auto used =
        sql.run("UPDATE accounts SET last_step = $1 WHERE name = $2 AND last_step = $3",
                {*step, std::string_view(name), before});
    if (!used) return used.error();
    return *used == 1;
  };
  return second_step(desk, request, caller, "second factor", trusts, is_right);
}

http::Response recovery(Desk& desk, const http::Request& request, wire::JsonReader& body,
                        const Caller& caller) {
  const auto code = body.text("code");
  if (const auto done = body.done(); !done) return refuse(done.error());
  if (!code) return refuse(Refusal::kBadRequest, "code is needed");
  const std::string& name = caller.session.account;
  return second_step(
      desk, request, caller, "recovery code", false, [&](store::Sql& sql) -> Result<bool> {
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
             route_at(desk, {Stage::kSecondFactor, Stage::kReady}, second_factor));
  router.add("POST", "/accounts/v1/recovery",
             route_at(desk, {Stage::kSecondFactor, Stage::kReady}, recovery));
}

}  // namespace bz::accounts
