// Known browsers (accounts/devices.h) that their owner trusts: for 30 days after a second factor
// there, a login needs the password alone. System administrators have none.
//
// The browser shows the same cookie as any known one; what is kept here is SHA-256 of its 16 bytes,
// drawn afresh when it is trusted, so that a copy made before is worth nothing. A new epoch, with
// which all sessions end, ends the trust too.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "accounts/devices.h"
#include "base/hash.h"
#include "base/random.h"
#include "store/sql.h"

namespace bz::accounts {

inline constexpr std::chrono::days kTrusted{30};  // from the second factor on, however often used

struct TrustedBrowser {
  Digest hash{};
  std::string label;  // by which its owner ends it; tells nothing of the hash
  Instant since{};
  Instant until{};
  std::string address_prefix;  // where it was when it was trusted
};

Digest trusted_hash(const DeviceId& device);

Result<void> trust(store::Sql& sql, std::string_view account, const TrustedBrowser& browser);
Result<bool> is_trusted(store::Sql& sql, std::string_view account, const DeviceId& device,
                        Instant now);
// Newest first.
Result<void> each_trusted(store::Sql& sql, std::string_view account, Instant now,
                          const std::function<void(const TrustedBrowser&)>& show);
// False when the account has none with that label.
Result<bool> end_trust_by_label(store::Sql& sql, std::string_view account, std::string_view label);
Result<void> end_trust(store::Sql& sql, std::string_view account, const DeviceId& device);
Result<void> end_all_trust(store::Sql& sql, std::string_view account);
Result<void> delete_ended_trust(store::Sql& sql, Instant now);

}  // namespace bz::accounts
