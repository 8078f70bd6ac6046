// What a person who fell ill has published, as every phone reads it: day keys with what the
// authority says of the case
// (`gaen`, `bluezone4`), and day chains of the 2020 app (`bluezone3`).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "engine/day_key.h"

namespace bz::engine {

// The numbers are those of the export format (docs/formats/export.md).
enum class ReportType : std::uint8_t {
  kUnknown = 0,
  kConfirmed = 1,   // confirmed by a test: F0
  kLikely = 2,      // a clinical diagnosis
  kSelfReport = 3,  // the person's own test
  kRecursive = 4,   // a confirmed contact, F1; who meets it is F2
  kRevoked = 5,     // taken back: it must not warn any more
};

struct PublishedKey {
  DayKey key;
  ReportType report_type = ReportType::kUnknown;
  std::uint8_t transmission_risk = 0;   // 0 to 8; older clients read it
  std::optional<int> days_since_onset;  // of symptoms, seen from the key's day; -14 to 14

  bool operator==(const PublishedKey&) const = default;
};

// One entry of a trace list: from this day key, this day on, every later one of that phone follows
// (a weakness of the 2020 app, docs/formats/bluezone3-ids.md).
struct PublishedChain {
  std::array<std::uint8_t, 32> daily_key{};
  Instant start;                  // 00:00 UTC of the key's day
  Instant end;                    // no slot that begins later belongs to it
  std::int32_t ids_per_day = 96;  // 1 to 86,400,000

  bool operator==(const PublishedChain&) const = default;
};

}  // namespace bz::engine
