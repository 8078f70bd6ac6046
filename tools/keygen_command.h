// `bz keygen`: new keys, from the system's secure randomness.
#pragma once

#include <iosfwd>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct KeygenOptions {
  std::string signing;  // file for the authority's private key; its public half goes to FILE.pub
  std::string log_key;  // file for the 32 bytes, as hex, that wrap a phone's log
  bool json = false;
};

// Never replaces a file: kConflict when one is there.
Result<void> run_keygen(const KeygenOptions& options, std::ostream& out);

}  // namespace bz::tools
