// Writing a key export (wire/export_file.h) key by key: each is encoded, hashed and deflated on its
// way to the disk, so a file of 500,000 keys takes no more memory than one of ten. What is in the
// file, byte by byte: docs/formats/export.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/hash.h"
#include "wire/export_bin.h"

namespace bz::wire {

// One signature of an export: what the file says of its key, and what makes it. `sign` is given the
// SHA-256 of export.bin and gives a signature of 1 to 256 bytes (X9.62 DER): by a key in memory, by
// a device, or one that was kept from earlier. It is called once, when all keys have been added.
struct ExportSigner {
  SignatureInfo info;
  std::function<Result<Bytes>(const Digest&)> sign;
};

struct WrittenExport {
  Digest digest{};  // SHA-256 of export.bin, what was signed
  std::size_t keys = 0;
  std::size_t revised = 0;
  std::uint64_t bytes = 0;             // of the zip
  std::vector<Bytes> signatures = {};  // in the order of the signers, to make the same file again
};

// The same head, keys and signatures give the same zip, byte for byte. Nothing is to be seen at the
// path until finish() has put the whole file there, synced; dropped before that, the writer leaves
// nothing. After a failure it can only be dropped.
class ExportWriter {
 public:
  // head.signatures is not read: it is made from the signers, of which there are at most 10 (with
  // none, only readers that allow unsigned files take it). kInvalid when the head is out of range;
  // kNotFound, kUnavailable as write_file.
  static Result<ExportWriter> to_file(const std::filesystem::path& path, const ExportHead& head,
                                      std::vector<ExportSigner> signers);
  // Into memory, which must outlive the writer.
  static Result<ExportWriter> to_memory(Bytes& zip, const ExportHead& head,
                                        std::vector<ExportSigner> signers);
  ExportWriter(ExportWriter&&) noexcept;
  ExportWriter& operator=(ExportWriter&&) noexcept;
  ~ExportWriter();

  // New keys first, then revised ones, each list in the order of the keys' 16 bytes. kInvalid when
  // one comes out of this order, is out of its range (encode_export_bin), or is the 500,001st.
  Result<void> add(const engine::PublishedKey& key, KeyList list = KeyList::kNew);

  // Signs and puts the file in its place. A signer's error is handed on.
  Result<WrittenExport> finish();

 private:
  struct State;
  explicit ExportWriter(std::unique_ptr<State> state);
  static Result<ExportWriter> begin(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bz::wire
