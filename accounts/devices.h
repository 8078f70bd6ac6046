// Browsers that an account has logged in with before. Such a browser is throttled by its own
// failures alone: what strangers try under the account's name does not make its owner wait.
//
// It holds a cookie, set after each full login, that says nothing but that: 52 bytes in hex,
//
//   byte 0..3    the day it was set, days since 1970-01-01, little-endian
//   byte 4..19   random, the same for as long as the browser is known
//   byte 20..51  HMAC-SHA256 over bytes 0..19, the account's epoch (8 bytes, little-endian), its
//   name
//
// The server keeps none of them. A new epoch (with which all sessions end: accounts/sessions.h)
// makes all browsers of the account strangers again.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/time.h"

namespace bz::accounts {

inline constexpr std::chrono::days kDeviceKnown{90};  // after its last full login

using DeviceId = std::array<std::uint8_t, 16>;  // random; under it failures are counted

class Devices {
 public:
  explicit Devices(Bytes key) : key_(std::move(key)) {}

  [[nodiscard]] std::string write(std::string_view account, std::int64_t epoch,
                                  const DeviceId& device, Instant now) const;
  // Nothing when it is not this account's, of another epoch, out of time or no such text.
  [[nodiscard]] std::optional<DeviceId> read(std::string_view text, std::string_view account,
                                             std::int64_t epoch, Instant now) const;

 private:
  Bytes key_;
};

}  // namespace bz::accounts
