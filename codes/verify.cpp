#include "codes/verify.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "codes/code_store.h"
#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/guess_budget.h"
#include "codes/handle_seal.h"
#include "codes/token.h"
#include "codes/user_report.h"

namespace bz::codes {
namespace {

using wire::TestType;

// What a client takes: each word brings those before it; a self-report and a contact only by name,
// but a list of none takes all that the reference servers know.
std::optional<std::set<TestType>> accepted_types(const std::vector<std::string>& words) {
  if (words.empty()) {
    return std::set{TestType::kConfirmed, TestType::kLikely, TestType::kNegative,
                    TestType::kUserReport};
  }
  std::set<TestType> types;
  for (const auto& word : words) {
    const auto type = wire::test_type(word);
    if (!type) return std::nullopt;
    types.insert(*type);
    if (*type == TestType::kNegative) types.insert(TestType::kLikely);
    if (*type == TestType::kNegative || *type == TestType::kLikely) {
      types.insert(TestType::kConfirmed);
    }
  }
  return types;
}

// As people type it: without spaces and hyphens, in either case.
std::string normal_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == ' ' || c == '-') continue;
    code += ascii_lower(c);
  }
  return code;
}

bool is_short(const Authority& authority, std::string_view code) {
  return code.size() == static_cast<std::size_t>(authority.short_digits) &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// One call: what was asked, and what is drawn for it.
struct Attempt {
  const Authority& authority;
  const ApiKey& key;
  std::string code;
  bool short_code = false;
  std::vector<Digest> hashes;
  std::set<TestType> accepted;
  Bytes nonce;
  Platform platform = Platform::kUnknown;
  Instant now;
  TokenId id{};
  TokenId chains_id{};
};

struct Claim {
  Outcome<CodeRow> code;
  bool paused = false;
};

// 1, 5, 15, 30 min, 1, 2, 3, 6, 12, 24 h, longer.
std::size_t age_bucket(std::chrono::seconds age) {
  static constexpr std::int64_t kUpTo[] = {60,    300,    900,    1'800,  3'600,
                                           7'200, 10'800, 21'600, 43'200, 86'400};
  return static_cast<std::size_t>(
      std::upper_bound(std::begin(kUpTo), std::end(kUpTo), age.count() - 1) - std::begin(kUpTo));
}

Result<void> count_claim(store::Sql& sql, const Attempt& attempt, const CodeRow& code) {
  const auto& id = attempt.authority.id;
  const auto age = std::max(std::chrono::floor<std::chrono::seconds>(attempt.now - code.issued),
                            std::chrono::seconds{0});
  const auto key = "key:" + attempt.key.id;
  if (auto done = count(sql, id, attempt.now, counter::kClaimed); !done) return done;
  if (auto done = count(sql, id, attempt.now, counter::kClaimed, key); !done) return done;
  if (auto done = count(sql, id, attempt.now, counter::kClaimSeconds, "", age.count()); !done) {
    return done;
  }
  if (auto done = count(sql, id, attempt.now, counter::kClaimAge, std::to_string(age_bucket(age)));
      !done) {
    return done;
  }
  if (code.type != TestType::kUserReport) return {};
  return count(sql, id, attempt.now, counter::kReportsClaimed);
}

// A wrong code: counted for the day, and a short one as a guess.
Result<void> count_failure(store::Sql& sql, const Attempt& attempt, bool of_report) {
  const auto& id = attempt.authority.id;
  const auto os = attempt.platform == Platform::kAndroid ? counter::kInvalidAndroid
                  : attempt.platform == Platform::kIos   ? counter::kInvalidIos
                                                         : counter::kInvalidUnknownOs;
  for (const auto name : {counter::kInvalid, os}) {
    if (auto done = count(sql, id, attempt.now, name); !done) return done;
  }
  if (auto done = count(sql, id, attempt.now, counter::kInvalid, "key:" + attempt.key.id); !done) {
    return done;
  }
  if (of_report) {
    if (auto done = count(sql, id, attempt.now, counter::kReportsInvalid); !done) return done;
  }
  return attempt.short_code ? count_failed_verify(sql, attempt.authority, attempt.now)
                            : Result<void>{};
}

// Why this code cannot be used; nothing when it can.
std::optional<Refusal> fault_of(const Attempt& attempt, const std::optional<FoundCode>& found) {
  if (!found) return refusal::kCodeInvalid;
  const auto& row = found->row;
  if (!row.nonce_hash.empty()) {
    const auto hash = sha256(attempt.nonce);
    if (!std::equal(hash.begin(), hash.end(), row.nonce_hash.begin(), row.nonce_hash.end())) {
      return refusal::kCodeInvalid;
    }
  }
  if (row.claimed) return refusal::kCodeInvalid;  // also when its time is over
  if (attempt.now >= (found->by_long_code ? row.long_expires : row.expires)) {
    return refusal::kCodeExpired;
  }
  if (!attempt.accepted.contains(row.type)) return refusal::kTypeNotAccepted;
  return std::nullopt;
}

// Sets the flag; false when another call was faster.
Result<bool> take_code(store::Sql& sql, const Attempt& attempt, const CodeRow& row,
                       Random& random) {
  const auto handle = seal_handle(attempt.authority, handle_of(attempt.id), random);
  Bytes chains;
  if (attempt.authority.bluezone3 && row.type != TestType::kContact) {
    chains = seal_handle(attempt.authority, handle_of(attempt.chains_id), random);
  }
  const auto blob = [](const Bytes& bytes) {
    return bytes.empty() ? store::Parameter{} : store::Parameter{ByteView(bytes)};
  };
  auto taken = sql.run(
      "UPDATE codes SET claimed = 1, handle = $1, chains_handle = $2, phone_hash = NULL, "
      "symptom_day = NULL, test_day = NULL WHERE uuid "
      "= $3 AND claimed = 0",
      {blob(handle), blob(chains), row.uuid});
  if (!taken) return taken.error();
  if (*taken == 0) return false;
  if (!row.phone_hash.empty()) {
    if (auto noted = note_report_claimed(sql, row.phone_hash); !noted) return noted.error();
  }
  return true;
}

Result<Claim> claim(store::Sql& sql, const Attempt& attempt, Random& random) {
  if (attempt.short_code) {
    auto budget = guess_budget(sql, attempt.authority, attempt.now);
    if (!budget) return budget.error();
    if (budget->paused) {
      Refusal refused = refusal::kQuota;
      refused.text = "too many wrong codes were tried; use the link in the SMS, or wait";
      refused.retry_after = budget->retry_after;
      return Claim{.code = refused, .paused = true};
    }
  }
  auto found = find_code(sql, attempt.authority.id, attempt.hashes, attempt.now);
  if (!found) return found.error();
  auto fault = fault_of(attempt, *found);
  if (!fault) {
    auto taken = take_code(sql, attempt, (*found)->row, random);
    if (!taken) return taken.error();
    if (!*taken) fault = refusal::kCodeInvalid;
  }
  if (!fault) {
    if (auto done = count_claim(sql, attempt, (*found)->row); !done) return done.error();
    return Claim{.code = (*found)->row, .paused = false};
  }
  // A type that the client does not take is no guess.
  if (fault->status != refusal::kTypeNotAccepted.status) {
    const bool of_report = *found && (*found)->row.type == TestType::kUserReport;
    if (auto done = count_failure(sql, attempt, of_report); !done) return done.error();
  }
  return Claim{.code = *fault, .paused = false};
}

Result<wire::VerifyAnswer> answer_for(const Core& core, const Attempt& attempt,
                                      const CodeRow& code) {
  auto signers = core.keyring.token_signers(attempt.now);
  if (!signers) return signers.error();
  const auto& signer = signers->all[signers->to_use];
  Token token{.id = attempt.id,
              .authority = attempt.authority.id,
              .type = code.type,
              .symptom_day = code.symptom_day,
              .test_day = code.test_day,
              .chains = false,
              .expires = attempt.now + kTokenLife};
  wire::VerifyAnswer answer{
      .test_type = std::string(wire::word(code.type)),
      .symptom_date = code.symptom_day ? to_text(*code.symptom_day) : std::string(),
      .test_date = code.test_day ? to_text(*code.test_day) : std::string(),
      .token = write_token(token, signer),
      .chains_token = {}};
  // A contact's chains would be a second list of an F1's days; only day keys go on.
  if (attempt.authority.bluezone3 && code.type != TestType::kContact) {
    token.id = attempt.chains_id;
    token.chains = true;
    answer.chains_token = write_token(token, signer);
  }
  return answer;
}

}  // namespace

void GuessAlarm::show(const Core& core, const Authority& authority, bool paused) {
  core.around.metrics
      .gauge("bz_codes_short_codes_paused",
             "1 while wrong codes have used up an authority's budget",
             "authority=\"" + authority.id + "\"")
      .set(paused ? 1 : 0);
}

void GuessAlarm::note(const Core& core, const Authority& authority, bool paused) {
  show(core, authority, paused);
  if (!paused) return;
  core.around.metrics
      .counter("bz_codes_guesses_refused_total", "Short codes refused while they were paused",
               "authority=\"" + authority.id + "\"")
      .add();
  const auto hour = hour_number(core.now());
  {
    const std::scoped_lock lock(mutex_);
    auto& last = hour_[authority.id];
    if (last == hour) return;
    last = hour;
  }
  core.around.log.warning("short codes paused", {{"authority", authority.id}});
}

Platform platform_of(std::string_view user_agent) {
  const std::string agent = ascii_lowered(user_agent);
  const auto has = [&](std::string_view word) { return agent.find(word) != std::string::npos; };
  if (has("android")) return Platform::kAndroid;
  if (has("iphone") || (has("bluetoothd") && has("cfnetwork"))) return Platform::kIos;
  return Platform::kUnknown;
}

Result<Outcome<wire::VerifyAnswer>> verify(const Core& core, GuessAlarm& alarm,
                                           const Caller& caller, std::string_view body,
                                           Platform platform) {
  using Answer = Outcome<wire::VerifyAnswer>;
  auto request = wire::parse_verify_request(body);
  if (!request) return Answer{refusal::kUnparsable};
  auto accepted = accepted_types(request->accept);
  if (!accepted) return Answer{refusal::kTypeUnknown};
  auto& random = core.around.random;
  Attempt attempt{.authority = caller.authority,
                  .key = caller.key,
                  .code = normal_code(request->code),
                  .short_code = false,
                  .hashes = {},
                  .accepted = std::move(*accepted),
                  .nonce = std::move(request->nonce),
                  .platform = platform,
                  .now = core.now()};
  attempt.short_code = is_short(caller.authority, attempt.code);
  random.fill(attempt.id);
  random.fill(attempt.chains_id);
  auto hashes = core.keyring.hashes(Keyring::Name::kCodes,
                                    code_text(caller.authority.id, attempt.code), attempt.now);
  if (!hashes) return hashes.error();
  attempt.hashes = std::move(*hashes);

  auto claimed = core.store.write(
      [&](store::Sql& sql) -> Result<Claim> { return claim(sql, attempt, random); });
  if (!claimed) return claimed.error();
  if (attempt.short_code) alarm.note(core, caller.authority, claimed->paused);
  if (const auto* refused = std::get_if<Refusal>(&claimed->code)) return Answer{*refused};
  auto answer = answer_for(core, attempt, std::get<CodeRow>(claimed->code));
  if (!answer) return answer.error();
  return Answer{std::move(*answer)};
}

}  // namespace bz::codes
