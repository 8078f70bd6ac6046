#include "keys/certificate_check.h"

#include <algorithm>

namespace bz::keys {

std::variant<wire::Certificate, Refusal> check_certificate(const KnownAuthority& authority,
                                                           std::string_view token, bool chains,
                                                           Instant now, const FitsKeys& fits,
                                                           bool& kid_is_unknown) {
  kid_is_unknown = false;
  const auto jwt = wire::parse_jwt(token);
  if (!jwt) return invalid_certificate("verificationPayload is not a signed token (ES256)");
  const auto& keys = authority.certificate_keys;
  if (keys.empty()) {
    kid_is_unknown = true;
    return Refusal{.status = 500,
                   .code = "unable_to_load_health_authority",
                   .error = "the authority's public keys are not known yet: try again later"};
  }
  const auto key = std::find_if(keys.begin(), keys.end(),
                                [&](const wire::Jwk& k) { return k.key_id == jwt->key_id; });
  if (key == keys.end()) {
    kid_is_unknown = true;
    return invalid_certificate("the certificate's key (kid) is not one of the authority's");
  }
  auto certificate = wire::read_certificate(*jwt);
  if (!certificate)
    return invalid_certificate("a claim of the certificate is missing or malformed");
  if (certificate->audience != authority.authority.audience) {
    return invalid_certificate("the certificate is for another audience (aud)");
  }
  if (certificate->issuer != authority.authority.issuer) {
    return invalid_certificate("the certificate is by another issuer (iss)");
  }
  // Times are cut to the hour: at its beginning a codes side whose clock is seconds ahead would be
  // refused without this.
  constexpr std::chrono::minutes kClocksApart{5};
  if (now + kClocksApart < certificate->issued)
    return invalid_certificate("the certificate is not valid yet");
  if (now >= certificate->expires) return invalid_certificate("the certificate has expired");
  if (certificate->chains != chains) {
    return invalid_certificate("the certificate is for the other kind of upload");
  }
  if (!fits(certificate->tekmac)) {
    return invalid_certificate("the keys are not those of the certificate (tekmac)");
  }
  if (!wire::verifies(*jwt, key->key)) {
    return invalid_certificate("the certificate's signature does not hold");
  }
  return std::move(*certificate);
}

}  // namespace bz::keys
