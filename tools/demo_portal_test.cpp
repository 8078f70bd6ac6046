#include "tools/demo_portal.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

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

}  // namespace
}  // namespace bz::tools
