// `bz signing-key`: the keys that sign exports (docs/operations/key-ceremony.md).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "tools/data_folder.h"

namespace bz::tools {

struct SigningKeyOptions {
  DataOptions where;
  std::string version;
  std::string key_id = "452";
  std::string region;
  std::optional<std::int64_t> from_ms;     // else now
  std::optional<std::int64_t> through_ms;  // else now
};

Result<void> run_signing_key_list(const DataOptions& options, std::ostream& out);
// The sheet for Apple and Google.
Result<void> run_signing_key_sheet(const DataOptions& options, std::ostream& out);
// Public keys as PEM, for `--public-key`.
Result<void> run_signing_key_public(const SigningKeyOptions& options, std::ostream& out);
Result<void> run_signing_key_make(const SigningKeyOptions& options, std::ostream& out);
Result<void> run_signing_key_retire(const SigningKeyOptions& options, std::ostream& out);

}  // namespace bz::tools
