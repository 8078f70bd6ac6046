// Merged cells of a sheet. Only for papers/xlsx_*.cpp.
#pragma once

#include <span>

#include "papers/sheet.h"

namespace bz::papers {

// Whether any cell lies in two of the ranges.
bool overlap(std::span<const CellRange> ranges);

// Marks the cells that lie under the sheet's merged ranges, which must not overlap, as covered and
// empties them, as nobody sees what is there. Rows that the sheet does not have are not made.
// `cells` counts cells made so far; false when there would be over kMostCells.
bool cover_merged(Sheet& sheet, std::size_t& cells);

}  // namespace bz::papers
