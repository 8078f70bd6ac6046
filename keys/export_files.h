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
// damaged one is made again. Files appear by rename, whole; the index after them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
  Bytes digest = {};      // of what was signed
  Bytes signatures = {};  // TEKSignatureList (wire/export_signature.h)

  // "VN/1596240000-1596243600-00001.zip"
  [[nodiscard]] std::string name() const;
  [[nodiscard]] std::int64_t shown_end() const { return end_s + number - 1; }
};

class ExportFiles {
 public:
  // `folder` is exports/.
  ExportFiles(store::Store& store, SigningKeys& keys, std::filesystem::path folder,
              std::int64_t most_keys_a_file)
      : store_(store), keys_(keys), folder_(std::move(folder)), most_(most_keys_a_file) {}

  // Makes and signs the files of a closed batch and notes them; only for the holder of the lease.
  Result<void> make(const Batch& batch, const std::vector<Region>& regions);

  // Makes what is missing or of another size, and the indexes of what is here. Cheap when all is
  // there. Goes on after a failure with the other files, and gives the first.
  Result<void> complete();

  // Deletes files of batches that ended at or before `until_s`: from the store, then (complete)
  // from the indexes, then here from the disk.
  Result<void> forget(std::int64_t until_s);
  Result<void> delete_old(std::int64_t until_s);

 private:
  Result<void> make_all_of(const Batch& batch, const Region& region, Format format);
  Result<void> write(ExportFile& file, std::int64_t region_bit, bool is_new, Bytes& last_key,
                     Bytes& last_revised);
  Result<void> write_indexes(const std::vector<ExportFile>& files);
  bool is_whole(const ExportFile& file) const;

  store::Store& store_;
  SigningKeys& keys_;
  std::filesystem::path folder_;
  std::int64_t most_;
  // Sizes of files that were made here, where another version of a library packed otherwise.
  std::map<std::string, std::uintmax_t> made_;
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
