#include "campaign/form_paper.h"

#include <algorithm>

#include "campaign/entry.h"
#include "campaign/tasks.h"
#include "papers/csv.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using papers::Look;
using papers::LookedCell;
using store::Sql;

Result<std::optional<Task>> task_of(Sql& sql, const Form& form, const Body& body,
                                    const std::vector<DueKey>& dues) {
  if (!dues.empty()) return find_task(sql, dues.front().task);
  auto all = tasks(sql, body.slug);
  if (!all) return all.error();
  for (auto& task : *all) {
    if (task.form == form.id) return std::optional(std::move(task));
  }
  return std::optional<Task>{};
}

// The body that the letter came from, without its province: the letter is of it.
std::string without_province(const std::string& name) {
  for (const auto* word : {" tỉnh ", " thành phố "}) {
    const auto at = name.find(word);
    if (at != std::string::npos) return name.substr(0, at);
  }
  return name;
}

Result<std::string> annex_of(Sql& sql, const std::optional<Task>& task) {
  const std::string number = task && !task->letter.number.empty() ? task->letter.number : "…………";
  const std::string dated =
      task && task->letter.dated ? vi::show_day(*task->letter.dated) : "……/……/………";
  std::string annex = "(Kèm theo Công văn số " + number + " ngày " + dated;
  if (task) {
    const auto receiver = find_body(sql, task->receiver);
    if (!receiver) {
      if (receiver.error().code != Code::kNotFound) return receiver.error();
      return annex + ")";
    }
    annex += "\ncủa " + without_province(receiver->name);
  }
  return annex + ")";
}

double width_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kNumber: return 6;
    case ColumnKind::kUnit: return 30;
    case ColumnKind::kCount: return 20;
    case ColumnKind::kRate: return 10;
    case ColumnKind::kTime: return 24;
    case ColumnKind::kText: return 30;
  }
  return 10;
}

LookedCell text_in(std::string text, Look look = {}) {
  return {papers::text_cell(std::move(text)), look};
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

class FormSheet {
 public:
  FormSheet(const FormPaper& paper, bool is_template)
      : paper_(paper), is_template_(is_template), width_(paper.form->columns.size()) {
    sheet_.name = "Biểu mẫu";
    sheet_.locked = is_template;
    sheet_.landscape = true;
    for (const auto& column : paper.form->columns)
      sheet_.column_widths.push_back(width_of(column.kind));
  }

  papers::SheetToWrite make(const std::vector<ReportLine>& lines, bool nothing,
                            const std::vector<std::string>& below) {
    head(nothing);
    headings();
    for (std::size_t i = 0; i < paper_.rows.size(); ++i) {
      const auto line = std::ranges::find(lines, paper_.rows[i].subject, &ReportLine::subject);
      row(i, line == lines.end() ? nullptr : &*line);
    }
    if (!is_template_ && paper_.rows.size() > 1 && !lines.empty()) total(lines);
    if (!below.empty()) sheet_.rows.emplace_back();
    for (const auto& text : below) sheet_.rows.push_back({text_in(one_line(text))});
    return std::move(sheet_);
  }

 private:
  void across(std::string text, Look look, std::size_t first = 0, std::size_t last = 0) {
    if (last == 0) last = width_ - 1;
    const auto at = sheet_.rows.size() - 1;
    auto& cells = sheet_.rows.back();
    cells.resize(std::max(cells.size(), first + 1));
    cells[first] = text_in(std::move(text), look);
    if (last > first) sheet_.merged.push_back({at, first, at, last});
  }
  void line_across(std::string text, Look look) {
    sheet_.rows.emplace_back();
    across(std::move(text), look);
  }

  void head(bool nothing) {
    const Look bold{.bold = true, .centred = true};
    const auto half = width_ / 2;
    sheet_.rows.emplace_back();
    across(paper_.issuer.above.empty() ? paper_.issuer.name : paper_.issuer.above,
           {.bold = paper_.issuer.above.empty(), .centred = true}, 0, half - 1);
    across(std::string(kMotto), bold, half, width_ - 1);
    sheet_.rows.emplace_back();
    if (!paper_.issuer.above.empty()) across(paper_.issuer.name, bold, 0, half - 1);
    across(std::string(kMottoBelow), bold, half, width_ - 1);
    line_across(std::string(paper_.form->name), {.italic = true, .centred = true});
    line_across("MẪU BÁO CÁO", bold);
    line_across(std::string(paper_.form->title), bold);
    line_across(one_line(paper_.annex), {.italic = true, .centred = true});
    if (paper_.is_illustrative) line_across(std::string(kIllustrative), bold);
    if (!paper_.dues.empty()) line_across(dues_line(paper_.dues), {});
    if (is_template_) {
      line_across(
          "Cách điền: số viết 68400 hoặc 68.400; tỷ lệ viết 6,78 %; thời điểm viết 16:00 "
          "ngày 25/8/2020; không có gì thì ghi “không phát sinh”; chưa có số thì để trống.",
          {.italic = true});
    }
    if (nothing) line_across("Không phát sinh", bold);
  }

  void headings() {
    auto& cells = sheet_.rows.emplace_back();
    for (const auto& column : paper_.form->columns) {
      cells.push_back(text_in(std::string(column.words),
                              {.bold = true, .centred = true, .boxed = true, .wrapped = true}));
    }
    sheet_.header_rows = sheet_.rows.size();
  }

  void row(std::size_t number, const ReportLine* line) {
    auto& cells = sheet_.rows.emplace_back();
    bool says_nothing = line != nullptr && line->nothing;
    for (const auto& column : paper_.form->columns) {
      Look look{.boxed = true, .wrapped = column.kind == ColumnKind::kText};
      look.open = column.kind != ColumnKind::kNumber && column.kind != ColumnKind::kUnit;
      look.centred = column.kind == ColumnKind::kNumber;
      look.grouped = column.kind == ColumnKind::kCount;
      papers::Cell cell;
      if (column.kind == ColumnKind::kNumber) {
        cell = papers::number_cell(static_cast<std::int64_t>(number + 1));
      } else if (column.kind == ColumnKind::kUnit) {
        cell = papers::text_cell(paper_.rows[number].name);
      } else if (column.kind == ColumnKind::kCount && says_nothing) {
        cell = papers::text_cell("không phát sinh");
        says_nothing = false;
      } else if (line != nullptr) {
        cell = value_of(*line, column);
      }
      cells.push_back({std::move(cell), look});
    }
  }

  [[nodiscard]] static papers::Cell value_of(const ReportLine& line, const Column& column) {
    if (column.kind == ColumnKind::kCount) {
      const auto number = number_in(line, column.id);
      return number ? papers::number_cell(*number) : papers::Cell{};
    }
    if (column.kind == ColumnKind::kRate) return papers::text_cell(rate_of(line).text);
    return papers::text_cell(words_in(line, column));
  }

  void total(const std::vector<ReportLine>& lines) {
    const auto sums = sums_of(*paper_.form, lines);
    auto& cells = sheet_.rows.emplace_back();
    for (const auto& column : paper_.form->columns) {
      Look look{.bold = true, .boxed = true};
      papers::Cell cell;
      if (column.kind == ColumnKind::kUnit) cell = papers::text_cell("Tổng cộng");
      const auto sum = sums.find(std::string(column.id));
      if (sum != sums.end() && sum->second.of > 0) {
        cell = papers::number_cell(sum->second.sum);
        look.grouped = true;
      }
      cells.push_back({std::move(cell), look});
    }
  }

  const FormPaper& paper_;
  bool is_template_;
  std::size_t width_;
  papers::SheetToWrite sheet_;
};

}  // namespace

Result<Issuer> issuer_of(Sql& sql, const Body& body) {
  Issuer issuer{{}, body.name};
  if (body.kind == "operator") {
    issuer.above = "TÊN DOANH NGHIỆP";
    return issuer;
  }
  if (body.parent.empty()) return issuer;
  const auto above = find_body(sql, body.parent);
  if (!above) return above.error();
  issuer.above = above->name;
  return issuer;
}

papers::SideBySide paper_head(const Issuer& issuer) {
  papers::SideBySide head;
  head.left_share = 0.4;
  if (!issuer.above.empty())
    head.left.push_back({{{issuer.above}}, papers::Align::kCentre, 12, 0, 0, 0});
  head.left.push_back(
      {{{issuer.name, true}}, papers::Align::kCentre, 12, 0, 0, 0, issuer.above.empty() ? 0 : 0.4});
  head.right.push_back({{{std::string(kMotto), true}}, papers::Align::kCentre, 12, 0, 0, 0});
  head.right.push_back(
      {{{std::string(kMottoBelow), true}}, papers::Align::kCentre, 13, 0, 0, 2.1, 1});
  return head;
}

Result<FormPaper> form_paper(Sql& sql, const Form& form, const Body& body, Day day,
                             const std::vector<DueKey>& dues) {
  FormPaper paper;
  paper.form = &form;
  paper.dues = dues;
  auto issuer = issuer_of(sql, body);
  if (!issuer) return issuer.error();
  paper.issuer = std::move(*issuer);
  auto rows = rows_of(sql, form, body, day);
  if (!rows) return rows.error();
  paper.rows = std::move(*rows);
  const auto task = task_of(sql, form, body, dues);
  if (!task) return task.error();
  auto annex = annex_of(sql, *task);
  if (!annex) return annex.error();
  paper.annex = std::move(*annex);
  return paper;
}

std::optional<std::int64_t> number_in(const ReportLine& line, std::string_view column) {
  const auto cell = std::ranges::find(line.cells, column, &ReportLine::Cell::column);
  return cell == line.cells.end() ? std::nullopt : cell->number;
}

std::string words_in(const ReportLine& line, const Column& column) {
  const auto cell = std::ranges::find(line.cells, column.id, &ReportLine::Cell::column);
  if (cell == line.cells.end()) return {};
  if (column.kind == ColumnKind::kCount) return cell->number ? vi::show_count(*cell->number) : "";
  if (!cell->words.empty() || !cell->number) return cell->words;
  if (column.kind == ColumnKind::kTime) return vi::show_moment(from_ms(*cell->number));
  if (column.kind == ColumnKind::kRate) return vi::show_hundredths(*cell->number) + " %";
  return {};
}

ShownRate rate_of(const ReportLine& line) {
  ShownRate rate;
  const auto cell = std::ranges::find(line.cells, "rate", &ReportLine::Cell::column);
  if (cell != line.cells.end()) {
    rate.written = cell->words;
    if (rate.written.empty() && cell->number)
      rate.written = vi::show_hundredths(*cell->number) + " %";
  }
  const auto count = number_in(line, "installed");
  const auto of = number_in(line, "subscriptions");
  const auto computed = count && of ? vi::hundredths(*count, *of) : std::nullopt;
  rate.text = rate.written;
  if (!computed) return rate;
  rate.is_computed = true;
  rate.text = vi::show_hundredths(*computed) + " %";
  // "6,8 %" is 6,78 % at one decimal.
  const auto written = vi::read_percent(rate.written);
  const auto comma = rate.written.find(',');
  std::int64_t step = 100;
  for (auto at = comma; at != std::string::npos && at + 1 < rate.written.size() &&
                        rate.written[at + 1] >= '0' && rate.written[at + 1] <= '9' && step > 1;
       ++at) {
    step /= 10;
  }
  if (written) rate.differs = (*computed + step / 2) / step * step != *written;
  return rate;
}

std::map<std::string, ColumnSum> sums_of(const Form& form, const std::vector<ReportLine>& lines) {
  std::map<std::string, ColumnSum> sums;
  for (const auto& column : form.columns) {
    if (column.kind != ColumnKind::kCount) continue;
    auto& sum = sums[std::string(column.id)];
    for (const auto& line : lines) {
      const auto number = number_in(line, column.id);
      if (!number) continue;
      sum.sum += *number;
      ++sum.of;
    }
  }
  return sums;
}

papers::SheetToWrite form_sheet(const FormPaper& paper, const std::vector<ReportLine>& lines,
                                bool nothing, bool is_template,
                                const std::vector<std::string>& below) {
  return FormSheet(paper, is_template).make(lines, nothing, below);
}

Bytes csv_of(const papers::SheetToWrite& sheet) {
  papers::Sheet plain;
  for (const auto& row : sheet.rows) {
    auto& made = plain.rows.emplace_back();
    for (const auto& looked : row) made.cells.push_back(looked.cell);
  }
  papers::trim(plain);
  return papers::write_csv(plain);
}

}  // namespace bz::campaign
