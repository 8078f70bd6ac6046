// POST /v1/publish: takes the day keys of a person who fell ill and agreed (docs/publishing.md;
// Exposure Notification key server).
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <variant>

#include "base/surroundings.h"
#include "http/rate_limit.h"
#include "keys/answers.h"
#include "keys/authorities.h"
#include "keys/revision_token.h"
#include "keys/revoked_handles.h"
#include "keys/service.h"
#include "keys/statistics.h"
#include "store/store.h"
#include "wire/certificate.h"

namespace bz::keys {

// What both kinds of upload need of the service; all of it outlives them.
struct UploadDesk {
  store::Store& store;
  const Settings& settings;
  const Surroundings& world;
  const CurrentDirectory& directory;
  RevokedHandles& revoked;
  http::RateLimit* limit;                // nullptr: none
  std::atomic<bool>& asks_for_new_keys;  // set when a certificate names an unknown key
};

// An upload of either kind: says what can be said without looking into the body, lets `take` judge
// it, answers.
using Taken = std::variant<wire::PublishAnswer, Refusal>;
http::Response answer_upload(const UploadDesk& desk, const http::Request& request,
                             const std::function<Taken(const http::Request&)>& take);

// The authority of an upload, whose regions are known.
std::variant<const KnownAuthority*, Refusal> find_authority(const Directory& directory,
                                                            std::string_view id);

// What an upload of either kind shows of itself.
struct Shown {
  std::size_t entries = 0;
  ByteView secret;
  std::string_view certificate;
  bool chains = false;
};
// Its certificate, when that may publish what `fits` (the HMAC). The cheap checks come first.
std::variant<wire::Certificate, Refusal> certificate_of(
    const UploadDesk& desk, const KnownAuthority& authority, const Shown& shown, Instant now,
    const std::function<bool(const Digest&)>& fits);

// Where an upload's keys go: contacts to the regions of contacts alone.
std::int64_t regions_of(const Directory& directory, const KnownAuthority& authority,
                        wire::TestType type, bool traveler);

// Counts an upload that the store could not take; a log line for each would tell of requests.
void note_failure(const UploadDesk& desk);

class Publish {
 public:
  Publish(const UploadDesk& desk, const RevisionTokens& tokens, Statistics& statistics)
      : desk_(desk), tokens_(tokens), statistics_(statistics) {}

  http::Response operator()(const http::Request& request);

 private:
  std::variant<wire::PublishAnswer, Refusal> take(const http::Request& request);

  UploadDesk desk_;
  const RevisionTokens& tokens_;
  Statistics& statistics_;
};

}  // namespace bz::keys
