// POST /v1/installs: an app says once, after it was installed, in which unit. No identifier and no
// address is kept, only how many a unit had on a day; anybody can make up such a request, so these
// counts are shown as self-reported and never mixed with operators' figures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/surroundings.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "store/store.h"

namespace bz::keys {

inline constexpr std::int64_t kFewestInstalls = 10;     // a unit and day, or it is not told
inline constexpr std::int64_t kMostUnitsADay = 20'000;  // Vietnam has some 11,400
inline constexpr std::chrono::days kInstallsKept{91};

struct InstallsOfUnit {
  std::string unit;
  std::int64_t count = 0;
};

// For the daily file to the campaign half: units with at least 10, in the order of their codes.
Result<std::vector<InstallsOfUnit>> installs_of_day(store::Store& store, Day day);

Result<void> drop_old_installs(store::Sql& sql, Instant now);

struct Install {
  std::string unit;
  std::string platform;
  std::string version;
};
// kMalformed with a sentence for the caller.
Result<Install> parse_install(std::string_view body);

class Installs {
 public:
  Installs(store::Store& store, const Surroundings& world, http::RateLimit& limit)
      : store_(store), world_(world), limit_(limit) {}

  http::Response operator()(const http::Request& request);

 private:
  store::Store& store_;
  Surroundings world_;
  http::RateLimit& limit_;
};

}  // namespace bz::keys
