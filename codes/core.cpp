#include "codes/core.h"

#include "codes/dates.h"
#include "wire/verification_message.h"

namespace bz::codes {

Refusal quota_until_midnight(Instant now) {
  Refusal refused = refusal::kQuota;
  refused.retry_after = to_s(start_of_local(local_day(now) + std::chrono::days{1})) - to_s(now);
  return refused;
}

http::Response answer(const Refusal& refusal) {
  auto response = http::json_response(
      refusal.status, wire::write_api_refusal(
                          {.error = std::string(refusal.text), .code = std::string(refusal.code)}));
  if (refusal.retry_after > 0) response.set("Retry-After", std::to_string(refusal.retry_after));
  return response;
}

http::Response failure(const Core& core, const Error& error) {
  core.around.metrics
      .counter("bz_codes_failures_total", "Requests of the codes side that failed by our fault")
      .add();
  core.around.log.error("codes request failed", {{"what", error.what}});
  return answer(refusal::kInternal);
}

}  // namespace bz::codes
