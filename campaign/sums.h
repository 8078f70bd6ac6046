// For the module's own files: how figures add up (campaign/rollup.h), without reading anything.
#pragma once

#include <optional>
#include <span>

#include "campaign/figure_rows.h"
#include "campaign/measures.h"
#include "campaign/rollup.h"

namespace bz::campaign {

// A row of the table roll_up: what children add up to.
struct SumRow {
  std::optional<std::int64_t> sum;
  std::int64_t covered = 0;
  std::int64_t of = 0;
  bool is_partial = false;
  bool is_provisional = false;
  bool is_illustrative = false;
  Precision precision = Precision::kExact;
  std::optional<Instant> oldest;
  std::optional<Instant> newest;
  // The last thing known that could have made it otherwise; nothing: nothing was ever known of it.
  std::optional<Instant> changed;
};
// But for `changed`.
bool is_alike(const SumRow& one, const SumRow& other);

// What a subject itself reported, as it counts at an instant. The figures are those given.
struct Own {
  const Figure* figure = nullptr;  // of a flow the last of the day
  const Figure* other_leg = nullptr;
  std::optional<std::int64_t> value;
  bool is_provisional = false;
  bool is_illustrative = false;
  Precision precision = Precision::kExact;
  std::optional<Instant> oldest;
  std::optional<Instant> newest;
  std::optional<Instant> changed;  // the last known of all that was looked at
};

// The instants between which a cut-off must lie to count at `on`, both included.
struct Window {
  Instant from{};
  Instant to{};
};
Window window_of(MeasureKind kind, Instant on, std::chrono::milliseconds stale_after);

// `versions` are of one series, by cut-off and version.
Own own_at(std::span<const Figure> versions, MeasureKind kind, const At& at,
           std::chrono::milliseconds stale_after);

// One more child: its own figure, else what its children add up to.
void add_child(SumRow& sum, const Own& own, const SumRow& below);

RollUp joined(const Own& own, const SumRow& below);

}  // namespace bz::campaign
