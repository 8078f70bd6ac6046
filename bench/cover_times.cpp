// Whether somebody who watches the network can tell a real call from cover traffic: 10,000 of each,
// interleaved at random, on each of the three calls of an upload. Prints for the time and for the
// size of answers the AUC of a classifier that knows only that (rank statistic: 0.5 is a coin). The
// limit is 0.5 +- 0.03.
//
//   cover_times [--calls 10000] [--server-core 0] [--load-core 1]
//
// The codes and the keys side run in a child on one core, in SQLite; phones' calls come from the
// other, over one connection.
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <random>

#include "base/base64.h"
#include "base/temp_folder.h"
#include "codes/api_keys.h"
#include "codes/authorities.h"
#include "codes/service.h"
#include "http/server.h"
#include "keys/authorities.h"
#include "keys/service.h"
#include "tests/load/child.h"
#include "tests/load/connection.h"
#include "tests/load/made_upload.h"
#include "wire/tekmac.h"
#include "wire/verification_message.h"

namespace bz::load {
namespace {

constexpr const char* kAuthority = "vn-test";
constexpr std::size_t kKeysARequest = 14;
constexpr std::size_t kRequestBody = 4'096;

int complain(const Error& error) {
  std::cerr << "cover_times: " << error.what << "\n";
  return 1;
}

// ---- the server

struct Stores {
  std::unique_ptr<store::Store> codes;
  std::unique_ptr<store::Store> keys;

  static Result<Stores> open(const std::filesystem::path& folder) {
    auto codes = store::Store::open({.folder = folder}, "codes", codes::migrations());
    if (!codes) return codes.error();
    auto keys = store::Store::open({.folder = folder}, "keys", keys::migrations());
    if (!keys) return keys.error();
    return Stores{std::move(*codes), std::move(*keys)};
  }
};

int serve(const std::filesystem::path& folder) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const SystemClock clock;
  SystemRandom random;
  Log log(clock);
  Metrics metrics;
  auto stores = Stores::open(folder);
  if (!stores) return complain(stores.error());
  const Surroundings world{.clock = clock, .random = random, .log = log, .metrics = metrics};
  for (const char* part : {"codes", "keys"}) std::filesystem::create_directories(folder / part);
  auto codes = codes::Service::open(
      *stores->codes, {.folder = folder / "codes", .calls_a_minute = 100'000'000},
      [](const http::Request&) -> Result<http::Session> {
        return Error{Code::kDenied, "nobody logs in here"};
      },
      world);
  if (!codes) return complain(codes.error());
  keys::Settings keys_settings;
  keys_settings.folder = folder / "keys";
  auto keys = keys::Service::open(
      *stores->keys, keys_settings,
      [&](std::string_view) { return (*codes)->certificate_keys(kAuthority); }, world);
  if (!keys) return complain(keys.error());
  http::Router router;
  (*codes)->add_routes(router);
  (*keys)->add_routes(router);
  http::ServerSettings settings;
  settings.port = 0;
  auto server = http::Server::start(settings, router, log, metrics);
  if (!server) return complain(server.error());
  std::printf("listening on http://127.0.0.1:%u\n", unsigned{(*server)->port()});
  std::fflush(stdout);
  int which = 0;
  sigwait(&ends, &which);
  (*server)->drain();
  return 0;
}

struct ApiKeys {
  std::string device;
  std::string admin;
};

Result<ApiKeys> prepare(const std::filesystem::path& folder) {
  auto stores = Stores::open(folder);
  if (!stores) return stores.error();
  SystemRandom random;
  const auto now = SystemClock().now();
  codes::Authority authority;
  authority.id = kAuthority;
  authority.name = "test";
  authority.issuer = "test-codes";
  authority.audience = "test-keys";
  authority.region = "VN";
  authority.short_minutes = 60;
  authority.quota_day = 10'000'000;
  authority.guesses_an_hour = 1'000'000;
  if (auto put = codes::put_authority(*stores->codes, authority, "bench", now); !put)
    return put.error();
  const auto add = [&](codes::KeyKind kind) {
    return codes::add_api_key(*stores->codes, random, kAuthority, "bench", kind, "bench", now);
  };
  auto device = add(codes::KeyKind::kDevice);
  if (!device) return device.error();
  auto admin = add(codes::KeyKind::kAdmin);
  if (!admin) return admin.error();
  auto added = keys::add_authority(*stores->keys, {.id = kAuthority,
                                                   .issuer = authority.issuer,
                                                   .audience = authority.audience,
                                                   .regions = {"VN"}});
  if (!added) return added.error();
  return ApiKeys{device->text, admin->text};
}

// ---- what phones send

// All of one length, so that only the server can make a difference.
std::string request(std::string_view path, const std::string& api_key, std::string body,
                    bool cover) {
  body.resize(std::max(body.size(), kRequestBody), ' ');
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + api_key +
         (cover ? "\r\nX-Chaff: 1" : "\r\nX-Other: 1") +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct Upload {
  wire::PublishRequest request;
  std::string ekeyhmac;
};

Upload make(Random& random) {
  Upload upload;
  upload.request.keys = make_keys(kKeysARequest, SystemClock().now(), random);
  upload.request.health_authority = kAuthority;
  upload.request.hmac_secret.resize(16);
  random.fill(upload.request.hmac_secret);
  std::vector<wire::KeyText> texts;
  for (const auto& key : upload.request.keys)
    texts.push_back({key.key, key.rolling_start, key.rolling_period, key.transmission_risk});
  upload.ekeyhmac = to_base64(wire::tekmac(texts, upload.request.hmac_secret, true));
  return upload;
}

// ---- what is seen of an answer

struct Seen {
  std::vector<double> real;
  std::vector<double> cover;
};

// Probability that a real one is greater than one of cover traffic, ties counted half.
double auc(const Seen& seen) {
  std::vector<std::pair<double, bool>> all;
  for (const double value : seen.real) all.emplace_back(value, true);
  for (const double value : seen.cover) all.emplace_back(value, false);
  std::sort(all.begin(), all.end());
  double ranks = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    std::size_t real = 0;
    for (; end < all.size() && all[end].first == all[i].first; ++end) real += all[end].second;
    ranks += static_cast<double>(real) * (static_cast<double>(i + end - 1) / 2 + 1);
    i = end;
  }
  const auto n = static_cast<double>(seen.real.size());
  const auto m = static_cast<double>(seen.cover.size());
  return (ranks - n * (n + 1) / 2) / (n * m);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

class Watcher {
 public:
  Watcher(std::uint16_t port, std::string path) : connection_(port), path_(std::move(path)) {}

  std::optional<Answer> look(const std::string& text, bool cover) {
    wait_a_little();
    const auto start = std::chrono::steady_clock::now();
    auto answer = connection_.exchange(text);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    if (!answer || answer->status != 200) {
      ++refused_;
      return std::nullopt;
    }
    (cover ? times_.cover : times_.real).push_back(took.count());
    (cover ? sizes_.cover : sizes_.real).push_back(static_cast<double>(answer->bytes));
    return answer;
  }

  void print() const {
    std::printf(
        "{\"route\":\"%s\",\"real\":%zu,\"cover\":%zu,\"refused\":%zu,\"real_median_us\":%.0f,"
        "\"cover_median_us\":%.0f,\"time_auc\":%.3f,\"real_median_bytes\":%.0f,"
        "\"cover_median_bytes\":%.0f,\"size_auc\":%.3f}\n",
        path_.c_str(), times_.real.size(), times_.cover.size(), refused_, median(times_.real),
        median(times_.cover), auc(times_), median(sizes_.real), median(sizes_.cover), auc(sizes_));
    std::fflush(stdout);
  }

 private:
  // Up to two milliseconds. Answers leave at whole milliseconds of the server's clock: a call that
  // is sent at once after one always comes at the same fraction of a millisecond, and what this
  // program does before a real call would be seen in its time. Phones call at any.
  void wait_a_little() {
    std::uniform_int_distribution<int> microseconds(0, 2'000);
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::microseconds{microseconds(chance_)};
    while (std::chrono::steady_clock::now() < until) {
    }
  }

  std::mt19937_64 chance_{std::random_device{}()};
  Connection connection_;
  std::string path_;
  Seen times_;
  Seen sizes_;
  std::size_t refused_ = 0;
};

// Calls real(i) for each i, and between them at random as much cover traffic.
template <class Real>
void interleave(Watcher& watcher, std::string_view path, const std::string& api_key,
                std::size_t calls, Real real) {
  std::mt19937_64 chance(std::random_device{}());
  std::size_t reals = 0;
  std::size_t covers = 0;
  while (reals < calls || covers < calls) {
    const bool cover = reals == calls || (covers < calls && chance() % 2 == 0);
    if (cover) {
      watcher.look(request(path, api_key, R"({"padding":""})", true), true);
      ++covers;
    } else {
      real(reals++);
    }
  }
  watcher.print();
}

std::string member(std::string_view json, std::string_view name) {
  const std::string start = "\"" + std::string(name) + "\":\"";
  const auto at = json.find(start);
  if (at == std::string_view::npos) return {};
  const auto from = at + start.size();
  return std::string(json.substr(from, json.find('"', from) - from));
}

int watch(std::uint16_t port, const ApiKeys& keys, std::size_t calls) {
  SystemRandom random;
  Connection desk(port);
  std::vector<Upload> uploads;
  for (std::size_t i = 0; i < calls; ++i) uploads.push_back(make(random));

  std::vector<std::string> tokens(calls);
  Watcher verify(port, "/api/verify");
  interleave(verify, "/api/verify", keys.device, calls, [&](std::size_t i) {
    const auto issued =
        desk.exchange(request("/api/issue", keys.admin, R"({"testType":"confirmed"})", false));
    if (!issued) return;
    wire::VerifyRequest body;
    body.code = member(issued->body, "code");
    const auto answer = verify.look(
        request("/api/verify", keys.device, wire::write_verify_request(body, ""), false), false);
    if (answer) tokens[i] = member(answer->body, "token");
  });

  Watcher certificate(port, "/api/certificate");
  interleave(certificate, "/api/certificate", keys.device, calls, [&](std::size_t i) {
    const auto body = wire::write_certificate_request({tokens[i], uploads[i].ekeyhmac}, "");
    const auto answer =
        certificate.look(request("/api/certificate", keys.device, body, false), false);
    if (answer) uploads[i].request.certificate = member(answer->body, "certificate");
  });

  Watcher publish(port, "/v1/publish");
  interleave(publish, "/v1/publish", "", calls, [&](std::size_t i) {
    publish.look(
        request("/v1/publish", "", wire::write_publish_request(uploads[i].request, ""), false),
        false);
  });
  return 0;
}

int main_of(const std::vector<std::string>& arguments) {
  std::size_t calls = 10'000;
  int server_core = 0;
  int load_core = 1;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    std::size_t number = 0;
    const auto& value = arguments[i + 1];
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (arguments[i] == "--calls") calls = number;
    if (arguments[i] == "--server-core") server_core = static_cast<int>(number);
    if (arguments[i] == "--load-core") load_core = static_cast<int>(number);
  }
  auto folder = TempFolder::make();
  if (!folder) return complain(folder.error());
  const auto keys = prepare(folder->path());
  if (!keys) return complain(keys.error());
  auto server = Child::start({"serve", folder->path().string()}, server_core);
  if (!server) return complain(server.error());
  pin_to(load_core);
  const int status = watch(server->port(), *keys, calls);
  return server->stop() == 0 ? status : 1;
}

}  // namespace
}  // namespace bz::load

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "serve") return bz::load::serve(words[1]);
  return bz::load::main_of(words);
}
