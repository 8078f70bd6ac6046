#include "vi/deadline.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bz::vi {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;

Day day(int year, unsigned month, unsigned of_month) {
  return Day{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(of_month)};
}

// The one instant of a phrase, in milliseconds; -1 when it is refused or no such rule.
std::int64_t due(std::string_view phrase, const PhraseContext& context = {}) {
  const auto rule = read_deadline(phrase, context);
  const auto* deadline = rule ? std::get_if<Deadline>(&*rule) : nullptr;
  return deadline == nullptr ? -1 : to_ms(deadline->due_before);
}

std::optional<Daily> daily(std::string_view phrase, const PhraseContext& context = {}) {
  const auto rule = read_deadline(phrase, context);
  const auto* out = rule ? std::get_if<Daily>(&*rule) : nullptr;
  return out == nullptr ? std::nullopt : std::optional(*out);
}

std::optional<Window> window(std::string_view phrase, const PhraseContext& context = {}) {
  const auto rule = read_deadline(phrase, context);
  const auto* out = rule ? std::get_if<Window>(&*rule) : nullptr;
  return out == nullptr ? std::nullopt : std::optional(*out);
}

constexpr std::int64_t kSixteen25 = 1'598'346'000'000;    // 2020-08-25T16:00+07:00
constexpr std::int64_t kSeventeen28 = 1'598'608'800'000;  // 2020-08-28T17:00+07:00
constexpr std::int64_t kEndOf30 = 1'598'806'800'000;      // 2020-08-31T00:00+07:00
constexpr std::int64_t kEndOf31 = 1'598'893'200'000;      // 2020-09-01T00:00+07:00

TEST(Deadline, ThePhrasesOfTheLettersAreTheseInstants) {
  EXPECT_EQ(due("trước 16h00 hàng ngày, 25/8", {2020, {}}), kSixteen25);
  EXPECT_EQ(due("trước 17h00, ngày 28/8/2020"), kSeventeen28);
  EXPECT_EQ(due("trước ngày 01/9/2020"), kEndOf31);
  EXPECT_EQ(due("đến hết ngày 31/8/2020"), kEndOf31);
  EXPECT_EQ(due("đến ngày 30/8/2020"), kEndOf30);
  EXPECT_EQ(due("đến ngày 20/8/2020"), 1'597'942'800'000);
}

TEST(Deadline, AnHourIsTheSameHoweverItIsWritten) {
  for (const auto* phrase : {"trước 17h00 ngày 28/8/2020",
                             "trước 17h ngày 28/8/2020",
                             "Trước 17 giờ 00, ngày 28/8/2020",
                             "trước 17 giờ 00 phút ngày 28 tháng 8 năm 2020",
                             "chậm nhất 17 giờ 00 ngày 28/8/2020",
                             "chậm nhất 17h00 ngày 28/08/2020",
                             "chậm nhất là 17h00, ngày 28/8/2020.",
                             "muộn nhất vào lúc 17g00 ngày 28-8-2020",
                             "xong trước 17h ngày 28/8/2020",
                             "hoàn thành trước 17:00 ngày 28/8/2020",
                             "trước ngày 28/8/2020 lúc 17h00",
                             "đến 17h00 ngày 28/8/2020",
                             "**trước 17h00, ngày 28/8/2020**;",
                             "17:00 ngày 28/8/2020",
                             "17h 28/8/2020",
                             "2020-08-28T17:00+07:00",
                             "2020-08-28T10:00:00Z",
                             "truoc 17h00, ngay 28/8/2020",
                             "trước lúc 17h00\u00A0ngày 28/8/2020",
                             "TRƯỚC 17H00, NGÀY 28/8/2020"}) {
    EXPECT_EQ(due(phrase), kSeventeen28) << phrase;
  }
}

// 28/8/2020 was a Friday.
TEST(Deadline, AWeekdayMustBeThatOfItsDay) {
  for (const auto* phrase :
       {"trước 17h00, thứ Sáu, ngày 28/8/2020", "trước 17h00 ngày thứ Sáu 28/8/2020",
        "trước 17h00 thứ 6 ngày 28/8/2020", "trước 17h00 ngày 28/8/2020 (thứ Sáu)"}) {
    EXPECT_EQ(due(phrase), kSeventeen28) << phrase;
  }
  EXPECT_EQ(read_deadline("trước 17h00 thứ Bảy, ngày 28/8/2020").refusal().says,
            "Ngày 28/8/2020 là thứ Sáu.");
  EXPECT_EQ(read_deadline("trước 17h00 ngày 28/8/2020 (chủ nhật)").refusal().says_en,
            "The day 28/8/2020 is a Friday.");
  EXPECT_EQ(due("trước 17h00 thứ Sáu"), -1);
  EXPECT_EQ(due("trước 17h00 ngày 28/8/2020 (thứ Sáu"), -1);
}

TEST(Deadline, ADayIsInItOrNot) {
  for (const auto* phrase :
       {"trước ngày 01/9/2020", "chậm nhất trước ngày 1/9/2020", "trước 01/9/2020",
        "trước 0h00 ngày 01/9/2020", "đến hết ngày 31/8/2020", "hết ngày 31/8/2020",
        "đến ngày 31/8/2020", "chậm nhất ngày 31/8/2020", "chậm nhất là đến hết ngày 31/8/2020",
        "cho đến hết ngày 31/8/2020", "tới ngày 31/8/2020", "trong ngày 31/8/2020",
        "trước 24h00 ngày 31/8/2020"}) {
    EXPECT_EQ(due(phrase), kEndOf31) << phrase;
  }
}

TEST(Deadline, MarksMayStandApartOrOnTheOtherVowel) {
  EXPECT_EQ(due("tru\u031Bo\u031B\u0301c nga\u0300y 01/9/2020"), kEndOf31);
  EXPECT_EQ(due("hòan thành trước 17h00 ngày 28/8/2020"), kSeventeen28);
  EXPECT_EQ(due("đê\u0301n hê\u0301t nga\u0300y 31/8/2020"), kEndOf31);
}

TEST(Deadline, WhatIsMissingIsTakenFromTheLetterOnlyWhenGiven) {
  EXPECT_EQ(due("trước 17h00 ngày 28/8", {2020, {}}), kSeventeen28);
  EXPECT_EQ(due("xong trước 17h", {{}, day(2020, 8, 28)}), kSeventeen28);
  EXPECT_EQ(due("chậm nhất 17 giờ 00", {{}, day(2020, 8, 28)}), kSeventeen28);
  EXPECT_EQ(read_deadline("trước 17h00 ngày 28/8").refusal().says, "Ngày 28/8 thiếu năm.");
  EXPECT_EQ(read_deadline("xong trước 17h").refusal().says, "Thời hạn này thiếu ngày.");
}

TEST(Deadline, ABareDayMayMeanTwoThings) {
  EXPECT_EQ(read_deadline("ngày 31/8/2020").refusal().says,
            "31/8/2020: là trước ngày 31/8/2020 hay đến hết ngày 31/8/2020?");
}

TEST(Deadline, WhatIsNotUnderstoodIsAskedForAsAnInstant) {
  for (const auto* phrase : {"",
                             "sớm nhất có thể",
                             "trước",
                             "trước ngày",
                             "trước hết ngày 31/8/2020",
                             "cuối tháng 8/2020",
                             "tối ngày 28/8/2020",
                             "5 giờ chiều ngày 28/8/2020",
                             "trước 25h00 ngày 28/8/2020",
                             "trước 17h60 ngày 28/8/2020",
                             "trước 17h5 ngày 28/8/2020",
                             "trước 24h30 ngày 28/8/2020",
                             "trước ngày 31/2/2020",
                             "trước ngày 28/8/20",
                             "hết 17h00 ngày 28/8/2020",
                             "17h00 hôm nay",
                             "trước 17h00 ngày 28/8/2020 hoặc 29/8/2020",
                             "trước 17h00 các ngày làm việc",
                             "17h trước ngày 28/8/2020",
                             "trước 16h00 hàng tuần",
                             "không trước ngày 01/9/2020",
                             "từ ngày 04/8/2020",
                             "từ nay",
                             "hàng ngày",
                             "1598608800000",
                             "28 8 2020",
                             "trước 16h00 hàng ngày đến",
                             "trước 16h00 hàng ngày 31/2/2020",
                             "trước trước ngày 01/9/2020",
                             "từ ngày 31/8/2020 đến ngày 20/8/2020"}) {
    const auto read = read_deadline(phrase);
    ASSERT_FALSE(read) << phrase;
    EXPECT_FALSE(read.refusal().advice.empty()) << phrase;
    EXPECT_EQ(read.result().error().code, Code::kInvalid);
  }
  EXPECT_EQ(read_deadline("sớm nhất có thể").refusal().advice,
            "Nhập thời điểm, ví dụ 17:00 ngày 28/8/2020 hoặc 2020-08-28T17:00+07:00.");
  EXPECT_FALSE(read_deadline(std::string(100'000, '1')));
  EXPECT_FALSE(read_deadline("trước ngày \xFF"));
}

TEST(Deadline, KeepsThePhraseAsItWasPrinted) {
  const auto rule = read_deadline(" trước  17h00,\u00A0nga\u0300y 28/8/2020");
  EXPECT_EQ(std::get<Deadline>(*rule).phrase, "trước 17h00, ngày 28/8/2020");
}

TEST(Window, FromNowToTheEndOfADay) {
  const auto campaign = window("từ nay đến hết ngày 31/8/2020");
  ASSERT_TRUE(campaign);
  EXPECT_EQ(campaign->begins, std::nullopt);
  EXPECT_EQ(to_ms(campaign->ends), kEndOf31);
  EXPECT_EQ(to_ms(window("kể từ nay đến trước ngày 01/9/2020")->ends), kEndOf31);
}

TEST(Window, FromADayToADay) {
  for (const auto* phrase :
       {"từ ngày 04/8/2020 đến ngày 31/8/2020", "từ 04/8 đến hết ngày 31/8/2020",
        "từ 0h00 ngày 04/8/2020, đến hết 31/8/2020"}) {
    const auto read = window(phrase);
    ASSERT_TRUE(read) << phrase;
    EXPECT_EQ(read->begins, start_of(day(2020, 8, 4))) << phrase;
    EXPECT_EQ(to_ms(read->ends), kEndOf31) << phrase;
  }
}

TEST(Daily, IsAnHourOfEveryDay) {
  for (const auto* phrase :
       {"trước 16h00 hàng ngày", "trước 16h hằng ngày", "hàng ngày trước 16h00",
        "hàng ngày, chậm nhất 16 giờ 00", "xong trước 16:00 mỗi ngày", "**trước 16h00 hàng ngày**",
        "tru\u031Bo\u031B\u0301c 16h00 ha\u0300ng nga\u0300y", "truoc 16h00 hang ngay"}) {
    const auto read = daily(phrase);
    ASSERT_TRUE(read) << phrase;
    EXPECT_EQ(read->due_before, (TimeOfDay{16, 0})) << phrase;
    EXPECT_FALSE(read->first || read->last) << phrase;
  }
}

TEST(Daily, MaySayThatFreeDaysCountToo) {
  for (const auto* phrase : {"trước 16h00 hàng ngày (kể cả thứ Bảy, Chủ nhật)",
                             "trước 16h00 hàng ngày, kể cả các ngày nghỉ, ngày lễ và tết",
                             "hàng ngày (kể cả ngày nghỉ lễ) trước 16h00"}) {
    EXPECT_TRUE(daily(phrase)) << phrase;
  }
  EXPECT_EQ(daily("trước 16h00 hàng ngày, kể cả thứ 7, chủ nhật, đến hết ngày 28/8/2020")->last,
            day(2020, 8, 28));
  EXPECT_FALSE(daily("trước 16h00 hàng ngày (kể cả"));
  EXPECT_FALSE(daily("trước 16h00 hàng ngày (trừ thứ Bảy, Chủ nhật)"));
}

TEST(Daily, MayNameItsDays) {
  const auto to_a_day = daily("trước 16h00 hàng ngày đến hết ngày 28/8/2020");
  ASSERT_TRUE(to_a_day);
  EXPECT_EQ(to_a_day->last, day(2020, 8, 28));
  EXPECT_EQ(to_a_day->first, std::nullopt);
  const auto both = daily("trước 16h00 hàng ngày, từ ngày 20/8 đến ngày 28/8/2020");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->first, day(2020, 8, 20));
  EXPECT_EQ(both->last, day(2020, 8, 28));
  EXPECT_EQ(daily("trước 16h00 hàng ngày từ nay đến trước ngày 29/8/2020")->last, day(2020, 8, 28));
}

TEST(Daily, SaturdaysSundaysAndHolidaysAreDays) {
  // Friday 28/8/2020 to Thursday 3/9/2020: a weekend and the national day, 2/9.
  const Daily rule{{16, 0}, std::nullopt, day(2020, 9, 3), ""};
  const auto dues = next_dues(rule, at(day(2020, 8, 28), {8, 0}));
  ASSERT_EQ(dues.size(), 7U);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(dues.at(static_cast<std::size_t>(i)), at(day(2020, 8, 28) + days{i}, {16, 0}));
  }
}

TEST(Daily, TheFirstIsAtLeastAnHourAfterTheIssue) {
  const Daily rule{{16, 0}, std::nullopt, day(2020, 8, 28), ""};
  const auto first = [&](Instant issued) { return next_dues(rule, issued).front(); };
  EXPECT_EQ(to_ms(first(at(day(2020, 8, 25), {15, 0}))), kSixteen25);
  EXPECT_EQ(first(at(day(2020, 8, 25), {15, 0}) + milliseconds{1}), at(day(2020, 8, 26), {16, 0}));
  EXPECT_EQ(first(at(day(2020, 8, 25), {23, 0})), at(day(2020, 8, 26), {16, 0}));
  const Daily at_midnight{{0, 30}, std::nullopt, day(2020, 8, 28), ""};
  EXPECT_EQ(next_dues(at_midnight, at(day(2020, 8, 25), {23, 45})).front(),
            at(day(2020, 8, 27), {0, 30}));
}

TEST(Daily, HasNoDuesWithoutALastDayAndNoneBeforeItsFirst) {
  const auto issued = at(day(2020, 8, 20), {8, 0});
  EXPECT_TRUE(next_dues({{16, 0}, std::nullopt, std::nullopt, ""}, issued).empty());
  EXPECT_TRUE(next_dues({{16, 0}, std::nullopt, day(2020, 8, 19), ""}, issued).empty());
  const auto later = next_dues({{16, 0}, day(2020, 8, 24), day(2020, 8, 25), ""}, issued);
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(to_ms(later.back()), kSixteen25);
  EXPECT_EQ(next_dues({{16, 0}, std::nullopt, day(9999, 12, 31), ""}, issued).size(), kMostDues);
}

// Every hour of 2020, a leap year of 8,784: by its phrase, 3,600,000 ms after the one before.
TEST(Deadline, BothEndsOfEveryHourOfAYear) {
  auto expected = from_ms(1'577'811'600'000);  // 2020-01-01T00:00+07:00
  int hours = 0;
  for (Day each = day(2020, 1, 1); each < day(2021, 1, 1); each += days{1}) {
    for (int hour = 0; hour < 24; ++hour, ++hours, expected += minutes{60}) {
      const auto rule =
          read_deadline("trước " + std::to_string(hour) + "h00, ngày " + show_day(each));
      ASSERT_TRUE(rule);
      const auto due_before = std::get<Deadline>(*rule).due_before;
      ASSERT_EQ(due_before, expected);
      ASSERT_TRUE(is_on_time(expected - milliseconds{1}, due_before));
      ASSERT_FALSE(is_on_time(expected, due_before));
      ASSERT_EQ(to_ms(due_before), due(show_moment(due_before)));
    }
  }
  EXPECT_EQ(hours, 8'784);
}

TEST(Daily, EveryDueIsADayAfterTheOneBefore) {
  EXPECT_TRUE(rc::check([] {
    const auto issued = from_ms(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000));
    const TimeOfDay time{*rc::gen::inRange(0, 24), *rc::gen::inRange(0, 60)};
    const auto last = local_day(issued) + days{*rc::gen::inRange(2, 60)};
    const auto dues = next_dues({time, std::nullopt, last, ""}, issued);
    RC_ASSERT(!dues.empty());
    RC_ASSERT(dues.front() - issued >= kLeastNotice);
    RC_ASSERT(dues.front() - issued < kLeastNotice + days{1});
    RC_ASSERT(local_day(dues.back()) == last);
    for (std::size_t i = 1; i < dues.size(); ++i) RC_ASSERT(dues[i] - dues[i - 1] == days{1});
  }));
}

}  // namespace
}  // namespace bz::vi
