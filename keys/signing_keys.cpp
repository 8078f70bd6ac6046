#include "keys/signing_keys.h"

#include <algorithm>

#include "base/date.h"
#include "keys/slots.h"
#include "wire/export_signature.h"
#include "wire/limits.h"

namespace bz::keys {
namespace {

// These keys are replaced by a ceremony, never by themselves.
constexpr store::Secrets::Rotation kNoRotation{.renew_after = std::chrono::hours{24 * 36'500},
                                               .keep_for = std::chrono::hours{24 * 36'500}};

std::string secret_name(std::string_view version, std::string_view key_id) {
  return "signing key " + std::string{version} + " " + std::string{key_id};
}

bool signs(const SigningKeyInfo& key, std::string_view region, Instant at) {
  return (key.region.empty() || key.region == region) && key.from <= at &&
         (!key.through || at < *key.through);
}

}  // namespace

Result<std::vector<SigningKeyInfo>> list_signing_keys(store::Store& store) {
  return store.read([](store::Sql& sql) -> Result<std::vector<SigningKeyInfo>> {
    std::vector<SigningKeyInfo> all;
    const auto done = sql.each(
        "SELECT version, key_id, region, from_s, through_s, public_key FROM signing_keys "
        "ORDER BY version, key_id",
        {}, [&](const store::Row& row) -> Result<bool> {
          auto key = VerifyKey::from_pem(row.text(5));
          if (!key) return key.error();
          const auto through = row.optional_integer(4);
          SigningKeyInfo info{.version = std::string{row.text(0)},
                              .key_id = std::string{row.text(1)},
                              .region = std::string{row.text(2)},
                              .from = from_s(row.integer(3)),
                              .public_key = std::move(*key)};
          if (through) info.through = from_s(*through);
          all.push_back(std::move(info));
          return true;
        });
    if (!done) return done.error();
    return all;
  });
}

Result<std::vector<SigningKeyInfo>> SealedSigningKeys::valid(std::string_view region, Instant at) {
  auto all = list_signing_keys(store_);
  if (!all) return all;
  std::erase_if(*all, [&](const SigningKeyInfo& key) { return !signs(key, region, at); });
  if (all->empty()) {
    return Error{Code::kUnavailable,
                 "no signing key is valid now: make one (docs/operations/key-ceremony.md)"};
  }
  if (all->size() > wire::kMaxSignatures) {
    return Error{Code::kInvalid, "more than 10 signing keys are valid at once: retire some"};
  }
  for (const auto& key : *all) {
    // Opened now: sign() is called while a transaction is open.
    auto opened = private_key(key.version, key.key_id, at, false);
    if (!opened) return opened.error();
  }
  return all;
}

Result<Bytes> SealedSigningKeys::sign(std::string_view version, std::string_view key_id,
                                      const Digest& digest) {
  auto key = private_key(version, key_id, {}, false);
  if (!key) return key.error();
  return key->sign(digest);
}

Result<SigningKey> SealedSigningKeys::private_key(std::string_view version, std::string_view key_id,
                                                  Instant now, bool may_make) {
  const auto name = secret_name(version, key_id);
  if (const auto at = opened_.find(name); at != opened_.end()) return at->second;
  if (!may_make) {
    const auto there = store_.read([&](store::Sql& sql) {
      return sql.integer("SELECT COUNT(*) FROM secrets WHERE name = $1", {name});
    });
    if (!there) return there.error();
    if (there->value_or(0) == 0) {
      return Error{Code::kNotFound, "the private half of a signing key is not in this store"};
    }
  }
  const auto secret = secrets_.of(name, kNoRotation, now, [] {
    const auto pem = SigningKey::generate().to_pem();
    return Bytes{pem.begin(), pem.end()};
  });
  if (!secret) return secret.error();
  auto key = SigningKey::from_pem(as_text(secret->front().value));
  if (!key) return key.error();
  opened_.emplace(name, *key);
  return *key;
}

Result<void> SealedSigningKeys::make_first(Instant now) {
  const auto all = list_signing_keys(store_);
  if (!all) return all.error();
  if (!all->empty()) return {};
  const auto made = make("v1", "452", "", now, now);
  if (made || made.error().code == Code::kConflict) return {};  // another server was first
  return made.error();
}

Result<SigningKeyInfo> SealedSigningKeys::make(std::string_view version, std::string_view key_id,
                                               std::string_view region, Instant from, Instant now) {
  const auto is_text = [](std::string_view text) { return !text.empty() && wire::is_label(text); };
  if (!is_text(version) || !is_text(key_id) || !wire::is_label(region)) {
    return Error{Code::kInvalid, "version and id are 1 to 64 printable ASCII characters"};
  }
  const auto key = private_key(version, key_id, now, true);
  if (!key) return key.error();
  const auto pem = key->public_key().to_pem();
  const auto added = store_.write([&](store::Sql& sql) {
    return sql.run(
        "INSERT INTO signing_keys (version, key_id, region, from_s, through_s, public_key) "
        "VALUES ($1, $2, $3, $4, NULL, $5)",
        {version, key_id, region, to_s(from), pem});
  });
  if (!added && added.error().code == Code::kConflict) {
    return Error{Code::kConflict, "a signing key of this version and id is there already"};
  }
  if (!added) return added.error();
  return SigningKeyInfo{.version = std::string{version},
                        .key_id = std::string{key_id},
                        .region = std::string{region},
                        .from = from_s(to_s(from)),
                        .public_key = key->public_key()};
}

Result<void> SealedSigningKeys::retire(std::string_view version, std::string_view key_id,
                                       Instant through) {
  const auto all = list_signing_keys(store_);
  if (!all) return all.error();
  const auto at = std::find_if(all->begin(), all->end(), [&](const SigningKeyInfo& key) {
    return key.version == version && key.key_id == key_id;
  });
  if (at == all->end()) return Error{Code::kNotFound, "there is no signing key of these names"};
  const auto another = std::any_of(all->begin(), all->end(), [&](const SigningKeyInfo& key) {
    const auto is_same = key.version == version && key.key_id == key_id;
    return !is_same && (key.region.empty() || key.region == at->region) && key.from <= through &&
           (!key.through || through < *key.through);
  });
  if (!another) {
    return Error{Code::kInvalid, "no other key would be left to sign at that time: make one first"};
  }
  return store_.write([&](store::Sql& sql) -> Result<void> {
    const auto changed =
        sql.run("UPDATE signing_keys SET through_s = $3 WHERE version = $1 AND key_id = $2",
                {version, key_id, to_s(through)});
    if (!changed) return changed.error();
    return {};
  });
}

std::string registration_sheet(const std::vector<SigningKeyInfo>& keys) {
  std::string text =
      "Phiếu đăng ký khoá ký tệp khoá chẩn đoán · Diagnosis key file signing keys, registration\n";
  for (const auto& key : keys) {
    text += "\nPhiên bản khoá · Key version: " + key.version + "\nMã khoá · Key id: " + key.key_id +
            "\nVùng · Region: " + (key.region.empty() ? "tất cả · all" : key.region) +
            "\nTừ ngày · From: " + to_text(day_of(key.from)) + "\nĐến ngày · Through: " +
            (key.through ? to_text(day_of(*key.through)) : "không hạn · open") +
            "\nThuật toán · Algorithm: ECDSA P-256, SHA-256 (" +
            std::string{wire::kEcdsaP256Sha256} + ")\n" + key.public_key.to_pem();
  }
  return text;
}

}  // namespace bz::keys
