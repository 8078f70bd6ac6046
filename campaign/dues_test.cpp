#include "campaign/dues.h"

#include "campaign/forms.h"
#include "campaign/registers.h"
#include "campaign/reports_here.h"

namespace bz::campaign {
namespace {

class Dues : public OnReports {};
BZ_ON_BOTH_STORES(Dues);

std::vector<std::string> keys_of(const std::vector<Due>& dues) {
  std::vector<std::string> texts;
  for (const auto& due : dues) texts.push_back(to_text(due.key));
  return texts;
}

TEST(Forms, Form1HasTheSixColumnsOfThePaperInItsWords) {
  const auto* form = find_form("bm1");
  ASSERT_NE(form, nullptr);
  std::vector<std::string_view> printed;
  for (const auto& column : form->columns) {
    if (column.is_printed) printed.push_back(column.words);
  }
  EXPECT_EQ(printed, (std::vector<std::string_view>{"Stt", "Tên huyện/thị/thành phố",
                                                    "Số lượng điện thoại thông minh cài đặt",
                                                    "Tỷ lệ", "Thời điểm báo cáo", "Ghi chú"}));
  EXPECT_FALSE(find_column(*form, "subscriptions")->is_printed);
  EXPECT_EQ(find_form("bm1", 2), nullptr);
  EXPECT_EQ(find_form("bm9"), nullptr);
}

TEST_P(Dues, Form1HasARowForEachOfTheElevenDistrictsInOrderOfCodes) {
  const auto rows = here_.read([](Sql& sql) {
    const auto body = find_body(sql, "viettel-70");
    return rows_of(sql, *find_form("bm1"), *body, august(25));
  });
  ASSERT_EQ(rows.size(), 11U);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].code, kDistricts70[i]);
  EXPECT_EQ(rows[0].name, "Thị xã Phước Long");
  EXPECT_EQ(rows[0].subject, "688@2020-06-01");
}

TEST_P(Dues, ATaskOfEveryDayAsksEachBodyOnceADayAndTwoDuesOnOneDayAreTwo) {
  DueQuery query;
  query.body = "viettel-70";
  query.from = moment(1, 0);
  query.to = moment(31, 0);
  const auto all = here_.read([&](Sql& sql) { return dues(sql, query, moment(25, 8)); });
  // 16:00 of 25, 26, 27 and 28 August; 17:00 of the 28th.
  EXPECT_EQ(keys_of(all), (std::vector<std::string>{
                              "bp-5.2:viettel-70:1598346000000", "bp-5.2:viettel-70:1598432400000",
                              "bp-5.2:viettel-70:1598518800000", "bp-5.2:viettel-70:1598605200000",
                              "bp-5.1:viettel-70:1598608800000"}));
  EXPECT_EQ(due_key_from("bp-5.1:viettel-70:1598608800000"), due_of("viettel-70", 28, "bp-5.1"));
  for (const auto* text : {"", "a:b", "a:b:", ":b:1", "a::1", "a:b:01", "a:b:1x", "a:b:-1",
                           "a:b:9223372036854775807"}) {
    EXPECT_FALSE(due_key_from(text)) << text;
  }
}

TEST_P(Dues, AFirstDueLiesAtLeastAnHourAfterTheIssueAndABodyAddedLaterIsAskedFromThen) {
  auto task = daily_task();
  task.id = "bp-late";
  std::get<vi::Daily>(task.rule).first = {};
  task.issued = moment(25, 15, 1);  // 59 minutes before 16:00
  task.bodies = {"viettel-70"};
  here_.make(task);
  here_.taken(here_.write([](Sql& sql) {
    const std::vector<std::string> more{"vnpt-70"};
    return ask_bodies(sql, "bp-late", more, moment(27, 12));
  }));
  DueQuery query;
  query.task = "bp-late";
  query.from = moment(1, 0);
  query.to = moment(31, 0);
  auto all = here_.read([&](Sql& sql) { return dues(sql, query, moment(25, 8)); });
  ASSERT_EQ(all.size(), 5U);  // Viettel on 26, 27, 28; VNPT on 27, 28
  EXPECT_EQ(all[0].key.due_before, moment(26, 16));
  EXPECT_EQ(all[1].key, (DueKey{"bp-late", "viettel-70", moment(27, 16)}));
  EXPECT_EQ(all[2].key, (DueKey{"bp-late", "vnpt-70", moment(27, 16)}));

  here_.taken(here_.write([](Sql& sql) { return stop_task(sql, "bp-late", moment(28, 0)); }));
  all = here_.read([&](Sql& sql) { return dues(sql, query, moment(25, 8)); });
  EXPECT_EQ(all.size(), 3U);
}

TEST_P(Dues, ATaskThatCannotBeAskedSaysWhatToDo) {
  auto task = daily_task();
  task.id = "Bp 5";
  task.form = "bm9";
  std::get<vi::Daily>(task.rule).last = {};
  task.bodies = {"viettel-70", "viettel-70", "fpt-70"};
  task.receiver = "nobody";
  task.ladder = {{std::chrono::minutes{0}, false}, {std::chrono::minutes{-15}, false}};
  const auto refusal = here_.refused(here_.try_make(task));
  EXPECT_EQ(refusal.status, 422);
  std::vector<std::string> cells;
  for (const auto& one : refusal.faults) {
    cells.push_back(one.cell);
    EXPECT_FALSE(one.says.empty() || one.says_en.empty() || one.todo.empty() ||
                 one.todo_en.empty());
  }
  EXPECT_EQ(cells, (std::vector<std::string>{"id", "form", "ladder", "last_day", "receiver",
                                             "bodies[1]", "bodies[2]"}));
  // The same again changes nothing; another one of that id is refused.
  EXPECT_EQ(here_.make(daily_task()).bodies.size(), 3U);
  auto other = daily_task();
  other.legs = {false, true};
  EXPECT_EQ(here_.refused(here_.try_make(other)).status, 409);
}

TEST(Tasks, ALadderIsReadBackAsItIsWritten) {
  EXPECT_EQ(to_text(kUsualLadder), "-60,-15,0+");
  EXPECT_EQ(ladder_from("-60,-15,0+"), kUsualLadder);
  EXPECT_FALSE(ladder_from("-60,x"));
  EXPECT_FALSE(ladder_from("99999999999999999999"));
}

TEST_P(Dues, AtTheMomentItselfAnUnansweredDueIsMissingAndAnAnswerIsLateByNothing) {
  const auto key = due_of("mobifone-70");
  const auto before = key.due_before - std::chrono::milliseconds{1};
  auto due = here_.due(key, before);
  EXPECT_EQ(due.status, DueStatus::kOpen);
  EXPECT_EQ(due.lacking, (std::vector<Leg>{Leg::kPhone, Leg::kFile}));
  EXPECT_EQ(due.left(before), std::chrono::milliseconds{1});
  EXPECT_EQ(here_.due(key, key.due_before).status, DueStatus::kMissing);

  here_.hand_in("mobifone-70", Channel::kCall, moment(25, 15, 40), eleven(2050));
  due = here_.due(key, key.due_before);
  EXPECT_EQ(due.status, DueStatus::kMissing);
  EXPECT_EQ(due.lacking, std::vector<Leg>{Leg::kFile});
  here_.hand_in("mobifone-70", Channel::kMail, key.due_before, eleven(2050));
  due = here_.due(key, key.due_before);
  EXPECT_EQ(due.status, DueStatus::kLate);
  EXPECT_EQ(due.lacking, std::vector<Leg>{Leg::kFile});
  EXPECT_EQ(due.late_by, std::chrono::milliseconds{0});
  // As it was known a moment before.
  EXPECT_EQ(here_.due(key, before).status, DueStatus::kOpen);
}

TEST_P(Dues, WithAllLegsAMillisecondBeforeItIsOnTime) {
  const auto key = due_of("viettel-70");
  here_.hand_in("viettel-70", Channel::kCall, moment(25, 15, 52), eleven(9120));
  here_.hand_in("viettel-70", Channel::kApi, key.due_before - std::chrono::milliseconds{1},
                eleven(9120));
  const auto due = here_.due(key, key.due_before);
  EXPECT_EQ(due.status, DueStatus::kOnTime);
  EXPECT_TRUE(due.lacking.empty());
  EXPECT_FALSE(due.late_by);
}

TEST_P(Dues, WhatFollowsAReturnDoesNotMakeItLateAndACorrectionAfterwardsIsMarked) {
  const auto key = due_of("viettel-70", 28, "bp-5.1");
  auto report = here_.report("viettel-70", Channel::kApi, moment(28, 16, 30), eleven(9210));
  report.dues = {key};
  const auto first = here_.hand_in(report);
  here_.send_back(first.report, moment(28, 18));
  auto due = here_.due(key, moment(28, 18));
  EXPECT_EQ(due.status, DueStatus::kOnTime);
  EXPECT_TRUE(due.returned);

  auto second = here_.report("viettel-70", Channel::kApi, moment(28, 19), eleven(9200));
  second.dues = {key};
  here_.hand_in(second);
  due = here_.due(key, moment(28, 19));
  EXPECT_EQ(due.status, DueStatus::kOnTime);
  EXPECT_FALSE(due.returned);
  EXPECT_FALSE(due.corrected_after);

  auto third = here_.report("viettel-70", Channel::kApi, moment(28, 20), eleven(9205));
  third.dues = {key};
  EXPECT_EQ(here_.refused(here_.try_submit(third)).faults[0].cell, "reason");
  third.reason = "đếm lại";
  here_.hand_in(third);
  due = here_.due(key, moment(28, 20));
  EXPECT_EQ(due.status, DueStatus::kOnTime);
  EXPECT_TRUE(due.corrected_after);
  EXPECT_EQ(due.file.versions, 3);
}

TEST_P(Dues, NothingToReportIsAnAnswerAndAVersionWithoutAllRowsIsNone) {
  const auto key = due_of("vnpt-70", 28, "bp-5.1");
  auto partly = here_.report("vnpt-70", Channel::kApi, moment(28, 10), eleven(70));
  partly.lines.pop_back();
  partly.dues = {key};
  const auto receipt = here_.hand_in(partly);
  EXPECT_EQ(receipt.missing_rows, std::vector<std::string>{"698@2020-06-01"});
  EXPECT_EQ(here_.due(key, moment(28, 11)).status, DueStatus::kOpen);
  EXPECT_EQ(here_.due(key, moment(28, 17)).status, DueStatus::kMissing);
  EXPECT_EQ(here_.due(key, moment(28, 11)).file.newest_missing_rows, receipt.missing_rows);

  auto nothing = here_.report("vnpt-70", Channel::kApi, moment(28, 16, 59), {});
  nothing.nothing = true;
  nothing.dues = {key};
  EXPECT_TRUE(here_.hand_in(nothing).is_complete());
  EXPECT_TRUE(here_.due(key, moment(28, 17)).file.newest_missing_rows.empty());
  EXPECT_EQ(here_.due(key, moment(28, 17)).status, DueStatus::kNothing);
  EXPECT_EQ(here_.counts("vnpt-70", "688", key.due_before), std::nullopt);  // and not 0
}

TEST_P(Dues, LatenessIsExcusedOnlyByANamedPersonWithAReasonAndAfterTheDue) {
  const auto key = due_of("vnpt-70");
  const auto try_excuse = [&](std::string reason, Instant now) {
    return here_.write([&](Sql& sql) {
      return excuse(sql, {key, std::move(reason), moment(25, 15, 30)}, "giam-doc", now);
    });
  };
  EXPECT_EQ(here_.refused(try_excuse("mất điện", moment(25, 15))).status, 409);
  EXPECT_EQ(here_.refused(try_excuse("", moment(25, 17))).status, 422);
  const auto due = here_.taken(try_excuse("mất điện", moment(25, 17)));
  EXPECT_EQ(due.status, DueStatus::kExcused);
  EXPECT_EQ(due.excuse->by, "giam-doc");
  EXPECT_EQ(due.excuse->stated, moment(25, 15, 30));
  EXPECT_EQ(here_.due(key, moment(25, 16, 59)).status, DueStatus::kMissing);
}

TEST_P(Dues, AReportThatNamesNoDueMeansTheOneOfItsDayAndOtherwiseIsAsked) {
  const auto meant = [&](Instant at) {
    return here_.read([&](Sql& sql) { return dues_meant(sql, "viettel-70", "bm1", at); });
  };
  using Keys = std::vector<DueKey>;
  EXPECT_EQ(std::get<Keys>(meant(moment(25, 9))), Keys{due_of("viettel-70", 25)});
  EXPECT_EQ(std::get<Keys>(meant(moment(25, 23))), Keys{due_of("viettel-70", 25)});
  // Two dues on the 28th.
  EXPECT_EQ(here_.refused(meant(moment(28, 9))).status, 422);
  // The day before the first there is only the next one.
  EXPECT_EQ(std::get<Keys>(meant(moment(24, 20))), Keys{due_of("viettel-70", 25)});
  // On the 29th all five are missing.
  EXPECT_EQ(here_.refused(meant(moment(29, 9))).status, 422);
}

TEST_P(Dues, OfATaskEnteredLaterAreNotInTheRegisterOfAPastMomentAndYetCanBeAnswered) {
  auto task = closing_task();
  task.id = "entered-late";
  task.form = "result";
  task.rule = *vi::read_deadline("trước 17h00, ngày 25/8/2020");
  task.made_at = moment(26, 9);
  here_.write([&](Sql& sql) { return put_task(sql, task); });
  const DueKey key{task.id, "viettel-70", moment(25, 17)};
  const auto at = [&](Instant now) {
    return here_.read([&](Sql& sql) { return find_due(sql, key, now); });
  };
  EXPECT_FALSE(at(moment(26, 8)));
  ASSERT_TRUE(at(moment(26, 9)));
  EXPECT_EQ(at(moment(26, 9))->status, DueStatus::kMissing);
  const auto meant =
      here_.read([&](Sql& sql) { return dues_meant(sql, "viettel-70", "result", moment(25, 16)); });
  EXPECT_EQ(std::get<std::vector<DueKey>>(meant), std::vector{key});
}

TEST_P(Dues, RegistersCountCompletenessAndTimeliness) {
  // Viettel: on time on the 25th, only a call on the 26th. MobiFone: late on the 25th. VNPT:
  // nothing.
  here_.hand_in("viettel-70", Channel::kCall, moment(25, 15), eleven(9120));
  here_.hand_in("viettel-70", Channel::kApi, moment(25, 15), eleven(9120));
  here_.hand_in("viettel-70", Channel::kCall, moment(26, 15), eleven(9130));
  here_.hand_in("mobifone-70", Channel::kCall, moment(25, 15), eleven(2050));
  here_.hand_in("mobifone-70", Channel::kApi, moment(25, 16, 30), eleven(2050));
  DueQuery query;
  query.task = "bp-5.2";
  query.from = moment(25, 0);
  query.to = moment(28, 0);
  query.statuses = {DueStatus::kLate, DueStatus::kMissing};
  const auto found = here_.read([&](Sql& sql) { return look_up(sql, query, moment(26, 17)); });
  // Late: MobiFone's 25th. Missing: VNPT's 25th, and all three on the 26th.
  EXPECT_EQ(found.dues.size(), 5U);
  ASSERT_EQ(found.tallies.size(), 3U);
  const auto& mobifone = found.tallies[0];
  EXPECT_EQ(mobifone.body, "mobifone-70");
  EXPECT_EQ((std::vector{mobifone.dues, mobifone.came, mobifone.on_time, mobifone.late,
                         mobifone.missing, mobifone.open}),
            (std::vector{2, 1, 0, 1, 1, 1}));
  const auto& viettel = found.tallies[1];
  EXPECT_EQ((std::vector{viettel.dues, viettel.came, viettel.on_time, viettel.missing}),
            (std::vector{2, 1, 1, 1}));

  query.statuses.clear();
  query.to = moment(26, 0);
  const auto told = here_.read([&](Sql& sql) { return alerts(sql, query, moment(26, 17)); });
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].kind, "late");
  EXPECT_EQ(told[0].at, moment(25, 16, 30));
  EXPECT_EQ(told[0].says,
            "MobiFone Bình Phước báo cáo trễ 30 phút, hạn 16:00 ngày 25/8/2020 (tệp).");
  EXPECT_EQ(told[1].kind, "missing");
  EXPECT_EQ(told[1].says,
            "VNPT Bình Phước chưa báo cáo, hạn 16:00 ngày 25/8/2020 (điện thoại và tệp).");
  // Who may see only Viettel learns nothing of the others.
  query.sees = [](std::string_view body) -> Result<bool> { return body == "viettel-70"; };
  EXPECT_TRUE(here_.read([&](Sql& sql) { return alerts(sql, query, moment(26, 17)); }).empty());
}

}  // namespace
}  // namespace bz::campaign
