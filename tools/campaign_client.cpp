#include "tools/campaign_client.h"

#include <cstdlib>

#include "accounts/service.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/http_client.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "campaign/service.h"
#include "http/router.h"
#include "server/application.h"
#include "tools/answer_view.h"
#include "tools/input.h"
#include "vi/calendar.h"

namespace bz::tools {
namespace {

constexpr std::string_view kBase = "/campaign/v1";

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kDigits[octet >> 4U];
      out += kDigits[octet & 15U];
    }
  }
  return out;
}

std::string path_and_query(const http::Request& request) {
  std::string url;
  for (const char c : request.path) url += c == '/' ? "/" : percent_encoded({&c, 1});
  char between = '?';
  for (const auto& [name, value] : request.query) {
    url += between + percent_encoded(name) + "=" + percent_encoded(value);
    between = '&';
  }
  return url;
}

}  // namespace

Error refusal_of(const http::Response& response) {
  const auto code = response.status == 403 || response.status == 401 ? Code::kDenied
                    : response.status == 404                         ? Code::kNotFound
                    : response.status == 409                         ? Code::kConflict
                    : response.status >= 500                         ? Code::kUnavailable
                                                                     : Code::kInvalid;
  const auto answer = object_in(response.body);
  if (!answer) return {code, "the server answers " + std::to_string(response.status)};
  auto what = text_at(*answer, "detail");
  if (const auto english = text_at(*answer, "detail_en"); !english.empty()) what += " · " + english;
  for (const auto& fault : objects_at(*answer, "errors")) what += "; " + fault_line(fault);
  return {code, what.empty() ? "the server answers " + std::to_string(response.status) : what};
}

// With a folder: the campaign's service in this process. With a server: an HTTP client.
struct CampaignClient::State {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Clock> clock;
  SetClock* set_clock = nullptr;  // the same, where --at was given
  SystemRandom random;
  std::unique_ptr<Log> log;
  Metrics metrics;
  std::unique_ptr<campaign::Service> service;
  http::Router router;

  std::string server;
  std::string cookie;
  std::string csrf;
  HttpClient client;
};

std::string session_file() {
  if (const char* named = std::getenv("BZ_SESSION"); named != nullptr) return named;
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.config/bluezone/session";
}

CampaignClient::CampaignClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
CampaignClient::CampaignClient(CampaignClient&&) noexcept = default;
CampaignClient& CampaignClient::operator=(CampaignClient&&) noexcept = default;
CampaignClient::~CampaignClient() = default;

Result<CampaignClient> CampaignClient::open(const CampaignOptions& options) {
  auto state = std::make_unique<State>();
  if (options.where.data.empty() == options.server.empty())
    return Error{Code::kInvalid,
                 "say --data DIR (the server's folder) or --server URL, one of them"};
  if (!options.server.empty()) {
    if (!options.authserv_id.empty())
      return Error{
          Code::kInvalid,
          "--authserv-id goes with --data: a server has it in its bz.toml (mail_authserv_id)"};
    if (!options.at.empty() || !options.as.empty())
      return Error{Code::kInvalid,
                   "--at and --as go with --data: a server has its own clock and asks "
                   "as whoever logged in"};
    const auto kept = read_text(session_file());
    if (!kept)
      return Error{Code::kDenied, "nobody is logged in; run: bz login --server " + options.server};
    const auto kept_session = object_in(*kept);
    if (!kept_session || text_at(*kept_session, "server") != options.server)
      return Error{Code::kDenied,
                   "the session is another server's; run: bz login --server " + options.server};
    state->server = options.server;
    state->cookie = text_at(*kept_session, "cookie");
    state->csrf = text_at(*kept_session, "csrf_token");
    return CampaignClient(std::move(state));
  }
  if (options.at.empty()) {
    state->clock = std::make_unique<SystemClock>();
  } else {
    const auto at = vi::read_instant(options.at).result();
    if (!at) return at.error();
    auto clock = std::make_unique<SetClock>(*at);
    state->set_clock = clock.get();
    state->clock = std::move(clock);
  }
  auto store = open_campaign(options.where);
  if (!store) return store.error();
  state->store = std::move(*store);
  state->log = std::make_unique<Log>(*state->clock);
  const Surroundings world{.clock = *state->clock,
                           .random = state->random,
                           .log = *state->log,
                           .metrics = state->metrics};
  campaign::Settings settings;
  settings.folder = options.where.data / "campaign";
  settings.asks_for_all = options.as.empty();
  settings.is_drill = !options.at.empty();
  const auto config = server::Config::read(options.where.data / "bz.toml");
  if (!config) return config.error();
  settings.authserv_id =
      options.authserv_id.empty() ? config->mail_authserv_id : options.authserv_id;
  // The server sends what is written here, and nobody gets a receipt for a story or a drill.
  if (!settings.is_drill) {
    settings.mail_from = config->mail_from;
    settings.mail = config->mail;
  }
  auto service = campaign::Service::open(
      *state->store, settings,
      [who = options.as.empty() ? std::string(kCommandLine)
                                : options.as](const http::Request&) -> Result<http::Session> {
        http::Session session;
        session.account = who;
        return session;
      },
      world);
  if (!service) return service.error();
  state->service = std::move(*service);
  state->service->add_routes(state->router);
  return CampaignClient(std::move(state));
}

Result<http::Response> CampaignClient::ask(http::Request request) {
  request.path = std::string(kBase) + request.path;
  std::erase_if(request.query, [](const auto& member) { return member.second.empty(); });
  if (state_->service) return state_->router.handle(request);
  HttpRequest sent;
  sent.method = request.method;
  sent.url = state_->server + path_and_query(request);
  sent.headers = request.headers;
  sent.headers.emplace_back("Cookie", state_->cookie);
  if (request.method != "GET") sent.headers.emplace_back("X-CSRF-Token", state_->csrf);
  sent.body = std::move(request.body);
  sent.answer_limit = std::size_t{64} << 20U;
  auto answer = state_->client.send(sent);
  if (!answer) return answer.error();
  http::Response response;
  response.status = answer->status;
  response.headers = std::move(answer->headers);
  response.body = std::move(answer->body);
  return response;
}

Result<std::string> CampaignClient::send(http::Request request) {
  auto response = ask(std::move(request));
  if (!response) return response.error();
  if (response->status >= 300) return refusal_of(*response);
  return std::move(response->body);
}

Result<std::string> CampaignClient::get(
    std::string_view path, const std::vector<std::pair<std::string, std::string>>& query) {
  http::Request request;
  request.method = "GET";
  request.path = path;
  for (const auto& [name, value] : query) request.query[name] = value;
  return send(std::move(request));
}

Result<std::string> CampaignClient::post(
    std::string_view path, std::string body, std::string_view type,
    const std::vector<std::pair<std::string, std::string>>& query) {
  http::Request request;
  request.method = "POST";
  request.path = path;
  for (const auto& [name, value] : query) request.query[name] = value;
  request.headers.emplace_back("content-type", type);
  request.body = std::move(body);
  return send(std::move(request));
}

Instant CampaignClient::now() const {
  return state_->clock ? state_->clock->now() : SystemClock().now();
}

void CampaignClient::set_now(Instant now) {
  if (state_->set_clock != nullptr) state_->set_clock->set(now);
}

Result<void> CampaignClient::tick() {
  return state_->service ? state_->service->tick() : Result<void>{};
}

}  // namespace bz::tools
