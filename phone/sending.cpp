#include "phone/sending.h"

#include <utility>

#include "base/base64.h"

namespace bz::phone {

std::string Sending::members() const {
  const auto text = [](std::string_view plain) { return '"' + to_base64(as_bytes(plain)) + '"'; };
  return "\"token\":" + text(token) + ",\"agreed\":" + (agreed ? "true" : "false") +
         ",\"secret\":\"" + to_base64(secret) + "\",\"certificate\":" + text(certificate);
}

void Sending::read_members(wire::JsonReader& json) {
  const auto text = [&json](std::string_view name) {
    const auto bytes = json.base64(name);
    return bytes ? std::string(as_text(*bytes)) : std::string();
  };
  token = text("token");
  agreed = json.boolean("agreed").value_or(false);
  secret = json.base64("secret").value_or(Bytes{});
  certificate = text("certificate");
}

Result<wire::PublishAnswer> send(Transport& transport, Sending& sending, const Digest& tekmac,
                                 const SendingCalls& calls) {
  const bool kept_certificate = !sending.certificate.empty();
  if (kept_certificate) {
    static_cast<void>(transport.cover(Transport::Call::kCertificate));
  } else {
    auto certificate = transport.certificate(sending.token, tekmac);
    if (!certificate) {
      static_cast<void>(transport.cover(Transport::Call::kPublish));
      return certificate.error();
    }
    sending.certificate = std::move(*certificate);
    if (auto ok = calls.keep(); !ok) return ok.error();
  }
  auto answer = calls.publish();
  if (!answer && answer.error().code == Code::kDenied && kept_certificate) {
    sending.certificate.clear();
    if (auto ok = calls.keep(); !ok) return ok.error();
    return Error{Code::kUnavailable, "the certificate has expired; the next try asks for another"};
  }
  return answer;
}

}  // namespace bz::phone
