#include "phone/forget.h"

#include <algorithm>
#include <optional>
#include <string>

#include "phone/own_chains.h"
#include "phone/revision.h"

namespace bz::phone {
namespace {

constexpr std::int64_t kPageSize = 4096;
// Enough for the number of a row and its place in the page.
constexpr std::int64_t kRowOverhead = 12;

Result<std::int64_t> change(Database& database, std::string_view sql, std::int64_t first,
                            std::optional<std::int64_t> second = {}) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.error();
  statement->bind(1, first);
  if (second) statement->bind(2, *second);
  if (auto done = statement->run(); !done) return done.error();
  return database.changes();
}

Result<ClockBelief> load_belief(Database& database) {
  // Before the clock is asked for the first time, the oldest day of the file stands for the last
  // time it was right.
  auto row = database.prepare(
      "SELECT coalesce(believed_day, (SELECT min(number) FROM (SELECT number FROM day UNION ALL "
      "SELECT number FROM own_key))), doubted_at FROM about");
  if (!row) return row.error();
  const auto found = row->step();
  if (!found) return found.error();
  ClockBelief belief;
  if (const auto day = row->optional_integer(0)) belief.day = Day{std::chrono::days{*day}};
  if (const auto at = row->optional_integer(1)) belief.doubted_at = from_ms(*at);
  return belief;
}

Result<void> save_belief(Database& database, const ClockBelief& belief) {
  auto row = database.prepare("UPDATE about SET believed_day = ?, doubted_at = ?");
  if (!row) return row.error();
  belief.day ? row->bind(1, number_of(*belief.day)) : row->bind_null(1);
  belief.doubted_at ? row->bind(2, to_ms(*belief.doubted_at)) : row->bind_null(2);
  return row->run();
}

// How many rows of `table`, days or own keys, were too old.
Result<std::int64_t> drop_old(Store& store, const std::string& table, Day today, int days) {
  auto& database = store.database();
  auto marked = change(database,
                       "UPDATE " + table +
                           " SET ahead_since = CASE WHEN number > ?1 + 1 THEN "
                           "ifnull(ahead_since, ?1) END WHERE number > ?1 + 1 OR ahead_since "
                           "IS NOT NULL",
                       number_of(today));
  if (!marked) return marked;
  auto dropped = change(database, "DELETE FROM " + table + " WHERE number < ?1 OR ahead_since < ?1",
                        number_of(today) - days);
  if (!dropped || *dropped == 0) return dropped;
  if (auto done = store.write_anew(table); !done) return done.error();
  return dropped;
}

Result<void> drop_for_age(Store& store, const Keeping& keep, Instant now, Clock clock,
                          ForgetReport& report) {
  auto& database = store.database();
  const auto belief = load_belief(database);
  if (!belief) return belief.error();
  const auto verdict = weigh(*belief, now, clock);
  report.clock_doubted = !verdict.believed;

  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  if (auto saved = save_belief(database, verdict.next); !saved) return saved;
  if (verdict.believed) {
    const auto today = day_of(now);
    const auto days = drop_old(store, "day", today, keep.days);
    if (!days) return days.error();
    const auto own_keys = drop_old(store, "own_key", today, keep.days);
    if (!own_keys) return own_keys.error();
    const auto chains = OwnChains(store).forget_before(today - std::chrono::days{keep.days}, today);
    if (!chains) return chains.error();
    const auto oldest = today - std::min(std::chrono::days{keep.days}, kRevisionKept);
    if (auto done = Revision(store).forget_before(oldest, today); !done) return done;
    report.days += *days;
    report.own_keys += *own_keys + *chains;
  }
  return transaction->commit();
}

// Removes the rows of days without a key, which nobody can open: those just forgotten, and those
// that a crash left behind.
Result<void> sweep(Store& store, ForgetReport& report) {
  auto& database = store.database();
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  auto next = database.prepare("SELECT min(id) FROM scan WHERE id >= ?");
  if (!next) return next.error();
  auto has_key = database.prepare("SELECT count(*) FROM day WHERE number = ?");
  if (!has_key) return has_key.error();
  for (std::int64_t from = INT64_MIN;;) {
    const auto row = next->bind(1, from).step();
    if (!row) return row.error();
    const auto id = next->optional_integer(0);
    next->reset();
    if (!id) break;
    const auto day = day_of_row(*id);
    const auto counted = has_key->bind(1, number_of(day)).step();
    if (!counted) return counted.error();
    const bool keyed = has_key->integer(0) != 0;
    has_key->reset();
    if (!keyed) {
      const auto gone = change(database, "DELETE FROM scan WHERE id BETWEEN ? AND ?",
                               first_row(day), last_row(day));
      if (!gone) return gone.error();
      report.scans += *gone;
    }
    from = last_row(day) + 1;
  }
  return transaction->commit();
}

Result<std::int64_t> bytes_used(Database& database) {
  return database.integer(
      "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, "
      "pragma_freelist_count, pragma_page_size");
}

// The newest of the oldest rows that together free `bytes`; nothing when there are no rows.
Result<std::optional<std::int64_t>> oldest_rows(Database& database, std::int64_t bytes) {
  auto rows = database.prepare("SELECT id, length(sealed) FROM scan ORDER BY id");
  if (!rows) return rows.error();
  std::optional<std::int64_t> last;
  while (bytes > 0) {
    const auto row = rows->step();
    if (!row) return row.error();
    if (!*row) break;
    last = rows->integer(0);
    bytes -= rows->integer(1) + kRowOverhead;
  }
  return last;
}

Result<void> drop_for_room(Store& store, const Keeping& keep, ForgetReport& report) {
  auto& database = store.database();
  for (;;) {
    const auto used = bytes_used(database);
    if (!used) return used.error();
    if (*used <= keep.bytes) return {};
    const auto last = oldest_rows(database, std::max(*used - keep.bytes, kPageSize));
    if (!last) return last.error();
    if (!*last) return {};
    // Whole days go by their keys; the rest of the last one stays readable, and so its key must.
    auto transaction = Transaction::begin(database);
    if (!transaction) return transaction.error();
    const auto days =
        change(database,
               "DELETE FROM day WHERE number < (SELECT ifnull(min(id) >> 32, 1 << 40) "
               "FROM scan WHERE id > ?)",
               **last);
    if (!days) return days.error();
    report.days += *days;
    if (*days > 0) {
      if (auto done = store.write_anew("day"); !done) return done;
    }
    if (auto done = transaction->commit(); !done) return done;
    if (auto swept = sweep(store, report); !swept) return swept;
    const auto gone = change(database, "DELETE FROM scan WHERE id <= ?", **last);
    if (!gone) return gone.error();
    report.scans += *gone;
  }
}

}  // namespace

Result<ForgetReport> forget(Store& store, const Keeping& keep, Instant now, Clock clock) {
  if (keep.days < 1 || keep.days > kMostDays)
    return Error{Code::kInvalid, "sightings are kept for 1 to 21 days"};
  if (keep.bytes < kSmallestBound)
    return Error{Code::kInvalid, "the log needs room for at least 65536 bytes"};
  ForgetReport report;
  store.close_days();
  if (auto done = drop_for_age(store, keep, now, clock, report); !done) return done.error();
  if (auto done = sweep(store, report); !done) return done.error();
  if (auto done = drop_for_room(store, keep, report); !done) return done.error();
  auto& database = store.database();
  if (auto done = database.execute("PRAGMA incremental_vacuum"); !done) return done.error();
  if (auto done = database.empty_wal(); !done) return done.error();
  const auto bytes = bytes_used(database);
  if (!bytes) return bytes.error();
  report.bytes = *bytes;
  return report;
}

}  // namespace bz::phone
