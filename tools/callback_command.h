// `bz callback ask`: somebody who was warned, or is ill, asks the health authority to call them.
// `bz callback key`: what the authority writes into its settings so that they can.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct CallbackAskOptions {
  std::filesystem::path log;
  std::filesystem::path log_key;
  // PEM of the key that signs settings; those that `bz fetch` took say whom to seal to.
  std::optional<std::string> settings_key;
  bool agree = false;     // said on the command line instead of at the prompt
  bool withdraw = false;  // what waits is forgotten instead
  std::optional<std::int64_t> now_ms;
  bool json = false;
};
// Reads the text from `in`, one line, so that it stands in no list of processes; shows it, asks,
// and has it wait for the phone's next callback, which `bz fetch` makes.
Result<void> run_callback_ask(const CallbackAskOptions& options, std::istream& in,
                              std::ostream& out);

struct CallbackKeyOptions {
  std::filesystem::path key;  // the authority's private key, or its public half
  bool json = false;
};
Result<void> run_callback_key(const CallbackKeyOptions& options, std::ostream& out);

}  // namespace bz::tools
