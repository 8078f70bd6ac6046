#include "wire/jwt.h"

#include <algorithm>

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::wire {
namespace {

Error malformed(const std::string& what) {
  return {Code::kMalformed, "token: " + what};
}

// Gives `kid`. The algorithm is ours to say, not the token's: "none" or an HMAC keyed with our
// public key would let anybody sign.
Result<std::string> read_header(std::string_view json) {
  auto header = JsonReader::parse(json, kMaxJwt);
  if (!header) return malformed("its header is not a JSON object");
  const auto algorithm = header->text("alg");
  const auto type = header->text("typ");
  auto key_id = header->text("kid");
  const bool critical = header->has("crit");
  header->ignore_others();
  if (!header->done()) return malformed("a member of its header is no text, or there twice");
  if (algorithm != "ES256") return malformed("not signed by ES256");
  if (type && *type != "JWT") return malformed("typ is not JWT");
  if (critical) return malformed("crit names extensions, and none is known here");
  return key_id.value_or("");
}

// The 32 bytes of a coordinate.
bool read_coordinate(const std::optional<std::string>& text, std::array<std::uint8_t, 32>& out) {
  if (!text) return false;
  const auto bytes = from_base64url(*text);
  if (!bytes || bytes->size() != out.size()) return false;
  std::ranges::copy(*bytes, out.begin());
  return true;
}

// Adds the key to `keys` if it is of our kind.
Result<void> read_jwk(JsonReader& json, std::vector<Jwk>& keys) {
  const auto kind = json.text("kty");
  const auto curve = json.text("crv");
  auto key_id = json.text("kid");
  const auto use = json.text("use");
  const auto algorithm = json.text("alg");
  json.ignore_others();
  if (auto read = json.done(); !read) return read;
  if (kind != "EC" || curve != "P-256" || key_id.value_or("").empty()) return {};
  if (use.value_or("sig") != "sig" || algorithm.value_or("ES256") != "ES256") return {};
  CurvePoint point;
  const bool complete =
      read_coordinate(json.text("x"), point.x) && read_coordinate(json.text("y"), point.y);
  auto key = VerifyKey::from_point(point);
  if (!complete || !key) return malformed("a key of the list is not a point on P-256");
  keys.push_back({.key_id = std::move(*key_id), .key = std::move(*key)});
  return {};
}

}  // namespace

Result<Jwt> parse_jwt(std::string_view token) {
  if (token.size() > kMaxJwt) return malformed("longer than " + std::to_string(kMaxJwt));
  if (std::ranges::count(token, '.') != 2) return malformed("not three parts with dots between");
  const auto first = token.find('.');
  const auto second = token.rfind('.');
  const auto header = from_base64url(token.substr(0, first));
  const auto claims = from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return malformed("a part of it is not base64url");
  auto key_id = read_header(as_text(*header));
  if (!key_id) return key_id.error();
  RawSignature raw{};
  if (signature->size() != raw.size()) return malformed("its signature is not 64 bytes");
  std::ranges::copy(*signature, raw.begin());
  return Jwt{.key_id = std::move(*key_id),
             .claims = std::string(as_text(*claims)),
             .digest = sha256(as_bytes(token.substr(0, second))),
             .signature = der_signature(raw)};
}

std::string write_jwt(std::string_view claims, std::string_view key_id, const SigningKey& key) {
  const auto header =
      JsonWriter().text("alg", "ES256").text_if_any("kid", key_id).text("typ", "JWT").done();
  auto token = to_base64url(as_bytes(header)) + '.' + to_base64url(as_bytes(claims));
  const auto raw = raw_signature(key.sign(sha256(as_bytes(token))));
  return token + '.' + to_base64url(*raw);
}

std::string write_jwks(std::span<const Jwk> keys, bool as_set) {
  std::string list = "[";
  for (const auto& key : keys) {
    if (list.size() > 1) list += ',';
    const auto point = key.key.point();
    list += JsonWriter()
                .text("kty", "EC")
                .text("crv", "P-256")
                .text("x", to_base64url(point.x))
                .text("y", to_base64url(point.y))
                .text("kid", key.key_id)
                .text("use", "sig")
                .text("alg", "ES256")
                .done();
  }
  list += ']';
  return as_set ? JsonWriter().json("keys", list).done() : list;
}

Result<std::vector<Jwk>> parse_jwks(std::string_view json) {
  if (json.size() > kMaxJwks) return malformed("the list of keys is larger than 64 KiB");
  const auto start = json.find_first_not_of(" \t\r\n");
  const bool bare = start != std::string_view::npos && json[start] == '[';
  // A bare list becomes a set's only member; whatever else stands in the text is then no JSON or a
  // second member, and refused.
  auto set = bare ? JsonReader::parse(JsonWriter().json("keys", json).done(), kMaxJwks + 16)
                  : JsonReader::parse(json, kMaxJwks);
  if (!set) return set.error();
  auto list = set->objects("keys");
  if (!bare) set->ignore_others();
  if (auto read = set->done(); !read) return read.error();
  if (!list) return malformed("no list of keys");
  std::vector<Jwk> keys;
  for (auto& entry : *list) {
    if (auto read = read_jwk(entry, keys); !read) return read.error();
  }
  return keys;
}

}  // namespace bz::wire
