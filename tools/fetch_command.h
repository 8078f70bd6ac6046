// `bz fetch`: what a phone does every few hours: fetches the files of published keys that it does
// not have yet, checks their signatures, and compares them with what it heard.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "tools/input.h"

namespace bz::tools {

struct FetchOptions {
  std::string server;   // "https://keys.example.vn"
  std::string exports;  // where the files are, when elsewhere
  std::string region = "VN";
  std::filesystem::path into;  // a folder; files in it are not fetched again
  TrustOptions trust;
  // With both, what was heard is compared, and a warning shown.
  std::optional<std::filesystem::path> log;
  std::optional<std::filesystem::path> log_key;
  std::optional<std::string> preset;  // instead of what the settings say
  // The key that signs settings; with a log, they are fetched too, and taken or refused.
  std::optional<std::string> settings_key;
  std::optional<std::int64_t> now_ms;
  bool json = false;
};

// kDenied when a file is not signed by the authority: nothing of that check counts then.
Result<void> run_fetch(const FetchOptions& options, std::ostream& out);

}  // namespace bz::tools
