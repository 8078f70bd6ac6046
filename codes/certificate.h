// A token and the HMAC of the keys become a certificate (POST /api/certificate).
//
// A token is good for one HMAC. The reference servers answer its second use by token_expired, and
// so a lost answer loses the upload; here the same token with the same HMAC gives a certificate
// again, with the same handle, until the token ends. Any other HMAC: token_expired.
#pragma once

#include <string>

#include "codes/api_keys.h"
#include "codes/core.h"

namespace bz::codes {

inline constexpr std::chrono::minutes kCertificateLife{15};

// The certificate's text.
Result<Outcome<std::string>> certify(const Core& core, const Caller& caller, std::string_view body);

}  // namespace bz::codes
