// A store: one of the system's four databases, in SQLite (a file of its own) or in PostgreSQL (a
// schema of its own).
//
// What write() acknowledged is durable: SQLite runs with synchronous=FULL, PostgreSQL is refused at
// opening unless synchronous_commit is on. Writers that wait at the same time share one commit
// (group commit), so the disk's sync rate does not bound how many there can be a second.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "store/sql.h"

namespace bz::store {

// One step of the schema's history. Never changed once released; a new one is added. It makes
// tables and changes them, and puts no rows of its own into them: a restored store brings its rows
// along.
struct Migration {
  int number = 0;  // 1, 2, 3, …
  std::string_view name;
  std::string_view sql;  // both dialects (store/sql.h); WITHOUT ROWID is left out for PostgreSQL
};

// Where stores lie: a folder (one file NAME.db for each), or a PostgreSQL server (one schema NAME
// for each).
struct Place {
  std::filesystem::path folder;
  std::string database_url = {};  // "postgresql://…"; empty: SQLite in the folder
  // SQLite's cache of pages for each reading connection, in KiB. Who reads goes over much once, or
  // little often, so a small one does for most stores.
  int reader_cache_kib = 2048;
};

class Store {
 public:
  // Makes it when it is not there, and brings it up to date by the migrations that it lacks;
  // several servers may do so at once. kInvalid when it is newer than `migrations` (a downgrade) or
  // another product's; kUnavailable when PostgreSQL does not promise durability.
  static Result<std::unique_ptr<Store>> open(const Place& place, std::string_view name,
                                             std::span<const Migration> migrations);
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Runs `work` in a transaction, which others may share, and returns what it returned once that is
  // durable. Its error undoes what it wrote, and nobody else's. `work` may run more than once
  // (after a failure of another it is run again alone), so it must change nothing but the store;
  // and a refusal that is no failure is better returned as a value. kUnavailable may also say that
  // the connection broke while it was committed: then it may be there or not. From any thread, but
  // not from within another write of this store; blocks.
  template <class Work>
  auto write(Work work) -> std::invoke_result_t<Work, Sql&> {
    std::optional<std::invoke_result_t<Work, Sql&>> answer;
    const auto done = write_job([&](Sql& sql) -> Result<void> {
      answer.emplace(work(sql));
      if (!*answer) return answer->error();
      return {};
    });
    if (!done) return done.error();
    return std::move(*answer);
  }

  // Runs `work` on one of several reading connections, in a transaction that sees one moment. From
  // any thread; blocks while all are busy.
  template <class Work>
  auto read(Work work) -> std::invoke_result_t<Work, Sql&> {
    std::optional<std::invoke_result_t<Work, Sql&>> answer;
    const auto done = read_job([&](Sql& sql) -> Result<void> {
      answer.emplace(work(sql));
      return {};
    });
    if (!done) return done.error();
    return std::move(*answer);
  }

  // Where the order in which things were written is left in the file (the write-ahead log, the
  // places of rows in a page), writes the file anew in the order of its keys and empties the log;
  // with that goes, too, what was deleted or changed and stood on in the log. Writers wait until it
  // is done, about a second for 100 MB; of a file over 128 MiB only the log is emptied.
  // kUnavailable at once while somebody reads: try again. PostgreSQL: does nothing
  // (docs/privacy.md).
  virtual Result<void> tidy() = 0;

  [[nodiscard]] virtual std::string_view name() const = 0;

  using Job = std::function<Result<void>(Sql&)>;

 protected:
  Store() = default;
  virtual Result<void> write_job(const Job& job) = 0;
  virtual Result<void> read_job(const Job& job) = 0;
};

}  // namespace bz::store
