// Padding: a file with few keys would tell how few people published, so it is filled up with random
// keys that look like the real ones. They are stored, so that a file made again is the same, and
// marked, so that they are never counted as people.
//
// Keys of the same regions are filled up together, to at least `least_keys` and up to 100 more,
// drawn anew for each batch, so that the size does not tell whether there was padding; and a
// generated key is in the files of all its regions as a real one is. So whoever lays two regions'
// files beside each other finds, in what both have as in what one has alone, nothing or a whole
// crowd. What is empty stays empty.
#pragma once

#include "base/random.h"
#include "store/store.h"

namespace bz::keys {

struct Batch;

inline constexpr std::int64_t kMostExtraKeys = 100;

// Of every list: new keys, changed keys, chains of `bluezone3`. Within the transaction
// that closes the batch.
Result<void> pad_batch(store::Sql& sql, const Batch& batch, std::int64_t least_keys,
                       Random& random);

// Uniform over 0 to count - 1.
std::uint64_t below(Random& random, std::uint64_t count);

}  // namespace bz::keys
