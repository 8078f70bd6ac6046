#include <algorithm>
#include <set>

#include "campaign/report_rows.h"
#include "campaign/reports.h"

namespace bz::campaign {
namespace {

using store::Sql;

// What a report's cells became.
Result<std::vector<FigureId>> figures_of(Sql& sql, std::int64_t report) {
  std::vector<FigureId> ids;
  auto read =
      sql.each("SELECT figure FROM report_figure WHERE report = $1 ORDER BY line, place, due_ms",
               {report}, [&](const store::Row& row) -> Result<bool> {
                 const auto id = figure_id_from(row.text(0));
                 if (!id) return Error{Code::kMalformed, "a report names a figure that is none"};
                 ids.push_back(*id);
                 return true;
               });
  if (!read) return read.error();
  return ids;
}

Result<void> accept_figures(Sql& sql, const Report& report, std::string_view by, Instant now) {
  const auto ids = figures_of(sql, report.id);
  if (!ids) return ids.error();
  std::vector<FigureId> counting_now;
  for (const auto& id : *ids) {
    const auto all = versions(sql, id);
    if (!all) return all.error();
    const auto* stands = standing(*all, {id.cut_off});
    if (stands == nullptr) continue;
    // A person has decided the cell since: that number is accepted. Another leg's is not.
    const bool is_decision = stands->leg == Leg::kNone && stands->id.version > id.version;
    if (stands->id == id || is_decision) counting_now.push_back(stands->id);
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

// Withdraws the number where it counts, and puts back what would count without it.
Result<void> take_back(Sql& sql, const FigureId& id, const std::set<std::string>& returned,
                       const ReportDecision& decision, std::string_view by, Instant now) {
  auto all = versions(sql, id);
  if (!all) return all.error();
  const auto* stands = standing(*all, {id.cut_off});
  if (stands == nullptr || stands->id != id) return {};
  auto withdrawn = withdraw(sql, id, decision.reason, by, now);
  if (!withdrawn) return withdrawn.error();
  std::erase_if(*all, [&](const Figure& figure) {
    const auto line = line_reference_from(figure.reference);
    return line && returned.contains(line->receipt);
  });
  const auto* before = standing(*all, {id.cut_off});
  if (before == nullptr) return {};
  NewFigure again;
  again.subject = before->subject;
  again.measure = before->measure;
  again.source = before->source;
  again.cut_off = id.cut_off;
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

Result<void> return_figures(Sql& sql, const Report& report, const ReportDecision& decision,
                            std::string_view by, Instant now) {
  const auto returned = returned_receipts(sql, report);
  if (!returned) return returned.error();
  const auto ids = figures_of(sql, report.id);
  if (!ids) return ids.error();
  for (const auto& id : *ids) {
    if (auto done = take_back(sql, id, *returned, decision, by, now); !done) return done;
  }
  return {};
}

std::optional<Refusal> against(const Report& report, const ReportDecision& decision) {
  if (!decision.accept && (decision.reason.empty() || decision.reason.size() > 2'000)) {
    return refused(
        422, "Trả lại báo cáo thì phải ghi lý do.", "To return a report needs a reason.",
        {fault("reason", "Lý do còn trống hoặc quá dài.", "The reason is empty or too long.",
               "Ghi lý do, nhiều nhất 2.000 byte.", "Write the reason, at most 2,000 bytes.")});
  }
  if (report.state != ReportState::kSubmitted) {
    return refused(409,
                   report.state == ReportState::kAccepted
                       ? "Báo cáo đã được chấp nhận. Muốn sửa, hãy đính chính số liệu."
                       : "Báo cáo đã bị trả lại. Chờ bản mới của cơ quan báo cáo.",
                   report.state == ReportState::kAccepted
                       ? "The report has been accepted. To change it, correct its figures."
                       : "The report has been returned. Wait for the body's new version.");
  }
  if (!report.is_newest) {
    return refused(409, "Đã có bản mới hơn. Hãy mở bản mới nhất.",
                   "There is a newer version. Open the newest one.");
  }
  return std::nullopt;
}

}  // namespace

Given<Report> decide(Sql& sql, const ReportDecision& decision, std::string_view by, Instant now) {
  if (auto locked = sql.lock("reports"); !locked) return locked.error();
  auto report = find_report(sql, decision.report);
  if (!report) return report.error();
  if (!*report) return refusal::not_found();
  const auto wanted = decision.accept ? ReportState::kAccepted : ReportState::kReturned;
  if ((*report)->state == wanted) return std::move(**report);
  if (auto refusal = against(**report, decision)) return std::move(*refusal);

  const auto done = decision.accept ? accept_figures(sql, **report, by, now)
                                    : return_figures(sql, **report, decision, by, now);
  if (!done) return done.error();
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
