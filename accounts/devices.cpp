#include "accounts/devices.h"

#include <algorithm>
#include <span>

#include "base/constant_time.h"
#include "base/hash.h"

namespace bz::accounts {
namespace {

constexpr std::size_t kDaySize = 4;
constexpr std::size_t kSaidSize = kDaySize + std::tuple_size_v<DeviceId>;
using Said = std::array<std::uint8_t, kSaidSize>;  // bytes 0..19

std::int64_t day_number(Instant now) {
  return day_of(now).time_since_epoch().count();
}

Digest mac(ByteView key, const Said& said, std::int64_t epoch, std::string_view account) {
  Bytes text(said.begin(), said.end());
  text.resize(kSaidSize + 8);
  put_le(std::span(text).subspan(kSaidSize), static_cast<std::uint64_t>(epoch));
  text.insert(text.end(), account.begin(), account.end());
  return hmac_sha256(key, text);
}

}  // namespace

std::string Devices::write(std::string_view account, std::int64_t epoch, const DeviceId& device,
                           Instant now) const {
  Said said{};
  put_le(std::span(said).first(kDaySize), static_cast<std::uint64_t>(day_number(now)));
  std::ranges::copy(device, said.begin() + kDaySize);
  return to_hex(said) + to_hex(mac(key_, said, epoch, account));
}

std::optional<DeviceId> Devices::read(std::string_view text, std::string_view account,
                                      std::int64_t epoch, Instant now) const {
  Said said{};
  if (text.size() < 2 * kSaidSize || !from_hex(text.substr(0, 2 * kSaidSize), said)) {
    return std::nullopt;
  }
  const auto expected = to_hex(said) + to_hex(mac(key_, said, epoch, account));
  if (!same_in_constant_time(text, expected)) return std::nullopt;
  const auto set = static_cast<std::int64_t>(get_le(ByteView(said).first(kDaySize)));
  // Of tomorrow: the clock was set back a little. Of later: it was wrong then, and the cookie would
  // be good until that day and 90 more.
  const auto age = day_number(now) - set;
  if (age < -1 || age > kDeviceKnown.count()) return std::nullopt;
  DeviceId device{};
  std::copy(said.begin() + kDaySize, said.end(), device.begin());
  return device;
}

}  // namespace bz::accounts
