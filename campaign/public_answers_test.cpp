#include "campaign/public_answers.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace bz::campaign {
namespace {

const Instant kNow = from_ms(1'597'824'000'000);

Answer said(std::string body) {
  return http::json_response(200, std::move(body));
}

TEST(PublicAnswers, TheSameQuestionIsWorkedOutOnceInFiveMinutes) {
  PublicAnswers answers;
  int worked = 0;
  const auto work = [&] { return said(std::to_string(++worked)); };
  const auto at = [&](Instant now) { return answers.get("84 2020-08-19", now, work).value().body; };
  EXPECT_EQ(at(kNow), "1");
  EXPECT_EQ(at(kNow + std::chrono::minutes{5} - std::chrono::milliseconds{1}), "1");
  EXPECT_EQ(at(kNow + std::chrono::minutes{5}), "2");
  EXPECT_EQ(at(kNow - std::chrono::hours{1}),
            "3");  // a clock that went back keeps nothing for long
  EXPECT_EQ(answers.get("86 2020-08-19", kNow, work).value().body, "4");
}

TEST(PublicAnswers, ARefusalIsNotKept) {
  PublicAnswers answers;
  const auto refused = answers.get("84", kNow, []() -> Answer { return Refusal{404, "", "", {}}; });
  EXPECT_EQ(refused.refused()->status, 404);
  EXPECT_EQ(answers.get("84", kNow, [] { return said("there"); }).value().body, "there");
}

TEST(PublicAnswers, OfVeryManyTheOldestGoes) {
  PublicAnswers answers;
  for (std::size_t i = 0; i <= PublicAnswers::kMostKept; ++i) {
    const auto text = std::to_string(i);
    (void)answers.get(text, kNow + std::chrono::milliseconds{i}, [&] { return said(text); });
  }
  const auto later = kNow + std::chrono::seconds{10};
  EXPECT_EQ(answers.get("0", later, [] { return said("anew"); }).value().body, "anew");
  EXPECT_EQ(answers.get("2", later, [] { return said("anew"); }).value().body, "2");
}

TEST(PublicAnswers, TwoAreWorkedOutAtOnceAndTheThirdIsToldToComeAgain) {
  PublicAnswers answers;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::promise<void> begun[2];
  std::vector<std::thread> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back([&, i] {
      (void)answers.get(std::to_string(i), kNow, [&, i] {
        begun[i].set_value();
        gone.wait();
        return said("long");
      });
    });
  }
  for (auto& one : begun) one.get_future().wait();
  // As many as may wait do; the next is not kept waiting.
  std::vector<std::future<int>> waiting;
  for (int i = 0; i < PublicAnswers::kMostWaiting; ++i) {
    waiting.push_back(std::async(std::launch::async, [&answers, i] {
      const auto late = answers.get("late" + std::to_string(i), kNow, [] { return said("never"); });
      return late.refused() == nullptr ? 200 : late.refused()->status;
    }));
  }
  for (auto& one : waiting) EXPECT_EQ(one.get(), 503);
  const auto third = answers.get("2", kNow, [] { return said("never"); });
  ASSERT_NE(third.refused(), nullptr);
  EXPECT_EQ(third.refused()->status, 503);
  // Who asks what is being worked out gets it when it is there.
  auto same = std::async(std::launch::async, [&] {
    return answers.get("0", kNow, [] { return said("twice"); }).value().body;
  });
  go.set_value();
  EXPECT_EQ(same.get(), "long");
  for (auto& one : busy) one.join();
  EXPECT_EQ(answers.get("2", kNow, [] { return said("now"); }).value().body, "now");
}

}  // namespace
}  // namespace bz::campaign
