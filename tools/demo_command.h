// `bz demo`: the whole story, told at the terminal.
#pragma once

#include <iosfwd>

#include "base/result.h"

namespace bz::tools {

struct DemoOptions {
  bool json = false;
  bool once = false;
};

Result<void> run_demo(const DemoOptions& options, std::ostream& out);

}  // namespace bz::tools
