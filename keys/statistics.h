// What an authority may know of its uploads: counts a day, after the hour, and only where enough
// people published (POST /v1/stats).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "engine/published_key.h"
#include "store/store.h"

namespace bz::keys {

enum class Platform : std::uint8_t { kUnknown, kAndroid, kIos };
// By User-Agent, as the reference key server tells them apart.
Platform platform_of(std::string_view user_agent);

// One upload, as it is counted.
struct Counted {
  Platform platform = Platform::kUnknown;
  std::size_t keys = 0;  // new ones
  bool has_revisions = false;
  std::vector<int> key_ages;      // days, of the new ones
  std::optional<int> onset_days;  // from onset to upload; nothing: no onset was given
};

struct DayOfStatistics {
  Day day;
  std::array<std::int64_t, 3> publish_requests{};  // by Platform
  std::int64_t keys = 0;
  std::int64_t requests_with_revisions = 0;
  std::array<std::int64_t, 17> key_ages{};    // 0 to 15 days, and more
  std::array<std::int64_t, 31> onset_days{};  // 0 to 29 days, and more
  std::int64_t requests_without_onset = 0;

  [[nodiscard]] std::int64_t requests() const {
    return publish_requests[0] + publish_requests[1] + publish_requests[2];
  }
};

inline constexpr std::int64_t kFewestPublishes = 10;  // a day, or it is hidden for
inline constexpr std::chrono::hours kHidden{48};      // after its end

// Counts are gathered in memory and written every few seconds, so that no upload waits for a row
// that all of them change; a server that is killed loses those seconds of counts, and no upload.
class Statistics {
 public:
  explicit Statistics(store::Store& store) : store_(store) {}

  // From any thread.
  void count(std::int64_t authority, const Counted& upload, Instant now);
  Result<void> flush();

  // The days of the authority that may be shown at `now`, oldest first.
  Result<std::vector<DayOfStatistics>> days(std::int64_t authority, Instant now) const;

 private:
  struct Place {
    std::int64_t authority;
    std::int64_t hour_s;
    std::int64_t counter;
    auto operator<=>(const Place&) const = default;
  };
  store::Store& store_;
  std::mutex mutex_;
  std::map<Place, std::int64_t> waiting_;
};

// Older days are deleted.
inline constexpr std::chrono::days kStatisticsKept{91};
Result<void> drop_old_statistics(store::Sql& sql, Instant now);

}  // namespace bz::keys
