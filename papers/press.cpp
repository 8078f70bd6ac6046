#include "papers/press.h"

#include <utility>

#include "papers/pdf.h"

namespace bz::papers {
namespace {

constexpr double kPageNumberSize = 13;
constexpr double kNoteRule = 50 * kPoints;
constexpr double kAboveNotes = 8;  // some room, the rule, some room

Error invalid(std::string what) {
  return {Code::kInvalid, "pdf: " + std::move(what)};
}

}  // namespace

Press::Press(const Document& document, Typesetter& setter, Paper& paper)
    : setter_(setter),
      paper_(paper),
      top_(document.margins.top * kPoints),
      bottom_(paper_height(document) - document.margins.bottom * kPoints),
      left_(document.margins.left * kPoints),
      right_(paper_width(document) - document.margins.right * kPoints) {
  page_.y = top_;
}

Result<void> Press::add(Strip strip) {
  const bool more = strip.with_next;
  waiting_.push_back(std::move(strip));
  return more ? Result<void>{} : place_waiting();
}

Result<void> Press::page_break() {
  if (auto placed = place_waiting(); !placed) return placed;
  return page_.empty ? Result<void>{} : next_page();
}

Result<void> Press::finish() {
  if (auto placed = place_waiting(); !placed) return placed;
  return end_page();
}

Result<double> Press::height_of_notes(const std::set<std::size_t>& notes) {
  double sum = notes.empty() ? 0 : kAboveNotes;
  for (const auto number : notes) {
    auto note = note_heights_.find(number);
    if (note == note_heights_.end()) {
      auto text = setter_.set_note(number, width());
      if (!text) return text.error();
      note = note_heights_.emplace(number, text->height()).first;
    }
    sum += note->second;
  }
  return sum;
}

// The page with the strips on it; nothing when they do not fit.
Result<std::optional<Press::Page>> Press::with(Page page, std::span<const Strip> strips,
                                               Paper* draw_on) {
  for (const auto& strip : strips) {
    if (strip.header && page.header != strip.header) {
      auto headed = with(page, *strip.header, draw_on);
      if (!headed || !*headed) return headed;
      page = **headed;
      page.header = strip.header;
    }
    page.y += page.gap;
    if (draw_on != nullptr && strip.draw) strip.draw(*draw_on, page.y);
    page.y += strip.height;
    page.gap = strip.space_after;
    page.empty = false;
    page.notes.insert(strip.notes.begin(), strip.notes.end());
    const auto notes = height_of_notes(page.notes);
    if (!notes) return notes.error();
    if (page.y + *notes > bottom_ + 0.01) return std::optional<Page>{};
  }
  return std::optional<Page>{std::move(page)};
}

// True when they are on the page now.
Result<bool> Press::put(std::span<const Strip> strips) {
  const auto fits = with(page_, strips, nullptr);
  if (!fits) return fits.error();
  if (!*fits) return false;
  (void)with(page_, strips, &paper_);
  page_ = **fits;
  return true;
}

Result<void> Press::place(std::span<const Strip> strips) {
  auto placed = put(strips);
  if (placed && !*placed && !page_.empty) {
    if (auto turned = next_page(); !turned) return turned;
    placed = put(strips);
  }
  if (!placed) return placed.error();
  if (*placed) return {};
  if (strips.size() == 1) return invalid("something that must not be broken is over a page high");
  for (const auto& strip : strips) {  // they cannot stay together
    if (auto fine = place({&strip, 1}); !fine) return fine;
  }
  return {};
}

Result<void> Press::place_waiting() {
  const auto strips = std::exchange(waiting_, {});
  return strips.empty() ? Result<void>{} : place(strips);
}

Result<void> Press::end_page() {
  const auto height = height_of_notes(page_.notes);
  if (!height) return height.error();
  double y = bottom_ - *height;
  if (!page_.notes.empty()) paper_.rule(left_, y + kAboveNotes / 2, kNoteRule);
  y += kAboveNotes;
  for (const auto number : page_.notes) {
    const auto note = setter_.set_note(number, width());
    if (!note) return note.error();
    paper_.lines(*note, left_, y, 0, note->lines.size());
    y += note->height();
  }
  paper_.end_page();
  return {};
}

Result<void> Press::next_page() {
  if (auto ended = end_page(); !ended) return ended;
  if (++number_ > kMostPages) return invalid("over 2,000 pages");
  page_ = {};
  page_.y = top_;
  const std::vector<Run> digits{{std::to_string(number_)}};
  const auto text = setter_.set(digits, {width(), kPageNumberSize, 0, Align::kCentre});
  if (!text) return text.error();
  paper_.lines(*text, left_, (top_ - text->height()) / 2, 0, 1);
  return {};
}

}  // namespace bz::papers
