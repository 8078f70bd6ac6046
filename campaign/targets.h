// Targets (mục tiêu): the rate that a letter wants of a unit or body before an instant.
//
// A sentence may be read in two ways ("tỷ lệ người dân": of residents, or of those with a
// smartphone): each reading is a target of its own, kept beside the others until a person chooses.
//
//   needed      the smallest count whose rate is not under the target: ceil(denominator × target)
//   distance    needed less the count there is; points: target less the rate as shown
//   a day       distance / days left, up; a day begun is a day
//   path        straight from (start, its rate) to (due_before, target); alert under half of it
//   forecast    d = days from the first to the last of the last 8 daily figures (7 days), g its
//   gain:
//               mean = g / d a day. With n gains gᵢ over dᵢ days each between them,
//               s² = Σ dᵢ (gᵢ/dᵢ - mean)² / (n - 1), and the 80 % interval of the mean is
//               mean ± t(0.90; n - 1) · s / √d (Student's t; gains of single days taken as
//               independent and equally spread). Under 4 figures (3 gains): none.
//               Days to go: distance / mean, up; the day is the cut-off's and as many more
//   rank        by rate, among the units beside it that have one; equal rates share a place
//   frozen      two minutes after due_before what was known then (on = due_before, as_of two
//               minutes later: what came in time may be written a moment after) is written down
//               at the first freeze_due(), and never changes
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/rates.h"

namespace bz::campaign {

struct NewTarget {
  std::string indicator;
  std::string subject;
  Instant due_before{};
  std::string task;      // the letter's number and path, "3217/UBND-VX 2"; may be empty
  std::string sentence;  // as it stands in the letter
  std::string reading_of;  // its words that allow two denominators: "tỷ lệ người dân"; may be empty
  std::int64_t hundredths = 0;  // of a percent: 5000 is 50 %; 1 to 100 %
  Instant start{};              // of the path
  std::int64_t start_hundredths = 0;
  std::string source;  // the source that counts
  std::string by;
};

struct Frozen {
  Instant at;  // when it was written down
  std::optional<std::int64_t> value;
  std::string figure = {};  // its id; empty when the value is a sum of children or missing
  std::optional<std::int64_t> denominator;
  std::string denominator_figure = {};
  std::int64_t covered = 0;
  std::int64_t of = 0;
  bool is_provisional = false;
  bool is_illustrative = false;
};

struct Target {
  std::int64_t id = 0;
  NewTarget what;
  Instant made_at{};
  std::optional<Instant> chosen_at;  // this reading was chosen
  std::string chosen_by;
  std::optional<Instant> dropped_at;  // another reading was chosen
  std::optional<Frozen> frozen;
};

// kInvalid says what is not right; kConflict when this reading is there already.
Result<std::int64_t> add_target(store::Sql& sql, const NewTarget& target, Instant now);
// Of the readings of one sentence (the same subject, due_before and task), this one counts from now
// on. kNotFound when there is none; kConflict when another was chosen before.
Result<void> choose_target(store::Sql& sql, std::int64_t id, std::string_view by, Instant now);
// As it was known then: nothing when it was set later.
Result<std::optional<Target>> find_target(store::Sql& sql, std::int64_t id,
                                          Instant as_of = Instant::max());
// Of a subject, or of all (empty), as known then; by due_before, then id. Readings dropped by then
// are left out unless asked for.
Result<std::vector<Target>> targets(store::Sql& sql, std::string_view subject,
                                    Instant as_of = Instant::max(), bool with_dropped = false);

struct Forecast {
  std::int64_t gain = 0;  // over `days`
  std::int64_t days = 0;
  std::int64_t figures = 0;
  std::int64_t a_day = 0;                      // rounded half up
  std::int64_t a_day_low = 0, a_day_high = 0;  // 80 %; rounded down, up
  // How many more days, and the local day at whose end the target is reached; nothing: never, at
  // that gain, or not within 100 years.
  std::optional<std::int64_t> days_to_go, days_to_go_soonest, days_to_go_latest;
  std::optional<Day> reached_on, reached_soonest, reached_latest;
};

struct Rank {
  std::int64_t place = 0;
  std::int64_t with_rate = 0;  // it and those beside it that have a rate
  std::int64_t of = 0;         // all of them
};

// Of a unit's rate among those of its parent, each by the same source or, where it has nothing of
// that, by its own of the same kind. Nothing for a body, or where there is no rate.
Result<std::optional<Rank>> rank_of(store::Sql& sql, const Rate& own, std::string_view source,
                                    const At& at);

// Once due: not computable where there is no rate.
enum class Phase : std::uint8_t { kRunning, kReached, kMissed, kNotComputable };
std::string_view to_text(Phase phase);  // "running", …

struct TargetStatus {
  Target target;
  Phase phase{};
  Instant on{};  // what it speaks of: due_before at the latest
  Rate rate;
  std::optional<std::int64_t> needed;
  std::optional<std::int64_t> distance;         // below 0: above the target
  std::optional<std::int64_t> distance_points;  // hundredths of a point
  std::int64_t days_left = 0;
  std::optional<std::int64_t> needed_a_day;     // nothing when due or reached
  std::int64_t path = 0;                        // hundredths of a percent, half up
  std::optional<std::int64_t> percent_of_path;  // rounded half up; nothing while the path is at 0
  bool is_alert = false;
  std::optional<Forecast> forecast;
  std::optional<Rank> rank;
};

// kNotFound when there is none. After due_before it shows what is frozen, or what freezing would
// write down.
Result<TargetStatus> target_status(store::Sql& sql, std::int64_t id, const At& at);
Result<TargetStatus> target_status(store::Sql& sql, const Target& target, const At& at);

// What came in time may be written a moment later: so long it is waited for after due_before.
inline constexpr std::chrono::minutes kFreezeAfter{2};
// Writes down what was due by `now` - kFreezeAfter and is not frozen; how many.
Result<std::int64_t> freeze_due(store::Sql& sql, Instant now);

// The forecast alone: `series` are the daily figures of the last 8 days, oldest first; days to go
// count from the end of `from`.
struct DayValue {
  Day day{};
  std::int64_t value = 0;
};
std::optional<Forecast> forecast(std::span<const DayValue> series, std::int64_t distance, Day from);

}  // namespace bz::campaign
