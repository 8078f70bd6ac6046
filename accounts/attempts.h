// Throttling of guesses: after some failures each further try must wait, twice as long each time up
// to a bound, so nobody is locked out for ever. Kept in the store, so that it holds across servers
// and restarts; by names that are HMACs, since what is typed as a name is sometimes a password.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "store/store.h"

namespace bz::accounts {

// What is guessed at, and how patient we are.
struct Limit {
  std::string name;       // "password of lan", "address 192.0.2.0/24"
  std::int64_t free = 5;  // failures without a wait
  std::chrono::seconds longest{900};
  std::chrono::hours kept{
      24};  // failures are forgotten this long after the last one; kMostKept at most
};
inline constexpr std::chrono::hours kMostKept{24};

class Attempts {
 public:
  explicit Attempts(Bytes key) : key_(std::move(key)) {}

  // Counts a try as failed before it is known, so that many at once are not let through together.
  // How long to wait first; 0 when it may be made. A try that must wait is not counted.
  Result<std::chrono::milliseconds> take(store::Sql& sql, const std::vector<Limit>& limits,
                                         Instant now) const;
  // It was none: forgets all failures under `name`.
  Result<void> forget(store::Sql& sql, std::string_view name) const;
  // It was none: takes back the one that take() counted, and no more.
  Result<void> take_back(store::Sql& sql, std::string_view name) const;

  static Result<void> delete_old(store::Sql& sql, Instant now);

 private:
  [[nodiscard]] Bytes key_of(std::string_view name) const;
  Bytes key_;
};

}  // namespace bz::accounts
