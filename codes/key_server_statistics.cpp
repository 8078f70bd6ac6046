#include "codes/key_server_statistics.h"

#include <boost/json.hpp>
#include <charconv>

#include "base/http_client.h"
#include "codes/authorities.h"
#include "codes/dates.h"

namespace bz::codes {
namespace {

constexpr std::size_t kKeyAges = 17;
constexpr std::size_t kOnsetAges = 31;

std::string joined(const std::vector<std::int64_t>& values, char by) {
  std::string text;
  for (const auto one : values) {
    if (!text.empty()) text += by;
    text += std::to_string(one);
  }
  return text;
}

std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::int64_t number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc()) return {};
    numbers.push_back(number);
    at = read.ptr == end ? end : read.ptr + 1;
  }
  return numbers;
}

// All numbers of a day in one list, as the store has them.
std::vector<std::int64_t> flat(const KeyServerDay& day) {
  std::vector<std::int64_t> all{day.unknown, day.android,   day.ios,
                                day.keys,    day.revisions, day.missing_onset};
  all.insert(all.end(), day.key_ages.begin(), day.key_ages.end());
  all.insert(all.end(), day.onset_ages.begin(), day.onset_ages.end());
  return all;
}

std::optional<KeyServerDay> from_flat(const std::vector<std::int64_t>& all) {
  if (all.size() != 6 + kKeyAges + kOnsetAges) return std::nullopt;
  KeyServerDay day{.unknown = all[0],
                   .android = all[1],
                   .ios = all[2],
                   .keys = all[3],
                   .revisions = all[4],
                   .missing_onset = all[5]};
  const auto ages = all.begin() + 6;
  day.key_ages.assign(ages, ages + kKeyAges);
  day.onset_ages.assign(ages + kKeyAges, all.end());
  return day;
}

std::int64_t number(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

// As many numbers as `counts` has; others are left out.
void read_counts(const boost::json::object& object, std::string_view name,
                 std::vector<std::int64_t>& counts) {
  const auto* list = object.if_contains(name);
  if (list == nullptr || !list->is_array()) return;
  std::size_t at = 0;
  for (const auto& value : list->get_array()) {
    if (at == counts.size()) return;
    counts[at++] = value.is_int64() ? value.get_int64() : 0;
  }
}

std::optional<Day> date_of(const boost::json::object& day) {
  const auto* text = day.if_contains("day");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return day_from_text(std::string_view(text->get_string()).substr(0, 10));
}

KeyServerDay day_of_answer(const boost::json::object& object) {
  KeyServerDay day;
  const auto* requests = object.if_contains("publish_requests");
  if (requests != nullptr && requests->is_object()) {
    day.unknown = number(requests->get_object(), "unknown");
    day.android = number(requests->get_object(), "android");
    day.ios = number(requests->get_object(), "ios");
  }
  day.keys = number(object, "total_teks_published");
  day.revisions = number(object, "requests_with_revisions");
  day.missing_onset = number(object, "requests_missing_onset_date");
  read_counts(object, "tek_age_distribution", day.key_ages);
  read_counts(object, "onset_to_upload_distribution", day.onset_ages);
  return day;
}

}  // namespace

Result<KeyServerDays> parse_key_server_answer(std::string_view body) {
  // Members that we do not know are skipped: it may be another make of key server.
  boost::system::error_code fault;
  const auto parsed = boost::json::parse(body, fault);
  const auto* object = fault ? nullptr : parsed.if_object();
  if (object == nullptr) return Error{Code::kMalformed, "the keys side's statistics are no object"};
  KeyServerDays answer;
  const auto* days = object->if_contains("days");
  if (days == nullptr || !days->is_array()) return answer;
  for (const auto& one : days->get_array()) {
    const auto* members = one.if_object();
    const auto date = members == nullptr ? std::nullopt : date_of(*members);
    if (!date) return Error{Code::kMalformed, "the keys side's statistics have a day without date"};
    answer[date->time_since_epoch().count()] = day_of_answer(*members);
  }
  return answer;
}

Result<KeyServerDays> read_key_server_days(const Core& core, const std::string& authority) {
  return core.store.read([&](store::Sql& sql) -> Result<KeyServerDays> {
    KeyServerDays days;
    auto read = sql.each("SELECT day, numbers FROM key_server_days WHERE authority = $1",
                         {authority}, [&](const store::Row& row) -> Result<bool> {
                           auto day = from_flat(numbers_in(row.text(1)));
                           if (day) days[row.integer(0)] = std::move(*day);
                           return true;
                         });
    if (!read) return read.error();
    return days;
  });
}

Result<void> keep_key_server_days(const Core& core, const std::string& authority,
                                  const KeyServerDays& days) {
  return core.store.write([&](store::Sql& sql) -> Result<void> {
    for (const auto& [number, day] : days) {
      const auto numbers = joined(flat(day), ',');
      auto put = sql.run(
          "INSERT INTO key_server_days (authority, day, numbers) VALUES ($1, $2, $3) ON CONFLICT "
          "(authority, day) DO UPDATE SET numbers = excluded.numbers",
          {authority, number, numbers});
      if (!put) return put.error();
    }
    return {};
  });
}

Result<void> fetch_key_server_days(const Core& core, const Authority& authority) {
  const auto now = core.now();
  auto signers = core.keyring.certificate_signers(authority.id, now);
  if (!signers) return signers.error();
  const auto& signer = signers->all[signers->to_use];
  const auto token = wire::write_jwt(wire::JsonWriter{}
                                         .text("iss", authority.issuer)
                                         .text("aud", authority.audience)
                                         .integer("iat", to_s(now))
                                         .integer("exp", to_s(now + std::chrono::minutes{5}))
                                         .done(),
                                     signer.key_id, signer.key);
  HttpClient client;
  const auto answer = client.send(
      {.method = "POST",
       .url = authority.key_server_url + "/v1/stats",
       .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
       .body = "{}"});
  if (!answer) return answer.error();
  if (answer->status != 200) {
    return Error{Code::kUnavailable,
                 "the keys side answers " + std::to_string(answer->status) + " to /v1/stats"};
  }
  auto days = parse_key_server_answer(answer->body);
  if (!days) return days.error();
  return keep_key_server_days(core, authority.id, *days);
}

std::string key_server_cells(const KeyServerDay& day) {
  return joined({day.unknown, day.android, day.ios, day.keys, day.revisions, day.missing_onset},
                ',') +
         "," + joined(day.key_ages, '|') + "," + joined(day.onset_ages, '|');
}

void write_key_server_day(wire::JsonWriter& out, const KeyServerDay& day) {
  out.json("publish_requests", wire::JsonWriter{}
                                   .integer("unknown", day.unknown)
                                   .integer("android", day.android)
                                   .integer("ios", day.ios)
                                   .done())
      .integer("total_teks_published", day.keys)
      .integer("requests_with_revisions", day.revisions)
      .json("tek_age_distribution", "[" + joined(day.key_ages, ',') + "]")
      .json("onset_to_upload_distribution", "[" + joined(day.onset_ages, ',') + "]")
      .integer("requests_missing_onset_date", day.missing_onset);
}

}  // namespace bz::codes
