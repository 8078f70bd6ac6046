// `bz campaign bench`: a country of figures, and what the wall, a report and a late correction
// cost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace bz::campaign {

struct BenchSize {
  int provinces = 63;
  int districts = 707;
  int communes = 10'230;  // 11,000 units in all
  int measures = 6;
  int sources = 3;
  int days = 40;
};

// A province's wall, and the same rows read by their keys alone: of each series of figures or sums
// one range, every other row by itself. Microseconds, each the median of many.
struct WallCost {
  double us = 0, bare_us = 0;
  std::int64_t statements = 0, rows = 0;
};

struct BenchReport {
  std::int64_t units = 0, figures = 0, roll_ups = 0;
  double load_seconds = 0, roll_up_seconds = 0;
  WallCost wall;
  // With two targets, the two readings of one sentence: distance, forecast and rank of each.
  WallCost wall_with_targets;
  // Medians, in microseconds.
  double report_us = 0, correction_us = 0;
  std::int64_t report_rows_written = 0, correction_rows_written = 0;
};

// Fills an empty store "campaign" and measures in it. `say` hears what is going on.
Result<BenchReport> bench(store::Store& store, const BenchSize& size,
                          const std::function<void(std::string_view)>& say);
// As lines for a person.
std::string to_text(const BenchReport& report);

}  // namespace bz::campaign
