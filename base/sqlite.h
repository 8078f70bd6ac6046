// SQLite by its C API: a connection, a prepared statement, a transaction. One connection is for one
// thread at a time.
//
// Failures by what can be done: kUnavailable when the disk is full, cannot be read or written, or
// another program holds the file; kMalformed when the file is not a database or is damaged;
// kConflict when a constraint of the schema refuses.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace bz {

// A compiled statement. Lives no longer than its Database.
class Statement {
 public:
  // Parameters count from 1. A blob or text is copied.
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, ByteView value);
  Statement& bind(int parameter, std::string_view value);
  Statement& bind_null(int parameter);

  // True when there is a row, false at the end; then the statement is ready to be bound and run
  // again.
  Result<bool> step();
  // For statements without rows: to the end.
  Result<void> run();
  // Ends early, so that nothing stays locked. The parameters stay bound.
  void reset();

  // The name of a parameter as the text has it ("$1"); nothing for one without a name.
  [[nodiscard]] int parameter_count() const;
  [[nodiscard]] std::string_view parameter_name(int parameter) const;
  // Whether running it can change the database.
  [[nodiscard]] bool is_read_only() const;

  // Columns count from 0 and are of the row that the last step() reached. Views hold until the next
  // call of step() or reset(). A column of another type is converted as SQLite does (a NULL is 0 or
  // empty).
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;  // nothing for NULL
  [[nodiscard]] ByteView blob(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_failure_ = 0;  // reported by the next step()
};

class Database {
 public:
  enum class Mode { kExisting, kCreate, kReadOnly };

  // kNotFound when there is no such file and `mode` does not create it. What the file holds is not
  // looked at yet.
  static Result<Database> open(const std::filesystem::path& path, Mode mode);
  // Lives in memory, until it is destroyed.
  static Result<Database> in_memory();

  // One statement or several, without parameters; rows are thrown away.
  Result<void> execute(std::string_view sql);
  // Exactly one statement.
  Result<Statement> prepare(std::string_view sql);
  // First column of the first row; kNotFound when there is none.
  Result<std::int64_t> integer(std::string_view sql);

  // How many rows the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool in_transaction() const;

  // The first 100 bytes as they lie in the file: nothing is recovered, locked or changed, so that a
  // file can be looked at before it is known to be ours. Shorter when the file is.
  Result<Bytes> raw_header();
  // The whole database as the bytes of a file.
  Result<Bytes> serialize();
  // False: what is in the write-ahead log stays there when the connection ends. True at first, as
  // SQLite has it.
  void checkpoint_on_close(bool yes);
  // Moves all of the write-ahead log into the file, empties it and makes that durable, so that no
  // old page can be read from it any more, even after a power cut.
  Result<void> empty_wal();

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  [[nodiscard]] Error last_error() const;
  std::unique_ptr<sqlite3, Close> database_;
};

// BEGIN IMMEDIATE until commit(); rolled back when it is destroyed before that. Destroy statements
// that were stepped in it first.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Durable when it returns, under PRAGMA synchronous=FULL. On failure nothing of it stays.
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // null once it is over
};

}  // namespace bz
