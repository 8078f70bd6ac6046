// The handles of cases that supervisors have taken back (keys/revocations.h). For two days nothing
// is kept under them, neither day keys nor chains, whether it comes again after a lost answer or
// for the first time: a phone that was without a line sends hours after its code was used, and
// chains come up to 12 hours after the keys of their case.
//
// Every upload asks, so asking must cost nothing: each server has the handles in memory, and reads
// them anew when the state that uploads share anyway (keys/batches.h) is another than the one it
// knows them of. Since whoever notes handles changes that state while no upload is under way, no
// server goes by an older set, however many there are on one store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "base/random.h"
#include "base/time.h"
#include "keys/batches.h"
#include "store/sql.h"
#include "wire/certificate.h"

namespace bz::keys {

// A token lasts 24 hours, and a certificate got with it at the last moment a few more.
inline constexpr std::chrono::hours kHandlesRefused{48};

// From its commit on, no upload is kept under them.
Result<void> note_revoked(store::Sql& sql, std::int64_t authority,
                          const std::set<wire::RevocationHandle>& handles, Random& random,
                          Instant now);
// Those whose time is over.
Result<void> forget_revoked(store::Sql& sql, Instant now);

// From any thread.
class RevokedHandles {
 public:
  // Within the transaction of an upload, which has asked for the state; holds until that ends.
  Result<bool> has(store::Sql& sql, SharedState state, std::int64_t authority,
                   const wire::RevocationHandle& handle, Instant now);

 private:
  struct Known {
    std::int64_t state = 0;
    std::map<std::pair<std::int64_t, wire::RevocationHandle>, std::int64_t> until_s;
  };
  static Result<Known> read(store::Sql& sql, std::int64_t state);

  std::mutex mutex_;
  std::shared_ptr<const Known> known_;
};

}  // namespace bz::keys
