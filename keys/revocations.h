// POST /v1/revoke: supervisors take back what was published on a wrongly issued code. They know the
// case's handle, which the codes store keeps only sealed to their key, and sign the call with
// another key of theirs; nobody else can tell which keys belong to a handle.
//
// Such keys are REVOKED in the next batch. One that has not gone out yet goes out first and is
// revoked in a later batch: what was accepted is among the new keys of exactly one. What comes
// after that is not kept (keys/revoked_handles.h). Chains have a token, certificate and handle of
// their own, which the codes side keeps beside the other; those that have not gone out yet never do
// (keys/chains.h).
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "keys/publish.h"
#include "wire/certificate.h"

namespace bz::keys {

inline constexpr std::size_t kMostHandles = 1'000;
// The call's `time` may differ from the server's by this much.
inline constexpr std::chrono::minutes kRevocationTime{10};

// What the supervisors sign (ECDSA P-256 SHA-256, X9.62 DER):
//   "bz revoke v1\n" healthAuthorityID "\n" time, in Unix seconds "\n" handles, in base64, each
//   "\n"
std::string revocation_text(std::string_view authority, std::int64_t time_s,
                            const std::vector<wire::RevocationHandle>& handles);

struct RevocationCall {
  std::string authority;
  std::int64_t time_s = 0;
  std::vector<wire::RevocationHandle> handles;
  Bytes signature;
};
// kMalformed with a sentence for the caller.
Result<RevocationCall> parse_revocation_call(std::string_view body);

class Revocations {
 public:
  explicit Revocations(const UploadDesk& desk) : desk_(desk) {}

  http::Response operator()(const http::Request& request);

 private:
  // Whether this very call was carried out before: a proxy that has seen it could send it again and
  // again, and each reads the whole table.
  bool was_seen(const Digest& call, Instant now);

  UploadDesk desk_;
  std::mutex mutex_;
  std::map<Digest, Instant> seen_;  // for as long as their times are taken
};

}  // namespace bz::keys
