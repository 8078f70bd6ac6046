#include "papers/smtp.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include "base/curl.h"

namespace bz::papers {
namespace {

using curl::append;
using curl::Handle;
using curl::List;
using curl::new_handle;

struct Address {
  std::string scheme;
  std::string host;
};

Address address_of(const std::string& url) {
  const curl::Url parsed(curl_url());
  if (!parsed || url.find('\0') != std::string::npos ||
      curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return {};
  }
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, 0) != CURLUE_OK) return std::string{};
    std::string out(text);
    curl_free(text);
    return out;
  };
  // A login belongs in its own fields, where no log shows it.
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty()) return {};
  return {part(CURLUPART_SCHEME), part(CURLUPART_HOST)};
}

Result<void> check(const MailServer& server) {
  const auto address = address_of(server.url);
  if (address.scheme != "smtp" && address.scheme != "smtps") {
    return Error{Code::kInvalid,
                 "no address of a mail server: give one like smtp://mail.example.vn:587"};
  }
  const bool here =
      address.host == "localhost" || address.host == "127.0.0.1" || address.host == "[::1]";
  if (!server.encrypted && !here) {
    return Error{Code::kInvalid,
                 "mail goes unencrypted only to a server on the same machine: leave encryption on"};
  }
  return {};
}

// What is left of the letter.
struct Outgoing {
  ByteView rest;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto& outgoing = *static_cast<Outgoing*>(from);
  const auto bytes = std::min(size * count, outgoing.rest.size());
  if (bytes > 0) std::memcpy(to, outgoing.rest.data(), bytes);
  outgoing.rest = outgoing.rest.subspan(bytes);
  return bytes;
}

bool is_of_connection(CURLcode code) {
  return code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION ||
         code == CURLE_SSL_CACERT_BADFILE || code == CURLE_OPERATION_TIMEDOUT ||
         code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_CONNECT;
}

// Neither what the server said nor an address stands in it: both can name a person.
Error error_of(CURLcode code, long answer) {
  if (code == CURLE_LOGIN_DENIED || answer == 530 || answer == 535)
    return {Code::kDenied, "the mail server refuses the login: check user and password"};
  switch (code) {
    case CURLE_USE_SSL_FAILED:
      return {Code::kUnavailable,
              "the mail server offers no encryption (STARTTLS): nothing was sent"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::kUnavailable,
              "the mail server's TLS certificate is not trusted: check its name and the clock"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kUnavailable, "the mail server did not answer in time: try again later"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::kUnavailable,
              "the mail server's name cannot be resolved: check it and the network"};
    case CURLE_COULDNT_CONNECT:
      return {Code::kUnavailable,
              "the mail server cannot be reached: check its address, try again later"};
    default: break;
  }
  if (answer >= 500 && answer < 600) {
    return {Code::kInvalid, "the mail server refuses the letter for good (" +
                                std::to_string(answer) + "): check its recipients and size"};
  }
  if (answer >= 400 && answer < 500) {
    return {Code::kUnavailable,
            "the mail server is away for a while (" + std::to_string(answer) + ")"};
  }
  return {Code::kUnavailable, "the mail server broke off: try again later"};
}

}  // namespace

Result<Delivery> send_mail(const MailServer& server, const MailToSend& mail) {
  if (auto fine = check(server); !fine) return fine.error();
  const auto letter = write_mail(mail);
  if (!letter) return letter.error();
  List recipients;
  for (const auto& to : mail.to) append(recipients, "<" + to + ">");
  const auto from = "<" + mail.from + ">";
  Outgoing outgoing{*letter};
  const auto timeout =
      std::clamp<std::int64_t>(server.timeout.count(), 1, std::numeric_limits<std::int32_t>::max());

  const auto handle = new_handle();
  auto* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY,
                   "");  // what the environment says of the web is not for mail
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(server.encrypted ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!server.trusted_certificates.empty())
    curl_easy_setopt(curl, CURLOPT_CAINFO, server.trusted_certificates.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &outgoing);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(letter->size()));

  const auto code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  if (code == CURLE_OK && answer == 250) return Delivery::kTaken;
  const auto error = error_of(code, answer);
  const bool is_of_letter = answer >= 400 && answer < 500 && answer != 421 && answer != 454;
  if (error.code == Code::kUnavailable && is_of_letter && !is_of_connection(code))
    return Delivery::kPutOff;
  return error;
}

}  // namespace bz::papers
