#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/file.h"
#include "base/temp_folder.h"
#include "base/utf8.h"
#include "papers/excel_values.h"
#include "papers/merged.h"
#include "papers/says.h"
#include "papers/xlsx.h"
#include "papers/xlsx_parts.h"

namespace bz::papers {
namespace {

constexpr std::size_t kMostWritten = 200'000'000;  // bytes; far over what kMostCells come to
constexpr unsigned kMostDecimals = 9;

Error invalid(std::string what) {
  return {Code::kInvalid, "xlsx: " + std::move(what)};
}

bool is_sheet_name(const std::string& name) {
  return is_utf8(name) && !name.empty() && characters(name) <= 31 &&
         name.find_first_of("[]:*?/\\") == std::string::npos && name.front() != '\'' &&
         name.back() != '\'' &&
         std::none_of(name.begin(), name.end(), [](char c) { return c >= 0 && c < 0x20; });
}

bool can_be_written(std::string_view text) {
  return is_utf8(text) && characters(text) <= kMostCharacters &&
         text.find('\0') == std::string_view::npos &&
         text.find("\xEF\xBF\xBE") == std::string_view::npos &&  // U+FFFE, U+FFFF: not in XML
         text.find("\xEF\xBF\xBF") == std::string_view::npos;
}

// The number format of a cell, as Excel writes it.
std::string number_format(const Cell& cell, const Look& look) {
  if (cell.kind == Cell::Kind::kText) return "@";
  if (cell.kind == Cell::Kind::kDate) {
    const auto serial = serial_of_date(cell.text);
    if (!serial || !serial->format.time) return "dd/mm/yyyy";
    return serial->format.day ? "dd/mm/yyyy hh:mm:ss" : "hh:mm:ss";
  }
  std::string code = look.grouped ? "#,##0" : "0";
  const unsigned decimals = look.decimals.value_or(cell.percent ? 2 : 0);
  if (decimals > 0) code += "." + std::string(decimals, '0');
  if (cell.percent) return code + "%";
  return look.grouped || look.decimals ? code : "General";
}

// A workbook on its way to a file. libxlsxwriter owns what it makes until it is closed.
class Writer {
 public:
  Writer(const std::string& path, Instant made) : workbook_(workbook_new(path.c_str())) {
    if (workbook_ == nullptr) return;
    lxw_doc_properties properties{};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(made).time_since_epoch().count();
    properties.created =
        static_cast<time_t>(std::max<std::int64_t>(1, seconds));  // 0: by its clock
    workbook_set_properties(workbook_, &properties);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { (void)close(); }

  Result<void> add(const SheetToWrite& sheet) {
    if (workbook_ == nullptr) return Error{Code::kUnavailable, "xlsx: out of memory"};
    auto* out = workbook_add_worksheet(workbook_, sheet.name.c_str());
    if (out == nullptr) return invalid("a sheet's name that Excel does not take");
    set_up(out, sheet);
    // Merges first: they write their first cell too, which is then written over.
    for (const auto& range : sheet.merged) {
      if (auto fine = merge(out, sheet, range); !fine) return fine;
    }
    for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
      for (std::size_t column = 0; column < sheet.rows[row].size(); ++column) {
        if (auto fine = write(out, row, column, sheet.rows[row][column]); !fine) return fine;
      }
    }
    return {};
  }

  Result<void> close() {
    if (workbook_ == nullptr) return {};
    const auto status = workbook_close(workbook_);
    workbook_ = nullptr;
    if (status == LXW_NO_ERROR) return {};
    return Error{Code::kUnavailable, "xlsx: the file cannot be written; is the disk full?"};
  }

 private:
  void set_up(lxw_worksheet* out, const SheetToWrite& sheet) {
    worksheet_set_paper(out, 9);  // A4
    if (sheet.landscape) worksheet_set_landscape(out);
    worksheet_fit_to_pages(out, 1, 0);
    for (std::size_t i = 0; i < sheet.column_widths.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      if (sheet.column_widths[i] > 0)
        worksheet_set_column(out, column, column, sheet.column_widths[i], nullptr);
    }
    if (sheet.header_rows > 0) {
      const auto rows = static_cast<lxw_row_t>(sheet.header_rows);
      worksheet_freeze_panes(out, rows, 0);
      worksheet_repeat_rows(out, 0, rows - 1);
    }
    if (sheet.locked) worksheet_protect(out, nullptr, nullptr);
  }

  Result<void> merge(lxw_worksheet* out, const SheetToWrite& sheet, const CellRange& range) {
    LookedCell first;
    if (range.first_row < sheet.rows.size() &&
        range.first_column < sheet.rows[range.first_row].size())
      first = sheet.rows[range.first_row][range.first_column];
    const auto status = worksheet_merge_range(
        out, static_cast<lxw_row_t>(range.first_row), static_cast<lxw_col_t>(range.first_column),
        static_cast<lxw_row_t>(range.last_row), static_cast<lxw_col_t>(range.last_column), "",
        format(first.cell, first.look));
    if (status != LXW_NO_ERROR) return invalid("a merged range that Excel does not take");
    return {};
  }

  Result<void> write(lxw_worksheet* out, std::size_t at_row, std::size_t at_column,
                     const LookedCell& looked) {
    const auto row = static_cast<lxw_row_t>(at_row);
    const auto column = static_cast<lxw_col_t>(at_column);
    const auto& cell = looked.cell;
    if (cell.covered) return {};
    auto* look = format(cell, looked.look);
    auto status = LXW_NO_ERROR;
    switch (cell.kind) {
      case Cell::Kind::kEmpty:
        if (look != nullptr) status = worksheet_write_blank(out, row, column, look);
        break;
      case Cell::Kind::kNumber: {
        const auto number = number_of_decimal(cell.text);
        if (!number)
          return invalid(cell_name(at_row, at_column) + " is no number of at most 15 digits");
        status = worksheet_write_number(out, row, column, *number, look);
        break;
      }
      case Cell::Kind::kDate: {
        const auto serial = serial_of_date(cell.text);
        if (!serial) return invalid(cell_name(at_row, at_column) + " is no date from 1900 to 9999");
        status = worksheet_write_number(out, row, column, serial->days, look);
        break;
      }
      case Cell::Kind::kBoolean:
        status = worksheet_write_boolean(out, row, column, cell.text == "TRUE" ? 1 : 0, look);
        break;
      case Cell::Kind::kText:
      case Cell::Kind::kError:
        if (!can_be_written(cell.text))
          return invalid(cell_name(at_row, at_column) + " is no text that a cell can have");
        status = worksheet_write_string(out, row, column, with_escapes(cell.text).c_str(), look);
        break;
    }
    if (status != LXW_NO_ERROR) return invalid(cell_name(at_row, at_column) + " cannot be written");
    return {};
  }

  // Null for the plainest look.
  lxw_format* format(const Cell& cell, const Look& look) {
    const auto code = number_format(cell, look);
    const bool plain = look == Look{} && (code == "General" || code == "@" || code == "0");
    if (plain && cell.kind != Cell::Kind::kDate && !cell.percent) return nullptr;
    std::string key = code;
    for (const bool is :
         {look.bold, look.italic, look.centred, look.boxed, look.wrapped, look.open})
      key += is ? '1' : '0';
    auto& made = formats_[key];
    if (made != nullptr) return made;
    made = workbook_add_format(workbook_);
    if (code != "General") format_set_num_format(made, code.c_str());
    if (look.bold) format_set_bold(made);
    if (look.italic) format_set_italic(made);
    if (look.centred) format_set_align(made, LXW_ALIGN_CENTER);
    format_set_align(made, LXW_ALIGN_VERTICAL_CENTER);
    if (look.boxed) format_set_border(made, LXW_BORDER_THIN);
    if (look.wrapped) format_set_text_wrap(made);
    if (look.open) format_set_unlocked(made);
    return made;
  }

  lxw_workbook* workbook_;
  std::map<std::string, lxw_format*> formats_;
};

Result<void> check_merged(const SheetToWrite& sheet) {
  for (const auto& range : sheet.merged) {
    if (range.first_row > range.last_row || range.first_column > range.last_column ||
        range.last_row >= kMostRows || range.last_column >= kMostColumns)
      return invalid("a merged range beyond the bounds");
    if (range.first_row == range.last_row && range.first_column == range.last_column)
      return invalid("a merged range of one cell");
  }
  if (overlap(sheet.merged)) return invalid("merged ranges that overlap");
  return {};
}

Result<void> check(const std::vector<SheetToWrite>& sheets) {
  if (sheets.empty()) return invalid("a workbook has one sheet at least");
  std::set<std::string> names;
  std::size_t cells = 0;
  for (const auto& sheet : sheets) {
    if (!is_sheet_name(sheet.name))
      return invalid("a sheet's name has 1 to 31 characters, none of []:*?/\\");
    if (!names.insert(ascii_lowered(sheet.name)).second) return invalid("two sheets of one name");
    if (sheet.rows.size() > kMostRows || sheet.column_widths.size() > kMostColumns ||
        sheet.header_rows > kMostRows) {
      return invalid("over 100,000 rows or 256 columns");
    }
    for (const auto& row : sheet.rows) {
      if (row.size() > kMostColumns) return invalid("over 256 columns");
      cells += row.size();
      for (const auto& looked : row) {
        if (looked.look.decimals.value_or(0) > kMostDecimals) return invalid("over 9 decimals");
      }
    }
    if (auto fine = check_merged(sheet); !fine) return fine;
  }
  if (cells > kMostCells) return invalid("over 1,000,000 cells");
  return {};
}

}  // namespace

Result<Bytes> write_xlsx(const std::vector<SheetToWrite>& sheets, Instant made) {
  if (auto fine = check(sheets); !fine) return fine.error();
  const auto folder = TempFolder::make();
  if (!folder) return folder.error();
  const auto path = folder->path() / "book.xlsx";
  Writer writer(path.string(), made);
  for (const auto& sheet : sheets) {
    if (auto fine = writer.add(sheet); !fine) return fine.error();
  }
  if (auto fine = writer.close(); !fine) return fine.error();
  return read_file(path, kMostWritten);
}

Result<Bytes> write_xlsx(const Workbook& workbook, Instant made) {
  std::vector<SheetToWrite> sheets;
  for (const auto& sheet : workbook.sheets) {
    auto& out = sheets.emplace_back();
    out.name = sheet.name;
    out.merged = sheet.merged;
    for (const auto& row : sheet.rows) {
      auto& cells = out.rows.emplace_back();
      for (const auto& cell : row.cells) cells.push_back({cell, {}});
    }
  }
  return write_xlsx(sheets, made);
}

}  // namespace bz::papers
