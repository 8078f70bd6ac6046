// Counters a day: all that is kept of what happened, for 91 days (statistics.h shows them). Nothing
// smaller than a day and nothing of one phone or person goes in.
#pragma once

#include <string_view>

#include "base/time.h"
#include "store/store.h"

namespace bz::codes {

namespace counter {
inline constexpr std::string_view kIssued = "codes_issued";
inline constexpr std::string_view kClaimed = "codes_claimed";
inline constexpr std::string_view kInvalid = "codes_invalid";
inline constexpr std::string_view kInvalidUnknownOs = "codes_invalid.unknown_os";
inline constexpr std::string_view kInvalidIos = "codes_invalid.ios";
inline constexpr std::string_view kInvalidAndroid = "codes_invalid.android";
inline constexpr std::string_view kReportsIssued = "user_reports_issued";
inline constexpr std::string_view kReportsClaimed = "user_reports_claimed";
inline constexpr std::string_view kReportsInvalid = "user_reports_invalid";
inline constexpr std::string_view kTokensClaimed = "tokens_claimed";
inline constexpr std::string_view kTokensInvalid = "tokens_invalid";
inline constexpr std::string_view kReportTokensClaimed = "user_report_tokens_claimed";
inline constexpr std::string_view kClaimSeconds = "claim_seconds";
inline constexpr std::string_view kClaimAge = "claim_age";    // who: the bucket's number
inline constexpr std::string_view kSmsErrors = "sms_errors";  // who: the error code
inline constexpr std::string_view kCallbacks = "callbacks";
inline constexpr std::string_view kChaff = "chaff";  // 1 on a day with cover traffic
}  // namespace counter

// `who`: "" for all, "account:NAME", "key:ID", "external:ID".
Result<void> count(store::Sql& sql, std::string_view authority, Instant now, std::string_view name,
                   std::string_view who = "", std::int64_t by = 1);
// Of the local day of `now`.
Result<std::int64_t> counted(store::Sql& sql, std::string_view authority, Instant now,
                             std::string_view name, std::string_view who = "");

}  // namespace bz::codes
