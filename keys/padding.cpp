#include "keys/padding.h"

#include <array>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "keys/batches.h"
#include "keys/padding_changes.h"

namespace bz::keys {
namespace {

using store::Parameter;

// What a generated key or chain takes from a real one: everything but its bytes and handle.
struct Likeness {
  std::int64_t start = 0;
  std::int64_t period = 0;
  std::int64_t risk = 0;
  std::int64_t report = 0;
  std::optional<std::int64_t> onset_days;
  std::int64_t authority = 0;
};

using RandomKey = std::array<std::uint8_t, 16>;
using RandomChain = std::array<std::uint8_t, 32>;

// How many to add to `there`.
std::int64_t shortage(std::int64_t there, std::int64_t least, Random& random) {
  if (there == 0 || there >= least) return 0;
  return least - there + static_cast<std::int64_t>(below(random, kMostExtraKeys + 1));
}

template <class T>
const T& any_of_them(const std::vector<T>& all, Random& random) {
  return all[static_cast<std::size_t>(below(random, all.size()))];
}

// Of a large batch some suffice: keys are random, so the first in their order are a fair sample.
constexpr std::int64_t kMostLikenesses = 10'000;

Result<std::vector<Likeness>> read_likenesses(store::Sql& sql, std::string_view select,
                                              const std::vector<Parameter>& of) {
  std::vector<Likeness> all;
  const auto done = sql.each(select, of, [&](const store::Row& row) -> Result<bool> {
    all.push_back({.start = row.integer(0),
                   .period = row.integer(1),
                   .risk = row.integer(2),
                   .report = row.integer(3),
                   .onset_days = row.optional_integer(4),
                   .authority = row.integer(5)});
    return true;
  });
  if (!done) return done.error();
  return all;
}

// Real new keys of the same regions: how many of each report.
Result<std::map<std::int64_t, std::int64_t>> count_reports(store::Sql& sql, const Batch& batch,
                                                           std::int64_t regions) {
  std::map<std::int64_t, std::int64_t> counts;
  const auto read = sql.each(
      "SELECT report, COUNT(*) FROM keys WHERE slot > $1 AND slot <= $2 AND regions = $3 "
      "GROUP BY report",
      {batch.start_s, batch.end_s, regions}, [&](const store::Row& row) -> Result<bool> {
        counts[row.integer(0)] = row.integer(1);
        return true;
      });
  if (!read) return read.error();
  return counts;
}

Result<void> pad_keys(store::Sql& sql, const Batch& batch, std::int64_t regions,
                      std::int64_t /*there*/, std::int64_t least, Random& random) {
  if (least == 0) return {};
  const auto real = count_reports(sql, batch, regions);
  if (!real) return real.error();
  std::vector<std::int64_t> counts;
  for (const auto& [report, there] : *real) counts.push_back(there);
  const auto shares = shares_of(counts, least, random);
  std::size_t next = 0;
  for (const auto& [report, there] : *real) {
    const auto count = shares[next++];
    if (count == 0) continue;
    const auto likenesses = read_likenesses(
        sql,
        "SELECT start_interval, period, risk, report, onset_days, authority FROM keys WHERE "
        "slot > $1 AND slot <= $2 AND regions = $3 AND report = $4 AND generated = 0 "
        "ORDER BY slot, key LIMIT $5",
        {batch.start_s, batch.end_s, regions, report, kMostLikenesses});
    if (!likenesses) return likenesses.error();
    std::vector<RandomKey> keys(static_cast<std::size_t>(count));
    std::vector<Parameter> values;
    for (auto& key : keys) {
      random.fill(key);
      const auto& like = any_of_them(*likenesses, random);
      values.insert(values.end(), {batch.end_s, ByteView{key}, like.start, like.period, like.risk,
                                   like.report, store::or_null(like.onset_days), regions,
                                   like.authority, ByteView{kNoHandle}});
    }
    const auto added = sql.run_each(
        "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, regions, "
        "authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        10, values);
    if (!added) return added.error();
  }
  return {};
}

Result<void> pad_chains(store::Sql& sql, const Batch& batch, std::int64_t regions,
                        std::int64_t there, std::int64_t least, Random& random) {
  const auto missing = shortage(there, least, random);
  if (missing == 0) return {};
  const auto real =
      read_likenesses(sql,
                      "SELECT start_s, end_s, ids_per_day, authority, NULL, authority FROM chains "
                      "WHERE slot > $1 AND slot <= $2 AND regions = $3 ORDER BY slot, key LIMIT $4",
                      {batch.start_s, batch.end_s, regions, kMostLikenesses});
  if (!real) return real.error();
  std::vector<RandomChain> keys(static_cast<std::size_t>(missing));
  std::vector<Parameter> values;
  for (auto& key : keys) {
    random.fill(key);
    const auto& like = any_of_them(*real, random);
    values.insert(values.end(), {batch.end_s, ByteView{key}, like.start, like.period, like.risk,
                                 regions, like.authority, ByteView{kNoHandle}});
  }
  return store::done(sql.run_each(
      "INSERT INTO chains (slot, key, start_s, end_s, ids_per_day, regions, authority, handle, "
      "generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
      8, values));
}

Result<void> pad_changed(store::Sql& sql, const Batch& batch, std::int64_t regions,
                         std::int64_t /*there*/, std::int64_t least, Random& random) {
  return pad_changes(sql, batch, regions, least, random);
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

std::vector<std::int64_t> shares_of(const std::vector<std::int64_t>& real, std::int64_t least,
                                    Random& random) {
  const auto up_to = [&](std::int64_t most) {
    return static_cast<std::int64_t>(below(random, static_cast<std::uint64_t>(most) + 1));
  };
  const auto there = std::accumulate(real.begin(), real.end(), std::int64_t{0});
  auto missing = shortage(there, least, random);
  std::vector<std::int64_t> shares;
  for (std::size_t i = 0; i < real.size(); ++i) {
    shares.push_back(least / 10 + up_to(least / 10));
    missing -= shares.back();
  }
  for (; missing > 0; --missing) {
    auto drawn = up_to(there - 1);
    std::size_t kind = 0;
    while (drawn >= real[kind]) drawn -= real[kind++];
    ++shares[kind];
  }
  return shares;
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
       pad_changed},
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
