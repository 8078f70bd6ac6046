#include <algorithm>
#include <map>

#include "campaign/form_paper.h"
#include "campaign/measures.h"
#include "campaign/print.h"
#include "campaign/report_rows.h"
#include "campaign/tasks.h"
#include "papers/pdf.h"
#include "units/units.h"
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

// More bodies than these do not stand side by side: only their sum does.
constexpr std::size_t kMostAcross = 6;

constexpr std::string_view kSims =
    "Số SIM, không phải số người: một người có thể dùng nhiều SIM. Số người cài đặt nằm giữa số "
    "của "
    "doanh nghiệp lớn nhất và tổng.";

// The figures as rows of text, whatever they are printed on.
struct Grid {
  std::string title;
  std::vector<std::string> headings;
  struct GridCell {
    std::string text = {};
    std::optional<std::int64_t> number = {};
    std::string note = {};
  };
  std::vector<std::vector<GridCell>> rows;
  std::vector<ColumnKind> kinds;
  bool has_total = false;  // the last row is one
  bool is_appendix = false;
};

struct Words {
  std::string title, column;
  std::string text;
};

// All that a consolidated report shows.
struct Content {
  Issuer issuer;
  std::string title;
  std::vector<std::string> below_title;
  std::vector<Grid> grids;
  std::vector<Words> words;  // of the form "result": whose, which column, what
};

class Making {
 public:
  Making(Sql& sql, const Consolidated& from) : sql_(sql), from_(from) {}

  Result<Content> make() {
    form_ = find_form(from_.form);
    if (form_ == nullptr) return Error{Code::kMalformed, "a consolidated report's form is none"};
    if (auto done = head(); !done) return done.error();
    if (auto done = figures(); !done) return done.error();
    if (auto done = narratives(); !done) return done.error();
    if (auto done = register_of_bodies(); !done) return done.error();
    if (auto done = sources(); !done) return done.error();
    return std::move(content_);
  }

 private:
  Result<std::string> name_of_body(const std::string& slug) {
    if (const auto known = names_.find(slug); known != names_.end()) return known->second;
    const auto body = find_body(sql_, slug);
    if (!body) {
      if (body.error().code != Code::kNotFound) return body.error();
      return slug;
    }
    return names_.emplace(slug, body->name).first->second;
  }
  Result<std::string> name_of_subject(const std::string& subject) {
    const auto key = units::key_from_text(subject);
    if (!key) return name_of_body(subject);
    if (const auto known = names_.find(subject); known != names_.end()) return known->second;
    const auto unit = units::find(sql_, *key);
    if (!unit) return unit.error();
    return names_.emplace(subject, *unit ? units::full_name(**unit) : subject).first->second;
  }

  Result<void> head() {
    const auto task = find_task(sql_, from_.task);
    if (!task) return task.error();
    content_.title = from_.title.empty() ? std::string(form_->title) : from_.title;
    content_.below_title.push_back("Kỳ báo cáo: trước " + vi::show_moment(from_.due_before));
    if (*task) {
      const auto receiver = find_body(sql_, (*task)->receiver);
      if (!receiver && receiver.error().code != Code::kNotFound) return receiver.error();
      if (receiver) {
        auto issuer = issuer_of(sql_, *receiver);
        if (!issuer) return issuer.error();
        content_.issuer = std::move(*issuer);
      }
      const auto& letter = (*task)->letter;
      if (!letter.number.empty()) {
        content_.below_title.push_back(
            "(Theo Công văn số " + letter.number +
            (letter.dated ? " ngày " + vi::show_day(*letter.dated) : "") +
            (letter.path.empty() ? "" : ", mục " + letter.path) + ")");
      }
    }
    if (from_.is_illustrative()) content_.below_title.emplace_back(kIllustrative);
    content_.below_title.push_back("Lập lúc " + vi::show_moment(from_.made_at) +
                                   " từ số liệu đã được chấp nhận.");
    return {};
  }

  Result<void> figures() {
    for (const auto& column : form_->columns) {
      if (column.measure.empty()) continue;
      const bool has_any = std::ranges::any_of(from_.values, [&](const ConsolidatedValue& value) {
        return value.measure == column.measure;
      });
      if (!has_any) continue;
      if (auto done = grid_of(column); !done) return done;
    }
    return {};
  }

  // Rows: the form's; columns: the bodies that have reported, and their sum.
  Result<void> grid_of(const Column& column) {
    std::vector<std::string> bodies, subjects;
    std::map<std::pair<std::string, std::string>, const ConsolidatedValue*> values;
    for (const auto& value : from_.values) {
      if (value.measure != column.measure) continue;
      if (std::ranges::find(subjects, value.subject) == subjects.end())
        subjects.push_back(value.subject);
      if (std::ranges::find(bodies, value.body) == bodies.end()) bodies.push_back(value.body);
      values.emplace(std::pair(value.subject, value.body), &value);
    }
    // In the order in which they were asked.
    std::ranges::sort(bodies, {}, [&](const std::string& slug) {
      return std::ranges::find(from_.bodies, slug, &ConsolidatedBody::body) - from_.bodies.begin();
    });
    const auto* measure = find_measure(column.measure);
    const bool is_own = form_->rows == RowsRule::kBody;
    const bool is_across = !is_own && bodies.size() <= kMostAcross;
    const bool has_sum = measure != nullptr && measure->is_summable && !is_own;

    Grid grid;
    grid.title = column.words;
    grid.headings = {"Stt", is_own ? "Tên cơ quan, đơn vị" : "Tên huyện/thị/thành phố"};
    grid.kinds = {ColumnKind::kNumber, ColumnKind::kUnit};
    const auto add_column = [&](std::string heading) {
      grid.headings.push_back(std::move(heading));
      grid.kinds.push_back(ColumnKind::kCount);
    };
    if (is_own) add_column(std::string(column.words));
    for (const auto& body : bodies) {
      if (!is_across) break;
      const auto name = name_of_body(body);
      if (!name) return name.error();
      add_column(*name);
    }
    if (has_sum) {
      const bool is_sim = measure->one == One::kSim;
      add_column(is_sim ? "Tổng (SIM)" : "Tổng");
    }
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      const auto name = name_of_subject(subjects[i]);
      if (!name) return name.error();
      auto& row = grid.rows.emplace_back();
      row.push_back({std::to_string(i + 1)});
      row.push_back({*name});
      for (const auto& body : bodies) {
        if (is_own && body != bodies.front()) break;
        if (!is_own && !is_across) break;
        const auto found =
            is_own ? own_value(values, subjects[i]) : values.find(std::pair(subjects[i], body));
        row.push_back(found == values.end() ? Grid::GridCell{"–"} : value_cell(*found->second));
      }
      if (has_sum) row.push_back(sum_cell(subjects[i], column.measure));
    }
    if (has_sum) total(grid, bodies, is_across, column);
    content_.grids.push_back(std::move(grid));
    return {};
  }

  template <class Values>
  static typename Values::const_iterator own_value(const Values& values,
                                                   const std::string& subject) {
    const auto found = values.lower_bound(std::pair(subject, std::string{}));
    return found != values.end() && found->first.first == subject ? found : values.end();
  }

  static Grid::GridCell value_cell(const ConsolidatedValue& value) {
    Grid::GridCell cell{vi::show_count(value.value), value.value, {}};
    if (value.precision == Precision::kAbout) cell.note = "Số ước lượng.";
    if (value.precision == Precision::kRounded) cell.note = "Số làm tròn.";
    if (value.precision == Precision::kLowerBound) cell.note = "Ít nhất là số này.";
    if (value.is_illustrative) cell.note = kIllustrative;
    if (value.corrected_since) cell.note = "Đã được sửa sau khi lập báo cáo này.";
    return cell;
  }

  Grid::GridCell sum_cell(std::string_view subject, std::string_view measure) {
    const auto sum = std::ranges::find_if(from_.sums, [&](const ConsolidatedSum& one) {
      return one.subject == subject && one.measure == measure;
    });
    if (sum == from_.sums.end()) return {"–"};
    Grid::GridCell cell{vi::show_count(sum->sum), sum->sum, {}};
    const auto* known = find_measure(measure);
    const auto asked = static_cast<int>(from_.bodies.size());
    const bool is_whole = subject.empty();
    if (!is_whole && sum->of < asked) {
      cell.note = "Tổng của " + std::to_string(sum->of) + "/" + std::to_string(asked) +
                  " đơn vị được giao báo cáo.";
    } else if (is_whole && known != nullptr && known->one == One::kSim) {
      cell.note = kSims;
    }
    return cell;
  }

  void total(Grid& grid, const std::vector<std::string>& bodies, bool is_across,
             const Column& column) {
    auto& row = grid.rows.emplace_back();
    row.push_back({});
    row.push_back({"Tổng cộng"});
    for (const auto& body : bodies) {
      if (!is_across) break;
      std::int64_t sum = 0;
      for (const auto& value : from_.values) {
        if (value.body == body && value.measure == column.measure) sum += value.value;
      }
      row.push_back({vi::show_count(sum), sum, {}});
    }
    row.push_back(sum_cell("", column.measure));
    grid.has_total = true;
  }

  // What accepted reports say in words.
  Result<void> narratives() {
    for (const auto& body : from_.bodies) {
      if (!body.is_accepted || !body.report) continue;
      const auto report = find_report(sql_, *body.report);
      if (!report) return report.error();
      if (!*report) continue;
      const auto name = name_of_body(body.body);
      if (!name) return name.error();
      for (const auto& line : (*report)->lines) {
        for (const auto& column : form_->columns) {
          if (column.kind != ColumnKind::kText || column.id == form_->note_column) continue;
          auto text = words_in(line, column);
          if (!text.empty())
            content_.words.push_back({*name, std::string(column.words), std::move(text)});
        }
      }
    }
    return {};
  }

  Result<void> register_of_bodies() {
    Grid grid;
    grid.title = "Tình hình gửi báo cáo";
    grid.headings = {"Stt",  "Tên cơ quan, đơn vị", "Tình trạng", "Thiếu hoặc chậm", "Chậm",
                     "Duyệt"};
    grid.kinds = {ColumnKind::kNumber, ColumnKind::kUnit, ColumnKind::kText,
                  ColumnKind::kText,   ColumnKind::kText, ColumnKind::kText};
    std::size_t number = 0;
    for (const auto& body : from_.bodies) {
      const auto name = name_of_body(body.body);
      if (!name) return name.error();
      const auto late =
          body.late_by
              ? std::to_string(std::chrono::floor<std::chrono::minutes>(*body.late_by).count()) +
                    " phút"
              : std::string{};
      grid.rows.push_back({{std::to_string(++number)},
                           {*name},
                           {state_of(body)},
                           {legs_words(body.lacking)},
                           {late},
                           {body.is_accepted ? "đã chấp nhận"
                            : body.report    ? "chưa chấp nhận, không cộng"
                                             : ""}});
    }
    content_.grids.push_back(std::move(grid));
    return {};
  }

  // Missing may be one of two ways of sending only.
  static std::string state_of(const ConsolidatedBody& body) {
    if (body.status == DueStatus::kMissing && body.report) return "chưa đủ";
    return std::string(words_for(body.status));
  }

  // From each value the way back.
  Result<void> sources() {
    for (const auto& column : form_->columns) {
      if (column.measure.empty()) continue;
      auto grid = empty_appendix(std::string(column.measure));
      for (const auto& value : from_.values) {
        if (value.measure != column.measure) continue;
        const auto subject = name_of_subject(value.subject);
        const auto body = name_of_body(value.body);
        if (!subject) return subject.error();
        if (!body) return body.error();
        grid.rows.push_back(
            {{*subject},
             {*body},
             {vi::show_count(value.value), value.value, {}},
             {to_text(value.figure)},
             {value.receipt.empty() ? "" : value.receipt + "/" + std::to_string(value.line)}});
      }
      if (!grid.rows.empty()) content_.grids.push_back(std::move(grid));
    }
    return {};
  }

  static Grid empty_appendix(const std::string& code) {
    const auto* measure = find_measure(code);
    Grid grid;
    grid.is_appendix = true;
    grid.title = "Phụ lục: nguồn của từng số (" +
                 (measure == nullptr ? code : std::string(measure->name)) + ")";
    grid.headings = {"Đơn vị", "Cơ quan báo cáo", "Số", "Mã số liệu", "Biên nhận/dòng"};
    grid.kinds = {ColumnKind::kUnit, ColumnKind::kUnit, ColumnKind::kCount, ColumnKind::kText,
                  ColumnKind::kText};
    return grid;
  }

  Sql& sql_;
  const Consolidated& from_;
  const Form* form_ = nullptr;
  std::map<std::string, std::string> names_;
  Content content_;
};

papers::TableColumn width_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kNumber: return {0.7, Align::kCentre};
    case ColumnKind::kUnit: return {3, Align::kLeft};
    case ColumnKind::kCount: return {1.8, Align::kRight};
    default: return {2.6, Align::kLeft};
  }
}

Table table_of(const Grid& grid) {
  Table table;
  auto& header = table.header.emplace_back();
  for (std::size_t i = 0; i < grid.headings.size(); ++i) {
    table.columns.push_back(width_of(grid.kinds[i]));
    header.push_back({{Run{grid.headings[i], true}}});
  }
  for (std::size_t at = 0; at < grid.rows.size(); ++at) {
    const bool is_total = grid.has_total && at + 1 == grid.rows.size();
    auto& row = table.rows.emplace_back();
    for (const auto& cell : grid.rows[at])
      row.push_back({{Run{cell.text, is_total, false, cell.note}}});
  }
  return table;
}

Paragraph heading(std::string text, Align align, double after) {
  Paragraph made{{{std::move(text), true}}, align};
  made.space_after = after;
  made.with_next = true;
  return made;
}

papers::LookedCell looked(std::string text, bool bold = false) {
  return {papers::text_cell(std::move(text)), {.bold = bold}};
}

papers::SheetToWrite sheet_of(const Content& content) {
  papers::SheetToWrite sheet;
  sheet.name = "Tổng hợp";
  sheet.landscape = true;
  sheet.column_widths = {24, 30, 20, 20, 20, 24};
  sheet.rows.push_back({looked(content.issuer.name, true)});
  sheet.rows.push_back({looked(content.title, true)});
  for (const auto& line : content.below_title) sheet.rows.push_back({looked(line)});
  for (const auto& grid : content.grids) {
    sheet.rows.emplace_back();
    sheet.rows.push_back({looked(grid.title, true)});
    auto& header = sheet.rows.emplace_back();
    for (const auto& text : grid.headings)
      header.push_back({papers::text_cell(text), {.bold = true, .boxed = true, .wrapped = true}});
    std::vector<std::string> notes;
    for (const auto& from : grid.rows) {
      auto& row = sheet.rows.emplace_back();
      for (const auto& cell : from) {
        const papers::Look look{.boxed = true, .grouped = cell.number.has_value()};
        row.push_back(
            {cell.number ? papers::number_cell(*cell.number) : papers::text_cell(cell.text), look});
        if (!cell.note.empty() && std::ranges::find(notes, cell.note) == notes.end())
          notes.push_back(cell.note);
      }
    }
    for (const auto& note : notes) sheet.rows.push_back({looked(note)});
  }
  for (const auto& one : content.words) {
    sheet.rows.emplace_back();
    sheet.rows.push_back({looked(one.title, true), looked(one.column, true)});
    sheet.rows.push_back({looked(one.text)});
  }
  return sheet;
}

}  // namespace

Result<papers::Document> consolidated_document(Sql& sql, const Consolidated& consolidated) {
  const auto content = Making(sql, consolidated).make();
  if (!content) return content.error();
  papers::Document page;
  page.title = content->title;
  page.made = consolidated.made_at;
  page.blocks.emplace_back(paper_head(content->issuer));
  page.blocks.emplace_back(heading("BÁO CÁO TỔNG HỢP", Align::kCentre, 0.7));
  page.blocks.emplace_back(heading(content->title, Align::kCentre, 0.7));
  for (const auto& line : content->below_title) {
    Paragraph made{{{line, line == kIllustrative, line != kIllustrative}}, Align::kCentre};
    made.space_after = &line == &content->below_title.back() ? 4 : 0.7;
    page.blocks.emplace_back(std::move(made));
  }
  for (const auto& one : content->words) {
    page.blocks.emplace_back(heading(one.title + " – " + one.column, Align::kLeft, 1));
    Paragraph text{{{one.text}}, Align::kBoth};
    text.first_line = 10;
    page.blocks.emplace_back(std::move(text));
  }
  for (const auto& grid : content->grids) {
    auto title = heading(grid.title, Align::kLeft, 1.5);
    page.blocks.emplace_back(std::move(title));
    auto table = table_of(grid);
    page.landscape = page.landscape || table.columns.size() > 7;
    if (grid.is_appendix) table.size = 10;
    page.blocks.emplace_back(std::move(table));
  }
  return page;
}

Result<Bytes> consolidated_pdf(Sql& sql, const Consolidated& consolidated) {
  const auto page = consolidated_document(sql, consolidated);
  if (!page) return page.error();
  return papers::print_pdf(*page);
}

Result<Bytes> consolidated_xlsx(Sql& sql, const Consolidated& consolidated) {
  const auto content = Making(sql, consolidated).make();
  if (!content) return content.error();
  return papers::write_xlsx({sheet_of(*content)}, consolidated.made_at);
}

Result<Bytes> consolidated_csv(Sql& sql, const Consolidated& consolidated) {
  const auto content = Making(sql, consolidated).make();
  if (!content) return content.error();
  return csv_of(sheet_of(*content));
}

}  // namespace bz::campaign
