// A portal elsewhere that is of another version than the part that asks it.
#include "server/apart.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/temp_folder.h"
#include "http/server.h"

namespace bz::server {
namespace {

// Who asks, as a part hears it from a portal that answers `more` besides whose session it is.
Result<http::Session> said_with(const std::string& more) {
  const auto folder = TempFolder::make();
  SystemClock clock;
  auto log = *Log::to_file(clock, folder->path() / "log");
  Metrics metrics;
  http::Router router;
  router.add("POST", "/internal/v1/who-asks", [&](const http::Request&) {
    return http::json_response(200, R"({"account":")" + to_base64(as_bytes("hoa")) +
                                        R"(","system_administrator":true)" + more + "}");
  });
  auto portal = http::Server::start({.port = 0}, router, log, metrics);
  if (!portal) return portal.error();
  http::Request request;
  request.method = "POST";
  request.headers = {{"cookie", "hoa"}};
  return who_asks_at("http://127.0.0.1:" + std::to_string((*portal)->port()),
                     "between us")(request);
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
