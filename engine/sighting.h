// What a phone hears: sightings, gathered by the scan in which they were heard.
//
// A sighting is one frame received. Nothing of the other phone is in it but what the frame says to
// everybody: the rolling id, the encrypted metadata and how strongly it arrived. No address, device
// name or model.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace bz::engine {

// Which of the three languages a name is said in (docs/formats/frames.md). The numbers are those of
// the log's format.
enum class Profile : std::uint8_t {
  kBluezone3 = 0,  // the app of 2020: SHA-256 chains, 12-byte ids
  kGaen = 1,       // Exposure Notification 1.2: service 0xFD6F
  kBluezone4 = 2,  // ours: the same cryptography under service 0x4E56
};

// "bluezone3", "gaen" or "bluezone4".
std::string_view name_of(Profile profile);
std::optional<Profile> profile_named(std::string_view name);

// Bytes of a rolling id on the air: 12 for bluezone3, else 16.
constexpr std::size_t id_size(Profile profile) {
  return profile == Profile::kBluezone3 ? 12 : 16;
}

// The random name a phone says for ten minutes (bluezone3: a day divided by its ids a day), the
// Rolling Proximity Identifier of Exposure Notification. An id of bluezone3 fills the first 12
// bytes; the rest is zero.
struct RollingId {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const RollingId&) const = default;
};

// Associated Encrypted Metadata: four bytes that only the phone's published key opens. Zero for
// bluezone3, which has none.
struct EncryptedMetadata {
  std::array<std::uint8_t, 4> bytes{};

  auto operator<=>(const EncryptedMetadata&) const = default;
};

// Power in decibels over one milliwatt. As received from -127 to 20; 127 means that the radio did
// not say.
struct Dbm {
  std::int8_t value = 0;

  auto operator<=>(const Dbm&) const = default;
};

inline constexpr Dbm kNoRssi{127};

struct Sighting {
  Profile profile = Profile::kBluezone4;
  RollingId id;
  EncryptedMetadata aem;
  Dbm rssi;
  Instant time;

  bool operator==(const Sighting&) const = default;
};

// One time of listening, a few seconds every few minutes. A scan in which nothing was heard is
// evidence too: whoever was near would probably have been heard.
struct Scan {
  Instant start;
  std::vector<Sighting> heard;  // in order of time

  bool operator==(const Scan&) const = default;
};

// Sightings closer together than this belong to one scan: 1.5 times the 17 s that Exposure
// Notification allows (facts: exposure-notifications-internals, ScanInstance).
inline constexpr std::chrono::milliseconds kScanSpan{25'500};

// Gathers loose sightings, in any order, into scans: a scan begins with the first sighting that is
// kScanSpan or more after the first one of the scan before. Scans in which nothing was heard cannot
// be known from sightings.
std::vector<Scan> scans_from(std::vector<Sighting> sightings);

}  // namespace bz::engine
