#include "http/padding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "base/base64.h"

namespace bz::http {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The same draws in every run.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint32_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937 engine_;
};

Bytes filler_of(const std::string& body) {
  const std::string_view mark = R"("padding":")";
  const auto begin = body.find(mark) + mark.size();
  return *from_base64(body.substr(begin, body.find('"', begin) - begin));
}

TEST(Padding, IsOneMoreMemberOfTheObject) {
  SeededRandom random(1);
  EXPECT_TRUE(with_padding("{}", random).starts_with(R"({"padding":")"));
  EXPECT_TRUE(with_padding("{ }", random).starts_with(R"({ "padding":")"));
  const auto body = with_padding(R"({"a":1})", random);
  EXPECT_TRUE(body.starts_with(R"({"a":1,"padding":")"));
  EXPECT_TRUE(body.ends_with('}'));
}

TEST(Padding, TheLengthIsInItsBoundsWhateverTheObject) {
  SeededRandom random(2);
  for (std::size_t size = 0; size <= 843; ++size) {  // {"a":""} is 8 bytes more: up to 851
    const auto object = R"({"a":")" + std::string(size > 0 ? size - 1 : 0, 'x') + R"("})";
    const auto body = with_padding(object, random);
    EXPECT_GE(body.size(), kLeastPaddedBody) << size;
    EXPECT_LE(body.size(), kMostPaddedBody) << size;
    const auto filler = filler_of(body).size();
    EXPECT_GE(filler, 1'024U);
    EXPECT_LE(filler, 2'047U);
  }
}

TEST(Padding, ALongerObjectGetsTheLeast) {
  SeededRandom random(3);
  const auto object = R"({"a":")" + std::string(3'000, 'x') + R"("})";
  EXPECT_EQ(filler_of(with_padding(object, random)).size(), 1'026U);
}

// The largest distance between two empirical distributions (Kolmogorov and Smirnov).
double distance(std::vector<std::size_t> a, std::vector<std::size_t> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double most = 0;
  for (auto value = kLeastPaddedBody; value <= kMostPaddedBody; ++value) {
    const auto share = [&](const std::vector<std::size_t>& of) {
      return static_cast<double>(std::upper_bound(of.begin(), of.end(), value) - of.begin()) /
             static_cast<double>(of.size());
    };
    most = std::max(most, std::abs(share(a) - share(b)));
  }
  return most;
}

TEST(Padding, RealRefusedAndCoverAnswersHaveOneDistributionOfSizes) {
  SeededRandom random(4);
  RealTimes times;
  const std::string token(700, 't');
  const auto handler = padded(
      [&](const Request& request) {
        return request.body.empty() ? error_response(400, "no")
                                    : json_response(200, R"({"token":")" + token + R"("})");
      },
      times, random);
  Request real{.method = "POST", .body = "{}"};
  Request refused{.method = "POST"};
  Request cover{.method = "POST", .headers = {{"x-chaff", "1"}}, .body = "not JSON"};
  std::vector<std::size_t> sizes[3];
  for (int i = 0; i < 4'000; ++i) {
    sizes[0].push_back(handler(real).body.size());
    sizes[1].push_back(handler(refused).body.size());
    sizes[2].push_back(handler(cover).body.size());
  }
  for (const auto& of : sizes) {
    const auto [least, most] = std::minmax_element(of.begin(), of.end());
    // Of 511 lengths 4,000 draws miss the lowest five with a chance of e^-39.
    EXPECT_GE(*least, kLeastPaddedBody);
    EXPECT_LT(*least, kLeastPaddedBody + 5);
    EXPECT_LE(*most, kMostPaddedBody);
    EXPECT_GT(*most, kMostPaddedBody - 5);
    // No length modulo 4 is rarer: base64 alone would show the object's.
    for (std::size_t rest = 0; rest < 4; ++rest) {
      const auto count =
          std::count_if(of.begin(), of.end(), [&](std::size_t size) { return size % 4 == rest; });
      EXPECT_NEAR(static_cast<double>(count), 1'000, 150);  // 5.5 standard deviations
    }
  }
  // 1.95 sqrt(2 / 4000): exceeded by chance once in a thousand seeds.
  EXPECT_LT(distance(sizes[0], sizes[2]), 0.0436);
  EXPECT_LT(distance(sizes[1], sizes[2]), 0.0436);
}

TEST(Padding, CoverTrafficIsARequestThatSaysSo) {
  EXPECT_FALSE(is_chaff({}));
  EXPECT_FALSE(is_chaff({.headers = {{"x-chaff", ""}}}));
  EXPECT_TRUE(is_chaff({.headers = {{"x-chaff", "0"}}}));
}

TEST(Padding, CoverTrafficNeverReachesTheHandler) {
  SeededRandom random(5);
  RealTimes times;
  int calls = 0;
  const auto handler =
      padded([&](const Request&) { return ++calls, json_response(200, "{}"); }, times, random);
  const auto response = handler({.headers = {{"x-chaff", "1"}}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(calls, 0);
  handler({});
  EXPECT_EQ(calls, 1);
}

TEST(RealTimesOf, CoverTrafficTakesOneOfTheTimesThatRealCallsTook) {
  SeededRandom random(6);
  RealTimes times;
  const auto received = steady_clock::now();
  for (int i = 0; i < 200; ++i) {  // before any real call: 1 to 5 ms
    const auto took = times.answer_at(received, random) - received;
    EXPECT_GE(took, milliseconds{1});
    EXPECT_LE(took, milliseconds{5} + microseconds{1});
  }
  for (int i = 0; i < 256; ++i) times.add(milliseconds{1'000});
  for (int i = 0; i < 128; ++i) times.add(milliseconds{10});  // half of what is remembered
  for (int i = 0; i < 64; ++i) times.add(milliseconds{20});
  std::map<steady_clock::duration, int> seen;
  for (int i = 0; i < 4'000; ++i) ++seen[times.answer_at(received, random) - received];
  EXPECT_EQ(seen.size(), 3U);
  // 64, 128 and 64 of 256; six standard deviations.
  EXPECT_NEAR(seen[milliseconds{10}], 2'000, 190);
  EXPECT_NEAR(seen[milliseconds{20}], 1'000, 165);
  EXPECT_NEAR(seen[milliseconds{1'000}], 1'000, 165);
}

TEST(RealTimesOf, NoCoverTrafficWaitsLongerThanTheLongest) {
  SeededRandom random(7);
  RealTimes times(milliseconds{50});
  times.add(milliseconds{900});
  const auto received = steady_clock::now();
  EXPECT_EQ(times.answer_at(received, random) - received, milliseconds{50});
}

TEST(RealTimesOf, OnlyAnswersThatAcceptAreRememberedAndRefusalsTakeAsLong) {
  SeededRandom random(8);
  RealTimes times;
  times.add(milliseconds{80});
  int status = 400;
  const auto handler =
      padded([&](const Request&) { return json_response(status, "{}"); }, times, random);
  const Request request{.received = steady_clock::now()};
  for (int i = 0; i < 300; ++i) {
    const auto refused = handler(request);
    EXPECT_GE(*refused.not_before - request.received, milliseconds{80});
  }
  EXPECT_EQ(times.answer_at(request.received, random) - request.received, milliseconds{80});
  status = 200;
  for (int i = 0; i < 256; ++i) handler({.received = steady_clock::now()});
  EXPECT_LT(times.answer_at(request.received, random) - request.received, milliseconds{80});
}

}  // namespace
}  // namespace bz::http
