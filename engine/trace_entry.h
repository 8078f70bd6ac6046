// One entry of the 2020 app's trace list: whose ids to look for and when
// (docs/formats/trace-list.md).
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace bz::engine {

// Times are seconds since 1970-01-01 UTC. The original accepts what makes no sense and finds
// nothing by it: a key of any length but 32 bytes, an end before the start, a start off midnight.
struct TraceEntry {
  Bytes daily_key;
  std::int64_t time_start_s = 0;
  std::int64_t time_end_s = 0;
  std::int32_t ids_per_day = 96;

  bool operator==(const TraceEntry&) const = default;
};

}  // namespace bz::engine
