#include "engine/frame.h"

#include <algorithm>
#include <cassert>
#include <optional>
#include <string_view>

namespace bz::engine {
namespace {

// Assigned numbers: types of advertisement elements.
constexpr std::uint8_t kFlags = 0x01;
constexpr std::uint8_t kSomeUuids16 = 0x02;
constexpr std::uint8_t kAllUuids16 = 0x03;
constexpr std::uint8_t kSomeUuids128 = 0x06;
constexpr std::uint8_t kAllUuids128 = 0x07;
constexpr std::uint8_t kWholeName = 0x09;
constexpr std::uint8_t kServiceData16 = 0x16;
constexpr std::uint8_t kManufacturer = 0xFF;

constexpr std::uint16_t kGaenService = 0xFD6F;
constexpr std::uint16_t kBluezoneService = 0x4E56;  // "VN" on the air
constexpr std::uint16_t kBluezone3Company = 0x22B5;
constexpr std::uint16_t kApple = 0x004C;

// Apple's overflow area: a type byte, then one bit for each hashed background service.
constexpr std::uint8_t kOverflow = 0x01;
constexpr std::size_t kOverflowMask = 16;
constexpr std::uint8_t kBluezone3OverflowBit = 0x08;  // in the first mask byte

constexpr std::size_t kMetadata = 4;

// 00004E56-0000-1000-8000-00805F9B34FB: the 16-bit service written out on the Bluetooth base.
constexpr Uuid kBluezoneServiceOnBase{0xFB, 0x34, 0x9B, 0x5F, 0x80, 0x00, 0x00, 0x80,
                                      0x00, 0x10, 0x00, 0x00, 0x56, 0x4E, 0x00, 0x00};

std::uint16_t u16(ByteView two) {
  return static_cast<std::uint16_t>(get_le(two));
}

void put_u16(Bytes& out, std::uint16_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
}

void put(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put_element(Bytes& out, std::uint8_t type, ByteView value) {
  out.push_back(static_cast<std::uint8_t>(value.size() + 1));
  out.push_back(type);
  put(out, value);
}

bool lists(ByteView uuids, std::uint16_t wanted) {
  for (; uuids.size() >= 2; uuids = uuids.subspan(2)) {
    if (u16(uuids.first(2)) == wanted) return true;
  }
  return false;
}

bool lists(ByteView uuids, const Uuid& wanted) {
  for (; uuids.size() >= wanted.size(); uuids = uuids.subspan(wanted.size())) {
    if (std::ranges::equal(uuids.first(wanted.size()), wanted)) return true;
  }
  return false;
}

// The id and metadata of a value that must be exactly as long as the profile's.
Reading read_value(Profile profile, ByteView value) {
  const bool has_metadata = profile != Profile::kBluezone3;
  if (value.size() != id_size(profile) + (has_metadata ? kMetadata : 0)) return BadLength{profile};
  Frame frame{profile, {}, {}};
  std::ranges::copy(value.first(id_size(profile)), frame.id.bytes.begin());
  if (has_metadata) std::ranges::copy(value.last(kMetadata), frame.aem.bytes.begin());
  return frame;
}

// Everything of ours that an advertisement can hold, gathered before it is judged, since elements
// come in any order.
struct Found {
  std::optional<ByteView> bluezone4_data;
  std::optional<ByteView> gaen_data;
  std::optional<ByteView> bluezone3_data;
  bool bluezone3_service = false;
  bool bluezone3_to_ask = false;
  bool bluezone4_to_ask = false;

  void add(std::uint8_t type, ByteView value) {
    switch (type) {
      case kSomeUuids16:
      case kAllUuids16: bluezone3_service |= lists(value, kBluezoneService); break;
      case kSomeUuids128:
      case kAllUuids128:
        bluezone3_service |= lists(value, kBluezoneServiceOnBase);
        bluezone3_to_ask |= lists(value, kBluezone3Gatt.service);
        bluezone4_to_ask |= lists(value, kBluezone4Gatt.service);
        break;
      case kServiceData16:
        if (value.size() < 2) break;
        if (u16(value.first(2)) == kBluezoneService) keep_first(bluezone4_data, value.subspan(2));
        if (u16(value.first(2)) == kGaenService) keep_first(gaen_data, value.subspan(2));
        break;
      case kManufacturer:
        if (value.size() < 2) break;
        if (u16(value.first(2)) == kBluezone3Company) keep_first(bluezone3_data, value.subspan(2));
        if (u16(value.first(2)) == kApple) bluezone3_to_ask |= has_our_bit(value.subspan(2));
        break;
      default: break;
    }
  }

 private:
  static void keep_first(std::optional<ByteView>& place, ByteView value) {
    if (!place) place = value;
  }
  static bool has_our_bit(ByteView apple) {
    return apple.size() >= 1 + kOverflowMask && apple[0] == kOverflow &&
           (apple[1] & kBluezone3OverflowBit) != 0;
  }
};

}  // namespace

const GattPlace kBluezone3Gatt{{0x67, 0xA6, 0x07, 0xAD, 0xD1, 0x17, 0x2F, 0xA1, 0xC4, 0x4B, 0xF5,
                                0x73, 0x56, 0x4E, 0x00, 0x00},
                               {0x89, 0xA6, 0x07, 0xAD, 0xD1, 0x17, 0x2F, 0xA1, 0xC4, 0x4B, 0xF5,
                                0x73, 0x56, 0x4E, 0x00, 0x00}};
const GattPlace kBluezone4Gatt{{0xDB, 0x96, 0x5E, 0x33, 0xD1, 0x38, 0xB8, 0x86, 0xB4, 0x44, 0xE1,
                                0xCC, 0xA1, 0x59, 0x0B, 0x81},
                               {0xF7, 0xE0, 0x47, 0x7F, 0xDA, 0xCB, 0xCD, 0x8E, 0x45, 0x48, 0x45,
                                0x3A, 0xE7, 0x93, 0xA6, 0x8A}};

Bytes advertisement(const Frame& frame) {
  // General discoverable; the two newer profiles also say "LE only", as the specification of
  // Exposure Notification draws it.
  constexpr std::uint8_t kAndroidFlags = 0x02;
  constexpr std::uint8_t kGaenFlags = 0x1A;
  constexpr std::uint8_t kBluezone4Flags = 0x06;
  Bytes out;
  Bytes value;
  switch (frame.profile) {
    case Profile::kBluezone3:
      put_element(out, kFlags, std::array{kAndroidFlags});
      put_u16(value, kBluezone3Company);
      put(value, gatt_value(frame));
      put_element(out, kManufacturer, value);
      value.clear();
      put_u16(value, kBluezoneService);
      put_element(out, kAllUuids16, value);
      break;
    case Profile::kGaen:
      put_element(out, kFlags, std::array{kGaenFlags});
      put_u16(value, kGaenService);
      put_element(out, kAllUuids16, value);
      put(value, frame.id.bytes);
      put(value, frame.aem.bytes);
      put_element(out, kServiceData16, value);
      break;
    case Profile::kBluezone4:
      put_element(out, kFlags, std::array{kBluezone4Flags});
      put_u16(value, kBluezoneService);
      put(value, gatt_value(frame));
      put_element(out, kServiceData16, value);
      break;
  }
  return out;
}

Bytes advertisement(const ToBeAsked& phone) {
  assert(phone.profile != Profile::kGaen);
  constexpr std::uint8_t kIphoneFlags = 0x1A;
  Bytes out;
  put_element(out, kFlags, std::array{kIphoneFlags});
  if (phone.profile == Profile::kBluezone3) {
    put_element(out, kAllUuids128, kBluezone3Gatt.service);
    put_element(out, kWholeName, as_bytes("Bluezone"));
  } else {
    put_element(out, kAllUuids128, kBluezone4Gatt.service);
  }
  return out;
}

Bytes background_advertisement() {
  constexpr std::uint8_t kIphoneFlags = 0x1A;
  Bytes value;
  put_u16(value, kApple);
  value.push_back(kOverflow);
  value.push_back(kBluezone3OverflowBit);
  value.resize(value.size() + kOverflowMask - 1);
  Bytes out;
  put_element(out, kFlags, std::array{kIphoneFlags});
  put_element(out, kManufacturer, value);
  return out;
}

Bytes gatt_value(const Frame& frame) {
  assert(frame.profile != Profile::kGaen);
  Bytes value;
  put(value, ByteView(frame.id.bytes).first(id_size(frame.profile)));
  if (frame.profile == Profile::kBluezone4) put(value, frame.aem.bytes);
  return value;
}

Reading read_advertisement(ByteView bytes) {
  Found found;
  while (!bytes.empty() && bytes[0] != 0) {  // a length of zero: only padding follows
    const auto element = bytes.subspan(1, std::min<std::size_t>(bytes[0], bytes.size() - 1));
    if (element.empty()) break;
    found.add(element[0], element.subspan(1));
    bytes = bytes.subspan(1 + element.size());
  }
  if (found.bluezone4_data) return read_value(Profile::kBluezone4, *found.bluezone4_data);
  if (found.gaen_data) return read_value(Profile::kGaen, *found.gaen_data);
  if (found.bluezone3_service && found.bluezone3_data)
    return read_value(Profile::kBluezone3, *found.bluezone3_data);
  if (found.bluezone4_to_ask) return ToBeAsked{Profile::kBluezone4};
  if (found.bluezone3_to_ask) return ToBeAsked{Profile::kBluezone3};
  return NotOurs{};
}

Reading read_gatt(const Uuid& service, const Uuid& characteristic, ByteView value) {
  const auto is = [&](const GattPlace& place) {
    return service == place.service && characteristic == place.characteristic;
  };
  if (is(kBluezone4Gatt)) return read_value(Profile::kBluezone4, value);
  if (is(kBluezone3Gatt)) return read_value(Profile::kBluezone3, value);
  return NotOurs{};
}

void FrameCounts::add(const Reading& reading) {
  struct Counter {
    FrameCounts& counts;
    void operator()(const Frame&) const { ++counts.heard; }
    void operator()(const ToBeAsked&) const { ++counts.to_be_asked; }
    void operator()(const NotOurs&) const { ++counts.not_ours; }
    void operator()(const BadLength&) const { ++counts.bad_length; }
  };
  std::visit(Counter{*this}, reading);
}

}  // namespace bz::engine
