#include "codes/token.h"

#include <algorithm>

#include "base/base64.h"
#include "codes/dates.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

std::string day_or_nothing(const std::optional<Day>& day) {
  return day ? to_text(*day) : std::string();
}

// "confirmed.2026-11-20.2026-11-21": test type, symptom day, test day; a day may be empty.
bool read_subject(std::string_view subject, Token& token) {
  const auto first = subject.find('.');
  const auto second = subject.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return false;
  const auto type = wire::test_type(subject.substr(0, first));
  const auto symptom = subject.substr(first + 1, second - first - 1);
  const auto test = subject.substr(second + 1);
  token.symptom_day = day_from_text(symptom);
  token.test_day = day_from_text(test);
  if (!type || (!symptom.empty() && !token.symptom_day) || (!test.empty() && !token.test_day)) {
    return false;
  }
  token.type = *type;
  return true;
}

// The claims of a token whose signature holds.
std::optional<Token> read_claims(std::string_view claims) {
  auto reader = wire::JsonReader::parse(claims, wire::kMaxJwt);
  if (!reader) return std::nullopt;
  Token token;
  token.authority = reader->text("aud").value_or("");
  token.chains = reader->boolean("chains").value_or(false);
  token.expires = from_s(reader->integer("exp").value_or(0));
  const auto subject = reader->text("sub").value_or("");
  const auto id = from_base64url(reader->text("jti").value_or(""));
  if (!reader->done() || !id || id->size() != token.id.size()) return std::nullopt;
  if (!read_subject(subject, token)) return std::nullopt;
  std::copy(id->begin(), id->end(), token.id.begin());
  return token;
}

Digest keyed(const TokenId& id, std::string_view purpose, ByteView data) {
  Bytes text(purpose.begin(), purpose.end());
  text.insert(text.end(), data.begin(), data.end());
  return hmac_sha256(id, text);
}

}  // namespace

std::string write_token(const Token& token, const Keyring::Signer& signer) {
  wire::JsonWriter claims;
  claims.text("aud", token.authority)
      .integer("exp", to_s(token.expires))
      .text("jti", to_base64url(token.id))
      .text("sub", std::string(wire::word(token.type)) + "." + day_or_nothing(token.symptom_day) +
                       "." + day_or_nothing(token.test_day));
  if (token.chains) claims.boolean("chains", true);
  return wire::write_jwt(claims.done(), signer.key_id, signer.key);
}

Outcome<Token> read_token(std::string_view text, const Keyring::Signers& signers, Instant now) {
  const auto jwt = wire::parse_jwt(text);
  if (!jwt) return refusal::kTokenInvalid;
  const auto signer =
      std::find_if(signers.all.begin(), signers.all.end(),
                   [&](const Keyring::Signer& one) { return one.key_id == jwt->key_id; });
  if (signer == signers.all.end() || !wire::verifies(*jwt, signer->key.public_key())) {
    return refusal::kTokenInvalid;
  }
  auto token = read_claims(jwt->claims);
  if (!token) return refusal::kTokenInvalid;
  if (now >= token->expires) return refusal::kTokenExpired;
  return *token;
}

wire::RevocationHandle handle_of(const TokenId& id) {
  const auto digest = keyed(id, "revocation handle", {});
  wire::RevocationHandle handle{};
  std::copy_n(digest.begin(), handle.size(), handle.begin());
  return handle;
}

Digest used_mark(const TokenId& id) {
  return keyed(id, "used", {});
}

Digest bound_mark(const TokenId& id, ByteView ekeyhmac) {
  return keyed(id, "bound", ekeyhmac);
}

}  // namespace bz::codes
