// Registers (sổ theo dõi): who is late, who is missing, how many minutes are left, and how many of
// what was due came, and came on time, per body and task over a span of days.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/dues.h"

namespace bz::campaign {

// Of one body and task, over the dues asked about.
struct Tally {
  std::string body;
  std::string task;
  int dues = 0;     // whose due_before has come, and those that were answered before it
  int on_time = 0;  // with nothing to report on time among them
  int late = 0;
  int missing = 0;
  int nothing = 0;  // of those on time
  int excused = 0;
  int open = 0;  // still ahead, and unanswered: not among `dues`

  // Completeness and timeliness: `came` of `dues`, `on_time` of `dues`. An excused due counts as
  // what it was for completeness, and for timeliness not at all.
  int came = 0;
  [[nodiscard]] int counted_for_time() const { return dues - excused; }
};

struct Register {
  std::vector<Due> dues;       // as dues() gives them
  std::vector<Tally> tallies;  // in order of bodies, tasks
};
// Of `query.statuses` only `dues` knows; the tallies count everything.
Result<Register> look_up(store::Sql& sql, const DueQuery& query, Instant now);

// What a person should look after now.
struct Alert {
  // "missing", "late", "call_open", "legs_differ"
  std::string kind;
  std::string body;
  std::optional<DueKey> due;
  std::optional<std::int64_t> call;
  Instant at{};  // since when
  std::string says, says_en;
};
// Missing and late dues and flagged cells in [query.from, query.to), and calls that are open for
// more than ten minutes. Newest first.
Result<std::vector<Alert>> alerts(store::Sql& sql, const DueQuery& query, Instant now);

}  // namespace bz::campaign
