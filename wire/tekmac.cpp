#include "wire/tekmac.h"

#include <algorithm>
#include <vector>

namespace bz::wire {
namespace {

// `key.a.b.c,key.a.b.c`, sorted by key. Each entry is a key and its numbers as they are written.
Digest over(std::vector<std::pair<std::string_view, std::string>> entries, ByteView secret) {
  std::ranges::stable_sort(entries, {}, [](const auto& entry) { return entry.first; });
  std::string text;
  for (const auto& [key, numbers] : entries) {
    if (!text.empty()) text += ',';
    text += key;
    text += numbers;
  }
  return hmac_sha256(secret, as_bytes(text));
}

std::string dotted(std::int64_t number) {
  return '.' + std::to_string(number);
}

}  // namespace

Digest tekmac(std::span<const KeyText> keys, ByteView secret, bool with_risk) {
  std::vector<std::pair<std::string_view, std::string>> entries;
  entries.reserve(keys.size());
  for (const auto& key : keys) {
    auto numbers = dotted(key.rolling_start) + dotted(key.rolling_period);
    if (with_risk) numbers += dotted(key.transmission_risk);
    entries.emplace_back(key.key, std::move(numbers));
  }
  return over(std::move(entries), secret);
}

Digest chain_tekmac(std::span<const ChainText> chains, ByteView secret) {
  std::vector<std::pair<std::string_view, std::string>> entries;
  entries.reserve(chains.size());
  for (const auto& chain : chains) {
    entries.emplace_back(chain.key,
                         dotted(chain.time_start_s) + dotted(chain.time_end_s) + dotted(chain.max));
  }
  return over(std::move(entries), secret);
}

}  // namespace bz::wire
