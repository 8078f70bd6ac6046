// What the matcher is timed with: a phone's sightings, a country's published keys as files in
// memory, and among them some keys that the phone did hear. Made from a fixed seed, so that two
// runs do the same work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "engine/fast_matcher.h"
#include "engine/kernel.h"

namespace bz::tools {

struct WorkloadOptions {
  engine::NameKind kind = engine::NameKind::kDayKey;
  std::size_t keys = 100'000;      // each of one UTC day: 144 intervals, or 96 slots of 15 minutes
  std::size_t sightings = 50'000;  // distinct, spread evenly over the slots of 14 days
  bool nights = false;             // nothing is heard from 22:00 to 06:00; else every slot is alike
  std::size_t files = 1;           // at least
};

struct Workload {
  engine::NameKind kind = engine::NameKind::kDayKey;
  std::vector<engine::Scan> scans;  // one every five minutes
  // The keys, days at random: flat, for the floor; and as export.bin, sorted by their bytes, or as
  // trace envelopes.
  std::vector<std::array<std::uint8_t, 16>> day_keys;
  std::vector<engine::DailyKey> chain_keys;
  std::vector<Bytes> files;
  std::size_t keys = 0;
  std::size_t planted = 0;  // one key in a thousand was heard once, at its time
};

Workload make_workload(const WorkloadOptions& options);

// Reads one file of the workload and gives its keys to the matcher, as they are parsed.
Result<void> match_file(const Workload& workload, ByteView file, engine::FastMatcher& matcher);

// The least that any matcher must do: every name of every key is made, and stored in a buffer that
// stays in cache.
void run_floor(const Workload& workload, const engine::Kernel& kernel);

}  // namespace bz::tools
