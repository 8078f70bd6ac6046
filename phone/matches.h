// Which of the published keys were heard by this phone, over any number of files. Memory holds the
// keys that were heard, not those that were read.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "engine/fast_matcher.h"
#include "engine/risk.h"
#include "wire/export_file.h"
#include "wire/trust.h"

namespace bz::phone {

class Matches {
 public:
  // The table and the scans it was made from must outlive it.
  Matches(const engine::NameTable& names, std::span<const engine::Scan> scans,
          engine::Receiver receiver, const engine::Kernel& kernel = engine::fastest_kernel())
      : names_(&names), scans_(scans), receiver_(receiver), kernel_(&kernel) {}

  // Files in order of publication: what a later one says of a key, revised or given again, takes
  // the place of what an earlier one said. A file that is damaged or not trusted adds nothing.
  // Errors as in wire::read_export.
  Result<wire::ExportSummary> add_export(const wire::ZipSource& zip, const wire::Trust& trust);

  // The same for the compact form; errors as in wire::read_compact_export.
  Result<wire::ExportSummary> add_compact(ByteView file, const wire::Trust& trust);

  // Day chains of the 2020 app; errors as in wire::read_trace_envelope. How many chains were read.
  Result<std::size_t> add_trace_envelope(ByteView file, const wire::Trust& trust);

  // The keys and chains that were heard, and their windows, whose source is an index into them.
  [[nodiscard]] const std::vector<engine::PublishedKey>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<engine::PublishedChain>& chains() const { return chains_; }
  [[nodiscard]] std::vector<engine::ExposureWindow> key_windows() const {
    return flat(key_windows_);
  }
  [[nodiscard]] std::vector<engine::ExposureWindow> chain_windows() const {
    return flat(chain_windows_);
  }

  // Both, for engine::daily_summaries.
  [[nodiscard]] std::vector<engine::Exposure> exposures() const;

 private:
  using Windows = std::vector<std::vector<engine::ExposureWindow>>;  // by key
  static std::vector<engine::ExposureWindow> flat(const Windows& windows);
  using ReadKeys = std::function<Result<wire::ExportSummary>(const wire::KeyVisitor&)>;
  Result<wire::ExportSummary> add_keys(const ReadKeys& read);
  void keep(const engine::PublishedKey& key, std::vector<engine::ExposureWindow> windows);

  using KeyName = std::pair<std::array<std::uint8_t, 16>, Interval>;
  static KeyName name_of(const engine::PublishedKey& key) { return {key.key.bytes, key.key.start}; }

  const engine::NameTable* names_;
  std::span<const engine::Scan> scans_;
  engine::Receiver receiver_;
  const engine::Kernel* kernel_;
  std::vector<engine::PublishedKey> keys_;
  std::vector<engine::PublishedChain> chains_;
  Windows key_windows_;
  Windows chain_windows_;
  std::map<KeyName, std::size_t> place_of_key_;
};

}  // namespace bz::phone
