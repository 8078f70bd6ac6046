// Whole files on disk: read with a bound, written so that a reader sees the old content or the new,
// never half.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

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

// The same for a file whose content comes piece by piece. Until commit() it lies beside its place
// under a name that begins with a dot; it goes away with the writer, and only what a killed program
// leaves behind stays there. After a failure the writer can only be dropped. For one thread at a
// time.
class FileWriter {
 public:
  // kInvalid, kNotFound, kUnavailable as write_file.
  static Result<FileWriter> replacing(const std::filesystem::path& path,
                                      Readers readers = Readers::kEverybody);
  // kConflict comes from commit().
  static Result<FileWriter> creating(const std::filesystem::path& path,
                                     Readers readers = Readers::kEverybody);
  FileWriter(FileWriter&&) noexcept;
  FileWriter& operator=(FileWriter&&) noexcept;
  ~FileWriter();

  Result<void> append(ByteView piece);
  // Writes over bytes that were appended before, which must reach as far: for what a format has in
  // front and only its end tells.
  Result<void> overwrite(std::uint64_t offset, ByteView bytes);
  // Durable, whole and in its place when it returns. Nothing may follow.
  Result<void> commit();

 private:
  struct State;
  explicit FileWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bz
