// A sheet as a spreadsheet program shows it: rows of cells, whatever file they came from. What a
// number or a text means is not decided here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bz::papers {

// All text is UTF-8, in the normal form that it came in.
struct Cell {
  enum class Kind : std::uint8_t {
    kEmpty,
    kText,     // as stored; "68.400" typed as text stays so
    kNumber,   // decimal: "68400", "-6.78", "0.0678"; no exponent, no grouping, dot before decimals
    kDate,     // "2020-08-25", "2020-08-25T16:00:00" or "16:00:00": local, no zone
    kBoolean,  // "TRUE" or "FALSE"
    kError,    // "#DIV/0!", "#N/A"
  };
  Kind kind = Kind::kEmpty;
  bool percent = false;   // a number shown as a percentage: 0.0678 shows as 6,78 %
  bool computed = false;  // what a formula last came to
  bool covered = false;   // lies under a merged cell, whose first cell has the value
  std::string text = {};

  bool operator==(const Cell&) const = default;
};

inline Cell text_cell(std::string text) {
  const auto kind = text.empty() ? Cell::Kind::kEmpty : Cell::Kind::kText;
  return {kind, false, false, false, std::move(text)};
}
inline Cell number_cell(std::string decimal) {
  return {Cell::Kind::kNumber, false, false, false, std::move(decimal)};
}
inline Cell number_cell(std::int64_t number) {
  return number_cell(std::to_string(number));
}

struct Row {
  bool hidden = false;  // somebody hid or filtered it away: still here
  // Up to the last cell that is not empty (or is covered).
  std::vector<Cell> cells = {};

  bool operator==(const Row&) const = default;
};

// Rows and columns from 0, both ends included.
struct CellRange {
  std::size_t first_row = 0;
  std::size_t first_column = 0;
  std::size_t last_row = 0;
  std::size_t last_column = 0;

  bool operator==(const CellRange&) const = default;
};

struct Sheet {
  std::string name = {};
  bool hidden = false;
  // From the program's row 1 on, up to the last that has a value; empty ones in between are kept,
  // so that places agree with what a person sees.
  std::vector<Row> rows = {};
  std::vector<CellRange> merged = {};

  bool operator==(const Sheet&) const = default;
};

struct Workbook {
  std::vector<Sheet> sheets = {};

  bool operator==(const Workbook&) const = default;
};

// Row and column from 0; an empty cell where the sheet has none.
const Cell& cell_at(const Sheet& sheet, std::size_t row, std::size_t column);

// As people name it: row 6, column 1 is "B7".
std::string cell_name(std::size_t row, std::size_t column);

// The bounds of whatever is read.
inline constexpr std::size_t kMostFileBytes = 5'000'000;
inline constexpr std::size_t kMostRows = 100'000;  // of one sheet
inline constexpr std::size_t kMostColumns = 256;
inline constexpr std::size_t kMostCells =
    1'000'000;  // of the whole file, empty ones in between too
inline constexpr std::size_t kMostCharacters = 32'767;  // of a cell, as Excel has it
inline constexpr std::size_t kMostTextBytes = 50'000'000;

// Takes the empty cells off a row's end; off a sheet's end the rows that have no value.
void trim(Row& row);
void trim(Sheet& sheet);

// Code points. Requires UTF-8.
std::size_t characters(std::string_view text);

}  // namespace bz::papers
