// A secret of 32 bytes shared among several people so that any two of them can put it together and
// one alone knows nothing of it (A. Shamir, "How to share a secret", 1979, threshold 2). Byte by
// byte in the field of 256 elements modulo x^8 + x^4 + x^3 + x + 1 (that of AES):
//
//   share n = secret + n * slope,   slope: 32 random bytes, forgotten
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"

namespace bz {

using SharedSecret = std::array<std::uint8_t, 32>;

inline constexpr std::uint8_t kMostShares = 16;

struct SecretShare {
  std::uint8_t number = 0;  // 1 to kMostShares
  SharedSecret bytes{};

  bool operator==(const SecretShare&) const = default;
};

// `count` shares, numbered from 1; 2 to kMostShares, else kInvalid. Programs pass SystemRandom.
Result<std::vector<SecretShare>> share_secret(const SharedSecret& secret, std::size_t count,
                                              Random& random);

// kInvalid when they are of one number, or one's number is out of range. Shares of two secrets give
// a third without a sign that they do not belong together: compare what the secret makes (a private
// key's public half) with what is known of it.
Result<SharedSecret> join_shares(const SecretShare& one, const SecretShare& other);

// For paper, "1-HHHH…HH-CCCCCCCC": number, 64 hex digits, and the first four bytes of SHA-256 over
// number and bytes, which find a slip of the pen.
std::string to_text(const SecretShare& share);
// Spaces and line ends are read past. kMalformed when it is not such a text, or has a slip in it.
Result<SecretShare> share_from_text(std::string_view text);

}  // namespace bz
