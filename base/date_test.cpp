#include "base/date.h"

#include <gtest/gtest.h>

namespace bz {
namespace {

TEST(Date, ADayIsReadAndWritten) {
  const Day day{std::chrono::days{18'493}};
  EXPECT_EQ(to_text(day), "2020-08-19");
  EXPECT_EQ(day_from_text("2020-08-19"), day);
  EXPECT_EQ(day_from_text("2020-02-29"), Day{std::chrono::days{18'321}});
}

TEST(Date, WhatIsNoDayOfTheCalendarIsNothing) {
  for (const auto* text : {"", "2020-8-19", "2020-08-32", "2021-02-29", "2020-13-01", "19/08/2020",
                           "2020-08-19 ", "2020-08-1x", "-020-08-19", "1969-12-31"})
    EXPECT_FALSE(day_from_text(text)) << text;
}

}  // namespace
}  // namespace bz
