#include "base/sqlite.h"

#include <sqlite3.h>

#include <cassert>
#include <cerrno>
#include <string>
#include <utility>

namespace bz {
namespace {

// SQLite calls only ENOSPC a full disk; a quota or a limit of file size is one to whoever has to
// make room. It keeps errno (sqlite3_system_errno) for some failures and not for that of a COMMIT,
// so the thread's own is read, at once.
bool no_room() {
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
}

Error sqlite_error(sqlite3* database, int extended) {
  const int primary = extended & 0xFF;
  const auto number = " (SQLite " + std::to_string(extended) + ")";
  switch (primary) {
    case SQLITE_FULL: return {Code::kUnavailable, "no room left on the disk"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Code::kUnavailable, "another program has the file open"};
    case SQLITE_IOERR:
      if (extended == SQLITE_IOERR_WRITE && no_room())
        return {Code::kUnavailable, "no room left on the disk"};
      return {Code::kUnavailable, "the disk cannot be read or written" + number};
    case SQLITE_CANTOPEN: return {Code::kUnavailable, "the file cannot be opened" + number};
    case SQLITE_READONLY:
    case SQLITE_PERM: return {Code::kUnavailable, "the file may not be written" + number};
    case SQLITE_NOMEM: return {Code::kUnavailable, "out of memory"};
    case SQLITE_NOTADB: return {Code::kMalformed, "the file is not an SQLite database"};
    case SQLITE_CORRUPT: return {Code::kMalformed, "the database is damaged" + number};
    case SQLITE_CONSTRAINT: return {Code::kConflict, "refused by a constraint" + number};
    default: break;
  }
  // Text of SQLite's own about the SQL; bound values are never in it.
  return {Code::kInvalid,
          "SQLite: " + std::string(database ? sqlite3_errmsg(database) : sqlite3_errstr(extended))};
}

Error statement_error(sqlite3_stmt* statement) {
  sqlite3* const database = sqlite3_db_handle(statement);
  return sqlite_error(database, sqlite3_extended_errcode(database));
}

sqlite3_file* file_of(sqlite3* database, int which) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database, "main", which, &file);
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), parameter, value);
  if (result != SQLITE_OK) bind_failure_ = result;
  return *this;
}

Statement& Statement::bind(int parameter, ByteView value) {
  // A null pointer would bind NULL: an empty blob is a blob too.
  const void* const data = value.empty() ? static_cast<const void*>("") : value.data();
  const int result =
      sqlite3_bind_blob64(statement_.get(), parameter, data, value.size(), SQLITE_TRANSIENT);
  if (result != SQLITE_OK) bind_failure_ = result;
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view value) {
  const char* const data = value.empty() ? "" : value.data();
  const int result = sqlite3_bind_text64(statement_.get(), parameter, data, value.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
  if (result != SQLITE_OK) bind_failure_ = result;
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  const int result = sqlite3_bind_null(statement_.get(), parameter);
  if (result != SQLITE_OK) bind_failure_ = result;
  return *this;
}

Result<bool> Statement::step() {
  if (bind_failure_ != 0) {
    return sqlite_error(nullptr, std::exchange(bind_failure_, 0));
  }
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto error = statement_error(statement_.get());
  sqlite3_reset(statement_.get());
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

int Statement::parameter_count() const {
  return sqlite3_bind_parameter_count(statement_.get());
}

std::string_view Statement::parameter_name(int parameter) const {
  const char* const name = sqlite3_bind_parameter_name(statement_.get(), parameter);
  return name == nullptr ? std::string_view{} : std::string_view{name};
}

bool Statement::is_read_only() const {
  return sqlite3_stmt_readonly(statement_.get()) != 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

ByteView Statement::blob(int column) const {
  const auto* const data =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? ByteView{} : ByteView{data, size};
}

std::string_view Statement::text(int column) const {
  const auto* const data =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string_view{} : std::string_view{data, size};
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Error Database::last_error() const {
  return sqlite_error(database_.get(), sqlite3_extended_errcode(database_.get()));
}

Result<Database> Database::open(const std::filesystem::path& path, Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Mode::kExisting: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::kCreate: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    case Mode::kReadOnly: flags |= SQLITE_OPEN_READONLY; break;
  }
  std::error_code ignored;
  // Absolute, so that ":memory:" and the empty name are names of files like any other.
  const auto absolute = std::filesystem::absolute(path, ignored);
  if (mode != Mode::kCreate && !std::filesystem::exists(absolute, ignored))
    return Error{Code::kNotFound, "there is no such file"};
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(absolute.c_str(), &opened, flags, nullptr);
  Database database(opened);
  if (result != SQLITE_OK) return sqlite_error(opened, result);
  return database;
}

Result<Database> Database::in_memory() {
  sqlite3* opened = nullptr;
  const int result =
      sqlite3_open_v2(":memory:", &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(opened);
  if (result != SQLITE_OK) return sqlite_error(opened, result);
  return database;
}

Result<void> Database::execute(std::string_view sql) {
  const int result =
      sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return sqlite_error(database_.get(), result);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* compiled = nullptr;
  const int result = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &compiled, nullptr);
  if (result != SQLITE_OK) return last_error();
  assert(compiled != nullptr);
  return Statement(compiled);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return Error{Code::kNotFound, "no such row"};
  return statement->integer(0);
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(database_.get());
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}

Result<Bytes> Database::raw_header() {
  sqlite3_file* const file = file_of(database_.get(), SQLITE_FCNTL_FILE_POINTER);
  if (file == nullptr) return Error{Code::kInvalid, "a database in memory has no file"};
  sqlite3_int64 size = 0;
  int result = file->pMethods->xFileSize(file, &size);
  Bytes header(static_cast<std::size_t>(size < 100 ? size : 100));
  if (result == SQLITE_OK && !header.empty())
    result = file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0);
  if (result != SQLITE_OK) return sqlite_error(nullptr, result);
  return header;
}

Result<Bytes> Database::serialize() {
  sqlite3_int64 size = 0;
  unsigned char* const data = sqlite3_serialize(database_.get(), "main", &size, 0);
  if (data == nullptr) return Error{Code::kUnavailable, "out of memory"};
  Bytes bytes(data, data + size);
  sqlite3_free(data);
  return bytes;
}

void Database::checkpoint_on_close(bool yes) {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, yes ? 0 : 1, nullptr);
}

Result<void> Database::empty_wal() {
  const int result = sqlite3_wal_checkpoint_v2(database_.get(), "main", SQLITE_CHECKPOINT_TRUNCATE,
                                               nullptr, nullptr);
  if (result != SQLITE_OK) return sqlite_error(database_.get(), result);
  // SQLite does not sync after it has truncated: it need not, but forgotten pages could come back
  // with the old length.
  sqlite3_file* const wal = file_of(database_.get(), SQLITE_FCNTL_JOURNAL_POINTER);
  if (wal != nullptr) {
    const int synced = wal->pMethods->xSync(wal, SQLITE_SYNC_FULL);
    if (synced != SQLITE_OK) return sqlite_error(nullptr, synced);
  }
  return {};
}

Result<Transaction> Transaction::begin(Database& database) {
  auto begun = database.execute("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // Some failures (a full disk) have rolled back already.
  if (database_ != nullptr && database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  auto committed = database_->execute("COMMIT");
  if (!committed) {
    if (database_->in_transaction()) (void)database_->execute("ROLLBACK");
  }
  database_ = nullptr;
  return committed;
}

}  // namespace bz
