#include "keys/batches.h"

#include <array>

#include "keys/padding.h"
#include "keys/slots.h"

namespace bz::keys {
namespace {

// A change must not be among the new and the changed of one batch, nor two changes of one key:
// after a pause of the servers a batch may hold several slots. The later one waits for the next
// batch.
Result<void> put_off_early_changes(store::Sql& sql, const Batch& batch, std::int64_t next) {
  auto moved = store::done(
      sql.run("UPDATE revisions SET slot = $3 WHERE slot > $1 AND slot <= $2 AND EXISTS "
              "(SELECT 1 FROM keys k WHERE k.key = revisions.key AND k.again = revisions.again AND "
              "k.slot > $1)",
              {batch.start_s, batch.end_s, next}));
  if (!moved) return moved;
  // The second change of a key, by the supervisors, whose first is not in an earlier batch either.
  moved = store::done(sql.run(
      "UPDATE revisions SET slot = $3 WHERE slot > $1 AND slot <= $2 AND turn > 1 AND EXISTS "
      "(SELECT 1 FROM revisions r WHERE r.key = revisions.key AND r.again = revisions.again AND "
      "r.turn < revisions.turn "
      "AND r.slot > $1)",
      {batch.start_s, batch.end_s, next}));
  return moved;
}

}  // namespace

Result<void> begin_batches(store::Store& store, std::chrono::seconds period, Instant now) {
  return store.write([&](store::Sql& sql) -> Result<void> {
    if (auto locked = sql.lock("batches"); !locked) return locked;
    const auto count = sql.integer("SELECT COUNT(*) FROM batches");
    if (!count) return count.error();
    if (count->value_or(0) > 0) return {};
    const auto end = boundary_before(to_s(now), period);
    return store::done(sql.run("INSERT INTO batches (end_s, start_s, has_files) VALUES ($1, $2, 1)",
                               {end, end - period.count()}));
  });
}

Result<Batch> last_batch(store::Sql& sql) {
  Batch last;
  const auto read = sql.each("SELECT start_s, end_s FROM batches ORDER BY end_s DESC LIMIT 1", {},
                             [&](const store::Row& row) -> Result<bool> {
                               last = {.start_s = row.integer(0), .end_s = row.integer(1)};
                               return true;
                             });
  if (!read) return read.error();
  return last;
}

Result<SharedState> shared_state(store::Sql& sql) {
  static_assert(SharedState::kMarks == 16'777'216);
  const auto value = sql.shared_integer(
      "batches", "SELECT end_s * 16777216 + revocations FROM batches ORDER BY end_s DESC LIMIT 1");
  if (!value) return value.error();
  return SharedState{value->value_or(0)};
}

Result<void> change_shared_state(store::Sql& sql, Random& random) {
  if (auto locked = sql.lock("batches"); !locked) return locked;
  std::array<std::uint8_t, 1> chance{};
  random.fill(chance);
  return store::done(
      sql.run("UPDATE batches SET revocations = (revocations + $1) % 16777216 WHERE end_s = "
              "(SELECT MAX(end_s) FROM batches)",
              {std::int64_t{1} + chance[0]}));
}

bool is_due(const Batch& last, std::chrono::seconds period, Instant now) {
  return boundary_before(to_s(now), period) > last.end_s;
}

Result<std::optional<Batch>> close_batch(store::Store& store, std::chrono::seconds period,
                                         std::int64_t least_keys, Instant now, Random& random) {
  return store.write([&](store::Sql& sql) -> Result<std::optional<Batch>> {
    if (auto locked = sql.lock("batches"); !locked) return locked.error();
    // Padding looks at every key of the batch: a million would fill the writer's cache, for
    // nothing.
    if (auto set = sql.cache_little(); !set) return set.error();
    const auto last = last_batch(sql);
    if (!last) return last.error();
    if (!is_due(*last, period, now)) return std::optional<Batch>{};
    const Batch batch{.start_s = last->end_s, .end_s = boundary_before(to_s(now), period)};
    auto made =
        store::done(sql.run("INSERT INTO batches (end_s, start_s, has_files) VALUES ($1, $2, 0)",
                            {batch.end_s, batch.start_s}));
    if (!made) return made.error();
    made = put_off_early_changes(sql, batch, boundary_after(batch.end_s, period));
    if (!made) return made.error();
    made = pad_batch(sql, batch, least_keys, random);
    if (!made) return made.error();
    return std::optional{batch};
  });
}

Result<std::vector<Batch>> batches_without_files(store::Sql& sql) {
  std::vector<Batch> all;
  const auto read =
      sql.each("SELECT start_s, end_s FROM batches WHERE has_files = 0 ORDER BY end_s", {},
               [&](const store::Row& row) -> Result<bool> {
                 all.push_back({.start_s = row.integer(0), .end_s = row.integer(1)});
                 return true;
               });
  if (!read) return read.error();
  return all;
}

Result<void> note_files(store::Store& store, const Batch& batch) {
  return store.write([&](store::Sql& sql) {
    return store::done(sql.run("UPDATE batches SET has_files = 1 WHERE end_s = $1", {batch.end_s}));
  });
}

Result<void> drop_batches(store::Store& store, std::int64_t until_s) {
  const auto last = store.read([&](store::Sql& sql) {
    return sql.integer("SELECT MAX(end_s) FROM batches WHERE end_s <= $1", {until_s});
  });
  if (!last) return last.error();
  if (!*last) return {};
  // One slot at a time, so that uploads need not wait for a country's day to be deleted.
  for (const auto* table : {"keys", "revisions", "chains"}) {
    const std::string name{table};
    const auto oldest = "SELECT MIN(slot) FROM " + name + " WHERE slot <= $1";
    const auto drop = "DELETE FROM " + name + " WHERE slot = $1";
    for (;;) {
      const auto slot = store.read([&](store::Sql& sql) { return sql.integer(oldest, {**last}); });
      if (!slot) return slot.error();
      if (!*slot) break;
      auto dropped = store.write([&](store::Sql& sql) { return sql.run(drop, {**slot}); });
      if (!dropped) return dropped.error();
    }
  }
  return store.write([&](store::Sql& sql) {
    // The last batch stays whatever its age: the next one begins where it ended.
    return store::done(sql.run(
        "DELETE FROM batches WHERE end_s <= $1 AND end_s < (SELECT MAX(end_s) FROM batches)",
        {until_s}));
  });
}

}  // namespace bz::keys
