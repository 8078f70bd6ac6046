// `bz store`, `bz installs`: looking after the stores of a server, and the one thing that leaves
// them for the campaign.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "tools/data_folder.h"

namespace bz::tools {

// Reads everything that is in the stores, and says what is damaged.
Result<void> run_store_check(const DataOptions& options, std::ostream& out);

struct StoreCopyOptions {
  DataOptions where;
  std::filesystem::path folder;   // of the backup
  bool with_master_keys = false;  // of a backup: whoever has it then has every secret in it
};
// Into SQLite files in a new folder, of either kind of store, while the server runs. Master keys
// are left out unless they are asked for; signed files are made again from the stores.
Result<void> run_store_backup(const StoreCopyOptions& options, std::ostream& out);
// Into stores that hold nothing yet; also how SQLite is moved to PostgreSQL. Says at its end which
// master keys are still to be put in their place.
Result<void> run_store_restore(const StoreCopyOptions& options, std::ostream& out);

struct InstallsOptions {
  DataOptions where;
  std::string day;  // YYYY-MM-DD, UTC
};
// `unit,installs` as CSV: the daily file for the campaign, no row under 10.
Result<void> run_installs(const InstallsOptions& options, std::ostream& out);

}  // namespace bz::tools
