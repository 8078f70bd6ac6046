// Which keys go out together. Time is cut into batches without gap: each begins where the one
// before ended, and ends at a boundary of the period (keys/slots.h) that the clock has reached.
// After a pause of the servers one batch is as long as the pause.
//
// A key's slot is later than the last batch's end when it is stored, and closing a batch waits for
// those who are storing: so every key is among the new keys of exactly one batch, and nothing is
// ever added to a batch that is closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.h"
#include "keys/authorities.h"
#include "store/store.h"

namespace bz::keys {

struct Batch {
  std::int64_t start_s = 0;  // not included
  std::int64_t end_s = 0;    // included: a slot is the end of its period
};

// At the very first start: an empty batch that ends at the last boundary, so that there is one to
// go on from. Nothing when there is one.
Result<void> begin_batches(store::Store& store, std::chrono::seconds period, Instant now);

Result<Batch> last_batch(store::Sql& sql);

// What uploads go by, in one number, so that those which share a transaction ask once: the end of
// the last closed batch, and below it a mark that each revocation changes.
struct SharedState {
  static constexpr std::int64_t kMarks = 1 << 24;

  std::int64_t value = 0;
  [[nodiscard]] std::int64_t last_end() const { return value / kMarks; }
};
// For a writer that no closing and no revocation may overtake: holds until the end of the
// transaction.
Result<SharedState> shared_state(store::Sql& sql);
// Waits until no such writer is left, and holds to the end of the transaction. The step is drawn:
// a mark that was rolled back must not come again with another meaning.
Result<void> change_shared_state(store::Sql& sql, Random& random);

// Whether a boundary has passed since the last batch.
bool is_due(const Batch& last, std::chrono::seconds period, Instant now);

// Closes the batch that ends at the last boundary before `now`, and stores what pads it in the same
// transaction; nothing when there is no such batch.
Result<std::optional<Batch>> close_batch(store::Store& store, std::chrono::seconds period,
                                         std::int64_t least_keys, Instant now, Random& random);

// Batches whose files have not been made yet, oldest first, and the note that they have.
Result<std::vector<Batch>> batches_without_files(store::Sql& sql);
Result<void> note_files(store::Store& store, const Batch& batch);

// Deletes batches that ended at or before `until_s`, and their keys: a key goes by the end of its
// batch, not by its slot, which after a pause may be days before it.
Result<void> drop_batches(store::Store& store, std::int64_t until_s);

}  // namespace bz::keys
