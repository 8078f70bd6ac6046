#include "keys/padding.h"

#include <array>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "keys/batches.h"

namespace bz::keys {
namespace {

using store::Parameter;

// What a generated key takes from a real one: everything but its bytes and handle.
struct Likeness {
  std::int64_t start = 0;
  std::int64_t period = 0;
  std::int64_t risk = 0;
  std::int64_t report = 0;
  std::optional<std::int64_t> onset_days;
  std::int64_t authority = 0;
  std::int64_t report_before = 0;  // of a changed key
};

using RandomKey = std::array<std::uint8_t, 16>;
using RandomChain = std::array<std::uint8_t, 32>;

// No key of a person has this handle, so none of these can be revoked.
constexpr std::array<std::uint8_t, 1> kNoHandle{0};

// How many to add to `there`.
std::int64_t shortage(std::int64_t there, std::int64_t least, Random& random) {
  if (there == 0 || there >= least) return 0;
  return least - there + static_cast<std::int64_t>(below(random, kMostExtraKeys + 1));
}

template <class T>
const T& any_of_them(const std::vector<T>& all, Random& random) {
  return all[static_cast<std::size_t>(below(random, all.size()))];
}

Result<std::vector<Likeness>> read_likenesses(store::Sql& sql, std::string_view select,
                                              const Batch& batch, std::int64_t regions) {
  std::vector<Likeness> all;
  const auto done = sql.each(select, {batch.start_s, batch.end_s, regions},
                             [&](const store::Row& row) -> Result<bool> {
                               all.push_back({.start = row.integer(0),
                                              .period = row.integer(1),
                                              .risk = row.integer(2),
                                              .report = row.integer(3),
                                              .onset_days = row.optional_integer(4),
                                              .authority = row.integer(5),
                                              .report_before = row.integer(6)});
                               return true;
                             });
  if (!done) return done.error();
  return all;
}

Result<void> done(const Result<std::int64_t>& changed) {
  if (!changed) return changed.error();
  return {};
}

Result<void> pad_keys(store::Sql& sql, const Batch& batch, std::int64_t regions, std::int64_t there,
                      std::int64_t least, Random& random) {
  const auto missing = shortage(there, least, random);
  if (missing == 0) return {};
  const auto real = read_likenesses(
      sql,
      "SELECT start_interval, period, risk, report, onset_days, authority, report FROM keys "
      "WHERE slot > $1 AND slot <= $2 AND regions = $3",
      batch, regions);
  if (!real) return real.error();
  std::vector<RandomKey> keys(static_cast<std::size_t>(missing));
  std::vector<Parameter> values;
  for (auto& key : keys) {
    random.fill(key);
    const auto& like = any_of_them(*real, random);
    values.insert(values.end(),
                  {batch.end_s, ByteView{key}, like.start, like.period, like.risk, like.report,
                   store::or_null(like.onset_days), regions, like.authority, ByteView{kNoHandle}});
  }
  return done(sql.run_each(
      "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, regions, "
      "authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
      10, values));
}

// A generated key of an earlier batch that may change as a real one did.
struct Candidate {
  RandomKey key{};
  std::int64_t start = 0;
  std::int64_t period = 0;
  std::optional<std::int64_t> onset_days;
};
using Candidates = std::map<std::int64_t, std::vector<Candidate>>;  // by report

Result<Candidates> read_candidates(store::Sql& sql, const Batch& batch, std::int64_t regions) {
  Candidates all;
  const auto read = sql.each(
      "SELECT key, start_interval, period, report, onset_days FROM keys WHERE slot <= $1 AND "
      "generated = 1 "
      "AND regions = $2 AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.key = keys.key)",
      {batch.start_s, regions}, [&](const store::Row& row) -> Result<bool> {
        Candidate candidate{.start = row.integer(1),
                            .period = row.integer(2),
                            .onset_days = row.optional_integer(4)};
        const auto bytes = row.blob(0);
        if (bytes.size() != candidate.key.size()) {
          return Error{Code::kMalformed, "a key is not of 16 bytes"};
        }
        std::copy(bytes.begin(), bytes.end(), candidate.key.begin());
        all[row.integer(3)].push_back(candidate);
        return true;
      });
  if (!read) return read.error();
  return all;
}

// Each as some real key of the batch changed: an earlier generated one where there is one of the
// same report, else a new random one. Who has kept all files sees that such a one never was new
// (docs/publishing.md).
Result<void> pad_changes(store::Sql& sql, const Batch& batch, std::int64_t regions,
                         std::int64_t there, std::int64_t least, Random& random) {
  const auto missing = shortage(there, least, random);
  if (missing == 0) return {};
  const auto real = read_likenesses(
      sql,
      "SELECT r.start_interval, r.period, r.risk, r.report, r.onset_days, r.authority, "
      "COALESCE((SELECT k.report FROM keys k WHERE k.key = r.key), r.report) FROM revisions r "
      "WHERE r.slot > $1 AND r.slot <= $2 AND r.regions = $3",
      batch, regions);
  if (!real) return real.error();
  auto candidates = read_candidates(sql, batch, regions);
  if (!candidates) return candidates.error();

  std::vector<Candidate> keys(static_cast<std::size_t>(missing));
  std::vector<Parameter> values;
  for (auto& key : keys) {
    const auto& like = any_of_them(*real, random);
    auto& fitting = (*candidates)[like.report_before];
    if (fitting.empty()) {
      random.fill(key.key);
      key.start = like.start;
      key.period = like.period;
      key.onset_days = like.onset_days;
    } else {
      std::swap(fitting[static_cast<std::size_t>(below(random, fitting.size()))], fitting.back());
      key = fitting.back();
      fitting.pop_back();
    }
    values.insert(values.end(),
                  {batch.end_s, ByteView{key.key}, key.start, key.period, like.risk, like.report,
                   store::or_null(key.onset_days), regions, like.authority, ByteView{kNoHandle}});
  }
  return done(sql.run_each(
      "INSERT INTO revisions (slot, key, turn, start_interval, period, risk, report, onset_days, "
      "regions, authority, handle, generated) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, "
      "1)",
      10, values));
}

Result<void> pad_chains(store::Sql& sql, const Batch& batch, std::int64_t regions,
                        std::int64_t there, std::int64_t least, Random& random) {
  const auto missing = shortage(there, least, random);
  if (missing == 0) return {};
  const auto real = read_likenesses(
      sql,
      "SELECT start_s, end_s, ids_per_day, authority, NULL, authority, authority FROM chains "
      "WHERE slot > $1 AND slot <= $2 AND regions = $3",
      batch, regions);
  if (!real) return real.error();
  std::vector<RandomChain> keys(static_cast<std::size_t>(missing));
  std::vector<Parameter> values;
  for (auto& key : keys) {
    random.fill(key);
    const auto& like = any_of_them(*real, random);
    values.insert(values.end(), {batch.end_s, ByteView{key}, like.start, like.period, like.risk,
                                 regions, like.authority, ByteView{kNoHandle}});
  }
  return done(sql.run_each(
      "INSERT INTO chains (slot, key, start_s, end_s, ids_per_day, regions, authority, handle, "
      "generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
      8, values));
}

using Pad = Result<void> (*)(store::Sql&, const Batch&, std::int64_t, std::int64_t, std::int64_t,
                             Random&);

}  // namespace

std::uint64_t below(Random& random, std::uint64_t count) {
  // Numbers past the last whole multiple of `count` would make the small ones likelier.
  const auto last = std::numeric_limits<std::uint64_t>::max();
  const auto limit = last - last % count;
  for (;;) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    const auto drawn = get_le(bytes);
    if (drawn < limit) return drawn % count;
  }
}

Result<void> pad_batch(store::Sql& sql, const Batch& batch, std::int64_t least_keys,
                       Random& random) {
  struct List {
    std::string_view counts;
    Pad pad;
  };
  constexpr std::array<List, 3> kLists{{
      {"SELECT regions, COUNT(*) FROM keys WHERE slot > $1 AND slot <= $2 GROUP BY regions",
       pad_keys},
      {"SELECT regions, COUNT(*) FROM revisions WHERE slot > $1 AND slot <= $2 GROUP BY regions",
       pad_changes},
      {"SELECT regions, COUNT(*) FROM chains WHERE slot > $1 AND slot <= $2 GROUP BY regions",
       pad_chains},
  }};
  for (const auto& list : kLists) {
    std::map<std::int64_t, std::int64_t> groups;
    const auto counted = sql.each(list.counts, {batch.start_s, batch.end_s},
                                  [&](const store::Row& row) -> Result<bool> {
                                    groups[row.integer(0)] = row.integer(1);
                                    return true;
                                  });
    if (!counted) return counted;
    for (const auto& [regions, there] : groups) {
      auto padded = list.pad(sql, batch, regions, there, least_keys, random);
      if (!padded) return padded;
    }
  }
  return {};
}

}  // namespace bz::keys
