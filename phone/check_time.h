// When a phone looks for published keys again: as often as the authority's settings say.
#pragma once

#include <chrono>

#include "phone/store.h"

namespace bz::phone {

// A check has succeeded. Durable when it returns.
Result<void> note_checked(Store& store, Instant now);

// `period` after the last check that succeeded; `now` when there was none, or when the clock has
// gone back before it. kMalformed when it cannot be read.
Result<Instant> next_check(Store& store, std::chrono::milliseconds period, Instant now);

}  // namespace bz::phone
