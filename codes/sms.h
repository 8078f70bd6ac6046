// Sending a code by SMS. The number is in memory only while this runs.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/metrics.h"
#include "base/result.h"
#include "codes/authorities.h"

namespace bz::codes {

enum class SmsOutcome : std::uint8_t { kSent, kQueueFull, kFailed };
// bz_codes_sms_total{result="sent"|"busy"|"failed"}.
Metrics::Number& sms_counter(Metrics& metrics, SmsOutcome outcome);

class SmsSender {
 public:
  SmsSender() = default;
  SmsSender(const SmsSender&) = delete;
  SmsSender& operator=(const SmsSender&) = delete;
  virtual ~SmsSender() = default;

  // From any thread; blocks at most ten seconds. `gateway` is the authority's `sms_url`.
  virtual SmsOutcome send(const std::string& gateway, std::string_view phone,
                          std::string_view text) = 0;
};

// POSTs {"to":"+84…","text":"…"} as JSON to the gateway: 2xx is sent, 429 and 503 a full queue, and
// anything else a failure. At most kMostInFlight at a time, a further one is a full queue at once:
// a gateway that does not answer must not hold all who work for phones.
class HttpSmsSender final : public SmsSender {
 public:
  static constexpr int kMostInFlight = 8;
  SmsOutcome send(const std::string& gateway, std::string_view phone,
                  std::string_view text) override;

 private:
  std::atomic<int> in_flight_{0};
};

// E.164: '+' and 8 to 15 digits, the first not 0. Spaces, dots, hyphens and brackets are left out
// of what is read. Nothing when it is no such number.
std::optional<std::string> normal_phone(std::string_view text);

// What stands in [brackets] of a template.
struct SmsFields {
  std::string code;       // [code]
  std::string long_code;  // [longcode]
  std::string minutes;    // [expires]
  std::string hours;      // [longexpires]
  std::string region;     // [region]
  std::string link;       // [enslink]
};
// The label "" is "vi", for self-reports "user-report" where there is one. Nothing when the
// authority has no such template.
std::optional<std::string> sms_text(const Authority& authority, std::string_view label,
                                    const SmsFields& fields);

}  // namespace bz::codes
