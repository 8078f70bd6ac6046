// Printing a document (papers/page.h) as PDF, by Pango and cairo, in Liberation Serif, which has
// the measures of the decree's Times New Roman.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "papers/page.h"

namespace bz::papers {

inline constexpr std::size_t kMostPages = 2'000;

// The same bytes for the same document, wherever the same font and libraries are installed. A
// character that the font does not have is printed as □. From any thread. kUnavailable, with the
// package to install, when the font is not there (another one is never taken). kInvalid when the
// text is not UTF-8, a table's row has not the table's count of columns, a share, size or margin
// makes no sense, something that must not be broken is higher than a page, or there are more than
// kMostPages.
Result<Bytes> print_pdf(const Document& document);

}  // namespace bz::papers
