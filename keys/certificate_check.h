// Whether an upload's certificate is an authority's, of this moment, and over these keys. What
// costs little is asked first and the signature last, so that a forged upload costs the server less
// than a good one.
#pragma once

#include <functional>
#include <string_view>
#include <variant>

#include "keys/answers.h"
#include "keys/authorities.h"
#include "wire/certificate.h"

namespace bz::keys {

// Whether the certificate's `tekmac` is that of the keys at hand.
using FitsKeys = std::function<bool(const Digest& tekmac)>;

// `chains`: the upload is one of `bluezone3`, which has a certificate of its own. The key named by
// `kid` being unknown sets `kid_is_unknown`, so that the caller asks the codes side anew.
std::variant<wire::Certificate, Refusal> check_certificate(const KnownAuthority& authority,
                                                           std::string_view token, bool chains,
                                                           Instant now, const FitsKeys& fits,
                                                           bool& kid_is_unknown);

}  // namespace bz::keys
