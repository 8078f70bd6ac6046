// What a new server needs before it is of use: one health authority, known to both sides.
#pragma once

#include "base/time.h"
#include "store/store.h"

namespace bz::server {

inline constexpr const char* kDefaultAuthority = "vn-moh";

// Makes the authority kDefaultAuthority for the region VN in each of the two stores that is given
// and has none yet. An operator changes it by `bz authority`.
Result<void> make_first_authority(store::Store* codes, store::Store* keys, Instant now);

}  // namespace bz::server
