// Comma-separated text (RFC 4180), as Excel and people write it (docs/formats/sheets.md).
#pragma once

#include <string>

#include "base/bytes.h"
#include "papers/sheet.h"

namespace bz::papers {

struct CsvFile {
  enum class Encoding : std::uint8_t { kUtf8, kUtf8Bom, kUtf16 };
  Sheet sheet = {};      // every cell is text (or empty), as CSV carries no other kind
  char separator = ',';  // found by looking: ',' ';' or tab
  Encoding encoding = Encoding::kUtf8;
  // The last line has no end, and fewer cells than the one before it: a file that was cut short
  // looks so, and so does a note below a table.
  bool may_be_cut = false;
};

// The separator is the one that stands, outside quotes, in most of the first 50 lines with text (on
// a tie: tab, then ';', then ','), unless the first line says it ("sep=;", not a row then). A line
// ends by CR LF, LF or CR. UTF-8 with or without a byte order mark, or UTF-16 little endian with
// one (Excel's "Unicode text"). The apostrophes that write_csv puts before a formula's sign are
// taken off. kMalformed, with the cell where there is one, when
//  - it is over a bound of sheet.h, is in another encoding (windows-1258, VISCII, TCVN3), or holds
//  a
//    zero byte,
//  - a quote is opened and never closed, or text stands behind a closed one.
Result<CsvFile> read_csv(ByteView file);

// UTF-8 with byte order mark, separated by ',', lines ended by CR LF: what Excel opens by a double
// click. A text that begins (after apostrophes and quotes) with = + - @ tab or CR would be run as a
// formula there, so it gets an apostrophe in front; numbers do not. So does what stands behind a
// ';', tab or line end in it, where a spreadsheet that parts at ';' or tab begins another cell.
// Merges are not written. What it writes, read_csv reads as the same texts.
Bytes write_csv(const Sheet& sheet);

}  // namespace bz::papers
