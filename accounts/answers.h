// What the accounts' routes answer: JSON that nobody may keep, and refusals in Vietnamese and
// English.
//
//   {"error":"wrong_password","code":401,"message_vi":"…","message_en":"…"}
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"

namespace bz::accounts {

enum class Refusal {
  kBadRequest,            // 400
  kNotLoggedIn,           // 401
  kWrongPassword,         // 401: name or password, we do not say which
  kWrongCode,             // 401: second factor or recovery code
  kFirstPasswordExpired,  // 401
  kCsrf,                  // 403
  kNotAdministrator,      // 403
  kSecondFactorNeeded,    // 403: by a trusted browser, and the second factor is asked for
  kNoSuchAccount,         // 404
  kNoSuchSession,         // 404
  kNoSuchRoute,           // 404: not at this step
  kNameTaken,             // 409
  kOwnAccount,            // 409
  kBadName,               // 422
  kPasswordShort,         // 422
  kPasswordLong,          // 422
  kPasswordHasName,       // 422
  kPasswordCommon,        // 422
  kPasswordSame,          // 422
  kNotJson,               // 415
  kWait,                  // 429, with Retry-After
  kBusy,                  // 503, with Retry-After
  kUnavailable,           // 503
};

// `detail` is added to the English sentence.
http::Response refuse(Refusal why, std::string_view detail = {});
// 429.
http::Response refuse_for(std::chrono::milliseconds wait);

// `json` is an object in text.
http::Response answer(int status, std::string json);

}  // namespace bz::accounts
