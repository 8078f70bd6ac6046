// Whether bytes are text: UTF-8 as RFC 3629 has it (no surrogates, nothing overlong, nothing beyond
// U+10FFFF).
#pragma once

#include <cstddef>
#include <string_view>

namespace bz {

// How many bytes the first character has, 1 to 4; 0 when `text` is empty or does not begin with
// one.
std::size_t first_character(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace bz
