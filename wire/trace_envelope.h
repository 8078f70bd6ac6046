// The signed file in which an authority publishes day chains of the 2020 app (`bluezone3`) to
// phones, as an export does for day keys. Suffix `.bzt`. Every byte: docs/formats/trace-list.md.
//
//   byte 0..15     "BZ Trace v1     ", or v2 with several signatures
//   byte 16..23    start, seconds since 1970 UTC: when its chains came to the server, from here,
//   byte 24..31    end, to here, not included
//   byte 32..35    number of entries, 0 to 500,000
//   byte 36        length n of the region, 0 to 64
//   n bytes        region, printable ASCII
//   44 bytes each  entries, strictly ascending by their bytes:
//     byte 0..31     day key
//     byte 32..35    its day, days since 1970
//     byte 36..39    end, seconds after 00:00 of that day, 0 to 2,678,400 (31 days)
//     byte 40..43    ids a day, 2 to 1,440
//   the rest       signatures: wire/file_signatures.h
//
// Integers are unsigned, least significant byte first. There is one way to write a content.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/ecdsa.h"
#include "engine/published_key.h"
#include "wire/file_signatures.h"
#include "wire/trust.h"

namespace bz::wire {

struct TraceEnvelope {
  std::chrono::sys_seconds start;  // 1970 to 9999, not after `end`
  std::chrono::sys_seconds end;
  std::string region = {};  // at most 64 printable ASCII characters
  std::vector<engine::PublishedChain> chains;

  bool operator==(const TraceEnvelope&) const = default;
};

// The most bytes that such a file may have: read_file's limit.
inline constexpr std::size_t kMaxTraceEnvelope =
    37 + 64 + std::size_t{500'000} * 44 + kMostSignatureBytes;

// What one chain may ask of a phone, so that a file cannot keep it busy for long: to hash on to at
// most 31 more days, and to make at most as many names a day as one a minute.
inline constexpr std::chrono::days kLongestChain{31};
inline constexpr std::int32_t kFewestIdsPerDay = 2;
inline constexpr std::int32_t kMostIdsPerDay = 1'440;

// Chains are sorted, and one that is there twice is written once. Without a signer it is unsigned.
// kInvalid when a value is out of range: a chain's start is not 00:00 UTC of a day from 1970 to
// 9999, its end not in whole seconds up to kLongestChain after that, its ids a day not 2 to 1,440;
// more than 500,000 chains.
Result<Bytes> write_trace_envelope(const TraceEnvelope& content, std::span<const Sign> signers);
// By one signer, or none.
Result<Bytes> write_trace_envelope(const TraceEnvelope& content, const SigningKey* signer);

// kMalformed with the offset when a byte is not as drawn; kDenied when the signature is missing or
// holds under no trusted key (a file names none: every key of `trust` is tried); kInvalid when
// `trust` has no key and does not allow unsigned files.
Result<TraceEnvelope> read_trace_envelope(ByteView file, const Trust& trust);

// Whether a file's first bytes are those of an envelope; an export's are not.
bool looks_like_trace_envelope(ByteView first_bytes);

}  // namespace bz::wire
