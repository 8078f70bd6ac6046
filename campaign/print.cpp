#include "campaign/print.h"

#include <algorithm>

#include "base/bytes.h"
#include "campaign/entry.h"
#include "campaign/form_paper.h"
#include "campaign/tasks.h"
#include "papers/pdf.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using papers::Align;
using papers::Paragraph;
using papers::Run;
using papers::Table;
using papers::TableCell;
using store::Sql;

constexpr std::string_view kNoDenominator = "Tỷ lệ ghi theo báo cáo của đơn vị; mẫu số không nêu.";

Paragraph centred(std::string text, bool bold, bool italic, double after = 2.1) {
  Paragraph made{{{std::move(text), bold, italic}}, Align::kCentre};
  made.space_after = after;
  return made;
}

std::string channel_words(Channel channel) {
  switch (channel) {
    case Channel::kWeb: return "trang web";
    case Channel::kApi: return "giao diện lập trình";
    case Channel::kCsv: return "tệp CSV";
    case Channel::kXlsx: return "tệp Excel";
    case Channel::kMail: return "thư điện tử";
    case Channel::kCall: return "điện thoại";
  }
  return "";
}

// Where it came from, so that the paper leads back to what was sent.
std::vector<std::string> provenance(const Report& report) {
  std::vector<DueKey> dues;
  for (const auto& answered : report.dues) dues.push_back(answered.due);
  std::vector<std::string> lines;
  lines.push_back("Biên nhận " + report.receipt + ", nhận lúc " +
                  vi::show_moment(report.received_at) + " qua " + channel_words(report.channel) +
                  (report.on_behalf ? ", do cán bộ trực ghi thay." : "."));
  if (!dues.empty()) lines.push_back(dues_line(dues));
  if (!report.reason.empty()) lines.push_back("Lý do sửa: " + report.reason);
  lines.push_back("SHA-256 của bản gốc: " + to_hex(report.original));
  return lines;
}

Result<FormPaper> paper_of(Sql& sql, const Report& report) {
  const auto* form = find_form(report.form, report.form_version);
  if (form == nullptr) return Error{Code::kMalformed, "a report's form is none of ours"};
  const auto body = find_body(sql, report.body);
  if (!body) return body.error();
  std::vector<DueKey> dues;
  for (const auto& answered : report.dues) dues.push_back(answered.due);
  const auto day = dues.empty() ? vi::local_day(report.received_at) : day_asked(dues.back());
  auto paper = form_paper(sql, *form, *body, day, dues);
  if (paper) paper->is_illustrative = report.is_illustrative;
  return paper;
}

// A form of words alone is read as a letter, not as a table.
bool is_narrative(const Form& form) {
  return std::ranges::none_of(
      form.columns, [](const Column& column) { return column.kind == ColumnKind::kCount; });
}

papers::TableColumn column_on_paper(const Column& column) {
  switch (column.kind) {
    case ColumnKind::kNumber: return {0.8, Align::kCentre};
    case ColumnKind::kUnit: return {3.4, Align::kLeft};
    case ColumnKind::kCount: return {2.5, Align::kRight};
    case ColumnKind::kRate: return {1.5, Align::kRight};
    case ColumnKind::kTime: return {2.4, Align::kCentre};
    case ColumnKind::kText: return {2.2, Align::kLeft};
  }
  return {};
}

class FormPage {
 public:
  FormPage(const Report& report, const FormPaper& paper) : report_(report), paper_(paper) {}

  papers::Document make() {
    papers::Document page;
    page.title = std::string(form().name) + " " + report_.receipt;
    page.made = report_.received_at;
    head(page);
    if (is_narrative(form())) {
      narrative(page);
    } else {
      auto table = figures();
      page.landscape = table.columns.size() > 6;
      page.blocks.emplace_back(std::move(table));
    }
    for (auto& text : provenance(report_)) {
      Paragraph line{{{std::move(text), false, true}}};
      line.size = 10;
      line.space_after = 0.7;
      page.blocks.emplace_back(std::move(line));
    }
    return page;
  }

 private:
  [[nodiscard]] const Form& form() const { return *paper_.form; }

  void head(papers::Document& page) {
    page.blocks.emplace_back(paper_head(paper_.issuer));
    if (!is_narrative(form())) {
      Paragraph name{{{std::string(form().name), false, true}}, Align::kRight};
      page.blocks.emplace_back(std::move(name));
    }
    page.blocks.emplace_back(centred("MẪU BÁO CÁO", true, false, 0.7));
    page.blocks.emplace_back(centred(std::string(form().title), true, false, 0.7));
    page.blocks.emplace_back(centred(paper_.annex, false, true, 4));
    if (paper_.is_illustrative)
      page.blocks.emplace_back(centred(std::string(kIllustrative), true, false, 4));
    if (report_.nothing) page.blocks.emplace_back(centred("Không phát sinh.", true, false, 4));
  }

  void narrative(papers::Document& page) {
    int number = 0;
    for (const auto& line : report_.lines) {
      for (const auto& column : form().columns) {
        const auto words = words_in(line, column);
        if (column.kind != ColumnKind::kText || words.empty()) continue;
        Paragraph heading{{{std::to_string(++number) + ". " + std::string(column.words), true}}};
        heading.with_next = true;
        page.blocks.emplace_back(std::move(heading));
        Paragraph text{{{words}}, Align::kBoth};
        text.first_line = 10;
        page.blocks.emplace_back(std::move(text));
      }
    }
  }

  Table figures() {
    find_notes();
    Table table;
    auto& header = table.header.emplace_back();
    for (const auto& column : form().columns) {
      if (!column.is_printed) continue;
      table.columns.push_back(column_on_paper(column));
      Run run{std::string(column.words), true};
      if (column.kind == ColumnKind::kRate) run.note = rate_note_;
      if (column.kind == ColumnKind::kCount && paper_.is_illustrative) run.note = kIllustrative;
      header.push_back({{std::move(run)}});
    }
    for (std::size_t i = 0; i < paper_.rows.size(); ++i) table.rows.push_back(row(i));
    if (paper_.rows.size() > 1 && !report_.lines.empty()) table.rows.push_back(total());
    return table;
  }

  // What the rates are set against.
  void find_notes() {
    std::string denominators;
    bool has_written = false;
    for (const auto& row : paper_.rows) {
      const auto* line = line_of(row);
      if (line == nullptr) continue;
      const auto rate = campaign::rate_of(*line);
      has_written = has_written || (!rate.is_computed && !rate.text.empty());
      if (!rate.is_computed) continue;
      denominators += (denominators.empty() ? "" : "; ") + row.name + " " +
                      vi::show_count(*number_in(*line, "subscriptions"));
    }
    if (!denominators.empty()) {
      rate_note_ =
          "Tỷ lệ tính lại từ mẫu số là số thuê bao điện thoại thông minh do doanh nghiệp "
          "báo cáo: " +
          denominators + ".";
      marks_written_ = has_written;
    } else if (has_written) {
      rate_note_ = kNoDenominator;
    }
  }

  [[nodiscard]] const ReportLine* line_of(const FormRow& row) const {
    const auto line = std::ranges::find(report_.lines, row.subject, &ReportLine::subject);
    return line == report_.lines.end() ? nullptr : &*line;
  }

  std::vector<TableCell> row(std::size_t number) {
    const auto* line = line_of(paper_.rows[number]);
    std::vector<TableCell> cells;
    bool says_nothing = line != nullptr && line->nothing;
    for (const auto& column : form().columns) {
      if (!column.is_printed) continue;
      Run run;
      if (column.kind == ColumnKind::kNumber) {
        run.text = std::to_string(number + 1);
      } else if (column.kind == ColumnKind::kUnit) {
        run.text = paper_.rows[number].name;
      } else if (column.kind == ColumnKind::kCount && says_nothing) {
        run.text = "không phát sinh";
        says_nothing = false;
      } else if (line != nullptr && column.kind == ColumnKind::kRate) {
        run = rate_of(*line);
      } else if (line != nullptr) {
        run.text = words_in(*line, column);
      }
      cells.push_back({{std::move(run)}});
    }
    return cells;
  }

  [[nodiscard]] Run rate_of(const ReportLine& line) const {
    const auto rate = campaign::rate_of(line);
    Run run{rate.text};
    if (rate.differs) run.note = "Doanh nghiệp ghi " + rate.written + ".";
    if (!rate.is_computed && !rate.text.empty() && marks_written_) run.note = kNoDenominator;
    return run;
  }

  std::vector<TableCell> total() {
    const auto sums = sums_of(form(), report_.lines);
    std::vector<TableCell> cells;
    for (const auto& column : form().columns) {
      if (!column.is_printed) continue;
      Run run;
      run.bold = true;
      if (column.kind == ColumnKind::kUnit) run.text = "Tổng cộng";
      const auto sum = sums.find(std::string(column.id));
      if (sum != sums.end() && sum->second.of > 0) {
        run.text = vi::show_count(sum->second.sum);
        if (sum->second.of < paper_.rows.size()) {
          run.note = "Tổng của " + std::to_string(sum->second.of) + "/" +
                     std::to_string(paper_.rows.size()) + " đơn vị có số liệu.";
        }
      }
      if (column.kind == ColumnKind::kRate) run.text = rate_of_all(sums);
      cells.push_back({{std::move(run)}});
    }
    return cells;
  }

  // Only where every row has both.
  [[nodiscard]] std::string rate_of_all(const std::map<std::string, ColumnSum>& sums) const {
    const auto count = sums.find("installed");
    const auto of = sums.find("subscriptions");
    if (count == sums.end() || of == sums.end() || count->second.of < paper_.rows.size() ||
        of->second.of < paper_.rows.size()) {
      return {};
    }
    const auto rate = vi::hundredths(count->second.sum, of->second.sum);
    return rate ? vi::show_hundredths(*rate) + " %" : std::string{};
  }

  const Report& report_;
  const FormPaper& paper_;
  std::string rate_note_;
  bool marks_written_ = false;
};

Result<papers::SheetToWrite> report_sheet(Sql& sql, const Report& report) {
  const auto paper = paper_of(sql, report);
  if (!paper) return paper.error();
  return form_sheet(*paper, report.lines, report.nothing, false, provenance(report));
}

}  // namespace

Result<papers::Document> report_document(Sql& sql, const Report& report) {
  const auto paper = paper_of(sql, report);
  if (!paper) return paper.error();
  return FormPage(report, *paper).make();
}

Result<Bytes> report_pdf(Sql& sql, const Report& report) {
  const auto page = report_document(sql, report);
  if (!page) return page.error();
  return papers::print_pdf(*page);
}

Result<Bytes> report_xlsx(Sql& sql, const Report& report) {
  auto sheet = report_sheet(sql, report);
  if (!sheet) return sheet.error();
  return papers::write_xlsx({std::move(*sheet)}, report.received_at);
}

Result<Bytes> report_csv(Sql& sql, const Report& report) {
  const auto sheet = report_sheet(sql, report);
  if (!sheet) return sheet.error();
  return csv_of(*sheet);
}

}  // namespace bz::campaign
