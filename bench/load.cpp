// The server under load: what docs/performance.md says of it is what this prints.
//
//   bz_load publish [OPTIONS]   keys made durable a second by /v1/publish, beside a plain insert of
//                               the same rows through the same store, in turn in one run
//   bz_load refuse  [OPTIONS]   server CPU of refused uploads beside a good one
//   bz_load idle    [OPTIONS]   memory with 5,000 idle connections, and the next answer
//   bz_load export  [OPTIONS]   a million keys into files: time of one core and memory
//
//   --database URL (else SQLite)   --requests N a round (2,000)   --rounds N (5)
//   --connections N (64)           --keys N of export (1,000,000) --folder DIR (a temporary one)
//   --server-core N (0)            --load-core N (1)
//   --database-pid N: PostgreSQL's first process; its time is part of the server's
//
// The server (tests/load/serve.h) and, in its turn, the plain insert run on one core, the load on
// the other. A PostgreSQL should be started on the server's core too: bench/server.sh does it.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include "base/base64.h"
#include "base/temp_folder.h"
#include "keys/service.h"
#include "tests/load/child.h"
#include "tests/load/connection.h"
#include "tests/load/made_upload.h"
#include "tests/load/serve.h"
#include "tests/load/shared_clock.h"

namespace bz::load {
namespace {

using namespace std::chrono_literals;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kKeysARequest = 14;
constexpr std::chrono::minutes kPeriod{60};

struct Words {
  std::string what;
  std::string database_url;
  std::filesystem::path folder;
  std::size_t requests = 2'000;
  std::size_t rounds = 5;
  std::size_t connections = 64;
  std::size_t keys = 1'000'000;
  int server_core = 0;
  int load_core = 1;
  pid_t database_pid = 0;
};

// A run's surroundings: folder, clock at a working hour, the authority that signs.
struct Bench {
  Words words;
  std::filesystem::path folder;
  std::unique_ptr<SharedClock> clock;
  Authority authority;
  SystemRandom random = {};

  [[nodiscard]] Place place() const {
    return {.common = folder, .folder = folder, .database_url = words.database_url};
  }
  Result<Child> start_server() const {
    return Child::start(serve_words(place(), kPeriod), words.server_core);
  }
  // The server's processor time, its database's included where that is another program.
  [[nodiscard]] std::chrono::milliseconds cpu_time(const Child& server) const {
    return server.cpu_time() +
           (words.database_pid > 0 ? cpu_time_of(words.database_pid) : std::chrono::milliseconds{});
  }
};

// ---- measuring

struct Measured {
  Seconds time{0};
  std::vector<std::chrono::microseconds> latencies;
  std::map<int, std::size_t> statuses;  // 0: no answer
};

std::chrono::microseconds quantile(std::vector<std::chrono::microseconds>& sorted, double q) {
  if (sorted.empty()) return {};
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

// Calls work(i) for every i below `count`, once each, from `threads` threads on `core`; what each
// returned, and how long.
template <class MakeWork>
Measured in_threads(std::size_t threads, std::size_t count, int core, MakeWork make_work) {
  Measured all;
  std::mutex mutex;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> pool;
  std::chrono::steady_clock::time_point begin;
  for (std::size_t t = 0; t < threads; ++t) {
    pool.emplace_back([&] {
      pin_to(core);
      auto work = make_work();
      Measured own;
      ++ready;
      while (ready < threads) std::this_thread::yield();
      for (std::size_t i = next++; i < count; i = next++) {
        const auto start = std::chrono::steady_clock::now();
        ++own.statuses[work(i)];
        own.latencies.push_back(std::chrono::floor<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - start));
      }
      const std::lock_guard lock(mutex);
      all.latencies.insert(all.latencies.end(), own.latencies.begin(), own.latencies.end());
      for (const auto& [status, number] : own.statuses) all.statuses[status] += number;
    });
  }
  while (ready < threads) std::this_thread::yield();
  begin = std::chrono::steady_clock::now();
  for (auto& thread : pool) thread.join();
  all.time = std::chrono::steady_clock::now() - begin;
  std::sort(all.latencies.begin(), all.latencies.end());
  return all;
}

Measured send_all(const Bench& bench, std::uint16_t port,
                  const std::vector<std::string>& requests) {
  return in_threads(std::min(bench.words.connections, requests.size()), requests.size(),
                    bench.words.load_core, [&] {
                      auto connection = std::make_shared<Connection>(port);
                      connection->open();
                      return [&requests, connection](std::size_t i) {
                        const auto answer = connection->exchange(requests[i]);
                        return answer ? answer->status : 0;
                      };
                    });
}

std::string statuses(const Measured& measured) {
  std::string text;
  for (const auto& [status, number] : measured.statuses) {
    text += (text.empty() ? "" : ",") + ("\"" + std::to_string(status) + "\":") +
            std::to_string(number);
  }
  return "{" + text + "}";
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// ---- the same rows by a plain insert

struct Row {
  std::array<std::uint8_t, 16> key{};
  std::int64_t start = 0;
};

// What /v1/publish writes for one upload, column by column, without anything around it.
Result<void> insert_plainly(store::Store& store, std::span<const Row> rows, ByteView handle) {
  return store.write([&](store::Sql& sql) -> Result<void> {
    std::vector<store::Parameter> values;
    for (const auto& row : rows) {
      values.insert(values.end(),
                    {std::int64_t{1'773'133'200}, ByteView{row.key}, row.start, std::int64_t{144},
                     std::int64_t{2}, std::int64_t{1}, std::int64_t{0}, std::int64_t{1},
                     std::int64_t{1}, handle, std::int64_t{0}});
    }
    const auto done = sql.run_each(
        "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, regions, "
        "authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        11, values);
    if (!done) return done.error();
    return {};
  });
}

std::vector<Row> make_rows(std::size_t count, Instant now, Random& random) {
  std::vector<Row> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    random.fill(rows[i].key);
    rows[i].start = first_interval(day_of(now) - std::chrono::days{1 + i % kKeysARequest}).number;
  }
  return rows;
}

Measured insert_all(const Bench& bench, store::Store& store, const std::vector<Row>& rows) {
  return in_threads(bench.words.connections, rows.size() / kKeysARequest, bench.words.server_core,
                    [&] {
                      return [&](std::size_t i) {
                        std::array<std::uint8_t, 16> handle{};
                        handle[0] = static_cast<std::uint8_t>(i);
                        const auto part = std::span(rows).subspan(i * kKeysARequest, kKeysARequest);
                        return insert_plainly(store, part, handle) ? 200 : 500;
                      };
                    });
}

// ---- what is measured

std::vector<std::string> make_requests(Bench& bench, std::size_t count) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < count; ++i) {
    const auto now = bench.clock->now();
    const auto keys = make_keys(kKeysARequest, now, bench.random);
    requests.push_back(
        http_post("/v1/publish", make_upload(keys, {}, bench.authority, now, bench.random)));
  }
  return requests;
}

Result<int> measure_publish(Bench& bench) {
  // The baseline's own store, beside the server's.
  auto store =
      store::Store::open({.folder = bench.folder, .database_url = bench.words.database_url},
                         "plain", keys::migrations());
  if (!store) return store.error();
  auto server = bench.start_server();
  if (!server) return server.error();
  std::vector<double> ratios;
  std::vector<double> rates;
  std::vector<double> plain_rates;
  for (std::size_t round = 0; round <= bench.words.rounds; ++round) {
    const auto requests = make_requests(bench, bench.words.requests);
    const auto rows =
        make_rows(bench.words.requests * kKeysARequest, bench.clock->now(), bench.random);
    const auto cpu_before = bench.cpu_time(*server);
    auto sent = send_all(bench, server->port(), requests);
    const auto cpu = bench.cpu_time(*server) - cpu_before;
    const auto plain = insert_all(bench, **store, rows);
    if (round == 0) continue;  // warms both up
    const auto keys = static_cast<double>(sent.statuses[200] * kKeysARequest);
    const double rate = keys / sent.time.count();
    const double plain_rate = static_cast<double>(rows.size()) / plain.time.count();
    rates.push_back(rate);
    plain_rates.push_back(plain_rate);
    ratios.push_back(rate / plain_rate);
    const auto middle = quantile(sent.latencies, 0.5).count();
    const auto p99 = quantile(sent.latencies, 0.99).count();
    std::printf(
        "{\"round\":%zu,\"keys_a_second\":%.0f,\"plain_keys_a_second\":%.0f,\"ratio\":%.2f,"
        "\"cpu_us_a_request\":%.0f,\"median_us\":%lld,\"p99_us\":%lld,\"p99_to_median\":%.1f,"
        "\"statuses\":%s}\n",
        round, rate, plain_rate, rate / plain_rate,
        static_cast<double>(cpu.count()) * 1'000 / static_cast<double>(requests.size()),
        static_cast<long long>(middle), static_cast<long long>(p99),
        static_cast<double>(p99) / static_cast<double>(std::max<long long>(middle, 1)),
        statuses(sent).c_str());
    std::fflush(stdout);
  }
  std::printf(
      "{\"store\":\"%s\",\"keys_a_second\":%.0f,\"plain_keys_a_second\":%.0f,\"ratio\":%.2f}\n",
      bench.words.database_url.empty() ? "sqlite" : "postgresql", median(rates),
      median(plain_rates), median(ratios));
  return server->stop();
}

// An upload whose certificate is changed by `change`; everything else is good.
template <class Change>
std::vector<std::string> changed_requests(Bench& bench, std::size_t count, Change change) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < count; ++i) {
    const auto now = bench.clock->now();
    const auto keys = make_keys(kKeysARequest, now, bench.random);
    auto body = make_upload(keys, {}, bench.authority, now, bench.random);
    change(body);
    requests.push_back(http_post("/v1/publish", body));
  }
  return requests;
}

// Exchanges the first letters of the certificate's signature, or of its header.
void break_signature(std::string& body) {
  const auto jwt = body.find("\"verificationPayload\":\"");
  const auto claims = body.find('.', jwt);
  const auto signature = body.find('.', claims + 1) + 1;
  for (std::size_t i = 0; i < 8; ++i) body[signature + i] = body[signature + i] == 'A' ? 'B' : 'A';
}
void break_keys(std::string& body) {
  const auto key = body.find("\"key\":\"") + 7;
  body[key] = body[key] == 'A' ? 'B' : 'A';
}

Result<int> measure_refuse(Bench& bench) {
  auto server = bench.start_server();
  if (!server) return server.error();
  const auto good_authority = bench.authority;
  const auto other_key = [&](std::string& /*body*/) {};
  struct Case {
    const char* name;
    std::vector<std::string> requests;
    std::vector<double> cpu_us = {};
    std::string seen = {};
  };
  std::vector<Case> cases;
  const std::size_t count = bench.words.requests;
  const std::size_t all = count * (bench.words.rounds + 1);
  cases.push_back({"good", changed_requests(bench, all, other_key)});
  cases.push_back({"bad signature", changed_requests(bench, all, break_signature)});
  cases.push_back({"other keys than certified", changed_requests(bench, all, break_keys)});
  bench.authority.key_id = "unknown";
  cases.push_back({"unknown kid", changed_requests(bench, all, other_key)});
  bench.authority.key_id = good_authority.key_id;
  for (std::size_t round = 0; round <= bench.words.rounds; ++round) {
    for (auto& one : cases) {
      const auto begin = one.requests.begin() + static_cast<std::ptrdiff_t>(round * count);
      const std::vector<std::string> part(begin, begin + static_cast<std::ptrdiff_t>(count));
      const auto before = bench.cpu_time(*server);
      const auto sent = send_all(bench, server->port(), part);
      const auto cpu = bench.cpu_time(*server) - before;
      if (round == 0) continue;
      one.cpu_us.push_back(static_cast<double>(cpu.count()) * 1'000 / static_cast<double>(count));
      one.seen = statuses(sent);
    }
  }
  const double good = median(cases.front().cpu_us);
  for (const auto& one : cases) {
    std::printf("{\"upload\":\"%s\",\"cpu_us\":%.0f,\"to_good\":%.2f,\"statuses\":%s}\n", one.name,
                median(one.cpu_us), median(one.cpu_us) / good, one.seen.c_str());
  }
  return server->stop();
}

Result<int> measure_idle(Bench& bench) {
  constexpr std::size_t kIdle = 5'000;
  auto server = bench.start_server();
  if (!server) return server.error();
  const auto before = server->memory();
  std::vector<Connection> idle;
  for (std::size_t i = 0; i < kIdle; ++i) {
    idle.emplace_back(server->port());
    if (!idle.back().open()) return Error{Code::kUnavailable, "a connection is refused"};
  }
  // Each has been used once, so that it is a connection kept alive and not one in a queue.
  const std::string request = "GET /exports/VN/index.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (auto& connection : idle) {
    if (!connection.exchange(request)) return Error{Code::kUnavailable, "a connection broke"};
  }
  const auto after = server->memory();
  // One after another: how soon somebody is answered meanwhile.
  bench.words.connections = 1;
  const auto requests = make_requests(bench, 101);
  const auto sent = send_all(bench, server->port(), requests);
  auto latencies = sent.latencies;
  std::printf(
      "{\"idle_connections\":%zu,\"rss_before_mb\":%.1f,\"rss_mb\":%.1f,\"next_median_us\":%lld,"
      "\"next_statuses\":%s}\n",
      kIdle, static_cast<double>(before) / 1e6, static_cast<double>(after) / 1e6,
      static_cast<long long>(quantile(latencies, 0.5).count()), statuses(sent).c_str());
  return server->stop();
}

std::size_t exported_files(const std::filesystem::path& folder) {
  std::size_t files = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    files += entry.path().extension() == ".zip" || entry.path().extension() == ".bzk" ? 1 : 0;
  }
  return files;
}

Result<int> measure_export(Bench& bench) {
  auto server = bench.start_server();
  if (!server) return server.error();
  const auto memory_before = server->memory();
  auto store =
      store::Store::open({.folder = bench.folder, .database_url = bench.words.database_url}, "keys",
                         keys::migrations());
  if (!store) return store.error();
  // As /v1/publish would have stored them, without its work; slots of the batch that is open.
  const auto now_s = std::chrono::floor<std::chrono::seconds>(bench.clock->now());
  const std::int64_t slot =
      std::chrono::ceil<std::chrono::hours>(now_s + 1s).time_since_epoch() / 1s;
  for (std::size_t done = 0; done < bench.words.keys;) {
    const std::size_t part = std::min<std::size_t>(10'000, bench.words.keys - done);
    const auto rows = make_rows(part, bench.clock->now(), bench.random);
    const auto written = (*store)->write([&](store::Sql& sql) -> Result<void> {
      std::vector<store::Parameter> values;
      std::array<std::uint8_t, 16> handle{};
      for (const auto& row : rows) {
        values.insert(values.end(),
                      {slot, ByteView{row.key}, row.start, std::int64_t{144}, std::int64_t{2},
                       std::int64_t{1}, std::int64_t{0}, std::int64_t{1}, std::int64_t{1},
                       ByteView{handle}, std::int64_t{0}});
      }
      const auto added = sql.run_each(
          "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, "
          "regions, authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
          "$10, $11)",
          11, values);
      if (!added) return added.error();
      return {};
    });
    if (!written) return written.error();
    done += part;
  }
  const auto cpu_before = server->cpu_time();
  const auto begin = std::chrono::steady_clock::now();
  bench.clock->advance(kPeriod);
  const auto folder = bench.folder / "exports" / "VN";
  // Each list names its files once they are there.
  const auto is_empty = [&](const char* list) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(folder / list, missing);
    return missing || size == 0;
  };
  while (is_empty("index.txt") || is_empty("compact.txt")) {
    if (std::chrono::steady_clock::now() - begin > 5min)
      return Error{Code::kUnavailable, "no export appears within five minutes"};
    std::this_thread::sleep_for(10ms);
  }
  const Seconds time = std::chrono::steady_clock::now() - begin;
  const auto cpu = server->cpu_time() - cpu_before;
  std::uintmax_t zip = 0;
  std::uintmax_t compact = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".zip") zip += entry.file_size();
    if (entry.path().extension() == ".bzk") compact += entry.file_size();
  }
  const auto keys = static_cast<double>(bench.words.keys);
  std::printf(
      "{\"keys\":%zu,\"files\":%zu,\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"rss_before_mb\":%.1f,"
      "\"rss_most_mb\":%.1f,\"zip_bytes_a_key\":%.2f,\"compact_bytes_a_key\":%.2f}\n",
      bench.words.keys, exported_files(folder), time.count(),
      static_cast<double>(cpu.count()) / 1e3, static_cast<double>(memory_before) / 1e6,
      static_cast<double>(server->peak_memory()) / 1e6, static_cast<double>(zip) / keys,
      static_cast<double>(compact) / keys);
  return server->stop();
}

// ---- words

std::optional<Words> parse(const std::vector<std::string>& arguments) {
  if (arguments.size() % 2 != 1) return std::nullopt;
  Words words;
  words.what = arguments[0];
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    const std::string& value = arguments[i + 1];
    std::size_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    if (name == "--database") {
      words.database_url = value;
    } else if (name == "--folder") {
      words.folder = value;
    } else if (name == "--requests") {
      words.requests = number;
    } else if (name == "--rounds") {
      words.rounds = number;
    } else if (name == "--connections") {
      words.connections = number;
    } else if (name == "--keys") {
      words.keys = number;
    } else if (name == "--server-core") {
      words.server_core = static_cast<int>(number);
    } else if (name == "--database-pid") {
      words.database_pid = static_cast<pid_t>(number);
    } else if (name == "--load-core") {
      words.load_core = static_cast<int>(number);
    } else {
      return std::nullopt;
    }
  }
  return words;
}

Result<int> run(const Words& words, const std::filesystem::path& folder) {
  auto clock = SharedClock::open(folder / "clock");
  if (!clock) return clock.error();
  using namespace std::chrono;
  (*clock)->set(sys_days{2026y / March / 10} + 8h + 30min);
  auto authority = read_or_make_authority(folder);
  if (!authority) return authority.error();
  Bench bench{.words = words,
              .folder = folder,
              .clock = std::move(*clock),
              .authority = std::move(*authority)};
  if (words.what == "publish") return measure_publish(bench);
  if (words.what == "refuse") return measure_refuse(bench);
  if (words.what == "idle") return measure_idle(bench);
  if (words.what == "export") return measure_export(bench);
  return Error{Code::kInvalid, "publish, refuse, idle or export"};
}

int main_of(const std::vector<std::string>& arguments) {
  const auto words = parse(arguments);
  if (!words) {
    std::cerr << "bz_load: publish|refuse|idle|export [--database URL] [--requests N] ... (the "
                 "head of bench/load.cpp says all)\n";
    return 2;
  }
  // 5,000 connections on each side.
  const rlimit files{.rlim_cur = 20'000, .rlim_max = 20'000};
  ::setrlimit(RLIMIT_NOFILE, &files);
  auto temporary = TempFolder::make();
  if (!temporary) {
    std::cerr << "bz_load: " << temporary.error().what << "\n";
    return 1;
  }
  const auto status = run(*words, words->folder.empty() ? temporary->path() : words->folder);
  if (status) return *status;
  std::cerr << "bz_load: " << status.error().what << "\n";
  return 1;
}

}  // namespace
}  // namespace bz::load

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "serve") {
    words.erase(words.begin());
    return bz::load::serve_main(words);
  }
  return bz::load::main_of(words);
}
