// What the tests of a phone's store share: a folder of its own, a key, scans whose ids can be made
// again.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/temp_folder.h"
#include "engine/sighting.h"
#include "phone/sighting_log.h"
#include "phone/store.h"

namespace bz::phone {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// 2020-08-19 00:00 UTC.
inline constexpr Day kFirstDay{days{18'493}};

inline Instant on_day(int day, milliseconds time = hours{12}) {
  return Instant{kFirstDay + days{day}} + time;
}

// The id that phone `other` says in scan `number` of a test.
inline engine::RollingId id_of(std::uint64_t number, std::uint64_t other) {
  Bytes name(16);
  put_le(std::span(name).first(8), number);
  put_le(std::span(name).last(8), other);
  const auto digest = sha256(name);
  engine::RollingId id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

// Scan `number` of a test: `heard` phones, one frame of each, 300 ms apart.
inline engine::Scan numbered_scan(std::uint64_t number, Instant start, std::size_t heard) {
  engine::Scan scan{start, {}};
  for (std::size_t i = 0; i < heard; ++i) {
    const auto id = id_of(number, i);
    scan.heard.push_back({engine::Profile::kBluezone4,
                          id,
                          {{id.bytes[3], id.bytes[2], id.bytes[1], id.bytes[0]}},
                          engine::Dbm{static_cast<std::int8_t>(-60 - static_cast<int>(i % 30))},
                          start + milliseconds{300} * static_cast<int>(i)});
  }
  return scan;
}

inline Bytes bytes_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline bool holds(ByteView haystack, ByteView needle) {
  return as_text(haystack).find(as_text(needle)) != std::string_view::npos;
}

class PhoneTest : public testing::Test {
 protected:
  void SetUp() override { random_.fill(key_); }

  Result<Store> open() { return Store::open(path_, key_, random_); }

  // All that lies in the folder: the database, its write-ahead log and whatever else there is.
  [[nodiscard]] Bytes raw() const {
    Bytes all;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      const auto bytes = bytes_of_file(file.path());
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
  }

  static std::vector<engine::Scan> read_all(Store& store, Instant since = Instant{Day{}}) {
    std::vector<engine::Scan> scans;
    const auto report =
        SightingLog(store).read([&](const engine::Scan& scan) { scans.push_back(scan); }, since);
    EXPECT_TRUE(report);
    if (report) {
      EXPECT_EQ(report->damaged, 0U);
    }
    return scans;
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  std::filesystem::path path_ = folder_ / "phone.log";
  SealKey key_{};
  SystemRandom random_;
};

}  // namespace bz::phone
