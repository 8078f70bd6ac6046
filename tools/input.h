// What several commands read from files that a person names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/aes.h"
#include "base/result.h"
#include "wire/trust.h"

namespace bz::tools {

// A text file of at most 256 MiB.
Result<std::string> read_text(const std::filesystem::path& path);

// How far a file of published keys is to be believed.
struct TrustOptions {
  std::optional<std::string> public_key;  // a PEM file
  bool unsigned_allowed = false;
};

// kInvalid when neither is given, or both.
Result<wire::Trust> read_trust(const TrustOptions& options);

// The 32 bytes, as hex, that wrap a phone's log (bz keygen --log-key).
Result<SealKey> read_log_key(const std::filesystem::path& path);

// Puts the file's name before an error that speaks of its inside.
Error in_file(const std::filesystem::path& path, const Error& error);

}  // namespace bz::tools
