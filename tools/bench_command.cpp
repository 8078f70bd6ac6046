#include "tools/bench_command.h"

#include <time.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <optional>
#include <ostream>
#include <thread>
#include <vector>

#include "engine/fast_matcher.h"
#include "tools/match_workload.h"

namespace bz::tools {
namespace {

using engine::FastMatcher;
using engine::Kernel;
using engine::NameTable;

constexpr std::size_t kPairs = 15;

double seconds_by(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

template <class Work>
double seconds_for(clockid_t clock, Work work) {
  const double begin = seconds_by(clock);
  work();
  return seconds_by(clock) - begin;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Times {
  std::vector<double> ours, floor, own_floor, ratios, own_ratios;
  std::size_t found = 0;
};

// From files in memory to the keys that were heard; one thread a file when there are several files
// and threads.
Result<std::size_t> match_all(const Workload& workload, const NameTable& names,
                              const Kernel& kernel, int threads) {
  const auto part = [&](std::size_t first) -> Result<std::size_t> {
    FastMatcher matcher(names, workload.scans, {}, kernel);
    for (std::size_t i = first; i < workload.files.size(); i += static_cast<std::size_t>(threads)) {
      if (const auto fine = match_file(workload, workload.files[i], matcher); !fine)
        return fine.error();
    }
    const auto found = matcher.found();
    return found.keys.size() + found.chains.size();
  };
  if (threads == 1) return part(0);
  Result<std::size_t> second = std::size_t{0};
  std::thread other([&] { second = part(1); });
  auto first = part(0);
  other.join();
  if (!first) return first;
  if (!second) return second;
  return *first + *second;
}

Result<Times> time_pairs(const Workload& workload, const NameTable& names, const Kernel& kernel,
                         int threads) {
  const auto& fastest = engine::fastest_kernel();
  const clockid_t clock = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  const double ns_per_key = 1e9 / static_cast<double>(workload.keys);
  Times times;
  for (std::size_t pair = 0; pair <= kPairs; ++pair) {
    Result<std::size_t> found = std::size_t{0};
    const double ours = ns_per_key * seconds_for(clock, [&] {
                          found = match_all(workload, names, kernel, threads);
                        });
    if (!found) return found.error();
    times.found = *found;
    const double floor = ns_per_key * seconds_for(clock, [&] { run_floor(workload, fastest); });
    const double own = &kernel == &fastest
                           ? floor
                           : ns_per_key * seconds_for(clock, [&] { run_floor(workload, kernel); });
    if (pair == 0) continue;  // warms caches and pages
    times.ours.push_back(ours);
    times.floor.push_back(floor);
    times.own_floor.push_back(own);
    times.ratios.push_back(ours / floor);
    times.own_ratios.push_back(ours / own);
  }
  return times;
}

double rounded(double value) {
  return static_cast<double>(std::llround(value * 1'000)) / 1'000;
}

boost::json::object summary(const Times& times, const Workload& workload, const Kernel& kernel) {
  const auto [least, greatest] = std::ranges::minmax(times.ratios);
  boost::json::object out{{"ns_per_key", rounded(median(times.ours))},
                          {"floor_ns_per_key", rounded(median(times.floor))},
                          {"ratio", rounded(median(times.ratios))},
                          {"ratio_min", rounded(least)},
                          {"ratio_max", rounded(greatest)},
                          {"planted", workload.planted},
                          {"found", times.found},
                          {"kernel", kernel.name}};
  if (&kernel != &engine::fastest_kernel()) {
    out["kernel_floor_ns_per_key"] = rounded(median(times.own_floor));
    out["kernel_ratio"] = rounded(median(times.own_ratios));
  }
  return out;
}

Result<boost::json::object> measure(const WorkloadOptions& options, const Kernel& kernel,
                                    int threads) {
  const Workload workload = make_workload(options);
  std::vector<double> build;
  std::optional<NameTable> names;
  for (int i = 0; i < 5; ++i) {
    names.reset();
    build.push_back(seconds_for(CLOCK_THREAD_CPUTIME_ID, [&] { names.emplace(workload.scans); }));
  }
  const auto times = time_pairs(workload, *names, kernel, threads);
  if (!times) return times.error();
  auto out = summary(*times, workload, kernel);
  out["table_ms"] = rounded(1e3 * median(build));
  out["table_bytes_per_sighting"] = rounded(static_cast<double>(names->allocated_bytes()) /
                                            static_cast<double>(options.sightings));
  return out;
}

void print(const boost::json::object& measured, bool json, std::ostream& out) {
  if (json) {
    out << boost::json::serialize(measured) << '\n';
    return;
  }
  for (const auto& [name, value] : measured) {
    out << std::string_view(name) << "  ";
    if (value.is_string()) {
      out << std::string_view(value.as_string());
    } else if (value.is_double()) {
      out << value.as_double();
    } else {
      out << boost::json::serialize(value);
    }
    out << '\n';
  }
}

}  // namespace

Result<void> run_bench_match(const BenchMatchOptions& options, std::ostream& out) {
  const auto profile = engine::profile_named(options.profile);
  if (!profile) return Error{Code::kInvalid, "--profile must be gaen, bluezone4 or bluezone3"};
  if (options.keys == 0 || options.sightings == 0)
    return Error{Code::kInvalid, "--keys and --sightings must be at least 1"};
  if (options.threads != 1 && options.threads != 2)
    return Error{Code::kInvalid, "--threads must be 1 or 2"};
  const Kernel* kernel = &engine::fastest_kernel();
  if (!options.kernel.empty()) {
    const auto named = engine::kernel_named(options.kernel);
    if (!named) return named.error();
    kernel = *named;
  }
  WorkloadOptions workload{.kind = engine::kind_of(*profile),
                           .keys = options.keys,
                           .sightings = options.sightings,
                           .files = static_cast<std::size_t>(options.threads)};
  auto measured = measure(workload, *kernel, options.threads);
  if (!measured) return measured.error();
  auto& result = *measured;
  result["profile"] = options.profile;
  result["keys"] = options.keys;
  result["sightings"] = options.sightings;
  result["threads"] = options.threads;
  if (options.nights) {
    workload.nights = true;
    const auto nights = measure(workload, *kernel, options.threads);
    if (!nights) return nights.error();
    result["nights"] = *nights;
  }
  print(result, options.json, out);
  if (result["found"] != result["planted"])
    return Error{Code::kConflict, "found is not planted: the matcher is wrong"};
  return {};
}

}  // namespace bz::tools
