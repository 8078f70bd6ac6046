// For tests: the codes side on a store of its own, with a clock that is set, one authority and a
// key of each kind; on SQLite, or on a real PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/temp_folder.h"
#include "codes/api_keys.h"
#include "codes/authorities.h"
#include "codes/dates.h"
#include "codes/service.h"
#include "tests/postgres_here.h"

namespace bz::codes {

inline constexpr std::string_view kJson = "application/json";

// 2026-11-22 10:20:30 UTC, a Sunday; 17:20:30 in Vietnam, whose day ends at 17:00 UTC.
inline constexpr Instant kTestTime =
    Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}} + std::chrono::hours{10} +
    std::chrono::minutes{20} + std::chrono::seconds{30};

enum class On : std::uint8_t { kSqlite, kPostgres };

class CodesHere {
 public:
  explicit CodesHere(On on = On::kSqlite) {
    authority.id = "84";
    authority.name = "Sở Y tế Trà Vinh";
    authority.issuer = "vn.tra-vinh.codes";
    authority.audience = "vn.keys";
    authority.region = "VN";
    store::Place place{.folder = folder.path()};
    if (on == On::kPostgres) {
      postgres.emplace(tests::PostgresHere::make());
      if (!*postgres) throw std::runtime_error((*postgres).error().what);
      place.database_url = (**postgres).url();
    }
    auto opened = store::Store::open(place, "codes", migrations());
    if (!opened) throw std::runtime_error(opened.error().what);
    store = std::move(*opened);
    settings.folder = folder.path();
    settings.calls_a_minute = 1'000;
    save();
    device = key(KeyKind::kDevice, "app");
    admin = key(KeyKind::kAdmin, "laboratory");
    stats = key(KeyKind::kStats, "dashboard");
    open();
  }

  // After `authority` was changed.
  void save() { ASSERT_TRUE(put_authority(*store, authority, "test", clock.now())); }
  // A server that starts, on the same store.
  void open() {
    router = http::Router();
    service.reset();
    auto opened = Service::open(
        *store, settings,
        [](const http::Request& request) -> Result<http::Session> {
          const auto account = request.header("x-test-account");
          if (!account) return Error{Code::kDenied, "log in"};
          if (request.header("x-test-stale-page") && request.method != "GET")
            return Error{Code::kInvalid, "not the session's CSRF token"};
          http::Session session{.account = std::string(*account),
                                .system_administrator = *account == "root"};
          const auto helper = request.header("x-test-helper");
          if (helper) session.helpers.emplace_back(*helper);
          session.second_factor = !request.header("x-test-trusted-browser");
          session.helpers_known = !request.header("x-test-older-portal");
          return session;
        },
        around);
    ASSERT_TRUE(opened) << opened.error().what;
    service = std::move(*opened);
    service->add_routes(router);
  }
  std::string key(KeyKind kind, std::string_view name, std::string_view of = "84") {
    auto made = add_api_key(*store, random, of, name, kind, "test", clock.now());
    return made ? made->text : made.error().what;
  }
  void grant(std::string account, std::string role) {
    ASSERT_TRUE(
        put_grant(*store, {std::move(account), "84", std::move(role)}, "test", clock.now()));
  }

  http::Response call(std::string_view method, std::string_view path, http::Headers headers = {},
                      std::string body = {}) {
    http::Request request{.method = std::string(method), .path = std::string(path)};
    const auto question = path.find('?');
    if (question != std::string_view::npos) {
      request.path = path.substr(0, question);
      auto query = path.substr(question + 1);
      while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query = pair.size() == query.size() ? "" : query.substr(pair.size() + 1);
        request.query.emplace(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
      }
    }
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.address_prefix = prefix;
    request.received = std::chrono::steady_clock::now();
    return router.handle(std::move(request));
  }
  http::Response post(std::string_view path, const std::string& api_key, std::string body) {
    return call("POST", path, {{"x-api-key", api_key}, {"content-type", std::string(kJson)}},
                std::move(body));
  }
  http::Response get(std::string_view path, const std::string& api_key) {
    return call("GET", path, {{"x-api-key", api_key}});
  }
  http::Response officer(std::string_view account, std::string_view method, std::string_view path,
                         std::string body = {}) {
    return call(method, path, {{"x-test-account", std::string(account)}}, std::move(body));
  }
  // One whose account `helper` has made of late.
  http::Response helped(std::string_view account, std::string_view helper, std::string_view method,
                        std::string_view path, std::string body = {}) {
    return call(method, path,
                {{"x-test-account", std::string(account)}, {"x-test-helper", std::string(helper)}},
                std::move(body));
  }

  // A code of 22 November's test, and what it becomes.
  http::Response issue(std::string type = "confirmed") {
    return post(
        "/api/issue", admin,
        R"({"testType":")" + type + R"(","symptomDate":"2026-11-20","testDate":"2026-11-21"})");
  }
  std::string code() { return text(issue(), "code"); }
  http::Response verify(const std::string& typed, const std::string& more = "") {
    return post("/api/verify", device, R"({"code":")" + typed + R"(")" + more + "}");
  }
  std::string token() { return text(verify(code()), "token"); }
  http::Response certify(const std::string& with, const std::string& hmac) {
    return post("/api/certificate", device,
                R"({"token":")" + with + R"(","ekeyhmac":")" + hmac + R"("})");
  }

  static boost::json::object object(const http::Response& response) {
    boost::system::error_code fault;
    const auto value = boost::json::parse(response.body, fault);
    if (!fault && value.is_object()) return value.get_object();
    ADD_FAILURE() << "no JSON object: " << response.body.substr(0, 200);
    return {};
  }
  static std::string text(const http::Response& response, std::string_view name) {
    const auto members = object(response);
    const auto* value = members.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
  }
  static std::int64_t number(const http::Response& response, std::string_view name) {
    const auto members = object(response);
    const auto* value = members.if_contains(name);
    return value != nullptr && value->is_int64() ? value->get_int64() : -1;
  }
  static std::string error(const http::Response& response) {
    EXPECT_EQ(text(response, "errorCode"), text(response, "error_code"));
    return text(response, "errorCode");
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& entry : response.headers) {
      const bool same = std::equal(entry.first.begin(), entry.first.end(), name.begin(), name.end(),
                                   [](char a, char b) { return (a | 0x20) == (b | 0x20); });
      if (same) return entry.second;
    }
    return "";
  }

  TempFolder folder = *TempFolder::make();
  std::optional<Result<tests::PostgresHere>> postgres;
  SetClock clock{kTestTime};
  SystemRandom random;
  Log log = *Log::to_file(clock, folder.path() / "log");
  Metrics metrics;
  Surroundings around{clock, random, log, metrics};
  Settings settings;
  Authority authority;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Service> service;
  http::Router router;
  std::string device;
  std::string admin;
  std::string stats;
  std::string prefix = "192.0.2.0/24";
};

// A test on both stores: TEST_P(ClassName, …).
class OnBoth : public testing::TestWithParam<On> {
 protected:
  CodesHere here{GetParam()};
};
inline std::string store_name(const testing::TestParamInfo<On>& info) {
  return info.param == On::kSqlite ? "SQLite" : "PostgreSQL";
}

}  // namespace bz::codes
