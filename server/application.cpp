#include "server/application.h"

#include <array>
#include <system_error>
#include <utility>

#include "server/apart.h"
#include "server/first_start.h"
#include "server/web_pages.h"

namespace bz::server {

Result<Roles> Roles::named(std::string_view text) {
  if (text == "all") return Roles{};
  Roles roles{false, false, false, false};
  while (!text.empty()) {
    const auto name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (name == "portal") {
      roles.portal = true;
    } else if (name == "codes") {
      roles.codes = true;
    } else if (name == "keys") {
      roles.keys = true;
    } else if (name == "campaign") {
      roles.campaign = true;
    } else {
      return Error{Code::kInvalid,
                   "--role is all, or of portal, codes, keys and campaign one or several with "
                   "commas between"};
    }
  }
  return roles;
}

Application::Application(Settings settings, const Clock& clock, Random& random, Log& log)
    : settings_(std::move(settings)), log_(log), surroundings_{clock, random, log, metrics_} {
  if (settings_.is_story) settings_.config.http.story_clock = &clock;
}

Result<std::unique_ptr<Application>> Application::start(const Settings& settings,
                                                        const Clock& clock, Random& random,
                                                        Log& log) {
  std::unique_ptr<Application> application(new Application(settings, clock, random, log));
  std::error_code fault;
  std::filesystem::create_directories(settings.data, fault);
  if (fault)
    return Error{Code::kUnavailable, settings.data.string() + ": the folder cannot be made"};
  if (auto ok = application->open_stores(); !ok) return ok.error();
  if (auto ok = application->open_services(); !ok) return ok.error();
  application->add_own_routes();
  application->tick();
  auto http = http::Server::start(application->settings_.config.http, application->router_, log,
                                  application->metrics_);
  if (!http) return http.error();
  application->http_ = std::move(*http);
  if (settings.tick_every.count() > 0) {
    application->ticker_ = std::thread([a = application.get()] {
      std::unique_lock lock(a->mutex_);
      while (!a->stop_asked_.wait_for(lock, a->settings_.tick_every, [a] { return a->stop_; })) {
        lock.unlock();
        a->tick();
        lock.lock();
      }
    });
  }
  log.info("server started", {{"port", application->port()}});
  return application;
}

Application::~Application() {
  drain();
}

void Application::drain() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_asked_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  if (!http_) return;
  http_->drain();
  http_.reset();
  log_.info("server stopped");
}

Result<void> Application::open_stores() {
  const store::Place place{settings_.data, settings_.config.database};
  const auto open = [&place](bool wanted, std::string_view name,
                             std::span<const store::Migration> migrations,
                             std::unique_ptr<store::Store>& into) -> Result<void> {
    if (!wanted) return {};
    auto where = place;
    if (name == "campaign") where.reader_cache_kib = campaign::kReaderCacheKib;
    auto opened = store::Store::open(where, name, migrations);
    if (!opened)
      return Error{opened.error().code, "store " + std::string(name) + ": " + opened.error().what};
    into = std::move(*opened);
    return {};
  };
  const auto& roles = settings_.roles;
  if (auto ok = open(roles.portal, "accounts", accounts::migrations(), accounts_store_); !ok)
    return ok;
  if (auto ok = open(roles.codes, "codes", codes::migrations(), codes_store_); !ok) return ok;
  if (auto ok = open(roles.keys, "keys", keys::migrations(), keys_store_); !ok) return ok;
  return open(roles.campaign, "campaign", campaign::migrations(), campaign_store_);
}

Result<void> Application::open_services() {
  const auto& config = settings_.config;
  const auto now = surroundings_.clock.now();
  if (auto ok = make_first_authority(codes_store_.get(), keys_store_.get(), now); !ok) return ok;
  // Each part keeps its master key and files in a folder of its own.
  const auto folder_of = [this](std::string_view part) -> Result<std::filesystem::path> {
    auto folder = settings_.data / part;
    std::error_code fault;
    std::filesystem::create_directories(folder, fault);
    if (fault) return Error{Code::kUnavailable, folder.string() + ": the folder cannot be made"};
    return folder;
  };
  if (accounts_store_) {
    auto folder = folder_of("accounts");
    if (!folder) return folder.error();
    const accounts::Settings settings{*folder, config.secure_cookies,
                                      settings_.is_story ? &phones_ : nullptr};
    auto service = accounts::Service::open(*accounts_store_, settings, surroundings_);
    if (!service) return service.error();
    accounts_ = std::move(*service);
    accounts_->add_routes(router_);
    add_web_pages(router_, config.install_url);
  }
  if (codes_store_) {
    auto folder = folder_of("codes");
    if (!folder) return folder.error();
    codes::Settings settings;
    settings.folder = *folder;
    settings.maintenance = config.maintenance;
    auto service = codes::Service::open(*codes_store_, settings, who_asks(), surroundings_);
    if (!service) return service.error();
    codes_ = std::move(*service);
    codes_->add_routes(router_);
  }
  if (keys_store_) {
    auto folder = folder_of("keys");
    if (!folder) return folder.error();
    keys::Settings settings;
    settings.folder = *folder;
    settings.maintenance = config.maintenance;
    settings.period = config.period;
    settings.least_keys = config.least_keys;
    auto service = keys::Service::open(*keys_store_, settings, certificate_keys(), surroundings_);
    if (!service) return service.error();
    keys_ = std::move(*service);
    keys_->add_routes(router_);
  }
  if (campaign_store_) {
    auto folder = folder_of("campaign");
    if (!folder) return folder.error();
    campaign::Settings settings;
    settings.folder = *folder;
    settings.mail_from = config.mail_from;
    settings.authserv_id = config.mail_authserv_id;
    settings.mail = config.mail;
    settings.is_drill = settings_.is_story;
    auto service = campaign::Service::open(*campaign_store_, settings, who_asks(), surroundings_);
    if (!service) return service.error();
    campaign_ = std::move(*service);
    campaign_->add_routes(router_);
  }
  return {};
}

http::WhoAsks Application::who_asks() {
  if (accounts_) return [this](const http::Request& r) { return accounts_->who_asks(r); };
  return who_asks_at(settings_.config.portal_url, settings_.config.internal_token);
}

keys::Service::CertificateKeys Application::certificate_keys() {
  if (codes_) return [this](std::string_view id) { return codes_->certificate_keys(id); };
  return certificate_keys_at(settings_.config.codes_url);
}

void Application::add_own_routes() {
  router_.add("GET", "/health", [this](const http::Request&) { return health(); });
  router_.add("GET", "/metrics", [this](const http::Request&) {
    auto answer = http::text_response(200, metrics_.text());
    answer.set("content-type", "text/plain; version=0.0.4; charset=utf-8");
    return answer;
  });
  if (accounts_ && !settings_.config.internal_token.empty()) {
    add_who_asks_route(router_, settings_.config.internal_token,
                       [this](const http::Request& r) { return accounts_->who_asks(r); });
  }
}

http::Response Application::health() const {
  std::string troubles;
  const auto add = [&troubles](std::string_view part, const std::string& trouble) {
    if (trouble.empty()) return;
    // Sentences of ours, without quotes or other letters that JSON would want escaped.
    troubles += (troubles.empty() ? "\"" : ",\"") + std::string(part) + ": " + trouble + '"';
  };
  if (accounts_) add("accounts", accounts_->trouble());
  if (codes_) add("codes", codes_->trouble());
  if (keys_) add("keys", keys_->trouble());
  if (campaign_) add("campaign", campaign_->trouble());
  return http::json_response(
      troubles.empty() ? 200 : 503,
      std::string("{\"status\":\"") + (troubles.empty() ? "ok" : "trouble") +
          "\",\"maintenance_mode\":" + (settings_.config.maintenance ? "true" : "false") +
          (troubles.empty() ? "" : ",\"trouble\":[" + troubles + "]") + "}");
}

void Application::tick() {
  const auto run = [this](std::string_view part, auto* service) {
    if (service == nullptr) return;
    const auto done = service->tick();
    if (done) return;
    metrics_
        .counter("bz_tick_failures_total", "Regular work that failed, by part",
                 "part=\"" + std::string(part) + "\"")
        .add();
    // Tried again each second; told when it is new, and once an hour.
    auto& [what, when] = told_[std::string(part)];
    const auto now = surroundings_.clock.now();
    if (what == done.error().what && std::chrono::abs(now - when) < std::chrono::hours{1}) return;
    what = done.error().what;
    when = now;
    log_.error("regular work failed", {{"part", part}, {"why", std::string_view(what)}});
  };
  run("accounts", accounts_.get());
  run("codes", codes_.get());
  run("keys", keys_.get());
  run("campaign", campaign_.get());
  tidy_stores();
}

void Application::tidy_stores() {
  constexpr std::chrono::minutes kAgain{5};
  const auto now = surroundings_.clock.now();
  const auto hour = std::chrono::floor<std::chrono::hours>(now);
  // Not at the start: nobody is to wait for it.
  if (!tidied_) tidied_ = hour;
  if (tidied_ == hour || (tidy_tried_ && std::chrono::abs(now - *tidy_tried_) < kAgain)) return;
  bool done = true;
  for (auto* store :
       {accounts_store_.get(), codes_store_.get(), keys_store_.get(), campaign_store_.get()}) {
    if (store == nullptr || store->tidy()) continue;
    done = false;
    metrics_
        .counter("bz_tick_failures_total", "Regular work that failed, by part",
                 "part=\"" + std::string(store->name()) + " tidy\"")
        .add();
  }
  // A reader was at work, or the disk is full: again in some minutes.
  tidy_tried_ = now;
  if (done) tidied_ = hour;
}

std::string Application::url() const {
  const auto& address = settings_.config.http.address;
  const bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port());
}

}  // namespace bz::server
