// The health authorities whose certificates are believed, and the regions for which files are made.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "wire/jwt.h"

namespace bz::keys {

// Reports of the type `contact` go to the region of this name, and nowhere else: "VN-f1".
inline constexpr std::string_view kContactSuffix = "-f1";
inline constexpr std::int64_t kMostRegions = 63;

// At most 32 letters, digits and hyphens: it becomes the name of a folder.
bool is_region_name(std::string_view name);

struct Authority {
  std::string id;                    // healthAuthorityID: "vn.gov.moh"
  std::string issuer;                // `iss` of its certificates: its name on the codes side
  std::string audience;              // `aud`
  std::vector<std::string> regions;  // "VN"
  bool chains = false;               // takes and publishes `bluezone3`
  std::string supervisor_key = {};   // PEM; empty: nothing can be revoked by supervisors
  std::string stats_keys = {};       // JWKS of those who may read its statistics, beside its own
};

// For the command line. kInvalid when a value makes no sense, kConflict when it is there already or
// another has its issuer, or the regions are all given away.
Result<void> add_authority(store::Store& store, const Authority& authority);
// The same id with other values. kNotFound.
Result<void> change_authority(store::Store& store, const Authority& authority);
Result<std::vector<Authority>> list_authorities(store::Store& store);
// Whether keys of travellers from every region go to this one's files too. kNotFound.
Result<void> set_takes_travelers(store::Store& store, std::string_view region, bool takes);

struct Region {
  std::int64_t id = 0;  // 0 to 62: its bit in a key's mask
  std::string name;

  [[nodiscard]] std::int64_t bit() const { return std::int64_t{1} << id; }
};

// An authority as an upload is judged by it.
struct KnownAuthority {
  Authority authority;
  std::int64_t number = 0;
  std::int64_t regions = 0;  // bits
  std::int64_t contact_regions = 0;
  std::vector<wire::Jwk> certificate_keys;
  std::vector<wire::Jwk> stats_keys;
  std::optional<VerifyKey> supervisor_key;
};

// All of it at one moment.
struct Directory {
  std::map<std::string, KnownAuthority, std::less<>> authorities;  // by id
  std::vector<Region> regions;
  std::int64_t traveler_regions = 0;

  [[nodiscard]] const KnownAuthority* find(std::string_view id) const;
  [[nodiscard]] const KnownAuthority* find_issuer(std::string_view issuer) const;
};

Result<Directory> read_directory(store::Sql& sql);
// The certificate keys that the codes side gave last, kept for a start without it.
Result<void> keep_certificate_keys(store::Store& store, std::string_view id,
                                   const std::vector<wire::Jwk>& keys);

// The directory that requests use, exchanged as a whole. From any thread.
class CurrentDirectory {
 public:
  [[nodiscard]] std::shared_ptr<const Directory> get() const {
    const std::lock_guard lock(mutex_);
    return directory_;
  }
  void set(Directory directory) {
    auto next = std::make_shared<const Directory>(std::move(directory));
    const std::lock_guard lock(mutex_);
    directory_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Directory> directory_ = std::make_shared<const Directory>();
};

}  // namespace bz::keys
