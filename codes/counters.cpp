#include "codes/counters.h"

#include "codes/dates.h"

namespace bz::codes {

Result<void> count(store::Sql& sql, std::string_view authority, Instant now, std::string_view name,
                   std::string_view who, std::int64_t by) {
  auto done = sql.run(
      "INSERT INTO statistics (authority, day, name, who, count) VALUES ($1, $2, $3, $4, $5) ON "
      "CONFLICT (authority, day, name, who) DO UPDATE SET count = statistics.count + "
      "excluded.count",
      {authority, day_number(now), name, who, by});
  if (!done) return done.error();
  return {};
}

Result<std::int64_t> counted(store::Sql& sql, std::string_view authority, Instant now,
                             std::string_view name, std::string_view who) {
  auto found = sql.integer(
      "SELECT count FROM statistics WHERE authority = $1 AND day = $2 AND name = $3 AND who = $4",
      {authority, day_number(now), name, who});
  if (!found) return found.error();
  return found->value_or(0);
}

}  // namespace bz::codes
