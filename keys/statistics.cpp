#include "keys/statistics.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "keys/slots.h"

namespace bz::keys {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

// Numbers of the counters in the table; never given to another.
constexpr std::int64_t kPlatforms = 0;  // 0, 1, 2
constexpr std::int64_t kKeys = 3;
constexpr std::int64_t kRevisions = 4;
constexpr std::int64_t kNoOnset = 5;
constexpr std::int64_t kAges = 100;    // and the 16 after it
constexpr std::int64_t kOnsets = 200;  // and the 30 after it

template <std::size_t N>
std::int64_t place_in(const std::array<std::int64_t, N>& /*counts*/, int value) {
  return std::clamp(value, 0, static_cast<int>(N) - 1);
}

template <std::size_t N>
void put(std::array<std::int64_t, N>& counts, std::int64_t at, std::int64_t number) {
  if (at >= 0 && at < static_cast<std::int64_t>(N)) counts[static_cast<std::size_t>(at)] += number;
}

void put(DayOfStatistics& day, std::int64_t counter, std::int64_t number) {
  if (counter == kKeys) {
    day.keys += number;
  } else if (counter == kRevisions) {
    day.requests_with_revisions += number;
  } else if (counter == kNoOnset) {
    day.requests_without_onset += number;
  } else if (counter < kKeys) {
    put(day.publish_requests, counter - kPlatforms, number);
  } else if (counter < kOnsets) {
    put(day.key_ages, counter - kAges, number);
  } else {
    put(day.onset_days, counter - kOnsets, number);
  }
}

}  // namespace

Platform platform_of(std::string_view user_agent) {
  std::string text{user_agent};
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto has = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (has("android")) return Platform::kAndroid;
  if (has("iphone") || (has("bluetoothd") && has("cfnetwork"))) return Platform::kIos;
  return Platform::kUnknown;
}

void Statistics::count(std::int64_t authority, const Counted& upload, Instant now) {
  const DayOfStatistics shape{};
  const auto hour = to_s(now) - to_s(now) % kHour;
  const std::lock_guard lock(mutex_);
  const auto add = [&](std::int64_t counter, std::int64_t number) {
    if (number != 0) waiting_[{authority, hour, counter}] += number;
  };
  add(kPlatforms + static_cast<std::int64_t>(upload.platform), 1);
  add(kKeys, static_cast<std::int64_t>(upload.keys));
  add(kRevisions, upload.has_revisions ? 1 : 0);
  for (const auto age : upload.key_ages) add(kAges + place_in(shape.key_ages, age), 1);
  if (upload.onset_days) add(kOnsets + place_in(shape.onset_days, *upload.onset_days), 1);
  if (!upload.onset_days) add(kNoOnset, 1);
}

Result<void> Statistics::flush() {
  std::map<Place, std::int64_t> now;
  {
    const std::lock_guard lock(mutex_);
    now.swap(waiting_);
  }
  if (now.empty()) return {};
  std::vector<store::Parameter> values;
  for (const auto& [place, number] : now) {
    values.insert(values.end(), {place.authority, place.hour_s, place.counter, number});
  }
  const auto written = store_.write([&](store::Sql& sql) {
    return sql.run_each(
        "INSERT INTO statistics (authority, hour_s, counter, number) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (authority, hour_s, counter) "
        "DO UPDATE SET number = statistics.number + excluded.number",
        4, values);
  });
  if (written) return {};
  const std::lock_guard lock(mutex_);
  for (const auto& [place, number] : now) waiting_[place] += number;
  return written.error();
}

Result<std::vector<DayOfStatistics>> Statistics::days(std::int64_t authority, Instant now) const {
  // The hour that is not over yet is not told.
  const auto before = to_s(now) - to_s(now) % kHour;
  return store_.read([&](store::Sql& sql) -> Result<std::vector<DayOfStatistics>> {
    std::vector<DayOfStatistics> all;
    const auto done = sql.each(
        "SELECT hour_s, counter, number FROM statistics WHERE authority = $1 AND hour_s < $2 "
        "ORDER BY hour_s",
        {authority, before}, [&](const store::Row& row) -> Result<bool> {
          const auto day = Day{std::chrono::days{row.integer(0) / kDay}};
          if (all.empty() || all.back().day != day) all.push_back({.day = day});
          put(all.back(), row.integer(1), row.integer(2));
          return true;
        });
    if (!done) return done.error();
    std::erase_if(all, [&](const DayOfStatistics& day) {
      return day.requests() < kFewestPublishes &&
             now < Instant{day.day} + std::chrono::days{1} + kHidden;
    });
    return all;
  });
}

Result<void> drop_old_statistics(store::Sql& sql, Instant now) {
  const auto dropped = sql.run("DELETE FROM statistics WHERE hour_s < $1",
                               {to_s(Instant{day_of(now)}) - kStatisticsKept.count() * kDay});
  if (!dropped) return dropped.error();
  return {};
}

}  // namespace bz::keys
