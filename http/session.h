// Who is asking: an official who has logged in. The accounts keep it; the other services only ask.
#pragma once

#include <functional>
#include <string>

#include "http/message.h"

namespace bz::http {

struct Session {
  std::string account;  // its name, which stands in grants and audit trails
  bool system_administrator = false;
};

// The session of a request (its cookie, and for anything but GET its CSRF token), with a second
// factor passed. kDenied when there is none: answer 401. kUnavailable when accounts cannot be
// asked.
using WhoAsks = std::function<Result<Session>(const Request&)>;

}  // namespace bz::http
