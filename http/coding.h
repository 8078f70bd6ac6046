// Which content codings a client takes (RFC 9110, 12.5.3).
#pragma once

#include <string_view>

#include "http/message.h"

namespace bz::http {

// "gzip, deflate, br;q=0.5" takes "br". A weight of nothing is a refusal; `*` alone is not looked
// for: every browser names what it takes.
bool takes(const Request& request, std::string_view coding);

}  // namespace bz::http
