#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "campaign/entry.h"
#include "campaign/entry_cells.h"
#include "campaign/entry_headings.h"
#include "papers/csv.h"
#include "papers/says.h"
#include "papers/xlsx.h"
#include "vi/number.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using papers::Cell;
using papers::Sheet;

constexpr std::size_t kMostFreeCells = 20'000;  // that are looked at outside the table

// "1. Phước Long" is Phước Long.
std::string_view without_number(std::string_view words) {
  const auto digits = words.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos || digits > 3) return words;
  if ((words[digits] != '.' && words[digits] != ')') || digits + 1 == words.size()) return words;
  const auto name = words.find_first_not_of(' ', digits + 1);
  return name == std::string_view::npos ? words : words.substr(name);
}

// "Tổng cộng", "TỔNG", "Toàn tỉnh", "Tổng số máy".
bool is_total(std::string_view words) {
  const auto spelled = vi::same_spelling(words);
  const auto folded = vi::fold(words);
  constexpr std::array<std::string_view, 8> kWhole{"tong",      "tong cong", "tong so", "cong",
                                                   "toan tinh", "ca tinh",   "total",   "sum"};
  return std::ranges::find(kWhole, folded) != kWhole.end() || spelled.starts_with("tổng cộng ") ||
         spelled.starts_with("tổng số ");
}

// A row "(1) (2) (3)" under the headings.
bool numbers_the_columns(const Sheet& sheet, std::size_t row, const Places& places) {
  int seen = 0;
  for (const auto& place : places) {
    if (!place) continue;
    auto words = words_of(papers::cell_at(sheet, row, *place));
    std::erase_if(words, [](char c) { return c == '(' || c == ')'; });
    if (words.empty()) continue;
    if (words.size() > 2 || words != std::to_string(*place + 1)) return false;
    ++seen;
  }
  return seen >= 3;
}

bool names_dues(std::string_view words) {
  return vi::fold(words.substr(0, 40)).starts_with("ki bao cao");
}
// What the cell says, and those behind it.
std::string due_line(const std::vector<Cell>& cells, std::size_t at) {
  auto text = words_of(cells[at]);
  for (auto next = at + 1; next < cells.size(); ++next) text += "; " + words_of(cells[next]);
  return text;
}

class Table {
 public:
  Table(const Sheet& sheet, const SheetReading& reading) : sheet_(sheet), reading_(reading) {}

  Result<Entry> read() {
    auto headings = find_headings(form(), sheet_);
    std::size_t first = 0;
    if (headings) {
      places_ = std::move(headings->places);
      first = headings->last_row + 1;
      for (auto& one : headings->faults) add(std::move(one));
      if (auto done = titles(headings->first_row); !done) return done.error();
      for (const auto column : headings->unknown) unknown_column(first, column);
    } else if (reading_.pasted) {
      const auto places = places_on_paper(form(), sheet_);
      if (places) places_ = *places;
    }
    entry_.has_header = !places_.empty();
    if (places_.empty()) {
      if (auto done = titles(sheet_.rows.size()); !done) return done.error();
      entry_.nothing = says_nothing_;
      if (!entry_.nothing) no_headings();
      return std::move(entry_);
    }
    find_merged(first);
    for (std::size_t row = first; row < sheet_.rows.size() && !is_full_; ++row) {
      if (auto done = take(row); !done) return done.error();
    }
    end();
    return std::move(entry_);
  }

 private:
  [[nodiscard]] const Form& form() const { return reading_.form; }
  [[nodiscard]] const Cell& cell(std::size_t row, std::size_t column) const {
    return papers::cell_at(sheet_, row, column);
  }
  [[nodiscard]] std::optional<std::size_t> place_of(ColumnKind kind) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (form().columns[i].kind == kind) return places_[i];
    }
    return std::nullopt;
  }
  // Counts and rates.
  [[nodiscard]] bool holds_number(std::size_t row) const {
    return any_count(row, [](const Cell& one) { return begins_as_number(one); });
  }
  template <class Holds>
  [[nodiscard]] bool any_count(std::size_t row, Holds holds) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto kind = form().columns[i].kind;
      if (!places_[i] || (kind != ColumnKind::kCount && kind != ColumnKind::kRate)) continue;
      if (holds(cell(row, *places_[i]))) return true;
    }
    return false;
  }

  void add(Fault fault) {
    if (entry_.faults.size() < kMostFaults) entry_.faults.push_back(std::move(fault));
  }
  void remark(Fault fault) {
    if (entry_.remarks.size() < kMostFaults) entry_.remarks.push_back(std::move(fault));
  }

  void no_headings() {
    std::string words;
    for (const auto& column : form().columns) {
      if (column.is_needed)
        words += (words.empty() ? "“" : ", “") + std::string(column.words) + "”";
    }
    add(fault_at("", "Không tìm thấy dòng tiêu đề của biểu mẫu.",
                 "The row of the form's headings is not there.",
                 "Để một dòng có các tiêu đề " + words + "; hoặc dùng tệp mẫu.",
                 "Keep a row with the headings " + words + ", or use the template."));
  }

  void unknown_column(std::size_t first, std::size_t column) {
    for (std::size_t row = first; row < sheet_.rows.size(); ++row) {
      if (cell(row, column).kind == Cell::Kind::kEmpty) continue;
      remark(fault_at(papers::cell_name(first - 1, column),
                      "Biểu mẫu không có cột này; cột không được đọc.",
                      "The form has no such column; it is not read.",
                      "Nếu cần, sửa tiêu đề như trong biểu mẫu.",
                      "If it matters, give it the form's heading."));
      return;
    }
  }

  // What lies above the table, or anywhere where there is none.
  Result<void> titles(std::size_t until) {
    for (std::size_t row = 0; row < until && row < sheet_.rows.size(); ++row) {
      if (auto done = free_text(row); !done) return done;
    }
    return {};
  }

  // A row that is none of the table: it may name dues, or say that there is nothing to report.
  Result<void> free_text(std::size_t row) {
    const auto& cells = sheet_.rows[row].cells;
    for (std::size_t at = 0; at < cells.size(); ++at) {
      if (cells[at].kind != Cell::Kind::kText || ++free_cells_ > kMostFreeCells) continue;
      const auto words = words_of(cells[at]);
      says_nothing_ = says_nothing_ || says_nothing(words);
      if (!reading_.dues || !names_dues(words)) continue;
      return reading_.dues(due_line(cells, at), papers::cell_name(row, at), entry_);
    }
    return {};
  }

  // Cells that several rows share: no number of any one of them.
  void find_merged(std::size_t first) {
    for (const auto& range : sheet_.merged) {
      if (range.first_row == range.last_row || range.last_row < first) continue;
      for (std::size_t i = 0; i < places_.size(); ++i) {
        if (!places_[i] || *places_[i] < range.first_column || *places_[i] > range.last_column)
          continue;
        const auto kind = form().columns[i].kind;
        if (kind != ColumnKind::kCount && kind != ColumnKind::kUnit) continue;
        const auto name = papers::cell_name(range.first_row, range.first_column);
        if (cell(range.first_row, range.first_column).kind == Cell::Kind::kEmpty) continue;
        if (range.first_row < first) continue;  // a heading
        add(fault_at(name, "Ô này gộp nhiều dòng: không rõ số của từng dòng.",
                     "This cell is merged over several rows: whose number is it?",
                     "Bỏ gộp ô, mỗi dòng ghi một số.", "Unmerge it: a number for each row."));
        break;
      }
    }
  }

  Result<void> take(std::size_t row) {
    if (is_blank(row)) {
      has_gap_ = has_gap_ || !entry_.lines.empty();
      return free_text(row);
    }
    if (++seen_ > kMostEntryRows) {
      is_full_ = true;
      add(fault_at(papers::cell_name(row, 0), "Bảng có hơn 2.000 dòng.",
                   "The table has over 2,000 rows.", "Chỉ để các dòng của biểu mẫu.",
                   "Keep the form's rows only."));
      return {};
    }
    if (is_heading_again(form(), sheet_, row, places_) ||
        (entry_.lines.empty() && numbers_the_columns(sheet_, row, places_))) {
      return {};
    }
    if (total_in(row)) {
      totals_.push_back(row);
      has_gap_ = true;
      return {};
    }
    return row_of_table(row);
  }

  [[nodiscard]] bool is_blank(std::size_t row) const {
    return std::ranges::none_of(places_, [&](const auto& place) {
      return place && cell(row, *place).kind != Cell::Kind::kEmpty;
    });
  }

  // Its word may stand under the name, or left of it in a merged cell.
  [[nodiscard]] bool total_in(std::size_t row) const {
    const auto unit = place_of(ColumnKind::kUnit);
    if (!unit) return false;
    for (std::size_t at = 0; at <= *unit; ++at) {
      const auto& one = cell(row, at);
      if (one.kind == Cell::Kind::kText && is_total(words_of(one))) return true;
    }
    return false;
  }

  Result<void> row_of_table(std::size_t row) {
    const auto unit = place_of(ColumnKind::kUnit);
    const auto words = unit ? words_of(cell(row, *unit)) : std::string{};
    const auto at = papers::cell_name(row, unit.value_or(0));
    const bool holds = holds_number(row);
    if (words.empty() && form().rows == RowsRule::kDistricts) {
      if (!holds) return free_text(row);
      add(fault_at(at, "Dòng này có số mà không có tên.", "The row has a number and no name.",
                   "Ghi tên hoặc mã đơn vị.", "Write the unit's name or code."));
      return {};
    }
    const auto name = without_number(words);
    const auto named = reading_.who(name);
    if (!named) return named.error();
    if (named->is_sure) {
      take_line(row, named->candidates.front(), at);
    } else if (!named->candidates.empty()) {
      doubt(at, *named);
    } else if (holds || (!has_gap_ && any_count(row, [](const Cell& one) {
                 return one.kind != Cell::Kind::kEmpty;
               }))) {
      unknown_name(at);
    } else {
      if (!has_gap_) {
        remark(fault_at(at, "Dòng này không có số và không phải là đơn vị của biểu mẫu; đã bỏ qua.",
                        "The row has no number and is no unit of the form; it was left out.", "",
                        ""));
      }
      return free_text(row);
    }
    return {};
  }

  void doubt(const std::string& at, const Named& named) {
    std::string names, codes;
    for (const auto& candidate : named.candidates) {
      names += (names.empty() ? "" : ", ") + candidate.name + " (" + candidate.code + ")";
      codes += (codes.empty() ? "" : ", ") + candidate.code;
    }
    is_sum_known_ = false;
    add(fault_at(at, "Tên này có thể là: " + names + ".", "This name may mean: " + names + ".",
                 "Ghi đủ loại và tên, hoặc ghi mã (" + codes + ").",
                 "Write its type and name, or its code (" + codes + ")."));
  }

  void unknown_name(const std::string& at) {
    const std::string where(reading_.province);
    is_sum_known_ = false;
    if (form().rows == RowsRule::kDistricts) {
      add(fault_at(at, where + " không có đơn vị nào tên hoặc mã như vậy.",
                   where + " has no unit of that name or code.",
                   "Ghi tên hoặc mã như trong biểu mẫu trống.",
                   "Write its name or code as the empty form has it."));
      return;
    }
    add(fault_at(at, "Đây không phải là tên cơ quan gửi báo cáo.",
                 "This is not the name of the body that reports.",
                 "Ghi tên cơ quan như đã đăng ký.", "Write the body's name as it was registered."));
  }

  void take_line(std::size_t row, const FormRow& who, const std::string& at) {
    const auto before = rows_.find(who.subject);
    if (before != rows_.end()) {
      is_sum_known_ = false;
      add(fault_at(at, "Đơn vị này đã có ở dòng " + std::to_string(before->second + 1) + ".",
                   "This unit stands in row " + std::to_string(before->second + 1) + " already.",
                   "Giữ lại một dòng.", "Keep one of them."));
      return;
    }
    rows_.emplace(who.subject, row);
    Line line{who.subject, {}, false, "dòng " + std::to_string(row + 1)};
    std::string nothing_at;
    bool has_count = false;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i]) continue;
      const auto& column = form().columns[i];
      auto read = read_cell(column, cell(row, *places_[i]), papers::cell_name(row, *places_[i]),
                            reading_.day);
      if (read.fault) {
        if (column.kind == ColumnKind::kCount) unsummed_.insert(i);
        add(std::move(*read.fault));
      }
      if (read.nothing && nothing_at.empty()) nothing_at = papers::cell_name(row, *places_[i]);
      if (!read.value) continue;
      if (column.kind == ColumnKind::kCount) {
        sums_[i] += *read.value->number;
        has_count = true;
      }
      line.values.push_back(std::move(*read.value));
    }
    keep(std::move(line), nothing_at, has_count);
  }

  void keep(Line line, const std::string& nothing_at, bool has_count) {
    line.nothing = !nothing_at.empty();
    if (!line.nothing && !has_count) {
      // "Không phát sinh" may stand in the note.
      for (const auto& value : line.values) {
        if (value.column == form().note_column && says_nothing(value.words)) line.nothing = true;
      }
    }
    if (!nothing_at.empty() && has_count) {
      add(fault_at(nothing_at, "Dòng ghi “không phát sinh” mà vẫn có số.",
                   "The row says nothing to report, and has a number.", "Bỏ một trong hai.",
                   "Leave out one of the two."));
    }
    if (line.nothing || !line.values.empty()) entry_.lines.push_back(std::move(line));
  }

  void end() {
    for (const auto row : totals_) check_total(row);
    entry_.nothing = says_nothing_ && entry_.lines.empty();
    const bool is_empty = entry_.lines.empty() && !entry_.nothing && entry_.faults.empty();
    if (!is_empty) return;
    add(fault_at("", "Biểu mẫu chưa có số liệu nào.", "Nothing has been filled in.",
                 "Điền số; nếu không có gì thì ghi “không phát sinh”.",
                 "Fill it in; where there is nothing to report, write “không phát sinh”."));
  }

  void check_total(std::size_t row) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto& column = form().columns[i];
      if (!places_[i] || column.kind != ColumnKind::kCount) continue;
      const auto name = papers::cell_name(row, *places_[i]);
      auto read = read_cell(column, cell(row, *places_[i]), name, reading_.day);
      if (read.fault) add(std::move(*read.fault));
      if (!read.value || unsummed_.contains(i) || !is_sum_known_) continue;
      const auto total = *read.value->number;
      if (total == sums_[i]) continue;
      const auto sum = sums_[i];
      constexpr auto kEnglish = vi::Language::kEnglish;
      add(fault_at(name,
                   "Tổng ghi là " + vi::show_count(total) + ", cộng các dòng là " +
                       vi::show_count(sum) + ".",
                   "The total says " + vi::show_count(total, kEnglish) + ", the rows add up to " +
                       vi::show_count(sum, kEnglish) + ".",
                   "Sửa dòng sai, hoặc sửa tổng.", "Mend the row that is wrong, or the total."));
    }
  }

  const Sheet& sheet_;
  const SheetReading& reading_;
  Entry entry_;
  Places places_;
  std::map<std::string, std::size_t> rows_;   // where each subject stands
  std::map<std::size_t, std::int64_t> sums_;  // by column
  std::set<std::size_t> unsummed_;            // columns of which some cell could not be read
  bool is_sum_known_ = true;                  // every row's unit was found
  std::vector<std::size_t> totals_;
  std::size_t seen_ = 0;
  std::size_t free_cells_ = 0;
  bool has_gap_ = false;  // an empty row or the total lies behind: signatures may follow
  bool says_nothing_ = false;
  bool is_full_ = false;
};

Fault unreadable(const Error& error) {
  const auto says = papers::two_languages(error);
  const auto split = [](const std::string& text, const char* otherwise) {
    const auto stop = text.find(". ");
    if (stop == std::string::npos) return std::pair(text, std::string(otherwise));
    return std::pair(text.substr(0, stop + 1), text.substr(stop + 2));
  };
  const auto [vi, todo] = split(says.vietnamese, "Sửa tệp rồi gửi lại.");
  const auto [en, todo_en] = split(says.english, "Mend the file and send it again.");
  return fault_at("", vi, en, todo, todo_en);
}

// "Phước Long: 9.210", "Phước Long 9.210": one column that is two.
void part_names_from_numbers(Sheet& sheet) {
  if (std::ranges::any_of(sheet.rows, [](const auto& row) { return row.cells.size() > 1; })) return;
  for (auto& row : sheet.rows) {
    if (row.cells.empty()) continue;
    const auto words = words_of(row.cells.front());
    auto at = words.rfind(':');
    if (at == std::string::npos) at = words.rfind(' ');
    if (at == std::string::npos || at == 0 || at + 1 == words.size()) continue;
    const auto number = papers::text_cell(vi::normal(words.substr(at + 1)).value_or(""));
    if (!begins_as_number(number)) continue;
    row.cells = {papers::text_cell(words.substr(0, at)), number};
  }
}

}  // namespace

Result<Entry> read_sheet(const Sheet& sheet, const SheetReading& reading) {
  return Table(sheet, reading).read();
}

Result<Entry> read_workbook(const papers::Workbook& workbook, const SheetReading& reading) {
  std::optional<Entry> found;
  std::optional<Entry> other;
  for (const auto& sheet : workbook.sheets) {
    if (sheet.hidden || sheet.rows.empty()) continue;
    auto entry = read_sheet(sheet, reading);
    if (!entry) return entry;
    const bool has_any = entry->has_header && (!entry->lines.empty() || entry->nothing);
    if (has_any && found) {
      found->faults.push_back(fault_at("", "Tệp có nhiều trang tính đã điền biểu mẫu này.",
                                       "Several sheets of the file hold this form.",
                                       "Giữ lại một trang tính.", "Keep one of them."));
      return *found;
    }
    if (has_any)
      found = std::move(*entry);
    else if (!other || (!other->has_header && entry->has_header))
      other = std::move(*entry);
  }
  if (found) return std::move(*found);
  if (other) return std::move(*other);
  Entry entry;
  entry.faults.push_back(fault_at("", "Tệp không có gì.", "The file is empty.", "Gửi tệp đã điền.",
                                  "Send a filled one."));
  return entry;
}

// A number of which the end is missing is a number, too.
Fault cut_short(const Sheet& sheet) {
  const auto row = sheet.rows.size() - 1;
  return fault_at(papers::cell_name(row, sheet.rows[row].cells.size() - 1),
                  "Tệp hết ở giữa dòng này: có thể đã bị cắt.",
                  "The file ends within this row: it may have been cut short.",
                  "Gửi lại cả tệp; nếu tệp đủ, thêm dấu xuống dòng ở cuối.",
                  "Send the whole file; if it is whole, end its last line.");
}

Opened open_file(ByteView file) {
  const auto begins = [&](std::string_view with) { return as_text(file).starts_with(with); };
  Opened opened;
  // A zip archive, or the container of an old Excel file, which is refused with its own sentence.
  if (begins("PK") || begins("\xD0\xCF\x11\xE0")) {
    auto workbook = papers::read_xlsx(file);
    if (workbook)
      opened.workbook = std::move(*workbook);
    else
      opened.fault = unreadable(workbook.error());
    return opened;
  }
  auto csv = papers::read_csv(file);
  if (!csv)
    opened.fault = unreadable(csv.error());
  else if (csv->may_be_cut)
    opened.fault = cut_short(csv->sheet);
  else
    opened.workbook.sheets.push_back(std::move(csv->sheet));
  return opened;
}

Opened open_pasted(std::string_view text) {
  Opened opened;
  opened.pasted = true;
  auto csv = papers::read_csv(as_bytes(text));
  if (!csv) {
    opened.fault = unreadable(csv.error());
    return opened;
  }
  part_names_from_numbers(csv->sheet);
  opened.workbook.sheets.push_back(std::move(csv->sheet));
  return opened;
}

std::vector<std::string> due_lines(const Opened& opened) {
  std::vector<std::string> lines;
  std::size_t looked_at = 0;
  for (const auto& sheet : opened.workbook.sheets) {
    for (const auto& row : sheet.rows) {
      if (sheet.hidden || lines.size() == kMostDuesNamed) break;
      for (std::size_t at = 0; at < row.cells.size(); ++at) {
        if (row.cells[at].kind != Cell::Kind::kText || ++looked_at > kMostFreeCells ||
            !names_dues(words_of(row.cells[at])))
          continue;
        lines.push_back(due_line(row.cells, at));
        break;
      }
    }
  }
  return lines;
}

Result<Entry> read_opened(const Opened& opened, const SheetReading& reading) {
  if (opened.fault) {
    Entry entry;
    entry.faults.push_back(*opened.fault);
    return entry;
  }
  if (!opened.pasted) return read_workbook(opened.workbook, reading);
  auto pasted = reading;
  pasted.pasted = true;
  return read_sheet(opened.workbook.sheets.front(), pasted);
}

Result<Entry> read_bytes(ByteView file, const SheetReading& reading) {
  return read_opened(open_file(file), reading);
}

Result<Entry> read_text(std::string_view text, const SheetReading& reading) {
  return read_opened(open_pasted(text), reading);
}

}  // namespace bz::campaign
