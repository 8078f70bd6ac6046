// `bz ids`: the names a key makes, for whoever ports the protocol or checks a phone against it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct IdsOptions {
  std::string profile;                     // bluezone3, gaen or bluezone4
  std::string key;                         // hex: 32 bytes for bluezone3, else 16
  std::optional<std::int64_t> created_ms;  // bluezone3: when the root key was drawn
  std::optional<std::int64_t> at_ms;       // bluezone3: the moment asked about
  std::int64_t per_day = 96;               // bluezone3: ids a day
  std::optional<std::int64_t>
      interval;       // gaen, bluezone4: ten-minute number; with `all`, the key's first
  bool all = false;   // every id of the day, or of the key
  bool json = false;  // its output is always JSON
};

// One JSON object a line, in the form of docs/cli.md.
Result<void> run_ids(const IdsOptions& options, std::ostream& out);

}  // namespace bz::tools
