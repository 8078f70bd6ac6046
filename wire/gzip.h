// gzip (RFC 1952), by zlib.
#pragma once

#include <string>
#include <string_view>

namespace bz::wire {

// At level 6, without name and time: the same content gives the same bytes.
std::string gzip(std::string_view content);

}  // namespace bz::wire
