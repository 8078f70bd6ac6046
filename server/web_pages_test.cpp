#include "server/web_pages.h"

#include <gtest/gtest.h>

#include <string>

#include "server/web_files.h"

namespace bz::server {
namespace {

class WebPages : public testing::Test {
 protected:
  void SetUp() override { add_web_pages(router_); }

  http::Response get(std::string_view path) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    return router_.handle(request);
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  http::Router router_;
};

TEST_F(WebPages, ThePageIsAskedForAnewAndHoldsNothingInline) {
  const auto page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(header(page, "content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(header(page, "cache-control"), "no-cache");
  EXPECT_TRUE(header(page, "content-security-policy").starts_with("default-src 'self';"));
  EXPECT_EQ(page.body.find("<style"), std::string::npos);
  EXPECT_EQ(page.body.find("style="), std::string::npos);
  EXPECT_EQ(page.body.find("http://"), std::string::npos);
  EXPECT_EQ(page.body.find("https://"), std::string::npos);
  // Each script has a source.
  for (auto at = page.body.find("<script"); at != std::string::npos;
       at = page.body.find("<script", at + 1)) {
    const auto tag = page.body.substr(at, page.body.find('>', at) - at);
    EXPECT_NE(tag.find(" src=\"/assets/"), std::string::npos) << tag;
  }
}

TEST_F(WebPages, EveryFileThatThePageNamesIsThereAndKeptForGood) {
  const auto page = get("/");
  int named = 0;
  for (auto at = page.body.find("\"/assets/"); at != std::string::npos;
       at = page.body.find("\"/assets/", at + 1)) {
    const auto path = page.body.substr(at + 1, page.body.find('"', at + 1) - at - 1);
    const auto file = get(path);
    EXPECT_EQ(file.status, 200) << path;
    EXPECT_EQ(header(file, "cache-control"), "public, max-age=31536000, immutable") << path;
    EXPECT_EQ(header(file, "x-content-type-options"), "nosniff");
    EXPECT_FALSE(file.body.empty());
    ++named;
  }
  EXPECT_EQ(named, 3);  // script, style, icon
}

TEST_F(WebPages, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(get("/assets/none.js").status, 404);
  EXPECT_EQ(get("/assets/../index.html").status, 404);
  EXPECT_EQ(get("/assets/").status, 404);
}

TEST_F(WebPages, TheScriptsOfTheFirstViewAreUnder150Kilobytes) {
  std::size_t scripts = 0;
  for (const auto& file : web_files()) {
    if (file.path.ends_with(".js")) scripts += file.content.size();
  }
  EXPECT_GT(scripts, 0U);
  EXPECT_LT(scripts, 150'000U);
}

}  // namespace
}  // namespace bz::server
