#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/sqlite.h"
#include "store/statement_cache.h"

namespace bz::store {
namespace {

constexpr std::int64_t kApplicationId = 0x425A5356;  // "BZSV"

// The write-ahead log goes into the file every 4 MiB (a larger one makes a few answers late), and
// is cut back to 16 when a long reading has kept it from that. Deleted rows are overwritten, so
// that nothing is left of a key after its 14 days.
// A larger file is not written anew, since writers would wait for minutes: such a service belongs
// on PostgreSQL (docs/stores.md).
constexpr std::int64_t kLargestRewritten = std::int64_t{1} << 30U;

constexpr std::string_view kSettings = R"(
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA foreign_keys=ON;
PRAGMA trusted_schema=OFF;
PRAGMA secure_delete=ON;
PRAGMA journal_size_limit=16777216;
PRAGMA cache_size=-16384;
)";

constexpr std::string_view kPatience = "PRAGMA busy_timeout=10000";
constexpr std::string_view kForWriting = "PRAGMA query_only=OFF; PRAGMA cache_size=-16384";

struct Prepared {
  Statement statement;
  std::vector<std::size_t> positions;  // SQLite's parameter i + 1 is our $(positions[i] + 1)
};

// SQLite counts "$2", "$1" in order of appearance; we go by the number in the name.
Result<std::vector<std::size_t>> positions_of(const Statement& statement) {
  std::vector<std::size_t> positions;
  for (int i = 1; i <= statement.parameter_count(); ++i) {
    const auto name = statement.parameter_name(i);
    std::size_t number = 0;
    if (name.starts_with('$')) {
      std::from_chars(name.data() + 1, name.data() + name.size(), number);
    }
    if (number == 0) return Error{Code::kInvalid, "parameters are called $1, $2, …"};
    positions.push_back(number - 1);
  }
  return positions;
}

void bind_one(Statement& statement, int at, const Parameter& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    statement.bind(at, *integer);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    statement.bind(at, *text);
  } else if (const auto* octets = std::get_if<ByteView>(&value)) {
    statement.bind(at, *octets);
  } else {
    statement.bind_null(at);
  }
}

Result<void> bind_all(Prepared& prepared, Parameters values) {
  for (std::size_t i = 0; i < prepared.positions.size(); ++i) {
    const auto position = prepared.positions[i];
    if (position >= values.size()) {
      return Error{Code::kInvalid, "the statement has more parameters than were given"};
    }
    bind_one(prepared.statement, static_cast<int>(i) + 1, values[position]);
  }
  return {};
}

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(const Statement& statement) : statement_(statement) {}
  [[nodiscard]] bool is_null(int column) const override { return statement_.is_null(column); }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return statement_.integer(column);
  }
  [[nodiscard]] std::string_view text(int column) const override { return statement_.text(column); }
  [[nodiscard]] ByteView blob(int column) const override { return statement_.blob(column); }

 private:
  const Statement& statement_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(Database database, int reader_cache_kib)
      : database_(std::move(database)),
        for_reading_("PRAGMA query_only=ON; PRAGMA cache_size=-" +
                     std::to_string(reader_cache_kib)) {}

  [[nodiscard]] bool is_postgres() const override { return false; }
  [[nodiscard]] bool is_worth_repeating() const override { return false; }
  [[nodiscard]] bool outcome_is_unknown() const override { return false; }

  Result<void> cache_little() override {
    purpose_.reset();
    return database_.execute("PRAGMA cache_size=-2048");
  }

  // The log is emptied last: the old pages stand in it until then.
  Result<void> tidy() override {
    if (auto set = database_.execute(kForWriting); !set) return set;
    purpose_ = For::kWriting;
    // Writers wait meanwhile: nobody else is waited for.
    if (auto set = database_.execute("PRAGMA busy_timeout=0"); !set) return set;
    const auto done = write_anew();
    if (auto set = database_.execute(kPatience); !set) return set;
    return done;
  }

 protected:
  Result<void> do_begin(For purpose) override {
    if (purpose != purpose_) {
      const bool reads = purpose == For::kReading;
      if (auto set = database_.execute(reads ? for_reading_ : kForWriting); !set) return set;
      purpose_ = purpose;
    }
    return execute(purpose == For::kWriting ? "BEGIN IMMEDIATE" : "BEGIN");
  }

  Result<void> do_commit() override { return execute("COMMIT"); }

  void do_roll_back() override {
    // Some failures (a full disk) have rolled back already.
    if (database_.in_transaction()) (void)execute("ROLLBACK");
  }

  // Through the cache: BEGIN and COMMIT come often.
  Result<void> execute(std::string_view sql) override {
    const auto prepared = prepare(sql);
    if (!prepared) return prepared.error();
    return (*prepared)->statement.run();
  }

  Result<std::int64_t> do_run(std::string_view sql, Parameters parameters) override {
    return do_run_each(sql, parameters.size(), parameters);
  }

  Result<std::int64_t> do_run_each(std::string_view sql, std::size_t width,
                                   Parameters values) override {
    const auto prepared = prepare(sql);
    if (!prepared) return prepared.error();
    std::int64_t changed = 0;
    std::size_t at = 0;
    do {
      if (auto bound = bind_all(**prepared, values.subspan(at, width)); !bound) {
        return bound.error();
      }
      if (auto done = (*prepared)->statement.run(); !done) return done.error();
      if (!(*prepared)->statement.is_read_only()) changed += database_.changes();
      at += width;
    } while (at < values.size());
    return changed;
  }

  Result<void> do_each(std::string_view sql, Parameters parameters,
                       const RowVisitor& visit) override {
    const auto prepared = prepare(sql);
    if (!prepared) return prepared.error();
    auto& statement = (*prepared)->statement;
    if (auto bound = bind_all(**prepared, parameters); !bound) return bound;
    const SqliteRow row(statement);
    for (;;) {
      const auto there = statement.step();
      if (!there) return there.error();
      if (!*there) return {};
      const auto more = visit(row);
      if (more && *more) continue;
      statement.reset();
      if (!more) return more.error();
      return {};
    }
  }

  Result<void> do_script(std::string_view sql) override { return database_.execute(sql); }

  // A transaction that writes is the only one.
  Result<void> do_share(std::string_view) override { return {}; }
  Result<void> do_lock(std::string_view) override { return {}; }

 private:
  Result<void> write_anew() {
    // While somebody reads, the log cannot be emptied, and the work would be for nothing.
    if (auto emptied = database_.empty_wal(); !emptied) return emptied;
    const auto pages = database_.integer("PRAGMA page_count");
    const auto page_size = database_.integer("PRAGMA page_size");
    if (!pages) return pages.error();
    if (!page_size) return page_size.error();
    if (*pages * *page_size > kLargestRewritten) return {};
    if (auto written = database_.execute("VACUUM"); !written) return written;
    return database_.empty_wal();
  }

  Result<Prepared*> prepare(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) {
      return &found->second;
    }
    auto statement = database_.prepare(sql);
    if (!statement) return statement.error();
    auto positions = positions_of(*statement);
    if (!positions) return positions.error();
    if (statements_.size() >= kMostStatements) statements_.clear();
    return &statements_
                .emplace(std::string(sql), Prepared{std::move(*statement), std::move(*positions)})
                .first->second;
  }

  Database database_;
  std::string for_reading_;
  ByText<Prepared> statements_;
  std::optional<For> purpose_ = For::kWriting;  // what it is set up for; nothing: set it up anew
};

// For the owner only, from the first moment; SQLite gives its log the same rights. A file that is
// there is not touched: closing it would take away the locks of every connection that this process
// has to it, and another program, thinking itself alone, would delete the log that we write to.
Result<void> make_file(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0 && errno == EEXIST) return {};
  if (made < 0) {
    return Error{Code::kUnavailable,
                 file.string() + ": cannot be opened; are the folder and the file this user's?"};
  }
  ::close(made);
  return {};
}

// Before anything is changed in it.
Result<void> check_ours(Database& database) {
  const auto id = database.integer("PRAGMA application_id");
  if (!id) return id.error();
  if (*id == kApplicationId) return {};
  const auto tables = database.integer("SELECT COUNT(*) FROM sqlite_master");
  if (!tables) return tables.error();
  if (*id == 0 && *tables == 0) {
    return database.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
  }
  return Error{Code::kInvalid, "made by another program; it has been left as it is"};
}

Error about(const std::filesystem::path& file, const Error& error) {
  return {error.code, file.string() + ": " + error.what};
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ >= 0) ::flock(folder_, LOCK_EX);
}

FolderLock::~FolderLock() {
  if (folder_ >= 0) ::close(folder_);
}

Result<std::unique_ptr<Connection>> connect_sqlite(const std::filesystem::path& file,
                                                   int reader_cache_kib) {
  if (const auto made = make_file(file); !made) return made.error();
  auto database = Database::open(file, Database::Mode::kExisting);
  if (!database) return about(file, database.error());
  // First, so that every statement after it waits for another program.
  if (const auto set = database->execute(kPatience); !set) {
    return about(file, set.error());
  }
  if (const auto ours = check_ours(*database); !ours) return about(file, ours.error());
  if (const auto set = database->execute(kSettings); !set) return about(file, set.error());
  return std::unique_ptr<Connection>(
      std::make_unique<SqliteConnection>(std::move(*database), reader_cache_kib));
}

}  // namespace bz::store
