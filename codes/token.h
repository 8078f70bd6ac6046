// The verification token: what a phone gets for a code and brings back, once, for a certificate.
//
// An ES256 JSON Web Token of 24 hours that says test type and dates, and a random id of 32 bytes.
// The store keeps no token: when one is used, the SHA-256 of its id, and for whom it was used.
// Nothing in it or derived from it leads to the code.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "codes/core.h"
#include "wire/certificate.h"

namespace bz::codes {

using TokenId = std::array<std::uint8_t, 32>;

struct Token {
  TokenId id{};
  std::string authority;
  wire::TestType type = wire::TestType::kConfirmed;
  std::optional<Day> symptom_day;
  std::optional<Day> test_day;
  bool chains = false;  // for `bluezone3`: a certificate over chains
  Instant expires;

  bool operator==(const Token&) const = default;
};

inline constexpr std::chrono::hours kTokenLife{24};

std::string write_token(const Token& token, const Keyring::Signer& signer);
// kTokenInvalid: malformed or not signed by one of these; kTokenExpired: past its end.
Outcome<Token> read_token(std::string_view text, const Keyring::Signers& signers, Instant now);

// The handle that stands in this token's certificates: always the same one, so that a phone that
// lost an answer gets it again, and yet nothing that the store keeps leads to it.
wire::RevocationHandle handle_of(const TokenId& id);
// What the store keeps of a used token, and of the HMAC that it was used for: neither can be made
// from the other stores, since the id is random and nowhere.
Digest used_mark(const TokenId& id);
Digest bound_mark(const TokenId& id, ByteView ekeyhmac);

}  // namespace bz::codes
