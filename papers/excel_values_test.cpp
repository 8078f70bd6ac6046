#include "papers/excel_values.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bz::papers {
namespace {

constexpr NumberFormat kPlain{};
constexpr NumberFormat kDay{true, false, false};
constexpr NumberFormat kTime{false, true, false};
constexpr NumberFormat kBoth{true, true, false};
constexpr NumberFormat kPercent{false, false, true};

std::string plain(std::string_view stored) {
  return plain_decimal(stored).value_or("none");
}

std::string date(std::string_view stored, NumberFormat format, DaysFrom from = DaysFrom::k1900) {
  return date_text(stored, format, from).value_or("none");
}

TEST(ExcelValues, ANumberIsGivenAsExcelShowsIt) {
  EXPECT_EQ(plain("68400"), "68400");
  EXPECT_EQ(plain("6.7800000000000002"), "6.78");
  EXPECT_EQ(plain("6.7779000000000006E-2"), "0.067779");
  EXPECT_EQ(plain("0.1"), "0.1");
  EXPECT_EQ(plain("0.30000000000000004"), "0.3");
  EXPECT_EQ(plain("68400.000000000015"), "68400");
  EXPECT_EQ(plain("-12.5"), "-12.5");
  EXPECT_EQ(plain("-0"), "0");
  EXPECT_EQ(plain("0"), "0");
  EXPECT_EQ(plain("1E+3"), "1000");
  EXPECT_EQ(plain("1.5e20"), "150000000000000000000");
  EXPECT_EQ(plain("123456789012345"), "123456789012345");
  EXPECT_EQ(plain("1e-3"), "0.001");
}

TEST(ExcelValues, WhatIsNoNumberIsNone) {
  for (const auto* text : {"", "a", "1,5", "1 ", " 1", "nan", "inf", "1e999", "0x10", "--1"})
    EXPECT_EQ(plain(text), "none") << text;
}

TEST(ExcelValues, ADecimalThatExcelWouldChangeIsNotWritten) {
  EXPECT_EQ(number_of_decimal("68400"), 68400);
  EXPECT_EQ(number_of_decimal("6.50"), 6.5);
  EXPECT_EQ(number_of_decimal("5.00"), 5);
  EXPECT_FALSE(number_of_decimal("1234567890123456"));
  EXPECT_FALSE(number_of_decimal("1e3"));
  EXPECT_FALSE(number_of_decimal("+5"));
  EXPECT_FALSE(number_of_decimal("05"));
  EXPECT_FALSE(number_of_decimal(".5"));
}

TEST(ExcelValues, BuiltInFormatsThatAreDates) {
  for (const unsigned id : {14U, 15U, 16U, 17U}) EXPECT_EQ(built_in_format(id), kDay) << id;
  for (const unsigned id : {18U, 19U, 20U, 21U, 45U, 47U})
    EXPECT_EQ(built_in_format(id), kTime) << id;
  EXPECT_EQ(built_in_format(22), kBoth);
  EXPECT_EQ(built_in_format(9), kPercent);
  EXPECT_EQ(built_in_format(10), kPercent);
  for (const unsigned id : {0U, 1U, 2U, 3U, 4U, 11U, 37U, 46U, 48U, 49U, 164U})
    EXPECT_EQ(built_in_format(id), kPlain) << id;
}

TEST(ExcelValues, WrittenFormatsThatAreDates) {
  EXPECT_EQ(format_of_code("dd/mm/yyyy"), kDay);
  EXPECT_EQ(format_of_code("[$-42A]dd\\ mmmm\\ yyyy;@"), kDay);
  EXPECT_EQ(format_of_code("\"ngày\" d \"tháng\" m"), kDay);
  EXPECT_EQ(format_of_code("MMM"), kDay);
  EXPECT_EQ(format_of_code("hh:mm"), kTime);
  EXPECT_EQ(format_of_code("h:mm AM/PM"), kTime);
  EXPECT_EQ(format_of_code("mm:ss"), kTime);
  EXPECT_EQ(format_of_code("dd/mm/yyyy hh:mm"), kBoth);
}

TEST(ExcelValues, WrittenFormatsThatAreNumbers) {
  EXPECT_EQ(format_of_code("General"), kPlain);
  EXPECT_EQ(format_of_code("0.00E+00"), kPlain);
  EXPECT_EQ(format_of_code("#,##0"), kPlain);
  EXPECT_EQ(format_of_code("#,##0 \"máy đã cài\""), kPlain);
  EXPECT_EQ(format_of_code("[Red]0.0"), kPlain);
  EXPECT_EQ(format_of_code("_-* #,##0\\ [$₫-42A]_-;-* #,##0"), kPlain);
  EXPECT_EQ(format_of_code("0;dd/mm"), kPlain);
  EXPECT_EQ(format_of_code("[h]:mm"), kPlain);  // a duration
  EXPECT_EQ(format_of_code("\"unclosed dd"), kPlain);
  EXPECT_EQ(format_of_code("0.00%"), kPercent);
  EXPECT_EQ(format_of_code("0\"%\""), kPlain);
}

// 2020-08-25 is 44,068 days after 1899-12-30; 16:00 is two thirds of a day.
TEST(ExcelValues, ADayIsCountedFrom1900OrFrom1904) {
  EXPECT_EQ(date("44068", kDay), "2020-08-25");
  EXPECT_EQ(date("44068.666666666664", kBoth), "2020-08-25T16:00:00");
  EXPECT_EQ(date("44068.666666666664", kDay), "2020-08-25");
  EXPECT_EQ(date("0.66666666666666663", kTime), "16:00:00");
  EXPECT_EQ(date("44068.999999", kBoth), "2020-08-26T00:00:00");
  // 1904-01-01 is day 1,462 of the other count.
  EXPECT_EQ(date("42606", kDay, DaysFrom::k1904), "2020-08-25");
  EXPECT_EQ(date("0", kDay, DaysFrom::k1904), "1904-01-01");
}

TEST(ExcelValues, Excels29February1900NeverWas) {
  EXPECT_EQ(date("1", kDay), "1900-01-01");
  EXPECT_EQ(date("59", kDay), "1900-02-28");
  EXPECT_EQ(date("60", kDay), "none");
  EXPECT_EQ(date("61", kDay), "1900-03-01");
  EXPECT_EQ(date("0", kDay), "none");
  EXPECT_EQ(date("-1", kDay), "none");
  EXPECT_EQ(date("2958465", kDay), "9999-12-31");
  EXPECT_EQ(date("2958466", kDay), "none");
}

TEST(ExcelValues, WhatIsNoDateHasNoDay) {
  for (const auto* text : {"", "2020-8-25", "25/08/2020", "2020-02-30", "1899-12-31", "24:00:00",
                           "2020-08-25 16:00:00", "2020-08-25T16:00", "16:00"})
    EXPECT_FALSE(serial_of_date(text)) << text;
}

TEST(ExcelValues, EverySecondFrom1900To9999ComesBack) {
  EXPECT_TRUE(rc::check([] {
    const auto day = *rc::gen::inRange(1, 2'958'466);
    const auto second = *rc::gen::inRange(0, 86'400);
    RC_PRE(day != 60);
    const auto stored = std::to_string(day + second / 86'400.0);
    const auto text = date_text(stored, kBoth, DaysFrom::k1900);
    RC_ASSERT(text.has_value());
    const auto serial = serial_of_date(*text);
    RC_ASSERT(serial.has_value());
    RC_ASSERT(serial->format == kBoth);
    RC_ASSERT(std::abs(serial->days - (day + second / 86'400.0)) < 1e-5);
  }));
}

}  // namespace
}  // namespace bz::papers
