#include "papers/merged.h"

#include <algorithm>
#include <map>
#include <vector>

namespace bz::papers {

bool overlap(std::span<const CellRange> ranges) {
  std::vector<CellRange> by_first(ranges.begin(), ranges.end());
  auto by_last = by_first;
  std::sort(by_first.begin(), by_first.end(),
            [](const auto& a, const auto& b) { return a.first_row < b.first_row; });
  std::sort(by_last.begin(), by_last.end(),
            [](const auto& a, const auto& b) { return a.last_row < b.last_row; });
  // Down the rows, with the columns of those ranges that reach over the row: first to last.
  std::map<std::size_t, std::size_t> columns;
  auto ended = by_last.begin();
  for (const auto& range : by_first) {
    for (; ended->last_row < range.first_row; ++ended) columns.erase(ended->first_column);
    const auto right = columns.lower_bound(range.first_column);
    if (right != columns.end() && right->first <= range.last_column) return true;
    if (right != columns.begin() && std::prev(right)->second >= range.first_column) return true;
    columns.emplace(range.first_column, range.last_column);
  }
  return false;
}

bool cover_merged(Sheet& sheet, std::size_t& cells) {
  for (const auto& range : sheet.merged) {
    const auto rows = std::min(range.last_row + 1, sheet.rows.size());
    for (auto row = range.first_row; row < rows; ++row) {
      auto& in_row = sheet.rows[row].cells;
      const auto before = in_row.size();
      if (before <= range.last_column) in_row.resize(range.last_column + 1);
      cells += in_row.size() - before;
      if (cells > kMostCells) return false;
      for (auto column = range.first_column; column <= range.last_column; ++column) {
        if (row == range.first_row && column == range.first_column) continue;
        in_row[column] = {};
        in_row[column].covered = true;
      }
    }
  }
  return true;
}

}  // namespace bz::papers
