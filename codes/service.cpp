#include "codes/service.h"

#include <algorithm>
#include <mutex>

#include "codes/api.h"
#include "codes/api_keys.h"
#include "codes/clean_up.h"
#include "codes/guess_budget.h"
#include "codes/key_server_statistics.h"
#include "codes/links.h"
#include "codes/officers.h"
#include "codes/phone_routes.h"
#include "codes/statistics.h"
#include "store/lease.h"

namespace bz::codes {
namespace {

constexpr std::chrono::minutes kTick{1};
constexpr std::chrono::minutes kHold{3};  // the lease: longer than from one tick to the next
constexpr std::chrono::hours kAskKeyServer{1};

class CodesService final : public Service {
 public:
  CodesService(store::Store& store, const SealKey& master, const Settings& settings,
               http::WhoAsks who_asks, const Surroundings& surroundings, Bytes api_key_check)
      : settings_(settings),
        around_(surroundings),
        secrets_(store, master, surroundings.random),
        keyring_(secrets_),
        core_{.store = store,
              .keyring = keyring_,
              .sms = sms_,
              .around = around_,
              .settings = settings_,
              .api_key_check = std::move(api_key_check)},
        api_(core_),
        officers_(core_, std::move(who_asks)),
        lease_(store, "codes clean-up", surroundings.random) {
    // There from the start, so that the first failure is seen as a growth.
    for (const auto outcome : {SmsOutcome::kSent, SmsOutcome::kQueueFull, SmsOutcome::kFailed}) {
      sms_counter(around_.metrics, outcome);
    }
  }

  void add_routes(http::Router& router) override {
    add_phone_routes(router, api_, core_, alarm_);
    add_statistics(router, api_, core_);
    add_links(router, core_);
    officers_.add_routes(router);
  }

  Result<void> tick() override {
    const auto now = core_.now();
    if (last_tick_ && now < *last_tick_ + kTick && now >= *last_tick_) return {};
    last_tick_ = now;
    auto done = work(now);
    const std::scoped_lock lock(mutex_);
    trouble_ = done ? std::string() : "codes: what is due is not done: " + done.error().what;
    return done;
  }

  [[nodiscard]] std::string trouble() const override {
    const std::scoped_lock lock(mutex_);
    return trouble_;
  }

  Result<std::vector<wire::Jwk>> certificate_keys(std::string_view authority) override {
    return public_keys(core_, authority);
  }

 private:
  Result<void> work(Instant now) {
    if (auto renewed = look_after_authorities(now); !renewed) return renewed;
    auto held = lease_.hold(kHold);
    if (!held) return held.error();
    if (!*held) return {};
    auto cleaned =
        core_.store.write([&](store::Sql& sql) -> Result<void> { return clean_up(sql, now); });
    if (!cleaned) return cleaned;
    ask_key_servers(now);
    return {};
  }

  // Reading secrets is what makes and deletes their versions.
  Result<void> look_after_authorities(Instant now) {
    for (const auto name : {Keyring::Name::kCodes, Keyring::Name::kPhones}) {
      if (auto read = keyring_.hashes(name, "", now); !read) return read.error();
    }
    if (auto read = keyring_.token_signers(now); !read) return read.error();
    auto authorities = list_authorities(core_.store);
    if (!authorities) return authorities.error();
    for (const auto& authority : *authorities) {
      if (auto read = keyring_.certificate_signers(authority.id, now); !read) return read.error();
      auto budget =
          core_.store.read([&](store::Sql& sql) { return guess_budget(sql, authority, now); });
      if (!budget) return budget.error();
      GuessAlarm::show(core_, authority, budget->paused);
    }
    return {};
  }

  // Statistics only: a keys side that does not answer is no trouble of ours.
  void ask_key_servers(Instant now) {
    if (asked_ && now < *asked_ + kAskKeyServer && now >= *asked_) return;
    asked_ = now;
    const auto authorities = list_authorities(core_.store);
    if (!authorities) return;
    for (const auto& authority : *authorities) {
      if (authority.key_server_url.empty()) continue;
      if (!fetch_key_server_days(core_, authority)) {
        around_.log.warning("key server statistics not fetched", {{"authority", authority.id}});
      }
    }
  }

  Settings settings_;
  Surroundings around_;
  store::Secrets secrets_;
  Keyring keyring_;
  HttpSmsSender sms_;
  Core core_;
  Api api_;
  GuessAlarm alarm_;
  Officers officers_;
  store::Lease lease_;
  std::optional<Instant> last_tick_;
  std::optional<Instant> asked_;
  mutable std::mutex mutex_;
  std::string trouble_;
};

// Of each authority whose phones cannot call: before the first key was made, or after an upgrade
// that took the old ones away.
Result<void> warn_where_no_phone_can_call(store::Store& store, Log& log) {
  const auto authorities = list_authorities(store);
  if (!authorities) return authorities.error();
  const auto keys = list_api_keys(store);
  if (!keys) return keys.error();
  for (const auto& authority : *authorities) {
    const bool some = std::ranges::any_of(*keys, [&](const ApiKey& key) {
      return key.kind == KeyKind::kDevice && key.authority == authority.id;
    });
    if (!some)
      log.warning("no phone can call: no API key of kind device", {{"authority", authority.id}});
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Service>> Service::open(store::Store& store, const Settings& settings,
                                               http::WhoAsks who_asks,
                                               const Surroundings& surroundings) {
  auto master = store::master_key_of(store, "codes", settings.folder, surroundings.random);
  if (!master) return master.error();
  auto check = read_or_make_check_key(store, surroundings.random);
  if (!check) return check.error();
  auto warned = warn_where_no_phone_can_call(store, surroundings.log);
  if (!warned) return warned.error();
  std::unique_ptr<Service> service = std::make_unique<CodesService>(
      store, *master, settings, std::move(who_asks), surroundings, std::move(*check));
  return service;
}

}  // namespace bz::codes
