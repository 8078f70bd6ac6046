// Moments and report types as people read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/published_key.h"

namespace bz::tools {

// "2020-04-02 13:05:00 UTC"
std::string utc_text(Instant t);

// "unknown", "confirmed", "likely", "self_report", "recursive" or "revoked".
std::string_view name_of(engine::ReportType type);
std::optional<engine::ReportType> report_type_named(std::string_view name);

}  // namespace bz::tools
