#include "base/http_client.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/ascii.h"
#include "base/curl.h"

namespace bz {
namespace {

constexpr std::size_t kMostHeaderBytes = 65'536;

using curl::append;
using curl::Handle;
using curl::List;
using curl::new_handle;

bool is_http(const std::string& url) {
  const curl::Url parsed(curl_url());
  char* scheme = nullptr;
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
    return false;
  const std::string name(scheme);
  curl_free(scheme);
  return (name == "http" || name == "https") && url.find('\0') == std::string::npos;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("()<>@,;:\\\"/[]?={}").find(static_cast<char>(c)) ==
               std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// What has come of an answer so far.
struct Incoming {
  HttpAnswer answer;
  std::size_t body_limit = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t count, void* to) {
  auto& incoming = *static_cast<Incoming*>(to);
  const auto bytes = size * count;
  if (bytes > incoming.body_limit - incoming.answer.body.size()) {
    incoming.too_large = true;
    return 0;  // curl breaks off
  }
  incoming.answer.body.append(data, bytes);
  return bytes;
}

std::size_t take_header(char* data, std::size_t size, std::size_t count, void* to) {
  auto& incoming = *static_cast<Incoming*>(to);
  const auto bytes = size * count;
  incoming.header_bytes += bytes;
  if (incoming.header_bytes > kMostHeaderBytes) {
    incoming.too_large = true;
    return 0;
  }
  const std::string_view line(data, bytes);
  // An interim answer (100) has a head of its own, which the last one replaces.
  if (line.starts_with("HTTP/")) incoming.answer.headers.clear();
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
    incoming.answer.headers.emplace_back(ascii_lowered(line.substr(0, colon)),
                                         std::string(trimmed(line.substr(colon + 1))));
  return bytes;
}

// An error's sentence never holds the URL: a code may stand in it.
Error error_of(CURLcode code, bool too_large) {
  if (too_large) return {Code::kMalformed, "the server's answer is larger than it may be"};
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:  // an answer without a status line
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return {Code::kMalformed, "the server's answer is not HTTP"};
    case CURLE_OPERATION_TIMEDOUT:
      return {Code::kUnavailable, "the server did not answer in time: try again later"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Code::kUnavailable,
              "the server's TLS certificate is not trusted: check its name and the clock"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::kUnavailable, "the server's name cannot be resolved: check it and the network"};
    case CURLE_COULDNT_CONNECT:
      return {Code::kUnavailable,
              "the server cannot be reached: check its address, try again later"};
    default: return {Code::kUnavailable, "the server broke off: try again later"};
  }
}

}  // namespace

std::optional<std::string_view> HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

struct HttpClient::State {
  Handle handle = new_handle();
  bool may_have_arrived = false;
};

HttpClient::HttpClient() : state_(std::make_unique<State>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
  state_->may_have_arrived = false;
  if (!is_http(request.url))
    return Error{Code::kInvalid, "no address of a web server: give one that starts with https://"};
  if (!is_token(request.method)) return Error{Code::kInvalid, "no HTTP method"};

  List headers;
  // Without these curl would say what it supposes of the body, and wait for a "100 Continue".
  append(headers, "Expect:");
  bool has_type = false;
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_one_line(value))
      return Error{Code::kInvalid, "a header's name or value cannot be sent"};
    has_type = has_type || ascii_lowered(name) == "content-type";
    append(headers, value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_type) append(headers, "Content-Type:");

  auto* curl = state_->handle.get();
  curl_easy_reset(curl);  // its connections stay
  Incoming incoming{{}, request.answer_limit};
  const auto timeout = std::clamp<std::int64_t>(request.timeout.count(), 1,
                                                std::numeric_limits<std::int32_t>::max());
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // HTTP/2 packs headers in a number of bytes that depends on what was sent before, and would tell
  // a call with X-Chaff from one without.
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &incoming);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &incoming);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    if (request.method != "GET" || !request.body.empty()) {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  const auto code = curl_easy_perform(curl);
  long sent = 0;  // bytes of its head; a body is never sent without one
  curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
  state_->may_have_arrived = sent > 0;
  if (code != CURLE_OK) return error_of(code, incoming.too_large);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  incoming.answer.status = static_cast<int>(status);
  return std::move(incoming.answer);
}

bool HttpClient::may_have_arrived() const {
  return state_->may_have_arrived;
}

void HttpClient::hang_up() {
  state_->handle = new_handle();
}

}  // namespace bz
