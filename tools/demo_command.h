// `bz demo`: the whole story, told at the terminal. A made-up town lives a day with real phones,
// one person falls ill and publishes keys, and every phone finds out by itself whether it was near.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>

#include "base/result.h"
#include "sim/town.h"

namespace bz::tools {

struct DemoOptions {
  bool once = false;  // no pauses
  bool json = false;  // a line per phone, and nothing else
  std::uint64_t seed = sim::kShownSeed;
  bool portal = false;  // only the server at the end, without the story
  std::optional<std::filesystem::path>
      recordings;  // dp3t.csv.gz and its truth, for one replay at the end
};

// kConflict when a phone that should be warned was not, or another was.
Result<void> run_demo(const DemoOptions& options, std::ostream& out);

}  // namespace bz::tools
