// An HTTP request and its answer, as the programs see them: nothing here knows of sockets.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace bz::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = {};  // "GET"
  std::string path = {};    // "/v1/publish", percent-decoded, without the query; valid UTF-8
  std::map<std::string, std::string, std::less<>> query = {};  // decoded; the first of each name
  Headers headers = {};                                        // in order, names in lower case
  std::string body = {};
  // The client's address, as the limits count it: an IPv4 /24 or an IPv6 /48 ("192.0.2.0/24"),
  // behind a trusted proxy that of its client. The whole address is nowhere.
  std::string address_prefix = {};
  // When its last byte had come.
  std::chrono::steady_clock::time_point received = {};
  // What stands in the route's {names}; filled by the router.
  std::map<std::string, std::string, std::less<>> parameters = {};

  // The first of that name (lower case); nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  // What stands in {name} of the route; empty when the route has none of that name.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers = {};  // content type among them; length, date and connection are the server's
  std::string body = {};
  // Instead of `body`: a file, sent as it lies on the disk. A HEAD or conditional request is
  // answered by its size and time.
  std::optional<std::filesystem::path> file = {};
  // Not to be sent before this; the server waits without holding a thread.
  std::optional<std::chrono::steady_clock::time_point> not_before = {};

  // Instead of what stood under that name, in either case. A name that may stand several times
  // (set-cookie) is put at the end of `headers`.
  void set(std::string_view name, std::string value);
};

// application/json.
Response json_response(int status, std::string body);
// text/plain; charset=utf-8.
Response text_response(int status, std::string body);

// {"error":"…"}; `sentence` is a constant of ours without characters that JSON escapes.
Response error_response(int status, std::string_view sentence);

// The status for an error of ours: kMalformed and kInvalid 400, kDenied 403, kNotFound 404,
// kConflict 409, kUnavailable 503.
int status_of(Code code);

}  // namespace bz::http
