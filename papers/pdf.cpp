#include "papers/pdf.h"

#include <algorithm>
#include <set>

#include "base/utf8.h"
#include "papers/press.h"

namespace bz::papers {
namespace {

constexpr double kPadding = 3;      // points, between a cell's words and its lines
constexpr double kRuleSpace = 2.5;  // points, between words and the line under them

Error invalid(std::string what) {
  return {Code::kInvalid, "pdf: " + std::move(what)};
}

// A paragraph's lines, a strip each. At least two of them stay together at either end.
Result<std::vector<Strip>> strips_of(const Paragraph& paragraph, Typesetter& setter, double x,
                                     double width) {
  x += paragraph.left * kPoints;
  width -= paragraph.left * kPoints;
  auto made = setter.set(paragraph.runs,
                         {width, paragraph.size, paragraph.first_line * kPoints, paragraph.align});
  if (!made) return made.error();
  const auto text = std::make_shared<const SetText>(std::move(*made));
  std::vector<Strip> strips;
  const auto count = text->lines.size();
  for (std::size_t i = 0; i < count; ++i) {
    Strip strip;
    strip.height = text->lines[i].height;
    strip.notes = text->lines[i].notes;
    strip.with_next = i + 1 < count && (i == 0 || i + 2 == count);
    strip.draw = [text, i, x](Paper& paper, double y) { paper.lines(*text, x, y, i, i + 1); };
    strips.push_back(std::move(strip));
  }
  auto& last = strips.back();
  if (paragraph.rule > 0) {
    const auto& line = text->lines.back();
    const double length = line.width * std::min(1.0, paragraph.rule);
    const double from = x + line.x + (line.width - length) / 2;
    const double below = last.height + kRuleSpace;
    last.draw = [draw = last.draw, from, below, length](Paper& paper, double y) {
      draw(paper, y);
      paper.rule(from, y + below, length);
    };
    last.height = below + kThin;
  }
  last.space_after = paragraph.space_after * kPoints;
  last.with_next = paragraph.with_next;
  return strips;
}

// Paragraphs one under the other as one strip.
Result<Strip> column_of(std::span<const Paragraph> paragraphs, Typesetter& setter, double x,
                        double width) {
  std::vector<Strip> all;
  Strip column;
  for (const auto& paragraph : paragraphs) {
    auto strips = strips_of(paragraph, setter, x, width);
    if (!strips) return strips.error();
    for (auto& strip : *strips) {
      column.height += strip.height + strip.space_after;
      column.notes.insert(column.notes.end(), strip.notes.begin(), strip.notes.end());
      all.push_back(std::move(strip));
    }
  }
  column.draw = [all](Paper& paper, double y) {
    for (const auto& strip : all) {
      strip.draw(paper, y);
      y += strip.height + strip.space_after;
    }
  };
  return column;
}

Result<Strip> strip_of(const SideBySide& heading, Typesetter& setter, double x, double width) {
  if (!(heading.left_share >= 0.1 && heading.left_share <= 0.9))
    return invalid("the left column has a share from 0.1 to 0.9");
  const double middle = width * heading.left_share;
  const auto left = column_of(heading.left, setter, x, middle - kPadding);
  if (!left) return left.error();
  const auto right =
      column_of(heading.right, setter, x + middle + kPadding, width - middle - kPadding);
  if (!right) return right.error();
  Strip strip;
  strip.height = std::max(left->height, right->height);
  strip.space_after = 3 * kPoints;
  strip.notes = left->notes;
  strip.notes.insert(strip.notes.end(), right->notes.begin(), right->notes.end());
  strip.draw = [left = left->draw, right = right->draw](Paper& paper, double y) {
    left(paper, y);
    right(paper, y);
  };
  return strip;
}

struct SetCell {
  SetText text;
  double x = 0;
  double width = 0;
  std::size_t first = 0;  // the lines of a piece of the row
  std::size_t last = 0;
};
using SetRow = std::vector<SetCell>;

class TableSetter {
 public:
  TableSetter(const Table& table, Typesetter& setter, const Press& press)
      : table_(table), setter_(setter), left_(press.left()) {
    double shares = 0;
    for (const auto& column : table.columns) shares += column.width;
    for (const auto& column : table.columns)
      widths_.push_back(press.width() * column.width / shares);
  }

  // All lines of a row.
  Result<SetRow> set(const std::vector<TableCell>& cells, bool header) {
    SetRow row;
    std::size_t at = 0;
    double x = left_;
    for (const auto& cell : cells) {
      if (cell.columns == 0 || cell.columns > widths_.size() - at)
        return invalid("a table's row has not the table's count of columns");
      double width = 0;
      for (std::size_t i = 0; i < cell.columns; ++i) width += widths_[at + i];
      const auto align = header ? Align::kCentre : table_.columns[at].align;
      auto text = setter_.set(cell.runs, {width - 2 * kPadding, table_.size, 0, align});
      if (!text) return text.error();
      const auto lines = text->lines.size();
      row.push_back({std::move(*text), x, width, 0, lines});
      at += cell.columns;
      x += width;
    }
    if (at != widths_.size()) return invalid("a table's row has not the table's count of columns");
    return row;
  }

  static Strip strip(SetRow cells) {
    Strip strip;
    for (const auto& cell : cells) {
      strip.height = std::max(strip.height, cell.text.height(cell.first, cell.last));
      for (auto i = cell.first; i < cell.last; ++i) {
        const auto& notes = cell.text.lines[i].notes;
        strip.notes.insert(strip.notes.end(), notes.begin(), notes.end());
      }
    }
    strip.height += 2 * kPadding;
    strip.draw = [cells = std::move(cells), height = strip.height](Paper& paper, double y) {
      for (const auto& cell : cells) {
        paper.box(cell.x, y, cell.width, height);
        const double words = cell.text.height(cell.first, cell.last);
        paper.lines(cell.text, cell.x + kPadding, y + (height - words) / 2, cell.first, cell.last);
      }
    };
    return strip;
  }

  // A row that is higher than `most` in as many pieces as it takes.
  static Result<std::vector<Strip>> pieces(SetRow row, double most) {
    std::vector<Strip> strips;
    for (auto& cell : row) cell.last = 0;
    while (true) {
      bool more = false;
      bool moved = false;
      for (auto& cell : row) {
        cell.first = cell.last;
        double height = 2 * kPadding;
        while (cell.last < cell.text.lines.size() &&
               height + cell.text.lines[cell.last].height <= most) {
          height += cell.text.lines[cell.last++].height;
        }
        moved = moved || cell.last > cell.first;
        more = more || cell.last < cell.text.lines.size();
      }
      if (!moved) return invalid("a table's header leaves no room for its rows");
      strips.push_back(strip(row));
      if (!more) return strips;
    }
  }

 private:
  const Table& table_;
  Typesetter& setter_;
  double left_;
  std::vector<double> widths_;
};

Result<void> print(const Table& table, Typesetter& setter, Press& press) {
  const auto fits = [](const TableColumn& column) {
    return column.width > 0 && column.width < 1e6;
  };
  if (table.columns.empty() || !std::all_of(table.columns.begin(), table.columns.end(), fits))
    return invalid("a table has columns, each of some width");
  TableSetter rows(table, setter, press);
  auto header = std::make_shared<std::vector<Strip>>();
  double room = press.height();
  std::set<std::size_t> notes;
  for (const auto& cells : table.header) {
    auto row = rows.set(cells, true);
    if (!row) return row.error();
    header->push_back(TableSetter::strip(std::move(*row)));
    room -= header->back().height;
    notes.insert(header->back().notes.begin(), header->back().notes.end());
  }
  Strip end;  // of the table; and a table without rows is its header
  end.space_after = table.space_after * kPoints;
  end.header = header;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    auto row = rows.set(table.rows[i], false);
    if (!row) return row.error();
    auto whole = TableSetter::strip(*row);
    auto with_notes = notes;
    with_notes.insert(whole.notes.begin(), whole.notes.end());
    const auto foot = press.height_of_notes(with_notes);
    if (!foot) return foot.error();
    std::vector<Strip> strips;
    if (whole.height <= room - *foot) {
      strips.push_back(std::move(whole));
    } else {
      auto pieces = TableSetter::pieces(std::move(*row), room - *foot);
      if (!pieces) return pieces.error();
      strips = std::move(*pieces);
    }
    for (auto& strip : strips) {
      strip.header = header;
      if (auto fine = press.add(std::move(strip)); !fine) return fine;
    }
  }
  return press.add(std::move(end));
}

Result<void> print(const Block& block, Typesetter& setter, Press& press) {
  if (const auto* text = std::get_if<Paragraph>(&block)) {
    auto strips = strips_of(*text, setter, press.left(), press.width());
    if (!strips) return strips.error();
    for (auto& strip : *strips) {
      if (auto fine = press.add(std::move(strip)); !fine) return fine;
    }
    return {};
  }
  if (const auto* heading = std::get_if<SideBySide>(&block)) {
    auto strip = strip_of(*heading, setter, press.left(), press.width());
    if (!strip) return strip.error();
    return press.add(std::move(*strip));
  }
  if (const auto* table = std::get_if<Table>(&block)) return print(*table, setter, press);
  return press.page_break();
}

bool makes_sense(const Margins& margins) {
  const auto one = [](double margin) { return margin >= 5 && margin <= 80; };
  return one(margins.top) && one(margins.bottom) && one(margins.left) && one(margins.right);
}

}  // namespace

Result<Bytes> print_pdf(const Document& document) {
  if (!makes_sense(document.margins)) return invalid("a margin has 5 to 80 millimetres");
  if (!is_utf8(document.title) || document.title.find('\0') != std::string::npos)
    return invalid("text that is not UTF-8");
  auto setter = Typesetter::make();
  if (!setter) return setter.error();
  Paper paper(paper_width(document), paper_height(document), document.title, document.made);
  Press press(document, *setter, paper);
  for (const auto& block : document.blocks) {
    if (auto fine = print(block, *setter, press); !fine) return fine.error();
  }
  if (auto fine = press.finish(); !fine) return fine.error();
  return paper.finish();
}

}  // namespace bz::papers
