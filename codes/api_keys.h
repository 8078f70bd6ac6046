// Keys of programs that call the API (header X-API-Key): a phone app's (device), a laboratory's
// that issues codes (admin), a dashboard's (stats). Base64url of 40 bytes,
//
//   byte 0..31   random
//   byte 32..39  the first of HMAC-SHA256 over bytes 0..31, under the store's check key
//
// of which only the SHA-256 is kept, which is enough for a key that cannot be guessed. The check
// lets a server refuse what nobody was given without asking the store; whoever has the check key
// can do no more than make it ask.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"
#include "codes/authorities.h"
#include "store/store.h"

namespace bz::codes {

enum class KeyKind : std::uint8_t { kDevice, kAdmin, kStats };
std::string_view word(KeyKind kind);  // "device", "admin", "stats"
std::optional<KeyKind> key_kind(std::string_view word);

struct ApiKey {
  std::string id;  // public: stands in lists, statistics and audit trails
  std::string authority;
  std::string name;
  KeyKind kind = KeyKind::kDevice;
};

struct NewApiKey {
  std::string id;
  std::string text;  // what goes into X-API-Key; shown once, kept nowhere
};
// kInvalid when there is no such authority or the name has not 1 to 100 bytes.
Result<NewApiKey> add_api_key(store::Store& store, Random& random, std::string_view authority,
                              std::string_view name, KeyKind kind, std::string_view actor,
                              Instant now);
// Of one authority, or (empty) of all.
Result<std::vector<ApiKey>> list_api_keys(store::Store& store, std::string_view authority = {});
// kNotFound when there is none. It is refused from then on.
Result<void> remove_api_key(store::Store& store, std::string_view id, std::string_view actor,
                            Instant now);

// The store's check key, made at first use.
Result<Bytes> read_or_make_check_key(store::Store& store, Random& random);
// False for what is no key of this store for certain.
bool passes_check(std::string_view key_text, ByteView check_key);

// Whose key this is. kDenied when it is nobody's.
struct Caller {
  ApiKey key;
  Authority authority;
};
Result<Caller> find_caller(store::Sql& sql, std::string_view key_text);

}  // namespace bz::codes
