// Everything that a server has published, read back from its folder of exports: each file verified,
// each key where it stands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/trust.h"

namespace bz::soak {

// The batches in which a key stands, by their start in Unix seconds, in no order; twice in one
// batch counts twice.
struct Appearances {
  std::vector<std::int64_t> as_new;
  std::vector<std::int64_t> as_revised;
};

struct Published {
  // "VN/zip", "VN/bzk", "VN/bzt" to keys (base64) to where they stand.
  std::map<std::string, std::map<std::string, Appearances>> formats;
  std::size_t files = 0;
};

// Any file that does not verify under `trust`, that the index lacks, or that the index names and
// that is not there, is an error. Each of `regions` has its three formats, also when it has no
// file.
Result<Published> read_published(const std::filesystem::path& exports,
                                 const std::vector<std::string>& regions, const wire::Trust& trust);

}  // namespace bz::soak
