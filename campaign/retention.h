// What the campaign need not keep for ever goes by itself (docs/privacy.md):
//
//   a letter of which no report was made   90 days after it came: its original, its sender, subject
//                                          and faults. That it came, and who set it aside and why,
//                                          stays; one that still waits is set aside by that
//   a letter of ours                       90 days after it was sent or given up
//
// The original behind a report stays as long as the report: it is the evidence for its figures.
#pragma once

#include <chrono>

#include "base/time.h"
#include "store/sql.h"

namespace bz::campaign {

inline constexpr std::chrono::days kLetterKept{90};

struct Forgotten {
  std::int64_t received = 0;  // letters that came
  std::int64_t sent = 0;      // letters of ours
};
// Any number of servers, any number of times.
Result<Forgotten> forget_letters(store::Sql& sql, Instant now);

}  // namespace bz::campaign
