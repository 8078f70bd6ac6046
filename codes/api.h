// What all calls of programs (X-API-Key) have in common: whose key it is, cover traffic, limits,
// maintenance, padding, refusals.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "codes/api_keys.h"
#include "codes/core.h"
#include "http/padding.h"
#include "http/rate_limit.h"
#include "http/router.h"

namespace bz::codes {

class Api {
 public:
  explicit Api(const Core& core);

  using Call = std::function<http::Response(const Caller&, const http::Request&)>;
  // A padded POST of one kind of key. Nothing is answered before `least` after the request came.
  void post(http::Router& router, std::string_view path, KeyKind kind, Call call,
            std::chrono::milliseconds least = std::chrono::milliseconds{0});
  // A GET of statistics, not padded.
  void get(http::Router& router, std::string_view path, Call call);
  // A padded POST without a key, limited by address prefix alone.
  void open_post(http::Router& router, std::string_view path, http::Handler handler);

 private:
  http::Response guarded(const Caller& caller, const http::Request& request, const Call& call);
  http::Response limited(const std::string& name, const http::Request& request,
                         const std::function<http::Response()>& call);
  void note_chaff(const Caller& caller);
  http::RealTimes& new_times();

  const Core& core_;
  http::RateLimit limit_;
  std::list<http::RealTimes> times_;  // one a route
  std::mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> chaff_day_;  // the last that was counted
};

// JSON where the client speaks JSON (Accept, else Content-Type), else text.
http::Response unauthorized(const http::Request& request);
// Whether the body says that it is JSON.
bool is_json(const http::Request& request);

}  // namespace bz::codes
