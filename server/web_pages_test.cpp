#include "server/web_pages.h"

#include <gtest/gtest.h>

#include <string>

#include "server/web_files.h"

namespace bz::server {
namespace {

class WebPages : public testing::Test {
 protected:
  void SetUp() override { add_web_pages(router_, "https://app.example.vn/cai"); }

  http::Response get(std::string_view path, std::string accept_encoding = {}) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    if (!accept_encoding.empty()) {
      request.headers.emplace_back("accept-encoding", std::move(accept_encoding));
    }
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
  EXPECT_GE(named, 3);  // scripts, styles, icon
}

TEST_F(WebPages, InstallLeadsOnToWhereTheAppIs) {
  const auto there = get("/install");
  EXPECT_EQ(there.status, 302);
  EXPECT_EQ(header(there, "location"), "https://app.example.vn/cai");
  EXPECT_EQ(header(there, "cache-control"), "no-cache");
}

TEST_F(WebPages, EveryPageOfThePortalIsTheSameFile) {
  const auto first = get("/").body;
  for (const auto* path :
       {"/wall/84", "/wall/84@2020-06-01", "/v/token", "/units/84", "/bodies/so-tttt-84",
        "/figures/101-1597856400000-1", "/targets", "/registers",
        "/report/5.2:viettel-70:1598346000000", "/call/5.2:viettel-70:1598346000000", "/inbox",
        "/reconciliation", "/codes", "/health-audit", "/people", "/account", "/audit", "/public"}) {
    const auto page = get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.body, first) << path;
    EXPECT_EQ(header(page, "cache-control"), "no-cache") << path;
  }
}

TEST_F(WebPages, WhoTakesPackedFilesGetsFewerBytes) {
  const auto plain = get("/");
  const auto zipped = get("/", "deflate, gzip;q=0.8");
  EXPECT_EQ(header(plain, "content-encoding"), "");
  EXPECT_EQ(header(plain, "vary"), "Accept-Encoding");
  EXPECT_EQ(header(zipped, "content-encoding"), "gzip");
  EXPECT_EQ(header(zipped, "vary"), "Accept-Encoding");
  EXPECT_TRUE(zipped.body.starts_with("\x1f\x8b"));
  EXPECT_LT(zipped.body.size(), plain.body.size());
  // A browser over TLS says that it takes both.
  const auto least = get("/", "gzip, deflate, br, zstd");
  EXPECT_EQ(header(least, "content-encoding"), "br");
  EXPECT_EQ(header(least, "vary"), "Accept-Encoding");
  EXPECT_LT(least.body.size(), zipped.body.size());
  EXPECT_EQ(header(get("/", "gzip, br;q=0"), "content-encoding"), "gzip");
  for (const auto* not_taken :
       {"gzip;q=0", "gzip; q=0.000", "br;q=0, deflate", "x-gzip, brotli", "identity"}) {
    EXPECT_EQ(header(get("/", not_taken), "content-encoding"), "") << not_taken;
    EXPECT_EQ(get("/", not_taken).body, plain.body) << not_taken;
  }
}

// So it may be taken without comparing. A font is packed already.
TEST_F(WebPages, BrotliIsTheShortestWhereverItIs) {
  int packed = 0;
  for (const auto& file : web_files()) {
    EXPECT_FALSE(file.path.ends_with(".br")) << file.path;
    if (file.path.ends_with(".woff2")) {
      EXPECT_TRUE(file.brotli.empty()) << file.path;
    }
    if (file.brotli.empty()) continue;
    EXPECT_LT(file.brotli.size(), file.content.size()) << file.path;
    if (!file.gzip.empty()) {
      EXPECT_LT(file.brotli.size(), file.gzip.size()) << file.path;
    }
    ++packed;
  }
  EXPECT_GT(packed, 10);
}

TEST_F(WebPages, WhatAPageOnlyFetchesSaysNothingThatOnlyPagesObey) {
  const auto page = get("/").body;
  const auto at = page.find("/assets/");
  const auto file = get(page.substr(at, page.find('"', at) - at));
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(header(file, "content-security-policy"), "");
  EXPECT_EQ(header(file, "cross-origin-resource-policy"), "same-origin");
  for (const auto* path : {"/", "/sw.js"}) {
    const auto runs = get(path);
    EXPECT_NE(header(runs, "content-security-policy"), "") << path;
    EXPECT_EQ(header(runs, "x-frame-options"), "DENY") << path;
  }
}

TEST_F(WebPages, TheServiceWorkerLiesAtTheRootSoThatItMaySeeEveryPage) {
  const auto worker = get("/sw.js");
  EXPECT_EQ(worker.status, 200);
  EXPECT_EQ(header(worker, "content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header(worker, "cache-control"), "no-cache");
  // What it keeps is there.
  int named = 0;
  for (auto at = worker.body.find("/assets/"); at != std::string::npos;
       at = worker.body.find("/assets/", at + 1)) {
    const auto path = worker.body.substr(at, worker.body.find_first_of("\"`'", at) - at);
    if (path == "/assets/") continue;  // in its own code
    EXPECT_EQ(get(path).status, 200) << path;
    ++named;
  }
  EXPECT_GE(named, 2);
}

TEST_F(WebPages, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(get("/assets/none.js").status, 404);
  EXPECT_EQ(get("/assets/../index.html").status, 404);
  EXPECT_EQ(get("/assets/").status, 404);
}

// The script that the page names, and all that it imports: 150 kB packed, of which each page may
// add its own chunk.
TEST_F(WebPages, TheScriptOfTheShellIsUnder60KilobytesPacked) {
  const auto page = get("/").body;
  std::size_t bytes = 0;
  for (const auto& file : web_files()) {
    if (file.path.ends_with(".js") && page.find(file.path) != std::string::npos) {
      bytes += file.gzip.size();
    }
  }
  EXPECT_GT(bytes, 0U);
  EXPECT_LT(bytes, 60'000U);
}

}  // namespace
}  // namespace bz::server
