#include "keys/answers.h"

#include <algorithm>
#include <cctype>

namespace bz::keys {

Refusal bad_request(std::string error) {
  return {.status = 400, .code = "bad_request", .error = std::move(error)};
}

Refusal invalid_certificate(std::string error) {
  return {.status = 401, .code = std::string{kInvalidCertificate}, .error = std::move(error)};
}

Refusal internal_error() {
  return {.status = 500,
          .code = "internal_error",
          .error = "the server could not do this now: send the same again later"};
}

Refusal maintenance() {
  return {.status = 429, .code = {}, .error = "the server is being maintained: try again later"};
}

Refusal wrong_content_type() {
  return {
      .status = 415, .code = "bad_request", .error = "the content type must be application/json"};
}

Refusal body_too_large() {
  return {.status = 413, .code = "bad_request", .error = "the body is over 64000 bytes"};
}

http::Response answer(const wire::PublishAnswer& answer) {
  return http::json_response(200, wire::write_publish_answer(answer));
}

http::Response answer(const Refusal& refusal) {
  const wire::PublishAnswer body{.revision_token = {},
                                 .inserted = 0,
                                 .error = refusal.error,
                                 .code = refusal.code,
                                 .warnings = refusal.warnings};
  return http::json_response(refusal.status, wire::write_publish_answer(body));
}

bool is_json(const http::Request& request) {
  constexpr std::string_view kJson = "application/json";
  const auto type = request.header("content-type").value_or("");
  if (type.size() < kJson.size()) return false;
  const auto same = std::equal(kJson.begin(), kJson.end(), type.begin(), [](char a, char b) {
    return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
  });
  return same &&
         (type.size() == kJson.size() || type[kJson.size()] == ';' || type[kJson.size()] == ' ');
}

http::Handler versioned(http::Handler handler) {
  return [handler = std::move(handler)](const http::Request& request) {
    auto response = handler(request);
    response.set("x-api-version", "v1");
    return response;
  };
}

}  // namespace bz::keys
