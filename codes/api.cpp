#include "codes/api.h"

#include "codes/counters.h"
#include "codes/dates.h"

namespace bz::codes {
namespace {

bool has_json(std::string_view value) {
  std::string text(value);
  for (auto& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text.find("json") != std::string::npos;
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
  const auto handle = [this, &times, kind, call = std::move(call),
                       least](const http::Request& request) -> http::Response {
    auto caller = core_.store.read([&](store::Sql& sql) {
      return find_caller(sql, request.header("x-api-key").value_or(""));
    });
    if (!caller && caller.error().code != Code::kDenied) return failure(core_, caller.error());
    if (!caller || caller->key.kind != kind) {
      auto response = unauthorized(request);
      if (response.body.starts_with('{')) {
        response.body = http::with_padding(response.body, core_.around.random);
      }
      return response;
    }
    if (http::is_chaff(request)) note_chaff(*caller);
    const auto real = [&](const http::Request& again) { return guarded(*caller, again, call); };
    auto response = http::padded(real, times, core_.around.random)(request);
    const auto earliest = request.received + least;
    if (!response.not_before || *response.not_before < earliest) response.not_before = earliest;
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
    auto caller = core_.store.read([&](store::Sql& sql) {
      return find_caller(sql, request.header("x-api-key").value_or(""));
    });
    if (!caller && caller.error().code != Code::kDenied) return failure(core_, caller.error());
    if (!caller || caller->key.kind != KeyKind::kStats) return unauthorized(request);
    return limited(caller->authority.id + "|" + request.address_prefix, request,
                   [&] { return call(*caller, request); });
  });
}

void Api::open_post(http::Router& router, std::string_view path, http::Handler handler) {
  const auto real = [this, handler = std::move(handler)](const http::Request& request) {
    return limited("|" + request.address_prefix, request, [&]() -> http::Response {
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

http::Response Api::guarded(const Caller& caller, const http::Request& request, const Call& call) {
  return limited(caller.authority.id + "|" + request.address_prefix, request,
                 [&]() -> http::Response {
                   if (!is_json(request)) return answer(refusal::kUnparsable);
                   return call(caller, request);
                 });
}

http::Response Api::limited(const std::string& name, const http::Request& /*request*/,
                            const std::function<http::Response()>& call) {
  const auto now = core_.now();
  const auto verdict = limit_.take(name, now);
  http::Response response;
  if (!verdict.allowed) {
    Refusal refused = refusal::kQuota;
    refused.text = "too many calls from here, wait";
    response = answer(refused);
    // On no other answer: one to cover traffic, which is not counted, would lack them and be told.
    http::put_headers(verdict, now, response);
  } else if (core_.settings.maintenance) {
    response = answer(refusal::kMaintenance);
  } else {
    response = call();
  }
  return response;
}

// One a day and authority: that there was cover traffic, not how much.
void Api::note_chaff(const Caller& caller) {
  const auto now = core_.now();
  const auto day = day_number(now);
  {
    const std::scoped_lock lock(mutex_);
    auto& last = chaff_day_[caller.authority.id];
    if (last == day) return;
    last = day;
  }
  auto done = core_.store.write([&](store::Sql& sql) -> Result<void> {
    auto put = sql.run(
        "INSERT INTO statistics (authority, day, name, who, count) VALUES ($1, $2, $3, '', 1) ON "
        "CONFLICT DO NOTHING",
        {caller.authority.id, day, counter::kChaff});
    if (!put) return put.error();
    return {};
  });
  if (!done) core_.around.log.warning("cover traffic not counted", {});
}

}  // namespace bz::codes
