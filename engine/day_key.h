// Names by Exposure Notification 1.2 (Apple and Google, Cryptography Specification, April 2020),
// used by the profiles `gaen` and `bluezone4` alike. Test vectors: the specification's own 144 ids
// of one key.
//
//   id key        = HKDF-SHA256(day key, no salt, "EN-RPIK", 16)
//   metadata key  = HKDF-SHA256(day key, no salt, "EN-AEMK", 16)
//   rolling id    = AES-128(id key, "EN-RPI" || 6 zero bytes || interval, 4 bytes little endian)
//   encrypted metadata = AES-128-CTR(metadata key, first counter = rolling id, 4 bytes)
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/aes.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/sighting.h"

namespace bz::engine {

// The Temporary Exposure Key: 16 random bytes for one UTC day, independent of every other day's.
// Whoever has it can make every id of its period and no other.
struct DayKey {
  std::array<std::uint8_t, 16> bytes{};
  Interval start;                           // first interval for which it makes ids
  std::uint32_t period = kIntervalsPerDay;  // how many intervals, 1 to 144

  [[nodiscard]] constexpr Interval end() const {
    return {start.number + period};
  }  // first interval past it
  [[nodiscard]] constexpr bool covers(Interval i) const {
    return start <= i && i.number - start.number < period;
  }
  auto operator<=>(const DayKey&) const = default;
};

// A key for the whole UTC day of `now`. Programs pass SystemRandom.
DayKey new_day_key(Random& random, Interval now);

struct IdKey {
  std::array<std::uint8_t, 16> bytes{};
};
struct MetadataKey {
  std::array<std::uint8_t, 16> bytes{};
};

IdKey id_key(const DayKey& key);
MetadataKey metadata_key(const DayKey& key);

RollingId rolling_id(const IdKey& key, Interval interval);

// The ids of the key's whole period, the first for key.start.
std::vector<RollingId> rolling_ids(const DayKey& key);

// What the four metadata bytes say once opened.
//
//   byte 0     version: 0x40 is 1.0, 0x50 is 1.1; the low four bits are not read
//   byte 1     transmit power, dBm, signed
//   byte 2..3  zero
//
// It is encrypted but not authenticated: whoever relays a frame can change the power unseen.
struct Metadata {
  std::array<std::uint8_t, 4> bytes{};

  static constexpr Metadata with_power(Dbm transmit_power) {
    return {{0x40, static_cast<std::uint8_t>(transmit_power.value), 0, 0}};
  }
  // Nothing when the version is not 1.x, or the power is outside the -50 to 20 dBm that a phone can
  // have sent with.
  [[nodiscard]] std::optional<Dbm> transmit_power() const;
  bool operator==(const Metadata&) const = default;
};

EncryptedMetadata encrypt(const MetadataKey& key, const RollingId& id, const Metadata& metadata);
Metadata decrypt(const MetadataKey& key, const RollingId& id, const EncryptedMetadata& encrypted);

}  // namespace bz::engine
