// `tekmac`: what ties a certificate to the keys of one upload (Exposure Notification verification
// protocol): HMAC-SHA256 under the phone's random secret over the keys' text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace bz::wire {

// A key as it stands in the upload: its base64 as sent, padded or not.
struct KeyText {
  std::string_view key;
  std::int64_t rolling_start = 0;
  std::int64_t rolling_period = 0;
  std::int64_t transmission_risk = 0;
};

// Over `k.s.p.r,k.s.p.r,…`, entries in byte order of `k`; without `.r` in the shorter form, which
// is accepted when every risk is 0.
Digest tekmac(std::span<const KeyText> keys, ByteView secret, bool with_risk);

// A chain of `bluezone3`: over `b64.timeStart.timeEnd.max`, times in seconds.
struct ChainText {
  std::string_view key;
  std::int64_t time_start_s = 0;
  std::int64_t time_end_s = 0;
  std::int64_t max = 0;
};
Digest chain_tekmac(std::span<const ChainText> chains, ByteView secret);

}  // namespace bz::wire
