// Accounts of officials, for both halves of the system: password, second factor, recovery codes,
// sessions. What an account may do is each half's own matter; here it is only who somebody is.
//
// A login goes: name and password → second factor (or one of ten recovery codes) → ready. At the
// first one, with the password that an administrator handed over, its owner chooses another and
// sets up the second factor instead. Routes: docs/api/openapi.yaml, /accounts/v1/.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "accounts/schema.h"
#include "base/surroundings.h"
#include "http/router.h"
#include "http/session.h"
#include "store/store.h"

namespace bz::accounts {

struct Settings {
  std::filesystem::path folder;  // master.key lies in it
  bool secure_cookies = true;    // false only where there is no TLS: this machine, tests
  // By which phones tell the time for their six digits, where that is not the server's clock:
  // beside a story's (base/clock.h) it is the world's. Null: the server's.
  const Clock* phones = nullptr;
};

// A password that an administrator handed over is good for this long.
inline constexpr std::chrono::days kFirstPasswordGood{14};
inline constexpr std::chrono::days kAuditKept{400};

class Service {
 public:
  // kDenied when the store was sealed under another master key; otherwise as the store says.
  static Result<std::unique_ptr<Service>> open(store::Store& store, const Settings& settings,
                                               const Surroundings& surroundings);
  virtual ~Service() = default;

  // The service must outlive the router.
  virtual void add_routes(http::Router& router) = 0;
  // What is due: deletes ended sessions, old attempts, audit entries past kAuditKept. Every few
  // seconds, by one thread; it does something once a minute.
  virtual Result<void> tick() = 0;
  // What a person should look after; empty when nothing.
  [[nodiscard]] virtual std::string trouble() const = 0;

  // Whose request it is (http/session.h).
  [[nodiscard]] virtual Result<http::Session> who_asks(const http::Request& request) const = 0;

  // For the command line. The password is returned once and kept nowhere; at first login its owner
  // chooses another and sets up the second factor. kInvalid when no account may have that name: 3
  // to 64 of a-z, 0-9, '.', '-', '_' and '@'. kConflict when one has it.
  virtual Result<std::string> add_account(std::string_view name, bool system_administrator) = 0;
  // A new first password, no second factor any more, all sessions ended, no longer disabled.
  // kNotFound when there is no such account.
  virtual Result<std::string> reset_account(std::string_view name) = 0;
};

}  // namespace bz::accounts
