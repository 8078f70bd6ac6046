// What the parts of the service stand on, and how a request is refused.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "base/surroundings.h"
#include "codes/keyring.h"
#include "codes/service.h"
#include "codes/sms.h"
#include "http/message.h"
#include "store/store.h"

namespace bz::codes {

struct Core {
  store::Store& store;
  Keyring& keyring;
  SmsSender& sms;
  const Surroundings& around;
  const Settings& settings;
  Bytes api_key_check;  // codes/api_keys.h

  [[nodiscard]] Instant now() const { return around.clock.now(); }
};

// A refusal as the API has them (facts: the reference servers' error codes).
struct Refusal {
  int status = 400;
  std::string_view code;  // "code_invalid"
  std::string_view text;  // in English, what to do
  // For 429: seconds to wait.
  std::int64_t retry_after = 0;
};

// What a call gives: its answer, or why it was refused. A failure of ours is a Result's error.
template <class T>
using Outcome = std::variant<T, Refusal>;

namespace refusal {
inline constexpr Refusal kUnparsable{400, "unparsable_request", "the request cannot be read"};
inline constexpr Refusal kInternal{500, "internal_server_error", "try again later"};
inline constexpr Refusal kUnauthorized{401, "unauthorized", "unauthorized"};
inline constexpr Refusal kCodeInvalid{400, "code_invalid", "the code is not valid"};
inline constexpr Refusal kCodeExpired{400, "code_expired", "the code has expired"};
inline constexpr Refusal kCodeNotFound{404, "code_not_found", "there is no such code"};
inline constexpr Refusal kNotYourCode{401, "code_user_unauthorized", "another issued this code"};
inline constexpr Refusal kTypeNotAllowed{400, "unsupported_test_type",
                                         "the authority does not issue this test type"};
inline constexpr Refusal kTypeNotAccepted{412, "unsupported_test_type",
                                          "the client does not take this code's test type"};
inline constexpr Refusal kTypeUnknown{400, "invalid_test_type", "there is no such test type"};
inline constexpr Refusal kMissingDate{400, "missing_date", "a date is needed"};
inline constexpr Refusal kInvalidDate{400, "invalid_date",
                                      "dates are at most 28 days ago and not in the future"};
inline constexpr Refusal kUuidTaken{409, "uuid_already_exists", "this uuid was used before"};
inline constexpr Refusal kMaintenance{429, "maintenance_mode", "under maintenance, come back later",
                                      600};
inline constexpr Refusal kQuota{429, "quota_exceeded", "the quota of today is used up"};
inline constexpr Refusal kPhoneInvalid{400, "phone_number_invalid",
                                       "a phone number begins with + and its country"};
inline constexpr Refusal kMissingPhone{400, "missing_phone", "a phone number is needed"};
inline constexpr Refusal kMissingNonce{400, "missing_nonce", "a nonce of 256 bytes is needed"};
inline constexpr Refusal kSmsFull{400, "sms_queue_full", "the SMS gateway is busy, try again"};
inline constexpr Refusal kSmsFailed{400, "sms_failure", "the SMS could not be sent"};
inline constexpr Refusal kSmsText{500, "sms_failure", "the authority has no such SMS template"};
inline constexpr Refusal kReportedLately{409, "user_report_try_later",
                                         "this number has reported lately"};
inline constexpr Refusal kTokenInvalid{400, "token_invalid", "the token is not valid"};
inline constexpr Refusal kTokenExpired{400, "token_expired", "the token has expired or was used"};
inline constexpr Refusal kHmacInvalid{400, "hmac_invalid", "ekeyhmac is 32 bytes in base64"};
}  // namespace refusal

// kQuota, until the local midnight (codes/dates.h).
Refusal quota_until_midnight(Instant now);

// {"error","errorCode","error_code"}, with Retry-After where there is one to give.
http::Response answer(const Refusal& refusal);
// 500, after noting the failure in the log (its code only) and in bz_codes_failures_total.
http::Response failure(const Core& core, const Error& error);

}  // namespace bz::codes
