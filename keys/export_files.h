// The files that phones fetch, made from the store.
//
//   exports/{region}/{start}-{end}-{00001}.zip   keys, the world's format (wire/export_writer.h)
//   exports/{region}/index.txt                   their names, relative to exports/
//   exports/{region}/….bzk, compact.txt          the same keys in the compact form
//   exports/{region}/….bzt, chains.txt           chains of `bluezone3` (wire/trace_envelope.h)
//
// Names are in Unix seconds. A batch of more keys than fit is split: the second file's end is one
// second later, and so on, since platforms tell files apart by start and end.
//
// One server makes the files of a batch and keeps in the store what each holds and its signatures;
// every server makes its own copy from there, so all copies are the same bytes, and a lost or
// damaged one is made again: what was signed and the signatures are kept, so nothing is signed
// anew. Files appear by rename, whole; the index after them.
//
// What lies here is held against the SHA-256 that the store has of each file: all of it after the
// start, then once an hour, some files at each call.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keys/authorities.h"
#include "keys/batches.h"
#include "keys/signing_keys.h"
#include "store/store.h"

namespace bz::keys {

enum class Format : std::uint8_t { kZip = 0, kCompact = 1, kChains = 2 };
inline constexpr Format kFormats[] = {Format::kZip, Format::kCompact, Format::kChains};

std::string_view suffix_of(Format format);      // ".zip", ".bzk", ".bzt"
std::string_view index_name_of(Format format);  // "index.txt", "compact.txt", "chains.txt"

// One file as the store knows it.
struct ExportFile {
  std::int64_t end_s = 0;  // of its batch
  std::int64_t start_s = 0;
  std::string region;
  Format format{};
  std::int64_t number = 1;  // from 1
  std::int64_t keys = 0;
  std::int64_t revised = 0;
  Bytes after_key = {};  // its keys are those after this one
  Bytes after_revised = {};
  std::int64_t size = 0;
  Bytes digest = {};       // of what was signed
  Bytes signatures = {};   // TEKSignatureList (wire/export_signature.h)
  Bytes file_digest = {};  // of the whole file; empty: an earlier version made it, and kept none

  // "VN/1596240000-1596243600-00001.zip"
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::int64_t shown_end() const { return end_s + number - 1; }
};

class ExportFiles {
 public:
  using Running = std::chrono::steady_clock::time_point;

  // `folder` is exports/. Of what lies there `bytes_at_a_time` are read again at each call of
  // complete(), and at least one file.
  ExportFiles(store::Store& store, SigningKeys& keys, std::filesystem::path folder,
              std::int64_t most_keys_a_file, std::int64_t bytes_at_a_time)
      : store_(store),
        keys_(keys),
        folder_(std::move(folder)),
        most_(most_keys_a_file),
        bytes_at_a_time_(bytes_at_a_time) {}

  // Makes and signs the files of a closed batch and notes them; only for the holder of the lease.
  Result<void> make(const Batch& batch, const std::vector<Region>& regions);

  // Makes what is missing or damaged, as far as files were looked at, and the indexes of what is
  // here. Cheap when all is there. Goes on after a failure with the other files, and gives the
  // first. `running` is the machine's running time.
  Result<void> complete(Running running);

  // Names of files that were found damaged and made again since this was last asked.
  std::vector<std::string> take_damaged() { return std::exchange(damaged_, {}); }

  // Deletes files of batches that ended at or before `until_s`: from the store, then (complete)
  // from the indexes, then here from the disk.
  Result<void> forget(std::int64_t until_s);
  Result<void> delete_old(std::int64_t until_s);

 private:
  Result<void> make_all_of(const Batch& batch, const Region& region, Format format);
  Result<void> write(ExportFile& file, std::int64_t region_bit, bool is_new, Bytes& last_key,
                     Bytes& last_revised);
  Result<void> mend(const ExportFile& file, std::int64_t region_bit);
  Result<void> write_indexes(const std::vector<ExportFile>& files);
  void look_at_some(const std::vector<ExportFile>& files, Running running);

  // What a file is here: as the store says, unless it was made here by another version of a
  // library, which packs otherwise.
  struct Look {
    std::int64_t size = 0;
    Bytes digest = {};  // empty: not known
  };
  [[nodiscard]] Look look_of(const ExportFile& file) const;
  [[nodiscard]] bool is_there(const ExportFile& file) const;  // in that size

  store::Store& store_;
  SigningKeys& keys_;
  std::filesystem::path folder_;
  std::int64_t most_;
  std::int64_t bytes_at_a_time_;
  std::map<std::string, Look> made_;  // here, since the start
  std::set<std::string> looked_at_;   // in this round
  std::optional<Running> round_began_;
  // To be made again, by name: damaged ones, and others (another server's signatures count, or
  // their digest is not known).
  enum class Why : std::uint8_t { kDamaged, kOther };
  std::map<std::string, Why> unsound_;
  std::vector<std::string> damaged_;
};

// start, end and number of a file's name without its region; nothing when it is none of ours.
struct FileName {
  std::int64_t start_s = 0;
  std::int64_t end_s = 0;
  std::int64_t number = 0;
  Format format{};
};
std::optional<FileName> parse_file_name(std::string_view name);

}  // namespace bz::keys
