// The revision token: shows that whoever changes the report of published keys is who published
// them. Only the server can read it; every one is of the same size.
//
//   base64 of: byte 0       1, the version of this format
//              byte 1..8    version of the secret it is sealed under, least significant first
//              byte 9..20   nonce
//              rest         AES-256-GCM, context "bz revision token" || authority's id, over:
//                byte 0       how many keys, 0 to 30
//                12 bytes each, 30 times: the beginning of a key's SHA-256; zeros where there is
//                none
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "store/secrets.h"

namespace bz::keys {

// 96 bits: to find another key with the tag of any of a million published ones takes 2^76 tries.
using KeyTag = std::array<std::uint8_t, 12>;
KeyTag tag_of(ByteView key);

class RevisionTokens {
 public:
  RevisionTokens(store::Secrets& secrets, Random& random) : secrets_(secrets), random_(random) {}

  // Makes and renews the secret: at the start and from time to time.
  Result<void> renew(Instant now);

  // The first 30 tags are kept. From any thread.
  [[nodiscard]] std::string write(std::string_view authority,
                                  const std::vector<KeyTag>& tags) const;
  // kDenied when it is not one of ours for this authority, or its secret is gone.
  [[nodiscard]] Result<std::vector<KeyTag>> read(std::string_view authority,
                                                 std::string_view token) const;

 private:
  store::Secrets& secrets_;
  Random& random_;
  mutable std::mutex mutex_;
  std::vector<store::Secret> keys_;
};

}  // namespace bz::keys
