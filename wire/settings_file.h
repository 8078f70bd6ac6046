// The health authority's settings as phones fetch them, signed (`/v1/settings`). Every byte and
// every member: docs/formats/settings.md.
//
//   byte 0..15     "BZ Settings v1  "
//   byte 16..19    length n of the JSON, least significant byte first, at most 65,536
//   n bytes        JSON: version, issued, expires and the values
//   1 byte         length s of the signature, 0 for an unsigned file, at most 72
//   s bytes        ECDSA P-256 SHA-256 signature in X9.62 DER over every byte before its length
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "engine/authority_settings.h"
#include "wire/trust.h"

namespace bz::wire {

struct SettingsFile {
  std::int64_t version = 1;  // 1 to 2^53: each that is published is greater than those before
  Instant issued;            // 1970 to 9999
  Instant expires;           // after `issued`, at most kLongestSettings later
  engine::AuthoritySettings values = {};

  bool operator==(const SettingsFile&) const = default;
};

inline constexpr std::chrono::days kLongestSettings{400};
inline constexpr std::size_t kMaxSettingsJson = std::size_t{64} * 1024;
inline constexpr std::size_t kMaxSettingsFile = 20 + kMaxSettingsJson + 1 + 72;

// On one line, members in the order of the format page; what a person edits and what is signed.
std::string write_settings_json(const SettingsFile& settings);

// kMalformed, naming the member, when one is missing, unknown, of another type or out of its bounds
// (engine::validate). Members of `later` are not looked at: there newer servers put what phones of
// this version do not know.
Result<SettingsFile> read_settings_json(std::string_view json);

// The file. `sign` is given the SHA-256 of all before the signature's length and gives one of 1 to
// 72 bytes; its error is handed on. Without it the file is unsigned. kInvalid when a value is out
// of its bounds.
using SettingsSign = std::function<Result<Bytes>(const Digest&)>;
Result<Bytes> write_settings_file(const SettingsFile& settings, const SettingsSign& sign);

// The same for JSON that is there already, byte for byte: kMalformed as read_settings_json.
Result<Bytes> seal_settings_json(std::string_view json, const SettingsSign& sign);

// kMalformed with the offset, or the member's name, when the file is not as drawn or a value out of
// its bounds; kDenied when the signature is missing or holds under no trusted key (a file names
// none: every key of `trust` is tried); kInvalid when `trust` has no key and does not allow
// unsigned files.
Result<SettingsFile> read_settings_file(ByteView file, const Trust& trust);

// The part of a file that is signed, header, length and JSON; all of it when it is not such a file.
ByteView signed_part_of_settings(ByteView file);

}  // namespace bz::wire
