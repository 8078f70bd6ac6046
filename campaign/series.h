// A rate day by day, for a chart: what it was at the end of each local day.
#pragma once

#include <string_view>
#include <vector>

#include "campaign/rates.h"

namespace bz::campaign {

inline constexpr std::chrono::days kLongestSeries{92};

struct SeriesDay {
  Day day{};
  Rate rate;
  // Some of it has a cut-off in this day; what has not was said before, and still counts.
  bool is_new = false;
};

struct SeriesQuestion {
  const Indicator* indicator = nullptr;
  std::string_view subject, source;
  Day first{}, last{};  // both included, at most kLongestSeries
  Instant as_of = Instant::max();
  Counts counts = Counts::kProvisionalToo;
};
// One for each day, oldest first.
Result<std::vector<SeriesDay>> series(store::Sql& sql, const SeriesQuestion& question);

}  // namespace bz::campaign
