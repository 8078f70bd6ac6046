#include "http/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace bz::http {
namespace {

Response says(const std::string& text) {
  return text_response(200, text);
}

Router router() {
  Router router;
  router.add("GET", "/health", [](const Request&) { return says("ok"); });
  router.add("GET", "/jwks/{realm}",
             [](const Request& r) { return says("jwks " + std::string(r.parameter("realm"))); });
  router.add("GET", "/exports/{rest...}",
             [](const Request& r) { return says("file " + std::string(r.parameter("rest"))); });
  router.add("GET", "/both", [](const Request&) { return says("read"); });
  router.add("POST", "/both", [](const Request&) { return says("written"); });
  router.add("GET", "/throws",
             [](const Request&) -> Response { throw std::runtime_error("SELECT secret"); });
  Router::Route small{"POST", "/small", [](const Request&) { return says("taken"); }, {3}, {}};
  router.add(small);
  small.pattern = "/small/own";
  small.too_large = [] { return json_response(400, R"({"errorCode":"unparsable_request"})"); };
  router.add(small);
  return router;
}

Response answer(const std::string& method, const std::string& path, const std::string& body = "") {
  return router().handle({.method = method, .path = path, .body = body});
}

TEST(Router, FindsARouteByMethodAndPath) {
  EXPECT_EQ(answer("GET", "/health").body, "ok");
  EXPECT_EQ(answer("GET", "/both").body, "read");
  EXPECT_EQ(answer("POST", "/both").body, "written");
}

TEST(Router, ANameIsOneSegmentThatIsNotEmpty) {
  EXPECT_EQ(answer("GET", "/jwks/trà vinh").body, "jwks trà vinh");
  for (const auto* path : {"/jwks", "/jwks/", "/jwks/a/", "/jwks/a/b", "/jwks//a", "//jwks/a"})
    EXPECT_EQ(answer("GET", path).status, 404) << path;
}

TEST(Router, ARestIsAllThatFollows) {
  EXPECT_EQ(answer("GET", "/exports/vn/1-2-00001.zip").body, "file vn/1-2-00001.zip");
  EXPECT_EQ(answer("GET", "/exports/a").body, "file a");
  EXPECT_EQ(answer("GET", "/exports/").status, 404);
  EXPECT_EQ(answer("GET", "/exports").status, 404);
}

TEST(Router, NoRouteIs404AndAnotherMethod405WithThoseThereAre) {
  EXPECT_EQ(answer("GET", "/").status, 404);
  EXPECT_EQ(answer("GET", "/healthy").status, 404);
  EXPECT_EQ(answer("GET", "/health/").status, 404);
  const auto response = answer("DELETE", "/both");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.back(),
            (std::pair<std::string, std::string>{"allow", "GET, HEAD, POST"}));
}

TEST(Router, HeadFindsWhatGetAnswers) {
  EXPECT_EQ(answer("HEAD", "/health").status, 200);
  EXPECT_EQ(answer("HEAD", "/small").status, 405);
}

TEST(Router, ABodyOverTheRoutesLimitIsAnsweredForIt) {
  EXPECT_EQ(answer("POST", "/small", "123").body, "taken");
  EXPECT_EQ(answer("POST", "/small", "1234").status, 413);
  EXPECT_EQ(answer("POST", "/small/own", "1234").status, 400);
}

TEST(Router, WhatAHandlerThrowsIsNotTold) {
  const auto response = answer("GET", "/throws");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"error":"internal error"})");
}

TEST(Message, SetReplacesAHeaderInEitherCase) {
  Response response;
  response.set("Content-Type", "a");
  response.set("content-type", "b");
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "b");
}

}  // namespace
}  // namespace bz::http
