// Moments as people read them.
#pragma once

#include <string>

#include "base/time.h"

namespace bz::tools {

// "2020-04-02 13:05:00 UTC"
std::string utc_text(Instant t);
// "2020-04-02"
std::string utc_day_text(Day day);

}  // namespace bz::tools
