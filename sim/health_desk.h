// The health authority of the made-up town: the real server in this process, reached over HTTP on
// 127.0.0.1, with a clock that the town sets. Its officer gives codes, its files are published as
// the real ones are.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ecdh.h"
#include "base/http_client.h"
#include "base/random.h"
#include "phone/http_transport.h"
#include "server/application.h"
#include "wire/certificate.h"
#include "wire/trust.h"

namespace bz::sim {

class HealthDesk {
 public:
  // A server of its own in `folder`, which exists; it is `now` there. Small files are not padded,
  // so that a test can count what is in them; `least_keys` pads them. `random` must outlive it.
  static Result<std::unique_ptr<HealthDesk>> open(const std::filesystem::path& folder,
                                                  Random& random, Instant now,
                                                  std::int64_t least_keys = 0);

  // A code of eight digits for one upload of a person whose symptoms began on `onset`; for a
  // contact (F1) `onset` is the day of that contact.
  Result<std::string> issue_code(Day onset, wire::TestType type = wire::TestType::kConfirmed);

  // From now on a code gives a second token, for chains of `bluezone3`, and they are published.
  Result<void> take_chains();

  // Two supervisors take back every case whose code was used, by both its handles: their keys are
  // revoked in the next batch, and chains that have not gone out never do.
  Result<void> revoke_all_cases();

  // Time goes on until `now`; what is due is published.
  void at(Instant now);

  // How a phone reaches it. `port` is that of somebody on the way (tests/relay.h).
  [[nodiscard]] phone::ServerAddress address(std::optional<std::uint16_t> port = {},
                                             std::string region = "VN") const;
  [[nodiscard]] phone::HttpTransport line(std::optional<std::uint16_t> port = {},
                                          std::string region = "VN");

  // What phones are given with the app.
  [[nodiscard]] Result<wire::Trust> trust();

  [[nodiscard]] server::Application& server() { return *application_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  HealthDesk(std::filesystem::path folder, Random& random, Instant now, Result<Log> log);
  Result<void> start(std::int64_t least_keys);

  std::filesystem::path folder_;
  Random& random_;
  SetClock clock_;
  Log log_;
  std::unique_ptr<server::Application> application_;
  HttpClient officer_;
  AgreementKey supervisors_;  // of both together
  std::string admin_key_;
  std::string device_key_;
};

}  // namespace bz::sim
