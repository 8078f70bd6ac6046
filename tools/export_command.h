// `bz export make` and `bz export read`: signed files of published keys, in the format of Exposure
// Notification.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "base/result.h"
#include "tools/input.h"

namespace bz::tools {

struct ExportMakeOptions {
  // One of the two:
  std::string
      keys;  // a JSON object a line, as `bz export read --json --keys` prints them: makes an export
  std::string trace;        // a trace list of the 2020 app: makes a signed trace list (.bzt)
  std::string signing_key;  // private PEM
  std::string out;          // the zip to write, or the compact form where it ends in .bzk
  std::string region = "VN";
  std::int64_t start_ms = 0;  // the keys came in from here, included,
  std::int64_t end_ms = 0;    // to here, not included
  std::string key_id = "452";
  std::string key_version = "v1";
  bool json = false;
};

struct ExportReadOptions {
  std::string file;
  TrustOptions trust;  // without a public key the content is shown, and said to be unchecked
  bool keys = false;   // every key too
  bool json = false;
};

Result<void> run_export_make(const ExportMakeOptions& options, std::ostream& out);
Result<void> run_export_read(const ExportReadOptions& options, std::ostream& out);

}  // namespace bz::tools
