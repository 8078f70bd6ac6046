// The one thing that crosses from contact tracing: a day's file of installs by unit, as the keys'
// side writes it (`bz installs`). Phones say them of themselves and anybody can say more, so they
// are a measure and a source of their own, never accepted by themselves.
//
//   unit,installs
//   842,37
//
// No row under 10 is written; a file that has one is refused whole, since it is none of those.
// The day is the keys' side's, which is UTC's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "campaign/answers.h"
#include "store/sql.h"

namespace bz::campaign {

// The source of what our server counted; nobody else's.
inline constexpr std::string_view kAppCounter = "app-counter";

inline constexpr std::int64_t kFewestInstalls = 10;

struct InstallsRow {
  std::string code;  // "84", "842", "84.842" (the last of it counts)
  std::int64_t count = 0;
};
// At most 20,000 rows, a unit once.
Given<std::vector<InstallsRow>> read_installs(std::string_view file);

struct InstallsKept {
  std::int64_t kept = 0;
  std::int64_t same = 0;                  // were there already
  std::vector<std::string> unknown = {};  // codes that no unit had on that day
};
// As figures of `app_installs`, source `app-counter`; another count for the same day is a new
// version. Codes that no unit had are left out: a phone may name any.
Result<InstallsKept> keep_installs(store::Sql& sql, Day day, const std::vector<InstallsRow>& rows,
                                   Instant now, std::string_view by);

}  // namespace bz::campaign
