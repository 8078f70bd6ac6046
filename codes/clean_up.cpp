#include "codes/clean_up.h"

#include "codes/callbacks.h"
#include "codes/dates.h"
#include "store/audit.h"

namespace bz::codes {

Result<void> clean_up(store::Sql& sql, Instant now) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  struct Step {
    std::string_view sql;
    std::int64_t before;
  };
  const Step steps[] = {
      // A code 48 h; its number's HMAC while the code may still be used for it, at most an hour.
      {"UPDATE codes SET short_hash = NULL, long_hash = NULL, nonce_hash = NULL, phone_hash = NULL "
       "WHERE issued_s <= $1 AND short_hash IS NOT NULL",
       to_s(now - hours{48})},
      {"UPDATE codes SET phone_hash = NULL WHERE issued_s <= $1 AND phone_hash IS NOT NULL",
       to_s(now - minutes{60})},
      // Its status, and the sealed handle, 14 days, as long as keys are kept.
      {"DELETE FROM codes WHERE issued_s <= $1", to_s(now - days{14})},
      {"DELETE FROM used_tokens WHERE expires_h < $1", hour_number(now)},
      {"DELETE FROM phones WHERE reported_s <= $1", to_s(now - days{30})},
      {"DELETE FROM phones WHERE claimed = 0 AND reported_s <= $1", to_s(now - minutes{60})},
      {"DELETE FROM failed_verifies WHERE hour < $1", hour_number(now - hours{48})},
      {"DELETE FROM statistics WHERE day < $1", day_number(now - days{91})},
      {"DELETE FROM key_server_days WHERE day < $1", day_number(now - days{91})},
      {"DELETE FROM revocations WHERE asked_day < $1", day_number(now - days{14})},
      // 14 days at most, so the day on which they came counts whole.
      {"DELETE FROM callbacks WHERE day <= $1", day_number(now - days{14})},
      {"DELETE FROM callbacks WHERE fetched_s <= $1", to_s(now - kFetchedAgain)},
  };
  for (const auto& step : steps) {
    if (auto done = sql.run(step.sql, {step.before}); !done) return done.error();
  }
  auto pruned = store::prune_audit(sql, now - days{400});
  if (!pruned) return pruned.error();
  return {};
}

}  // namespace bz::codes
