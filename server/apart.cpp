#include "server/apart.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>

#include "base/base64.h"
#include "base/constant_time.h"
#include "base/http_client.h"
#include "wire/json_reader.h"

namespace bz::server {
namespace {

constexpr std::string_view kCookie = "cookie";
constexpr std::string_view kCsrf = "x-csrf-token";
constexpr std::size_t kLines = 8;
constexpr std::chrono::seconds kPatience{2};

// Base64 is text that needs no escaping in JSON, whatever a client has sent.
std::string in_quotes(std::string_view text) {
  return '"' + to_base64(as_bytes(text)) + '"';
}

}  // namespace

void add_who_asks_route(http::Router& router, const std::string& token, http::WhoAsks who_asks) {
  router.add(
      "POST", "/internal/v1/who-asks",
      [token, ask = std::move(who_asks)](const http::Request& request) {
        if (!same_in_constant_time(request.header("authorization").value_or(""), "Bearer " + token))
          return http::json_response(403, R"({"error":"not for you"})");
        auto reader = wire::JsonReader::parse(request.body, 16'384);
        if (!reader) return http::json_response(400, R"({"error":"not a JSON object"})");
        const auto text = [&reader](std::string_view name) {
          const auto bytes = reader->base64(name);
          return bytes ? std::string(as_text(*bytes)) : std::string();
        };
        http::Request asked;
        asked.method = text("method");
        asked.headers = {{std::string(kCookie), text("cookie")},
                         {std::string(kCsrf), text("csrf")}};
        if (const auto ok = reader->done(); !ok)
          return http::json_response(400, R"({"error":"member missing"})");
        const auto session = ask(asked);
        if (!session && session.error().code == Code::kDenied)
          return http::json_response(401, R"({"error":"nobody is logged in"})");
        if (!session && session.error().code == Code::kInvalid)
          return http::json_response(422, R"({"error":"csrf"})");
        if (!session) return http::json_response(503, R"({"error":"try again"})");
        std::string helpers;
        for (const auto& helper : session->helpers) helpers += helper + ' ';
        return http::json_response(
            200, "{\"account\":" + in_quotes(session->account) + ",\"system_administrator\":" +
                     (session->system_administrator ? "true" : "false") +
                     ",\"second_factor\":" + (session->second_factor ? "true" : "false") +
                     ",\"helpers\":" + in_quotes(helpers) + "}");
      });
}

http::WhoAsks who_asks_at(const std::string& portal_url, const std::string& token) {
  // So that a slow portal holds up a few of the workers and not all of them.
  struct Lines {
    std::mutex mutex;
    std::vector<HttpClient> free = std::vector<HttpClient>(kLines);
  };
  return [portal_url, token, lines = std::make_shared<Lines>()](
             const http::Request& request) -> Result<http::Session> {
    if (portal_url.empty())
      return Error{Code::kUnavailable, "bz.toml does not say where the portal runs (portal_url)"};
    const auto cookie = request.header(kCookie).value_or("");
    if (cookie.empty()) return Error{Code::kDenied, "nobody is logged in"};
    HttpRequest question;
    question.method = "POST";
    question.url = portal_url + "/internal/v1/who-asks";
    question.headers = {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}};
    question.timeout = kPatience;
    question.body = "{\"method\":" + in_quotes(request.method) +
                    ",\"cookie\":" + in_quotes(cookie) +
                    ",\"csrf\":" + in_quotes(request.header(kCsrf).value_or("")) + "}";
    std::optional<HttpClient> client;
    {
      const std::lock_guard lock(lines->mutex);
      if (lines->free.empty()) return Error{Code::kUnavailable, "the portal is slow; try again"};
      client = std::move(lines->free.back());
      lines->free.pop_back();
    }
    const auto answer = client->send(question);
    {
      const std::lock_guard lock(lines->mutex);
      lines->free.push_back(std::move(*client));
    }
    if (!answer) return answer.error();
    if (answer->status == 401) return Error{Code::kDenied, "nobody is logged in"};
    if (answer->status == 422)
      return Error{Code::kInvalid, "the header X-CSRF-Token is missing or not the session's"};
    if (answer->status != 200)
      return Error{Code::kUnavailable, "the portal does not say who asks; check internal_token"};
    auto reader = wire::JsonReader::parse(answer->body, 16'384);
    if (!reader) return reader.error();
    const auto account = reader->base64("account");
    const auto helpers = reader->base64("helpers");
    http::Session session;
    session.system_administrator = reader->boolean("system_administrator").value_or(false);
    session.helpers_known = helpers.has_value();
    // An older portal, which does not say, leaves it out for nobody.
    session.second_factor = reader->boolean("second_factor").value_or(true);
    // While the machines are upgraded one after the other, the portal may be the older or the
    // newer.
    reader->ignore_others();
    if (const auto ok = reader->done(); !ok || !account)
      return Error{Code::kUnavailable, "the portal's answer cannot be read"};
    session.account = as_text(*account);
    std::istringstream names{helpers ? std::string(as_text(*helpers)) : std::string()};
    for (std::string name; names >> name;) session.helpers.push_back(name);
    return session;
  };
}

keys::Service::CertificateKeys certificate_keys_at(const std::string& codes_url) {
  return [codes_url](std::string_view authority) -> Result<std::vector<wire::Jwk>> {
    if (codes_url.empty())
      return Error{Code::kUnavailable, "bz.toml does not say where the codes run (codes_url)"};
    HttpClient client;
    HttpRequest question;
    question.url = codes_url + "/jwks/" + std::string(authority);
    question.timeout = std::chrono::seconds{10};
    const auto answer = client.send(question);
    if (!answer) return answer.error();
    if (answer->status == 404)
      return Error{Code::kNotFound, "the codes side knows no such authority"};
    if (answer->status != 200)
      return Error{Code::kUnavailable, "the codes side does not give its keys; try again"};
    return wire::parse_jwks(answer->body);
  };
}

}  // namespace bz::server
