#include "vi/number.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace bz::vi {
namespace {

// What the refusal says in both languages, or "read" where nothing was refused.
template <class T>
std::string says(const Reading<T>& reading) {
  return reading ? "read" : reading.refusal().says + " | " + reading.refusal().says_en;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(ReadCount, ADotGroupsThousands) {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"68.400", 68'400},
      {"68400", 68'400},
      {"1.009.168", 1'009'168},
      {"0", 0},
      {"05", 5},
      {" \u00A068.400\u00A0\t", 68'400},
      {"1.000.000.000.000.000", kMostCount},
      {"1000000000000000", kMostCount}};
  for (const auto& [text, count] : cases) {
    const auto read = read_count(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, count) << text;
  }
}

TEST(ReadCount, WhatMayBeTwoNumbersIsRefusedWithBoth) {
  EXPECT_EQ(says(read_count("1.5")), "1.5: là 15 hay 1,5? | 1.5: is it 15 or 1.5?");
  EXPECT_EQ(says(read_count("68.40")), "68.40: là 6.840 hay 68,4? | 68.40: is it 6,840 or 68.4?");
  EXPECT_EQ(says(read_count("68.4000")),
            "68.4000: là 684.000 hay 68,4? | 68.4000: is it 684,000 or 68.4?");
  EXPECT_EQ(says(read_count("68,400")),
            "68,400: là 68.400 hay 68,4? | 68,400: is it 68,400 or 68.4?");
  EXPECT_EQ(says(read_count("0.500")), "0.500: là 500 hay 0,5? | 0.500: is it 500 or 0.5?");
  EXPECT_EQ(says(read_count("012.345")),
            "012.345: là 12.345 hay 12,345? | 012.345: is it 12,345 or 12.345?");
  const auto refused = read_count("1.5");
  EXPECT_TRUE(has(refused.refusal().advice, "Nếu là 15 thì nhập 15"));
  EXPECT_TRUE(has(refused.refusal().advice_en, "If it is 15, type 15"));
}

TEST(ReadCount, GroupsThatAreNotOfThreeAreAskedAbout) {
  EXPECT_EQ(says(read_count("1.00.000")),
            "1.00.000: là 100.000 với dấu chấm đặt sai, hay thiếu hoặc thừa một chữ số? | "
            "1.00.000: is it 100,000 with a dot out of place, or is a digit missing or extra?");
}

TEST(ReadCount, DecimalsAreNoCount) {
  for (const auto* text : {"6,78", "68.400,5", "0,5", "5,0", "1,2345"}) {
    EXPECT_TRUE(has(says(read_count(text)), "không phải là số nguyên")) << text;
    EXPECT_TRUE(has(says(read_count(text)), "is no whole number")) << text;
  }
}

TEST(ReadCount, EnglishGroupsAndBlanksInsideAreShownAsTheyShouldBe) {
  for (const auto* text : {"1,009,168", "1 009 168", "1\u00A0009\u202F168", "1,009,168.00"}) {
    const auto read = read_count(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.refusal().advice, "Nếu là 1.009.168 thì nhập 1.009.168.") << text;
  }
  EXPECT_FALSE(read_count("68 40"));
}

TEST(ReadCount, RefusesWhatIsNoCount) {
  for (const auto* text : {"", " ", "\u00A0"}) {
    EXPECT_TRUE(has(says(read_count(text)), "để trống")) << text;
  }
  for (const auto* text : {"-5", "- 5", "\u22125", "-68.400"}) {
    EXPECT_TRUE(has(says(read_count(text)), "âm")) << text;
  }
  for (const auto* text : {"abc", "5 máy", "1e5", "+5", "٥", ".", "-", "5;6", "#REF!"}) {
    EXPECT_TRUE(has(says(read_count(text)), "không thuộc một số")) << text;
  }
  for (const auto* text : {".5", "5.", "1..000", ",5", "5,", "1.,000", "1,00,000"}) {
    EXPECT_TRUE(has(says(read_count(text)), "không phải là một số")) << text;
  }
  EXPECT_TRUE(has(says(read_count("6 %")), "phần trăm"));
  EXPECT_TRUE(has(says(read_count("1.000.000.000.000.001")), "lớn hơn"));
  EXPECT_TRUE(has(says(read_count("99999999999999999999")), "lớn hơn"));
  EXPECT_TRUE(has(says(read_count(std::string(4'000, '9'))), "quá dài"));
  EXPECT_TRUE(has(says(read_count("1\xFF")), "UTF-8"));
}

TEST(ReadCount, WordsThatWereTypedAreNotRepeated) {
  EXPECT_FALSE(has(to_error(read_count("Nguyễn Văn A").refusal()).what, "Nguyễn"));
}

TEST(ReadCount, AReadingIsAResultForThoseWhoHandErrorsOn) {
  EXPECT_EQ(*read_count("68.400").result(), 68'400);
  const auto refused = read_count("1.5").result();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_TRUE(has(refused.error().what, "là 15 hay 1,5"));
  EXPECT_TRUE(has(refused.error().what, "is it 15 or 1.5"));
}

TEST(ReadCount, ReadsWhatIsShown) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange<std::int64_t>(0, kMostCount + 1);
    RC_ASSERT(*read_count(show_count(count)) == count);
    RC_ASSERT(*read_count(std::to_string(count)) == count);
  }));
}

// Every text of digits and one dot is read in one way or not at all: as the dot's groups have it.
TEST(ReadCount, OneDotIsReadOnlyBeforeThreeDigits) {
  EXPECT_TRUE(rc::check([] {
    const auto most = *rc::gen::element(1, 10, 1'000, 1'000'000);
    const auto whole = *rc::gen::inRange(0, most);
    const auto size = *rc::gen::inRange<std::size_t>(1, 7);
    const auto text = std::to_string(whole) + '.' + std::string(size, '4');
    RC_ASSERT(read_count(text).has_value() == (size == 3 && whole > 0 && whole < 1'000));
  }));
}

TEST(ReadPercent, ACommaBeginsTheDecimals) {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"6,78 %", 678}, {"6,78%", 678},      {"6,78", 678},          {"6,7 %", 670},
      {"50%", 5'000},  {"100 %", 10'000},   {"0,05%", 5},           {"6,78\u00A0%", 678},
      {"0 %", 0},      {"105,30%", 10'530}, {"1.250,5 %", 125'050}, {"1000000%", 100'000'000}};
  for (const auto& [text, rate] : cases) {
    const auto read = read_percent(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, rate) << text;
  }
}

TEST(ReadPercent, ADotIsRefusedWithBothReadings) {
  EXPECT_EQ(says(read_percent("6.78")),
            "6.78: là 678 % hay 6,78 %? | 6.78: is it 678 % or 6.78 %?");
  EXPECT_EQ(says(read_percent("6.780 %")),
            "6.780: là 6.780 % hay 6,78 %? | 6.780: is it 6,780 % or 6.78 %?");
  EXPECT_EQ(says(read_percent("6,789%")),
            "6,789: là 6.789 % hay 6,789 %? | 6,789: is it 6,789 % or 6.789 %?");
  EXPECT_EQ(read_percent("6.78").refusal().advice,
            "Nhập 678 % hoặc 6,78 %: phần thập phân đứng sau dấu phẩy.");
}

TEST(ReadPercent, RefusesWhatIsNoPercentage) {
  for (const auto* text : {"", "%", "-1 %", "6,7812 %", "6,", ",5", "1,2,3", "1.2.3", "1.00,5",
                           "6,78 %%", "sáu", "1000000,01", "99999999999999999", "1.000.000 %"}) {
    EXPECT_FALSE(read_percent(text)) << text;
  }
}

TEST(ReadPercent, ReadsWhatIsShown) {
  EXPECT_TRUE(rc::check([] {
    const auto rate = *rc::gen::inRange<std::int64_t>(0, 100'000'001);
    RC_ASSERT(*read_percent(show_hundredths(rate) + " %") == rate);
  }));
}

// 68400 * 100 / 1009168 = 6.7779…; 504584 is half of 1009168.
TEST(Rate, IsShownToTwoDecimalsHalfUp) {
  EXPECT_EQ(show_rate(68'400, 1'009'168), "6,78");
  EXPECT_EQ(show_rate(68'912, 1'009'168), "6,83");
  EXPECT_EQ(show_rate(504'584, 1'009'168), "50,00");
  EXPECT_EQ(show_rate(68'400, 1'009'168, Language::kEnglish), "6.78");
  EXPECT_EQ(hundredths(1, 20'000), 1);  // 0.005 %, the half
  EXPECT_EQ(hundredths(1, 20'001), 0);
  EXPECT_EQ(show_rate(12, 1), "1.200,00");
  EXPECT_EQ(show_rate(12, 1, Language::kEnglish), "1,200.00");
}

// The letter of Trà Vinh prints 6,78 for any count from 68,372 to 68,472.
TEST(Rate, TheCountsBehindAPrintedRateAreARange) {
  EXPECT_EQ(show_rate(68'371, 1'009'168), "6,77");
  EXPECT_EQ(show_rate(68'372, 1'009'168), "6,78");
  EXPECT_EQ(show_rate(68'472, 1'009'168), "6,78");
  EXPECT_EQ(show_rate(68'473, 1'009'168), "6,79");
}

TEST(Rate, IsNotThereWithoutADenominator) {
  EXPECT_EQ(hundredths(5, 0), std::nullopt);
  EXPECT_EQ(hundredths(-1, 5), std::nullopt);
  EXPECT_EQ(hundredths(1, -5), std::nullopt);
  EXPECT_EQ(show_rate(5, 0), "–");
}

// Twice the distance to the printed rate is at most one hundredth, and at the half it goes up.
TEST(Rate, IsTheNearestHundredth) {
  EXPECT_TRUE(rc::check([] {
    const auto part = *rc::gen::inRange<std::int64_t>(0, 2'000'000'000);
    const auto all = *rc::gen::inRange<std::int64_t>(1, 2'000'000'000);
    const auto twice = 2 * (*hundredths(part, all) * all - part * 10'000);
    RC_ASSERT(twice > -all && twice <= all);
  }));
}

TEST(Rate, TheGreatestCountsDoNotOverflow) {
  EXPECT_EQ(hundredths(kMostCount, kMostCount), 10'000);
  EXPECT_EQ(hundredths(kMostCount, 3), 3'333'333'333'333'333'333);
  EXPECT_EQ(hundredths(kMostCount, 1), std::numeric_limits<std::int64_t>::max());
}

TEST(ShowCount, GroupsByThrees) {
  EXPECT_EQ(show_count(1'009'168), "1.009.168");
  EXPECT_EQ(show_count(1'009'168, Language::kEnglish), "1,009,168");
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(1'000), "1.000");
  EXPECT_EQ(show_count(-488), "-488");
  EXPECT_EQ(show_count(std::numeric_limits<std::int64_t>::min()), "-9.223.372.036.854.775.808");
  EXPECT_EQ(show_hundredths(-5), "-0,05");
}

}  // namespace
}  // namespace bz::vi
