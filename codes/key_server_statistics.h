// What the keys side counted, fetched as any verification server fetches it: by its POST /v1/stats,
// with a token that the authority's certificate key signs. Days of few uploads are not shown there.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codes/core.h"
#include "wire/json_writer.h"

namespace bz::codes {

struct KeyServerDay {
  std::int64_t unknown = 0;
  std::int64_t android = 0;
  std::int64_t ios = 0;
  std::int64_t keys = 0;
  std::int64_t revisions = 0;
  std::int64_t missing_onset = 0;
  std::vector<std::int64_t> key_ages = std::vector<std::int64_t>(17);
  std::vector<std::int64_t> onset_ages = std::vector<std::int64_t>(31);

  bool operator==(const KeyServerDay&) const = default;
};
using KeyServerDays = std::map<std::int64_t, KeyServerDay, std::greater<>>;  // by day number

// An answer of POST /v1/stats. kMalformed when it is none.
Result<KeyServerDays> parse_key_server_answer(std::string_view body);

Result<KeyServerDays> read_key_server_days(const Core& core, const std::string& authority);
// Days that are there already are replaced.
Result<void> keep_key_server_days(const Core& core, const std::string& authority,
                                  const KeyServerDays& days);
// Asks the keys side of an authority that has a `key_server_url`.
Result<void> fetch_key_server_days(const Core& core, const Authority& authority);

inline constexpr std::string_view kKeyServerColumns =
    "publish_requests_unknown,publish_requests_android,publish_requests_ios,total_teks_published,"
    "requests_with_revisions,requests_missing_onset_date,tek_age_distribution,"
    "onset_to_upload_distribution";
std::string key_server_cells(const KeyServerDay& day);
void write_key_server_day(wire::JsonWriter& out, const KeyServerDay& day);

}  // namespace bz::codes
