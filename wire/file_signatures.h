// The signatures at the end of our own files, compact exports (wire/compact_export.h) and trace
// envelopes (wire/trace_envelope.h), each ECDSA P-256 SHA-256 in X9.62 DER over every byte before
// them. While a signing key is exchanged a file carries those of the old and of the new key, and
// names neither: a reader tries each with every key that it trusts, and one that holds is enough.
//
//   version 1, of one signature or none    version 2, of 2 to 10
//     1 byte   its length s, 0 for none      1 byte   how many
//     s bytes  the signature                 for each, 1 byte: its length, 1 to 72; the signature
//
// The version stands in the file's header, so there is one way to write each number of them.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "base/hash.h"
#include "wire/trust.h"

namespace bz::wire {

// Given the SHA-256 of what is signed, gives a signature of 1 to 72 bytes; its error is handed on.
using Sign = std::function<Result<Bytes>(const Digest&)>;

inline constexpr std::size_t kMostFileSignatures = 10;
// The most bytes that they take.
inline constexpr std::size_t kMostSignatureBytes = 1 + kMostFileSignatures * (1 + 72);

// '1', or '2' where there are several.
constexpr char version_of_signatures(std::size_t signers) {
  return signers > 1 ? '2' : '1';
}

// Signs all that `file` holds, whose header has the version, and puts the signatures at its end.
// kInvalid, in the words of `format` ("compact export"), when there are more than 10 signers or one
// gives no such signature.
Result<void> put_signatures(Bytes& file, std::span<const Sign> signers, std::string_view format);

// Reads what follows the first `content` bytes, and checks it as `trust` wants.
//   kMalformed  it is not as drawn, or something follows; the sentence says the offset
//   kDenied     there is no signature, or none holds under a trusted key
Result<void> read_signatures(ByteView file, std::size_t content, char version, const Trust& trust,
                             std::string_view format);

}  // namespace bz::wire
