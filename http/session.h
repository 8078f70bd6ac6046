// Who is asking: an official who has logged in. The accounts keep it; the other services only ask.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "http/message.h"

namespace bz::http {

// For this long after somebody made or reset an account on the portal, they could be the one who
// uses it: they held its password. What needs two persons counts both as one.
inline constexpr std::chrono::days kHelpCounts{14};

struct Session {
  std::string account;  // its name, which stands in grants and audit trails
  bool system_administrator = false;
  // For a request that changes something: the accounts that made or reset this one within
  // kHelpCounts, and those that stood behind them then. Empty when it was done at the command line.
  std::vector<std::string> helpers = {};
  // False of a portal of an older version, which does not say: what asks for two persons waits.
  bool helpers_known = true;
  // False: by the password alone, on a browser that its owner trusts. What must not hang on a
  // password asks for the second factor first.
  bool second_factor = true;
};

// The session of a request (its cookie, and for anything but GET its CSRF token), with a second
// factor passed, now or (`second_factor` false) on that browser in the last 30 days. kDenied when
// there is none: answer 401. kInvalid when somebody is logged in and the CSRF token is not the
// session's: answer 403, since logging in again is not what is missing. kUnavailable when accounts
// cannot be asked.
using WhoAsks = std::function<Result<Session>(const Request&)>;

}  // namespace bz::http
