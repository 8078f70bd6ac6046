// JSON Web Tokens (RFC 7519) with ES256 signatures (RFC 7518 section 3.4), and the keys that verify
// them as JWK (RFC 7517).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ecdsa.h"

namespace bz::wire {

inline constexpr std::size_t kMaxJwt = 8'192;
inline constexpr std::size_t kMaxJwks = std::size_t{64} * 1024;

// A token in its parts; nothing is verified yet.
struct Jwt {
  std::string key_id = {};  // `kid`; empty when there is none
  std::string claims = {};  // a JSON object in text
  Digest digest{};          // of what was signed
  Bytes signature = {};     // X9.62 DER, made from the token's 64 bytes

  bool operator==(const Jwt&) const = default;
};

// kMalformed when it is over kMaxJwt, has not three parts of base64url, its header is not JSON with
// `alg` ES256 (and `typ` JWT or none; `crit` is refused), or its signature is not 64 bytes. A key
// that the header brings along (`jwk`, `jku`, `x5c`) is never looked at. Whether the claims are
// JSON, their reader says.
Result<Jwt> parse_jwt(std::string_view token);

inline bool verifies(const Jwt& jwt, const VerifyKey& key) {
  return key.verifies(jwt.digest, jwt.signature);
}

// `claims` is a JSON object in text.
std::string write_jwt(std::string_view claims, std::string_view key_id, const SigningKey& key);

struct Jwk {
  std::string key_id = {};
  VerifyKey key;
};

// A bare JSON array of EC keys on P-256 with `kid`, `use` sig and `alg` ES256, as the reference
// servers publish it; `as_set` gives {"keys":[…]} (RFC 7517 section 5) instead.
std::string write_jwks(std::span<const Jwk> keys, bool as_set = false);
// Either form. Keys of other kinds, for other uses and those without `kid`, which no token could
// name, are left out. kMalformed when it is no such list, over kMaxJwks, or a key is not a point on
// P-256.
Result<std::vector<Jwk>> parse_jwks(std::string_view json);

}  // namespace bz::wire
