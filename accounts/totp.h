// Time-based one-time passwords (RFC 6238): HMAC-SHA1, six digits, 30 seconds, as every
// authenticator app has them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"

namespace bz::accounts {

using TotpSecret = std::array<std::uint8_t, 20>;

inline constexpr std::int64_t kTotpStepSeconds = 30;

// How many steps have begun since 1970.
std::int64_t totp_step(Instant now);

// The password of a step: six digits.
std::string totp(const TotpSecret& secret, std::int64_t step);

// The step that a typed password is of: this one, the one before or the one after, since clocks
// differ; but none up to `last_step`, the last that was used, so that a password seen over a
// shoulder is worth nothing. Blanks in `typed` do not count. Nothing when it is of none.
std::optional<std::int64_t> matching_totp_step(const TotpSecret& secret, std::string_view typed,
                                               Instant now, std::int64_t last_step);

// RFC 4648 section 6, without padding.
std::string to_base32(ByteView bytes);

// What a phone's app reads from the picture: "otpauth://totp/Bluezone:NAME?secret=…". `account` has
// only characters that may stand in a URI as they are.
std::string totp_uri(const TotpSecret& secret, std::string_view account);

}  // namespace bz::accounts
