#include "http/rate_limit.h"

#include <gtest/gtest.h>

#include <string>

namespace bz::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kStart = from_ms(1'000'000'000'000);

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "none";
}

TEST(RateLimit, AsManyAsSaidAndThenOneAsOftenAsTheyComeBack) {
  RateLimit limit({.requests = 4, .window = seconds{60}});  // one every 15 s
  for (int i = 3; i >= 0; --i) {
    const auto verdict = limit.take("a", kStart);
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.remaining, i);
  }
  const auto refused = limit.take("a", kStart + seconds{5});
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.next, kStart + seconds{15});
  EXPECT_EQ(refused.reset, kStart + seconds{60});
  EXPECT_FALSE(limit.take("a", kStart + milliseconds{14'999}).allowed);
  EXPECT_TRUE(limit.take("a", kStart + seconds{15}).allowed);
  EXPECT_FALSE(limit.take("a", kStart + seconds{16}).allowed);
}

TEST(RateLimit, EachNameHasItsOwn) {
  RateLimit limit({.requests = 1});
  EXPECT_TRUE(limit.take("a", kStart).allowed);
  EXPECT_TRUE(limit.take("b", kStart).allowed);
  EXPECT_FALSE(limit.take("a", kStart).allowed);
}

TEST(RateLimit, AClockThatGoesBackGivesNothing) {
  RateLimit limit({.requests = 1});
  EXPECT_TRUE(limit.take("a", kStart).allowed);
  EXPECT_FALSE(limit.take("a", kStart - seconds{600}).allowed);
}

TEST(RateLimit, BeyondItsBoundTheLongestUnusedIsForgotten) {
  RateLimit limit({.requests = 1, .window = seconds{60}, .names = 2});
  EXPECT_TRUE(limit.take("a", kStart).allowed);
  EXPECT_TRUE(limit.take("b", kStart).allowed);
  EXPECT_FALSE(limit.take("a", kStart).allowed);
  EXPECT_TRUE(limit.take("c", kStart).allowed);  // b goes
  EXPECT_EQ(limit.remembered(), 2U);
  EXPECT_FALSE(limit.take("a", kStart).allowed);
  EXPECT_TRUE(limit.take("b", kStart).allowed);
  for (int i = 0; i < 1'000; ++i) limit.take(std::to_string(i), kStart);
  EXPECT_EQ(limit.remembered(), 2U);
}

TEST(RateLimit, ABucketThatIsFullAgainIsNotKept) {
  RateLimit limit({.requests = 2, .window = seconds{60}, .names = 100});
  for (int i = 0; i < 50; ++i) limit.take(std::to_string(i), kStart);
  limit.take("late", kStart + seconds{60});
  EXPECT_EQ(limit.remembered(), 1U);
}

TEST(RateLimit, TheHeadersSayHowManyAndWhen) {
  RateLimit limit({.requests = 2, .window = seconds{60}});
  Response allowed;
  put_headers(limit.take("a", kStart), kStart, allowed);
  EXPECT_EQ(header(allowed, "x-ratelimit-limit"), "2");
  EXPECT_EQ(header(allowed, "x-ratelimit-remaining"), "1");
  EXPECT_EQ(header(allowed, "x-ratelimit-reset"), "1000000030");
  EXPECT_EQ(header(allowed, "retry-after"), "none");

  limit.take("a", kStart);
  Response refused;
  put_headers(limit.take("a", kStart + milliseconds{500}), kStart + milliseconds{500}, refused);
  EXPECT_EQ(header(refused, "x-ratelimit-remaining"), "0");
  EXPECT_EQ(header(refused, "x-ratelimit-reset"), "1000000060");
  EXPECT_EQ(header(refused, "retry-after"), "30");  // 29.5 s
  Response soon;
  const auto almost = kStart + milliseconds{29'999};
  put_headers(limit.take("a", almost), almost, soon);
  EXPECT_EQ(header(soon, "retry-after"), "1");
}

}  // namespace
}  // namespace bz::http
