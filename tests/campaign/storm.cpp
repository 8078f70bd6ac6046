// Whether a report is lost or doubled in the last minute before a deadline: 2,000 reports by HTTP
// to real servers on a real store, 300 of them in the last second, many sent again at random, while
// servers are killed with SIGKILL twice and started again.
//
//   storm [--database URL|here] [--servers 1|2] [--seed N]
//
// Time is the servers' own, moved by this program: 59 seconds pass three times as fast as the
// world's, the last second and what follows as fast. Exit status 0: exactly one report and one
// receipt for each, no acknowledged one lost, and each is on time or late as its receipt time says;
// 1: not, with a sentence for each fault; 2: wrong words.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <sstream>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "base/temp_folder.h"
#include "campaign/bodies.h"
#include "campaign/dues.h"
#include "campaign/reports.h"
#include "campaign/service.h"
#include "http/server.h"
#include "store/store.h"
#include "tests/load/child.h"
#include "tests/load/connection.h"
#include "tests/load/shared_clock.h"
#include "tests/postgres_here.h"
#include "units/import.h"
#include "vi/calendar.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::storm {
namespace {

using namespace std::chrono_literals;
using campaign::Line;
using store::Sql;

constexpr Instant kDue = from_ms(1'598'346'000'000);  // 16:00 of 25 August 2020
constexpr int kReports = 2'000;
constexpr int kInLastSecond = 300;
constexpr int kOperators = 200;  // of the reports, those with eleven rows
constexpr int kWorkers = 64;
constexpr std::string_view kProvince = "70@2020-06-01";

std::string body_of(int i) {
  return (i < kOperators ? "nha-mang-" : "co-quan-") + std::to_string(i);
}
bool is_operator(std::string_view body) {
  return body.starts_with("nha-mang-");
}
int complain(const Error& error) {
  std::cerr << error.what << "\n";
  return 1;
}

// ---- a server

// The lines of a body's report; what they count is made from its number.
std::vector<Line> lines_of(const std::string& body, std::int64_t number) {
  const auto count = [](std::string_view column, std::int64_t value) {
    return campaign::Value{std::string(column), value, {}, {}};
  };
  std::vector<Line> lines;
  if (!is_operator(body)) {
    lines.push_back({body,
                     {count("headcount", number + 4), count("owners", number + 3),
                      count("installed", number + 2), count("bluetooth_on", number + 1),
                      count("relatives", number)},
                     false,
                     {}});
    return lines;
  }
  for (int code = 688; code <= 698; ++code) {
    lines.push_back(
        {std::to_string(code) + "@2020-06-01", {count("installed", number + code)}, false, {}});
  }
  return lines;
}

http::Response take(store::Store& store, const Clock& clock, const http::Request& request) {
  const auto waited = std::chrono::steady_clock::now() - request.received;
  const auto key = request.header("idempotency-key");
  std::istringstream words(request.body);
  campaign::Submission submission;
  std::int64_t number = 0;
  words >> submission.body >> number;
  submission.form = is_operator(submission.body) ? "bm1" : "owners";
  submission.channel = campaign::Channel::kApi;
  submission.received_at = clock.now() - std::chrono::floor<std::chrono::milliseconds>(waited);
  submission.account = "may-" + submission.body;
  submission.idempotency_key = key.value_or("");
  submission.original.content = Bytes(request.body.begin(), request.body.end());
  submission.lines = lines_of(submission.body, number);
  const auto taken = store.write([&](Sql& sql) { return campaign::submit(sql, submission); });
  if (!taken) return http::error_response(503, "not kept");
  const auto* receipt = std::get_if<campaign::Receipt>(&*taken);
  if (receipt == nullptr) {
    std::cerr << "refused: " << std::get<campaign::Refusal>(*taken).detail_en << "\n";
    return http::error_response(422, "refused");
  }
  return http::json_response(200, wire::JsonWriter()
                                      .text("number", receipt->number)
                                      .integer("received", to_ms(receipt->received_at))
                                      .done());
}

Result<std::unique_ptr<store::Store>> open_store(const std::filesystem::path& folder,
                                                 const std::string& url) {
  return store::Store::open({folder, url}, "campaign", campaign::migrations());
}

int serve(const std::vector<std::string>& words) {
  const std::filesystem::path folder = words.at(0);
  auto clock = load::SharedClock::open(folder / "clock");
  if (!clock) return complain(clock.error());
  auto log = Log::to_file(**clock, folder / (words.at(2) + ".log"));
  if (!log) return complain(log.error());
  auto store = open_store(folder, words.at(1));
  if (!store) return complain(store.error());
  Metrics metrics;
  http::Router router;
  router.add("POST", "/reports",
             [&](const http::Request& request) { return take(**store, **clock, request); });
  http::ServerSettings settings;
  settings.port = 0;
  auto server = http::Server::start(settings, router, *log, metrics);
  if (!server) return complain(server.error());
  std::printf("listening on http://127.0.0.1:%u\n", unsigned{(*server)->port()});
  std::fflush(stdout);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  int signal = 0;
  ::sigwait(&ends, &signal);
  (*server)->drain();
  return 0;
}

// ---- what puts it under load

struct Words {
  std::string database_url;
  std::size_t servers = 1;
  std::uint64_t seed = 0;
};

class Servers {
 public:
  Servers(std::filesystem::path folder, std::string url, std::size_t count)
      : folder_(std::move(folder)), url_(std::move(url)), ports_(count) {}

  Result<void> start(std::size_t which) {
    auto child =
        load::Child::start({"serve", folder_.string(), url_, "server-" + std::to_string(which)});
    if (!child) return child.error();
    ports_[which] = child->port();
    children_.insert_or_assign(which, std::move(*child));
    return {};
  }
  void kill(std::size_t which) { children_.at(which).kill(); }
  int stop(std::size_t which) { return children_.at(which).stop(); }
  [[nodiscard]] std::size_t count() const { return ports_.size(); }
  [[nodiscard]] std::uint16_t port(std::size_t which) const { return ports_[which]; }

 private:
  std::filesystem::path folder_;
  std::string url_;
  std::vector<std::atomic<std::uint16_t>> ports_;
  std::map<std::size_t, load::Child> children_;
};

// When each report is sent first.
struct Job {
  int body = 0;
  Instant at{};
};
std::vector<Job> jobs_of(std::mt19937_64& chance) {
  std::vector<Job> jobs;
  for (int i = 0; i < kReports; ++i) {
    const bool is_last = i < kInLastSecond;
    const auto before = is_last ? 1 + chance() % 1'000 : 1'001 + chance() % 59'000;
    jobs.push_back({i, kDue - std::chrono::milliseconds{static_cast<std::int64_t>(before)}});
  }
  // Which bodies are the last is chance.
  for (std::size_t i = jobs.size() - 1; i > 0; --i)
    std::swap(jobs[i].body, jobs[chance() % (i + 1)].body);
  std::ranges::sort(jobs, {}, &Job::at);
  return jobs;
}

struct Acknowledged {
  std::string number;
  std::int64_t received = 0;
};

// What all workers share.
struct Run {
  const Servers& servers;
  const Clock& clock;
  const std::vector<Job>& jobs;
  std::atomic<std::size_t> next{0};
  std::atomic<int> requests{0}, repeats{0}, broken{0}, sent_in_last_second{0};
  std::atomic<bool> over{false};
  std::mutex mutex;
  std::map<std::string, std::vector<Acknowledged>> acknowledged;
  std::vector<std::string> faults;
};

std::string request_of(const std::string& body, int number) {
  const std::string content = body + " " + std::to_string(number);
  return "POST /reports HTTP/1.1\r\nHost: 127.0.0.1\r\nIdempotency-Key: ky-16h-" + body +
         "\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

// Until it is acknowledged, and now and then once more.
void send(Run& run, int number, std::mt19937_64& chance) {
  const auto body = body_of(number);
  const auto request = request_of(body, number);
  const auto give_up = std::chrono::steady_clock::now() + 120s;
  auto wanted = chance() % 4 == 0 ? 2 : 1;
  bool is_first = true;
  while (wanted > 0) {
    load::Connection connection(run.servers.port(chance() % run.servers.count()));
    if (is_first && run.clock.now() >= kDue - 1s && run.clock.now() < kDue)
      ++run.sent_in_last_second;
    ++run.requests;
    if (!is_first) ++run.repeats;
    is_first = false;
    const auto answer = connection.exchange(request);
    if (answer && answer->status == 200) {
      auto json = wire::JsonReader::parse(answer->body, 1'000);
      const std::lock_guard lock(run.mutex);
      if (!json) {
        run.faults.push_back("an answer is no JSON");
        return;
      }
      run.acknowledged[body].push_back(
          {json->text("number").value_or(""), json->integer("received").value_or(0)});
      --wanted;
      continue;
    }
    if (answer && answer->status != 503) {
      const std::lock_guard lock(run.mutex);
      run.faults.push_back("a report is answered " + std::to_string(answer->status));
      return;
    }
    ++run.broken;
    if (std::chrono::steady_clock::now() > give_up) {
      const std::lock_guard lock(run.mutex);
      run.faults.push_back("a report is not taken within two minutes");
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10 + chance() % 90});
  }
}

void work(Run& run, std::uint64_t seed) {
  std::mt19937_64 chance(seed);
  for (auto i = run.next++; i < run.jobs.size(); i = run.next++) {
    while (run.clock.now() < run.jobs[i].at) std::this_thread::sleep_for(1ms);
    send(run, run.jobs[i].body, chance);
  }
}

// Moves the clock: three times as fast until the last second.
void keep_time(Run& run, load::SharedClock& clock) {
  const Instant begin = clock.now();
  const Instant slow = kDue - 1s;
  const auto started = std::chrono::steady_clock::now();
  const auto fast = (slow - begin) / 3;
  while (!run.over) {
    const auto passed =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    clock.set(passed < fast ? begin + 3 * passed : slow + (passed - fast));
    std::this_thread::sleep_for(1ms);
  }
}

void kill_and_restart(Run& run, Servers& servers, Instant at, std::size_t which) {
  while (run.clock.now() < at) std::this_thread::sleep_for(1ms);
  servers.kill(which);
  if (auto started = servers.start(which); !started) {
    const std::lock_guard lock(run.mutex);
    run.faults.push_back("a server does not start again: " + started.error().what);
  }
}

// ---- before and after

Result<void> make_tasks(Sql& sql) {
  campaign::Body receiver{"so-tttt-70",
                          "department",
                          "Sở Thông tin và Truyền thông",
                          {},
                          "",
                          std::string(kProvince),
                          {},
                          {}};
  if (auto put = campaign::put_body(sql, receiver); !put) return put.error();
  campaign::Task task;
  task.legs = {false, true};
  task.rule = vi::Deadline{kDue, "trước 16h00 ngày 25/8/2020"};
  task.issued = kDue - 24h;
  task.receiver = receiver.slug;
  task.made_by = "storm";
  for (const bool of_operators : {true, false}) {
    task.id = of_operators ? "bao-cao-so-1" : "can-bo";
    task.form = of_operators ? "bm1" : "owners";
    task.bodies.clear();
    for (int i = 0; i < kReports; ++i) {
      const auto slug = body_of(i);
      if (is_operator(slug) != of_operators) continue;
      campaign::Body body{
          slug, of_operators ? "operator" : "agency", slug, {}, "", std::string(kProvince), {}, {}};
      if (auto put = campaign::put_body(sql, body); !put) return put.error();
      task.bodies.push_back(slug);
    }
    auto put = campaign::put_task(sql, task);
    if (!put) return put.error();
    if (put.refused() != nullptr) return Error{Code::kInvalid, put.refused()->detail_en};
  }
  return {};
}

struct Totals {
  int on_time = 0;
  int late = 0;
};

class Audit {
 public:
  Audit(Sql& sql, Run& run) : sql_(sql), run_(run) {}

  Result<Totals> look() {
    campaign::DueQuery query;
    query.from = kDue;
    query.to = kDue + 1ms;
    const auto all = campaign::dues(sql_, query, Instant::max());
    if (!all) return all.error();
    Totals totals;
    std::map<std::string, int> numbers;
    for (const auto& due : *all) {
      const auto reports = campaign::reports_of(sql_, due.key);
      if (!reports) return reports.error();
      if (reports->size() != 1) {
        fault(due.key.body + " has " + std::to_string(reports->size()) + " reports");
        continue;
      }
      const auto& report = reports->front();
      if (++numbers[report.receipt] > 1) fault("two reports have one receipt");
      compare(report);
      const bool is_late = report.received_at >= kDue;
      ++(is_late ? totals.late : totals.on_time);
      const auto expected = is_late ? campaign::DueStatus::kLate : campaign::DueStatus::kOnTime;
      if (due.status != expected) fault(due.key.body + " is not judged by its receipt time");
      if (is_late && due.late_by != report.received_at - kDue) fault("late by another time");
    }
    if (auto counted = count_rows(); !counted) return counted.error();
    return totals;
  }

 private:
  void compare(const campaign::Report& report) {
    const auto found = run_.acknowledged.find(report.body);
    if (found == run_.acknowledged.end()) {
      fault(report.body + " was never acknowledged");
      return;
    }
    for (const auto& one : found->second) {
      if (one.number != report.receipt || one.received != to_ms(report.received_at))
        fault(report.body + " has two receipts");
    }
    int figures = 0;
    for (const auto& line : report.lines) {
      for (const auto& cell : line.cells) figures += cell.figure ? 1 : 0;
    }
    if (figures != (is_operator(report.body) ? 11 : 5)) fault(report.body + " lacks figures");
  }

  Result<void> count_rows() {
    const auto expect = [&](const char* select, std::int64_t rows) -> Result<void> {
      const auto count = sql_.integer(select);
      if (!count) return count.error();
      if (*count != rows)
        fault(std::string(select) + ": " + std::to_string(count->value_or(0)) + ", not " +
              std::to_string(rows));
      return {};
    };
    constexpr std::int64_t kFigures = 11 * kOperators + 5 * (kReports - kOperators);
    if (auto done = expect("SELECT COUNT(*) FROM report", kReports); !done) return done;
    if (auto done = expect("SELECT COUNT(*) FROM report_due", kReports); !done) return done;
    if (auto done = expect("SELECT COUNT(*) FROM report_figure", kFigures); !done) return done;
    return expect("SELECT COUNT(*) FROM figure WHERE reference LIKE 'BC-2020-%'", kFigures);
  }

  void fault(std::string what) { run_.faults.push_back(std::move(what)); }

  Sql& sql_;
  Run& run_;
};

int storm(const Words& words) {
  const auto folder = TempFolder::make();
  if (!folder) return complain(folder.error());
  std::filesystem::create_directories(folder->path());
  auto clock = load::SharedClock::open(folder->path() / "clock");
  if (!clock) return complain(clock.error());
  (*clock)->set(kDue - 62s);
  auto store = open_store(folder->path(), words.database_url);
  if (!store) return complain(store.error());
  const auto made = (*store)->write([](Sql& sql) -> Result<int> {
    if (auto loaded = units::load_shipped(sql); !loaded) return loaded.error();
    if (auto tasks = make_tasks(sql); !tasks) return tasks.error();
    return 0;
  });
  if (!made) return complain(made.error());

  Servers servers(folder->path(), words.database_url, words.servers);
  for (std::size_t i = 0; i < servers.count(); ++i) {
    if (auto started = servers.start(i); !started) return complain(started.error());
  }
  std::mt19937_64 chance(words.seed);
  const auto jobs = jobs_of(chance);
  Run run{servers, **clock, jobs, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const auto started = std::chrono::steady_clock::now();
  std::thread time([&] { keep_time(run, **clock); });
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i)
    workers.emplace_back([&run, seed = chance()] { work(run, seed); });
  // By this thread: a server ends with the thread that started it.
  kill_and_restart(run, servers, kDue - 30s, 0);
  kill_and_restart(run, servers, kDue - 500ms, servers.count() - 1);
  for (auto& worker : workers) worker.join();
  run.over = true;
  time.join();
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - started);
  for (std::size_t i = 0; i < servers.count(); ++i) servers.stop(i);

  const auto totals = (*store)->read([&](Sql& sql) { return Audit(sql, run).look(); });
  if (!totals) return complain(totals.error());
  std::cout << kReports << " reports (" << run.sent_in_last_second << " first sent in the last "
            << "second) in " << run.requests << " requests, " << run.repeats << " of them repeats, "
            << run.broken << " without an answer; " << totals->on_time << " on time, "
            << totals->late << " late; " << took.count() << " s\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(run.faults.size(), 20); ++i)
    std::cout << run.faults[i] << "\n";
  if (totals->on_time + totals->late != kReports) std::cout << "reports are missing\n";
  return run.faults.empty() && totals->on_time + totals->late == kReports ? 0 : 1;
}

int start(int count, char** words) {
  std::vector<std::string> all(words + 1, words + count);
  if (!all.empty() && all[0] == "serve") {
    // Before any thread, so that only sigwait() takes it.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return serve({all.begin() + 1, all.end()});
  }
  Words read;
  std::optional<tests::PostgresHere> here;
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    if (all[i] == "--database") read.database_url = all[i + 1];
    if (all[i] == "--servers") read.servers = all[i + 1] == "2" ? 2 : 1;
    if (all[i] == "--seed") read.seed = std::stoull(all[i + 1]);
  }
  if (all.size() % 2 != 0 || (read.servers == 2 && read.database_url.empty())) {
    std::cerr << "storm [--database URL|here] [--servers 1|2] [--seed N]\n";
    return 2;
  }
  if (read.database_url == "here") {
    auto made = tests::PostgresHere::make();
    if (!made) {
      std::cout << "Skipped: " << made.error().what << "\n";
      return 0;
    }
    here.emplace(std::move(*made));
    read.database_url = here->url();
  }
  return storm(read);
}

}  // namespace
}  // namespace bz::storm

int main(int count, char** words) {
  return bz::storm::start(count, words);
}
