// The head of an answer in bytes (RFC 9112 section 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace bz::http {

// Status line, date, the answer's headers, content-length (not for 204 and 304), and `connection:
// close` unless the connection is kept, `x-story-clock: 1` where the date is a story's. A header
// that would break its line is left out.
std::string response_head(const Response& response, std::uint64_t length, bool keep,
                          std::string_view date, bool is_story = false);

}  // namespace bz::http
