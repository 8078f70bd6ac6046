// The keys that sign what phones fetch. A phone's platform knows the public half by a pair of
// version and id (SignatureInfo), which the authority has told Apple and Google
// (docs/operations/key-ceremony.md).
//
// Several may be valid at once: while a new one is being introduced every file carries both
// signatures, so that phones with either go on.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "store/secrets.h"
#include "store/store.h"

namespace bz::keys {

struct SigningKeyInfo {
  std::string version;                  // "v1"
  std::string key_id;                   // by habit the mobile country code: "452"
  std::string region;                   // whose files it signs; empty: all
  Instant from;                         // included
  std::optional<Instant> through = {};  // not included; nothing: until it is retired
  VerifyKey public_key;
};

// Where the private halves are: sealed in the store (SealedSigningKeys), or in a device that gives
// only signatures (PKCS#11), which is another implementation of this.
class SigningKeys {
 public:
  SigningKeys() = default;
  SigningKeys(const SigningKeys&) = delete;
  SigningKeys& operator=(const SigningKeys&) = delete;
  virtual ~SigningKeys() = default;

  // Those that sign a region's files at that time, in the order of version and id; at least one, at
  // most 10.
  virtual Result<std::vector<SigningKeyInfo>> valid(std::string_view region, Instant at) = 0;
  // X9.62 DER over a SHA-256. kNotFound when there is no such key here.
  virtual Result<Bytes> sign(std::string_view version, std::string_view key_id,
                             const Digest& digest) = 0;
};

// Private keys as PKCS#8, sealed in the store under the master key. One thread at a time.
class SealedSigningKeys final : public SigningKeys {
 public:
  SealedSigningKeys(store::Store& store, store::Secrets& secrets)
      : store_(store), secrets_(secrets) {}

  Result<std::vector<SigningKeyInfo>> valid(std::string_view region, Instant at) override;
  Result<Bytes> sign(std::string_view version, std::string_view key_id,
                     const Digest& digest) override;

  // Makes the first one ("v1", "452", all regions) when there is none.
  Result<void> make_first(Instant now);

  // For the command line. make: `from` may lie ahead, so that the sheet can be handed in before;
  // kConflict when version and id are in use. kInvalid when a text is not 1 to 64 printable ASCII
  // characters. retire: kNotFound; kInvalid when no key would be left to sign.
  Result<SigningKeyInfo> make(std::string_view version, std::string_view key_id,
                              std::string_view region, Instant from, Instant now);
  Result<void> retire(std::string_view version, std::string_view key_id, Instant through);

 private:
  Result<SigningKey> private_key(std::string_view version, std::string_view key_id, Instant now,
                                 bool may_make);
  store::Store& store_;
  store::Secrets& secrets_;
  std::map<std::string, SigningKey, std::less<>> opened_;
};

Result<std::vector<SigningKeyInfo>> list_signing_keys(store::Store& store);

// The sheet that Apple and Google ask for: of each key version, id, region and the public key as
// PEM, Vietnamese and English.
std::string registration_sheet(const std::vector<SigningKeyInfo>& keys);

}  // namespace bz::keys
