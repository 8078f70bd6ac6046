// What this phone heard in the last days: scans, kept in a Store.
//
// A scan belongs to the UTC day on which it began, by the phone's clock at that time.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "engine/sighting.h"
#include "phone/store.h"

namespace bz::phone {

class SightingLog {
 public:
  // The store must outlive the log.
  explicit SightingLog(Store& store) : store_(&store) {}

  // All of them in one transaction, in any order of time. When it returns without an error they are
  // on the disk: neither a kill nor a power cut loses them. On an error none of them is kept:
  // kInvalid when a scan is not one (write_scan_row), kUnavailable when the disk failed or is full,
  // kMalformed when the file is damaged. A sync of the disk a call: give what is there together.
  Result<void> append(std::span<const engine::Scan> scans);

  struct ReadReport {
    std::uint64_t scans = 0;
    std::uint64_t sightings = 0;
    std::uint64_t damaged =
        0;  // rows that do not open or break the format; left out, and left where they are
  };
  using Visitor = std::function<void(const engine::Scan&)>;
  // Visits the scans that began at `since` or later, in order of their start, those of the same
  // start in order of appending; each equals what was appended. Holds one day's rows in memory at a
  // time. The visitor must not use the store.
  Result<ReadReport> read(const Visitor& visit, Instant since = Instant{Day{}});

 private:
  Result<void> write(std::span<const engine::Scan> scans);
  Result<void> read_day(Day day, Instant since, const Visitor& visit, ReadReport& report);

  Store* store_;
};

}  // namespace bz::phone
