// Days as text: YYYY-MM-DD (ISO 8601).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace bz {

// Nothing when it is not exactly a day of the calendar, from 1970 to 9999.
std::optional<Day> day_from_text(std::string_view text);
std::string to_text(Day day);

}  // namespace bz
