#include "codes/keyring.h"

#include <algorithm>

namespace bz::codes {
namespace {

constexpr std::chrono::minutes kReadAgain{1};
constexpr std::chrono::minutes kUseAfter{10};
constexpr std::chrono::hours kDay{24};

constexpr store::Secrets::Rotation kCodeRotation{.renew_after = 7 * kDay, .keep_for = 3 * kDay};
constexpr store::Secrets::Rotation kPhoneRotation{.renew_after = 30 * kDay, .keep_for = 31 * kDay};
constexpr store::Secrets::Rotation kTokenRotation{.renew_after = 30 * kDay, .keep_for = 2 * kDay};
constexpr store::Secrets::Rotation kCertificateRotation{.renew_after = 90 * kDay,
                                                        .keep_for = 2 * kDay};

// Index of the version to make new things with.
std::size_t version_to_use(const std::vector<store::Secret>& versions, Instant now) {
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (versions[i].made <= now - kUseAfter) return i;
  }
  return versions.size() - 1;
}

Bytes new_signing_key() {
  const auto pem = SigningKey::generate().to_pem();
  return {pem.begin(), pem.end()};
}

}  // namespace

Result<Keyring::Cached> Keyring::read(const std::string& name, store::Secrets::Rotation rotation,
                                      Instant now, bool signing) {
  const std::scoped_lock lock(mutex_);
  const auto known = cache_.find(name);
  if (known != cache_.end() && known->second.read <= now && now - known->second.read < kReadAgain) {
    return known->second;
  }
  auto versions =
      secrets_.of(name, rotation, now, signing ? store::Secrets::Make{new_signing_key} : nullptr);
  if (!versions) return versions.error();
  Cached fresh{.read = now, .versions = std::move(*versions), .signers = {}};
  if (signing) {
    for (const auto& version : fresh.versions) {
      auto key = SigningKey::from_pem(as_text(version.value));
      if (!key) return key.error();
      fresh.signers.push_back({"v" + std::to_string(version.version), std::move(*key)});
    }
  }
  cache_.insert_or_assign(name, fresh);
  return fresh;
}

Result<std::vector<Digest>> Keyring::hashes(Name name, std::string_view text, Instant now) {
  auto cached = name == Name::kCodes ? read("codes", kCodeRotation, now, false)
                                     : read("phones", kPhoneRotation, now, false);
  if (!cached) return cached.error();
  std::vector<Digest> hashes;
  for (const auto& version : cached->versions) {
    hashes.push_back(hmac_sha256(version.value, as_bytes(text)));
  }
  std::swap(hashes.front(), hashes[version_to_use(cached->versions, now)]);
  return hashes;
}

Result<Keyring::Signers> Keyring::signers(const std::string& name,
                                          store::Secrets::Rotation rotation,
                                          const std::string& id_prefix, Instant now) {
  auto cached = read(name, rotation, now, true);
  if (!cached) return cached.error();
  Signers answer{.all = std::move(cached->signers),
                 .to_use = version_to_use(cached->versions, now)};
  for (auto& signer : answer.all) signer.key_id = id_prefix + signer.key_id;
  return answer;
}

Result<Keyring::Signers> Keyring::token_signers(Instant now) {
  return signers("tokens", kTokenRotation, "token-", now);
}

Result<Keyring::Signers> Keyring::certificate_signers(std::string_view authority, Instant now) {
  return signers("certificates:" + std::string(authority), kCertificateRotation,
                 std::string(authority) + "-", now);
}

}  // namespace bz::codes
