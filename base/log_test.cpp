#include "base/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/temp_folder.h"

namespace bz {
namespace {

class LogFile : public testing::Test {
 protected:
  std::string text() const {
    const auto bytes = read_file(file_, 1U << 20U);
    return bytes ? std::string(as_text(*bytes)) : std::string("(no file)");
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path file_ = temporary_.path() / "log";
  // 2020-08-19 07:30:00.250 UTC: 18,493 days of 86,400 s, then 27,000.25 s.
  SetClock clock_{from_ms(std::int64_t{18'493} * 86'400'000 + 27'000'250)};
};

TEST_F(LogFile, ALineIsOneJsonObjectWithTimeLevelAndEvent) {
  auto log = Log::to_file(clock_, file_);
  ASSERT_TRUE(log);
  log->info("batch closed", {{"keys", 1'400}, {"region", "vn"}});
  log->warning("disk slow");
  log->error("no batch", {{"hours", -2}});
  EXPECT_EQ(
      text(),
      R"({"time":"2020-08-19T07:30:00.250Z","level":"info","event":"batch closed","keys":1400,"region":"vn"}
{"time":"2020-08-19T07:30:00.250Z","level":"warning","event":"disk slow"}
{"time":"2020-08-19T07:30:00.250Z","level":"error","event":"no batch","hours":-2}
)");
}

TEST_F(LogFile, WhatWouldBreakALineIsEscaped) {
  auto log = Log::to_file(clock_, file_);
  ASSERT_TRUE(log);
  log->info("a\"b\\c\nd\x01 Trà Vinh {} %s \xFF", {{"x", std::string_view("\0", 1)}});
  EXPECT_EQ(text(),
            "{\"time\":\"2020-08-19T07:30:00.250Z\",\"level\":\"info\",\"event\":"
            "\"a\\\"b\\\\c\\u000ad\\u0001 Trà Vinh {} %s \xEF\xBF\xBD\",\"x\":\"\\u0000\"}\n");
}

TEST_F(LogFile, AFileIsContinuedAtItsEnd) {
  Log::to_file(clock_, file_)->info("one");
  Log::to_file(clock_, file_)->info("two");
  const auto all = text();
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 2);
}

TEST_F(LogFile, AFileThatCannotBeOpenedIsUnavailable) {
  EXPECT_EQ(Log::to_file(clock_, temporary_.path()).error().code, Code::kUnavailable);
}

TEST_F(LogFile, LinesOfSeveralThreadsStayWhole) {
  auto log = Log::to_file(clock_, file_);
  ASSERT_TRUE(log);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) log->info("tick");
    });
  }
  for (auto& thread : threads) thread.join();
  const std::string one = R"({"time":"2020-08-19T07:30:00.250Z","level":"info","event":"tick"})"
                          "\n";
  std::string expected;
  for (int i = 0; i < 400; ++i) expected += one;
  EXPECT_EQ(text(), expected);
}

}  // namespace
}  // namespace bz
