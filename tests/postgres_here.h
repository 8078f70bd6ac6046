// A real PostgreSQL for tests, from Debian's package. All tests that run at the same time share one
// server (a test program run by hand too); it ends by itself seconds after the last of them has
// (tests/postgres_here.sh). It syncs as it does in earnest.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/temp_folder.h"

namespace bz::tests {

// A running server, kept running while this lives.
class PostgresServer {
 public:
  // The one that tests share. kUnavailable, with what to install, where there is no PostgreSQL.
  static Result<PostgresServer> shared();
  // One of its own, to be restarted or set up otherwise: "fsync=off".
  static Result<PostgresServer> own(const std::vector<std::string>& settings = {});

  PostgresServer(PostgresServer&& other) noexcept;
  PostgresServer& operator=(PostgresServer&&) = delete;
  ~PostgresServer();

  [[nodiscard]] std::string url(const std::string& database) const;
  // As a power cut would, without a word to anybody; back when it takes connections again.
  Result<void> crash_and_restart();

 private:
  PostgresServer() = default;
  std::optional<TempFolder> temporary_;
  std::filesystem::path folder_;
  int users_ = -1;  // the lock that keeps it running
};

// A database of its own on the shared server, empty; gone at the end.
class PostgresHere {
 public:
  static Result<PostgresHere> make();
  PostgresHere(PostgresHere&& other) noexcept;
  PostgresHere& operator=(PostgresHere&&) = delete;
  ~PostgresHere();

  [[nodiscard]] std::string url() const { return server_.url(name_); }
  // SQL as the server's owner, in this database.
  Result<void> run(const std::string& sql) const;

 private:
  explicit PostgresHere(PostgresServer server) : server_(std::move(server)) {}
  PostgresServer server_;
  std::string name_;
};

}  // namespace bz::tests
