#include "codes/api.h"

#include <utility>

#include "base/ascii.h"
#include "codes/counters.h"
#include "codes/dates.h"

namespace bz::codes {
namespace {

bool has_json(std::string_view value) {
  return ascii_lowered(value).find("json") != std::string::npos;
}

// A key that was taken back still has its cover traffic answered for so long, and is asked for once
// in it afterwards.
constexpr std::chrono::seconds kChaffKnown{1};
// More than there are keys; whoever could make others fills no memory with them.
constexpr std::size_t kMostKnown = 10'000;

Error nobody() {
  return {Code::kDenied, "no such API key"};
}

}  // namespace

bool is_json(const http::Request& request) {
  return has_json(request.header("content-type").value_or(""));
}

http::Response unauthorized(const http::Request& request) {
  const auto accept = request.header("accept");
  const bool json = accept && *accept != "*/*" ? has_json(*accept) : is_json(request);
  if (json) return answer(refusal::kUnauthorized);
  return http::text_response(401, "unauthorized");
}

Api::Api(const Core& core)
    : core_(core),
      limit_({.requests = core.settings.calls_a_minute, .window = std::chrono::seconds{60}}) {}

http::RealTimes& Api::new_times() {
  return times_.emplace_back();
}

void Api::post(http::Router& router, std::string_view path, KeyKind kind, Call call,
               std::chrono::milliseconds least) {
  auto& times = new_times();
  const auto answered = [this, &times, kind,
                         call = std::move(call)](const http::Request& request) -> http::Response {
    const auto padded = [&](const http::Handler& real) {
      return http::padded(real, times, core_.around.random)(request);
    };
    if (http::is_chaff(request)) {
      const auto authority = admit_chaff(request, kind);
      if (!authority) return not_admitted(authority.error(), request);
      note_chaff(*authority);
      return padded({});
    }
    const auto admitted = admit(request, kind);
    if (!admitted) return not_admitted(admitted.error(), request);
    return padded([&](const http::Request& again) -> http::Response {
      if (const auto* refused = std::get_if<Verdict>(&*admitted)) return too_many(*refused);
      return open([&]() -> http::Response {
        if (!is_json(again)) return answer(refusal::kUnparsable);
        return call(std::get<Caller>(*admitted), again);
      });
    });
  };
  const auto handle = [answered, least](const http::Request& request) {
    auto response = answered(request);
    const auto earliest = request.received + least;
    if (response.status != 401 && (!response.not_before || *response.not_before < earliest)) {
      response.not_before = earliest;
    }
    return response;
  };
  router.add({.method = "POST",
              .pattern = std::string(path),
              .handler = handle,
              .limits = {},
              .too_large = [] { return answer(refusal::kUnparsable); }});
}

void Api::get(http::Router& router, std::string_view path, Call call) {
  router.add("GET", path, [this, call = std::move(call)](const http::Request& request) {
    const auto admitted = admit(request, KeyKind::kStats);
    if (!admitted && admitted.error().code == Code::kDenied) return unauthorized(request);
    if (!admitted) return failure(core_, admitted.error());
    if (const auto* refused = std::get_if<Verdict>(&*admitted)) return too_many(*refused);
    return open([&] { return call(std::get<Caller>(*admitted), request); });
  });
}

void Api::open_post(http::Router& router, std::string_view path, http::Handler handler) {
  const auto real = [this, handler = std::move(handler)](const http::Request& request) {
    const auto verdict = count("", request);
    if (!verdict.allowed) return too_many(verdict);
    return open([&]() -> http::Response {
      if (!is_json(request)) return answer(refusal::kUnparsable);
      return handler(request);
    });
  };
  router.add({.method = "POST",
              .pattern = std::string(path),
              .handler = http::padded(real, new_times(), core_.around.random),
              .limits = {},
              .too_large = [] { return answer(refusal::kUnparsable); }});
}

Result<std::variant<Caller, http::RateLimit::Verdict>> Api::admit(const http::Request& request,
                                                                  KeyKind kind) {
  using Admitted = std::variant<Caller, Verdict>;
  const std::string text(request.header("x-api-key").value_or(""));
  const auto before = known(text);
  if (before && is_refused(*before, kind)) return nobody();
  const bool has_authority = before && !before->gone;
  if (has_authority) {
    const auto verdict = count(before->authority, request);
    if (!verdict.allowed) return Admitted{verdict};
  }
  auto caller = read_caller(text, kind);
  if (!caller) return caller.error();
  if (!has_authority) {
    const auto verdict = count(caller->authority.id, request);
    if (!verdict.allowed) return Admitted{verdict};
  }
  return Admitted{std::move(*caller)};
}

Result<std::string> Api::admit_chaff(const http::Request& request, KeyKind kind) {
  const std::string text(request.header("x-api-key").value_or(""));
  const auto before = known(text);
  if (before && is_refused(*before, kind)) return nobody();
  if (before && is_fresh(*before)) return before->authority;
  const auto caller = read_caller(text, kind);
  if (!caller) return caller.error();
  return caller->authority.id;
}

Result<Caller> Api::read_caller(const std::string& key_text, KeyKind kind) {
  if (!passes_check(key_text, core_.api_key_check)) return nobody();
  auto caller = core_.store.read([&](store::Sql& sql) { return find_caller(sql, key_text); });
  if (!caller) {
    // It passes its check, so it was a key once.
    if (caller.error().code == Code::kDenied) {
      remember(key_text, {.authority = {}, .read = core_.now(), .gone = true});
    }
    return caller;
  }
  remember(key_text,
           {.authority = caller->authority.id, .kind = caller->key.kind, .read = core_.now()});
  if (caller->key.kind != kind) return nobody();
  return caller;
}

void Api::remember(const std::string& key_text, Known known) {
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_.insert_or_assign(key_text, std::move(known));
}

bool Api::is_fresh(const Known& known) const {
  const auto now = core_.now();
  return now >= known.read && now < known.read + kChaffKnown;
}

bool Api::is_refused(const Known& known, KeyKind kind) const {
  return known.gone ? is_fresh(known) : known.kind != kind;
}

std::optional<Api::Known> Api::known(const std::string& key_text) {
  const std::scoped_lock lock(mutex_);
  const auto found = known_.find(key_text);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

http::RateLimit::Verdict Api::count(const std::string& authority, const http::Request& request) {
  return limit_.take(authority + "|" + request.address_prefix, core_.now());
}

http::Response Api::open(const std::function<http::Response()>& call) const {
  return core_.settings.maintenance ? answer(refusal::kMaintenance) : call();
}

http::Response Api::too_many(const Verdict& verdict) const {
  Refusal refused = refusal::kQuota;
  refused.text = "too many calls from here, wait";
  auto response = answer(refused);
  // On no other answer: one to cover traffic, which is not counted, would lack them and be told.
  http::put_headers(verdict, core_.now(), response);
  return response;
}

http::Response Api::not_admitted(const Error& error, const http::Request& request) const {
  if (error.code != Code::kDenied) return failure(core_, error);
  auto response = unauthorized(request);
  if (response.body.starts_with('{')) {
    response.body = http::with_padding(response.body, core_.around.random);
  }
  return response;
}

// One a day and authority: that there was cover traffic, not how much.
void Api::note_chaff(const std::string& authority) {
  const auto now = core_.now();
  const auto day = day_number(now);
  {
    const std::scoped_lock lock(mutex_);
    auto& last = chaff_day_[authority];
    if (last == day) return;
    last = day;
  }
  auto done = core_.store.write([&](store::Sql& sql) -> Result<void> {
    auto put = sql.run(
        "INSERT INTO statistics (authority, day, name, who, count) VALUES ($1, $2, $3, '', 1) ON "
        "CONFLICT DO NOTHING",
        {authority, day, counter::kChaff});
    if (!put) return put.error();
    return {};
  });
  if (!done) core_.around.log.warning("cover traffic not counted", {});
}

}  // namespace bz::codes
