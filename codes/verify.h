// A code becomes a token (POST /api/verify).
//
// The code's row gets a flag that it was used, and the handle of the certificate-to-be, sealed to
// the supervisors' key; no time, and nothing of the token.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "codes/api_keys.h"
#include "codes/core.h"
#include "wire/verification_message.h"

namespace bz::codes {

// Says, once an hour and authority, that short codes are paused, and keeps the gauge.
class GuessAlarm {
 public:
  // Of a call with a short code.
  void note(const Core& core, const Authority& authority, bool paused);
  // Only the gauge: once a minute too, so that it goes down when nobody tries.
  static void show(const Core& core, const Authority& authority, bool paused);

 private:
  std::mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> hour_;
};

enum class Platform : std::uint8_t { kUnknown, kAndroid, kIos };
// As the reference servers tell them apart.
Platform platform_of(std::string_view user_agent);

Result<Outcome<wire::VerifyAnswer>> verify(const Core& core, GuessAlarm& alarm,
                                           const Caller& caller, std::string_view body,
                                           Platform platform);

}  // namespace bz::codes
