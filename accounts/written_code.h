// Codes that a person writes down: 80 random bits as 16 letters and digits in groups of four,
// "7KWD-0M3X-…", in Crockford's base 32, which has no I, L, O and U. First passwords and recovery
// codes are such.
#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/random.h"

namespace bz::accounts {

std::string draw_written_code(Random& random);

// The code as it was drawn, from what a person typed: either case, with or without blanks and
// hyphens, O for 0, I and L for 1. What is no such code comes back as something that no code is.
std::string as_drawn(std::string_view typed);

// What is kept of a recovery code of that account. A plain hash is enough for 80 random bits.
Digest recovery_hash(std::string_view account, std::string_view typed);

}  // namespace bz::accounts
