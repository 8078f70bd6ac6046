#include "http/coding.h"

#include <gtest/gtest.h>

namespace bz::http {
namespace {

bool takes(std::string accept_encoding, std::string_view coding) {
  Request request;
  request.headers.emplace_back("accept-encoding", std::move(accept_encoding));
  return http::takes(request, coding);
}

TEST(Coding, IsTakenWhenItIsNamed) {
  EXPECT_TRUE(takes("gzip", "gzip"));
  EXPECT_TRUE(takes("gzip, deflate, br, zstd", "br"));
  EXPECT_TRUE(takes("deflate , gzip ;q=0.5", "gzip"));
  EXPECT_TRUE(takes("br; q=0.001", "br"));
  EXPECT_TRUE(takes("GZIP", "gzip"));  // RFC 9110, 8.4.1: whatever the case
}

TEST(Coding, IsNotTakenWhenItIsNotNamedOrWeighsNothing) {
  EXPECT_FALSE(http::takes({}, "gzip"));
  for (const auto* header :
       {"", "identity", "x-gzip", "gzip;q=0", "gzip; q=0.000", "br, deflate"}) {
    EXPECT_FALSE(takes(header, "gzip")) << header;
  }
}

}  // namespace
}  // namespace bz::http
