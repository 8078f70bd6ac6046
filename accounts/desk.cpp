#include "accounts/desk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "accounts/written_code.h"
#include "base/ascii.h"
#include "base/constant_time.h"
#include "store/audit.h"
#include "wire/json_writer.h"

namespace bz::accounts {
namespace {

constexpr std::size_t kBodyLimit = 4'096;

Bytes factor_context(std::string_view account) {
  const std::string text = "bluezone second factor of " + std::string(account);
  return {text.begin(), text.end()};
}

std::string_view next_of(Stage stage) {
  switch (stage) {
    case Stage::kSecondFactor: return "second_factor";
    case Stage::kSetUp: return "setup";
    case Stage::kReady: break;
  }
  return "ready";
}

// The body as an object; an empty one of a GET or of a POST that needs none as {}.
Result<wire::JsonReader> body_of(const http::Request& request) {
  return wire::JsonReader::parse(request.body.empty() ? "{}" : request.body, kBodyLimit);
}

// A page of another site can send a form here, but not this type without being asked first.
bool is_json(const http::Request& request) {
  if (request.method == "GET") return true;
  const auto type = request.header("content-type");
  return type && (*type == "application/json" || type->starts_with("application/json;"));
}

constexpr std::string_view kSession = "bluezone";
constexpr std::string_view kDevice = "bluezone-device";
constexpr std::string_view kCookieRules = "; Path=/; HttpOnly; SameSite=Strict";

std::string cookie_name(const Settings& settings, std::string_view name) {
  return (settings.secure_cookies ? "__Host-" : "") + std::string(name);
}

std::optional<std::string_view> cookie_of(const http::Request& request, std::string_view name) {
  const auto header = request.header("cookie");
  if (!header) return std::nullopt;
  std::string_view rest = *header;
  while (!rest.empty()) {
    const auto end = rest.find(';');
    std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) {
      return one.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

}  // namespace

Desk::Desk(store::Store& its_store, const Settings& its_settings, const Surroundings& its_world,
           const SealKey& its_factor_key, Bytes attempts_key, Bytes device_key)
    : store(its_store),
      settings(its_settings),
      world(its_world),
      factor_key(its_factor_key),
      attempts(std::move(attempts_key)),
      devices(std::move(device_key)),
      hasher(its_world.random),
      known_hasher(its_world.random, {.at_once = 1}) {}

Bytes Desk::seal_factor(std::string_view account, const TotpSecret& secret) const {
  Nonce nonce{};
  world.random.fill(nonce);
  const Bytes sealed = seal(factor_key, nonce, factor_context(account), secret);
  Bytes out(nonce.begin(), nonce.end());
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

Result<TotpSecret> Desk::open_factor(std::string_view account, ByteView sealed) const {
  Nonce nonce{};
  TotpSecret secret{};
  if (sealed.size() != nonce.size() + secret.size() + kSealTagSize) {
    return Error{Code::kMalformed, "a stored second factor has the wrong length"};
  }
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  const auto plain =
      open_sealed(factor_key, nonce, factor_context(account), sealed.subspan(nonce.size()));
  if (!plain) return plain.error();
  std::ranges::copy(*plain, secret.begin());
  return secret;
}

void Desk::set_cookie(http::Response& response, std::string_view token) const {
  std::string cookie = cookie_name(settings, kSession);
  cookie.append("=").append(token).append(kCookieRules);
  if (settings.secure_cookies) cookie += "; Secure";
  if (token.empty()) cookie += "; Max-Age=0";
  response.headers.emplace_back("set-cookie", cookie);
}

std::optional<std::string_view> Desk::token_of(const http::Request& request) const {
  return cookie_of(request, cookie_name(settings, kSession));
}

std::optional<DeviceId> Desk::device_of(const http::Request& request,
                                        const Account& account) const {
  const auto text = cookie_of(request, cookie_name(settings, kDevice));
  if (!text) return std::nullopt;
  return devices.read(*text, account.name, account.epoch, now());
}

void Desk::set_device_cookie(http::Response& response, std::string_view account, std::int64_t epoch,
                             std::optional<DeviceId> device) const {
  if (!device) world.random.fill(device.emplace());
  std::string cookie = cookie_name(settings, kDevice);
  cookie.append("=").append(devices.write(account, epoch, *device, now())).append(kCookieRules);
  if (settings.secure_cookies) cookie += "; Secure";
  cookie += "; Max-Age=" + std::to_string(std::chrono::seconds{kDeviceKnown}.count());
  response.headers.emplace_back("set-cookie", cookie);
}

Result<std::optional<Caller>> Desk::caller(const http::Request& request) const {
  const auto token = token_of(request);
  const auto hash = token ? token_hash(*token) : std::nullopt;
  if (!hash) return std::optional<Caller>{};
  const Instant moment = now();
  auto session = store.read([&](store::Sql& sql) { return find_session(sql, *hash, moment); });
  if (!session) return session.error();
  if (!*session) return std::optional<Caller>{};
  // A write a minute, not one a request.
  if (moment - (*session)->seen >= std::chrono::minutes{1}) {
    const auto noted = store.write([&](store::Sql& sql) { return note_use(sql, *hash, moment); });
    if (!noted) return noted.error();
    (*session)->seen = moment;
  }
  return std::optional<Caller>{Caller{std::string(*token), std::move(**session)}};
}

bool has_csrf_token(const http::Request& request, std::string_view token) {
  const auto given = request.header("x-csrf-token");
  return given && same_in_constant_time(*given, csrf_token(token));
}

bool is_account_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                  c == '_' || c == '@';
         });
}

std::string typed_name(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return ascii_lowered(text);
}

Result<std::optional<Account>> find_account(store::Sql& sql, std::string_view name) {
  std::optional<Account> account;
  const auto read = sql.each(
      "SELECT name, password, first_until_ms, system_administrator, disabled, second_factor, "
      "last_step, epoch FROM accounts WHERE name = $1",
      {name}, [&](const store::Row& row) -> Result<bool> {
        account.emplace();
        account->name = row.text(0);
        account->password = row.text(1);
        if (!row.is_null(2)) account->first_until = from_ms(row.integer(2));
        account->system_administrator = row.integer(3) != 0;
        account->disabled = row.integer(4) != 0;
        if (!row.is_null(5)) account->second_factor.assign(row.blob(5).begin(), row.blob(5).end());
        account->last_step = row.integer(6);
        account->epoch = row.integer(7);
        return false;
      });
  if (!read) return read.error();
  return account;
}

Result<void> note(store::Sql& sql, Instant now, std::string_view actor, std::string_view action,
                  std::string_view subject, std::string_view detail) {
  store::AuditEntry entry;
  entry.time = now;
  entry.actor = actor;
  entry.action = action;
  entry.subject = subject;
  entry.detail = detail;
  return store::add_audit(sql, entry);
}

namespace {

struct FirstPassword {
  std::string text;
  std::string hashed;
};

Result<FirstPassword> draw_first_password(Desk& desk) {
  FirstPassword password{draw_written_code(desk.world.random), {}};
  auto hashed = desk.hasher.hash(password.text);
  if (!hashed) return hashed.error();
  password.hashed = std::move(*hashed);
  return password;
}

}  // namespace

namespace {

// `actor` has set the account up: stands behind it from now on, with whoever stands behind them
// now. So whatever becomes of their account later, these stay.
Result<void> put_behind(store::Sql& sql, std::string_view account, std::string_view actor,
                        Instant now) {
  const auto old =
      sql.run("DELETE FROM helpers WHERE at_ms <= $1", {to_ms(now - http::kHelpCounts)});
  if (!old) return old.error();
  // Whoever is at the command line is no account, its name has a blank; and what stood behind this
  // one has no password of it any more.
  if (!is_account_name(actor)) {
    const auto gone = sql.run("DELETE FROM helpers WHERE account = $1", {account});
    if (!gone) return gone.error();
    return {};
  }
  auto behind = helpers_of(sql, actor, now);
  if (!behind) return behind.error();
  behind->emplace_back(actor);
  for (const auto& helper : *behind) {
    if (helper == account) continue;
    const auto put = sql.run(
        "INSERT INTO helpers (account, helper, at_ms) VALUES ($1, $2, $3) ON CONFLICT (account, "
        "helper) DO UPDATE SET at_ms = excluded.at_ms WHERE helpers.at_ms < excluded.at_ms",
        {account, std::string_view(helper), to_ms(now)});
    if (!put) return put.error();
  }
  return {};
}

}  // namespace

Result<std::string> add_account(Desk& desk, std::string_view actor, std::string_view name,
                                bool system_administrator) {
  if (!is_account_name(name)) {
    return Error{Code::kInvalid,
                 "an account's name has 3 to 64 characters: a to z, 0 to 9, and . - _ @"};
  }
  const auto password = draw_first_password(desk);
  if (!password) return password.error();
  const Instant now = desk.now();
  const auto added = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    const auto rows = sql.run(
        "INSERT INTO accounts (name, password, first_until_ms, system_administrator, disabled, "
        "last_step, made_ms) VALUES ($1, $2, $3, $4, 0, 0, $5) ON CONFLICT (name) DO NOTHING",
        {name, std::string_view(password->hashed), to_ms(now + kFirstPasswordGood),
         std::int64_t{system_administrator ? 1 : 0}, to_ms(now)});
    if (!rows) return rows.error();
    if (*rows == 0) return false;
    if (auto put = put_behind(sql, name, actor, now); !put) return put.error();
    const auto noted = note(sql, now, actor, "account added", name,
                            system_administrator ? "system administrator" : "");
    if (!noted) return noted.error();
    return true;
  });
  if (!added) return added.error();
  if (!*added) return Error{Code::kConflict, "there is an account of that name"};
  desk.world.log.info("account added");
  return password->text;
}

Result<std::string> reset_account(Desk& desk, std::string_view actor, std::string_view name) {
  const auto password = draw_first_password(desk);
  if (!password) return password.error();
  const Instant now = desk.now();
  const auto reset = desk.store.write([&](store::Sql& sql) -> Result<bool> {
    const auto rows = sql.run(
        "UPDATE accounts SET password = $1, first_until_ms = $2, disabled = 0, "
        "second_factor = NULL, last_step = 0 WHERE name = $3",
        {std::string_view(password->hashed), to_ms(now + kFirstPasswordGood), name});
    if (!rows) return rows.error();
    if (*rows == 0) return false;
    if (auto put = put_behind(sql, name, actor, now); !put) return put.error();
    const auto codes = sql.run("DELETE FROM recovery_codes WHERE account = $1", {name});
    if (!codes) return codes.error();
    if (auto ended = end_all_sessions(sql, name); !ended) return ended.error();
    if (auto noted = note(sql, now, actor, "account reset", name); !noted) return noted.error();
    return true;
  });
  if (!reset) return reset.error();
  if (!*reset) return Error{Code::kNotFound, "there is no account of that name"};
  desk.world.log.info("account reset");
  return password->text;
}

Result<std::vector<std::string>> helpers_of(store::Sql& sql, std::string_view account,
                                            Instant now) {
  std::vector<std::string> helpers;
  const auto read = sql.each(
      "SELECT helper FROM helpers WHERE account = $1 AND at_ms > $2 ORDER BY helper",
      {account, to_ms(now - http::kHelpCounts)}, [&](const store::Row& row) -> Result<bool> {
        helpers.emplace_back(row.text(0));
        return true;
      });
  if (!read) return read.error();
  return helpers;
}

void count_login(Desk& desk, std::string_view result) {
  desk.world.metrics
      .counter("bz_logins_total", "Steps of logins by what came of them",
               "result=\"" + std::string(result) + "\"")
      .add();
}

http::Response refuse(const Error& error) {
  switch (error.code) {
    case Code::kMalformed:
    case Code::kInvalid: return refuse(Refusal::kBadRequest, error.what);
    default: return refuse(Refusal::kUnavailable);
  }
}

std::string session_json(const Caller& caller, std::optional<Instant> trusted_until) {
  const SessionRow& session = caller.session;
  wire::JsonWriter json;
  json.text("next", next_of(session.stage))
      .text("name", session.account)
      .boolean("system_administrator", session.system_administrator)
      .text("csrf_token", csrf_token(caller.token))
      .integer("idle_until", to_ms(idle_end(session)))
      .integer("ends_at", to_ms(last_end(session)))
      .boolean("by_trusted_browser", session.by_trusted);
  if (trusted_until) json.integer("trusted_until", to_ms(*trusted_until));
  return json.done();
}

http::Handler open_route(Desk& desk, OpenHandler handler) {
  return [&desk, handler = std::move(handler)](const http::Request& request) {
    if (!is_json(request)) return refuse(Refusal::kNotJson);
    auto body = body_of(request);
    if (!body) return refuse(body.error());
    return handler(desk, request, *body);
  };
}

http::Handler route_at(Desk& desk, std::initializer_list<Stage> stages, Handler handler) {
  return [&desk, allowed = std::vector<Stage>(stages),
          handler = std::move(handler)](const http::Request& request) {
    const auto caller = desk.caller(request);
    if (!caller) return refuse(caller.error());
    if (!*caller) return refuse(Refusal::kNotLoggedIn);
    if (std::ranges::find(allowed, (*caller)->session.stage) == allowed.end()) {
      const bool has_to_log_in = (*caller)->session.stage != Stage::kReady;
      return refuse(has_to_log_in ? Refusal::kNotLoggedIn : Refusal::kNoSuchRoute);
    }
    if (request.method != "GET" && !has_csrf_token(request, (*caller)->token)) {
      return refuse(Refusal::kCsrf);
    }
    if (!is_json(request)) return refuse(Refusal::kNotJson);
    auto body = body_of(request);
    if (!body) return refuse(body.error());
    return handler(desk, request, *body, **caller);
  };
}

http::Handler administrator_route(Desk& desk, Handler handler) {
  return route_at(desk, {Stage::kReady},
                  [handler = std::move(handler)](Desk& its_desk, const http::Request& request,
                                                 wire::JsonReader& body, const Caller& caller) {
                    if (!caller.session.system_administrator) {
                      return refuse(Refusal::kNotAdministrator);
                    }
                    return handler(its_desk, request, body, caller);
                  });
}

}  // namespace bz::accounts
