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
  std::filesystem::path folder;  // of the backup
};
// Into SQLite files in a new folder, of either kind of store, while the server runs. Master keys
// and signed files are files beside the stores: they are copied too.
Result<void> run_store_backup(const StoreCopyOptions& options, std::ostream& out);
// Into stores that hold nothing yet; also how SQLite is moved to PostgreSQL.
Result<void> run_store_restore(const StoreCopyOptions& options, std::ostream& out);

struct InstallsOptions {
  DataOptions where;
  std::string day;  // YYYY-MM-DD, UTC
};
// `unit,installs` as CSV: the daily file for the campaign, no row under 10.
Result<void> run_installs(const InstallsOptions& options, std::ostream& out);

}  // namespace bz::tools
