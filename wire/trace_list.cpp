#include "wire/trace_list.h"

#include <simdjson.h>

#include <limits>

namespace bz::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Range {
  std::int64_t from, to;
};
constexpr Range kIdsPerDay{1, 86'400'000};
constexpr Range kAnyTime{std::numeric_limits<std::int64_t>::min(),
                         std::numeric_limits<std::int64_t>::max()};

Error malformed(const std::string& what) {
  return {Code::kMalformed, "trace list: " + what};
}

// The members of one entry as they were found, the last of each name.
struct Members {
  element daily_key, time_start, max, time_end;
  bool has_daily_key = false, has_time_start = false, has_max = false, has_time_end = false;
};

Members members_of(const simdjson::dom::object& object) {
  Members m;
  for (const auto& [name, value] : object) {
    if (name == "daily_key") {
      m.daily_key = value;
      m.has_daily_key = true;
    } else if (name == "time_start") {
      m.time_start = value;
      m.has_time_start = true;
    } else if (name == "max") {
      m.max = value;
      m.has_max = true;
    } else if (name == "time_end") {
      m.time_end = value;
      m.has_time_end = true;
    }
  }
  return m;
}

Result<std::int64_t> whole_number(bool has, const element& value, const Range& range,
                                  const std::string& where) {
  if (!has) return malformed(where + " is missing");
  std::int64_t number = 0;
  if (value.type() != element_type::INT64 && value.type() != element_type::UINT64) {
    return malformed(where + " is not a whole number");
  }
  if (value.get_int64().get(number) != simdjson::SUCCESS || number < range.from ||
      number > range.to) {
    return malformed(where + " is not " + std::to_string(range.from) + " to " +
                     std::to_string(range.to));
  }
  return number;
}

Result<engine::TraceEntry> entry_from(const element& value, std::size_t number) {
  const std::string entry = "entry " + std::to_string(number);
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS)
    return malformed(entry + " is not an object");
  const Members m = members_of(object);

  std::string_view hex;
  if (!m.has_daily_key) return malformed(entry + ", daily_key is missing");
  if (m.daily_key.get_string().get(hex) != simdjson::SUCCESS) {
    return malformed(entry + ", daily_key is not a string");
  }
  auto key = from_hex(hex);
  if (!key) return malformed(entry + ", daily_key is not an even count of hex digits");

  const auto start = whole_number(m.has_time_start, m.time_start, kAnyTime, entry + ", time_start");
  if (!start) return start.error();
  const auto max = whole_number(m.has_max, m.max, kIdsPerDay, entry + ", max");
  if (!max) return max.error();
  const auto end = whole_number(m.has_time_end, m.time_end, kAnyTime, entry + ", time_end");
  if (!end) return end.error();
  return engine::TraceEntry{.daily_key = std::move(*key),
                            .time_start_s = *start,
                            .time_end_s = *end,
                            .ids_per_day = static_cast<std::int32_t>(*max)};
}

}  // namespace

Result<std::vector<engine::TraceEntry>> parse_trace_list(std::string_view json) {
  if (json.size() > kMaxTraceListText) return malformed("larger than 4 MiB");
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root);
      error != simdjson::SUCCESS) {
    if (error == simdjson::MEMALLOC) return Error{Code::kUnavailable, "trace list: out of memory"};
    return malformed("not JSON");
  }
  simdjson::dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) return malformed("not a JSON object");
  bool has_data = false;
  element data;
  for (const auto& [name, value] : object) {
    if (name != "data") continue;
    data = value;
    has_data = true;
  }
  if (!has_data) return malformed("no member data");
  simdjson::dom::array array;
  if (data.get_array().get(array) != simdjson::SUCCESS) return malformed("data is not an array");

  std::vector<engine::TraceEntry> entries;
  for (const auto& value : array) {
    auto entry = entry_from(value, entries.size() + 1);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

std::string write_trace_list(std::span<const engine::TraceEntry> entries) {
  std::string json = R"({"data":[)";
  for (const auto& entry : entries) {
    if (json.back() == '}') json += ',';
    json += R"({"daily_key":")" + to_hex(entry.daily_key) + R"(","time_start":)" +
            std::to_string(entry.time_start_s) + R"(,"max":)" + std::to_string(entry.ids_per_day) +
            R"(,"time_end":)" + std::to_string(entry.time_end_s) + '}';
  }
  return json + "]}";
}

}  // namespace bz::wire
