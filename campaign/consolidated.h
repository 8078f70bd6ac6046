// Consolidated reports (báo cáo tổng hợp) of the department to the people's committee: drafted from
// accepted figures only, each value with the id of its figure, and so frozen; who was late and who
// is missing is kept as it was then. From a value the way goes back to the report's line and to the
// bytes that came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/dues.h"
#include "campaign/reports.h"

namespace bz::campaign {

struct NewConsolidated {
  std::string task;
  Instant due_before{};    // which of the task's dues
  std::string title = {};  // empty: the form's
};

struct ConsolidatedValue {
  std::string subject;
  std::string measure;
  std::string body;  // who reported it
  FigureId figure;
  // Filled in when it is read:
  std::int64_t value = 0;
  Precision precision{};
  bool is_illustrative = false;
  std::string receipt;  // "BC-2020-000123"; empty: not of a report
  std::int64_t line = 0;
  std::optional<std::int64_t> report;
  bool corrected_since = false;  // another accepted figure counts by now
};

// Of one body, as it was when the draft was made.
struct ConsolidatedBody {
  std::string body;
  DueStatus status{};
  std::vector<Leg> lacking;
  std::optional<std::chrono::milliseconds> late_by;
  // The accepted report whose words belong in it (form "result"), or whose counts do.
  std::optional<std::int64_t> report;
  bool is_accepted = false;  // false: it came, and nobody has accepted it: not in the sums
};

// What the bodies' values of one row add up to.
struct ConsolidatedSum {
  std::string subject;
  std::string measure;
  std::int64_t sum = 0;
  int of = 0;  // bodies whose values are in it; as many as `bodies` when none is missing
};

struct Consolidated {
  std::int64_t id = 0;
  std::string task;
  std::string form;
  Instant due_before{};
  std::string title;
  std::string made_by;
  Instant made_at{};
  std::vector<ConsolidatedValue> values;  // by row of the form, measure, body
  std::vector<ConsolidatedBody> bodies;   // every one that was asked
  // Summable measures only, by row; those of all rows stand last, with the subject "".
  std::vector<ConsolidatedSum> sums;
  [[nodiscard]] bool is_illustrative() const;
};

// 404 for a task or due that is none.
Given<Consolidated> consolidate(store::Sql& sql, const NewConsolidated& asked, std::string_view by,
                                Instant now);
Result<std::optional<Consolidated>> find_consolidated(store::Sql& sql, std::int64_t id);
// Newest first, without their values.
Result<std::vector<Consolidated>> consolidated_reports(store::Sql& sql, std::string_view task = {});

}  // namespace bz::campaign
