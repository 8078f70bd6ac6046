// Keeping uploaded keys: which are new, which were sent before, and which change what was
// published.
//
// A key is known by its bytes. What a certificate stored or changed carries its handle, so that the
// same upload sent again, after a lost reply, stores nothing twice and is answered as at first. Of
// a case that was revoked meanwhile nothing is added or changed any more, as of a negative test.
//
// A contact's key (kRecursive) is published to the region of contacts. Once the contact is a case,
// the key is published again, to the regions of cases; both then live side by side, each with its
// own changes.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/published_key.h"
#include "keys/answers.h"
#include "keys/revision_token.h"
#include "keys/revoked_handles.h"
#include "store/store.h"
#include "wire/certificate.h"

namespace bz::keys {

struct Upload {
  std::vector<engine::PublishedKey> keys;  // 1 to 30, sorted by their bytes; kRevoked: take back
  wire::RevocationHandle handle{};
  std::int64_t authority = 0;  // number
  std::int64_t regions = 0;    // bits
  // The tags of its revision token; nothing when it has none.
  std::optional<std::vector<KeyTag>> may_revise;
};

struct Kept {
  std::size_t added = 0;    // new keys
  std::size_t revised = 0;  // whose report was changed
  std::size_t before = 0;   // added or changed by the same certificate earlier

  // insertedExposures; the same each time that one upload is sent.
  [[nodiscard]] std::size_t inserted() const { return added + revised + before; }
};

// All of it or nothing, durable when it returns. kUnavailable when the store fails.
Result<std::variant<Kept, Refusal>> keep_upload(store::Store& store, RevokedHandles& revoked,
                                                const Upload& upload, std::chrono::seconds period,
                                                Instant now);

}  // namespace bz::keys
