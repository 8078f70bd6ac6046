// Padding: a file with few keys would tell how few people published, so it is filled up with random
// keys that look like the real ones. They are stored, so that a file made again is the same, and
// marked, so that they are never counted as people.
//
// New keys of the same regions are filled up together, to at least `least_keys` and up to 100 more,
// drawn anew for each batch, so that the size does not tell whether there was padding; and a
// generated key is in the files of all its regions as a real one is. So whoever lays two regions'
// files beside each other finds, in what both have as in what one has alone, nothing or a whole
// crowd. What is empty stays empty.
//
// Changed keys are filled up by generated keys that were published before, as a real one was: with
// the report that it had, from the same batch as far as there are any left in it, else from those
// next to it. None changes more often than people's do, and at least half of a batch's generated
// keys of a report never change, so that neither to be changed nor not to be tells what a key is.
// None is made up: whoever has kept all files would see that it never was new. So that there are
// some to change, a batch has, however large it is, at least a tenth of `least_keys` generated ones
// of each report, and up to as many more; and the same of each kind of change. What is left to see:
// docs/publishing.md.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "store/store.h"

namespace bz::keys {

struct Batch;

inline constexpr std::int64_t kMostExtraKeys = 100;
// Of what is generated; no key of a person has this handle, so none of these can be revoked.
inline constexpr std::array<std::uint8_t, 1> kNoHandle{0};

// Of every list: new keys, changed keys, chains of `bluezone3`. Within the transaction
// that closes the batch.
Result<void> pad_batch(store::Sql& sql, const Batch& batch, std::int64_t least_keys,
                       Random& random);

// Uniform over 0 to count - 1.
std::uint64_t below(Random& random, std::uint64_t count);

// How many to generate of each kind, where there are `real` of each, 1 or more: of every kind a
// tenth of `least` and up to as many more; and so that all together are at least `least` and up to
// kMostExtraKeys more, in the proportion of the real ones. None when `least` is 0.
std::vector<std::int64_t> shares_of(const std::vector<std::int64_t>& real, std::int64_t least,
                                    Random& random);

}  // namespace bz::keys
