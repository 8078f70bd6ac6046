// Secret keys of a server, kept in its store sealed under a master key that is not in the store,
// and replaced from time to time: a new version is made before it is used, an old one is kept until
// nothing made with it is valid any more. Needs the table `secrets` (kSecretTable in a migration).
//
// Whoever holds the database alone holds no secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/aes.h"
#include "base/clock.h"
#include "base/random.h"
#include "store/store.h"

namespace bz::store {

inline constexpr std::string_view kSecretTable =
    "CREATE TABLE secrets (name TEXT NOT NULL, version BIGINT NOT NULL, made_s BIGINT NOT NULL, "
    "sealed BLOB NOT NULL, PRIMARY KEY (name, version));";

// The master key: 32 bytes as hex in a file that only its owner may read. `read_or_make` makes one
// only where there is no file. kInvalid when others may read it; kMalformed when it is no such key.
Result<SealKey> read_or_make_master_key(const std::filesystem::path& file, Random& random);

// The file in which systemd hands a part of the server ("keys") its master key, by LoadCredential=:
// PART.master.key in $CREDENTIALS_DIRECTORY. Nothing when there is none.
std::optional<std::filesystem::path> given_master_key(std::string_view part);

// The master key of a part and its store: the one that is given, else that in `folder`. It is made
// there only where the store has no secret yet: what a second key sealed, the first would not open.
// kNotFound where the store has some and no key is to be had; kDenied when it opens none of them.
Result<SealKey> master_key_of(Store& store, std::string_view part,
                              const std::filesystem::path& folder, Random& random);

struct Secret {
  std::int64_t version = 0;
  Instant made;
  Bytes value;
};

class Secrets {
 public:
  Secrets(Store& store, const SealKey& master, Random& random);

  // What to make at first use and at each renewal: 32 random bytes, unless `make` says otherwise.
  using Make = std::function<Bytes()>;
  struct Rotation {
    std::chrono::hours renew_after{24 * 90};  // a new version is made when the newest is this old
    std::chrono::hours keep_for{24 * 30};     // a version is deleted this long after a newer one
                                              // was made
  };

  // All versions, newest first, at least one; makes, renews and deletes as `rotation` says, once
  // for all servers. kDenied when the master key is not the one they were sealed under.
  Result<std::vector<Secret>> of(std::string_view name, Rotation rotation, Instant now,
                                 const Make& make = {});

 private:
  Store& store_;
  SealKey master_;
  Random& random_;
};

}  // namespace bz::store
