#include "accounts/service.h"

#include <mutex>
#include <utility>

#include "accounts/desk.h"
#include "accounts/trusted.h"
#include "accounts/written_code.h"
#include "base/hash.h"
#include "store/audit.h"
#include "store/secrets.h"

namespace bz::accounts {
namespace {

constexpr std::chrono::minutes kTidyEvery{1};
constexpr std::chrono::hours kForEver{24 * 365 * 200};
constexpr std::string_view kCommandLine = "command line";

class RealService final : public Service {
 public:
  explicit RealService(std::unique_ptr<Desk> desk) : desk_(std::move(desk)) {}

  void add_routes(http::Router& router) override {
    add_login_routes(*desk_, router);
    add_set_up_routes(*desk_, router);
    add_session_routes(*desk_, router);
    add_administrator_routes(*desk_, router);
  }

  Result<void> tick() override {
    const Instant now = desk_->now();
    if (now >= tidied_ && now - tidied_ < kTidyEvery) return {};
    tidied_ = now;
    auto tidied = desk_->store.write([&](store::Sql& sql) -> Result<void> {
      if (auto done = delete_ended_sessions(sql, now); !done) return done;
      if (auto done = delete_ended_trust(sql, now); !done) return done;
      if (auto done = Attempts::delete_old(sql, now); !done) return done;
      const auto pruned = store::prune_audit(sql, now - kAuditKept);
      if (!pruned) return pruned.error();
      return {};
    });
    const std::lock_guard lock(mutex_);
    trouble_ = tidied ? std::string{} : "accounts cannot be tidied: " + tidied.error().what;
    return tidied;
  }

  std::string trouble() const override {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

  Result<http::Session> who_asks(const http::Request& request) const override {
    const auto caller = desk_->caller(request);
    if (!caller) return Error{Code::kUnavailable, "sessions cannot be read now; try again later"};
    if (!*caller || (*caller)->session.stage != Stage::kReady) {
      return Error{Code::kDenied, "not logged in, or the session has ended"};
    }
    const bool only_looks = request.method == "GET" || request.method == "HEAD";
    if (!only_looks && !has_csrf_token(request, (*caller)->token)) {
      return Error{Code::kInvalid, "the header X-CSRF-Token is missing or not the session's"};
    }
    http::Session session{(*caller)->session.account, (*caller)->session.system_administrator, {}};
    session.second_factor = !(*caller)->session.by_trusted;
    if (only_looks) return session;
    auto helpers = desk_->store.read(
        [&](store::Sql& sql) { return helpers_of(sql, session.account, desk_->now()); });
    if (!helpers) return Error{Code::kUnavailable, "accounts cannot be read now; try again later"};
    session.helpers = std::move(*helpers);
    return session;
  }

  Result<std::string> add_account(std::string_view name, bool system_administrator) override {
    return accounts::add_account(*desk_, kCommandLine, name, system_administrator);
  }
  Result<std::string> reset_account(std::string_view name) override {
    return accounts::reset_account(*desk_, kCommandLine, name);
  }

 private:
  std::unique_ptr<Desk> desk_;
  Instant tidied_;
  mutable std::mutex mutex_;
  std::string trouble_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::open(store::Store& store, const Settings& settings,
                                               const Surroundings& surroundings) {
  const auto master = store::master_key_of(store, "accounts", settings.folder, surroundings.random);
  if (!master) return master.error();
  SealKey factor_key{};
  hkdf_sha256(*master, {}, as_bytes("bluezone accounts: second factors"), factor_key);
  // Opening it also shows that the master key is the one that the second factors are sealed under.
  store::Secrets secrets(store, *master, surroundings.random);
  auto attempts_key = secrets.of("attempts", {kForEver, kForEver}, surroundings.clock.now());
  if (!attempts_key) return attempts_key.error();
  SealKey device_key{};
  hkdf_sha256(*master, {}, as_bytes("bluezone accounts: known browsers"), device_key);
  auto desk = std::make_unique<Desk>(store, settings, surroundings, factor_key,
                                     std::move(attempts_key->front().value),
                                     Bytes(device_key.begin(), device_key.end()));
  auto no_password = desk->hasher.hash(draw_written_code(surroundings.random));
  if (!no_password) return no_password.error();
  desk->no_password = std::move(*no_password);
  return std::unique_ptr<Service>(std::make_unique<RealService>(std::move(desk)));
}

}  // namespace bz::accounts
