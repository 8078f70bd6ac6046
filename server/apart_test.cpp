// A portal elsewhere that is of another version than the part that asks it.
#include "server/apart.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/temp_folder.h"
#include "http/server.h"

namespace bz::server {
namespace {

// Who asks, as a part hears it from a portal with these routes.
Result<http::Session> heard_from(const http::Router& router) {
  const auto folder = TempFolder::make();
  SystemClock clock;
  auto log = *Log::to_file(clock, folder->path() / "log");
  Metrics metrics;
  auto portal = http::Server::start({.port = 0}, router, log, metrics);
  if (!portal) return portal.error();
  http::Request request;
  request.method = "POST";
  request.headers = {{"cookie", "hoa"}};
  return who_asks_at("http://127.0.0.1:" + std::to_string((*portal)->port()),
                     "between us")(request);
}

// The same from one that answers `more` besides whose session it is.
Result<http::Session> said_with(const std::string& more) {
  http::Router router;
  router.add("POST", "/internal/v1/who-asks", [&](const http::Request&) {
    return http::json_response(200, R"({"account":")" + to_base64(as_bytes("hoa")) +
                                        R"(","system_administrator":true)" + more + "}");
  });
  return heard_from(router);
}

// Both pass between machines as they are: one asks for a log-in, the other for the page again.
TEST(PortalApart, SaysWhetherNobodyIsLoggedInOrTheTokenIsAnothers) {
  for (const auto code : {Code::kDenied, Code::kInvalid}) {
    http::Router router;
    add_who_asks_route(router, "between us", [code](const http::Request&) -> Result<http::Session> {
      return Error{code, "as accounts say"};
    });
    const auto heard = heard_from(router);
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().code, code);
  }
}

TEST(PortalOfAnotherVersion, AnOlderOneSaysWhoAsksButNotWhoStandsBehindThem) {
  const auto hoa = said_with("");
  ASSERT_TRUE(hoa) << hoa.error().what;
  EXPECT_EQ(hoa->account, "hoa");
  EXPECT_TRUE(hoa->system_administrator);
  EXPECT_FALSE(hoa->helpers_known);

  const auto nobody = said_with(R"(,"helpers":"")");
  ASSERT_TRUE(nobody) << nobody.error().what;
  EXPECT_TRUE(nobody->helpers_known);
  EXPECT_TRUE(nobody->helpers.empty());
}

TEST(PortalOfAnotherVersion, ANewerOneMaySayMore) {
  const auto hoa =
      said_with(R"(,"helpers":")" + to_base64(as_bytes("mai lan ")) + R"(","mood":"good")");
  ASSERT_TRUE(hoa) << hoa.error().what;
  EXPECT_TRUE(hoa->helpers_known);
  EXPECT_EQ(hoa->helpers, (std::vector<std::string>{"mai", "lan"}));
}

TEST(PortalOfAnotherVersion, WhatCannotBeReadLetsNobodyIn) {
  EXPECT_EQ(said_with(R"(,"helpers":7)").error().code, Code::kUnavailable);
  EXPECT_EQ(said_with(R"(,"helpers":"not base64!")").error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace bz::server
