// Answers of the keys side as the reference key server gives them: `error`, `code`, `padding`, and
// `x-api-version: v1` in every one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/router.h"
#include "wire/publish_message.h"

namespace bz::keys {

// Why a call is not done.
struct Refusal {
  int status = 400;
  std::string code = "bad_request";
  std::string error;  // a sentence
  std::vector<std::string> warnings = {};
};

inline constexpr std::string_view kInvalidCertificate =
    "health_authority_verification_certificate_invalid";

Refusal bad_request(std::string error);
Refusal invalid_certificate(std::string error);
Refusal internal_error();
Refusal maintenance();  // with no code, as the reference server has it
Refusal wrong_content_type();
Refusal body_too_large();

// Without padding; http::padded adds it.
http::Response answer(const wire::PublishAnswer& answer);
http::Response answer(const Refusal& refusal);

// application/json, with or without parameters.
bool is_json(const http::Request& request);

// The same handler with x-api-version in its answers.
http::Handler versioned(http::Handler handler);

}  // namespace bz::keys
