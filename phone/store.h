// The file in which a phone keeps what it heard and what it said: SQLite, with every row's content
// sealed by AES-256-GCM. Drawn in docs/formats/phone-log.md.
//
// What was heard on a UTC day is sealed under that day's key, 32 random bytes that lie in the file
// sealed under the wrapping key. The caller keeps the wrapping key elsewhere (on a phone: the
// system's keystore). Forgetting a day deletes
// its key: after that, nobody can open what is left of its rows in this file. (A copy of the whole
// file that was taken before, with the wrapping key, still opens.)
//
// The file belongs to one Store at a time; a second one, in this program or another, gets
// kUnavailable. For one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/aes.h"
#include "base/random.h"
#include "base/sqlite.h"
#include "base/time.h"

namespace bz::phone {

class Store {
 public:
  enum class Missing { kMake, kFail };

  // Opens the file or, when there is none or it is empty, makes it. Nothing that was there is
  // changed when this fails:
  //   kMalformed    not a phone log, of a newer version, or damaged
  //   kDenied       the wrapping key is not the one it was made with
  //   kNotFound     there is none, and `missing` says not to make it
  //   kInvalid      something else than a file is there
  //   kUnavailable  the disk failed or is full, or another program has it open
  // `random` gives keys and nonces (SystemRandom in every program) and must outlive the store.
  static Result<Store> open(const std::filesystem::path& path, const SealKey& wrapping_key,
                            Random& random, Missing missing = Missing::kMake);

  Database& database() { return database_; }
  Random& random() { return *random_; }

  // Nonce, ciphertext and tag in one: 28 bytes longer than `plain`. The nonce is random and not the
  // row's number: a write that a crash took back has used its nonce, too, and its row's number
  // comes again.
  Bytes seal_blob(const SealKey& key, ByteView context, ByteView plain);
  // kDenied when key, context or any byte is another.
  static Result<Bytes> open_blob(const SealKey& key, ByteView context, ByteView blob);
  [[nodiscard]] const SealKey& wrapping_key() const { return wrapping_key_; }

  // A day as it is written to.
  struct OpenDay {
    SealKey key{};
    std::uint32_t next_number = 0;  // of the day's next row
  };
  // Draws the day's key when there is none yet. Call within the transaction that writes the row,
  // and call close_days() when that is rolled back.
  Result<OpenDay*> open_day(Day day);
  // Forgets in memory what open_day() has read.
  void close_days() { open_days_.clear(); }

  // kNotFound when the day has no key, kMalformed when it does not open.
  Result<SealKey> day_key(Day day);

  // The few other things that a phone must not forget when it is switched off, each by a name of
  // ours, sealed under the wrapping key: the report under way (phone/report.h), the settings'
  // version. `plain` replaces what was there; durable when it returns.
  Result<void> keep(std::string_view name, ByteView plain);
  // Nothing when nothing is kept under that name; kMalformed when it does not open.
  Result<std::optional<Bytes>> kept(std::string_view name);
  // Nothing of it can be read from the file afterwards.
  Result<void> drop(std::string_view name);

  // Writes a table anew, within a transaction. When SQLite moves rows between pages, copies of them
  // stay behind in unused space, where secure_delete does not find them once the rows are deleted;
  // a page that is freed whole is zeroed. Database::empty_wal after it.
  Result<void> write_anew(const std::string& table);

 private:
  Store(Database database, const SealKey& wrapping_key, Random& random)
      : database_(std::move(database)), wrapping_key_(wrapping_key), random_(&random) {}
  static Result<Store> open_or_make(const std::filesystem::path& path, const SealKey& wrapping_key,
                                    Random& random, Missing missing);
  Result<void> check_wrapping_key();
  Result<void> upgrade(std::uint32_t from);

  Database database_;
  SealKey wrapping_key_;
  Random* random_;
  std::map<Day, OpenDay> open_days_;
};

// A row's number in the table of scans: the day counted from 1970 in the upper half, counted from 0
// within the day in the lower.
constexpr std::int64_t row_id(Day day, std::uint32_t number) {
  return (static_cast<std::int64_t>(day.time_since_epoch().count()) << 32U) | number;
}
constexpr std::int64_t first_row(Day day) {
  return row_id(day, 0);
}
constexpr std::int64_t last_row(Day day) {
  return row_id(day, 0xFFFF'FFFFU);
}
constexpr Day day_of_row(std::int64_t id) {
  return Day{std::chrono::days{id >> 32U}};
}
constexpr std::int64_t number_of(Day day) {
  return day.time_since_epoch().count();
}

// What a sealed row is bound to besides its key, so that no row can stand in another's place: what
// it is, and up to two numbers.
Bytes context_of(std::string_view what, std::int64_t first, std::int64_t second = 0);

}  // namespace bz::phone
