// Sessions: a browser holds 32 random bytes, we their SHA-256. A session begins with the password
// and is good for nothing but what comes next until the second factor is passed; each step gets a
// new token, so that one planted before a login is worth nothing after it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/random.h"
#include "base/time.h"
#include "store/store.h"

namespace bz::accounts {

inline constexpr std::chrono::minutes kSessionIdle{30};
inline constexpr std::chrono::hours kSessionMost{12};
// From the password to the second factor or to the end of the set-up.
inline constexpr std::chrono::minutes kSessionUnfinished{15};

enum class Stage : std::int64_t { kSecondFactor = 1, kSetUp = 2, kReady = 3 };

struct SessionRow {
  Digest hash{};      // of its token
  std::string label;  // by which its owner ends it; tells nothing of the token
  std::string account;
  bool system_administrator = false;
  Stage stage = Stage::kSecondFactor;
  Instant begun;
  Instant seen;  // to a minute
  std::string address_prefix;
  Bytes new_second_factor;  // sealed; empty unless one is being set up
  bool by_trusted = false;  // ready without a second factor (accounts/trusted.h)
};

// What the browser's cookie holds: 64 hex digits. The hash of it, or nothing when it is no such.
std::optional<Digest> token_hash(std::string_view token);

// What stands in X-CSRF-Token: only who knows the session's token can make it, and it tells nothing
// of it.
std::string csrf_token(std::string_view token);

// Returns the token. `address_prefix` and `new_second_factor` are kept with it.
struct NewSession {
  std::string token;
  std::string label;

  static NewSession draw(Random& random);
};
Result<void> begin_session(store::Sql& sql, const NewSession& drawn, std::string_view account,
                           Stage stage, std::string_view address_prefix, ByteView new_second_factor,
                           Instant now, bool by_trusted = false);

// Nothing when it has ended or its account is disabled.
Result<std::optional<SessionRow>> find_session(store::Sql& sql, const Digest& hash, Instant now);
// When it must be used again, and when it ends in any case.
Instant idle_end(const SessionRow& session);
Instant last_end(const SessionRow& session);

Result<void> note_use(store::Sql& sql, const Digest& hash, Instant now);
Result<void> end_session(store::Sql& sql, const Digest& hash);
// False when the account has none with that label.
Result<bool> end_session_by_label(store::Sql& sql, std::string_view account,
                                  std::string_view label);
// Also makes all its browsers strangers, trusted ones too: a new epoch (accounts/devices.h).
Result<void> end_all_sessions(store::Sql& sql, std::string_view account);
Result<void> set_new_second_factor(store::Sql& sql, const Digest& hash, ByteView sealed);
// Those of an account that are ready, newest first.
Result<void> each_session(store::Sql& sql, std::string_view account, Instant now,
                          const std::function<void(const SessionRow&)>& show);
Result<void> delete_ended_sessions(store::Sql& sql, Instant now);

}  // namespace bz::accounts
