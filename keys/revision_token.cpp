#include "keys/revision_token.h"

#include <algorithm>

#include "base/base64.h"
#include "base/hash.h"
#include "keys/upload_rules.h"

namespace bz::keys {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kTagSize = std::tuple_size_v<KeyTag>;
constexpr std::size_t kHeadSize = 9;
constexpr std::size_t kPlainSize = 1 + kMostKeysAnUpload * kTagSize;
constexpr std::size_t kTokenSize = kHeadSize + std::tuple_size_v<Nonce> + kPlainSize + kSealTagSize;

// A token is good for as long as its keys can be changed, 15 days, and some more.
constexpr store::Secrets::Rotation kRotation{.renew_after = std::chrono::hours{24 * 30},
                                             .keep_for = std::chrono::hours{24 * 30}};

Bytes context_of(std::string_view authority) {
  const auto text = "bz revision token" + std::string{authority};
  return {text.begin(), text.end()};
}

SealKey seal_key(const store::Secret& secret) {
  SealKey key{};
  std::copy_n(secret.value.begin(), std::min(key.size(), secret.value.size()), key.begin());
  return key;
}

}  // namespace

KeyTag tag_of(ByteView key) {
  const auto digest = sha256(key);
  KeyTag tag{};
  std::copy_n(digest.begin(), tag.size(), tag.begin());
  return tag;
}

Result<void> RevisionTokens::renew(Instant now) {
  auto keys = secrets_.of("revision token", kRotation, now);
  if (!keys) return keys.error();
  const std::lock_guard lock(mutex_);
  keys_ = std::move(*keys);
  return {};
}

std::string RevisionTokens::write(std::string_view authority,
                                  const std::vector<KeyTag>& tags) const {
  const auto count = std::min(tags.size(), kMostKeysAnUpload);
  Bytes plain(kPlainSize, 0);
  plain[0] = static_cast<std::uint8_t>(count);
  auto at = plain.begin() + 1;
  for (std::size_t i = 0; i < count; ++i) at = std::copy(tags[i].begin(), tags[i].end(), at);

  Nonce nonce{};
  random_.fill(nonce);
  Bytes token(kHeadSize, 0);
  token[0] = kFormat;
  SealKey key{};
  {
    const std::lock_guard lock(mutex_);
    put_le(std::span(token).subspan(1), static_cast<std::uint64_t>(keys_.front().version));
    key = seal_key(keys_.front());
  }
  token.insert(token.end(), nonce.begin(), nonce.end());
  const auto sealed = seal(key, nonce, context_of(authority), plain);
  token.insert(token.end(), sealed.begin(), sealed.end());
  return to_base64(token);
}

Result<std::vector<KeyTag>> RevisionTokens::read(std::string_view authority,
                                                 std::string_view token) const {
  const Error denied{Code::kDenied, "the revision token is not one of this server"};
  const auto bytes = from_base64(token);
  if (!bytes || bytes->size() != kTokenSize || (*bytes)[0] != kFormat) return denied;
  const ByteView view{*bytes};
  const auto version = static_cast<std::int64_t>(get_le(view.subspan(1, kHeadSize - 1)));
  SealKey key{};
  {
    const std::lock_guard lock(mutex_);
    const auto at = std::find_if(keys_.begin(), keys_.end(),
                                 [&](const store::Secret& s) { return s.version == version; });
    if (at == keys_.end()) return denied;
    key = seal_key(*at);
  }
  Nonce nonce{};
  std::copy_n(view.begin() + kHeadSize, nonce.size(), nonce.begin());
  const auto plain =
      open_sealed(key, nonce, context_of(authority), view.subspan(kHeadSize + nonce.size()));
  if (!plain || plain->size() != kPlainSize || (*plain)[0] > kMostKeysAnUpload) return denied;
  std::vector<KeyTag> tags((*plain)[0]);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    std::copy_n(plain->begin() + 1 + static_cast<std::ptrdiff_t>(i * kTagSize), kTagSize,
                tags[i].begin());
  }
  return tags;
}

}  // namespace bz::keys
