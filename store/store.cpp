#include "store/store.h"

#include <algorithm>
#include <cassert>
#include <system_error>

#include "store/migrate.h"
#include "store/pooled_store.h"
#include "store/postgres_connection.h"
#include "store/sqlite_connection.h"

namespace bz::store {
namespace {

// Only constants of ours come here, and they become names of files and schemas.
[[maybe_unused]] bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (std::filesystem::create_directories(folder, failed)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  if (failed || !std::filesystem::is_directory(folder, failed)) {
    return Error{Code::kUnavailable, folder.string() + ": the folder cannot be made"};
  }
  return {};
}

Result<std::unique_ptr<Store>> open_sqlite(const Place& place, std::string_view name,
                                           std::span<const Migration> migrations) {
  if (const auto made = make_folder(place.folder); !made) return made.error();
  const auto file = place.folder / (std::string(name) + ".db");
  const FolderLock lock(place.folder);
  const auto connect = [file, kib = place.reader_cache_kib] { return connect_sqlite(file, kib); };
  auto first = connect();
  if (!first) return first.error();
  if (const auto done = migrate(**first, name, migrations); !done) return done.error();
  return PooledStore::open(name, connect, {.writers = 1, .readers = 4});
}

Result<std::unique_ptr<Store>> open_postgres(const std::string& url, std::string_view name,
                                             std::span<const Migration> migrations) {
  auto first = connect_postgres(url, name);
  if (!first) return first.error();
  if (const auto done = migrate(**first, name, migrations); !done) return done.error();
  return PooledStore::open(
      name, [url, schema = std::string(name)] { return connect_postgres(url, schema); },
      {.writers = 4, .readers = 4});
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Place& place, std::string_view name,
                                           std::span<const Migration> migrations) {
  assert(is_plain_name(name));
  if (place.database_url.empty()) return open_sqlite(place, name, migrations);
  return open_postgres(place.database_url, name, migrations);
}

}  // namespace bz::store
