#include "papers/sheet.h"

#include <algorithm>

namespace bz::papers {

const Cell& cell_at(const Sheet& sheet, std::size_t row, std::size_t column) {
  static const Cell kNone;
  if (row >= sheet.rows.size() || column >= sheet.rows[row].cells.size()) return kNone;
  return sheet.rows[row].cells[column];
}

std::string cell_name(std::size_t row, std::size_t column) {
  // Letters count A to Z, AA to AZ …: base 26 without a zero.
  std::string letters;
  for (auto rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.push_back(static_cast<char>('A' + (rest - 1) % 26));
  std::reverse(letters.begin(), letters.end());
  return letters + std::to_string(row + 1);
}

void trim(Row& row) {
  while (!row.cells.empty() && row.cells.back() == Cell{}) row.cells.pop_back();
}

void trim(Sheet& sheet) {
  const auto has_value = [](const Cell& cell) { return cell.kind != Cell::Kind::kEmpty; };
  for (auto& row : sheet.rows) trim(row);
  while (!sheet.rows.empty() &&
         std::none_of(sheet.rows.back().cells.begin(), sheet.rows.back().cells.end(), has_value))
    sheet.rows.pop_back();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace bz::papers
