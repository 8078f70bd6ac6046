#include "tools/report_view.h"

#include <gtest/gtest.h>

#include "tools/answer_view.h"

namespace bz::tools {
namespace {

using std::chrono::milliseconds;

// 16:00 +07:00 on 25 August 2020.
constexpr std::int64_t kFour = 1'598'346'000'000;

TEST(ReportView, AReceiptIsToTheSecond) {
  EXPECT_EQ(show_second(from_ms(kFour)), "16:00:00 ngày 25/8/2020");
  EXPECT_EQ(show_second(from_ms(kFour - 1)), "15:59:59 ngày 25/8/2020");
  // Seven hours before midnight of Greenwich.
  EXPECT_EQ(show_second(from_ms(0)), "07:00:00 ngày 01/01/1970");
}

TEST(ReportView, LateBySaysTheTwoGreatestUnits) {
  EXPECT_EQ(show_span(milliseconds{0}), "0 ms");
  EXPECT_EQ(show_span(milliseconds{999}), "999 ms");
  EXPECT_EQ(show_span(milliseconds{59'999}), "59 s");
  EXPECT_EQ(show_span(milliseconds{120'000}), "2 min 0 s");
  EXPECT_EQ(show_span(milliseconds{3'900'000}), "1 h 5 min");
  EXPECT_EQ(show_span(milliseconds{90'000'000}), "1 d 1 h");
}

TEST(ReportView, ADueIsShownByItsMomentAndTask) {
  EXPECT_EQ(show_due("bp-5.2:viettel-70:1598346000000"), "trước 16:00 ngày 25/8/2020 [bp-5.2]");
  EXPECT_EQ(show_due("no due"), "no due");
}

TEST(ReportView, AStatusSaysWhatIsLacking) {
  const auto status = [](const char* text) { return show_status(*object_in(text)); };
  EXPECT_EQ(status(R"({"status":"late","status_vi":"trễ hạn","late_by_ms":0,"lacking":["file"]})"),
            "trễ hạn (late) 0 ms: file");
  EXPECT_EQ(status(R"({"status":"missing","status_vi":"chưa báo cáo","lacking":["phone","file"]})"),
            "chưa báo cáo (missing): phone, file");
  EXPECT_EQ(status(R"({"status":"on_time","status_vi":"đúng hạn","lacking":[]})"),
            "đúng hạn (on time)");
}

TEST(AnswerView, AFaultSaysWhereWhatAndWhatToDo) {
  EXPECT_EQ(fault_line(*object_in(R"({"cell":"C5","says":"1,5?","do":"Nhập 1500.",)"
                                  R"("says_en":"1.5?","do_en":"Type 1500."})")),
            "C5: 1,5? Nhập 1500. · 1.5? Type 1500.");
  EXPECT_EQ(fault_line(*object_in(R"({"says":"a","says_en":"b"})")), "a · b");
}

}  // namespace
}  // namespace bz::tools
