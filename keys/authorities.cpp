#include "keys/authorities.h"

#include <algorithm>

#include "wire/limits.h"

namespace bz::keys {
namespace {

constexpr std::size_t kLongestName = 32;

bool is_name_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

Result<void> check(const Authority& authority) {
  const auto is_text = [](std::string_view text) { return !text.empty() && wire::is_label(text); };
  if (!is_text(authority.id) || !is_text(authority.issuer) || !is_text(authority.audience)) {
    return Error{Code::kInvalid,
                 "an authority's id, issuer and audience are 1 to 64 printable ASCII characters"};
  }
  for (const auto& region : authority.regions) {
    if (!is_region_name(region) || region.ends_with(kContactSuffix) ||
        region.size() + kContactSuffix.size() > kLongestName) {
      return Error{Code::kInvalid,
                   "a region is 1 to 29 letters, digits and hyphens, and does not end in -f1: that "
                   "one is made with it"};
    }
  }
  if (!authority.supervisor_key.empty() && !VerifyKey::from_pem(authority.supervisor_key)) {
    return Error{Code::kInvalid, "the supervisors' key is not a public P-256 key as PEM"};
  }
  if (!authority.stats_keys.empty() && !wire::parse_jwks(authority.stats_keys)) {
    return Error{Code::kInvalid, "the statistics keys are not a JSON Web Key Set"};
  }
  return {};
}

// The region's bit; makes it where it is not there.
Result<std::int64_t> bit_of(store::Sql& sql, const std::string& name) {
  const auto known = sql.integer("SELECT id FROM regions WHERE name = $1", {name});
  if (!known) return known.error();
  if (*known) return std::int64_t{1} << **known;
  const auto count = sql.integer("SELECT COUNT(*) FROM regions");
  if (!count) return count.error();
  const auto id = count->value_or(0);
  if (id >= kMostRegions) {
    return Error{Code::kConflict, "there are 63 regions already, and no more can be made"};
  }
  auto added = sql.run("INSERT INTO regions (id, name, travelers) VALUES ($1, $2, 0)", {id, name});
  if (!added) return added.error();
  return std::int64_t{1} << id;
}

struct Bits {
  std::int64_t own = 0;
  std::int64_t contacts = 0;
};

Result<Bits> bits_of(store::Sql& sql, const Authority& authority) {
  Bits bits;
  for (const auto& region : authority.regions) {
    const auto own = bit_of(sql, region);
    if (!own) return own.error();
    const auto contacts = bit_of(sql, region + std::string{kContactSuffix});
    if (!contacts) return contacts.error();
    bits.own |= *own;
    bits.contacts |= *contacts;
  }
  return bits;
}

}  // namespace

bool is_region_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), is_name_letter);
}

Result<void> add_authority(store::Store& store, const Authority& authority) {
  if (auto good = check(authority); !good) return good;
  return store.write([&](store::Sql& sql) -> Result<void> {
    if (auto locked = sql.lock("authorities"); !locked) return locked;
    const auto bits = bits_of(sql, authority);
    if (!bits) return bits.error();
    const auto last = sql.integer("SELECT MAX(number) FROM authorities");
    if (!last) return last.error();
    const auto added = sql.run(
        "INSERT INTO authorities (id, number, issuer, audience, regions, contact_regions, chains, "
        "supervisor_key, stats_keys, certificate_keys) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '')",
        {authority.id, last->value_or(0) + 1, authority.issuer, authority.audience, bits->own,
         bits->contacts, std::int64_t{authority.chains}, authority.supervisor_key,
         authority.stats_keys});
    if (added) return {};
    if (added.error().code != Code::kConflict) return added.error();
    return Error{Code::kConflict, "an authority with this id or issuer is there already"};
  });
}

Result<void> change_authority(store::Store& store, const Authority& authority) {
  if (auto good = check(authority); !good) return good;
  return store.write([&](store::Sql& sql) -> Result<void> {
    if (auto locked = sql.lock("authorities"); !locked) return locked;
    const auto bits = bits_of(sql, authority);
    if (!bits) return bits.error();
    const auto changed = sql.run(
        "UPDATE authorities SET issuer = $2, audience = $3, regions = $4, contact_regions = $5, "
        "chains = $6, supervisor_key = $7, stats_keys = $8 WHERE id = $1",
        {authority.id, authority.issuer, authority.audience, bits->own, bits->contacts,
         std::int64_t{authority.chains}, authority.supervisor_key, authority.stats_keys});
    if (!changed) return changed.error();
    if (*changed == 0) return Error{Code::kNotFound, "there is no authority of this id"};
    return {};
  });
}

Result<std::vector<Authority>> list_authorities(store::Store& store) {
  const auto directory = store.read([](store::Sql& sql) { return read_directory(sql); });
  if (!directory) return directory.error();
  std::vector<Authority> all;
  for (const auto& [id, known] : directory->authorities) all.push_back(known.authority);
  return all;
}

Result<void> set_takes_travelers(store::Store& store, std::string_view region, bool takes) {
  return store.write([&](store::Sql& sql) -> Result<void> {
    const auto changed =
        sql.run("UPDATE regions SET travelers = $2 WHERE name = $1", {region, std::int64_t{takes}});
    if (!changed) return changed.error();
    if (*changed == 0) return Error{Code::kNotFound, "there is no region of this name"};
    return {};
  });
}

const KnownAuthority* Directory::find(std::string_view id) const {
  const auto at = authorities.find(id);
  return at == authorities.end() ? nullptr : &at->second;
}

const KnownAuthority* Directory::find_issuer(std::string_view issuer) const {
  for (const auto& [id, known] : authorities) {
    if (known.authority.issuer == issuer) return &known;
  }
  return nullptr;
}

Result<Directory> read_directory(store::Sql& sql) {
  Directory directory;
  auto done = sql.each(
      "SELECT id, name, travelers FROM regions ORDER BY id", {},
      [&](const store::Row& row) -> Result<bool> {
        directory.regions.push_back({.id = row.integer(0), .name = std::string{row.text(1)}});
        if (row.integer(2) != 0) {
          directory.traveler_regions |= directory.regions.back().bit();
        }
        return true;
      });
  if (!done) return done.error();
  done = sql.each(
      "SELECT id, number, issuer, audience, regions, contact_regions, chains, supervisor_key, "
      "stats_keys, certificate_keys FROM authorities",
      {}, [&](const store::Row& row) -> Result<bool> {
        KnownAuthority known;
        known.authority = {.id = std::string{row.text(0)},
                           .issuer = std::string{row.text(2)},
                           .audience = std::string{row.text(3)},
                           .regions = {},
                           .chains = row.integer(6) != 0,
                           .supervisor_key = std::string{row.text(7)},
                           .stats_keys = std::string{row.text(8)}};
        known.number = row.integer(1);
        known.regions = row.integer(4);
        known.contact_regions = row.integer(5);
        for (const auto& region : directory.regions) {
          if ((known.regions & region.bit()) != 0) {
            known.authority.regions.push_back(region.name);
          }
        }
        if (!row.text(7).empty()) {
          auto key = VerifyKey::from_pem(row.text(7));
          if (!key) return key.error();
          known.supervisor_key = std::move(*key);
        }
        if (!row.text(8).empty()) {
          auto keys = wire::parse_jwks(row.text(8));
          if (!keys) return keys.error();
          known.stats_keys = std::move(*keys);
        }
        if (!row.text(9).empty()) {
          auto keys = wire::parse_jwks(row.text(9));
          if (!keys) return keys.error();
          known.certificate_keys = std::move(*keys);
        }
        const auto id = known.authority.id;
        directory.authorities.emplace(id, std::move(known));
        return true;
      });
  if (!done) return done.error();
  return directory;
}

Result<void> keep_certificate_keys(store::Store& store, std::string_view id,
                                   const std::vector<wire::Jwk>& keys) {
  const auto text = wire::write_jwks(keys);
  return store.write([&](store::Sql& sql) -> Result<void> {
    const auto kept = sql.run(
        "UPDATE authorities SET certificate_keys = $2 WHERE id = $1 AND certificate_keys <> $2",
        {id, text});
    if (!kept) return kept.error();
    return {};
  });
}

}  // namespace bz::keys
