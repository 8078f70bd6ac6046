#include "campaign/installs.h"

#include <set>

#include "base/date.h"
#include "campaign/figures.h"
#include "papers/csv.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

constexpr std::size_t kMostRows = 20'000;
constexpr std::string_view kMeasure = "app_installs";

Refusal not_the_file(std::string cell, std::string says, std::string says_en) {
  return {422,
          "Đây không phải tệp lượt cài theo ngày.",
          "This is not a day's file of installs.",
          {Fault{.cell = std::move(cell),
                 .says = std::move(says),
                 .says_en = std::move(says_en),
                 .todo = "lấy tệp bằng `bz installs --day`",
                 .todo_en = "get the file by `bz installs --day`"}}};
}

// What is known of that very cut-off; latest() may give an earlier one.
Result<std::optional<Figure>> find_there(store::Sql& sql, const NewFigure& figure) {
  auto found = latest(sql, figure.subject, figure.measure, figure.source, {figure.cut_off});
  if (found && *found && (*found)->id.cut_off != figure.cut_off) return std::optional<Figure>{};
  return found;
}

}  // namespace

Given<std::vector<InstallsRow>> read_installs(std::string_view file) {
  const auto csv = papers::read_csv(as_bytes(file));
  if (!csv) return not_the_file("", "không đọc được CSV", csv.error().what);
  const auto& sheet = csv->sheet;
  if (papers::cell_at(sheet, 0, 0).text != "unit" ||
      papers::cell_at(sheet, 0, 1).text != "installs")
    return not_the_file("A1", "dòng đầu phải là unit,installs", "its first line is unit,installs");
  if (sheet.rows.size() > kMostRows + 1) return not_the_file("", "quá dài", "it is too long");
  std::vector<InstallsRow> rows;
  std::set<std::string, std::less<>> seen;
  for (std::size_t i = 1; i < sheet.rows.size(); ++i) {
    if (sheet.rows[i].cells.empty()) continue;
    const auto& words = papers::cell_at(sheet, i, 0).text;
    InstallsRow row;
    row.code = words.substr(words.rfind('.') + 1);
    if (row.code.empty() || !seen.insert(row.code).second)
      return not_the_file(papers::cell_name(i, 0), "mỗi đơn vị một dòng", "one line a unit");
    // Digits alone: a program wrote it.
    const auto count = vi::read_count(papers::cell_at(sheet, i, 1).text);
    if (!count || *count < kFewestInstalls)
      return not_the_file(papers::cell_name(i, 1), "phải là số nguyên từ 10 trở lên",
                          "a whole number, 10 or more");
    row.count = *count;
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<InstallsKept> keep_installs(store::Sql& sql, Day day, const std::vector<InstallsRow>& rows,
                                   Instant now, std::string_view by) {
  InstallsKept done;
  std::vector<NewFigure> figures;
  for (const auto& row : rows) {
    const auto unit = units::find_on(sql, row.code, day);
    if (!unit) return unit.error();
    if (!*unit) {
      done.unknown.push_back(row.code);
      continue;
    }
    NewFigure figure;
    figure.subject = units::to_text((*unit)->key);
    figure.measure = kMeasure;
    figure.source = kAppCounter;
    figure.cut_off = vi::end_of(day);
    figure.value = row.count;
    figure.precision = Precision::kAbout;
    figure.known_at = now;
    figure.origin = OriginKind::kImport;
    figure.reference = "installs " + bz::to_text(day);
    figure.by = by;
    const auto there = find_there(sql, figure);
    if (!there) return there.error();
    if (*there && (*there)->value == figure.value) {
      ++done.same;
      continue;
    }
    if (*there) figure.reason = "imported again";
    figures.push_back(std::move(figure));
  }
  const auto kept = record(sql, figures);
  if (!kept) return kept.error();
  done.kept = static_cast<std::int64_t>(figures.size());
  return done;
}

}  // namespace bz::campaign
