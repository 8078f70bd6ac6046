// Whose signature a file of keys must carry before a phone believes it.
#pragma once

#include <string>
#include <vector>

#include "base/ecdsa.h"

namespace bz::wire {

// A public key that the phone was given with its settings. In an export the pair of version and id
// names the key (SignatureInfo); where both are empty here, every signature of the file is tried.
struct TrustedKey {
  VerifyKey key;
  std::string version = {};
  std::string id = {};
};

// A file is believed when one signature in it holds under one of `keys`; other authorities may have
// signed it too. Without any key the call is refused, unless the caller says in so many words that
// it takes a file from anybody.
struct Trust {
  std::vector<TrustedKey> keys;
  bool unsigned_allowed = false;  // read only when `keys` is empty

  [[nodiscard]] bool verifies() const { return !keys.empty(); }

  static Trust in(VerifyKey key) { return {.keys = {{.key = std::move(key)}}}; }
  static Trust in_anybody() { return {.keys = {}, .unsigned_allowed = true}; }
};

// kInvalid when there is neither a key nor the permission to do without.
inline Result<void> check(const Trust& trust) {
  if (trust.verifies() || trust.unsigned_allowed) return {};
  return Error{
      Code::kInvalid,
      "no public key to check the signature with: give one, or say that an unsigned file will do"};
}

}  // namespace bz::wire
