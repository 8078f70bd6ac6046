// `bz match`: which published keys one phone heard.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"
#include "tools/input.h"

namespace bz::tools {

struct MatchOptions {
  std::vector<std::string>
      keys;               // exports (.zip) and signed trace lists (.bzt), in order of publication
  std::string sightings;  // CSV
  TrustOptions trust;
  double receive_correction_db = 0;
  std::string kernel;  // by name; the fastest that runs here when empty
  bool json = false;
};

// A contact (key and UTC day) a line.
Result<void> run_match(const MatchOptions& options, std::ostream& out);

}  // namespace bz::tools
