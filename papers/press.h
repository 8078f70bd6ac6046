// Strips put on pages, from the top down, and notes at their foot. Only for papers/pdf.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "papers/typeset.h"

namespace bz::papers {

inline constexpr double kPoints = 72 / 25.4;  // to a millimetre

struct Strip;
using Header = std::shared_ptr<const std::vector<Strip>>;

// What lies on one page as a whole, from margin to margin. Points.
struct Strip {
  double height = 0;
  double space_after = 0;  // not at the end of a page
  bool with_next = false;
  std::vector<std::size_t> notes = {};
  std::function<void(Paper&, double y)> draw = {};
  Header header = {};  // must stand above it on its page
};

class Press {
 public:
  // Both outlive it.
  Press(const Document& document, Typesetter& setter, Paper& paper);

  [[nodiscard]] double left() const { return left_; }
  [[nodiscard]] double width() const { return right_ - left_; }
  [[nodiscard]] double height() const { return bottom_ - top_; }

  // kInvalid when it is higher than a page, or is on one page too many.
  Result<void> add(Strip strip);
  Result<void> page_break();
  Result<void> finish();

  // How high such notes are, with the room above them.
  Result<double> height_of_notes(const std::set<std::size_t>& notes);

 private:
  struct Page {
    double y = 0;    // where the next strip begins
    double gap = 0;  // left free before it
    bool empty = true;
    Header header;
    std::set<std::size_t> notes;
  };
  Result<std::optional<Page>> with(Page page, std::span<const Strip> strips, Paper* draw_on);
  Result<bool> put(std::span<const Strip> strips);
  Result<void> place(std::span<const Strip> strips);
  Result<void> place_waiting();
  Result<void> end_page();
  Result<void> next_page();

  Typesetter& setter_;
  Paper& paper_;
  double top_ = 0;
  double bottom_ = 0;
  double left_ = 0;
  double right_ = 0;
  std::size_t number_ = 1;
  Page page_;
  std::vector<Strip> waiting_;  // all but the last stay with the next
  std::map<std::size_t, double> note_heights_;
};

inline double paper_width(const Document& document) {
  return (document.landscape ? 297 : 210) * kPoints;
}
inline double paper_height(const Document& document) {
  return (document.landscape ? 210 : 297) * kPoints;
}

}  // namespace bz::papers
