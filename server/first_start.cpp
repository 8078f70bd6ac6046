#include "server/first_start.h"

#include "codes/authorities.h"
#include "keys/authorities.h"

namespace bz::server {
namespace {

constexpr const char* kIssuer = "vn-moh-codes";
constexpr const char* kAudience = "vn-moh-keys";
constexpr const char* kRegion = "VN";

}  // namespace

Result<void> make_first_authority(store::Store* codes, store::Store* keys, Instant now) {
  if (codes != nullptr) {
    const auto there = codes::list_authorities(*codes);
    if (!there) return there.error();
    if (there->empty()) {
      codes::Authority authority;
      authority.id = kDefaultAuthority;
      authority.name = "Bộ Y tế";
      authority.issuer = kIssuer;
      authority.audience = kAudience;
      authority.region = kRegion;
      if (auto ok = codes::put_authority(*codes, authority, "server", now); !ok) return ok;
    }
  }
  if (keys != nullptr) {
    const auto there = keys::list_authorities(*keys);
    if (!there) return there.error();
    if (there->empty()) {
      auto ok = keys::add_authority(*keys, {kDefaultAuthority, kIssuer, kAudience, {kRegion}});
      // Of two servers that start at once, the other was faster.
      if (!ok && ok.error().code != Code::kConflict) return ok;
    }
  }
  return {};
}

}  // namespace bz::server
