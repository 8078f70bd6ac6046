// The server: the parts of the system that one process runs, their stores, and the HTTP interface
// to them. `bz serve` is this and signals; tests and the made-up town run it in their own process,
// with a clock that they set.
//
//   portal    accounts, the web pages
//   codes     codes, tokens, certificates
//   keys      uploads, exports, settings
//   campaign  units, figures, targets, reports of the campaign
//
// Each part has a store of its own; none shares a table, an identifier or a log line with another.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "accounts/service.h"
#include "base/surroundings.h"
#include "campaign/service.h"
#include "codes/service.h"
#include "http/router.h"
#include "http/server.h"
#include "keys/service.h"
#include "papers/smtp.h"
#include "store/store.h"

namespace bz::server {

struct Roles {
  bool portal = true;
  bool codes = true;
  bool keys = true;
  bool campaign = true;

  // "all", or one of the names above, or several with commas between. kInvalid for others.
  static Result<Roles> named(std::string_view text);
};

// What DATA/bz.toml may say; every number has a default, and a name that is not known is an error.
// docs/operations/README.md lists them.
struct Config {
  http::ServerSettings http = {};
  std::string database = {};  // as --database; empty: SQLite in the folder
  bool maintenance = false;
  bool secure_cookies = true;
  std::chrono::minutes period{60};
  std::int64_t least_keys = 1'000;
  std::string codes_url = {};       // where the codes run, when they run apart from the keys
  std::string portal_url = {};      // where the portal runs, when it runs apart from the codes
  std::string internal_token = {};  // what the parts show each other when they run apart
  std::string install_url = "https://www.bluezone.gov.vn/";  // where /install leads
  std::string mail_authserv_id = {};  // whom the campaign believes about who sent a letter
  std::string mail_from = {};    // whose address the campaign's reminders carry; empty: none go
  papers::MailServer mail = {};  // which takes them

  // Defaults when there is no such file. kInvalid names what is wrong and where.
  static Result<Config> read(const std::filesystem::path& file);
};

struct Settings {
  std::filesystem::path data;  // a folder, made when it is not there
  Roles roles = {};
  Config config = {};
  // `clock` is a story's, behind the world's (base/clock.h): every answer says so, what is handed
  // in is marked illustrative, and phones give the six digits of today.
  bool is_story = false;
  // How often to look what is due; zero: only when tick() is called.
  std::chrono::milliseconds tick_every{1'000};
};

class Application {
 public:
  // Everything listens and answers when it returns. At the very first start the authority `vn-moh`
  // for the region VN is made, with its keys. Errors of the stores, the secrets and the port.
  static Result<std::unique_ptr<Application>> start(const Settings& settings, const Clock& clock,
                                                    Random& random, Log& log);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  [[nodiscard]] std::uint16_t port() const { return http_->port(); }
  // "http://127.0.0.1:8080"
  [[nodiscard]] std::string url() const;
  // What is due now. Errors are logged and counted, and tried again at the next.
  void tick();
  // Ends requests under way, then everything.
  void drain();

  [[nodiscard]] const http::Router& router() const { return router_; }
  [[nodiscard]] const Metrics& metrics() const { return metrics_; }

  // The parts that run here, for programs that talk to them without HTTP; nullptr for others.
  [[nodiscard]] accounts::Service* accounts() { return accounts_.get(); }
  [[nodiscard]] codes::Service* codes() { return codes_.get(); }
  [[nodiscard]] keys::Service* keys() { return keys_.get(); }
  [[nodiscard]] campaign::Service* campaign() { return campaign_.get(); }
  [[nodiscard]] store::Store* codes_store() { return codes_store_.get(); }
  [[nodiscard]] store::Store* keys_store() { return keys_store_.get(); }
  [[nodiscard]] store::Store* campaign_store() { return campaign_store_.get(); }

 private:
  Application(Settings settings, const Clock& clock, Random& random, Log& log);
  Result<void> open_stores();
  Result<void> open_services();
  void add_own_routes();
  // Once each hour of the clock, after what was due: no store's file tells the order of writes in
  // an hour that is over.
  void tidy_stores();
  http::WhoAsks who_asks();
  keys::Service::CertificateKeys certificate_keys();
  [[nodiscard]] http::Response health() const;

  Settings settings_;
  SystemClock phones_;
  Log& log_;
  Metrics metrics_;
  Surroundings surroundings_;
  http::Router router_;
  std::unique_ptr<store::Store> accounts_store_;
  std::unique_ptr<store::Store> codes_store_;
  std::unique_ptr<store::Store> keys_store_;
  std::unique_ptr<store::Store> campaign_store_;
  std::unique_ptr<accounts::Service> accounts_;
  std::unique_ptr<codes::Service> codes_;
  std::unique_ptr<keys::Service> keys_;
  std::unique_ptr<campaign::Service> campaign_;
  std::unique_ptr<http::Server> http_;
  std::map<std::string, std::pair<std::string, Instant>, std::less<>>
      told_;                       // what was logged last of each part; of tick()'s thread
  std::optional<Instant> tidied_;  // the hour; of tick()'s thread, as the next
  std::optional<Instant> tidy_tried_;
  std::mutex mutex_;
  std::condition_variable stop_asked_;
  bool stop_ = false;
  std::thread ticker_;
};

}  // namespace bz::server
