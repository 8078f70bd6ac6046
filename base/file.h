// Whole files on disk: read with a bound, written so that a reader sees the old content or the new,
// never half.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/bytes.h"

namespace bz {

// The file that `path` stands for, links followed, whether or not it is there yet. kInvalid when
// something else than a file is there (a device, a folder): replacing it would do harm. kNotFound
// for a link to nothing.
Result<std::filesystem::path> place_for_file(const std::filesystem::path& path);

// kNotFound when there is no such file, kMalformed when it is larger than `limit` bytes,
// kUnavailable when it cannot be read (a directory, no permission).
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit);

enum class Readers { kEverybody, kOwnerOnly };

// Durable and whole when it returns: a temporary file beside it, synced, renamed over, and the
// folder synced. On failure (kInvalid: place_for_file; kUnavailable: full disk, no permission;
// kNotFound: no such folder) what was there before is still there.
Result<void> write_file(const std::filesystem::path& path, ByteView content,
                        Readers readers = Readers::kEverybody);

// The same for a file that must not be there yet: kConflict when it is, however closely two callers
// race.
Result<void> create_file(const std::filesystem::path& path, ByteView content,
                         Readers readers = Readers::kEverybody);

}  // namespace bz
