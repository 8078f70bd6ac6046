#include "phone/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace bz::phone {
namespace {

constexpr std::uint32_t kApplicationId = 0x425A504C;  // "BZPL"
constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kFirstVersion = 1;  // which had no table `kept`
constexpr std::uintmax_t kPageSize = 4096;

constexpr std::string_view kSchema = R"(
PRAGMA page_size=4096;
PRAGMA auto_vacuum=INCREMENTAL;
CREATE TABLE about(only INTEGER PRIMARY KEY CHECK(only = 1), key_check BLOB NOT NULL,
                   believed_day INTEGER, doubted_at INTEGER);
CREATE TABLE day(number INTEGER PRIMARY KEY, key BLOB NOT NULL, ahead_since INTEGER);
CREATE TABLE scan(id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE own_key(id INTEGER PRIMARY KEY, number INTEGER NOT NULL, sealed BLOB NOT NULL,
                     ahead_since INTEGER);
CREATE TABLE kept(name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
)";

// Set at every opening. The write-ahead log is bounded to 4 MiB between checkpoints; a large
// transaction may pass it.
constexpr std::string_view kSettings = R"(
PRAGMA synchronous=FULL;
PRAGMA fullfsync=ON;
PRAGMA checkpoint_fullfsync=ON;
PRAGMA secure_delete=ON;
PRAGMA journal_size_limit=4194304;
)";

// Before the first read: no second program, no spilling to temporary files, no trust in a schema
// that was tampered with.
constexpr std::string_view kGuards = R"(
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA temp_store=MEMORY;
PRAGMA trusted_schema=OFF;
PRAGMA cell_size_check=ON;
)";

Bytes key_check_context() {
  return context_of("key check", kFirstVersion);
}
Bytes day_key_context(Day day) {
  return context_of("day key", number_of(day));
}
Bytes kept_context(std::string_view name) {
  return context_of("kept " + std::string(name), 0);
}

std::uint32_t big_endian(ByteView four) {
  return (std::uint32_t{four[0]} << 24U) | (std::uint32_t{four[1]} << 16U) |
         (std::uint32_t{four[2]} << 8U) | four[3];
}

Bytes seal_with(Random& random, const SealKey& key, ByteView context, ByteView plain) {
  Nonce nonce{};
  random.fill(nonce);
  const Bytes sealed = seal(key, nonce, context, plain);
  Bytes blob(nonce.size() + sealed.size());
  std::ranges::copy(sealed, std::ranges::copy(nonce, blob.begin()).out);
  return blob;
}

// Its version, by the bytes alone, since SQLite may change another program's file when it only
// looks at it.
Result<std::uint32_t> check_header(ByteView header) {
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  if (header.size() < 100 || as_text(header.first(16)) != kMagic ||
      big_endian(header.subspan(68, 4)) != kApplicationId) {
    return Error{Code::kMalformed, "not a phone log; it has been left as it is"};
  }
  const auto version = big_endian(header.subspan(60, 4));
  if (version < kFirstVersion || version > kVersion) {
    return Error{Code::kMalformed, "a phone log of version " + std::to_string(version) +
                                       ", this program knows version " + std::to_string(kVersion) +
                                       "; it has been left as it is"};
  }
  return version;
}

// Held by whoever makes a log in a folder, so that of two who find none one makes it and the other
// opens it.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : folder_(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_ >= 0) ::flock(folder_, LOCK_EX);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (folder_ >= 0) ::close(folder_);
  }

 private:
  int folder_;
};

// Made in memory and put in place whole, so that no crash leaves a half-made log that is then taken
// for a stranger's file.
Result<void> make_file(const std::filesystem::path& path, ByteView key_check) {
  auto database = Database::in_memory();
  if (!database) return database.error();
  if (auto made = database->execute(kSchema); !made) return made;
  auto about = database->prepare("INSERT INTO about(only, key_check) VALUES(1, ?)");
  if (!about) return about.error();
  if (auto done = about->bind(1, key_check).run(); !done) return done;
  const auto numbers = "PRAGMA application_id=" + std::to_string(kApplicationId) +
                       "; PRAGMA user_version=" + std::to_string(kVersion);
  if (auto done = database->execute(numbers); !done) return done;
  auto bytes = database->serialize();
  if (!bytes) return bytes.error();
  // The file format's write and read version: 2 says that it is used with a write-ahead log.
  (*bytes)[18] = 2;
  (*bytes)[19] = 2;
  const FolderLock lock(path.parent_path());
  std::error_code ignored;
  if (std::filesystem::file_size(path, ignored) > 0 && !ignored)
    return {};  // somebody else was faster
  // A write-ahead log whose database is gone would be played into the new one.
  std::filesystem::remove(path.string() + "-wal", ignored);
  return write_file(path, *bytes, Readers::kOwnerOnly);
}

}  // namespace

Bytes context_of(std::string_view what, std::int64_t first, std::int64_t second) {
  constexpr std::string_view kPrefix = "bluezone phone log: ";
  Bytes context(kPrefix.size() + what.size() + 16);
  auto out = std::copy(kPrefix.begin(), kPrefix.end(), context.begin());
  std::copy(what.begin(), what.end(), out);
  const auto numbers = std::span(context).last(16);
  put_le(numbers.first(8), static_cast<std::uint64_t>(first));
  put_le(numbers.last(8), static_cast<std::uint64_t>(second));
  return context;
}

Bytes Store::seal_blob(const SealKey& key, ByteView context, ByteView plain) {
  return seal_with(*random_, key, context, plain);
}

Result<Bytes> Store::open_blob(const SealKey& key, ByteView context, ByteView blob) {
  Nonce nonce{};
  if (blob.size() < nonce.size()) return Error{Code::kDenied, "too short to have been sealed"};
  std::copy_n(blob.begin(), nonce.size(), nonce.begin());
  return open_sealed(key, nonce, context, blob.subspan(nonce.size()));
}

Result<Store> Store::open(const std::filesystem::path& path, const SealKey& wrapping_key,
                          Random& random, Missing missing) {
  const auto place = place_for_file(path);
  if (!place) return place.error();
  auto store = open_or_make(*place, wrapping_key, random, missing);
  if (!store) return Error{store.error().code, path.string() + ": " + store.error().what};
  return store;
}

Result<Store> Store::open_or_make(const std::filesystem::path& path, const SealKey& wrapping_key,
                                  Random& random, Missing missing) {
  auto database = Database::open(path, Database::Mode::kExisting);
  if (!database && database.error().code != Code::kNotFound) return database.error();
  auto header = database ? database->raw_header() : Result<Bytes>(Bytes{});
  if (!header) return header.error();
  if (header->empty() && missing == Missing::kFail)
    return Error{Code::kNotFound, "no log is there"};
  if (header->empty()) {
    const auto check = seal_with(random, wrapping_key, key_check_context(), {});
    if (auto made = make_file(path, check); !made) return made.error();
    database = Database::open(path, Database::Mode::kExisting);
    if (!database) return database.error();
    header = database->raw_header();
    if (!header) return header.error();
  }
  const auto version = check_header(*header);
  if (!version) return version.error();
  std::error_code none;
  const auto wal_size = std::filesystem::file_size(path.string() + "-wal", none);
  const bool crashed = !none && wal_size > 0;
  // SQLite would take the missing end of a page for zeros.
  if (!crashed && std::filesystem::file_size(path, none) % kPageSize != 0)
    return Error{Code::kMalformed, "the log is damaged: it has been cut short"};

  // Until the key has proved right, not even the write-ahead log of a crash is moved into the file.
  database->checkpoint_on_close(!crashed);
  if (auto done = database->execute(kGuards); !done) return done.error();
  Store store(std::move(*database), wrapping_key, random);
  if (auto right = store.check_wrapping_key(); !right) return right.error();
  if (auto done = store.database_.execute(kSettings); !done) return done.error();
  store.database_.checkpoint_on_close(true);
  if (auto done = store.upgrade(*version); !done) return done.error();
  return store;
}

Result<void> Store::upgrade(std::uint32_t from) {
  // The header may be that of the file before a crash, whose write-ahead log has the upgrade.
  const auto version = database_.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (from == kVersion || *version == kVersion) return {};
  auto transaction = Transaction::begin(database_);
  if (!transaction) return transaction.error();
  const auto done = database_.execute(
      "CREATE TABLE kept(name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;"
      "PRAGMA user_version=" +
      std::to_string(kVersion));
  if (!done) return done;
  return transaction->commit();
}

Result<void> Store::keep(std::string_view name, ByteView plain) {
  auto statement = database_.prepare("INSERT OR REPLACE INTO kept(name, sealed) VALUES(?, ?)");
  if (!statement) return statement.error();
  const auto sealed = seal_blob(wrapping_key_, kept_context(name), plain);
  return statement->bind(1, name).bind(2, sealed).run();
}

Result<std::optional<Bytes>> Store::kept(std::string_view name) {
  auto statement = database_.prepare("SELECT sealed FROM kept WHERE name = ?");
  if (!statement) return statement.error();
  const auto row = statement->bind(1, name).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Bytes>{};
  auto plain = open_blob(wrapping_key_, kept_context(name), statement->blob(0));
  if (!plain) return Error{Code::kMalformed, "the log is damaged: what is kept does not open"};
  return std::optional<Bytes>(std::move(*plain));
}

Result<void> Store::drop(std::string_view name) {
  {
    auto statement = database_.prepare("DELETE FROM kept WHERE name = ?");
    if (!statement) return statement.error();
    if (auto done = statement->bind(1, name).run(); !done) return done;
  }
  return database_.empty_wal();
}

Result<void> Store::write_anew(const std::string& table) {
  assert(database_.in_transaction());
  return database_.execute("CREATE TEMP TABLE anew AS SELECT * FROM " + table + "; DELETE FROM " +
                           table + "; INSERT INTO " + table +
                           " SELECT * FROM anew ORDER BY 1; DROP TABLE anew");
}

Result<void> Store::check_wrapping_key() {
  auto about = database_.prepare("SELECT key_check FROM about");
  if (!about) return about.error();
  const auto row = about->step();
  if (!row) return row.error();
  if (!*row) return Error{Code::kMalformed, "the log is damaged: it does not say whose it is"};
  if (!open_blob(wrapping_key_, key_check_context(), about->blob(0))) {
    return Error{Code::kDenied, "the key is not the one this log was made with"};
  }
  return {};
}

Result<SealKey> Store::day_key(Day day) {
  auto wrapped = database_.prepare("SELECT key FROM day WHERE number = ?");
  if (!wrapped) return wrapped.error();
  const auto row = wrapped->bind(1, number_of(day)).step();
  if (!row) return row.error();
  if (!*row) return Error{Code::kNotFound, "nothing is kept of that day"};
  const auto plain = open_blob(wrapping_key_, day_key_context(day), wrapped->blob(0));
  SealKey key{};
  if (!plain || plain->size() != key.size())
    return Error{Code::kMalformed, "the log is damaged: a day's key does not open"};
  std::copy(plain->begin(), plain->end(), key.begin());
  return key;
}

Result<Store::OpenDay*> Store::open_day(Day day) {
  assert(database_.in_transaction());
  if (const auto known = open_days_.find(day); known != open_days_.end()) return &known->second;
  OpenDay opened;
  if (auto key = day_key(day)) {
    opened.key = *key;
    auto last = database_.prepare("SELECT max(id) FROM scan WHERE id BETWEEN ? AND ?");
    if (!last) return last.error();
    const auto row = last->bind(1, first_row(day)).bind(2, last_row(day)).step();
    if (!row) return row.error();
    if (const auto id = last->optional_integer(0))
      opened.next_number = static_cast<std::uint32_t>(*id - first_row(day)) + 1;
  } else if (key.error().code == Code::kNotFound) {
    random_->fill(opened.key);
    // Rows of a forgotten key that a crash has left behind.
    auto clear = database_.prepare("DELETE FROM scan WHERE id BETWEEN ? AND ?");
    if (!clear) return clear.error();
    auto cleared = clear->bind(1, first_row(day)).bind(2, last_row(day)).run();
    if (!cleared) return cleared.error();
    auto insert = database_.prepare("INSERT INTO day(number, key) VALUES(?, ?)");
    if (!insert) return insert.error();
    const auto wrapped = seal_blob(wrapping_key_, day_key_context(day), opened.key);
    auto inserted = insert->bind(1, number_of(day)).bind(2, wrapped).run();
    if (!inserted) return inserted.error();
  } else {
    return key.error();
  }
  return &open_days_.emplace(day, opened).first->second;
}

}  // namespace bz::phone
