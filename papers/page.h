// A document of pages of A4, as Decree 30/2020/NĐ-CP, Appendix I, lays out official papers: its
// content as values. papers/pdf.h prints it.
//
// Lengths are in millimetres, letters in points. Text is UTF-8, best in NFC.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace bz::papers {

enum class Align { kLeft, kCentre, kRight, kBoth };

// Words of one look. `note` is printed at the foot of the page, with a number of its own here.
struct Run {
  std::string text = {};
  bool bold = false;
  bool italic = false;
  std::string note = {};
};

// '\n' in a run's text begins a new line of the same paragraph.
struct Paragraph {
  std::vector<Run> runs = {};
  Align align = Align::kLeft;
  double size = 13;          // points
  double first_line = 0;     // how much further in its first line begins
  double left = 0;           // how much further in all of it stands
  double space_after = 2.1;  // under it; the decree has six points at least
  double rule = 0;           // a line under it, this share of its words' width: 1 under the motto
  bool with_next = false;    // not the last thing of a page
};

// The two columns at the head of an official paper: the issuing body on the left, the national
// motto on the right. They start level; the block ends with the longer. Never broken over two
// pages.
struct SideBySide {
  std::vector<Paragraph> left = {};
  std::vector<Paragraph> right = {};
  double left_share = 0.42;  // of the width, 0.1 to 0.9
};

struct TableColumn {
  double width = 1;  // shares: 1, 3, 1 is a fifth, three fifths, a fifth of the page's width
  Align align = Align::kLeft;
};

struct TableCell {
  std::vector<Run> runs = {};
  std::size_t columns = 1;  // how many it takes
};

// Cells of a header row are centred, of another row as their column is. A row is broken over two
// pages only when it is higher than a page.
struct Table {
  std::vector<TableColumn> columns = {};
  std::vector<std::vector<TableCell>> header = {};  // again on each page that the table goes on to
  std::vector<std::vector<TableCell>> rows = {};
  double size = 12;
  double space_after = 3;
};

struct PageBreak {};

using Block = std::variant<Paragraph, SideBySide, Table, PageBreak>;

// The decree allows 20–25 above and below, 30–35 on the left, 15–20 on the right.
struct Margins {
  double top = 20;
  double bottom = 20;
  double left = 30;
  double right = 15;
};

// From page 2 on its number stands in the middle of the top margin.
struct Document {
  std::string title;  // of the file, not printed
  Instant made{};     // written into the file: the same document and moment give the same bytes
  Margins margins = {};
  bool landscape = false;
  std::vector<Block> blocks = {};
};

// A paragraph, cell or run of one look, for short.
inline Paragraph paragraph(std::string text, Align align = Align::kLeft) {
  return {{{std::move(text)}}, align};
}
inline TableCell table_cell(std::string text) {
  return {{{std::move(text)}}};
}

}  // namespace bz::papers
