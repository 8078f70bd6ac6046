// `bz bench`: how long work takes beside the least that it could, measured in the same run, since
// absolute times on a shared machine mean little.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct BenchMatchOptions {
  std::size_t keys = 100'000;
  std::size_t sightings = 50'000;
  std::string profile = "gaen";  // or bluezone3
  std::string kernel;            // by name; the fastest when empty
  bool nights = false;           // also a workload in which nights are silent
  int threads = 1;               // or 2: each matches half of the keys
  bool json = false;
};

// Times our matcher (file in memory to exposure windows) and the floor (every name made and stored,
// by the machine's fastest kernel, one thread) in turn, and prints the medians in nanoseconds a key
// and the median, least and greatest of their ratios. With another kernel than the fastest, its own
// floor too. CPU time of the thread; with two threads, time on the clock. kConflict when what was
// found is not what was planted.
Result<void> run_bench_match(const BenchMatchOptions& options, std::ostream& out);

}  // namespace bz::tools
