// Excel workbooks (ECMA-376 part 1, .xlsx): read by libzip and expat, written by libxlsxwriter
// (docs/formats/sheets.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "papers/sheet.h"

namespace bz::papers {

// All sheets, in the order of their tabs. Of a formula the value is taken that the program saved
// with it. A number is given with 15 significant digits, as Excel shows it (6.7800000000000002 is
// "6.78"); a number under a date format as the local date that Excel shows. kMalformed, in one
// sentence that says what to do, for an old .xls, a file with a password, one that is cut short or
// damaged, one over a bound (sheet.h; unpacked 50 MB, 1,000 entries, 200 sheets, 64 levels of XML),
// or one whose XML declares entities. Nothing but the sheets is looked at: no links are followed,
// no macros run.
Result<Workbook> read_xlsx(ByteView file);

// How a cell is to look.
struct Look {
  bool bold = false;
  bool italic = false;
  bool centred = false;
  bool boxed = false;                     // thin lines around it
  bool wrapped = false;                   // long text goes on in the next line
  bool open = false;                      // may be typed into though the sheet is locked
  bool grouped = false;                   // numbers: 68.400 as the reader's Excel groups
  std::optional<unsigned> decimals = {};  // numbers: 0 to 9; none: as many as there are

  bool operator==(const Look&) const = default;
};

struct LookedCell {
  Cell cell = {};
  Look look = {};
};

struct SheetToWrite {
  std::string name = {};  // 1 to 31 characters, none of []:*?/\, no apostrophe at its ends
  std::vector<std::vector<LookedCell>> rows = {};
  std::vector<CellRange> merged = {};      // shown with the value and look of the first cell
  std::vector<double> column_widths = {};  // in characters; 0 or absent: the usual width
  std::size_t header_rows = 0;             // stay in sight and are printed on every page
  bool locked = false;     // only cells that are `open` can be typed into (no password)
  bool landscape = false;  // when printed, on A4
};

// The same bytes for the same sheets and moment. Texts are written as texts, never as formulas,
// links or numbers. kInvalid when there is no sheet, a name is none or there twice, a cell's text
// does not fit its kind (a number of more than 15 digits, say) or is too long, or merged ranges
// overlap or are one cell.
Result<Bytes> write_xlsx(const std::vector<SheetToWrite>& sheets, Instant made);

// Without looks. What it writes, read_xlsx reads as the same workbook, but for `computed` and
// hidden rows and sheets, which are not written.
Result<Bytes> write_xlsx(const Workbook& workbook, Instant made);

}  // namespace bz::papers
