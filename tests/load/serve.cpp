#include "tests/load/serve.h"

#include <signal.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include "base/file.h"
#include "http/server.h"
#include "keys/authorities.h"
#include "keys/service.h"
#include "keys/signing_keys.h"
#include "tests/load/shared_clock.h"

namespace bz::load {
namespace {

std::filesystem::path authority_file(const std::filesystem::path& folder) {
  return folder / "authority.pem";
}

Authority authority_with(SigningKey key) {
  return {.id = "vn.test",
          .issuer = "vn.test.codes",
          .audience = "vn.test.keys",
          .key_id = "v1",
          .key = std::move(key)};
}

int complain(const Error& error) {
  std::cerr << "serve: " << error.what << "\n";
  return 1;
}

// Until SIGTERM, which must be blocked in every thread.
void wait_for_the_end() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  int which = 0;
  sigwait(&ends, &which);
}

// Calls tick() twenty times a second, since the clock may run far faster than the world's.
class Ticker {
 public:
  Ticker(keys::Service& service, Log& log)
      : thread_([this, &service, &log] {
          while (!over_) {
            if (auto done = service.tick(); !done)
              log.warning("tick failed", {{"why", std::string_view(done.error().what)}});
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
          }
        }) {}
  ~Ticker() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

Result<Authority> read_or_make_authority(const std::filesystem::path& folder) {
  const auto file = authority_file(folder);
  if (std::filesystem::exists(file)) {
    const auto pem = read_file(file, 10'000);
    if (!pem) return pem.error();
    auto key = SigningKey::from_pem(as_text(*pem));
    if (!key) return key.error();
    return authority_with(std::move(*key));
  }
  auto authority = authority_with(SigningKey::generate());
  const auto pem = authority.key.to_pem();
  if (auto made = create_file(file, as_bytes(pem), Readers::kOwnerOnly); !made) return made.error();
  return authority;
}

Result<wire::Trust> trust_of(const Place& place) {
  auto store = store::Store::open({.folder = place.folder, .database_url = place.database_url},
                                  "keys", keys::migrations());
  if (!store) return store.error();
  const auto signing_keys = keys::list_signing_keys(**store);
  if (!signing_keys) return signing_keys.error();
  wire::Trust trust;
  for (const auto& key : *signing_keys) {
    trust.keys.push_back({.key = key.public_key, .version = key.version, .id = key.key_id});
  }
  return trust;
}

std::vector<std::string> serve_words(const Place& place, std::chrono::minutes period,
                                     std::int64_t most_keys_a_file) {
  return {"serve",
          place.common.string(),
          place.folder.string(),
          place.database_url,
          std::to_string(period.count()),
          std::to_string(most_keys_a_file)};
}

int serve_main(const std::vector<std::string>& words) {
  if (words.size() != 5) return complain({Code::kInvalid, "serve has other words"});
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  // A file that may grow no further is a full disk (tests/soak/small_disk.h), and no end.
  std::signal(SIGXFSZ, SIG_IGN);

  const std::filesystem::path common = words[0];
  const std::filesystem::path folder = words[1];
  auto clock = SharedClock::open(common / "clock");
  if (!clock) return complain(clock.error());
  auto authority = read_or_make_authority(common);
  if (!authority) return complain(authority.error());
  auto log = Log::to_file(**clock, folder / "serve.log");
  if (!log) return complain(log.error());
  SystemRandom random;
  Metrics metrics;
  auto store =
      store::Store::open({.folder = folder, .database_url = words[2]}, "keys", keys::migrations());
  if (!store) return complain(store.error());
  const auto added = keys::add_authority(**store, {.id = authority->id,
                                                   .issuer = authority->issuer,
                                                   .audience = authority->audience,
                                                   .regions = kRegions,
                                                   .chains = true});
  if (!added && added.error().code != Code::kConflict) return complain(added.error());

  keys::Settings settings;
  settings.folder = folder;
  settings.period = std::chrono::minutes{std::stol(words[3])};
  settings.most_keys_a_file = std::stol(words[4]);
  // In this world there is one time. By the machine's own, a minute that a server leaves to others
  // would be hours here, in which nothing is published.
  settings.running = [&clock = **clock] {
    return std::chrono::steady_clock::time_point{clock.now().time_since_epoch()};
  };
  auto service = keys::Service::open(
      **store, settings,
      [&](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return std::vector<wire::Jwk>{{authority->key_id, authority->key.public_key()}};
      },
      {.clock = **clock, .random = random, .log = *log, .metrics = metrics});
  if (!service) return complain(service.error());
  http::Router router;
  (*service)->add_routes(router);
  http::ServerSettings http_settings;
  http_settings.port = 0;
  auto server = http::Server::start(http_settings, router, *log, metrics);
  if (!server) return complain(server.error());
  const Ticker ticker(**service, *log);
  std::printf("listening on http://127.0.0.1:%u\n", unsigned{(*server)->port()});
  std::fflush(stdout);
  wait_for_the_end();
  (*server)->drain();
  return 0;
}

}  // namespace bz::load
