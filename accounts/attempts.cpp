#include "accounts/attempts.h"

#include <algorithm>

#include "base/hash.h"

namespace bz::accounts {
namespace {

using std::chrono::milliseconds;

// 1, 2, 4, … seconds after the failures that are free.
milliseconds wait_after(std::int64_t failures, const Limit& limit) {
  const auto beyond = failures - limit.free - 1;
  if (beyond < 0) return milliseconds{0};
  const std::chrono::seconds doubled{std::int64_t{1} << std::min<std::int64_t>(beyond, 20)};
  return std::min(doubled, limit.longest);
}

struct Count {
  std::int64_t failures = 0;
  Instant next;
};

Result<Count> read_count(store::Sql& sql, ByteView key, std::chrono::hours kept, Instant now) {
  Count count;
  const auto done = sql.each("SELECT failures, last_ms, next_ms FROM attempts WHERE name = $1",
                             {key}, [&](const store::Row& row) -> Result<bool> {
                               if (from_ms(row.integer(1)) + kept > now) {
                                 count = {row.integer(0), from_ms(row.integer(2))};
                               }
                               return false;
                             });
  if (!done) return done.error();
  return count;
}

}  // namespace

Bytes Attempts::key_of(std::string_view name) const {
  const Digest digest = hmac_sha256(key_, as_bytes(name));
  return {digest.begin(), digest.end()};
}

Result<milliseconds> Attempts::take(store::Sql& sql, const std::vector<Limit>& limits,
                                    Instant now) const {
  std::vector<Bytes> keys;
  for (const Limit& limit : limits) keys.push_back(key_of(limit.name));
  std::ranges::sort(keys);  // in one order everywhere, so that no two servers wait for each other
  for (const Bytes& key : keys) {
    if (auto held = sql.lock("attempts of " + to_hex(ByteView(key).first(8))); !held) {
      return held.error();
    }
  }
  std::vector<std::int64_t> failures;
  milliseconds wait{0};
  for (const Limit& limit : limits) {
    const auto count = read_count(sql, key_of(limit.name), limit.kept, now);
    if (!count) return count.error();
    // No wait is longer: a clock was set back since, and whoever failed once must not wait for it.
    const milliseconds left{count->next - now};
    if (left <= limit.longest) wait = std::max(wait, left);
    failures.push_back(count->failures + 1);
  }
  if (wait > milliseconds{0}) return wait;
  std::size_t at = 0;
  for (const Limit& limit : limits) {
    const Bytes key = key_of(limit.name);
    const auto done = sql.run(
        "INSERT INTO attempts (name, failures, last_ms, next_ms) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, "
        "last_ms = excluded.last_ms, next_ms = excluded.next_ms",
        {ByteView(key), failures[at], to_ms(now), to_ms(now + wait_after(failures[at], limit))});
    if (!done) return done.error();
    ++at;
  }
  return milliseconds{0};
}

Result<void> Attempts::forget(store::Sql& sql, std::string_view name) const {
  const Bytes key = key_of(name);
  const auto done = sql.run("DELETE FROM attempts WHERE name = $1", {ByteView(key)});
  if (!done) return done.error();
  return {};
}

Result<void> Attempts::take_back(store::Sql& sql, std::string_view name) const {
  const Bytes key = key_of(name);
  const auto done = sql.run(
      "UPDATE attempts SET failures = failures - 1, next_ms = last_ms "
      "WHERE name = $1 AND failures > 0",
      {ByteView(key)});
  if (!done) return done.error();
  return {};
}

Result<void> Attempts::delete_old(store::Sql& sql, Instant now) {
  const auto done = sql.run("DELETE FROM attempts WHERE last_ms < $1", {to_ms(now - kMostKept)});
  if (!done) return done.error();
  return {};
}

}  // namespace bz::accounts
