// Passwords: what may be one, and argon2id (RFC 9106) over it. By libargon2; Unicode by ICU.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace bz::accounts {

inline constexpr std::size_t kLeastPassword = 12;  // characters
inline constexpr std::size_t kMostPassword = 256;  // characters

// The same characters in their composed form (Unicode NFC), since Vietnamese keyboards differ in
// how they write "ế". kMalformed when the text is not UTF-8.
Result<std::string> composed(std::string_view text);

// Why a password that somebody chose for the account `name` will not do.
enum class PasswordFault { kShort, kLong, kHasName, kCommon };
std::optional<PasswordFault> password_fault(std::string_view password, std::string_view name);

// Hashes at most `at_once` passwords at a time, since each takes `memory_kib` and a good part of a
// second of a slow machine; a few more wait, and the rest is turned away. From any thread.
class PasswordHasher {
 public:
  // OWASP's second choice, which is RFC 9106's least memory scaled down: 19 MiB, two passes.
  struct Settings {
    std::uint32_t memory_kib = 19 * 1024;
    std::uint32_t passes = 2;
    int at_once = 2;
    int waiting = 16;
    std::chrono::milliseconds longest_wait{5'000};
  };
  explicit PasswordHasher(Random& random) : PasswordHasher(random, Settings()) {}
  PasswordHasher(Random& random, Settings settings) : settings_(settings), random_(random) {}

  // "$argon2id$v=19$m=19456,t=2,p=1$salt$hash". kUnavailable when too many wait; kMalformed when it
  // is not UTF-8.
  Result<std::string> hash(std::string_view password);
  // Errors as above.
  Result<bool> matches(std::string_view password, const std::string& hashed);
  // Whether `hashed` was made with other settings than these.
  [[nodiscard]] bool is_old(std::string_view hashed) const;

 private:
  class Place;
  Settings settings_;
  Random& random_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int running_ = 0;
  int waiting_ = 0;
};

}  // namespace bz::accounts
