#include <algorithm>
#include <set>

#include "base/hash.h"
#include "campaign/figure_rows.h"
#include "campaign/report_rows.h"
#include "campaign/reports.h"

namespace bz::campaign {
namespace {

using store::Sql;

// What a report's cell became, and all versions of that figure, oldest first.
struct Cell {
  std::int64_t line = 0;
  std::int64_t place = 0;
  FigureId id;
  std::vector<Figure> all;

  [[nodiscard]] const Figure* stands() const { return standing(all, {id.cut_off}); }
  [[nodiscard]] const Figure* accepted() const {
    return standing(all, {id.cut_off, Instant::max(), Counts::kAcceptedOnly});
  }
  // As it came.
  [[nodiscard]] const Figure* own() const {
    const auto found = std::ranges::find(all, id, &Figure::id);
    return found == all.end() ? nullptr : &*found;
  }
};

Result<std::vector<Cell>> cells_of(Sql& sql, const Report& report) {
  std::vector<Cell> cells;
  auto read = sql.each(
      "SELECT line, place, figure FROM report_figure WHERE report = $1 ORDER BY line, place, "
      "due_ms",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        const auto id = figure_id_from(row.text(2));
        if (!id) return Error{Code::kMalformed, "a report names a figure that is none"};
        cells.push_back({row.integer(0), row.integer(1), *id, {}});
        return true;
      });
  if (!read) return read.error();
  for (auto& cell : cells) {
    auto all = versions(sql, cell.id);
    if (!all) return all.error();
    cell.all = std::move(*all);
  }
  return cells;
}

// Whether it is the report's own number: as it came, as its body corrected it, or accepted.
bool is_of(const Report& report, const Figure& figure) {
  const auto line = line_reference_from(figure.reference);
  return figure.leg == report.leg() && line && line->receipt == report.receipt;
}

// Whether accepting the report is about what stands in its cell: its own number, or what a person
// has decided since. Another leg's is not.
bool is_about(const Report& report, const Cell& cell, const Figure& stands) {
  return is_of(report, stands) || (stands.leg == Leg::kNone && stands.id.version > cell.id.version);
}

bool waits(const Report& report, const Cell& cell) {
  const auto* stands = cell.stands();
  return stands != nullptr && stands->state != State::kAccepted && is_about(report, cell, *stands);
}

Standing standing_of(const Report& report, const std::vector<Cell>& cells) {
  Standing found;
  Sha256Stream names;
  const auto* form = find_form(report.form, report.form_version);
  for (const auto& cell : cells) {
    const auto* stands = cell.stands();
    const auto* own = cell.own();
    names.add(as_bytes((stands == nullptr ? "-" : to_text(stands->id)) + ";"));
    // To accept is to decide for the file, so the call's number has to have been seen, too.
    if (const auto* said = differing_leg(cell.all, {cell.id.cut_off}); said != nullptr)
      names.add(as_bytes(to_text(said->id) + ";"));
    if (report.state == ReportState::kAccepted && waits(report, cell)) found.waits = true;
    if (stands != nullptr && own != nullptr && stands->value == own->value) continue;
    ChangedCell changed{cell.line, {}, cell.id, {}};
    const auto place = static_cast<std::size_t>(cell.place);
    if (form != nullptr && place < form->columns.size()) changed.column = form->columns[place].id;
    if (stands != nullptr) changed.counts = *stands;
    found.changed.push_back(std::move(changed));
  }
  found.seen = to_hex(ByteView(names.finish()).first(16));
  return found;
}

Result<void> accept_figures(Sql& sql, const Report& report, const std::vector<Cell>& cells,
                            std::string_view by, Instant now) {
  std::vector<FigureId> counting_now;
  for (const auto& cell : cells) {
    const auto* stands = cell.stands();
    if (stands != nullptr && is_about(report, cell, *stands)) counting_now.push_back(stands->id);
  }
  auto accepted = accept(sql, counting_now, by, now);
  if (!accepted) return accepted.error();
  return {};
}

// Receipts of the due's reports that are returned: their numbers do not come back.
Result<std::set<std::string>> returned_receipts(Sql& sql, const Report& report) {
  std::set<std::string> receipts{report.receipt};
  for (const auto& answered : report.dues) {
    const auto reports = reports_of(sql, answered.due);
    if (!reports) return reports.error();
    for (const auto& one : *reports) {
      if (one.state == ReportState::kReturned) receipts.insert(one.receipt);
    }
  }
  return receipts;
}

// Withdraws what stands, and puts back what is to stand without it.
Result<void> replace(Sql& sql, const FigureId& stands, const Figure* before,
                     const ReportDecision& decision, std::string_view by, Instant now) {
  auto withdrawn = withdraw(sql, stands, decision.reason, by, now);
  if (!withdrawn) return withdrawn.error();
  if (before == nullptr) return {};
  NewFigure again;
  again.subject = before->subject;
  again.measure = before->measure;
  again.source = before->source;
  again.cut_off = stands.cut_off;
  again.value = before->value;
  again.precision = before->precision;
  again.state = before->state;
  again.known_at = now;
  again.leg = before->leg;
  again.origin = before->origin;
  again.reference = before->reference;
  again.reason = decision.reason;
  again.by = by;
  const auto recorded = record(sql, again);
  if (!recorded) return recorded.error();
  return {};
}

// The report's own numbers, corrected since or not, are withdrawn where they count. What a person
// decided is no more the report's, and stays.
Result<void> return_figures(Sql& sql, const Report& report, const std::vector<Cell>& cells,
                            const ReportDecision& decision, std::string_view by, Instant now) {
  const auto returned = returned_receipts(sql, report);
  if (!returned) return returned.error();
  for (const auto& cell : cells) {
    const auto* stands = cell.stands();
    if (stands == nullptr || !is_of(report, *stands)) continue;
    auto others = cell.all;
    std::erase_if(others, [&](const Figure& figure) {
      const auto line = line_reference_from(figure.reference);
      return line && returned->contains(line->receipt);
    });
    const auto done =
        replace(sql, stands->id, standing(others, {cell.id.cut_off}), decision, by, now);
    if (!done) return done;
  }
  return {};
}

// Of an accepted report: what was accepted counts again.
Result<void> return_changes(Sql& sql, const Report& report, const std::vector<Cell>& cells,
                            const ReportDecision& decision, std::string_view by, Instant now) {
  for (const auto& cell : cells) {
    if (!waits(report, cell)) continue;
    auto done = replace(sql, cell.stands()->id, cell.accepted(), decision, by, now);
    if (!done) return done;
  }
  return {};
}

Refusal changed_since() {
  return refused(409, "Số liệu của báo cáo này không còn như khi được xem. Hãy mở lại báo cáo.",
                 "Its figures are not any more what was looked at. Open the report again.");
}

std::optional<Refusal> against(const Report& report, const Standing& found,
                               const ReportDecision& decision) {
  if (!decision.accept && (decision.reason.empty() || decision.reason.size() > 2'000)) {
    return refused(
        422, "Trả lại báo cáo thì phải ghi lý do.", "To return a report needs a reason.",
        {fault("reason", "Lý do còn trống hoặc quá dài.", "The reason is empty or too long.",
               "Ghi lý do, nhiều nhất 2.000 byte.", "Write the reason, at most 2,000 bytes.")});
  }
  if (report.state == ReportState::kAccepted && !found.waits) {
    return refused(409, "Báo cáo đã được chấp nhận. Muốn sửa, hãy đính chính số liệu.",
                   "The report has been accepted. To change it, correct its figures.");
  }
  if (report.state == ReportState::kReturned) {
    return refused(409, "Báo cáo đã bị trả lại. Chờ bản mới của cơ quan báo cáo.",
                   "The report has been returned. Wait for the body's new version.");
  }
  if (!report.is_newest) {
    return refused(409, "Đã có bản mới hơn. Hãy mở bản mới nhất.",
                   "There is a newer version. Open the newest one.");
  }
  if (decision.accept && decision.seen.empty()) {
    return refused(422, "Chấp nhận thì phải nêu số liệu nào đã được xem.",
                   "To accept, name the figures that were looked at.",
                   {fault("seen", "Chưa nêu.", "It is not named.",
                          "Mở báo cáo và gửi lại \"seen\" của báo cáo đó.",
                          "Open the report, and give its \"seen\" back.")});
  }
  if (decision.accept && decision.seen != found.seen) return changed_since();
  return std::nullopt;
}

Result<void> carry_out(Sql& sql, const Report& report, const std::vector<Cell>& cells,
                       const ReportDecision& decision, std::string_view by, Instant now) {
  if (decision.accept) return accept_figures(sql, report, cells, by, now);
  if (report.state == ReportState::kAccepted)
    return return_changes(sql, report, cells, decision, by, now);
  return return_figures(sql, report, cells, decision, by, now);
}

}  // namespace

Result<Standing> standing_of(Sql& sql, const Report& report) {
  const auto cells = cells_of(sql, report);
  if (!cells) return cells.error();
  return standing_of(report, *cells);
}

Result<void> note_correction(Sql& sql, const Figure& corrected, Instant now) {
  const auto line = line_reference_from(corrected.reference);
  if (!line) return {};
  const auto report = find_report_by_receipt(sql, line->receipt);
  if (!report) return report.error();
  if (!*report) return {};
  const auto figure = to_text(corrected.id);
  return store::done(sql.run(
      "INSERT INTO report_correction (report, due_ms, figure, at_ms) VALUES ($1, $2, $3, $4)",
      {(*report)->id, to_ms(corrected.id.cut_off), std::string_view(figure), to_ms(now)}));
}

Given<Report> decide(Sql& sql, const ReportDecision& decision, std::string_view by, Instant now) {
  if (auto locked = sql.lock("reports"); !locked) return locked.error();
  // Nothing changes between looking and deciding.
  if (auto locked = lock_figures(sql); !locked) return locked.error();
  auto report = find_report(sql, decision.report);
  if (!report) return report.error();
  if (!*report) return refusal::not_found();
  const auto cells = cells_of(sql, **report);
  if (!cells) return cells.error();
  const auto found = standing_of(**report, *cells);
  const auto wanted = decision.accept ? ReportState::kAccepted : ReportState::kReturned;
  if ((*report)->state == wanted && !found.waits) return std::move(**report);
  if (auto refusal = against(**report, found, decision)) return std::move(*refusal);

  const auto carried_out = carry_out(sql, **report, *cells, decision, by, now);
  if (!carried_out) return carried_out.error();
  // What was accepted stays so: its changes were returned.
  if ((*report)->state == ReportState::kAccepted) return std::move(**report);
  auto noted = sql.run(
      "UPDATE report SET state = $2, decided_by = $3, decided_ms = $4, decision_reason = $5 WHERE "
      "id = $1",
      {decision.report, static_cast<std::int64_t>(wanted), by, to_ms(now),
       std::string_view(decision.reason)});
  if (!noted) return noted.error();
  report = find_report(sql, decision.report);
  if (!report) return report.error();
  return std::move(**report);
}

}  // namespace bz::campaign
