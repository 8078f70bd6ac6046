// Uploads as a phone would send them, made beforehand: keys, certificate and JSON. For programs
// that put a server under load.
#pragma once

#include <string>
#include <vector>

#include "base/ecdsa.h"
#include "base/random.h"
#include "base/time.h"
#include "wire/certificate.h"
#include "wire/publish_message.h"

namespace bz::load {

// A health authority's side that signs certificates.
struct Authority {
  std::string id;        // healthAuthorityID on the keys side
  std::string issuer;    // iss
  std::string audience;  // aud
  std::string key_id;    // kid
  SigningKey key = SigningKey::generate();
};

// What a request is to be, beside its keys.
struct UploadKind {
  wire::TestType report = wire::TestType::kConfirmed;
  std::chrono::hours certificate_life{2};
  std::string revision_token = {};
};

// `count` (1 to 14) random keys of whole days that end before today, one a day.
std::vector<wire::UploadedKey> make_keys(std::size_t count, Instant now, Random& random);

// The body of POST /v1/publish, padded to 4 KiB.
std::string make_upload(const std::vector<wire::UploadedKey>& keys, const UploadKind& kind,
                        const Authority& authority, Instant now, Random& random);

// One chain of `bluezone3` for each of the `days` before today, ended before today.
std::vector<wire::UploadedChain> make_chains(std::size_t days, Instant now, Random& random);

// The body of POST /v1/publish-bluezone3.
std::string make_chain_upload(const std::vector<wire::UploadedChain>& chains,
                              const UploadKind& kind, const Authority& authority, Instant now,
                              Random& random);

// A whole HTTP request with this body.
std::string http_post(std::string_view path, std::string_view body);

}  // namespace bz::load
