// `bz fetch`: what a phone does whenever it wakes up. As often as the authority's settings say:
// takes newer settings, forgets what is too old, fetches the files of published keys that it does
// not have yet, checks their signatures, and compares them with what it heard. When they are due:
// the errands (phone/errand.h).
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "tools/input.h"

namespace bz::tools {

struct FetchOptions {
  std::string server;        // "https://keys.example.vn"
  std::string codes_server;  // where callbacks go, when elsewhere
  std::string authority = "vn-moh";
  std::string exports;  // where the files are, when elsewhere
  std::string region = "VN";
  std::filesystem::path into;  // a folder; files in it are not fetched again
  TrustOptions trust;
  // With both, what was heard is compared, and a warning shown.
  std::optional<std::filesystem::path> log;
  std::optional<std::filesystem::path> log_key;
  std::optional<std::string> preset;  // instead of what the settings say
  bool force = false;                 // compare although it is not due yet
  // The key that signs settings; with a log, they are fetched too, and taken or refused. Whatever
  // is refused, those taken before stay in force.
  std::optional<std::string> settings_key;
  std::optional<std::int64_t> now_ms;
  bool json = false;
};

// kDenied when a file is not signed by the authority: nothing of that check counts then.
Result<void> run_fetch(const FetchOptions& options, std::ostream& out);

}  // namespace bz::tools
