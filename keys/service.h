// The keys side: takes consented uploads, keeps them for 16 days, and publishes them in signed
// files. It never sees a code, a person or an officer. How it works: docs/publishing.md.
//
//   publish.h, upload_rules.h, uploads.h   POST /v1/publish: what is accepted, retried, revised
//   chains.h          POST /v1/publish-bluezone3
//   revision_token.h  what shows that a change comes from who published
//   revocations.h, revoked_handles.h       POST /v1/revoke, by supervisors
//   slots.h, batches.h, padding.h          which keys go out together
//   clock_check.h     whether a clock that has jumped is believed
//   export_files.h    the files themselves, their index, and making lost ones again
//   export_route.h    GET /exports/…
//   signing_keys.h    what signs them
//   statistics.h, stats_route.h            POST /v1/stats
//   installs.h        POST /v1/installs
//   settings_file.h   GET /v1/settings
//   authorities.h     whose certificates are believed, and the regions
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/surroundings.h"
#include "http/router.h"
#include "store/store.h"
#include "wire/jwt.h"

namespace bz::keys {

// Migrations of the store "keys".
std::span<const store::Migration> migrations();

struct Settings {
  std::filesystem::path folder;     // exports/ is made in it, and master.key
  std::chrono::minutes period{60};  // of batches: 15 to 1,440, a divisor of a day
  std::int64_t least_keys = 1'000;  // a batch that is not empty is padded to this and 0 to 100
  std::int64_t most_keys_a_file = 500'000;  // 1 to 500,000
  // Published files are read again from the start on and then once an hour, so much at each tick.
  std::int64_t bytes_checked_at_a_time = std::int64_t{32} * 1024 * 1024;
  std::chrono::days keep{14};  // files; rows two days longer, so that no key is taken as new twice
  bool maintenance = false;    // publish answers 429
  // Uploads an hour from one address prefix; 0: no limit. Off, since a whole mobile network may
  // share a prefix, and an upload needs a certificate anyway.
  std::int64_t uploads_an_hour = 0;
  std::int64_t installs_an_hour = 600;  // from one address prefix
  // The time that nobody can set, against which the clock is held (clock_check.h).
  std::function<std::chrono::steady_clock::time_point()> running = std::chrono::steady_clock::now;
};

class Service {
 public:
  // `certificate_keys` gives the public keys of the certificates of an authority, by its id: asked
  // at the start and then every few minutes, so that keys can be exchanged; what it gave last is
  // kept in the store, for a start without the codes side.
  using CertificateKeys = std::function<Result<std::vector<wire::Jwk>>(std::string_view authority)>;

  // Errors as Store, Secrets and the file system have them; kInvalid for settings out of range.
  static Result<std::unique_ptr<Service>> open(store::Store& store, const Settings& settings,
                                               CertificateKeys certificate_keys,
                                               const Surroundings& surroundings);
  virtual ~Service() = default;

  // Adds the routes; the service must outlive the router's use.
  virtual void add_routes(http::Router& router) = 0;

  // Does what is due at this moment, as far as the clock is believed: closes batches, writes files
  // that are missing, deletes what is too old, renews keys, and reads authorities anew. To be
  // called every few seconds, by one thread; cheap when nothing is due. Goes on after a failure
  // with what it can do, and gives the first.
  virtual Result<void> tick() = 0;

  // For /health: what is wrong, or nothing. From any thread.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace bz::keys
