#include "keys/installs.h"

#include <algorithm>

#include "keys/answers.h"
#include "keys/slots.h"
#include "wire/json_reader.h"

namespace bz::keys {
namespace {

constexpr std::size_t kLongestBody = 4'096;
constexpr std::size_t kLongestWord = 32;

// A unit's code ("84", "84.842"), a version ("4.0.1").
bool is_word(const std::optional<std::string>& text) {
  return text && !text->empty() && text->size() <= kLongestWord &&
         std::all_of(text->begin(), text->end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '.' || c == '-' || c == '_' || c == '+';
         });
}

std::int64_t day_start(Instant now) {
  return to_s(Instant{day_of(now)});
}

}  // namespace

Result<std::vector<InstallsOfUnit>> installs_of_day(store::Store& store, Day day) {
  return store.read([&](store::Sql& sql) -> Result<std::vector<InstallsOfUnit>> {
    std::vector<InstallsOfUnit> all;
    const auto done = sql.each(
        "SELECT unit, number FROM installs WHERE day_s = $1 AND number >= $2 ORDER BY unit",
        {to_s(Instant{day}), kFewestInstalls}, [&](const store::Row& row) -> Result<bool> {
          all.push_back({.unit = std::string{row.text(0)}, .count = row.integer(1)});
          return true;
        });
    if (!done) return done.error();
    return all;
  });
}

Result<void> drop_old_installs(store::Sql& sql, Instant now) {
  const auto dropped =
      sql.run("DELETE FROM installs WHERE day_s < $1", {day_start(now - kInstallsKept)});
  if (!dropped) return dropped.error();
  return {};
}

Result<Install> parse_install(std::string_view body) {
  auto json = wire::JsonReader::parse(body, kLongestBody);
  if (!json) return json.error();
  auto unit = json->text("unit");
  auto platform = json->text("platform");
  auto version = json->text("version");
  json->ignore("padding");
  if (auto read = json->done(); !read) return read.error();
  if (!is_word(unit) || !is_word(version)) {
    return Error{Code::kMalformed, "unit and version are 1 to 32 letters, digits or . - _ +"};
  }
  if (platform != "android" && platform != "ios" && platform != "other") {
    return Error{Code::kMalformed, "platform is android, ios or other"};
  }
  return Install{
      .unit = std::move(*unit), .platform = std::move(*platform), .version = std::move(*version)};
}

http::Response Installs::operator()(const http::Request& request) {
  if (!is_json(request)) return answer(wrong_content_type());
  const auto install = parse_install(request.body);
  if (!install) return answer(bad_request(install.error().what));
  const auto& unit = install->unit;
  const auto now = world_.clock.now();
  const auto verdict = limit_.take(request.address_prefix, now);
  if (!verdict.allowed) {
    auto refused = answer(Refusal{.status = 429,
                                  .code = "too_many_requests",
                                  .error = "too many installations from this network: try later"});
    http::put_headers(verdict, now, refused);
    return refused;
  }
  const auto day = day_start(now);
  const auto counted = store_.write([&](store::Sql& sql) -> Result<void> {
    const auto changed = sql.run(
        "UPDATE installs SET number = number + 1 WHERE day_s = $1 AND unit = $2", {day, unit});
    if (!changed) return changed.error();
    if (*changed > 0) return {};
    // Made-up units must not fill the disk.
    const auto units = sql.integer("SELECT COUNT(*) FROM installs WHERE day_s = $1", {day});
    if (!units) return units.error();
    if (units->value_or(0) >= kMostUnitsADay) return {};
    const auto added = sql.run(
        "INSERT INTO installs (day_s, unit, number) VALUES ($1, $2, 1) "
        "ON CONFLICT (day_s, unit) DO UPDATE SET number = installs.number + 1",
        {day, unit});
    if (!added) return added.error();
    return {};
  });
  if (!counted) return answer(internal_error());
  return http::json_response(200, "{}");
}

}  // namespace bz::keys
