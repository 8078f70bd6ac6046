#include "keys/stats_route.h"

#include <algorithm>
#include <span>

#include "base/base64.h"
#include "base/date.h"
#include "http/padding.h"
#include "keys/padding.h"
#include "keys/slots.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/limits.h"

namespace bz::keys {
namespace {

// Bytes of padding before base64.
constexpr std::uint64_t kLeastPadding = 2'048;
constexpr std::uint64_t kMostPadding = 3'071;

constexpr std::int64_t kLongestLife = 86'400;

std::string list_of(std::span<const std::int64_t> numbers) {
  std::string text = "[";
  for (const auto number : numbers) text += (text.size() > 1 ? "," : "") + std::to_string(number);
  return text + "]";
}

// RFC 3339 midnight.
std::string day_text(Day day) {
  return to_text(day) + "T00:00:00Z";
}

bool is_second(const std::optional<std::int64_t>& s) {
  return s && *s >= 0 && *s <= wire::kLastSecond;
}

const wire::Jwk* find_key(const std::vector<wire::Jwk>& keys, std::string_view id) {
  const auto at = std::find_if(keys.begin(), keys.end(),
                               [&](const wire::Jwk& key) { return key.key_id == id; });
  return at == keys.end() ? nullptr : &*at;
}

}  // namespace

bool may_ask_now(std::string_view claims, std::string_view audience, std::int64_t now) {
  auto json = wire::JsonReader::parse(claims, wire::kMaxJwt);
  // An upload's certificate is signed by the same key, and any phone can have one.
  if (!json || json->has("tekmac")) return false;
  const auto expires = json->integer("exp");
  const auto from = json->has("nbf") ? json->integer("nbf") : json->integer("iat");
  const auto to = json->text("aud");
  json->ignore_others();
  return json->done() && to == audience && is_second(from) && is_second(expires) && *from <= now &&
         now < *expires && *expires - *from <= kLongestLife;
}

std::string write_statistics(const std::vector<DayOfStatistics>& days) {
  std::vector<std::string> rows;
  for (const auto& day : days) {
    const auto requests = wire::JsonWriter{}
                              .integer("unknown", day.publish_requests[0])
                              .integer("android", day.publish_requests[1])
                              .integer("ios", day.publish_requests[2])
                              .done();
    rows.push_back(wire::JsonWriter{}
                       .text("day", day_text(day.day))
                       .json("publish_requests", requests)
                       .integer("total_teks_published", day.keys)
                       .integer("requests_with_revisions", day.requests_with_revisions)
                       .json("tek_age_distribution", list_of(day.key_ages))
                       .json("onset_to_upload_distribution", list_of(day.onset_days))
                       .integer("requests_missing_onset_date", day.requests_without_onset)
                       .done());
  }
  return wire::JsonWriter{}.list("days", rows).done();
}

std::optional<std::int64_t> StatsRoute::who_asks(const http::Request& request) const {
  constexpr std::string_view kBearer = "Bearer ";
  const auto header = request.header("authorization").value_or("");
  if (!header.starts_with(kBearer)) return {};
  const auto jwt = wire::parse_jwt(header.substr(kBearer.size()));
  if (!jwt) return {};
  auto parsed = wire::JsonReader::parse(jwt->claims, wire::kMaxJwt);
  if (!parsed) return {};
  const auto issuer = parsed->text("iss").value_or("");
  const auto directory = desk_.directory.get();
  const auto* authority = directory->find_issuer(issuer);
  if (authority == nullptr) return {};
  const auto* key = find_key(authority->certificate_keys, jwt->key_id);
  if (key == nullptr) key = find_key(authority->stats_keys, jwt->key_id);
  if (key == nullptr || !wire::verifies(*jwt, key->key)) return {};
  const auto now = to_s(desk_.world.clock.now());
  if (!may_ask_now(jwt->claims, authority->authority.audience, now)) return {};
  return authority->number;
}

http::Response StatsRoute::answer_to(const http::Request& request) {
  if (!is_json(request)) return answer(wrong_content_type());
  auto body = wire::JsonReader::parse(request.body, wire::kMaxApiBody);
  if (!body) return answer(bad_request(body.error().what));
  body->ignore("padding");
  if (auto read = body->done(); !read) return answer(bad_request(read.error().what));
  const auto authority = who_asks(request);
  if (!authority) {
    return answer(Refusal{.status = 401,
                          .code = "unauthorized",
                          .error = "the token is missing, expired or not of this authority"});
  }
  const auto days = statistics_.days(*authority, desk_.world.clock.now());
  if (!days) return answer(internal_error());
  return http::json_response(200, write_statistics(*days));
}

http::Response StatsRoute::operator()(const http::Request& request) {
  auto response = http::is_chaff(request) ? http::json_response(200, "{}") : answer_to(request);
  Bytes filler(kLeastPadding + below(desk_.world.random, kMostPadding - kLeastPadding + 1));
  desk_.world.random.fill(filler);
  const auto is_empty = response.body.size() <= 2;
  response.body.pop_back();
  response.body += (is_empty ? R"("padding":")" : R"(,"padding":")") + to_base64(filler) + "\"}";
  return response;
}

}  // namespace bz::keys
