// `bz replay`: recorded radio of real people, played through one real phone each. One of them falls
// ill; every other phone says whether, when and for how long it was near, and the cameras' truth
// stands beside it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct ReplayOptions {
  std::filesystem::path recording;  // .csv.gz, as tools/recording.h has it
  std::filesystem::path
      truth;  // .csv.gz: session_id,dev_a,dev_b,time_s,distance_m, a row per pair and 5 s
  std::string session;
  std::optional<std::string> sick;  // device; without it everybody falls ill in turn
  std::optional<std::filesystem::path>
      devices;  // models; else devices.csv beside the recording, if it is there
  std::string preset = "bluezone4";  // of risk settings
  bool json = false;
};

// A line per ill person and other phone, then the rates: of those within 2 m for 15 minutes or more
// by the cameras, how many were warned; of the others, how many.
Result<void> run_replay(const ReplayOptions& options, std::ostream& out);

}  // namespace bz::tools
