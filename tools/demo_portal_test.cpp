#include "tools/demo_portal.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "accounts/accounts_here.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "base/temp_folder.h"

namespace bz::tools {
namespace {

// What stands between both in a text.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto at = text.find(before);
  if (at == std::string::npos) return "";
  const auto first = text.find_first_not_of(' ', at + before.size());
  return text.substr(first, text.find(after, first) - first);
}

// A browser of today: its cookie, its CSRF token.
class Visitor {
 public:
  explicit Visitor(std::string url) : url_(std::move(url)) {}

  // The answer's body; a failure of the test when it is none that is wanted.
  std::string ask(const std::string& method, const std::string& path, const std::string& body) {
    std::string cookies;
    for (const auto& [name, value] : cookies_) cookies += name + '=' + value + "; ";
    const auto answer = client_.send({.method = method,
                                      .url = url_ + path,
                                      .headers = {{"Content-Type", "application/json"},
                                                  {"Cookie", cookies},
                                                  {"X-CSRF-Token", csrf_}},
                                      .body = body});
    EXPECT_TRUE(answer);
    if (!answer) return "";
    EXPECT_EQ(answer->status, 200) << method << ' ' << path << ": " << answer->body;
    for (const auto& [name, value] : answer->headers) {
      if (name != "set-cookie") continue;
      const auto is = value.find('=');
      cookies_[value.substr(0, is)] = value.substr(is + 1, value.find(';') - is - 1);
    }
    if (const auto token = between(answer->body, R"("csrf_token":")", "\""); !token.empty())
      csrf_ = token;
    return answer->body;
  }

 private:
  std::string url_;
  HttpClient client_;
  std::map<std::string, std::string> cookies_;
  std::string csrf_;
};

TEST(DemoPortal, ShowsAWallWithoutALoginAndAccountsThatLogIn) {
  const auto folder = TempFolder::make();
  ASSERT_TRUE(folder);
  std::filesystem::create_directory(folder->path() / "portal");
  SystemRandom random;
  std::ostringstream out;
  bool looked = false;
  const auto look = [&] {
    looked = true;
    HttpClient client;
    const auto url = between(out.str(), "runs at ", " ");
    const auto token = between(out.str(), "/v/", "?on=2020-08-19");
    const auto wall =
        client.send({.url = url + "/campaign/v1/wall?on=2020-08-19&unit=84%402020-06-01",
                     .headers = {{"X-Viewer-Link", token}}});
    EXPECT_TRUE(wall);
    EXPECT_EQ(wall->status, 200) << wall->body;
    EXPECT_NE(wall->body.find("68912"), std::string::npos);  // what is known today of that day
    EXPECT_EQ(wall->header("x-story-clock"), "1");
    EXPECT_TRUE(wall->header("date").value_or("").starts_with("Wed, 26 Aug 2020 08:3"));
    for (const auto* name : {"chu-tich-84", "nop-viettel-70", "y-te"}) {
      const auto password = between(out.str(), std::string{name} + " ", " ");
      const auto login = client.send(
          {.method = "POST",
           .url = url + "/accounts/v1/login",
           .headers = {{"Content-Type", "application/json"}},
           .body = "{\"name\":\"" + std::string{name} + "\",\"password\":\"" + password + "\"}"});
      EXPECT_TRUE(login);
      EXPECT_EQ(login->status, 200) << name;
    }
    return true;
  };
  const auto shown = show_portal(folder->path() / "portal", 0, random, out, look);
  ASSERT_TRUE(shown) << shown.error().what;
  EXPECT_TRUE(looked);
}

TEST(DemoPortal, ItsClerkHasAReportDueSoonAndLogsInByAPhoneOfToday) {
  const auto folder = TempFolder::make();
  ASSERT_TRUE(folder);
  SystemRandom random;
  std::ostringstream out;
  const auto look = [&] {
    const auto password = between(out.str(), "nop-viettel-70 ", " ");
    Visitor clerk(between(out.str(), "runs at ", " "));
    clerk.ask("POST", "/accounts/v1/login",
              R"({"name":"nop-viettel-70","password":")" + password + R"("})");
    const auto setup = clerk.ask("GET", "/accounts/v1/setup", "");
    const auto secret = accounts::secret_of(between(setup, R"("secret":")", "\""));
    const auto digits = accounts::totp(secret, accounts::totp_step(SystemClock().now()));
    clerk.ask("POST", "/accounts/v1/setup",
              R"({"code":")" + digits + R"(","new_password":"a password of my own"})");
    const auto dues = clerk.ask("GET", "/campaign/v1/dues?on=2020-08-26", "");
    EXPECT_NE(dues.find("bp-5.2:viettel-70:"), std::string::npos) << dues;
    EXPECT_NE(dues.find(R"("status":"open")"), std::string::npos) << dues;
    return true;
  };
  const auto shown = show_portal(folder->path() / "portal", 0, random, out, look);
  ASSERT_TRUE(shown) << shown.error().what;
}

}  // namespace
}  // namespace bz::tools
