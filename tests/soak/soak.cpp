// Whether the server loses or doubles anything: real servers (tests/load/serve.h) under load from
// several threads are killed with SIGKILL at random moments and started again, while the clock runs
// 600 times as fast as the world's; at the end the clock passes every embargo, and what was
// published is compared with what was acknowledged.
//
//   soak [--seconds 30] [--database URL|here] [--servers 1|2] [--seed N] [--folder DIR]
//
// Exit status 0: all as it should be; 1: not, with a sentence for each fault; 2: wrong words. Two
// servers need --database; "here" starts a PostgreSQL of its own. Run for long by bench/soak.
#include <atomic>
#include <charconv>
#include <cstring>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "base/temp_folder.h"
#include "store/secrets.h"
#include "tests/load/child.h"
#include "tests/load/connection.h"
#include "tests/load/made_upload.h"
#include "tests/load/serve.h"
#include "tests/load/shared_clock.h"
#include "tests/postgres_here.h"
#include "tests/soak/ledger.h"

namespace bz::soak {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes kPeriod{15};
constexpr int kWorkers = 8;
constexpr int kClockSpeed = 600;

struct Words {
  std::chrono::seconds time{30};
  std::string database_url;
  int servers = 1;
  std::uint64_t seed = 0;
  std::filesystem::path folder;  // empty: a temporary one
};

// The servers of a run: where they listen now, and their processes.
class Servers {
 public:
  Servers(std::vector<load::Place> places) : places_(std::move(places)), ports_(places_.size()) {}

  Result<void> start(std::size_t which) {
    auto child = load::Child::start(load::serve_words(places_[which], kPeriod));
    if (!child) return child.error();
    ports_[which] = child->port();
    children_.insert_or_assign(which, std::move(*child));
    return {};
  }
  void kill(std::size_t which) { children_.at(which).kill(); }
  int stop(std::size_t which) { return children_.at(which).stop(); }

  [[nodiscard]] std::size_t count() const { return places_.size(); }
  [[nodiscard]] std::uint16_t port(std::size_t which) const { return ports_[which]; }
  [[nodiscard]] const load::Place& place(std::size_t which) const { return places_[which]; }

 private:
  std::vector<load::Place> places_;
  std::vector<std::atomic<std::uint16_t>> ports_;
  std::map<std::size_t, load::Child> children_;
};

// What all threads of a run share.
struct Run {
  const Servers& servers;
  const load::SharedClock& clock;
  const load::Authority& authority;
  Ledger ledger;
  std::atomic<bool> over{false};
  std::atomic<std::size_t> retries{0};
};

// One phone after another, as long as the run lasts.
class Worker {
 public:
  Worker(Run& run, std::uint64_t seed) : run_(run), chance_(seed) {}

  void work() {
    while (!run_.over) {
      const auto what = chance_() % 10;
      if (what < 3 && !likely_.empty()) {
        revise();
      } else if (what < 8) {
        publish(what % 2 == 0 ? wire::TestType::kLikely : wire::TestType::kConfirmed);
      } else {
        publish_chains();
      }
    }
  }

 private:
  struct Revisable {
    std::vector<wire::UploadedKey> keys;
    std::string token;
  };

  template <class Entries>
  static std::vector<std::string> texts(const Entries& entries) {
    std::vector<std::string> all;
    for (const auto& entry : entries) all.push_back(entry.key);
    return all;
  }

  void publish(wire::TestType report) {
    const auto now = run_.clock.now();
    auto keys = load::make_keys(1 + chance_() % 4, now, random_);
    // A key of today, still valid: it is held back until two hours after its end.
    if (chance_() % 4 == 0) keys.front().rolling_start += kIntervalsPerDay;
    const auto names = texts(keys);
    run_.ledger.sent(Ledger::Kind::kDayKey, names);
    const auto answer =
        send("/v1/publish",
             load::make_upload(keys, {.report = report}, run_.authority, now, random_), now);
    if (!answer) return;
    run_.ledger.acknowledged(names);
    if (report == wire::TestType::kLikely)
      likely_.push_back({.keys = std::move(keys), .token = answer->revision_token});
  }

  void revise() {
    const std::size_t which = chance_() % likely_.size();
    const Revisable chosen = likely_[which];
    likely_.erase(likely_.begin() + static_cast<std::ptrdiff_t>(which));
    const auto now = run_.clock.now();
    const auto names = texts(chosen.keys);
    run_.ledger.revision_sent(names);
    const load::UploadKind kind{.report = wire::TestType::kConfirmed,
                                .revision_token = chosen.token};
    if (send("/v1/publish", load::make_upload(chosen.keys, kind, run_.authority, now, random_),
             now))
      run_.ledger.revision_acknowledged(names);
  }

  void publish_chains() {
    const auto now = run_.clock.now();
    const auto chains = load::make_chains(1 + chance_() % 3, now, random_);
    const auto names = texts(chains);
    run_.ledger.sent(Ledger::Kind::kChain, names);
    if (send("/v1/publish-bluezone3",
             load::make_chain_upload(chains, {}, run_.authority, now, random_), now))
      run_.ledger.acknowledged(names);
  }

  // Again and again until it is answered, by whichever server, or its certificate is over (made_at
  // is when it was made). The answer when it was acknowledged.
  std::optional<wire::PublishAnswer> send(std::string_view path, const std::string& body,
                                          Instant made_at) {
    const auto request = load::http_post(path, body);
    while (run_.clock.now() < made_at + 55min) {
      connect();
      if (auto answer = connection_->exchange(request)) {
        if (auto taken = judge(path, *answer)) return taken;
        if (answer->status != 503) return std::nullopt;
      } else {
        connection_.reset();
      }
      if (run_.over) return std::nullopt;
      ++run_.retries;
      std::this_thread::sleep_for(20ms);
    }
    return std::nullopt;
  }

  std::optional<wire::PublishAnswer> judge(std::string_view path, const load::Answer& answer) {
    if (answer.status == 503) return std::nullopt;
    auto parsed = wire::parse_publish_answer(answer.body);
    if (answer.status == 200 && parsed && parsed->code.empty()) return *parsed;
    run_.ledger.fault(std::string(path) + " was answered " + std::to_string(answer.status) + " " +
                      (parsed ? parsed->code + " (" + parsed->error + ")" : "without JSON"));
    return std::nullopt;
  }

  void connect() {
    if (connection_ && chance_() % 20 != 0) return;
    connection_.emplace(run_.servers.port(chance_() % run_.servers.count()));
  }

  Run& run_;
  std::mt19937_64 chance_;
  SystemRandom random_;
  std::optional<load::Connection> connection_;
  std::vector<Revisable> likely_;
};

// While it lives the clock runs, kClockSpeed times as fast as the world's.
class RunningClock {
 public:
  explicit RunningClock(load::SharedClock& clock)
      : thread_([this, &clock] {
          auto last = std::chrono::steady_clock::now();
          while (!over_) {
            std::this_thread::sleep_for(20ms);
            const auto now = std::chrono::steady_clock::now();
            clock.advance(
                std::chrono::floor<std::chrono::milliseconds>((now - last) * kClockSpeed));
            last = now;
          }
        }) {}
  ~RunningClock() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

// Kills and starts again until the time is over; how often.
Result<int> disturb(Servers& servers, std::chrono::seconds time, std::mt19937_64& chance) {
  const auto end = std::chrono::steady_clock::now() + time;
  for (int kills = 0;;) {
    const auto pause = std::chrono::milliseconds{300 + chance() % 2'500};
    if (std::chrono::steady_clock::now() + pause >= end) return kills;
    std::this_thread::sleep_for(pause);
    const auto which = chance() % servers.count();
    servers.kill(which);
    ++kills;
    if (auto started = servers.start(which); !started) return started.error();
  }
}

// Moves the clock on, a period at a time, until what is published agrees with the ledger, or two
// minutes have passed; what then does not agree.
Result<std::vector<std::string>> settle(load::SharedClock& clock, const Ledger& ledger,
                                        const load::Place& place) {
  const auto end = std::chrono::steady_clock::now() + 120s;
  while (true) {
    const auto trust = load::trust_of(place);
    if (!trust) return trust.error();
    const auto published = read_published(place.folder / "exports", load::kRegions, *trust);
    if (!published) return published.error();
    auto faults = ledger.compare(*published);
    if (faults.empty() || std::chrono::steady_clock::now() > end) return faults;
    clock.advance(kPeriod);
    std::this_thread::sleep_for(200ms);
  }
}

Result<std::vector<load::Place>> make_places(const Words& words,
                                             const std::filesystem::path& folder) {
  SystemRandom random;
  std::vector<load::Place> places;
  for (int i = 0; i < words.servers; ++i) {
    const auto own = folder / ("server" + std::to_string(i + 1));
    std::error_code ignored;
    std::filesystem::create_directories(own, ignored);
    if (i > 0) {
      // One master key for all servers of a store.
      std::filesystem::copy_file(places[0].folder / "master.key", own / "master.key",
                                 std::filesystem::copy_options::overwrite_existing, ignored);
    } else if (auto made = store::read_or_make_master_key(own / "master.key", random); !made) {
      return made.error();
    }
    places.push_back({.common = folder, .folder = own, .database_url = words.database_url});
  }
  return places;
}

// The load, then what came of it.
Result<int> run(const Words& words, const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  auto clock = load::SharedClock::open(folder / "clock");
  if (!clock) return clock.error();
  using namespace std::chrono;
  (*clock)->set(sys_days{2026y / March / 10} + 8h);
  const auto authority = load::read_or_make_authority(folder);
  if (!authority) return authority.error();
  auto places = make_places(words, folder);
  if (!places) return places.error();
  Servers servers(*places);
  for (std::size_t i = 0; i < servers.count(); ++i) {
    if (auto started = servers.start(i); !started) return started.error();
  }

  std::mt19937_64 chance(words.seed);
  Run all{.servers = servers, .clock = **clock, .authority = *authority, .ledger = {}};
  Result<int> kills = 0;
  {
    const RunningClock running(**clock);
    std::vector<std::thread> threads;
    for (int i = 0; i < kWorkers; ++i)
      threads.emplace_back([&all, seed = chance()] { Worker(all, seed).work(); });
    kills = disturb(servers, words.time, chance);
    all.over = true;
    for (auto& thread : threads) thread.join();
  }
  if (!kills) return kills.error();

  int status = 0;
  (*clock)->advance(30h);  // past the end of the last key of today, and its embargo
  for (std::size_t i = 0; i < servers.count(); ++i) {
    const auto faults = settle(**clock, all.ledger, servers.place(i));
    if (!faults) return faults.error();
    for (const auto& fault : *faults) std::cout << "FAULT: " << fault << "\n";
    if (!faults->empty()) status = 1;
  }
  for (std::size_t i = 0; i < servers.count(); ++i) {
    if (servers.stop(i) != 0) {
      std::cout << "FAULT: a server did not end with 0 when told to\n";
      status = 1;
    }
  }
  const auto totals = all.ledger.totals();
  std::cout << "soak: " << totals.keys << " keys sent, " << totals.acknowledged << " acknowledged, "
            << totals.revised << " revised, " << all.retries << " retries, servers killed "
            << *kills << " times, seed " << words.seed
            << (status == 0 ? ": all published as they should be\n" : "\n");
  if (totals.acknowledged == 0 || totals.revised == 0 || *kills == 0) {
    std::cout << "FAULT: too little happened to show anything\n";
    status = 1;
  }
  return status;
}

std::optional<Words> parse(const std::vector<std::string>& arguments) {
  Words words;
  words.seed = std::random_device{}();
  if (arguments.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string& value = arguments[i + 1];
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (arguments[i] == "--seconds") {
      words.time = std::chrono::seconds{number};
    } else if (arguments[i] == "--database") {
      words.database_url = value;
    } else if (arguments[i] == "--servers") {
      words.servers = static_cast<int>(number);
    } else if (arguments[i] == "--seed") {
      words.seed = number;
    } else if (arguments[i] == "--folder") {
      words.folder = value;
    } else {
      return std::nullopt;
    }
  }
  if (words.servers < 1 || words.servers > 2) return std::nullopt;
  if (words.servers == 2 && words.database_url.empty()) return std::nullopt;
  return words;
}

int main_of(const std::vector<std::string>& arguments) {
  auto words = parse(arguments);
  if (!words) {
    std::cerr
        << "soak: [--seconds N] [--database URL|here] [--servers 1|2] [--seed N] [--folder DIR]; "
           "two servers need --database\n";
    return 2;
  }
  std::optional<tests::PostgresHere> postgres;
  if (words->database_url == "here") {
    auto made = tests::PostgresHere::make();
    if (!made) {
      std::cout << "Skipped: " << made.error().what << "\n";
      return 0;
    }
    words->database_url = postgres.emplace(std::move(*made)).url();
  }
  auto temporary = TempFolder::make();
  if (!temporary) {
    std::cerr << "soak: " << temporary.error().what << "\n";
    return 1;
  }
  const auto status = run(*words, words->folder.empty() ? temporary->path() : words->folder);
  if (status) return *status;
  std::cout << "FAULT: " << status.error().what << " (seed " << words->seed << ")\n";
  return 1;
}

}  // namespace
}  // namespace bz::soak

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "serve") {
    words.erase(words.begin());
    return bz::load::serve_main(words);
  }
  return bz::soak::main_of(words);
}
