// Reconciliation of the two legs (đối chiếu): what was said on the telephone against what the file
// says, cell by cell. Where they differ both stay, the cell is flagged, and the file counts until a
// person decides; the decision is a new version of the figure, with its reason. Whoever accepts the
// file with both numbers there decides for it. A cell that is decided differs as before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/reports.h"

namespace bz::campaign {

enum class Agreement : std::uint8_t { kEqual, kDiffers, kOnlyPhone, kOnlyFile };
std::string_view to_text(Agreement agreement);  // "equal", "differs", "only_phone", "only_file"

struct ReconciledCell {
  std::string subject;
  std::string column;
  std::string measure;
  Agreement agreement{};
  std::optional<std::int64_t> phone, file;  // nothing: the leg has no number there
  std::optional<FigureId> phone_figure, file_figure;
  // What counts now; a decision names it, and it is the cell's id for that.
  std::optional<FigureId> counts;
  std::optional<std::int64_t> counting;
  bool is_illustrative = false;  // one of its numbers
  // By a person, with a reason; or, where the legs differ, by accepting the report that counts.
  bool is_decided = false;
  bool is_by_acceptance = false;
  std::string decided_by, reason;
  [[nodiscard]] bool differs() const { return agreement == Agreement::kDiffers; }
  // It differs, and nobody has decided.
  [[nodiscard]] bool is_flagged() const { return differs() && !is_decided; }
};

struct Reconciliation {
  DueKey due;
  std::optional<std::int64_t> phone_report, file_report;  // the newest versions, returned ones not
  std::vector<ReconciledCell> cells;                      // counts only, in the order of the form
};

// Of a due that a task asks for; nothing otherwise.
Result<std::optional<Reconciliation>> reconcile(store::Sql& sql, const DueKey& due);
// Those with a cell that differs, decided or not, of dues in [from, to).
Result<std::vector<Reconciliation>> differing(store::Sql& sql, const DueQuery& query, Instant now);
// Those with a flagged cell.
Result<std::vector<Reconciliation>> flagged(store::Sql& sql, const DueQuery& query, Instant now);
// Of a report that is the newest of its leg: just the cells that differ, of each due that it
// answers.
Result<std::vector<Reconciliation>> disagreements(store::Sql& sql, const Report& report);

// `value` is the phone's, the file's or another number; nothing: nothing to report. It is
// provisional until whoever accepts reports accepts it. Refused: without a reason, a number that
// cannot be, a cell where the legs do not differ, or one that has changed since it was looked at
// (409).
struct CellDecision {
  DueKey due;
  FigureId cell;  // ReconciledCell::counts
  std::optional<std::int64_t> value;
  std::string reason;
  bool is_illustrative = false;  // decided in a drill
};
Given<ReconciledCell> decide(store::Sql& sql, const CellDecision& decision, std::string_view by,
                             Instant now);

}  // namespace bz::campaign
