#include "store/secrets.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/file.h"

namespace bz::store {
namespace {

// A nonce and what it sealed, as `sealed` has them. Which secret it is, and when it was made, is
// sealed with it: rows cannot be exchanged or made to last.
Bytes context_of(std::string_view name, std::int64_t version, std::int64_t made_s) {
  const auto text = "bluezone secret: " + std::string(name) + "/" + std::to_string(version) + "/" +
                    std::to_string(made_s);
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

std::int64_t to_s(Instant time) {
  return to_ms(time) / 1000;
}

Error another_master_key() {
  return {Code::kDenied,
          "the store's secrets were sealed under another master key; put back the file master.key "
          "that belongs to this store"};
}

Result<Bytes> open_secret(const SealKey& master, std::string_view name, std::int64_t version,
                          std::int64_t made_s, ByteView sealed) {
  Nonce nonce{};
  if (sealed.size() < nonce.size()) {
    return Error{Code::kMalformed, "a sealed secret in the store is damaged"};
  }
  std::ranges::copy(sealed.first(nonce.size()), nonce.begin());
  auto value =
      open_sealed(master, nonce, context_of(name, version, made_s), sealed.subspan(nonce.size()));
  if (!value) return another_master_key();
  return value;
}

Result<std::vector<Secret>> read_all(Sql& sql, const SealKey& master, std::string_view name) {
  std::vector<Secret> secrets;
  const auto read = sql.each(
      "SELECT version, made_s, sealed FROM secrets WHERE name = $1 ORDER BY version DESC", {name},
      [&](const Row& row) -> Result<bool> {
        auto value = open_secret(master, name, row.integer(0), row.integer(1), row.blob(2));
        if (!value) return value.error();
        secrets.push_back({row.integer(0), from_ms(row.integer(1) * 1000), std::move(*value)});
        return true;
      });
  if (!read) return read.error();
  return secrets;
}

Result<bool> has_secrets(Store& store) {
  const auto count =
      store.read([](Sql& sql) { return sql.integer("SELECT COUNT(*) FROM secrets"); });
  if (!count) return count.error();
  return count->value_or(0) > 0;
}

// One that opens is enough: a damaged row is not the key's fault.
Result<bool> opens_what_is_there(Store& store, const SealKey& master) {
  return store.read([&](Sql& sql) -> Result<bool> {
    bool there = false;
    bool opens = false;
    const auto read = sql.each(
        "SELECT name, version, made_s, sealed FROM secrets ORDER BY name, version", {},
        [&](const Row& row) -> Result<bool> {
          there = true;
          opens = open_secret(master, row.text(0), row.integer(1), row.integer(2), row.blob(3))
                      .has_value();
          return !opens;
        });
    if (!read) return read.error();
    return opens || !there;
  });
}

bool must_be_renewed(const std::vector<Secret>& secrets, Secrets::Rotation rotation, Instant now) {
  return secrets.empty() || secrets.front().made + rotation.renew_after <= now;
}

// The newest version that is of no use any more, and with it all before it; 0 for none.
std::int64_t last_to_delete(const std::vector<Secret>& secrets, Secrets::Rotation rotation,
                            Instant now) {
  for (std::size_t i = 1; i < secrets.size(); ++i) {
    if (secrets[i - 1].made + rotation.keep_for <= now) return secrets[i].version;
  }
  return 0;
}

Result<SealKey> read_master_key(const std::filesystem::path& file) {
  const auto content = read_file(file, 1024);
  if (!content) return content.error();
  auto text = as_text(*content);
  while (text.ends_with('\n')) text.remove_suffix(1);
  SealKey key{};
  if (!from_hex(text, key)) {
    return Error{Code::kMalformed, file.string() + ": not a master key (64 hex digits)"};
  }
  return key;
}

}  // namespace

Result<SealKey> read_or_make_master_key(const std::filesystem::path& file, Random& random) {
  SealKey key{};
  struct stat there {};
  if (::stat(file.c_str(), &there) != 0) {
    random.fill(key);
    const auto made = create_file(file, as_bytes(to_hex(key) + "\n"), Readers::kOwnerOnly);
    if (made) return key;
    // Another server was faster: its key counts.
    if (made.error().code != Code::kConflict) return made.error();
    if (::stat(file.c_str(), &there) != 0) return made.error();
  }
  if ((there.st_mode & 077U) != 0) {
    return Error{Code::kInvalid, file.string() +
                                     ": others than its owner may read the master key; "
                                     "chmod 600 it, and think who has read it"};
  }
  return read_master_key(file);
}

std::optional<std::filesystem::path> given_master_key(std::string_view part) {
  // Read at the start, before there are other threads.
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
  if (folder == nullptr) return {};
  auto file = std::filesystem::path(folder) / (std::string(part) + ".master.key");
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) return {};
  return file;
}

Result<SealKey> master_key_of(Store& store, std::string_view part,
                              const std::filesystem::path& folder, Random& random) {
  const auto given = given_master_key(part);
  const auto file = folder / "master.key";
  std::error_code failed;
  if (!given && !std::filesystem::exists(file, failed)) {
    const auto some = has_secrets(store);
    if (!some) return some.error();
    if (*some) {
      return Error{Code::kNotFound,
                   file.string() + ": the master key of this store is not there, nor in " +
                       "$CREDENTIALS_DIRECTORY; put it back, or run this as the service runs " +
                       "(deploy/README, step 6)"};
    }
  }
  // Who may read a given one is systemd's affair: by an access list, which shows as bits of the
  // group.
  auto key = given ? read_master_key(*given) : read_or_make_master_key(file, random);
  if (!key) return key;
  const auto fits = opens_what_is_there(store, *key);
  if (!fits) return fits.error();
  if (!*fits) return another_master_key();
  return key;
}

Secrets::Secrets(Store& store, const SealKey& master, Random& random)
    : store_(store), master_(master), random_(random) {}

Result<std::vector<Secret>> Secrets::of(std::string_view name, Rotation rotation, Instant now,
                                        const Make& make) {
  auto there = store_.read([&](Sql& sql) { return read_all(sql, master_, name); });
  if (!there) return there.error();
  if (!must_be_renewed(*there, rotation, now) && last_to_delete(*there, rotation, now) == 0) {
    return there;
  }
  return store_.write([&](Sql& sql) -> Result<std::vector<Secret>> {
    if (auto locked = sql.lock("secrets/" + std::string(name)); !locked) return locked.error();
    auto secrets = read_all(sql, master_, name);
    if (!secrets) return secrets.error();
    if (must_be_renewed(*secrets, rotation, now)) {
      // Whole seconds, as they are kept, so that every server sees the same time.
      Secret made{
          secrets->empty() ? 1 : secrets->front().version + 1, from_ms(to_s(now) * 1000), {}};
      if (make) {
        made.value = make();
      } else {
        made.value.resize(32);
        random_.fill(made.value);
      }
      Bytes sealed(Nonce{}.size());
      random_.fill(sealed);
      Nonce nonce{};
      std::ranges::copy(sealed, nonce.begin());
      const auto body =
          seal(master_, nonce, context_of(name, made.version, to_s(made.made)), made.value);
      sealed.insert(sealed.end(), body.begin(), body.end());
      const auto kept =
          sql.run("INSERT INTO secrets (name, version, made_s, sealed) VALUES ($1, $2, $3, $4)",
                  {name, made.version, to_s(made.made), ByteView(sealed)});
      if (!kept) return kept.error();
      secrets->insert(secrets->begin(), std::move(made));
    }
    if (const auto last = last_to_delete(*secrets, rotation, now); last > 0) {
      const auto gone =
          sql.run("DELETE FROM secrets WHERE name = $1 AND version <= $2", {name, last});
      if (!gone) return gone.error();
      std::erase_if(*secrets, [&](const Secret& secret) { return secret.version <= last; });
    }
    return secrets;
  });
}

}  // namespace bz::store
