// Base64 (RFC 4648): the standard alphabet for JSON, the URL-safe one for JSON Web Tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace bz {

// Standard alphabet, padded.
std::string to_base64(ByteView bytes);
// URL-safe alphabet, without padding.
std::string to_base64url(ByteView bytes);

// Standard alphabet, padded or not. kMalformed on any other character (white space too), padding
// in the middle, an impossible length, or bits left over that are not zero: one value has one text,
// but for its padding.
Result<Bytes> from_base64(std::string_view text);
// URL-safe alphabet, without padding; otherwise as above.
Result<Bytes> from_base64url(std::string_view text);

}  // namespace bz
