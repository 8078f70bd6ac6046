#include "campaign/reports.h"

#include "campaign/reports_here.h"

namespace bz::campaign {
namespace {

class Reports : public OnReports {};
BZ_ON_BOTH_STORES(Reports);

TEST_P(Reports, TheSameKeyWithTheSameBytesGivesTheSameReceiptAndTimeAndNoSecondReport) {
  auto report = here_.report("viettel-70", Channel::kApi, moment(25, 15, 58), eleven(9210));
  const auto first = here_.hand_in(report);
  EXPECT_EQ(first.number, "BC-2020-000001");
  EXPECT_FALSE(first.is_repeated);
  report.received_at = moment(25, 16, 5);
  const auto again = here_.hand_in(report);
  EXPECT_TRUE(again.is_repeated);
  EXPECT_EQ(again.number, first.number);
  EXPECT_EQ(again.received_at, moment(25, 15, 58));
  EXPECT_EQ(again.dues, first.dues);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM report"), 1);

  report.original.content.push_back('!');
  const auto refusal = here_.refused(here_.try_submit(report));
  EXPECT_EQ(refusal.status, 409);
  EXPECT_EQ(refusal.faults.at(0).cell, "Idempotency-Key");
  // Another body's or account's key is another key.
  report.account = "nga";
  report.reason = "gửi lại";
  EXPECT_EQ(here_.hand_in(report).number, "BC-2020-000002");
}

TEST_P(Reports, OfADrillTakeNoTrueOnesPlaceAndAreMarkedInTheRegister) {
  auto report = here_.report("viettel-70", Channel::kApi, moment(25, 15), eleven(9210));
  report.is_illustrative = true;
  EXPECT_FALSE(here_.hand_in(report).is_repeated);
  EXPECT_TRUE(here_.due(due_of("viettel-70"), moment(25, 15, 30)).is_illustrative);
  report.is_illustrative = false;
  report.reason = "số thật";
  const auto true_one = here_.hand_in(report);  // the same key and bytes
  EXPECT_FALSE(true_one.is_repeated);
  EXPECT_FALSE(here_.find(true_one.report).is_illustrative);
  EXPECT_FALSE(here_.due(due_of("vnpt-70"), moment(25, 15, 30)).is_illustrative);
}

TEST_P(Reports, WhatCameIsKeptWholeWithItsLinesAndItsOriginal) {
  auto report = here_.report("viettel-70", Channel::kXlsx, moment(25, 15, 58), eleven(9210));
  report.lines[0].values.push_back(count("subscriptions", 30'000));
  report.lines[0].values.push_back({"rate", 3070, "30,7", "D7"});
  report.lines[0].values.push_back(words("note", "chợ mới"));
  report.stated = moment(25, 15, 30);
  report.on_behalf = true;
  const auto receipt = here_.hand_in(report);
  const auto kept = here_.find(receipt.report);
  EXPECT_EQ(kept.receipt, receipt.number);
  EXPECT_EQ(kept.stated, moment(25, 15, 30));
  EXPECT_TRUE(kept.on_behalf);
  EXPECT_EQ(kept.original, sha256(report.original.content));
  ASSERT_EQ(kept.lines.size(), 11U);
  EXPECT_EQ(kept.lines[0].subject, "688@2020-06-01");
  ASSERT_EQ(kept.lines[0].cells.size(), 4U);  // in the order of the form
  EXPECT_EQ(kept.lines[0].cells[0].column, "installed");
  EXPECT_EQ(kept.lines[0].cells[1].words, "30,7");
  EXPECT_EQ(kept.lines[0].cells[2].words, "chợ mới");
  EXPECT_EQ(kept.lines[0].cells[3].number, 30'000);
  EXPECT_FALSE(kept.lines[0].cells[1].figure);  // a rate is never a figure
  ASSERT_TRUE(kept.lines[0].cells[0].figure);
  const auto figure =
      here_.read([&](Sql& sql) { return find_figure(sql, *kept.lines[0].cells[0].figure); });
  EXPECT_EQ(figure->source, "operator:viettel-70");
  EXPECT_EQ(figure->measure, "app_installed_sim");
  EXPECT_EQ(figure->value, 9210);
  EXPECT_EQ(figure->leg, Leg::kFile);
  EXPECT_EQ(figure->state, State::kProvisional);
  EXPECT_EQ(figure->id.cut_off, moment(25, 16));
  EXPECT_EQ(figure->reference, "BC-2020-000001/1");
  const auto original = here_.read([&](Sql& sql) { return find_original(sql, kept.original); });
  EXPECT_EQ(original->content, report.original.content);
  EXPECT_EQ(original->name, "bao-cao.csv");
  const auto by_receipt =
      here_.read([&](Sql& sql) { return find_report_by_receipt(sql, receipt.number); });
  EXPECT_EQ(by_receipt->id, receipt.report);
  EXPECT_FALSE(here_.read([](Sql& sql) { return find_report_by_receipt(sql, "BC-2020-x"); }));
}

TEST_P(Reports, OneFileAnswersTwoDuesOnlyWhenItNamesBoth) {
  auto report = here_.report("viettel-70", Channel::kMail, moment(28, 15, 30), eleven(9400));
  EXPECT_EQ(here_.refused(here_.try_submit(report)).faults.at(0).cell, "dues");
  report.dues = {due_of("viettel-70", 28, "bp-5.1")};
  here_.hand_in(report);
  EXPECT_EQ(here_.due(due_of("viettel-70", 28, "bp-5.1"), moment(28, 17)).status,
            DueStatus::kOnTime);
  EXPECT_EQ(here_.due(due_of("viettel-70", 28), moment(28, 17)).file.versions, 0);

  auto both = here_.report("mobifone-70", Channel::kMail, moment(28, 15, 30), eleven(2100));
  both.dues = {due_of("mobifone-70", 28, "bp-5.1"), due_of("mobifone-70", 28)};
  const auto receipt = here_.hand_in(both);
  EXPECT_EQ(receipt.dues.size(), 2U);
  EXPECT_EQ(here_.due(due_of("mobifone-70", 28, "bp-5.1"), moment(28, 17)).status,
            DueStatus::kOnTime);
  EXPECT_EQ(here_.due(due_of("mobifone-70", 28), moment(28, 17)).lacking,
            std::vector<Leg>{Leg::kPhone});
  // Each due has its figures.
  EXPECT_EQ(here_.counts("mobifone-70", "688", moment(28, 16)), 2100);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM report_figure WHERE report = 2"), 22);
}

TEST_P(Reports, ADueOfAnotherBodyOrOfNobodyIsNotThere) {
  auto report = here_.report("viettel-70", Channel::kApi, moment(25, 15), eleven(1));
  report.dues = {due_of("vnpt-70")};
  EXPECT_EQ(here_.refused(here_.try_submit(report)).status, 404);
  report.dues = {{"bp-5.2", "viettel-70", moment(25, 15)}};
  EXPECT_EQ(here_.refused(here_.try_submit(report)).status, 404);
  report.body = "fpt-70";
  EXPECT_EQ(here_.refused(here_.try_submit(report)).status, 404);
}

TEST_P(Reports, WhatIsNotOfTheFormIsRefusedCellByCellAndNothingIsKept) {
  auto report = here_.report("viettel-70", Channel::kCsv, moment(25, 15), eleven(9210));
  report.lines.push_back(row("688", 5));                          // twice
  report.lines.push_back(row("842", 5));                          // Trà Vinh
  report.lines[1].values[0] = {"installed", -1, "-1", "C8"};      // below zero
  report.lines[2].values.push_back({"colour", 1, "", "G9"});      // no such column
  report.lines[3].values.push_back({"installed", 7, "", "C10"});  // twice in a row
  report.lines[4].nothing = true;                                 // and a number
  const auto refusal = here_.refused(here_.try_submit(report));
  EXPECT_EQ(refusal.status, 422);
  std::vector<std::string> cells;
  for (const auto& one : refusal.faults) cells.push_back(one.cell);
  EXPECT_EQ(cells, (std::vector<std::string>{"688@2020-06-01", "842@2020-06-01", "C8", "G9", "C10",
                                             "692@2020-06-01.installed"}));
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM report"), 0);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM figure WHERE reference LIKE 'BC-%'"), 0);

  EXPECT_EQ(
      here_.refused(here_.try_submit(here_.report("viettel-70", Channel::kCsv, moment(25, 15), {})))
          .faults.at(0)
          .cell,
      "lines");
}

TEST_P(Reports, AFallAsksForANoteInItsRowAndByMailStaysAQuestion) {
  here_.hand_in("viettel-70", Channel::kApi, moment(25, 15), eleven(9210));
  auto fallen = here_.report("viettel-70", Channel::kApi, moment(26, 15), eleven(9000));
  const auto refusal = here_.refused(here_.try_submit(fallen));
  ASSERT_EQ(refusal.faults.size(), 1U);
  EXPECT_EQ(refusal.faults[0].cell, "688@2020-06-01.installed");
  EXPECT_NE(refusal.faults[0].says_en.find("falls below 9,210"), std::string::npos);

  auto mailed = fallen;
  mailed.channel = Channel::kMail;
  mailed.idempotency_key = "mail";
  const auto checked = here_.taken(here_.read([&](Sql& sql) { return check_report(sql, mailed); }));
  EXPECT_EQ(checked.questions.size(), 1U);
  EXPECT_EQ(checked.figures.size(), 11U);
  const auto receipt = here_.hand_in(mailed);
  ASSERT_EQ(receipt.questions.size(), 1U);
  EXPECT_EQ(receipt.questions[0].finding.check, "falls");
  EXPECT_EQ(here_.find(receipt.report).questions.size(), 1U);

  fallen.received_at = moment(27, 15);
  fallen.lines[0].values.push_back(words("note", "bỏ máy trùng"));
  EXPECT_TRUE(here_.hand_in(fallen).questions.empty());
}

TEST_P(Reports, ATimeOfAnotherDayOrStillToComeIsAskedAbout) {
  const auto at = [](Instant stated, std::string cell) {
    return Value{"reported_at", to_ms(stated), "", std::move(cell)};
  };
  auto report = here_.report("viettel-70", Channel::kXlsx, moment(25, 15, 58), eleven(9210));
  report.lines[0].values.push_back(at(moment(26, 15), "E2"));
  report.lines[1].values.push_back(at(moment(24, 15), "E3"));
  report.lines[2].values.push_back(at(moment(25, 15), "E4"));
  report.lines[3].values.push_back(at(moment(25, 16, 30), "E5"));  // clocks differ
  report.lines[4].values.push_back(at(moment(24, 15), "E6"));
  report.lines[4].values.push_back(words("note", "chốt hôm trước"));
  const auto refusal = here_.refused(here_.try_submit(report));
  ASSERT_EQ(refusal.faults.size(), 2U);
  EXPECT_EQ(refusal.faults[0].cell, "E2");
  EXPECT_EQ(refusal.faults[0].says_en, "This time lies after the report came.");
  EXPECT_EQ(refusal.faults[1].cell, "E3");
  EXPECT_EQ(refusal.faults[1].says_en, "This time is not of the due's day.");
  report.channel = Channel::kMail;  // nobody can be asked
  EXPECT_EQ(here_.hand_in(report).questions.size(), 2U);
}

TEST_P(Reports, MoreThanItsWholeCannotBeAndIsRefusedByMailToo) {
  auto report = here_.report("viettel-70", Channel::kMail, moment(25, 15), eleven(9210));
  report.lines[0].values.push_back(count("subscriptions", 9'000));
  report.lines[0].values.push_back(words("note", "đúng"));
  const auto refusal = here_.refused(here_.try_submit(report));
  ASSERT_EQ(refusal.faults.size(), 1U);
  EXPECT_NE(refusal.faults[0].says.find("9.210 lớn hơn"), std::string::npos);
}

TEST_P(Reports, ARateThatDoesNotFollowFromItsCountsIsAskedAtItsOwnDecimals) {
  // 9,210 of 30,000 is 30.70 %: "30,7" and "30,70" are right, "31,0" is not.
  auto report = here_.report("viettel-70", Channel::kApi, moment(25, 15), eleven(9210));
  report.lines[0].values.push_back(count("subscriptions", 30'000));
  report.lines[0].values.push_back({"rate", 3100, "31,0", "D7"});
  const auto refusal = here_.refused(here_.try_submit(report));
  ASSERT_EQ(refusal.faults.size(), 1U);
  EXPECT_NE(refusal.faults[0].says_en.find("computed it is 30.70"), std::string::npos);
  report.lines[0].values[2] = {"rate", 3070, "30,7", "D7"};
  here_.hand_in(report);
}

TEST_P(Reports, AcceptedNumbersAreAcceptedFiguresAndASecondTimeChangesNothing) {
  const auto receipt = here_.hand_in("viettel-70", Channel::kApi, moment(25, 15), eleven(9210));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16), Counts::kAcceptedOnly), std::nullopt);
  const auto accepted = here_.accept(receipt.report, moment(25, 17));
  EXPECT_EQ(accepted.state, ReportState::kAccepted);
  EXPECT_EQ(accepted.decided_by, "binh");
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16), Counts::kAcceptedOnly), 9210);
  EXPECT_EQ(
      here_.counts("viettel-70", "688", moment(25, 16), Counts::kAcceptedOnly, moment(25, 16, 59)),
      std::nullopt);
  const auto figures = here_.number("SELECT COUNT(*) FROM figure");
  here_.accept(receipt.report, moment(25, 18));
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM figure"), figures);
  // What was accepted is corrected, not returned.
  EXPECT_EQ(here_.refused(here_.try_decide({receipt.report, false, "sai"}, moment(25, 18))).status,
            409);
}

TEST_P(Reports, AReturnNeedsAReasonAndWhatCountedBeforeCountsAgain) {
  here_.hand_in("viettel-70", Channel::kCall, moment(25, 15, 52), eleven(9120));
  const auto file = here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9210);
  EXPECT_EQ(here_.refused(here_.try_decide({file.report, false, ""}, moment(25, 17))).status, 422);
  here_.send_back(file.report, moment(25, 17));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9120);  // as said on the telephone
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16), Counts::kProvisionalToo,
                         moment(25, 16, 30)),
            9210);  // as it was known then
  EXPECT_EQ(here_.refused(here_.try_decide({file.report, true, ""}, moment(25, 18))).status, 409);

  const auto again = here_.hand_in("viettel-70", Channel::kMail, moment(25, 18), eleven(9200));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9200);
  // Returned, too: the first file's number does not come back.
  here_.send_back(again.report, moment(25, 19));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9120);
}

TEST_P(Reports, OnlyTheNewestVersionOfALegIsDecided) {
  const auto first = here_.hand_in("viettel-70", Channel::kApi, moment(25, 14), eleven(9210));
  auto second = here_.report("viettel-70", Channel::kApi, moment(25, 15), eleven(9215));
  second.reason = "thiếu chợ";
  const auto newer = here_.hand_in(second);
  EXPECT_FALSE(here_.find(first.report).is_newest);
  EXPECT_EQ(here_.refused(here_.try_decide({first.report, true, ""}, moment(25, 16))).status, 409);
  here_.accept(newer.report, moment(25, 16));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16), Counts::kAcceptedOnly), 9215);
  const auto versions = here_.read([](Sql& sql) { return reports_of(sql, due_of("viettel-70")); });
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[1].dues[0].version, 2);
  EXPECT_EQ(versions[1].reason, "thiếu chợ");
}

TEST_P(Reports, AcceptingTheTelephoneAfterTheFileCameTakesNothingFromTheFile) {
  const auto call = here_.hand_in("viettel-70", Channel::kCall, moment(25, 15, 52), eleven(9120));
  here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  here_.accept(call.report, moment(25, 17));
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9210);
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16), Counts::kAcceptedOnly), std::nullopt);
}

TEST_P(Reports, OwnersAreCountedOfTheBodyItselfAndResultsAreWords) {
  auto task = daily_task();
  task.id = "cbcc";
  task.form = "owners";
  task.legs = {false, true};
  task.rule = *vi::read_deadline("đến ngày 30/8/2020");
  task.bodies = {"so-tttt-70"};
  here_.make(task);
  auto report = here_.report("so-tttt-70", Channel::kWeb, moment(29, 9), {});
  report.form = "owners";
  report.lines = {{"so-tttt-70",
                   {count("headcount", 40), count("owners", 38), count("installed", 38),
                    count("bluetooth_on", 37), count("relatives", 90)},
                   false,
                   {}}};
  const auto receipt = here_.hand_in(report);
  EXPECT_EQ(receipt.dues.at(0).due_before, moment(31, 0));
  const auto owners = here_.read([](Sql& sql) {
    return latest(sql, "so-tttt-70", "smartphone_owners", "department:so-tttt-70",
                  {moment(31, 0), Instant::max(), Counts::kProvisionalToo});
  });
  EXPECT_EQ(owners->value, 38);
  // Bluetooth on by more than have it cannot be.
  report.idempotency_key = "other";
  report.reason = "sửa";
  report.lines[0].values[3] = count("bluetooth_on", 39);
  EXPECT_EQ(here_.refused(here_.try_submit(report)).status, 422);

  task.id = "ket-qua";
  task.form = "result";
  here_.make(task);
  auto result = here_.report("so-tttt-70", Channel::kWeb, moment(29, 9), {});
  result.form = "result";
  result.lines = {{"so-tttt-70", {words("results", "Đã phát 20 buổi.")}, false, {}}};
  EXPECT_TRUE(here_.hand_in(result).is_complete());
}

}  // namespace
}  // namespace bz::campaign
