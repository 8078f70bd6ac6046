#include "vi/calendar.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace bz::vi {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

Day day(int year, unsigned month, unsigned of_month) {
  return Day{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(of_month)};
}

// 2020-08-20T00:00 in Vietnam is 17:00 UTC of the 19th.
constexpr Instant kMidnight = from_ms(1'597'856'400'000);

TEST(LocalDay, BeginsAtSeventeenHoursUtc) {
  EXPECT_EQ(start_of(day(2020, 8, 20)), kMidnight);
  EXPECT_EQ(end_of(day(2020, 8, 19)), kMidnight);
  EXPECT_EQ(local_day(kMidnight), day(2020, 8, 20));
  EXPECT_EQ(local_day(kMidnight - milliseconds{1}), day(2020, 8, 19));
}

TEST(LocalDay, ACutOffAtMidnightBelongsToTheDayThatEnds) {
  EXPECT_EQ(cut_off_day(kMidnight), day(2020, 8, 19));
  EXPECT_EQ(cut_off_day(kMidnight + milliseconds{1}), day(2020, 8, 20));
  EXPECT_EQ(cut_off_day(end_of(day(2020, 8, 20))), day(2020, 8, 20));
}

TEST(LocalTime, IsSevenHoursAhead) {
  const auto due = from_ms(1'598'346'000'000);
  EXPECT_EQ(at(day(2020, 8, 25), {16, 0}), due);
  EXPECT_EQ(local_time(due), (TimeOfDay{16, 0}));
  EXPECT_EQ(local_time(due - milliseconds{1}), (TimeOfDay{15, 59}));
  EXPECT_EQ(at(day(2020, 8, 25), {24, 0}), start_of(day(2020, 8, 26)));
}

TEST(Show, WritesDaysAndHoursAsLettersDo) {
  EXPECT_EQ(show_day(day(2020, 8, 19)), "19/8/2020");
  EXPECT_EQ(show_day(day(2020, 9, 1)), "01/9/2020");
  EXPECT_EQ(show_day(day(2021, 2, 21)), "21/02/2021");
  EXPECT_EQ(show_day(day(2020, 12, 31)), "31/12/2020");
  EXPECT_EQ(show_time({16, 0}), "16:00");
  EXPECT_EQ(show_time({7, 5}), "07:05");
  EXPECT_EQ(show_moment(from_ms(1'598'346'000'000)), "16:00 ngày 25/8/2020");
}

TEST(Show, WritesIsoInLocalTime) {
  EXPECT_EQ(iso_local(kMidnight), "2020-08-20T00:00+07:00");
  EXPECT_EQ(iso_local(kMidnight - milliseconds{1}), "2020-08-19T23:59:59.999+07:00");
  EXPECT_EQ(iso_local(kMidnight + milliseconds{5'000}), "2020-08-20T00:00:05+07:00");
  EXPECT_EQ(iso_local(kMidnight + milliseconds{7}), "2020-08-20T00:00:00.007+07:00");
}

TEST(ReadDay, ReadsTheFormsInUse) {
  for (const auto* text :
       {"19/8/2020", "19/08/2020", "19-8-2020", "19.8.2020", "2020-08-19", "ngày 19/8/2020",
        "Ngày 19 tháng 8 năm 2020", "ngay 19 thang 08 nam 2020", "\u00A019/8/2020 "}) {
    const auto read = read_day(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, day(2020, 8, 19)) << text;
  }
  EXPECT_EQ(*read_day("29/2/2020"), day(2020, 2, 29));
}

TEST(ReadDay, AYearIsTakenFromElsewhereOnlyWhenGiven) {
  EXPECT_EQ(*read_day("19/8", 2020), day(2020, 8, 19));
  EXPECT_EQ(*read_day("19/8/2021", 2020), day(2021, 8, 19));
  EXPECT_EQ(read_day("19/8").refusal().says, "Ngày 19/8 thiếu năm.");
  EXPECT_EQ(read_day("19/8/20").refusal().says, "Năm của ngày 19/8 phải có bốn chữ số.");
}

TEST(ReadDay, RefusesWhatTheCalendarDoesNotHave) {
  EXPECT_EQ(read_day("31/2/2020").refusal().says, "Ngày 31/2/2020 không có trong lịch.");
  EXPECT_EQ(read_day("29/2/2021").refusal().says_en, "The day 29/2/2021 is not in the calendar.");
  for (const auto* text : {"31/4/2020", "0/8/2020", "32/8/2020", "2020-02-30", "19/0/2020",
                           "1/1/1969", "8/2020", "19/8/2020 16:00", "", "hôm nay", "19//8/2020",
                           "19 8 2020", "2020-8-19", "19-8", "44062", "19/8/02020"}) {
    EXPECT_FALSE(read_day(text)) << text;
  }
}

TEST(ReadDay, AWeekdayIsHeldAgainstTheCalendar) {
  EXPECT_EQ(*read_day("thứ Tư, ngày 19/8/2020"), day(2020, 8, 19));
  EXPECT_EQ(*read_day("Chủ nhật, 23/8/2020"), day(2020, 8, 23));
  EXPECT_EQ(read_day("thứ Hai, ngày 19/8/2020").refusal().says, "Ngày 19/8/2020 là thứ Tư.");
}

TEST(ReadDay, AMonthBeforeItsDayIsShownTheOtherWay) {
  const auto read = read_day("8/19/2020");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.refusal().says, "Không có tháng 19.");
  EXPECT_NE(read.refusal().advice.find("nếu là ngày 19/8"), std::string::npos);
}

TEST(ReadDay, ReadsEveryDayThatIsShown) {
  for (Day each = day(1970, 1, 1); each < day(2100, 1, 1); each += days{1}) {
    ASSERT_EQ(*read_day(show_day(each)), each);
  }
}

TEST(ReadInstant, TakesMillisecondsAndIso) {
  const auto due = from_ms(1'598'346'000'000);
  for (const auto* text :
       {"1598346000000", "2020-08-25T16:00+07:00", "2020-08-25T09:00Z", "2020-08-25T09:00:00Z",
        "2020-08-25T09:00:00.000Z", "2020-08-25T16:00:00+0700", "2020-08-25T16:00+07",
        "2020-08-25T04:30-04:30", "2020-08-25 16:00+07:00"}) {
    const auto read = read_instant(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, due) << text;
  }
  EXPECT_EQ(*read_instant("2020-08-25T15:59:59.9+07:00"), due - milliseconds{100});
}

TEST(ReadInstant, RefusesWhatIsNoMoment) {
  for (const auto* text :
       {"", "-1", "2020-08-25T16:00", "2020-08-25", "2020-08-25T24:00Z", "2020-08-25T16:60Z",
        "2020-02-30T16:00Z", "2020-08-25T16:00+07:00x", "2020-08-25T16:00+", "2020-08-25T1:00Z",
        "2020-08-25T16:00:00.1234Z", "2020-08-25T16:00:00.Z", "2020-08-25T16:00+15:00",
        "1598346000000000", "253402300800000", "mai"}) {
    EXPECT_FALSE(read_instant(text)) << text;
  }
}

TEST(ReadInstant, ReadsWhatIsShown) {
  EXPECT_TRUE(rc::check([] {
    const auto t = from_ms(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000));
    RC_ASSERT(*read_instant(iso_local(t)) == t);
    RC_ASSERT(*read_instant(std::to_string(to_ms(t))) == t);
    RC_ASSERT(start_of(local_day(t)) <= t);
    RC_ASSERT(t < end_of(local_day(t)));
  }));
}

// A spreadsheet shows 44062 as 19/08/2020, and 44062.6666… as its 16:00.
TEST(Excel, CountsDaysFrom1900WithADayThatNeverWas) {
  EXPECT_EQ(day_from_excel(44'062), day(2020, 8, 19));
  EXPECT_EQ(day_from_excel(44'062.99), day(2020, 8, 19));
  EXPECT_EQ(instant_from_excel(44'062 + 16.0 / 24), at(day(2020, 8, 19), {16, 0}));
  EXPECT_EQ(day_from_excel(1), day(1900, 1, 1));
  EXPECT_EQ(day_from_excel(59), day(1900, 2, 28));
  EXPECT_EQ(day_from_excel(60), std::nullopt);
  EXPECT_EQ(day_from_excel(61), day(1900, 3, 1));
  EXPECT_EQ(day_from_excel(2'958'465), day(9999, 12, 31));
}

TEST(Excel, IsNothingBeyondItsYears) {
  for (const double serial :
       {0.0, 0.99, -1.0, 2'958'466.0, 1e300, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(day_from_excel(serial), std::nullopt) << serial;
    EXPECT_EQ(instant_from_excel(serial), std::nullopt) << serial;
  }
}

}  // namespace
}  // namespace bz::vi
