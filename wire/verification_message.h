// POST /api/verify and /api/certificate: a code becomes a token, a token and the HMAC of the keys
// become a certificate; as JSON, both directions (Exposure Notification verification server;
// docs/api/openapi.yaml).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace bz::wire {

struct VerifyRequest {
  std::string code = {};
  std::vector<std::string> accept = {};  // test types; none: all of the standard ones
  Bytes nonce = {};                      // for a self-report; empty when there is none

  bool operator==(const VerifyRequest&) const = default;
};
struct VerifyAnswer {
  std::string test_type = {};     // `testtype`
  std::string symptom_date = {};  // YYYY-MM-DD or empty
  std::string test_date = {};
  std::string token = {};
  std::string chains_token = {};  // `bluezone3Token`, ours: only where the authority takes chains

  bool operator==(const VerifyAnswer&) const = default;
};
struct CertificateRequest {
  std::string token = {};
  std::string ekeyhmac = {};  // base64 as sent

  bool operator==(const CertificateRequest&) const = default;
};
// What a refusal says: {"error","errorCode","error_code"}, the code twice because old clients read
// the second.
struct ApiRefusal {
  std::string error = {};
  std::string code = {};

  bool operator==(const ApiRefusal&) const = default;
};

// Requests are strict (kMalformed on a member that is not here, `padding` aside); in answers other
// members are skipped, and kMalformed is one without what it is for: the token, the certificate or
// the refusal's code. A member that is missing otherwise is empty. No body may be over kMaxApiBody
// (wire/publish_message.h). Answers and refusals are written without padding: the server adds it.
Result<VerifyRequest> parse_verify_request(std::string_view body);
std::string write_verify_request(const VerifyRequest& request, std::string_view padding);
std::string write_verify_answer(const VerifyAnswer& answer);
Result<VerifyAnswer> parse_verify_answer(std::string_view body);

Result<CertificateRequest> parse_certificate_request(std::string_view body);
std::string write_certificate_request(const CertificateRequest& request, std::string_view padding);
std::string write_certificate_answer(std::string_view certificate);
Result<std::string> parse_certificate_answer(std::string_view body);

std::string write_api_refusal(const ApiRefusal& refusal);
Result<ApiRefusal> parse_api_refusal(std::string_view body);

}  // namespace bz::wire
