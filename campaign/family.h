// For the module's own files: a unit and its children at several instants, read together.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "campaign/sums.h"

namespace bz::campaign {

struct FamilyQuestion {
  std::string_view subject;
  std::string_view measure;
  std::string_view source;
  std::span<const Instant> ons;
  Instant as_of = Instant::max();
  Counts counts = Counts::kProvisionalToo;
  std::chrono::milliseconds stale_after = kStaleAfter;
  bool with_children = false;
  // Children with their names, in the order of units::children. Without: in that of their keys, and
  // their figures without who and why.
  bool in_full = true;
};

// Of a subject's own figures the last before an instant.
struct Last {
  Instant cut_off{};
  Instant known_at{};
};

// At one of the instants.
struct Moment {
  RollUp whole;
  std::vector<RollUp> children;
  // Of the same, as far back as was read for the other instants; nothing: look for it.
  std::optional<Last> last_of_whole;
  std::vector<std::optional<Last>> last_of_children;
};

// Reads at once what there is between the first and the last of the instants asked for; what it was
// like at any of them, or at another one between, is then worked out from that. From the table
// roll_up wherever that is right, else by the plain definition, which reads again.
class Family {
 public:
  // kInvalid for a measure that is none. Keeps a reference to the Sql.
  static Result<Family> read(store::Sql& sql, const FamilyQuestion& question);
  Family(Family&&) noexcept;
  Family& operator=(Family&&) noexcept;
  ~Family();

  // Without children: the whole alone.
  Result<Moment> at(Instant on, bool with_children = true);

 private:
  class Reading;
  explicit Family(std::unique_ptr<Reading> reading);
  std::unique_ptr<Reading> reading_;
};

// At each of the instants asked for.
Result<std::vector<Moment>> read_family(store::Sql& sql, const FamilyQuestion& question);
// By the plain definition alone, at one instant.
Result<Moment> read_family_plainly(store::Sql& sql, const FamilyQuestion& question, Instant on);

// A child with its denominator, where that is known; campaign::coverage() of what was read already,
// but for Coverage::of.
struct CoveredChild {
  const RollUp* rolled = nullptr;
  const Figure* denominator = nullptr;
};
Result<Coverage> coverage_of(store::Sql& sql, std::span<const CoveredChild> children,
                             std::string_view measure, std::string_view source,
                             std::string_view denominator, const At& at);

// Of the table roll_up.
inline constexpr std::string_view kSumRow =
    " r.series, r.day, r.sum, r.covered, r.children, r.is_partial, r.is_provisional, "
    "r.is_illustrative, r.precise, r.oldest_ms, r.newest_ms, r.changed_ms ";
struct SumOfDay {
  std::int64_t series = 0;
  Day day{};
  SumRow row;
};
SumOfDay sum_of_day(const store::Row& row);

// Of each series its figures by cut-off and version.
class FiguresBySeries {
 public:
  void add(Figure figure);
  void put_in_order();  // before they are asked for
  [[nodiscard]] std::span<const Figure> of(std::int64_t series) const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace bz::campaign
