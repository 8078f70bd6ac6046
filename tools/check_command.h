// `bz check`: the 2020 app's contact check, from files.
#pragma once

#include <iosfwd>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct CheckOptions {
  std::string trace;      // JSON trace list
  std::string sightings;  // CSV id,time_ms
  bool json = false;      // its output is always JSON
};

// {"contact":true,"keys":["…"]}: whether any entry had contact, and the daily keys of those that
// had.
Result<void> run_check(const CheckOptions& options, std::ostream& out);

}  // namespace bz::tools
