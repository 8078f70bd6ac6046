#include "http/target.h"

#include <gtest/gtest.h>

namespace bz::http {
namespace {

TEST(Target, PathAndQueryAreDecoded) {
  const auto target =
      parse_target("/v%31/Tr%C3%A0%20Vinh+a?code=a%26b&x=1+2&x=3&empty&=v&&last=%2F");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/Trà Vinh+a");
  const std::map<std::string, std::string, std::less<>> expected{
      {"code", "a&b"}, {"x", "1 2"}, {"empty", ""}, {"", "v"}, {"last", "/"}};
  EXPECT_EQ(target->query, expected);
}

TEST(Target, AWholeAddressIsReadFromItsPath) {
  EXPECT_EQ(parse_target("http://host:80/a/b?c=d")->path, "/a/b");
  EXPECT_EQ(parse_target("http://host/a")->path, "/a");
  EXPECT_FALSE(parse_target("http://host"));
}

TEST(Target, OtherFormsAreMalformed) {
  for (const std::string_view text : {"", "*", "a", "host:443", "ftp://host/", "?a", "/a#b"})
    EXPECT_EQ(parse_target(text).error().code, Code::kMalformed) << text;
}

TEST(Target, APathThatCouldBeReadInTwoWaysIsMalformed) {
  for (const std::string_view text :
       {"/a%2Fb",    "/a%2fb",  "/a%5Cb", "/..",       "/.",      "/a/../b", "/a/.",
        "/%2e%2e/b", "/a/.%2E", "/%00",   "/a%0D%0AX", "/a\x7F",  "/%7f",    "/%1f",
        "/%",        "/%4",     "/%4g",   "/%C3",      "/%C0%AF", "/\xFF",   "/%ED%A0%80"})
    EXPECT_EQ(parse_target(text).error().code, Code::kMalformed) << text;
  EXPECT_TRUE(parse_target("/a..b/.well-known/..."));
}

TEST(Target, ABrokenQueryIsMalformed) {
  for (const std::string_view text : {"/?a=%", "/?%zz", "/?a=%FF", "/?a=%00", "/?a&b=%0a"})
    EXPECT_EQ(parse_target(text).error().code, Code::kMalformed) << text;
}

}  // namespace
}  // namespace bz::http
