// A connection to a store that is a file of SQLite.
//
// The file is used with a write-ahead log, synced at every commit. A program on the same machine
// (the command line) may read and write beside the server.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "store/connection.h"

namespace bz::store {

// The folder must be there; the file is made, for its owner only. kInvalid when another program
// made it; kMalformed when it is no database at all.
Result<std::unique_ptr<Connection>> connect_sqlite(const std::filesystem::path& file,
                                                   int reader_cache_kib);

// Held by whoever opens a store in a folder, so that of several programs one makes it and the
// others find it made.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int folder_;
};

}  // namespace bz::store
