// The compact form of a key export: the same keys in about half the bytes, for phones of ours,
// which take either. Suffix `.bzk`. What the entropy coder does, how large files become, and every
// error: docs/formats/compact-export.md.
//
//   byte 0..15     "BZ Keys v1      ", or v2 with several signatures
//   byte 16..23    start, seconds since 1970 UTC: when its keys came to the server, from here,
//   byte 24..31    end, to here, not included
//   byte 32..33    batch_num, 1 to batch_size
//   byte 34..35    batch_size, 1 to 10,000
//   byte 36        length n of the region, 0 to 64
//   n bytes        region, printable ASCII
//   twice, for new keys and for revised ones:
//     3 bytes        number of keys, both lists together at most 500,000; of 0 nothing follows
//     3 bytes        a, bytes of the first column
//     3 bytes        b, bytes of the last column
//     a bytes        column of gaps between the keys' first four bytes, entropy coded
//     12 bytes each  column of the keys' other twelve bytes
//     b bytes        column of starts, periods, report types, risks and onsets, entropy coded
//   the rest       signatures: wire/file_signatures.h
//
// Integers are unsigned, least significant byte first. There is one way to write a content.
#pragma once

#include <memory>
#include <span>

#include "wire/export_bin.h"
#include "wire/file_signatures.h"
#include "wire/trust.h"

namespace bz::wire {

// The most bytes that such a file may have: read_file's limit. (500,000 keys with the most
// surprising metadata take 12.2 MB.)
inline constexpr std::size_t kMaxCompactExport = std::size_t{16} * 1024 * 1024;

// Takes keys one at a time; 500,000 of them take at most 32 MB of memory until the file is made.
class CompactExportWriter {
 public:
  // head.signatures is not read: the file names no key. kInvalid when the head is out of range
  // (encode_export_bin).
  static Result<CompactExportWriter> begin(const ExportHead& head);
  CompactExportWriter(CompactExportWriter&&) noexcept;
  CompactExportWriter& operator=(CompactExportWriter&&) noexcept;
  ~CompactExportWriter();

  // As ExportWriter::add: new keys first, then revised ones, each list in the order of the keys' 16
  // bytes; kInvalid when one is not, is out of its range, or is the 500,001st.
  Result<void> add(const engine::PublishedKey& key, KeyList list = KeyList::kNew);

  // The file, with a signature of each signer; unsigned without any. Nothing may follow.
  Result<Bytes> finish(std::span<const Sign> signers);

 private:
  struct State;
  explicit CompactExportWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The whole of `content`, whose lists it sorts as encode_export_bin does.
Result<Bytes> write_compact_export(const Export& content, std::span<const Sign> signers);
// By one signer, or none.
Result<Bytes> write_compact_export(const Export& content, const Sign& sign);

// Shows the keys to the visitor in blocks of at most 1,024; besides the file itself, memory holds
// at most 8 MB. The signature is checked first. Where `trust` has no key and allows unsigned files,
// what is damaged may be found only after keys have been shown: when this fails, drop what was made
// of them. ExportSummary::skipped is 0, and head.signatures empty.
//   kMalformed  not such a file, or not the one way to write it; the sentence says the offset
//   kDenied     the signature is missing, or holds under no trusted key
//   kInvalid    `trust` has no key and does not allow unsigned files
Result<ExportSummary> read_compact_export(ByteView file, const Trust& trust,
                                          const KeyVisitor& visitor);

// The same, with every key in memory.
Result<Export> read_whole_compact_export(ByteView file, const Trust& trust);

// Whether a file's first bytes are those of a compact export.
bool looks_like_compact_export(ByteView first_bytes);

}  // namespace bz::wire
