// One scan as the bytes that are sealed into one row of the phone's log. Drawn in
// docs/formats/phone-log.md.
//
//   bytes 0..3   start of the scan, milliseconds since 00:00 UTC of its day, little endian
//   then, for each sighting in order:
//     varint     0, 1, 2: an id not yet in this row, of that profile; its id (12 or 16 bytes) and,
//     unless
//                bluezone3, its 4 bytes of encrypted metadata follow
//                3 + k: the row's k-th id again, counted from 0
//     1 byte     received power, dBm, signed
//     varint     milliseconds since the sighting before (the first: since the start of the scan),
//     zigzag
//
// Every scan has exactly one such form, and what is read back equals what was written, to the
// millisecond and in order.
#pragma once

#include <chrono>

#include "base/bytes.h"
#include "base/time.h"
#include "engine/sighting.h"

namespace bz::phone {

// More in one scan is an attack on the radio and not a crowd.
inline constexpr std::size_t kMostSightingsInAScan = 65'535;
// A sighting is forgotten with the day on which its scan began, so it must lie close to that.
inline constexpr std::chrono::hours kLongestScan{1};
// 9999-12-31: a scan's day lies between 1970-01-01 and this.
inline constexpr Day kLastDay{std::chrono::days{2'932'896}};

// kInvalid when the scan has more than kMostSightingsInAScan sightings, one more than kLongestScan
// away from its start, a start outside 1970 to kLastDay, a profile that is none, or a bluezone3
// sighting with bytes where that profile has none.
Result<Bytes> write_scan_row(const engine::Scan& scan);

// `day` is the day of the scan's start. Any bytes may arrive: kMalformed when write_scan_row()
// would not have made them.
Result<engine::Scan> parse_scan_row(Day day, ByteView row);

// The start alone, for sorting; kMalformed when the row is too short or the time is not within a
// day.
Result<Instant> start_of_scan_row(Day day, ByteView row);

}  // namespace bz::phone
