// `bz report-positive`: a person hands in the health officer's code, sees what would be sent, and
// agrees or not; to the chains of the 2020 app's profile, where the authority takes them, apart.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct ReportOptions {
  std::string server;  // both sides of it, or with keys_server the codes side
  std::string keys_server;
  std::string api_key;
  std::string authority = "vn-moh";
  std::filesystem::path log;
  std::filesystem::path log_key;
  // Not needed to go on with an upload that was agreed to; not looked at then, unless the server
  // has refused that upload.
  std::string code;
  bool agree = false;            // said on the command line instead of at the prompt
  bool agree_bluezone3 = false;  // to the second part (phone/chain_report.h), in the same way
  bool give_up = false;
  bool accept_contact = false;
  // The key that signs settings: those that this phone took last are obeyed (bz fetch takes them).
  std::optional<std::string> settings_key;
  std::int64_t pause_s = -1;  // between the two halves of a visit; else 20 to 40, drawn
  std::optional<std::int64_t> now_ms;
  bool json = false;
};

// `in` is where the answer to the question comes from.
Result<void> run_report_positive(const ReportOptions& options, std::istream& in, std::ostream& out);

}  // namespace bz::tools
