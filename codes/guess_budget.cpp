#include "codes/guess_budget.h"

#include <algorithm>

#include "codes/dates.h"

namespace bz::codes {

Result<GuessBudget> guess_budget(store::Sql& sql, const Authority& authority, Instant now) {
  const auto hour = hour_number(now);
  auto of_hour = sql.integer("SELECT count FROM failed_verifies WHERE authority = $1 AND hour = $2",
                             {authority.id, hour});
  if (!of_hour) return of_hour.error();
  // CAST, since PostgreSQL sums BIGINT to NUMERIC.
  auto of_day = sql.integer(
      "SELECT CAST(SUM(count) AS BIGINT) FROM failed_verifies WHERE authority = $1 AND hour > $2",
      {authority.id, hour - 24});
  if (!of_day) return of_day.error();
  bool paused = of_hour->value_or(0) >= authority.guesses_an_hour;
  if (!paused && of_day->value_or(0) >= authority.least_guesses_a_day) {
    auto codes = sql.integer("SELECT COUNT(*) FROM codes WHERE authority = $1 AND issued_s > $2",
                             {authority.id, to_s(now) - 86'400});
    if (!codes) return codes.error();
    const auto allowed = std::max(authority.least_guesses_a_day,
                                  authority.guesses_a_day_per_code * codes->value_or(0));
    paused = of_day->value_or(0) >= allowed;
  }
  return GuessBudget{.paused = paused, .retry_after = (hour + 1) * 3'600 - to_s(now)};
}

Result<void> count_failed_verify(store::Sql& sql, const Authority& authority, Instant now) {
  auto done = sql.run(
      "INSERT INTO failed_verifies (authority, hour, count) VALUES ($1, $2, 1) ON CONFLICT "
      "(authority, hour) DO UPDATE SET count = failed_verifies.count + 1",
      {authority.id, hour_number(now)});
  if (!done) return done.error();
  return {};
}

}  // namespace bz::codes
