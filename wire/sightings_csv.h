// Sightings as comma-separated text, for people and scripts: what `bz log show` writes, `bz log
// add` and `bz match` read, and the two columns of `bz check` (docs/formats/sightings-csv.md).
//
//   profile,id,aem,rssi_dbm,time_ms
//   gaen,8BE6CD371C5C891604BFBE49DF845096,72033874,-71,1585785600000
//   bluezone3,490C085D937456A4DD07E710,,-60,1585785601000
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/sighting.h"

namespace bz::wire {

// In the order of the file. kMalformed with the line's number from 1 (its header) and the column,
// when
//  - the header is not as above: every column, in this order,
//  - a line has more or fewer columns, or is empty,
//  - profile is not bluezone3, gaen or bluezone4,
//  - id is not hex of the profile's size (12 or 16 bytes), aem not hex of 4 bytes (bluezone3: blank
//  or zero),
//  - rssi_dbm is not a whole number from -127 to 20 (blank: the radio did not say),
//  - time_ms is not a whole number from 0 to 253,402,300,799,999 (year 9999).
// A line ends by LF or CR LF, the last one may end without; a UTF-8 byte order mark may come first.
// No quotes, no spaces.
Result<std::vector<engine::Sighting>> parse_sightings_csv(std::string_view text);

// The same line by line, without the list: for logs that are larger than memory. An error from
// `take` ends the reading.
Result<void> parse_sightings_csv(std::string_view text,
                                 const std::function<Result<void>(const engine::Sighting&)>& take);

// Header `id,time_ms`, ids of bluezone3; the sightings have no rssi.
Result<std::vector<engine::Sighting>> parse_check_csv(std::string_view text);

inline constexpr std::string_view kSightingsHeader = "profile,id,aem,rssi_dbm,time_ms";

// One line with its LF, for a writer that goes on by itself. An rssi that no radio can have heard
// (under -127, over 20) is written blank.
std::string sightings_csv_line(const engine::Sighting& sighting);

// Header and lines, LF after each.
std::string write_sightings_csv(std::span<const engine::Sighting> sightings);

}  // namespace bz::wire
