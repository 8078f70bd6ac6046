// For the module's own files: what the parts of one answer ask the store for, read once each,
// however many of them ask. A wall and the targets on it speak of the same counts, and two readings
// of one sentence of the same units beside theirs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "campaign/denominators.h"
#include "campaign/family.h"

namespace bz::campaign {

// A count as it is asked for.
struct CountQuestion {
  std::string_view subject, measure, source;
  At at;
};

class Readings {
 public:
  explicit Readings(store::Sql& sql) : sql_(sql) {}

  store::Sql& sql() { return sql_; }

  // Of a week and a day up to `on`: for what it is now, for gains, for the forecast.
  Result<Family*> of_the_week(const CountQuestion& question, bool with_children);
  // The units below a unit at `on`, by their keys.
  Result<const std::vector<RollUp>*> below(const CountQuestion& question);
  Result<const std::optional<Figure>*> denominator(const Indicator& indicator,
                                                   std::string_view subject,
                                                   std::string_view source, const At& at);
  Result<const ByUnit*> denominators_below(const Indicator& indicator, std::string_view unit,
                                           std::string_view source, const At& at);
  // Of each unit below the latest of any source whose text begins like `question.source`.
  Result<const ByUnit*> latest_below_like(const CountQuestion& question);

 private:
  template <class Value>
  using Held = std::map<std::string, Value, std::less<>>;

  store::Sql& sql_;
  Held<Family> weeks_;
  Held<std::vector<RollUp>> below_;
  Held<std::optional<Figure>> denominators_;
  Held<ByUnit> denominators_below_;
  Held<ByUnit> latest_below_;
};

// The ends of the last seven days before `on` that have ended, and of the day before them.
std::vector<Instant> ends_of_the_week(Instant on);

}  // namespace bz::campaign
