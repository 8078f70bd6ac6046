// What all calls of programs (X-API-Key) have in common: whose key it is, cover traffic, limits,
// maintenance, padding, refusals.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

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
  // A key that was found in the store: a key's authority and kind never change. So a call over the
  // limit is refused, and cover traffic within kChaffKnown of the last reading is answered, without
  // another; a key that fails its check is refused at once, and one that was taken back within
  // kChaffKnown of the last reading. What strangers send, also with the phones' key, which stands
  // in every copy of the app, thus makes the store work no more than the limit allows.
  struct Known {
    std::string authority;
    KeyKind kind = KeyKind::kDevice;
    Instant read;
    bool gone = false;  // taken back: there is nothing else to say of it
  };
  using Verdict = http::RateLimit::Verdict;
  // Whose call it is, counted; or the verdict by which it is refused. kDenied: nobody's, or a key
  // of another kind.
  Result<std::variant<Caller, Verdict>> admit(const http::Request& request, KeyKind kind);
  // Whose cover traffic it is, which no limit counts.
  Result<std::string> admit_chaff(const http::Request& request, KeyKind kind);
  Result<Caller> read_caller(const std::string& key_text, KeyKind kind);
  std::optional<Known> known(const std::string& key_text);
  void remember(const std::string& key_text, Known known);
  // Was read a moment ago.
  [[nodiscard]] bool is_fresh(const Known& known) const;
  // No key of this kind, as far as is known without asking.
  [[nodiscard]] bool is_refused(const Known& known, KeyKind kind) const;
  Verdict count(const std::string& authority, const http::Request& request);

  // Unless there is maintenance.
  http::Response open(const std::function<http::Response()>& call) const;
  http::Response too_many(const Verdict& verdict) const;
  http::Response not_admitted(const Error& error, const http::Request& request) const;
  void note_chaff(const std::string& authority);
  http::RealTimes& new_times();

  const Core& core_;
  http::RateLimit limit_;
  std::list<http::RealTimes> times_;  // one a route
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;             // by what stands in X-API-Key
  std::map<std::string, std::int64_t, std::less<>> chaff_day_;  // the last that was counted
};

// JSON where the client speaks JSON (Accept, else Content-Type), else text.
http::Response unauthorized(const http::Request& request);
// Whether the body says that it is JSON.
bool is_json(const http::Request& request);

}  // namespace bz::codes
