// Codes as the store has them: only HMACs of their digits, no moment of use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "codes/authorities.h"
#include "codes/core.h"
#include "store/store.h"

namespace bz::codes {

struct CodeRow {
  std::string uuid;
  std::string authority;
  std::string issuer;  // "account:NAME" or "key:ID"
  wire::TestType type = wire::TestType::kConfirmed;
  std::optional<Day> symptom_day;
  std::optional<Day> test_day;
  Instant issued;
  Instant expires;
  Instant long_expires;
  bool claimed = false;
  bool has_handle = false;
  Bytes nonce_hash;  // of a self-report; else empty
  Bytes phone_hash;
};

// What a new row has beside it. Hashes are those to write (Keyring::hashes, first).
struct NewCode {
  CodeRow row;
  std::vector<Digest> short_hashes;
  std::vector<Digest> long_hashes;  // none: there is no long code
};
enum class Insert : std::uint8_t { kDone, kSameUuid, kSameCode };
Result<Insert> insert_code(store::Sql& sql, const NewCode& code);

Result<std::optional<CodeRow>> find_code(store::Sql& sql, std::string_view authority,
                                         std::string_view uuid);

struct FoundCode {
  CodeRow row;
  bool by_long_code = false;
};
// By the HMACs of what was typed; of several (there may be one under each version) the one that can
// still be used.
Result<std::optional<FoundCode>> find_code(store::Sql& sql, std::string_view authority,
                                           std::span<const Digest> hashes, Instant now);

// What is hashed, so that one authority's code is no other's.
std::string code_text(std::string_view authority, std::string_view code);
std::string random_digits(std::size_t count, Random& random);
std::string random_letters(std::size_t count, Random& random);  // of a-z and 0-9
std::string random_uuid(Random& random);                        // version 4 (RFC 4122)
std::string random_id(Random& random);                          // 16 bytes in lower-case hex

// Status and expiry, for programs and officers.
struct CodeTimes {
  bool claimed = false;
  Instant expires;
  Instant long_expires;
};
// Ends it now. kCodeNotFound; kCodeInvalid when it was claimed. `may` says whether the caller may.
Result<Outcome<CodeTimes>> expire_code(const Core& core, std::string_view authority,
                                       std::string_view uuid,
                                       const std::function<bool(const CodeRow&)>& may,
                                       std::string_view actor);

}  // namespace bz::codes
