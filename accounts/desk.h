// What all routes of the accounts stand on: the store, the hasher, the key of second factors, and
// how a session is read from a request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/answers.h"
#include "accounts/attempts.h"
#include "accounts/devices.h"
#include "accounts/passwords.h"
#include "accounts/service.h"
#include "accounts/sessions.h"
#include "accounts/totp.h"
#include "base/aes.h"
#include "wire/json_reader.h"

namespace bz::accounts {

struct Account {
  std::string name;
  std::string password;                // hashed
  std::optional<Instant> first_until;  // nothing once its owner has chosen a password
  bool system_administrator = false;
  bool disabled = false;
  Bytes second_factor;  // sealed; empty until it is set up
  std::int64_t last_step = 0;
  std::int64_t epoch = 0;  // accounts/devices.h
};

// A browser with a session at some stage.
struct Caller {
  std::string token;
  SessionRow session;
};

struct Desk {
  Desk(store::Store& its_store, const Settings& its_settings, const Surroundings& its_world,
       const SealKey& its_factor_key, Bytes attempts_key, Bytes device_key);

  store::Store& store;
  Settings settings;
  Surroundings world;
  SealKey factor_key;
  Attempts attempts;
  Devices devices;
  PasswordHasher hasher;
  PasswordHasher known_hasher;  // of known browsers, so that strangers cannot keep it busy
  std::string no_password;      // hashed: what a password is held to where there is no such account

  [[nodiscard]] Instant now() const { return world.clock.now(); }
  // On the owners' phones, for the second factor.
  [[nodiscard]] Instant phones_now() const {
    return settings.phones != nullptr ? settings.phones->now() : now();
  }

  // Second factors as the store has them: nonce, then sealed with the account's name.
  [[nodiscard]] Bytes seal_factor(std::string_view account, const TotpSecret& secret) const;
  [[nodiscard]] Result<TotpSecret> open_factor(std::string_view account, ByteView sealed) const;

  // The session of a request's cookie, without looking at its CSRF token.
  [[nodiscard]] Result<std::optional<Caller>> caller(const http::Request& request) const;

  // "__Host-…=TOKEN; …"; one without a token takes the cookie away.
  void set_cookie(http::Response& response, std::string_view token) const;
  [[nodiscard]] std::optional<std::string_view> token_of(const http::Request& request) const;

  // Which known browser of the account this is; nothing for a stranger's.
  [[nodiscard]] std::optional<DeviceId> device_of(const http::Request& request,
                                                  const Account& account) const;
  // After a full login: this browser is known from now on.
  void set_device_cookie(http::Response& response, std::string_view account, std::int64_t epoch,
                         std::optional<DeviceId> device) const;
};

bool has_csrf_token(const http::Request& request, std::string_view token);

bool is_account_name(std::string_view text);
// A name as it was typed, in lower case and without blanks around it.
std::string typed_name(std::string_view text);

Result<std::optional<Account>> find_account(store::Sql& sql, std::string_view name);
Result<void> note(store::Sql& sql, Instant now, std::string_view actor, std::string_view action,
                  std::string_view subject, std::string_view detail = {});
// Adds an account, or gives one a new first password; in one transaction with the audit entry.
Result<std::string> add_account(Desk& desk, std::string_view actor, std::string_view name,
                                bool system_administrator);
Result<std::string> reset_account(Desk& desk, std::string_view actor, std::string_view name);

// Who could log in as this account, having set it up of late (http/session.h), by name: everybody
// who added or reset it on the portal, and who stood behind them when they did. Nobody once it was
// reset at the command line.
Result<std::vector<std::string>> helpers_of(store::Sql& sql, std::string_view account, Instant now);

// Counts what came of it: bz_logins_total{result="…"}.
void count_login(Desk& desk, std::string_view result);

// The answer to an error of the store, the hasher or a reader.
http::Response refuse(const Error& error);

// What a route says after a step: {"next":"second_factor","name":…,"csrf_token":…,…}.
// `trusted_until`: of a browser that is trusted from this step on.
std::string session_json(const Caller& caller, std::optional<Instant> trusted_until = {});

// Routes that need no session, or one at any stage of `stages`; a request other than GET must carry
// its CSRF token. `body` holds the JSON object of a POST.
using OpenHandler = std::function<http::Response(Desk&, const http::Request&, wire::JsonReader&)>;
using Handler =
    std::function<http::Response(Desk&, const http::Request&, wire::JsonReader&, const Caller&)>;
http::Handler open_route(Desk& desk, OpenHandler handler);
http::Handler route_at(Desk& desk, std::initializer_list<Stage> stages, Handler handler);
http::Handler administrator_route(Desk& desk, Handler handler);

// The routes, by file.
void add_login_routes(Desk& desk, http::Router& router);          // login_routes.cpp
void add_set_up_routes(Desk& desk, http::Router& router);         // set_up_routes.cpp
void add_session_routes(Desk& desk, http::Router& router);        // session_routes.cpp
void add_administrator_routes(Desk& desk, http::Router& router);  // administrator_routes.cpp

}  // namespace bz::accounts
