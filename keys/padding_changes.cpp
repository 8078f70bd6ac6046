#include "keys/padding_changes.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "keys/batches.h"
#include "keys/padding.h"

namespace bz::keys {
namespace {

using store::Parameter;

constexpr std::int64_t kMostChanges = 10'000;  // that are looked at: a fair sample (padding.cpp)
constexpr std::int64_t kMostOnsetDays = 14;

// What is said of a key at one time.
struct Said {
  std::int64_t start = 0;
  std::int64_t risk = 0;
  std::int64_t report = 0;
  std::optional<std::int64_t> onset_days;
};

// How a real key changed in this batch.
struct Change {
  std::int64_t turn = 0;    // its first change, or its second
  std::int64_t before = 0;  // when it was published last: the end of that batch
  Said from;
  Said to;
  std::int64_t authority = 0;
};

Result<std::vector<Change>> read_changes(store::Sql& sql, const Batch& batch,
                                         std::int64_t regions) {
  std::vector<Change> all;
  // A batch may hold several slots: by its end it is known to whoever sees the files.
  const auto read = sql.each(
      "SELECT r.turn, COALESCE((SELECT MIN(b.end_s) FROM batches b WHERE b.end_s >= "
      "COALESCE(p.slot, k.slot)), 0), r.start_interval, "
      "CASE WHEN p.turn IS NULL THEN k.risk ELSE p.risk END, "
      "CASE WHEN p.turn IS NULL THEN k.report ELSE p.report END, "
      "CASE WHEN p.turn IS NULL THEN k.onset_days ELSE p.onset_days END, "
      "r.risk, r.report, r.onset_days, r.authority "
      "FROM revisions r JOIN keys k ON k.key = r.key AND k.again = r.again "
      "LEFT JOIN revisions p ON p.key = r.key AND p.again = r.again AND p.turn = r.turn - 1 "
      "WHERE r.slot > $1 AND r.slot <= $2 AND r.regions = $3 AND r.generated = 0 "
      "ORDER BY r.slot, r.key LIMIT $4",
      {batch.start_s, batch.end_s, regions, kMostChanges},
      [&](const store::Row& row) -> Result<bool> {
        const auto start = row.integer(2);
        all.push_back({.turn = row.integer(0),
                       .before = row.integer(1),
                       .from = {.start = start,
                                .risk = row.integer(3),
                                .report = row.integer(4),
                                .onset_days = row.optional_integer(5)},
                       .to = {.start = start,
                              .risk = row.integer(6),
                              .report = row.integer(7),
                              .onset_days = row.optional_integer(8)},
                       .authority = row.integer(9)});
        return true;
      });
  if (!read) return read.error();
  return all;
}

// Generated keys that were published `turn` times before this batch, the last time with this
// report: what a key must be to change so now.
struct Kind {
  std::int64_t turn = 0;
  std::int64_t report = 0;
  auto operator<=>(const Kind&) const = default;
};

// Their rows: those that were new, or were changed for the first time, and not since.
std::string rows_of(const Kind& kind) {
  const std::string table = kind.turn == 1 ? "keys" : "revisions";
  return " FROM " + table + " k WHERE k.generated = 1 AND k.regions = $1 AND k.report = $2 AND " +
         (kind.turn == 1 ? "" : "k.turn = 1 AND ") +
         "NOT EXISTS (SELECT 1 FROM revisions r WHERE r.key = k.key" +
         (kind.turn == 1 ? ")" : " AND r.turn > 1)");
}

// How many of a kind each earlier batch can spare: half of those that it has left, so that those
// that stay are not people's for certain.
using Spare = std::map<std::int64_t, std::int64_t>;  // by the batch's end

Result<Spare> count_spare(store::Sql& sql, const Batch& batch, std::int64_t regions,
                          const Kind& kind) {
  Spare spare;
  const auto read =
      sql.each("SELECT k.slot, COUNT(*)" + rows_of(kind) + " AND k.slot <= $3 GROUP BY k.slot",
               {regions, kind.report, batch.start_s}, [&](const store::Row& row) -> Result<bool> {
                 if (row.integer(1) > 1) spare[row.integer(0)] = row.integer(1) / 2;
                 return true;
               });
  if (!read) return read.error();
  return spare;
}

// The batch nearest to `wanted` that has one to spare; nothing when none has.
std::optional<std::int64_t> take_nearest(Spare& spare, std::int64_t wanted) {
  if (spare.empty()) return {};
  auto nearest = spare.lower_bound(wanted);
  if (nearest == spare.end() ||
      (nearest != spare.begin() && wanted - std::prev(nearest)->first < nearest->first - wanted)) {
    --nearest;
  }
  const auto end = nearest->first;
  if (--nearest->second == 0) spare.erase(nearest);
  return end;
}

// What is said of a generated key after it changed as the real one did. A new certificate may bring
// another day of the first symptoms, which is then one for all keys of an upload.
Said changed(const Said& was, const Change& like) {
  Said now{
      .start = was.start, .risk = was.risk, .report = like.to.report, .onset_days = was.onset_days};
  if (like.to.risk != like.from.risk) now.risk = like.to.risk;
  if (like.to.onset_days == like.from.onset_days) return now;
  now.onset_days.reset();
  if (!like.to.onset_days) return now;
  const std::int64_t a_day = kIntervalsPerDay;
  const auto days = *like.to.onset_days + was.start / a_day - like.to.start / a_day;
  if (std::abs(days) <= kMostOnsetDays) now.onset_days = days;
  return now;
}

struct Candidate {
  Bytes key;
  std::int64_t period = 0;
  Said said;
};

// Some of a kind in one batch, at random, each to change as one of `likes` did.
Result<void> change(store::Sql& sql, const Batch& batch, std::int64_t regions, const Kind& kind,
                    std::int64_t slot, const std::vector<const Change*>& likes, Random& random) {
  std::vector<Candidate> there;
  const auto read =
      sql.each("SELECT k.key, k.start_interval, k.period, k.risk, k.report, k.onset_days" +
                   rows_of(kind) + " AND k.slot = $3 ORDER BY k.key",
               {regions, kind.report, slot}, [&](const store::Row& row) -> Result<bool> {
                 there.push_back({.key = {row.blob(0).begin(), row.blob(0).end()},
                                  .period = row.integer(2),
                                  .said = {.start = row.integer(1),
                                           .risk = row.integer(3),
                                           .report = row.integer(4),
                                           .onset_days = row.optional_integer(5)}});
                 return true;
               });
  if (!read) return read.error();
  std::vector<Parameter> values;
  for (std::size_t i = 0; i < likes.size() && i < there.size(); ++i) {
    const auto drawn = i + static_cast<std::size_t>(below(random, there.size() - i));
    std::swap(there[i], there[drawn]);
    const auto& key = there[i];
    const auto now = changed(key.said, *likes[i]);
    values.insert(values.end(), {batch.end_s, ByteView{key.key}, kind.turn, now.start, key.period,
                                 now.risk, now.report, store::or_null(now.onset_days), regions,
                                 likes[i]->authority, ByteView{kNoHandle}});
  }
  const auto added = sql.run_each(
      "INSERT INTO revisions (slot, key, turn, start_interval, period, risk, report, onset_days, "
      "regions, authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
      "$11, 1)",
      11, values);
  if (!added) return added.error();
  return {};
}

}  // namespace

Result<void> pad_changes(store::Sql& sql, const Batch& batch, std::int64_t regions,
                         std::int64_t least, Random& random) {
  if (least == 0) return {};
  const auto real = read_changes(sql, batch, regions);
  if (!real) return real.error();
  // By what a key must be to change so, and by what becomes of it.
  std::map<std::pair<Kind, std::int64_t>, std::vector<const Change*>> ways;
  for (const auto& one : *real) {
    ways[{Kind{.turn = one.turn, .report = one.from.report}, one.to.report}].push_back(&one);
  }
  std::vector<std::int64_t> counts;
  for (const auto& [way, likes] : ways) counts.push_back(static_cast<std::int64_t>(likes.size()));
  const auto shares = shares_of(counts, least, random);

  std::map<Kind, Spare> spare;
  std::map<std::pair<Kind, std::int64_t>, std::vector<const Change*>> plan;  // by batch
  std::size_t next = 0;
  for (const auto& [way, likes] : ways) {
    const auto& kind = way.first;
    if (!spare.contains(kind)) {
      auto counted = count_spare(sql, batch, regions, kind);
      if (!counted) return counted.error();
      spare.emplace(kind, std::move(*counted));
    }
    for (auto missing = shares[next++]; missing > 0; --missing) {
      const auto* like = likes[static_cast<std::size_t>(below(random, likes.size()))];
      const auto from = take_nearest(spare[kind], like->before);
      if (!from) break;
      plan[{kind, *from}].push_back(like);
    }
  }
  for (const auto& [from, likes] : plan) {
    auto made = change(sql, batch, regions, from.first, from.second, likes, random);
    if (!made) return made;
  }
  return {};
}

}  // namespace bz::keys
