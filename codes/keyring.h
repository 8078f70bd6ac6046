// The secrets of the codes side, read from the store at most once a minute.
//
//   codes            HMAC of codes at rest; a week each
//   phones           HMAC of self-reporters' numbers; a month each
//   tokens           signs the tokens that phones bring back; a month each
//   certificates:ID  signs an authority's certificates; 90 days each
//
// Servers on one store, and the keys side which asks for public keys every few minutes, learn of a
// new version late: so none is used before it is ten minutes old, unless it is the only one.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "store/secrets.h"
#include "wire/jwt.h"

namespace bz::codes {

class Keyring {
 public:
  explicit Keyring(store::Secrets& secrets) : secrets_(secrets) {}

  enum class Name : std::uint8_t { kCodes, kPhones };

  // HMACs of `text` under each live version; the first is the one to write.
  Result<std::vector<Digest>> hashes(Name name, std::string_view text, Instant now);

  struct Signer {
    std::string key_id;
    SigningKey key;
  };
  // Newest first; `to_use` is the index of the one to sign with.
  struct Signers {
    std::vector<Signer> all;
    std::size_t to_use = 0;
  };
  // From any thread.
  Result<Signers> token_signers(Instant now);
  Result<Signers> certificate_signers(std::string_view authority, Instant now);

 private:
  using Versions = std::vector<store::Secret>;
  struct Cached {
    Instant read;
    Versions versions;
    std::vector<Signer> signers;
  };
  Result<Cached> read(const std::string& name, store::Secrets::Rotation rotation, Instant now,
                      bool signing);
  Result<Signers> signers(const std::string& name, store::Secrets::Rotation rotation,
                          const std::string& id_prefix, Instant now);

  store::Secrets& secrets_;
  std::mutex mutex_;
  std::map<std::string, Cached, std::less<>> cache_;
};

}  // namespace bz::codes
