// What a query asks of figures, read the same way by every route that shows rates.
#pragma once

#include <string>
#include <string_view>

#include "campaign/desk.h"
#include "campaign/figures.h"

namespace bz::campaign {

// A subject as it is asked for: its key, a body's slug, or a unit's code on that day.
Result<std::string> subject_of(store::Sql& sql, std::string_view text, Instant on);
At at_of(const Times& times, const http::Request& request);
// The source named; else the first that reported of the subject by then, operators aside.
Result<std::string> source_asked(store::Sql& sql, std::string_view named, std::string_view subject,
                                 std::string_view measure, Instant as_of);

}  // namespace bz::campaign
