#include "keys/service.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "http/padding.h"
#include "keys/answers.h"
#include "keys/authorities.h"
#include "keys/batches.h"
#include "keys/chains.h"
#include "keys/clock_check.h"
#include "keys/export_files.h"
#include "keys/export_route.h"
#include "keys/installs.h"
#include "keys/publish.h"
#include "keys/revision_token.h"
#include "keys/revocations.h"
#include "keys/revoked_handles.h"
#include "keys/settings_file.h"
#include "keys/signing_keys.h"
#include "keys/slots.h"
#include "keys/statistics.h"
#include "keys/stats_route.h"
#include "keys/upload_rules.h"
#include "store/audit.h"
#include "store/lease.h"
#include "store/secrets.h"
#include "wire/limits.h"

namespace bz::keys {
namespace {

using std::chrono::minutes;

constexpr minutes kAskForKeys{5};  // certificate keys, when all is well
constexpr seconds kAskSoon{30};    // after a certificate by an unknown key
constexpr minutes kRenew{60};      // secrets are looked at, and what is too old is deleted
constexpr seconds kLeaseTime{30};  // for the files of one batch; two at it do no harm
// After a failure under the lease another server gets the chance.
constexpr seconds kLeaveToOthers{60};
constexpr std::chrono::days kAuditKept{400};
// As long as an upload could bring a key of that slot's day again, it must be known.
constexpr std::chrono::days kRowsKept = kOldestKey + std::chrono::days{1};
constexpr seconds kSlack{60};  // for making the files
constexpr int kOverdue = 2;    // periods without a batch, after which it is an alarm

Result<void> check(const Settings& settings) {
  const auto period = settings.period.count();
  if (period < 15 || period > 1'440 || 1'440 % period != 0) {
    return Error{Code::kInvalid, "the period of batches is 15 to 1440 minutes and divides a day"};
  }
  const auto most = static_cast<std::int64_t>(wire::kMaxKeysPerFile);
  if (settings.most_keys_a_file < 1 || settings.most_keys_a_file > most) {
    return Error{Code::kInvalid, "a file holds 1 to 500000 keys at most"};
  }
  if (settings.least_keys < 0 || settings.keep < std::chrono::days{1}) {
    return Error{Code::kInvalid,
                 "the least number of keys is 0 or more, and they are kept 1 day or more"};
  }
  return {};
}

http::RateLimit::Settings an_hour(std::int64_t requests) {
  return {.requests = requests, .window = seconds{3'600}};
}

class KeysService final : public Service {
 public:
  KeysService(store::Store& store, const Settings& settings, CertificateKeys certificate_keys,
              const Surroundings& world, const SealKey& master)
      : store_(store),
        settings_(settings),
        certificate_keys_(std::move(certificate_keys)),
        world_(world),
        secrets_(store, master, world.random),
        signing_keys_(store, secrets_),
        files_(store, signing_keys_, settings_.folder / "exports", settings_.most_keys_a_file,
               settings_.bytes_checked_at_a_time),
        tokens_(secrets_, world.random),
        statistics_(store),
        lease_(store, "publishing", world.random),
        upload_limit_(an_hour(settings_.uploads_an_hour)),
        install_limit_(an_hour(settings_.installs_an_hour)),
        desk_{store_,
              settings_,
              world_,
              directory_,
              revoked_,
              settings_.uploads_an_hour > 0 ? &upload_limit_ : nullptr,
              asks_for_new_keys_},
        publish_(desk_, tokens_, statistics_),
        chains_(desk_),
        revocations_(desk_),
        stats_(desk_, statistics_),
        installs_(store_, world_, install_limit_) {}

  ~KeysService() override {
    // What was counted since the last tick; there is nobody to tell if it fails.
    if (auto flushed = statistics_.flush(); !flushed) return;
  }
  KeysService(const KeysService&) = delete;
  KeysService& operator=(const KeysService&) = delete;

  Result<void> start() {
    const auto now = world_.clock.now();
    if (auto begun = begin_batches(store_, settings_.period, now); !begun) return begun;
    if (auto read = read_last_published(); !read) return read;
    const auto believed = hear_clock(now);
    if (!believed) return believed.error();
    // By a clock that is far ahead, secrets that are still needed would be dropped.
    auto renewed = tokens_.renew(*believed ? now : from_s(last_end_));
    if (!renewed) return renewed;
    if (auto made = signing_keys_.make_first(now); !made) return made;
    renewed_at_ = now;
    ask_for_keys(now);
    return refresh_directory();
  }

  void add_routes(http::Router& router) override;
  Result<void> tick() override;
  [[nodiscard]] std::string trouble() const override;

 private:
  void add_padded(http::Router& router, std::string_view path, http::Handler handler,
                  http::RealTimes& times);
  void ask_for_keys(Instant now);
  Result<void> refresh_directory();
  Result<void> read_last_published();
  Result<bool> hear_clock(Instant now);
  Result<void> publish_due(Instant now, bool may_close);
  Result<void> close_and_make(Instant now, bool may_close);
  Result<void> clean_up(Instant now);
  void tell(Instant now);
  void tell_damaged();
  Result<void> tell_signing_keys();

  store::Store& store_;
  const Settings settings_;
  CertificateKeys certificate_keys_;
  Surroundings world_;
  store::Secrets secrets_;
  SealedSigningKeys signing_keys_;
  ExportFiles files_;
  RevisionTokens tokens_;
  Statistics statistics_;
  store::Lease lease_;
  http::RateLimit upload_limit_;
  http::RateLimit install_limit_;
  CurrentDirectory directory_;
  RevokedHandles revoked_;
  std::atomic<bool> asks_for_new_keys_{false};
  UploadDesk desk_;
  Publish publish_;
  PublishChains chains_;
  Revocations revocations_;
  StatsRoute stats_;
  Installs installs_;
  http::RealTimes publish_times_;
  http::RealTimes chains_times_;
  http::RealTimes revoke_times_;
  http::RealTimes installs_times_;

  ClockCheck clock_check_{settings_.period};
  Instant renewed_at_;
  std::optional<Instant> asked_at_;
  std::optional<Instant> cleaned_at_;
  ClockCheck::Running leaves_until_{};
  bool was_overdue_ = false;
  std::atomic<bool> doubts_clock_{false};
  std::atomic<std::int64_t> last_end_{0};        // of the last closed batch
  std::atomic<std::int64_t> last_published_{0};  // of the last whose files are here
};

void KeysService::add_padded(http::Router& router, std::string_view path, http::Handler handler,
                             http::RealTimes& times) {
  auto& random = world_.random;
  router.add({.method = "POST",
              .pattern = std::string{path},
              .handler = versioned(http::padded(std::move(handler), times, random)),
              .limits = {},
              .too_large = [&random] {
                auto response = answer(body_too_large());
                response.body = http::with_padding(response.body, random);
                response.set("x-api-version", "v1");
                return response;
              }});
}

void KeysService::add_routes(http::Router& router) {
  add_padded(
      router, "/v1/publish", [this](const auto& r) { return publish_(r); }, publish_times_);
  add_padded(
      router, "/v1/publish-bluezone3", [this](const auto& r) { return chains_(r); }, chains_times_);
  add_padded(
      router, "/v1/revoke", [this](const auto& r) { return revocations_(r); }, revoke_times_);
  add_padded(
      router, "/v1/installs", [this](const auto& r) { return installs_(r); }, installs_times_);
  router.add("POST", "/v1/stats", versioned([this](const auto& r) { return stats_(r); }));
  router.add("GET", "/v1/settings", [this](const auto& r) { return get_settings(store_, r); });
  router.add("GET", "/exports/{rest...}", [folder = settings_.folder / "exports"](const auto& r) {
    return get_export(folder, r);
  });
}

void KeysService::ask_for_keys(Instant now) {
  const auto wait = asks_for_new_keys_ ? kAskSoon : seconds{kAskForKeys};
  if (asked_at_ && now - *asked_at_ < wait && now >= *asked_at_) return;
  const auto all = list_authorities(store_);
  if (!all) return;
  asked_at_ = now;
  asks_for_new_keys_ = false;
  for (const auto& authority : *all) {
    const auto keys = certificate_keys_(authority.id);
    // Those that were given last go on being believed.
    if (!keys || keys->empty()) continue;
    if (auto kept = keep_certificate_keys(store_, authority.id, *keys); !kept) return;
  }
}

Result<void> KeysService::refresh_directory() {
  auto directory = store_.read([](store::Sql& sql) { return read_directory(sql); });
  if (!directory) return directory.error();
  // A new authority's keys are asked for at once.
  for (const auto& [id, known] : directory->authorities) {
    if (known.certificate_keys.empty()) asks_for_new_keys_ = true;
  }
  directory_.set(std::move(*directory));
  return {};
}

// Before the first tick, what any server has published counts: so that one that cannot publish from
// its start on raises the alarm too.
Result<void> KeysService::read_last_published() {
  const auto last = store_.read([](store::Sql& sql) {
    return sql.integer("SELECT MAX(end_s) FROM batches WHERE has_files = 1");
  });
  if (!last) return last.error();
  last_published_ = last->value_or(0);
  return {};
}

Result<bool> KeysService::hear_clock(Instant now) {
  const auto last = store_.read([](store::Sql& sql) { return last_batch(sql); });
  if (!last) return last.error();
  last_end_ = last->end_s;
  doubts_clock_ = !clock_check_.believes(now, last->end_s, settings_.running());
  return !doubts_clock_;
}

// Only for the holder of the lease.
Result<void> KeysService::close_and_make(Instant now, bool may_close) {
  if (may_close) {
    const auto closed =
        close_batch(store_, settings_.period, settings_.least_keys, now, world_.random);
    if (!closed) return closed.error();
    if (*closed) last_end_ = (*closed)->end_s;
  }
  const auto unmade = store_.read([](store::Sql& sql) { return batches_without_files(sql); });
  if (!unmade) return unmade.error();
  const auto directory = store_.read([](store::Sql& sql) { return read_directory(sql); });
  if (!directory) return directory.error();
  for (const auto& batch : *unmade) {
    if (auto held = lease_.hold(kLeaseTime); !held) return held.error();
    if (auto made = files_.make(batch, directory->regions); !made) return made;
    world_.log.info("batch published", {{"end_s", batch.end_s}});
  }
  return {};
}

Result<void> KeysService::publish_due(Instant now, bool may_close) {
  const auto count_unmade = [&] {
    return store_.read([](store::Sql& sql) {
      return sql.integer("SELECT COUNT(*) FROM batches WHERE has_files = 0");
    });
  };
  auto unmade = count_unmade();
  if (!unmade) return unmade.error();
  const Batch last{.start_s = 0, .end_s = last_end_};
  const auto is_due_now = may_close && is_due(last, settings_.period, now);
  Result<void> made;
  if ((is_due_now || **unmade > 0) && settings_.running() >= leaves_until_) {
    const auto is_ours = lease_.hold(kLeaseTime);
    if (!is_ours) return is_ours.error();
    if (*is_ours) {
      made = close_and_make(now, may_close);
      if (!made) leaves_until_ = settings_.running() + kLeaveToOthers;
      if (auto free = lease_.let_go(); !free && made) made = free;
      unmade = count_unmade();
      if (!unmade) return unmade.error();
    }
  }
  auto complete = files_.complete(settings_.running());
  tell_damaged();
  if (!made) return made;
  if (!complete) return complete;
  // What another server is still making is not here yet.
  if (**unmade == 0) last_published_ = last_end_.load();
  return {};
}

Result<void> KeysService::clean_up(Instant now) {
  if (cleaned_at_ && now - *cleaned_at_ < kRenew && now >= *cleaned_at_) return {};
  cleaned_at_ = now;
  const auto until = to_s(now - settings_.keep);
  Result<void> first;
  const auto note = [&](const Result<void>& done) {
    if (!done && first) first = done;
  };
  note(tell_signing_keys());
  // What is too old goes also where a younger file cannot be made.
  note(files_.forget(until));
  note(files_.complete(settings_.running()));
  note(files_.delete_old(until));
  note(drop_batches(store_, to_s(now - std::max(settings_.keep, kRowsKept))));
  note(store_.write([&](store::Sql& sql) -> Result<void> {
    if (auto gone = drop_old_statistics(sql, now); !gone) return gone;
    if (auto gone = drop_old_installs(sql, now); !gone) return gone;
    if (auto gone = forget_revoked(sql, now); !gone) return gone;
    const auto pruned = store::prune_audit(sql, now - kAuditKept);
    if (!pruned) return pruned.error();
    return {};
  }));
  return first;
}

Result<void> KeysService::tick() {
  const auto now = world_.clock.now();
  Result<void> first;
  const auto note = [&](const Result<void>& done) {
    if (!done && first) first = done;
  };
  ask_for_keys(now);
  note(refresh_directory());
  note(statistics_.flush());
  const auto heard = hear_clock(now);
  if (!heard) note(heard.error());
  const auto is_believed = heard && *heard;
  if (is_believed && (now - renewed_at_ >= kRenew || now < renewed_at_)) {
    renewed_at_ = now;
    note(tokens_.renew(now));
  }
  note(publish_due(now, is_believed));
  if (is_believed) note(clean_up(now));
  tell(now);
  return first;
}

void KeysService::tell_damaged() {
  auto& counter =
      world_.metrics.counter("bz_export_files_damaged_total",
                             "Published files that were damaged on the disk and made again: see "
                             "docs/operations/export-damaged.");
  for (const auto& name : files_.take_damaged()) {
    world_.log.warning("export file was damaged and made again", {{"file", name}});
    counter.add();
  }
}

void KeysService::tell(Instant now) {
  world_.metrics
      .gauge("bz_batch_last_closed_seconds",
             "End of the last batch whose files are here, Unix seconds.")
      .set(last_published_);
  world_.metrics
      .gauge("bz_keys_clock_doubted",
             "1 while nothing is published because the clock is days after the last batch, else 0.")
      .set(doubts_clock_ ? 1 : 0);
  const auto overdue = !trouble().empty();
  world_.metrics.gauge("bz_batch_overdue", "1 when no batch was published for two periods, else 0.")
      .set(overdue ? 1 : 0);
  if (overdue && !was_overdue_) {
    world_.log.error("batch overdue",
                     {{"last_end_s", last_published_.load()}, {"now_s", to_s(now)}});
  }
  was_overdue_ = overdue;
}

Result<void> KeysService::tell_signing_keys() {
  const auto all = list_signing_keys(store_);
  if (!all) return all.error();
  // The region that is the first without a key counts.
  auto first = from_ms(wire::kLastMs);
  for (const auto& region : directory_.get()->regions) {
    auto last = Instant{};
    for (const auto& key : *all) {
      if (!key.region.empty() && key.region != region.name) continue;
      last = std::max(last, key.through.value_or(from_ms(wire::kLastMs)));
    }
    first = std::min(first, last);
  }
  world_.metrics
      .gauge("bz_signing_key_expires_seconds",
             "When the first region is left without a key that signs its files, Unix seconds.")
      .set(to_s(first));
  return {};
}

std::string KeysService::trouble() const {
  if (doubts_clock_) {
    return "the clock is days after the last batch, nothing is published until it is sure: see "
           "docs/operations/clock-wrong";
  }
  const auto late = to_s(world_.clock.now()) - last_published_;
  const auto period = seconds{settings_.period}.count();
  if (late < -period) {
    return "the clock is before the last batch, nothing is published until then: see "
           "docs/operations/clock-wrong";
  }
  if (late < kOverdue * period + kSlack.count()) return {};
  return "no batch was published for two periods: see docs/operations/export-overdue";
}

}  // namespace

Result<std::unique_ptr<Service>> Service::open(store::Store& store, const Settings& settings,
                                               CertificateKeys certificate_keys,
                                               const Surroundings& surroundings) {
  if (auto good = check(settings); !good) return good.error();
  const auto master = store::master_key_of(store, "keys", settings.folder, surroundings.random);
  if (!master) return master.error();
  auto service = std::make_unique<KeysService>(store, settings, std::move(certificate_keys),
                                               surroundings, *master);
  if (auto started = service->start(); !started) return started.error();
  return std::unique_ptr<Service>{std::move(service)};
}

}  // namespace bz::keys
