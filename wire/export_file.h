// Exposure Notification key exports: the zip in which a health authority publishes the day keys of
// people who fell ill, and by which any client of that system reads ours. Byte by byte, with every
// error: docs/formats/export.md.
//
//   export.bin   header and protobuf TemporaryExposureKeyExport (wire/export_bin.h)
//   export.sig   protobuf TEKSignatureList: ECDSA P-256 signatures over the whole of export.bin
#pragma once

#include <span>

#include "wire/export_bin.h"
#include "wire/trust.h"
#include "wire/zip_file.h"

namespace bz::wire {

// export.bin unpacked: 500,000 keys take at most 18 MB; a writer that adds fields of its own has
// room for as much again.
inline constexpr std::uint64_t kMaxExportBin = std::uint64_t{32} * 1024 * 1024;

// A private key and what its public half is called where phones know it.
struct Signer {
  SigningKey key;
  std::string key_version = {};
  std::string key_id = {};
};

// The zip. content.head.signatures is not read: it is made from the signers, of which there are at
// most 10 (with none, only readers that allow unsigned files take it). The same content gives the
// same export.bin every time, and the same zip but for export.sig, since ECDSA draws a random
// number for each signature. kInvalid when the content is out of range (encode_export_bin).
Result<Bytes> write_export(const Export& content, std::span<const Signer> signers);

// Reads an export in two passes, in memory that does not grow with the number of keys (under 1 MB;
// a zip given as bytes is the caller's): the first checks the signature over export.bin, the second
// shows the keys to the visitor. Where `trust` has no key and allows unsigned files the first is
// left out; export.sig must be well formed all the same. What is damaged is often found only after
// keys have been shown: when this fails, drop what was made of them.
//   kMalformed    not an export; the sentence says which part, and the offset
//   kDenied       the signature is missing, by another key, or does not hold
//   kNotFound     no such file
//   kUnavailable  the file cannot be read, or changed between the passes
//   kInvalid      `trust` has no key and does not allow unsigned files
Result<ExportSummary> read_export(const ZipSource& zip, const Trust& trust,
                                  const KeyVisitor& visitor);

// The same, with every key in memory.
Result<Export> read_whole_export(const ZipSource& zip, const Trust& trust);

// Whether a file's first bytes are those of a zip; a trace envelope's are not.
bool looks_like_export(ByteView first_bytes);

}  // namespace bz::wire
