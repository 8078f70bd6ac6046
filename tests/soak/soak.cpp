// Whether the server loses or doubles anything: real servers (tests/load/serve.h) under load from
// several threads are disturbed at random moments, while the clock runs 600 times as fast as the
// world's; at the end the clock passes every embargo, and what was published is compared with what
// was acknowledged.
//
//   soak [--seconds 30] [--database URL|here] [--servers 1|2] [--disturb servers|disk|database]
//        [--seed N] [--folder DIR]
//
// What is disturbed: servers are killed with SIGKILL and started again; the disk of one with SQLite
// has no room for a while; the PostgreSQL of its own is ended as by a power cut and comes back.
// While disk or database are away calls may be refused, and only in the one way that docs/stores.md
// says; afterwards they must be taken again by the same server.
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

#include "base/file.h"
#include "base/temp_folder.h"
#include "keys/batches.h"
#include "keys/service.h"
#include "store/secrets.h"
#include "tests/load/child.h"
#include "tests/load/connection.h"
#include "tests/load/made_upload.h"
#include "tests/load/serve.h"
#include "tests/load/shared_clock.h"
#include "tests/postgres_here.h"
#include "tests/soak/ledger.h"
#include "tests/soak/small_disk.h"

namespace bz::soak {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes kPeriod{15};
constexpr int kWorkers = 8;
constexpr int kClockSpeed = 600;

enum class Disturb { kServers, kDisk, kDatabase };

struct Words {
  std::chrono::seconds time{30};
  std::string database_url;
  int servers = 1;
  Disturb disturb = Disturb::kServers;
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
  [[nodiscard]] pid_t pid(std::size_t which) const { return children_.at(which).pid(); }

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
  bool may_refuse = false;  // internal_error: the store's disk or database is away
  Ledger ledger;
  std::atomic<bool> over{false};
  std::atomic<std::size_t> retries{0};
  std::atomic<std::size_t> refused{0};  // by internal_error
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
        if (answer->status != 503 && answer->status != 500) return std::nullopt;
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
    const bool is_away = answer.status == 500 && parsed && parsed->code == "internal_error" &&
                         parsed->error.ends_with("send the same again later");
    if (run_.may_refuse && is_away) {
      ++run_.refused;
      return std::nullopt;
    }
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

// Disturbs until the time is over; how often.
template <class Once>
Result<int> disturb(std::chrono::seconds time, std::mt19937_64& chance, const Once& once) {
  const auto end = std::chrono::steady_clock::now() + time;
  for (int times = 0;; ++times) {
    const auto pause = std::chrono::milliseconds{300 + chance() % 2'500};
    if (std::chrono::steady_clock::now() + pause >= end) return times;
    std::this_thread::sleep_for(pause);
    if (auto done = once(); !done) return done.error();
  }
}

Result<void> kill_one(Servers& servers, std::mt19937_64& chance) {
  const auto which = chance() % servers.count();
  servers.kill(which);
  return servers.start(which);
}

template <class Grown>
bool wait_until(const Grown& grown) {
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!grown()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

// Calls are taken again, by servers that nobody has started anew.
Result<void> wait_for_recovery(Run& all, std::string_view after) {
  const auto before = all.ledger.totals().acknowledged;
  if (!wait_until([&] { return all.ledger.totals().acknowledged >= before + 50; }))
    all.ledger.fault("for a minute nothing was taken after " + std::string(after));
  return {};
}

Result<void> fill_disk(Run& all, SmallDisk& disk, pid_t server, std::mt19937_64& chance) {
  const auto refused = all.refused.load();
  disk.take_room(server);
  const auto enough = refused + 20 + chance() % 200;
  if (!wait_until([&] { return all.refused >= enough; }))
    all.ledger.fault("for a minute a server without room on its disk refused nothing");
  disk.give_room(server);
  return wait_for_recovery(all, "there was room on the disk again");
}

Result<void> crash_database(Run& all, tests::PostgresServer& database) {
  if (auto back = database.crash_and_restart(); !back) return back;
  return wait_for_recovery(all, "PostgreSQL was back");
}

// Whether all batches that are due by the clock are closed, and their files made.
Result<bool> is_all_out(store::Store& store, Instant now) {
  return store.read([&](store::Sql& sql) -> Result<bool> {
    const auto last = keys::last_batch(sql);
    if (!last) return last.error();
    const auto unmade = keys::batches_without_files(sql);
    if (!unmade) return unmade.error();
    return unmade->empty() && !keys::is_due(*last, kPeriod, now);
  });
}

// What does not agree with the ledger once all that was acknowledged must be out: when some more
// periods have passed, and the servers have published each. The clock does not run away from a
// server that is slow, or waits for a dead one's lease: days without a batch would be a clock that
// it doubts (keys/clock_check.h), and then it rightly publishes nothing.
Result<std::vector<std::string>> settle(load::SharedClock& clock, const Ledger& ledger,
                                        const load::Place& place) {
  constexpr int kMorePeriods = 4;  // what changed in the batch that it was new in waits for another
  constexpr auto kPatience = 120s;
  const auto trust = load::trust_of(place);
  if (!trust) return trust.error();
  auto store = store::Store::open({.folder = place.folder, .database_url = place.database_url},
                                  "keys", keys::migrations());
  if (!store) return store.error();
  auto end = std::chrono::steady_clock::now() + kPatience;
  for (int periods = 0;;) {
    const auto is_out = is_all_out(**store, clock.now());
    if (!is_out) return is_out.error();
    const auto published = read_published(place.folder / "exports", load::kRegions, *trust);
    if (!published) return published.error();
    auto faults = ledger.compare(*published);
    if (faults.empty()) return faults;
    const auto now = std::chrono::steady_clock::now();
    if (now > end) {
      if (!*is_out) faults.emplace_back("for two minutes a batch that was due was not published");
      return faults;
    }
    if (*is_out && periods < kMorePeriods) {
      ++periods;
      end = now + kPatience;
      clock.advance(kPeriod);
    } else {
      clock.advance(10s);  // a server that leaves its next try to others waits a minute
    }
    std::this_thread::sleep_for(200ms);
  }
}

// What the server noted last.
void show_log(const load::Place& place) {
  const auto log = read_file(place.folder / "serve.log", std::size_t{64} << 20U);
  if (!log) return;
  std::string_view lines = as_text(*log);
  std::size_t from = lines.size();
  for (int i = 0; i < 15 && from != std::string_view::npos && from > 0; ++i)
    from = lines.rfind('\n', from - 1);
  std::cout << lines.substr(from == std::string_view::npos ? 0 : from) << "\n";
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

std::string_view name_of(Disturb disturb) {
  switch (disturb) {
    case Disturb::kServers: return "servers killed";
    case Disturb::kDisk: return "disk full";
    case Disturb::kDatabase: break;
  }
  return "database crashed";
}

// The load, then what came of it.
Result<int> run(const Words& words, const std::filesystem::path& folder,
                tests::PostgresServer* database) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  auto clock = load::SharedClock::open(folder / "clock");
  if (!clock) return clock.error();
  using namespace std::chrono;
  (*clock)->set(sys_days{2026y / March / 10} + 8h);
  const auto authority = load::read_or_make_authority(folder);
  if (!authority) return authority.error();
  std::optional<SmallDisk> disk;
  if (words.disturb == Disturb::kDisk) {
    std::filesystem::create_directories(folder / "server1", ignored);
    disk.emplace(folder / "server1");
  }
  auto places = make_places(words, folder);
  if (!places) return places.error();
  Servers servers(*places);
  for (std::size_t i = 0; i < servers.count(); ++i) {
    if (auto started = servers.start(i); !started) return started.error();
  }

  std::mt19937_64 chance(words.seed);
  Run all{.servers = servers,
          .clock = **clock,
          .authority = *authority,
          .may_refuse = words.disturb != Disturb::kServers,
          .ledger = {}};
  Result<int> times = 0;
  {
    const RunningClock running(**clock);
    std::vector<std::thread> threads;
    for (int i = 0; i < kWorkers; ++i)
      threads.emplace_back([&all, seed = chance()] { Worker(all, seed).work(); });
    times = disturb(words.time, chance, [&]() -> Result<void> {
      if (disk) return fill_disk(all, *disk, servers.pid(0), chance);
      if (words.disturb == Disturb::kDatabase) return crash_database(all, *database);
      return kill_one(servers, chance);
    });
    all.over = true;
    for (auto& thread : threads) thread.join();
  }
  if (!times) return times.error();

  int status = 0;
  (*clock)->advance(30h);  // past the end of the last key of today, and its embargo
  for (std::size_t i = 0; i < servers.count(); ++i) {
    const auto faults = settle(**clock, all.ledger, servers.place(i));
    if (!faults) return faults.error();
    for (const auto& fault : *faults) std::cout << "FAULT: " << fault << "\n";
    if (faults->empty()) continue;
    status = 1;
    show_log(servers.place(i));
  }
  for (std::size_t i = 0; i < servers.count(); ++i) {
    if (servers.stop(i) != 0) {
      std::cout << "FAULT: a server did not end with 0 when told to\n";
      status = 1;
    }
  }
  const auto totals = all.ledger.totals();
  std::cout << "soak: " << totals.keys << " keys sent, " << totals.acknowledged << " acknowledged, "
            << totals.revised << " revised, " << all.retries << " retries, "
            << name_of(words.disturb) << ' ' << *times << " times, seed " << words.seed
            << (status == 0 ? ": all published as they should be\n" : "\n");
  if (totals.acknowledged == 0 || totals.revised == 0 || *times == 0) {
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
    } else if (arguments[i] == "--disturb") {
      if (value != "servers" && value != "disk" && value != "database") return std::nullopt;
      words.disturb = value == "servers" ? Disturb::kServers
                      : value == "disk"  ? Disturb::kDisk
                                         : Disturb::kDatabase;
    } else if (arguments[i] == "--folder") {
      words.folder = value;
    } else {
      return std::nullopt;
    }
  }
  if (words.servers < 1 || words.servers > 2) return std::nullopt;
  if (words.servers == 2 && words.database_url.empty()) return std::nullopt;
  // Only what is ours may be crashed or filled.
  if (words.disturb == Disturb::kDatabase && words.database_url != "here") return std::nullopt;
  if (words.disturb == Disturb::kDisk && !words.database_url.empty()) return std::nullopt;
  return words;
}

int main_of(const std::vector<std::string>& arguments) {
  auto words = parse(arguments);
  if (!words) {
    std::cerr << "soak: [--seconds N] [--database URL|here] [--servers 1|2] [--disturb "
                 "servers|disk|database] [--seed N] [--folder DIR]; two servers need --database, "
                 "--disturb database needs --database here, --disturb disk none\n";
    return 2;
  }
  std::optional<tests::PostgresServer> postgres;
  if (words->database_url == "here") {
    auto made = tests::PostgresServer::own();
    if (!made) {
      std::cout << "Skipped: " << made.error().what << "\n";
      return 0;
    }
    words->database_url = postgres.emplace(std::move(*made)).url("postgres");
  }
  auto temporary = TempFolder::make();
  if (!temporary) {
    std::cerr << "soak: " << temporary.error().what << "\n";
    return 1;
  }
  const auto status = run(*words, words->folder.empty() ? temporary->path() : words->folder,
                          postgres ? &*postgres : nullptr);
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
