// A token that is read has one text, but for its header; a certificate and a list of keys that are
// read must, written again, be read as the same.
//
// The input is taken for a token, for a certificate's claims and for a list of keys, each in turn.
#include <chrono>
#include <cstdlib>

#include "base/base64.h"
#include "wire/certificate.h"
#include "wire/jwt.h"

namespace {

using namespace bz;

void must(bool holds) {
  if (!holds) std::abort();
}

const SigningKey& our_key() {
  static const auto key = SigningKey::generate();
  return key;
}

void check_token(std::string_view text) {
  const auto jwt = wire::parse_jwt(text);
  if (!jwt) return;
  const auto raw = raw_signature(jwt->signature);
  must(raw.has_value());
  must(text.substr(text.find('.') + 1) ==
       to_base64url(as_bytes(jwt->claims)) + '.' + to_base64url(*raw));
  const auto again = wire::parse_jwt(wire::write_jwt(jwt->claims, jwt->key_id, our_key()));
  if (!again) return;  // its header grew beyond the bound: an escape may take six for one
  must(again->claims == jwt->claims && again->key_id == jwt->key_id);
  must(wire::verifies(*again, our_key().public_key()));
}

void check_claims(std::string_view text) {
  auto certificate = wire::read_certificate({.claims = std::string(text)});
  if (!certificate) return;
  certificate->issued = std::chrono::floor<std::chrono::hours>(certificate->issued);
  certificate->expires = std::chrono::floor<std::chrono::hours>(certificate->expires);
  const auto token = wire::parse_jwt(wire::write_certificate(*certificate, "", our_key()));
  if (!token) return;  // as above
  const auto again = wire::read_certificate(*token);
  must(again.has_value() && *again == *certificate);
}

void check_keys(std::string_view text) {
  const auto keys = wire::parse_jwks(text);
  if (!keys) return;
  const auto written = wire::write_jwks(*keys);
  if (written.size() > wire::kMaxJwks) return;
  const auto again = wire::parse_jwks(written);
  must(again.has_value() && again->size() == keys->size());
  for (std::size_t i = 0; i < keys->size(); ++i) {
    must(again->at(i).key_id == keys->at(i).key_id);
    must(again->at(i).key.point() == keys->at(i).key.point());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text({data, size});
  check_token(text);
  check_claims(text);
  check_keys(text);
  return 0;
}
