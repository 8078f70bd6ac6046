// For tests: the accounts on a store of their own with a clock that is set, and a browser that
// remembers its cookie.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/service.h"
#include "accounts/totp.h"
#include "base/temp_folder.h"
#include "wire/json_reader.h"

namespace bz::accounts {

// What stood in the picture, from its text.
inline TotpSecret secret_of(std::string_view base32) {
  TotpSecret secret{};
  std::uint32_t bits = 0;
  unsigned count = 0;
  std::size_t at = 0;
  for (const char c : base32) {
    const auto digit = static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits = (bits << 5U) | digit;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    secret.at(at++) = static_cast<std::uint8_t>(bits >> count);
  }
  return secret;
}

// A member of an answer that is text.
inline std::string text_in(const http::Response& response, std::string_view name) {
  auto reader = wire::JsonReader::parse(response.body, 1'000'000);
  if (!reader) return "no JSON";
  return reader->text(name).value_or("");
}

inline std::optional<std::string_view> header_of(const http::Response& response,
                                                 std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

class AccountsHere {
 public:
  // 13 September 2020, 12:26:40 UTC.
  static constexpr std::int64_t kBegin = 1'600'000'000'000;

  // `keys` is the folder of the master key, where it is another server's.
  explicit AccountsHere(std::string database_url = {}, std::filesystem::path keys = {})
      : folder(std::move(*TempFolder::make())),
        keys_folder(keys.empty() ? folder.path() : std::move(keys)),
        clock(from_ms(kBegin)),
        log(std::move(*Log::to_file(clock, folder.path() / "log"))),
        place{folder.path(), std::move(database_url)},
        store(std::move(*store::Store::open(place, "accounts", migrations()))) {
    start();
  }

  // As after a restart.
  void start() {
    service.reset();
    router = std::make_unique<http::Router>();
    auto opened = Service::open(*store, {keys_folder, true, phones}, {clock, random, log, metrics});
    ASSERT_TRUE(opened) << opened.error().what;
    service = std::move(*opened);
    service->add_routes(*router);
  }

  TempFolder folder;
  std::filesystem::path keys_folder;
  SetClock clock;
  const Clock* phones = nullptr;  // as Settings has it; from start() on
  SystemRandom random;
  Metrics metrics;
  Log log;
  store::Place place;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Service> service;
  std::unique_ptr<http::Router> router;
};

class Browser {
 public:
  explicit Browser(AccountsHere& here, std::string address_prefix = "192.0.2.0/24")
      : here_(here), address_prefix_(std::move(address_prefix)) {}

  http::Response get(std::string_view path) { return send(request("GET", path, {})); }
  http::Response post(std::string_view path, std::string body = "{}") {
    return send(request("POST", path, std::move(body)));
  }

  [[nodiscard]] http::Request request(std::string_view method, std::string_view path,
                                      std::string body) const {
    http::Request made;
    made.method = method;
    made.path = path;
    made.body = std::move(body);
    made.address_prefix = address_prefix_;
    if (method != "GET") made.headers.emplace_back("content-type", "application/json");
    std::string cookies = "other=1";
    for (const auto& one : {cookie, device_cookie}) {
      if (!one.empty()) cookies += "; " + one;
    }
    made.headers.emplace_back("cookie", cookies);
    if (!csrf.empty()) made.headers.emplace_back("x-csrf-token", csrf);
    return made;
  }

  http::Response send(http::Request made) {
    auto response = here_.router->handle(std::move(made));
    for (const auto& [name, value] : response.headers) {
      if (name != "set-cookie") continue;
      auto& kept = value.starts_with("__Host-bluezone-device=") ? device_cookie : cookie;
      kept = value.substr(0, value.find(';'));
    }
    if (const auto token = text_in(response, "csrf_token"); token.size() == 64) csrf = token;
    return response;
  }

  http::Response log_in(std::string_view name, std::string_view password) {
    return post("/accounts/v1/login", R"({"name":")" + std::string(name) + R"(","password":")" +
                                          std::string(password) + R"("})");
  }

  // From the first password to being ready; keeps the secret and the recovery codes.
  http::Response set_up(std::string_view name, std::string_view first_password,
                        std::string_view own_password) {
    EXPECT_EQ(text_in(log_in(name, first_password), "next"), "setup");
    secret = secret_of(text_in(get("/accounts/v1/setup"), "secret"));
    auto response = post("/accounts/v1/setup", R"({"code":")" + code() + R"(","new_password":")" +
                                                   std::string(own_password) + R"("})");
    if (auto reader = wire::JsonReader::parse(response.body, 10'000)) {
      recovery_codes = reader->texts("recovery_codes").value_or(std::vector<std::string>{});
    }
    return response;
  }

  // What the phone shows now.
  [[nodiscard]] std::string code() const {
    const auto now = here_.phones != nullptr ? here_.phones->now() : here_.clock.now();
    return totp(secret, totp_step(now));
  }
  http::Response give_code(std::string_view digits) {
    return post("/accounts/v1/second-factor", R"({"code":")" + std::string(digits) + R"("})");
  }

  std::string cookie;
  std::string device_cookie;
  std::string csrf;
  TotpSecret secret{};
  std::vector<std::string> recovery_codes;

 private:
  AccountsHere& here_;
  std::string address_prefix_;
};

}  // namespace bz::accounts
