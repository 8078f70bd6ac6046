#include "codes/certificate.h"

#include <algorithm>

#include "base/base64.h"
#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/token.h"
#include "wire/verification_message.h"

namespace bz::codes {
namespace {

std::optional<Digest> read_hmac(std::string_view text) {
  const auto bytes = from_base64(text);
  Digest digest{};
  if (!bytes || bytes->size() != digest.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

// The token as it may be used by this caller.
Result<Outcome<Token>> usable_token(const Core& core, const Caller& caller, std::string_view text,
                                    Instant now) {
  auto signers = core.keyring.token_signers(now);
  if (!signers) return signers.error();
  auto token = read_token(text, *signers, now);
  if (const auto* good = std::get_if<Token>(&token)) {
    const bool fits =
        good->authority == caller.authority.id && (!good->chains || caller.authority.bluezone3);
    if (!fits) return Outcome<Token>{refusal::kTokenInvalid};
  }
  return token;
}

// Marks it used for this HMAC. False: it was used for another.
Result<bool> use(store::Sql& sql, const Token& token, const Digest& ekeyhmac) {
  const auto used = used_mark(token.id);
  const auto bound = bound_mark(token.id, ekeyhmac);
  // The end as a whole hour: when it was made must not be read from it.
  auto put = sql.run(
      "INSERT INTO used_tokens (hash, bound, expires_h) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      {ByteView(used), ByteView(bound), hour_number(token.expires) + 1});
  if (!put) return put.error();
  if (*put > 0) return true;
  auto same = sql.integer("SELECT 1 FROM used_tokens WHERE hash = $1 AND bound = $2",
                          {ByteView(used), ByteView(bound)});
  if (!same) return same.error();
  return same->has_value();
}

Result<void> count_token(store::Sql& sql, const Caller& caller, const Token* token, Instant now) {
  const auto name = token != nullptr ? counter::kTokensClaimed : counter::kTokensInvalid;
  for (const auto& who : {std::string(), "key:" + caller.key.id}) {
    if (auto done = count(sql, caller.authority.id, now, name, who); !done) return done;
  }
  if (token == nullptr || token->type != wire::TestType::kUserReport) return {};
  return count(sql, caller.authority.id, now, counter::kReportTokensClaimed);
}

Result<Outcome<std::string>> refuse_token(const Core& core, const Caller& caller,
                                          const Refusal& refused, Instant now) {
  auto counted =
      core.store.write([&](store::Sql& sql) { return count_token(sql, caller, nullptr, now); });
  if (!counted) return counted.error();
  return Outcome<std::string>{refused};
}

// The day from which the person's keys count: of the symptoms, else of the test; for a contact only
// the day of the contact.
std::optional<Interval> onset_of(const Token& token) {
  const bool contact = token.type == wire::TestType::kContact;
  const auto day = !contact && token.symptom_day ? token.symptom_day : token.test_day;
  if (!day) return std::nullopt;
  return first_interval(*day);
}

}  // namespace

Result<Outcome<std::string>> certify(const Core& core, const Caller& caller,
                                     std::string_view body) {
  const auto now = core.now();
  const auto request = wire::parse_certificate_request(body);
  if (!request) return Outcome<std::string>{refusal::kTokenInvalid};
  const auto ekeyhmac = read_hmac(request->ekeyhmac);
  if (!ekeyhmac) return Outcome<std::string>{refusal::kHmacInvalid};
  auto read = usable_token(core, caller, request->token, now);
  if (!read) return read.error();
  if (const auto* refused = std::get_if<Refusal>(&*read)) {
    return refuse_token(core, caller, *refused, now);
  }
  const auto& token = std::get<Token>(*read);
  auto used = core.store.write([&](store::Sql& sql) -> Result<bool> {
    auto mine = use(sql, token, *ekeyhmac);
    if (!mine || !*mine) return mine;
    if (auto done = count_token(sql, caller, &token, now); !done) return done.error();
    return true;
  });
  if (!used) return used.error();
  if (!*used) return refuse_token(core, caller, refusal::kTokenExpired, now);

  auto signers = core.keyring.certificate_signers(caller.authority.id, now);
  if (!signers) return signers.error();
  const auto& signer = signers->all[signers->to_use];
  return Outcome<std::string>{wire::write_certificate(
      {.issuer = caller.authority.issuer,
       .audience = caller.authority.audience,
       .issued = std::chrono::floor<std::chrono::hours>(now),
       .expires = std::chrono::ceil<std::chrono::hours>(now + kCertificateLife),
       .tekmac = *ekeyhmac,
       .report = token.type,
       .symptom_onset = onset_of(token),
       .handle = handle_of(token.id),
       .chains = token.chains},
      signer.key_id, signer.key)};
}

}  // namespace bz::codes
