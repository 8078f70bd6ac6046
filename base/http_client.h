// HTTP/1.1 as a client speaks it: the only place that uses libcurl. Never HTTP/2, whose packed
// headers would tell by their size what a call carries.
//
// Bodies are bounded, redirects are not followed, and a connection is kept open from one request to
// the next, so that several calls to one server look like one visit.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace bz {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::size_t answer_limit = std::size_t{1} << 20U;  // bytes of the answer's body
  std::chrono::milliseconds timeout{30'000};         // for the whole call
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case
  std::string body = {};

  // The first of that name (lower case); nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

// One client, one thread at a time.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Any status is an answer. kUnavailable when the server cannot be reached, does not answer in
  // time or breaks off; kMalformed when the answer is larger than the limit or no HTTP; kInvalid
  // for a URL that is not http or https.
  Result<HttpAnswer> send(const HttpRequest& request);

  // Whether anything of the last request may have reached the server. False: it surely has not seen
  // it, and the same request again is the first.
  [[nodiscard]] bool may_have_arrived() const;

  // Closes its connections.
  void hang_up();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bz
