#include "campaign/packed.h"

#include <gtest/gtest.h>

#include "wire/gzip.h"

namespace bz::campaign {
namespace {

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

http::Request asking(std::string accept_encoding) {
  http::Request request;
  request.headers.emplace_back("accept-encoding", std::move(accept_encoding));
  return request;
}

TEST(Packed, IsSentToWhoTakesIt) {
  const std::string rows(5'000, 'r');
  const auto handler = packed([&](const http::Request&) { return http::json_response(200, rows); });
  const auto short_one = handler(asking("gzip, br"));
  EXPECT_EQ(header(short_one, "content-encoding"), "gzip");
  EXPECT_EQ(header(short_one, "content-type"), "application/json");
  EXPECT_EQ(short_one.body, wire::gzip(rows));
  const auto whole = handler(asking("br"));
  EXPECT_EQ(header(whole, "content-encoding"), "");
  EXPECT_EQ(whole.body, rows);
  for (const auto& one : {short_one, whole}) EXPECT_EQ(header(one, "vary"), "Accept-Encoding");
}

TEST(Packed, ARefusalIsSentAsItIs) {
  const auto handler =
      packed([](const http::Request&) { return http::error_response(404, "not found"); });
  const auto refused = handler(asking("gzip"));
  EXPECT_EQ(header(refused, "content-encoding"), "");
  EXPECT_EQ(refused.body, R"({"error":"not found"})");
}

}  // namespace
}  // namespace bz::campaign
