// What an operator's commands have in common: they work on the stores of a server, beside it while
// it runs, or while it does not.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace bz::tools {

// How a command stands in the audit trail.
inline constexpr std::string_view kCommandLine = "command line";

struct DataOptions {
  std::filesystem::path data;           // as of `bz serve`
  std::optional<std::string> database;  // else as bz.toml in it says
  bool json = false;
};

// kNotFound when the folder is not there: an operator's command makes no new server by mistake.
Result<store::Place> place_of(const DataOptions& options);

// One of the server's parts, as an operator's command sees it.
struct Part {
  std::string_view name;
  Result<std::unique_ptr<store::Store>> (*open)(const DataOptions& options);
  bool has_master_key = true;  // the campaign keeps no secrets
};
// Those that have run from this folder, or of which it is a backup (their folder or file is in it),
// so that a command for a machine of one part makes no stores of others. kNotFound when none has.
Result<std::vector<Part>> parts_of(const DataOptions& options);

Result<std::unique_ptr<store::Store>> open_codes(const DataOptions& options);
Result<std::unique_ptr<store::Store>> open_keys(const DataOptions& options);
Result<std::unique_ptr<store::Store>> open_accounts(const DataOptions& options);
Result<std::unique_ptr<store::Store>> open_campaign(const DataOptions& options);

}  // namespace bz::tools
