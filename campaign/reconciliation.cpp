#include "campaign/reconciliation.h"

#include <algorithm>
#include <map>

#include "campaign/report_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

// Line and column of a form.
using Place = std::pair<std::int64_t, std::int64_t>;

Result<void> figures_of(Sql& sql, std::int64_t report, Instant due_before,
                        std::map<Place, FigureId>& figures) {
  return sql.each("SELECT line, place, figure FROM report_figure WHERE report = $1 AND due_ms = $2",
                  {report, to_ms(due_before)}, [&](const store::Row& row) -> Result<bool> {
                    const auto id = figure_id_from(row.text(2));
                    if (!id) return Error{Code::kMalformed, "a report names a figure that is none"};
                    figures[{row.integer(0), row.integer(1)}] = *id;
                    return true;
                  });
}

// What a report's cell became, as its body corrected it since.
const Figure* version_of(const std::vector<Figure>& all, const std::optional<FigureId>& id) {
  if (!id) return nullptr;
  const auto first = std::ranges::find(all, *id, &Figure::id);
  if (first == all.end()) return nullptr;
  const Figure* newest = &*first;
  for (const auto& figure : all) {
    const bool is_the_same = figure.leg == first->leg && figure.reference == first->reference;
    if (is_the_same && figure.state != State::kWithdrawn && figure.id > newest->id)
      newest = &figure;
  }
  return newest;
}

// The decision that what stands goes back to: accepting it since kept its number. `legs`: the
// version after which neither leg said anything more.
const Figure* decision_behind(const std::vector<Figure>& all, const Figure& stands,
                              std::int64_t legs) {
  if (stands.leg != Leg::kNone) return nullptr;
  const Figure* decision = nullptr;
  for (const auto& figure : all) {
    if (figure.id.version <= legs || figure.id.version > stands.id.version) continue;
    if (figure.leg == Leg::kNone && figure.state != State::kWithdrawn && !figure.reason.empty())
      decision = &figure;
  }
  return decision;
}

Result<ReconciledCell> cell_of(Sql& sql, const Column& column, const std::optional<FigureId>& phone,
                               const std::optional<FigureId>& file) {
  ReconciledCell cell;
  cell.column = column.id;
  cell.measure = column.measure;
  const auto all = versions(sql, phone ? *phone : *file);
  if (!all) return all.error();
  if (all->empty()) return Error{Code::kMalformed, "a report's figure is not there"};
  cell.subject = all->front().subject;
  const auto* by_phone = version_of(*all, phone);
  const auto* by_file = version_of(*all, file);
  if (by_phone != nullptr) cell.phone_figure = by_phone->id;
  if (by_file != nullptr) cell.file_figure = by_file->id;
  if (by_phone != nullptr) cell.phone = by_phone->value;
  if (by_file != nullptr) cell.file = by_file->value;
  if (by_phone == nullptr || by_file == nullptr) {
    cell.agreement = by_phone != nullptr ? Agreement::kOnlyPhone : Agreement::kOnlyFile;
  } else {
    cell.agreement = cell.phone == cell.file ? Agreement::kEqual : Agreement::kDiffers;
  }
  const auto* stands = standing(*all, {all->front().id.cut_off});
  for (const auto* one : {by_phone, by_file, stands}) {
    if (one != nullptr && one->origin == OriginKind::kIllustrative) cell.is_illustrative = true;
  }
  if (stands == nullptr) return cell;
  cell.counts = stands->id;
  cell.counting = stands->value;
  // Whether it came after both, from a person.
  const auto newest = std::max(phone ? phone->version : 0, file ? file->version : 0);
  if (const auto* decision = decision_behind(*all, *stands, newest); decision != nullptr) {
    cell.is_decided = true;
    cell.decided_by = decision->by;
    cell.reason = decision->reason;
  } else if (cell.differs() && stands->state == State::kAccepted && stands->id.version > newest) {
    cell.is_decided = true;
    cell.is_by_acceptance = true;
    cell.decided_by = stands->by;
    cell.reason = stands->reason;
  }
  return cell;
}

Refusal changed() {
  return refused(409, "Ô này đã thay đổi. Hãy tải lại rồi quyết định.",
                 "This cell has changed. Load it again and decide then.");
}

std::optional<Refusal> against(const ReconciledCell& cell, const CellDecision& decision) {
  if (!cell.differs()) {
    return refused(409, "Hai cách báo cáo không khác nhau ở ô này.",
                   "The two legs do not differ in this cell.");
  }
  if (decision.reason.empty() || decision.reason.size() > 2'000) {
    return refused(
        422, "Quyết định phải có lý do.", "A decision needs a reason.",
        {fault("reason", "Lý do còn trống hoặc quá dài.", "The reason is empty or too long.",
               "Ghi lý do, nhiều nhất 2.000 byte.", "Write the reason, at most 2,000 bytes.")});
  }
  if (decision.value && (*decision.value < 0 || *decision.value > kMostValue)) {
    return refused(
        422, "Số được chọn không đúng.", "The number chosen is not right.",
        {fault("value", "Phải là số nguyên từ 0 trở lên.", "It must be a whole number from 0 on.",
               "Chọn số báo qua điện thoại, số trong tệp, hoặc số đã kiểm tra.",
               "Choose the number said, the one in the file, or one that was checked.")});
  }
  return std::nullopt;
}

// Nobody decides for what cannot be.
Result<std::optional<Refusal>> cannot_be(Sql& sql, const Figure& stands,
                                         const CellDecision& decision) {
  NewFigure decided;
  decided.subject = stands.subject;
  decided.measure = stands.measure;
  decided.source = stands.source;
  decided.cut_off = stands.id.cut_off;
  decided.value = decision.value;
  decided.precision = stands.precision;
  const auto findings = check_change(sql, decided);
  if (!findings) return findings.error();
  for (const auto& one : *findings) {
    if (one.severity == Severity::kImpossible)
      return std::optional(refused(422, "Số được chọn không đúng.",
                                   "The number chosen is not right.",
                                   {fault("value", one.says, one.says_en, one.todo, one.todo_en)}));
  }
  return std::optional<Refusal>{};
}

Result<std::vector<Reconciliation>> those_with(Sql& sql, const DueQuery& query, Instant now,
                                               bool (ReconciledCell::*is_asked)() const) {
  const auto all = dues(sql, query, now);
  if (!all) return all.error();
  std::vector<Reconciliation> those;
  for (const auto& due : *all) {
    if (due.phone.versions == 0 || due.file.versions == 0) continue;
    auto found = reconcile(sql, due.key);
    if (!found) return found.error();
    if (*found && std::ranges::any_of((*found)->cells, is_asked))
      those.push_back(std::move(**found));
  }
  return those;
}

Result<const ReconciledCell*> find_cell(const Reconciliation& found, const FigureId& id) {
  const auto cell = std::ranges::find(found.cells, std::optional(id), &ReconciledCell::counts);
  return cell == found.cells.end() ? nullptr : &*cell;
}

}  // namespace

std::string_view to_text(Agreement agreement) {
  switch (agreement) {
    case Agreement::kEqual: return "equal";
    case Agreement::kDiffers: return "differs";
    case Agreement::kOnlyPhone: return "only_phone";
    case Agreement::kOnlyFile: return "only_file";
  }
  return "";
}

Result<std::optional<Reconciliation>> reconcile(Sql& sql, const DueKey& key) {
  const auto due = find_due(sql, key, Instant::max());
  if (!due) return due.error();
  if (!*due) return std::optional<Reconciliation>{};
  const auto reports = reports_of(sql, key);
  if (!reports) return reports.error();
  Reconciliation found{key, {}, {}, {}};
  int form_version = 0;
  for (const auto& report : *reports) {
    if (report.state == ReportState::kReturned) continue;
    (report.leg() == Leg::kPhone ? found.phone_report : found.file_report) = report.id;
    form_version = report.form_version;
  }
  const auto* form = find_form((*due)->form, form_version);
  if (form == nullptr) return std::optional(std::move(found));
  std::map<Place, FigureId> phone, file;
  if (found.phone_report) {
    auto read = figures_of(sql, *found.phone_report, key.due_before, phone);
    if (!read) return read.error();
  }
  if (found.file_report) {
    auto read = figures_of(sql, *found.file_report, key.due_before, file);
    if (!read) return read.error();
  }
  std::map<Place, std::pair<std::optional<FigureId>, std::optional<FigureId>>> both;
  for (const auto& [place, id] : phone) both[place].first = id;
  for (const auto& [place, id] : file) both[place].second = id;
  for (const auto& [place, ids] : both) {
    const auto column = static_cast<std::size_t>(place.second);
    if (column >= form->columns.size())
      return Error{Code::kMalformed, "a report names a column that its form has not"};
    auto cell = cell_of(sql, form->columns[column], ids.first, ids.second);
    if (!cell) return cell.error();
    found.cells.push_back(std::move(*cell));
  }
  return std::optional(std::move(found));
}

Result<std::vector<Reconciliation>> flagged(Sql& sql, const DueQuery& query, Instant now) {
  return those_with(sql, query, now, &ReconciledCell::is_flagged);
}

Result<std::vector<Reconciliation>> differing(Sql& sql, const DueQuery& query, Instant now) {
  return those_with(sql, query, now, &ReconciledCell::differs);
}

Result<std::vector<Reconciliation>> disagreements(Sql& sql, const Report& report) {
  std::vector<Reconciliation> those;
  for (const auto& answered : report.dues) {
    auto found = reconcile(sql, answered.due);
    if (!found) return found.error();
    if (!*found) continue;
    auto& one = **found;
    if (one.phone_report != report.id && one.file_report != report.id) continue;
    std::erase_if(one.cells, [](const ReconciledCell& cell) { return !cell.differs(); });
    if (!one.cells.empty()) those.push_back(std::move(one));
  }
  return those;
}

Given<ReconciledCell> decide(Sql& sql, const CellDecision& decision, std::string_view by,
                             Instant now) {
  if (auto locked = sql.lock("reports"); !locked) return locked.error();
  const auto found = reconcile(sql, decision.due);
  if (!found) return found.error();
  if (!*found) return refusal::not_found();
  const auto cell = find_cell(**found, decision.cell);
  if (!cell) return cell.error();
  if (*cell == nullptr) return changed();
  if (auto refusal = against(**cell, decision)) return std::move(*refusal);

  const bool is_phones = decision.value == (*cell)->phone;
  const auto source = find_figure(sql, is_phones ? *(*cell)->phone_figure : *(*cell)->file_figure);
  if (!source) return source.error();
  const auto stands = find_figure(sql, decision.cell);
  if (!stands) return stands.error();
  if (!*source || !*stands) return changed();
  const auto refusal = cannot_be(sql, **stands, decision);
  if (!refusal) return refusal.error();
  if (*refusal) return **refusal;
  Correction correction;
  correction.value = decision.value;
  correction.precision = (*source)->precision;
  correction.origin = decision.is_illustrative ? OriginKind::kIllustrative : (*source)->origin;
  correction.reference = (*source)->reference;
  correction.reason = decision.reason;
  const auto made = correct(sql, decision.cell, correction, by, now);
  if (!made) {
    if (made.error().code == Code::kConflict) return changed();
    return made.error();
  }
  const auto after = reconcile(sql, decision.due);
  if (!after) return after.error();
  const auto decided = find_cell(**after, *made);
  if (!decided) return decided.error();
  if (*decided == nullptr) return Error{Code::kMalformed, "a decision is not there"};
  return **decided;
}

}  // namespace bz::campaign
