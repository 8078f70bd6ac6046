#include "codes/api_keys.h"

#include <algorithm>
#include <span>

#include "base/base64.h"
#include "base/constant_time.h"
#include "base/hash.h"
#include "store/audit.h"

namespace bz::codes {
namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kCheckSize = 8;
constexpr std::size_t kCheckKeySize = 32;

std::string check_of(ByteView secret, ByteView check_key) {
  const auto mac = hmac_sha256(check_key, secret);
  return {mac.begin(), mac.begin() + kCheckSize};
}

constexpr KeyKind kKinds[] = {KeyKind::kDevice, KeyKind::kAdmin, KeyKind::kStats};

ApiKey key_of(const store::Row& row) {
  return {.id = std::string(row.text(0)),
          .authority = std::string(row.text(1)),
          .name = std::string(row.text(2)),
          .kind = key_kind(row.text(3)).value_or(KeyKind::kDevice)};
}

}  // namespace

std::string_view word(KeyKind kind) {
  switch (kind) {
    case KeyKind::kDevice: return "device";
    case KeyKind::kAdmin: return "admin";
    case KeyKind::kStats: return "stats";
  }
  return "";
}

std::optional<KeyKind> key_kind(std::string_view text) {
  for (const auto kind : kKinds) {
    if (word(kind) == text) return kind;
  }
  return std::nullopt;
}

Result<NewApiKey> add_api_key(store::Store& store, Random& random, std::string_view authority,
                              std::string_view name, KeyKind kind, std::string_view actor,
                              Instant now) {
  if (name.empty() || name.size() > 100) {
    return Error{Code::kInvalid, "an API key's name has 1 to 100 bytes"};
  }
  const auto check_key = read_or_make_check_key(store, random);
  if (!check_key) return check_key.error();
  Bytes secret(kSecretSize);
  std::array<std::uint8_t, 8> id{};
  random.fill(secret);
  random.fill(id);
  const auto check = check_of(secret, *check_key);
  secret.insert(secret.end(), check.begin(), check.end());
  const NewApiKey made{.id = to_hex(id), .text = to_base64url(secret)};
  const auto hash = sha256(as_bytes(made.text));
  auto done = store.write([&](store::Sql& sql) -> Result<void> {
    if (auto known = find_authority(sql, authority); !known) {
      return Error{Code::kInvalid, known.error().what};
    }
    auto put = sql.run(
        "INSERT INTO api_keys (id, authority, name, kind, hash) VALUES ($1, $2, $3, $4, $5)",
        {made.id, authority, name, word(kind), ByteView(hash)});
    if (!put) return put.error();
    return store::add_audit(sql, {.time = now,
                                  .actor = std::string(actor),
                                  .action = "API key added",
                                  .subject = made.id,
                                  .detail = std::string(word(kind)) + " of " +
                                            std::string(authority) + ": " + std::string(name),
                                  .scope = std::string(authority)});
  });
  if (!done) return done.error();
  return made;
}

Result<std::vector<ApiKey>> list_api_keys(store::Store& store, std::string_view authority) {
  return store.read([&](store::Sql& sql) -> Result<std::vector<ApiKey>> {
    std::vector<ApiKey> all;
    auto read = sql.each(
        "SELECT id, authority, name, kind FROM api_keys WHERE ($1 = '' OR authority = $1) ORDER BY "
        "authority, name, id",
        {authority}, [&](const store::Row& row) -> Result<bool> {
          all.push_back(key_of(row));
          return true;
        });
    if (!read) return read.error();
    return all;
  });
}

Result<void> remove_api_key(store::Store& store, std::string_view id, std::string_view actor,
                            Instant now) {
  return store.write([&](store::Sql& sql) -> Result<void> {
    std::string authority;
    auto removed = sql.each("DELETE FROM api_keys WHERE id = $1 RETURNING authority", {id},
                            [&](const store::Row& row) -> Result<bool> {
                              authority = row.text(0);
                              return true;
                            });
    if (!removed) return removed.error();
    if (authority.empty()) return Error{Code::kNotFound, "there is no such API key"};
    return store::add_audit(sql, {.time = now,
                                  .actor = std::string(actor),
                                  .action = "API key removed",
                                  .subject = std::string(id),
                                  .detail = {},
                                  .scope = authority});
  });
}

Result<Bytes> read_or_make_check_key(store::Store& store, Random& random) {
  Bytes drawn(kCheckKeySize);
  random.fill(drawn);
  return store.write([&](store::Sql& sql) -> Result<Bytes> {
    auto put =
        sql.run("INSERT INTO api_key_check (id, value) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                {ByteView(drawn)});
    if (!put) return put.error();
    Bytes key;
    auto read = sql.each("SELECT value FROM api_key_check WHERE id = 1", {},
                         [&](const store::Row& row) -> Result<bool> {
                           key.assign(row.blob(0).begin(), row.blob(0).end());
                           return false;
                         });
    if (!read) return read.error();
    return key;
  });
}

bool passes_check(std::string_view key_text, ByteView check_key) {
  const auto bytes = from_base64url(key_text);
  if (!bytes || bytes->size() != kSecretSize + kCheckSize) return false;
  const ByteView view(*bytes);
  return same_in_constant_time(as_text(view.subspan(kSecretSize)),
                               check_of(view.first(kSecretSize), check_key));
}

Result<Caller> find_caller(store::Sql& sql, std::string_view key_text) {
  const Error nobody{Code::kDenied, "no such API key"};
  if (key_text.empty()) return nobody;
  const auto hash = sha256(as_bytes(key_text));
  std::optional<ApiKey> key;
  auto read = sql.each("SELECT id, authority, name, kind FROM api_keys WHERE hash = $1",
                       {ByteView(hash)}, [&](const store::Row& row) -> Result<bool> {
                         key = key_of(row);
                         return false;
                       });
  if (!read) return read.error();
  if (!key) return nobody;
  auto authority = find_authority(sql, key->authority);
  if (!authority) return authority.error();
  return Caller{std::move(*key), std::move(*authority)};
}

}  // namespace bz::codes
