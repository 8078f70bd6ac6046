// The part of padding (keys/padding.h) that fills up changed keys.
#pragma once

#include "base/random.h"
#include "store/store.h"

namespace bz::keys {

struct Batch;

// Changes generated keys of these regions as real ones of the batch changed, as many as shares_of()
// says, or as earlier batches have to spare.
Result<void> pad_changes(store::Sql& sql, const Batch& batch, std::int64_t regions,
                         std::int64_t least, Random& random);

}  // namespace bz::keys
