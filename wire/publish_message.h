// POST /v1/publish and /v1/publish-bluezone3: the upload as JSON, both directions (Exposure
// Notification key server; docs/api/openapi.yaml).
//
// A body that is not made of these members is an error here. How many keys there are, and what one
// of them says (its length, its times), is not looked at: the server drops a bad key and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "engine/published_key.h"

namespace bz::wire {

inline constexpr std::size_t kMaxApiBody = 64'000;

struct UploadedKey {
  std::string key = {};  // base64 as sent
  std::int64_t rolling_start = 0;
  std::int64_t rolling_period = 0;  // 0 when not given
  std::int64_t transmission_risk = 0;

  bool operator==(const UploadedKey&) const = default;
};

struct PublishRequest {
  std::vector<UploadedKey> keys = {};
  std::string health_authority = {};  // healthAuthorityID
  std::string certificate = {};       // verificationPayload
  Bytes hmac_secret = {};             // hmacKey
  std::optional<std::int64_t> symptom_onset_interval = {};
  bool traveler = false;
  std::string revision_token = {};  // base64 as sent; empty when there is none

  bool operator==(const PublishRequest&) const = default;
};

// A member that is missing is empty or 0. kMalformed when it is not one object of these members and
// `padding` in at most kMaxApiBody bytes.
Result<PublishRequest> parse_publish_request(std::string_view body);
// `padding` is what to put there: text of base64, chosen by the caller so that sizes say nothing.
std::string write_publish_request(const PublishRequest& request, std::string_view padding);

struct PublishAnswer {
  std::string revision_token = {};
  std::int64_t inserted = 0;  // insertedExposures
  std::string error = {};     // a sentence; empty when all went well
  std::string code = {};
  std::vector<std::string> warnings = {};

  bool operator==(const PublishAnswer&) const = default;
};
// Without padding: the server adds it. Members that are empty are left out, but insertedExposures.
std::string write_publish_answer(const PublishAnswer& answer);
// Unknown members are skipped: an older phone must understand a newer server.
Result<PublishAnswer> parse_publish_answer(std::string_view body);

struct UploadedChain {
  std::string key = {};  // base64 as sent, of 32 bytes
  std::int64_t time_start_s = 0;
  std::int64_t time_end_s = 0;
  std::int64_t max = 96;

  bool operator==(const UploadedChain&) const = default;
};
// As a phone sends it; the chain's times are whole seconds.
UploadedChain uploaded(const engine::PublishedChain& chain);

// {"entries":[{"key","timeStart","timeEnd","max"}], healthAuthorityID, verificationPayload,
// hmacKey, padding}. The answer is as of /v1/publish, with no revision token.
struct PublishChainsRequest {
  std::vector<UploadedChain> entries = {};
  std::string health_authority = {};
  std::string certificate = {};
  Bytes hmac_secret = {};

  bool operator==(const PublishChainsRequest&) const = default;
};
Result<PublishChainsRequest> parse_publish_chains_request(std::string_view body);
std::string write_publish_chains_request(const PublishChainsRequest& request,
                                         std::string_view padding);

}  // namespace bz::wire
