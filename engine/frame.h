// Advertisements and GATT values of the three profiles: what one phone says to the phones around it
// (Bluetooth Core 5.4, vol 3 part C section 11; bytes drawn in docs/formats/frames.md).
//
// A frame's profile is told by its service and characteristic, never by its size. Elements may come
// in any order, beside others that are not ours. A phone's address, name and model are not read.
#pragma once

#include <array>
#include <cstdint>
#include <variant>

#include "base/bytes.h"
#include "engine/sighting.h"

namespace bz::engine {

// What a frame says: the sender's id of the moment.
struct Frame {
  Profile profile = Profile::kBluezone4;
  RollingId id;
  EncryptedMetadata aem;  // zero for bluezone3

  bool operator==(const Frame&) const = default;
};

// The sender's id is not in its advertisement and must be asked for: connect, read the profile's
// characteristic. An iPhone in the background is known only by one bit of a hash, so it may turn
// out to run another app.
struct ToBeAsked {
  Profile profile = Profile::kBluezone4;

  bool operator==(const ToBeAsked&) const = default;
};

// Another service's frame, or no frame at all.
struct NotOurs {
  bool operator==(const NotOurs&) const = default;
};

// One of our services with a value of the wrong length: damaged, or a version to come.
struct BadLength {
  Profile profile = Profile::kBluezone4;

  bool operator==(const BadLength&) const = default;
};

using Reading = std::variant<Frame, ToBeAsked, NotOurs, BadLength>;

// 128-bit UUID in the order of the air, least significant byte first.
using Uuid = std::array<std::uint8_t, 16>;

// Where a phone that cannot put its id into an advertisement serves it. `gaen` has no such form.
struct GattPlace {
  Uuid service;
  Uuid characteristic;
};
extern const GattPlace kBluezone3Gatt;  // 00004E56-73F5-4BC4-A12F-17D1AD07A667 and …A689
extern const GattPlace kBluezone4Gatt;  // 810B59A1-CCE1-44B4-86B8-38D1335E96DB and
                                        // 8AA693E7-3A45-4845-8ECD-CBDA7F47E0F7

// Writing
// ---------------------------------------------------------------------------------------------------------

// The whole legacy advertisement (at most 31 bytes) of a phone that says its id openly.
Bytes advertisement(const Frame& frame);

// Of a phone that must be asked: bluezone3 or bluezone4. For bluezone3 it is the 2020 app's on an
// iPhone, with the name "Bluezone" in it.
Bytes advertisement(const ToBeAsked& phone);

// The same from an iPhone in the background, bluezone3 only: Apple's overflow area with the bit
// that the 2020 app's service has there. Which bit kBluezone4Gatt's service has can only be seen on
// an iPhone, and has not been.
Bytes background_advertisement();

// The value that the characteristic gives: 12 bytes for bluezone3, 20 (id and metadata) for
// bluezone4.
Bytes gatt_value(const Frame& frame);

// Reading
// ---------------------------------------------------------------------------------------------------------

// Any bytes may arrive. An element that runs past the end is read as far as it goes and ends the
// reading, as phones do. Where a frame holds several profiles, service data counts before the 2020
// app's form, an id before a question.
Reading read_advertisement(ByteView bytes);

// A value read from a connected phone.
Reading read_gatt(const Uuid& service, const Uuid& characteristic, ByteView value);

// How many of each were met since the program began; the only thing kept of frames that say no id.
struct FrameCounts {
  std::uint64_t heard = 0;
  std::uint64_t to_be_asked = 0;
  std::uint64_t not_ours = 0;
  std::uint64_t bad_length = 0;

  void add(const Reading& reading);
};

}  // namespace bz::engine
