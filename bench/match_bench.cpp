// Matching and its floor (tools/match_workload.h) under Google Benchmark. BZ_KERNEL names the
// kernel, else it is the fastest here; BZ_BENCH_KEYS the number of keys, else 20,000. Valgrind
// knows no AVX-512 and no SHA instructions: there portable or avx2, and few keys.
#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/fast_matcher.h"
#include "tools/match_workload.h"

namespace {

using bz::engine::NameKind;

const bz::engine::Kernel& kernel() {
  const char* name = std::getenv("BZ_KERNEL");
  if (name == nullptr) return bz::engine::fastest_kernel();
  const auto named = bz::engine::kernel_named(name);
  if (!named) {
    std::fprintf(stderr, "match_bench: %s\n", named.error().what.c_str());
    std::exit(2);
  }
  return **named;
}

std::size_t keys() {
  std::size_t count = 20'000;
  if (const char* text = std::getenv("BZ_BENCH_KEYS"))
    std::from_chars(text, text + std::strlen(text), count);
  return count;
}

bz::tools::Workload workload(NameKind kind, std::size_t sightings) {
  return bz::tools::make_workload({.kind = kind, .keys = keys(), .sightings = sightings});
}

void per_key(benchmark::State& state, std::size_t count) {
  using benchmark::Counter;
  state.counters["per_key"] =
      Counter(static_cast<double>(count),
              static_cast<Counter::Flags>(Counter::kIsIterationInvariantRate | Counter::kInvert));
}

// A function of its own, so that callgrind can be told to count only here.
[[gnu::noinline]] bool match_once(const bz::tools::Workload& work,
                                  const bz::engine::NameTable& names) {
  bz::engine::FastMatcher matcher(names, work.scans, {}, kernel());
  for (const auto& file : work.files) {
    if (!match_file(work, file, matcher)) return false;
  }
  const auto found = matcher.found();
  return found.keys.size() + found.chains.size() == work.planted;
}

void match(benchmark::State& state, NameKind kind) {
  const auto work = workload(kind, static_cast<std::size_t>(state.range(0)));
  const bz::engine::NameTable names(work.scans);
  for (auto _ : state) {
    if (!match_once(work, names)) state.SkipWithError("found is not planted");
  }
  per_key(state, work.keys);
}

void floor(benchmark::State& state, NameKind kind) {
  const auto work = workload(kind, 1);
  for (auto _ : state) run_floor(work, kernel());
  per_key(state, work.keys);
}

void table(benchmark::State& state, NameKind kind) {
  const auto work = workload(kind, static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const bz::engine::NameTable names(work.scans);
    state.counters["bytes_per_sighting"] =
        static_cast<double>(names.allocated_bytes()) / static_cast<double>(names.size());
  }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(5'000)->Arg(50'000)->Arg(500'000)->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(floor, gaen, NameKind::kDayKey)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(match, gaen, NameKind::kDayKey)->Apply(sizes);
BENCHMARK_CAPTURE(table, gaen, NameKind::kDayKey)->Apply(sizes);
BENCHMARK_CAPTURE(floor, bluezone3, NameKind::kChain)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(match, bluezone3, NameKind::kChain)->Apply(sizes);
BENCHMARK_CAPTURE(table, bluezone3, NameKind::kChain)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
