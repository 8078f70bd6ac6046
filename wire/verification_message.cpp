#include "wire/verification_message.h"

#include "base/base64.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/publish_message.h"

namespace bz::wire {
namespace {

// An answer without the member that it is for.
Error without(std::string_view name) {
  return {Code::kMalformed, "JSON: " + std::string(name) + " is missing"};
}

}  // namespace

Result<VerifyRequest> parse_verify_request(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  VerifyRequest request{.code = json->text("code").value_or(""),
                        .accept = json->texts("accept").value_or(std::vector<std::string>{}),
                        .nonce = json->base64("nonce").value_or(Bytes{})};
  json->ignore("padding");
  if (auto read = json->done(); !read) return read.error();
  return request;
}

std::string write_verify_request(const VerifyRequest& request, std::string_view padding) {
  JsonWriter json;
  json.text("code", request.code);
  if (!request.accept.empty()) json.texts("accept", request.accept);
  return json.text_if_any("nonce", to_base64(request.nonce)).text("padding", padding).done();
}

std::string write_verify_answer(const VerifyAnswer& answer) {
  return JsonWriter()
      .text("testtype", answer.test_type)
      .text_if_any("symptomDate", answer.symptom_date)
      .text_if_any("testDate", answer.test_date)
      .text("token", answer.token)
      .text_if_any("bluezone3Token", answer.chains_token)
      .done();
}

Result<VerifyAnswer> parse_verify_answer(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  VerifyAnswer answer{.test_type = json->text("testtype").value_or(""),
                      .symptom_date = json->text("symptomDate").value_or(""),
                      .test_date = json->text("testDate").value_or(""),
                      .token = json->text("token").value_or(""),
                      .chains_token = json->text("bluezone3Token").value_or("")};
  json->ignore_others();
  if (auto read = json->done(); !read) return read.error();
  if (answer.token.empty()) return without("token");
  return answer;
}

Result<CertificateRequest> parse_certificate_request(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  CertificateRequest request{.token = json->text("token").value_or(""),
                             .ekeyhmac = json->text("ekeyhmac").value_or("")};
  json->ignore("padding");
  if (auto read = json->done(); !read) return read.error();
  return request;
}

std::string write_certificate_request(const CertificateRequest& request, std::string_view padding) {
  return JsonWriter()
      .text("token", request.token)
      .text("ekeyhmac", request.ekeyhmac)
      .text("padding", padding)
      .done();
}

std::string write_certificate_answer(std::string_view certificate) {
  return JsonWriter().text("certificate", certificate).done();
}

Result<std::string> parse_certificate_answer(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  auto certificate = json->text("certificate").value_or("");
  json->ignore_others();
  if (auto read = json->done(); !read) return read.error();
  if (certificate.empty()) return without("certificate");
  return certificate;
}

std::string write_api_refusal(const ApiRefusal& refusal) {
  return JsonWriter()
      .text("error", refusal.error)
      .text("errorCode", refusal.code)
      .text("error_code", refusal.code)
      .done();
}

Result<ApiRefusal> parse_api_refusal(std::string_view body) {
  auto json = JsonReader::parse(body, kMaxApiBody);
  if (!json) return json.error();
  auto code = json->text("errorCode");
  auto old_code = json->text("error_code");
  ApiRefusal refusal{.error = json->text("error").value_or(""),
                     .code = code.value_or(old_code.value_or(""))};
  json->ignore_others();
  if (auto read = json->done(); !read) return read.error();
  if (refusal.code.empty()) return without("errorCode");
  return refusal;
}

}  // namespace bz::wire
