// Words set in lines by Pango, and the paper they are drawn on, a PDF by cairo. Only for
// papers/press.cpp and papers/pdf.cpp. All lengths are points, y runs downwards.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "papers/page.h"

namespace bz::papers {

struct TextLine {
  std::shared_ptr<void> line;  // PangoLayoutLine
  double x = 0;
  double width = 0;  // of the words
  double height = 0;
  double baseline = 0;             // below the line's top
  std::vector<std::size_t> notes;  // whose marks are in it, by number from 1
};

// Words set in lines; drawn by Paper.
struct SetText {
  std::vector<TextLine> lines;

  [[nodiscard]] double height(std::size_t first, std::size_t last) const {
    double sum = 0;
    for (auto i = first; i < last; ++i) sum += lines[i].height;
    return sum;
  }
  [[nodiscard]] double height() const { return height(0, lines.size()); }
};

struct Setting {
  double width = 0;
  double size = 13;
  double first_line = 0;  // how much further in
  Align align = Align::kLeft;
};

// Sets words in lines, and numbers the notes that they carry: the same words are the same note.
class Typesetter {
 public:
  // kUnavailable without the font.
  static Result<Typesetter> make();

  // In NFC, with □ for what the font has not. kInvalid when a text is not UTF-8, or the width or
  // size makes no sense.
  Result<SetText> set(std::span<const Run> runs, const Setting& setting);
  // The note of a number that a line has.
  Result<SetText> set_note(std::size_t number, double width);

 private:
  Typesetter() = default;
  Result<void> find_fonts();
  [[nodiscard]] std::string printable(std::string_view text) const;
  std::size_t number_of_note(const std::string& note);
  struct Mark {
    std::size_t at = 0;  // byte of the words
    std::size_t number = 0;
  };
  Result<SetText> set_markup(const std::string& markup, const Setting& setting,
                             std::span<const Mark> marks);

  std::shared_ptr<void> context_;  // PangoContext
  std::shared_ptr<void> font_;     // PangoFont, upright and of normal weight
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> notes_;
};

// Pages of one size, drawn one after the other.
class Paper {
 public:
  Paper(double width, double height, const std::string& title, Instant made);

  void lines(const SetText& text, double x, double y, std::size_t first, std::size_t last);
  void rule(double x, double y, double width);
  void box(double x, double y, double width, double height);
  void end_page();
  // The PDF's bytes. Nothing may follow.
  Result<Bytes> finish();

 private:
  std::unique_ptr<Bytes> bytes_ = std::make_unique<Bytes>();
  std::shared_ptr<void> surface_;
  std::shared_ptr<void> cairo_;
};

inline constexpr double kThin = 0.5;  // of rules and boxes

}  // namespace bz::papers
