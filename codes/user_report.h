// A person asks for a code of their own (POST /api/user-report), where the authority allows it: it
// goes to their phone by SMS and can be used only by the app that asked, which holds the nonce.
//
// One report a number in 30 days, or in 60 minutes while its code is not used. The number is kept
// only as an HMAC under a key that is replaced each month; whoever holds that key and the store can
// try all numbers (docs/privacy.md). A number that reported lately gets the same answer and no SMS,
// so that nobody can ask who has.
#pragma once

#include <span>

#include "base/hash.h"
#include "codes/api_keys.h"
#include "codes/core.h"
#include "codes/issue.h"

namespace bz::codes {

inline constexpr std::size_t kNonceSize = 256;

struct UserReportRequest {
  IssueRequest report;  // test type user-report
  Bytes nonce;

  bool operator==(const UserReportRequest&) const = default;
};
Result<UserReportRequest> parse_user_report(std::string_view body);

// The answer's body, or the refusal.
Result<Outcome<std::string>> user_report(const Core& core, const Caller& caller,
                                         std::string_view body);

// Whether a number with one of these HMACs reported lately.
Result<bool> reported_lately(store::Sql& sql, std::span<const Digest> hashes, Instant now);
Result<void> note_report(store::Sql& sql, const Digest& hash, Instant now);
// Its code was used: the number waits the full time.
Result<void> note_report_claimed(store::Sql& sql, ByteView hash);

}  // namespace bz::codes
