#include <algorithm>
#include <charconv>

#include "papers/excel_values.h"
#include "papers/merged.h"
#include "papers/package.h"
#include "papers/says.h"
#include "papers/xlsx.h"
#include "papers/xlsx_parts.h"
#include "papers/xml.h"

namespace bz::papers {
namespace {

constexpr std::string_view kOldOffice = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";  // OLE compound file

Error malformed(std::string_view vietnamese, std::string_view english) {
  return says(Code::kMalformed, vietnamese, english);
}

Error malformed_at(std::size_t row, std::size_t column, std::string_view vietnamese,
                   std::string_view english) {
  const auto cell = cell_name(row, column);
  return malformed("Ô " + cell + ": " + std::string(vietnamese),
                   "Cell " + cell + ": " + std::string(english));
}

Error damaged(const std::string& how) {
  return malformed("Tệp .xlsx bị hỏng hoặc bị cắt. Hãy mở trong Excel, lưu lại rồi gửi.",
                   "The .xlsx file is damaged or cut short (" + how +
                       "): open it in Excel, save it again and send that.");
}

Error too_many() {
  return malformed("Tệp có hơn 1.000.000 ô hoặc 50 MB chữ. Hãy chia thành nhiều tệp.",
                   "The file has over 1,000,000 cells or 50 MB of text: split it.");
}

// An error of a layer below, in one language only, as one of the file's.
Error of_file(const Error& error) {
  if (error.what.find(" // ") != std::string::npos || error.code == Code::kUnavailable)
    return error;
  return damaged(error.what);
}

struct Place {
  std::size_t row = 0;
  std::size_t column = 0;
};

// "B7". False when it is none, or beyond any sheet.
bool read_place(std::string_view text, Place& place) {
  std::size_t column = 0;
  std::size_t i = 0;
  for (; i < text.size() && text[i] >= 'A' && text[i] <= 'Z'; ++i) {
    column = column * 26 + static_cast<std::size_t>(text[i] - 'A' + 1);
    if (column > 16'384) return false;
  }
  std::size_t row = 0;
  const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), row);
  if (i == 0 || error != std::errc{} || end != text.data() + text.size() || row == 0 ||
      row > 1'048'576) {
    return false;
  }
  place = {row - 1, column - 1};
  return true;
}

bool read_range(std::string_view text, CellRange& range) {
  const auto colon = text.find(':');
  Place first;
  Place last;
  if (!read_place(text.substr(0, colon), first)) return false;
  last = first;
  if (colon != std::string_view::npos && !read_place(text.substr(colon + 1), last)) return false;
  range = {first.row, first.column, last.row, last.column};
  return first.row <= last.row && first.column <= last.column;
}

// What all sheets of a file share.
struct Common {
  SharedStrings strings;
  Styles styles;
  DaysFrom days_from = DaysFrom::k1900;
  std::size_t cells = 0;       // so far, of all sheets
  std::size_t text_bytes = 0;  // a shared string counts for each cell that names it
};

// A cell as it stands in the file.
struct RawCell {
  Place place;
  std::string type;
  std::size_t style = 0;
  std::string value;
  std::string inline_text;
  bool has_value = false;
  bool has_formula = false;
};

// xl/worksheets/sheet1.xml
class SheetPart final : public XmlTaker {
 public:
  SheetPart(Sheet& sheet, Common& common) : sheet_(sheet), common_(common) {}

  Result<void> begin(std::span<const std::string_view> path,
                     std::span<const XmlAttribute> attributes) override {
    if (below_root(path, "sheetData", "row")) return begin_row(attributes);
    if (below_root(path, "sheetData", "row", "c")) return begin_cell(attributes);
    if (below_root(path, "sheetData", "row", "c", "v")) raw_.has_value = true;
    if (below_root(path, "sheetData", "row", "c", "f")) raw_.has_formula = true;
    if (below_root(path, "mergeCells", "mergeCell")) return merge(attribute(attributes, "ref"));
    return {};
  }

  Result<void> text(std::span<const std::string_view> path, std::string_view piece) override {
    if (path.size() < 5) return {};
    if (below_root(path, "sheetData", "row", "c", "v")) raw_.value += piece;
    if (below_root(path, "sheetData", "row", "c", "is", "t") ||
        below_root(path, "sheetData", "row", "c", "is", "r", "t")) {
      raw_.inline_text += piece;
    }
    return {};
  }

  Result<void> end(std::span<const std::string_view> path) override {
    if (below_root(path, "sheetData", "row", "c")) return end_cell();
    return {};
  }

 private:
  Result<void> begin_row(std::span<const XmlAttribute> attributes) {
    ++row_;  // the next one, where the file does not say which
    if (const auto number = attribute(attributes, "r"); !number.empty()) {
      Place place;
      if (!read_place("A" + std::string(number), place)) return damaged("a row's number");
      row_ = place.row + 1;
    }
    column_ = 0;
    hidden_ = is_yes(attribute(attributes, "hidden"));
    if (hidden_ && row_ <= sheet_.rows.size()) sheet_.rows[row_ - 1].hidden = true;
    return {};
  }

  Result<void> begin_cell(std::span<const XmlAttribute> attributes) {
    raw_ = {};
    ++column_;
    raw_.place = {row_ - 1, column_ - 1};
    if (const auto name = attribute(attributes, "r"); !name.empty()) {
      if (!read_place(name, raw_.place) || raw_.place.row + 1 != row_)
        return damaged("a cell's name");
      column_ = raw_.place.column + 1;
    }
    raw_.type = attribute(attributes, "t");
    const auto style = attribute(attributes, "s");
    std::from_chars(style.data(), style.data() + style.size(), raw_.style);
    return {};
  }

  Result<void> end_cell() {
    auto cell = value_of(raw_);
    if (!cell) return cell.error();
    if (cell->kind == Cell::Kind::kEmpty) return {};
    const auto [row, column] = raw_.place;
    if (row >= kMostRows) {
      return malformed_at(row, column, "quá 100.000 dòng. Hãy chia thành nhiều tệp.",
                          "over 100,000 rows: split the file.");
    }
    if (column >= kMostColumns) {
      return malformed_at(row, column, "quá 256 cột. Hãy bỏ các cột thừa.",
                          "over 256 columns: remove those that are not needed.");
    }
    if (characters(cell->text) > kMostCharacters) {
      return malformed_at(row, column, "chữ dài quá 32.767 ký tự. Hãy rút ngắn.",
                          "text over 32,767 characters: shorten it.");
    }
    if (sheet_.rows.size() <= row) {
      common_.cells += row + 1 - sheet_.rows.size();  // a row costs as much as a cell
      sheet_.rows.resize(row + 1);
    }
    auto& in_row = sheet_.rows[row];
    if (hidden_) in_row.hidden = true;
    const auto before = in_row.cells.size();
    if (before <= column) in_row.cells.resize(column + 1);
    common_.cells += in_row.cells.size() - before;
    common_.text_bytes += cell->text.size();
    if (common_.cells > kMostCells || common_.text_bytes > kMostTextBytes) {
      return too_many();
    }
    in_row.cells[column] = std::move(*cell);
    return {};
  }

  Result<Cell> value_of(RawCell& raw) const {
    Cell cell;
    cell.computed = raw.has_formula;
    if (raw.type == "inlineStr") {
      cell.text = without_escapes(raw.inline_text);
    } else if (!raw.has_value) {
      if (!raw.has_formula) return Cell{};
      cell.kind = Cell::Kind::kError;  // what the formula comes to was never saved
      return cell;
    } else if (raw.type == "s") {
      std::size_t number = 0;
      const auto* last = raw.value.data() + raw.value.size();
      const auto [end, error] = std::from_chars(raw.value.data(), last, number);
      if (error != std::errc{} || end != last || number >= common_.strings.texts.size())
        return damaged("a shared string that is not there");
      cell.text = common_.strings.texts[number];
    } else if (raw.type == "str") {
      cell.text = without_escapes(raw.value);
    } else if (raw.type == "b") {
      cell.kind = Cell::Kind::kBoolean;
      cell.text = is_yes(raw.value) ? "TRUE" : "FALSE";
      return cell;
    } else if (raw.type == "e") {
      cell.kind = Cell::Kind::kError;
      cell.text = std::move(raw.value);
      return cell;
    } else if (raw.type == "d") {
      return iso_date(raw, std::move(cell));
    } else if (raw.type.empty() || raw.type == "n") {
      return number_of(raw, std::move(cell));
    } else {
      return damaged("an unknown type of cell");
    }
    cell.kind = cell.text.empty() ? Cell::Kind::kEmpty : Cell::Kind::kText;
    if (cell.kind == Cell::Kind::kEmpty) cell.computed = false;
    return cell;
  }

  Result<Cell> number_of(const RawCell& raw, Cell cell) const {
    if (raw.value.empty()) return Cell{};
    auto decimal = plain_decimal(raw.value);
    if (!decimal) {
      return malformed_at(raw.place.row, raw.place.column,
                          "số trong tệp bị hỏng. Hãy gõ lại rồi lưu.",
                          "the number stored is damaged: type it again and save.");
    }
    const auto format = common_.styles.format(raw.style);
    if (format.day || format.time) {
      if (auto date = date_text(raw.value, format, common_.days_from)) {
        cell.kind = Cell::Kind::kDate;
        cell.text = std::move(*date);
        return cell;
      }
    }
    cell.kind = Cell::Kind::kNumber;
    cell.percent = format.percent;
    cell.text = std::move(*decimal);
    return cell;
  }

  // "2020-08-25" or "2020-08-25T16:00:00.000Z", which is local all the same.
  static Result<Cell> iso_date(const RawCell& raw, Cell cell) {
    const auto text = std::string_view(raw.value).substr(0, raw.value.size() > 10 ? 19 : 10);
    if (!serial_of_date(text)) return damaged("a date");
    cell.kind = Cell::Kind::kDate;
    cell.text = text;
    return cell;
  }

  Result<void> merge(std::string_view ref) {
    CellRange range;
    if (!read_range(ref, range)) return damaged("a merged range");
    if (sheet_.merged.size() == kMostRows) return damaged("too many merged ranges");
    // What lies beyond the bounds is left out, and a range of one cell covers nothing.
    range.last_row = std::min(range.last_row, kMostRows - 1);
    range.last_column = std::min(range.last_column, kMostColumns - 1);
    const bool one = range.first_row == range.last_row && range.first_column == range.last_column;
    if (!one && range.first_row < kMostRows && range.first_column < kMostColumns)
      sheet_.merged.push_back(range);
    return {};
  }

  Sheet& sheet_;
  Common& common_;
  std::size_t row_ = 0;     // from 1; 0 before the first
  std::size_t column_ = 0;  // the same within the row
  bool hidden_ = false;
  RawCell raw_;
};

Result<void> read_part(Package& package, std::string_view name, XmlTaker& taker) {
  const auto part = package.part(name);
  if (!part) return part.error();
  return read_xml(*part, taker);
}

std::string folder_of(std::string_view part) {
  const auto slash = part.rfind('/');
  return std::string(part.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
}

std::string relations_of(std::string_view part) {
  const auto folder = folder_of(part);
  return folder + "_rels/" + std::string(part.substr(folder.size())) + ".rels";
}

Result<void> read_common(Package& package, const Relations& relations, Common& common) {
  if (const auto part = relations.by_type("/sharedStrings"); !part.empty() && package.has(part)) {
    if (auto fine = read_part(package, part, common.strings); !fine) return fine;
  }
  if (const auto part = relations.by_type("/styles"); !part.empty() && package.has(part))
    return read_part(package, part, common.styles);
  return {};
}

Result<void> read_sheet(Package& package, const std::string& part, Common& common, Sheet& sheet) {
  SheetPart reading(sheet, common);
  if (auto fine = read_part(package, part, reading); !fine) return fine;
  if (overlap(sheet.merged)) return damaged("merged cells that overlap");
  if (!cover_merged(sheet, common.cells)) return too_many();
  trim(sheet);
  return {};
}

Result<Workbook> read_package(Package& package) {
  Relations top("");
  if (auto fine = read_part(package, "_rels/.rels", top); !fine) return fine.error();
  const auto main = top.by_type("/officeDocument");
  if (main.ends_with(".bin")) {
    return malformed("Tệp là Excel kiểu .xlsb. Hãy lưu thành .xlsx rồi gửi.",
                     "The file is Excel's .xlsb: save it as .xlsx and send that.");
  }
  WorkbookPart tabs;
  if (auto fine = read_part(package, main, tabs); !fine) return fine.error();
  Relations relations(folder_of(main));
  if (auto fine = read_part(package, relations_of(main), relations); !fine) return fine.error();
  Common common;
  common.days_from = tabs.days_from;
  if (auto fine = read_common(package, relations, common); !fine) return fine.error();
  Workbook workbook;
  for (const auto& tab : tabs.tabs) {
    if (relations.is(tab.relation, "/chartsheet")) continue;  // a picture, without cells
    Sheet sheet;
    sheet.name = tab.name;
    sheet.hidden = tab.hidden;
    if (auto fine = read_sheet(package, relations.by_id(tab.relation), common, sheet); !fine)
      return fine.error();
    workbook.sheets.push_back(std::move(sheet));
  }
  if (workbook.sheets.empty()) return damaged("no sheet in it");
  return workbook;
}

}  // namespace

Result<Workbook> read_xlsx(ByteView file) {
  const auto bytes = as_text(file);
  if (file.size() > kMostFileBytes) {
    return malformed("Tệp lớn hơn 5 MB. Hãy bỏ hình ảnh, chia thành nhiều tệp.",
                     "The file is over 5 MB: remove pictures, split it.");
  }
  if (bytes.starts_with(kOldOffice)) {
    return malformed(
        "Tệp là Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy bỏ mật khẩu, lưu thành .xlsx rồi gửi.",
        "The file is an old Excel file (.xls) or has a password: take the password off, save it as "
        ".xlsx and send that.");
  }
  if (!bytes.starts_with("PK")) {
    return malformed("Tệp không phải là .xlsx. Hãy lưu thành .xlsx hoặc .csv rồi gửi.",
                     "The file is no .xlsx: save it as .xlsx or .csv and send that.");
  }
  auto package = Package::open(file);
  if (!package) return of_file(package.error());
  auto workbook = read_package(*package);
  if (!workbook) return of_file(workbook.error());
  return workbook;
}

}  // namespace bz::papers
