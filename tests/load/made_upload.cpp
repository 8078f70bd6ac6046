#include "tests/load/made_upload.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "wire/tekmac.h"

namespace bz::load {
namespace {

std::string random_base64(std::size_t bytes, Random& random) {
  Bytes filler(bytes);
  random.fill(filler);
  return to_base64(filler);
}

std::string sign(const Digest& tekmac, const UploadKind& kind, const Authority& authority,
                 Instant now, Random& random, bool chains) {
  const auto hour = std::chrono::floor<std::chrono::hours>(now);
  wire::Certificate certificate{.issuer = authority.issuer,
                                .audience = authority.audience,
                                .issued = hour,
                                .expires = hour + kind.certificate_life,
                                .tekmac = tekmac,
                                .report = kind.report,
                                .symptom_onset = first_interval(day_of(now) - std::chrono::days{4}),
                                .handle = {},
                                .chains = chains};
  random.fill(certificate.handle);
  return write_certificate(certificate, authority.key_id, authority.key);
}

// Every request as long as any other, as a phone's are.
template <class Write>
std::string padded(Write write) {
  constexpr std::size_t kBody = 4'096;
  const std::string bare = write("");
  const std::size_t room = bare.size() < kBody ? (kBody - bare.size()) / 4 * 4 : 0;
  return write(std::string(room, 'A'));
}

}  // namespace

std::vector<wire::UploadedKey> make_keys(std::size_t count, Instant now, Random& random) {
  std::vector<wire::UploadedKey> keys;
  for (std::size_t i = 0; i < count; ++i) {
    const auto day = day_of(now) - std::chrono::days{i + 1};
    keys.push_back({.key = random_base64(16, random),
                    .rolling_start = first_interval(day).number,
                    .rolling_period = kIntervalsPerDay});
  }
  return keys;
}

std::string make_upload(const std::vector<wire::UploadedKey>& keys, const UploadKind& kind,
                        const Authority& authority, Instant now, Random& random) {
  std::vector<wire::KeyText> texts;
  for (const auto& key : keys) {
    texts.push_back({key.key, key.rolling_start, key.rolling_period, key.transmission_risk});
  }
  wire::PublishRequest request;
  request.keys = keys;
  request.health_authority = authority.id;
  request.hmac_secret.resize(16);
  random.fill(request.hmac_secret);
  request.certificate =
      sign(wire::tekmac(texts, request.hmac_secret, true), kind, authority, now, random, false);
  request.revision_token = kind.revision_token;
  return padded(
      [&](std::string_view padding) { return wire::write_publish_request(request, padding); });
}

std::vector<wire::UploadedChain> make_chains(std::size_t days, Instant now, Random& random) {
  std::vector<wire::UploadedChain> chains;
  for (std::size_t i = 0; i < days; ++i) {
    const auto day = std::chrono::sys_seconds{day_of(now) - std::chrono::days{i + 1}};
    const auto start = day.time_since_epoch().count();
    chains.push_back({.key = random_base64(32, random),
                      .time_start_s = start,
                      .time_end_s = start + 86'399,
                      .max = 96});
  }
  return chains;
}

std::string make_chain_upload(const std::vector<wire::UploadedChain>& chains,
                              const UploadKind& kind, const Authority& authority, Instant now,
                              Random& random) {
  std::vector<wire::ChainText> texts;
  for (const auto& chain : chains) {
    texts.push_back({chain.key, chain.time_start_s, chain.time_end_s, chain.max});
  }
  wire::PublishChainsRequest request;
  request.entries = chains;
  request.health_authority = authority.id;
  request.hmac_secret.resize(16);
  random.fill(request.hmac_secret);
  request.certificate =
      sign(wire::chain_tekmac(texts, request.hmac_secret), kind, authority, now, random, true);
  return padded([&](std::string_view padding) {
    return wire::write_publish_chains_request(request, padding);
  });
}

std::string http_post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace bz::load
