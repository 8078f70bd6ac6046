// For entry.cpp: the row of headings in a sheet, found by its words, and where each column of the
// form stands. Titles may lie above it; a heading may take two rows, the upper one merged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "campaign/answers.h"
#include "campaign/forms.h"
#include "papers/sheet.h"

namespace bz::campaign {

using Places = std::vector<std::optional<std::size_t>>;  // by the form's columns

struct Headings {
  std::size_t first_row = 0;
  std::size_t last_row = 0;
  Places places;
  std::vector<std::size_t> unknown;  // columns with a heading that the form has not
  std::vector<Fault> faults;         // a column that stands there twice
};

// The form's column that a heading names: in the words of the paper, in English, by its id, or in
// words that people use for it; what stands in brackets does not count. Its place in the form.
std::optional<std::size_t> column_called(const Form& form, std::string_view heading);

// The first row that has what the form needs; nothing when none does.
std::optional<Headings> find_headings(const Form& form, const papers::Sheet& sheet);
// Whether that row is the same headings again, as on a second page.
bool is_heading_again(const Form& form, const papers::Sheet& sheet, std::size_t row,
                      const Places& places);

// Of a block without headings: the columns of the paper from the left, with Stt when the first
// column counts 1, 2, 3, …. Nothing when it has more columns than the paper.
std::optional<Places> places_on_paper(const Form& form, const papers::Sheet& sheet);

}  // namespace bz::campaign
