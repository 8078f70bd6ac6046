// Dates as HTTP writes them (RFC 9110 section 5.6.7): "Wed, 19 Aug 2020 07:30:00 GMT".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bz::http {

std::string http_date(std::chrono::sys_seconds time);

// Only the form above; nothing for anything else, the two old forms too.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace bz::http
