#include "campaign/calls.h"

#include <algorithm>

#include "campaign/consolidated.h"
#include "campaign/reconciliation.h"
#include "campaign/registers.h"
#include "campaign/reports_here.h"

namespace bz::campaign {
namespace {

class Calls : public OnReports {
 protected:
  Outcome<BegunCall> try_begin(const NewCall& call, Instant now) {
    return here_.write([&](Sql& sql) { return begin_call(sql, call, now); });
  }
  PhoneCall begin(std::string body, Instant now) {
    NewCall call;
    call.body = std::move(body);
    call.form = "bm1";
    call.account = "truc";
    call.key = "call-" + std::to_string(to_ms(now)) + call.body;
    call.spoken_with = "người phụ trách báo cáo";
    return here_.taken(try_begin(call, now)).call;
  }
  Outcome<CallAnswer> try_enter(std::int64_t call, std::vector<Line> lines, Instant now,
                                std::string_view not_agreed = {}) {
    CallEntry entry;
    entry.call = call;
    for (auto& line : lines) {
      const bool agreed = line.subject != not_agreed;
      entry.lines.push_back({std::move(line), agreed});
    }
    return here_.write([&](Sql& sql) { return enter_call(sql, entry, "truc", now); });
  }
  CallAnswer enter(std::int64_t call, std::vector<Line> lines, Instant now,
                   std::string_view not_agreed = {}) {
    return here_.taken(try_enter(call, std::move(lines), now, not_agreed));
  }
  Reconciliation reconciled(const DueKey& due) {
    auto found = here_.read([&](Sql& sql) { return reconcile(sql, due); });
    EXPECT_TRUE(found);
    return found.value_or(Reconciliation{});
  }
  Outcome<ReconciledCell> try_decide(const CellDecision& decision, Instant now) {
    return here_.write([&](Sql& sql) { return decide(sql, decision, "nga", now); });
  }
};
BZ_ON_BOTH_STORES(Calls);

TEST_P(Calls, ACallsReportIsReceivedWhenTheCallBegan) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  const auto answer = enter(call.id, eleven(9120), moment(25, 16, 1));
  ASSERT_TRUE(answer.receipt);
  EXPECT_EQ(answer.receipt->received_at, moment(25, 15, 52));
  EXPECT_EQ(answer.call.state, CallState::kFinished);
  const auto report = here_.find(answer.receipt->report);
  EXPECT_EQ(report.channel, Channel::kCall);
  EXPECT_TRUE(report.on_behalf);
  EXPECT_EQ(report.account, "truc");
  const auto original = here_.read([&](Sql& sql) { return find_original(sql, report.original); });
  const std::string text(original->content.begin(), original->content.end());
  EXPECT_NE(text.find("688@2020-06-01\tinstalled=9120\tđã đọc lại, đồng ý"), std::string::npos);

  // Finishing again, as after an answer that was lost, gives the same receipt.
  EXPECT_EQ(enter(call.id, eleven(9120), moment(25, 16, 2)).receipt->number,
            answer.receipt->number);
  EXPECT_EQ(here_.refused(try_enter(call.id, eleven(9121), moment(25, 16, 2))).status, 409);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM report"), 1);
}

TEST_P(Calls, ThatBeganAsADrillMakeAnIllustrativeReport) {
  NewCall call;
  call.body = "viettel-70";
  call.form = "bm1";
  call.account = "truc";
  call.key = "drill";
  call.is_drill = true;
  const auto begun = here_.taken(try_begin(call, moment(25, 15, 52))).call;
  const auto answer = enter(begun.id, eleven(9120), moment(25, 16, 1));
  ASSERT_TRUE(answer.receipt);
  EXPECT_TRUE(here_.find(answer.receipt->report).is_illustrative);
}

TEST_P(Calls, AreNotInTheWayOfTheirCallersOwnKeys) {
  unsigned day = 25;
  for (const auto* key : {"1", "call:1"}) {
    auto report = here_.report("viettel-70", Channel::kApi, moment(day++, 15), eleven(9120));
    report.account = "truc";
    report.idempotency_key = key;
    here_.hand_in(report);
  }
  const auto call = begin("viettel-70", moment(27, 15, 52));
  EXPECT_EQ(call.id, 1);
  EXPECT_TRUE(enter(call.id, eleven(9120), moment(27, 16, 1)).receipt);
}

TEST_P(Calls, ARowThatWasNotAgreedIsAskedAgainAndNothingCountsUntilThen) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  const auto first = enter(call.id, eleven(9120), moment(25, 15, 55), district("688"));
  EXPECT_FALSE(first.receipt);
  EXPECT_EQ(first.to_ask, std::vector<std::string>{district("688")});
  EXPECT_EQ(first.call.lines.size(), 11U);
  EXPECT_EQ(here_.number("SELECT COUNT(*) FROM report"), 0);
  const auto open = here_.read([](Sql& sql) { return open_calls(sql); });
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].lines[0].line.values.at(0).number, 9120);
  EXPECT_FALSE(open[0].lines[0].agreed);

  EXPECT_TRUE(enter(call.id, eleven(9210), moment(25, 15, 57)).receipt);
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9210);
  EXPECT_TRUE(here_.read([](Sql& sql) { return open_calls(sql); }).empty());
}

TEST_P(Calls, ACallThatIsNeverFinishedIsShownUntilItIsBrokenOffWithAReason) {
  const auto call = begin("vnpt-70", moment(25, 15, 50));
  DueQuery query;
  query.body = "vnpt-70";
  query.from = moment(25, 0);
  query.to = moment(26, 0);
  const auto kinds = [&](Instant now) {
    std::vector<std::string> all;
    for (const auto& alert : here_.read([&](Sql& sql) { return alerts(sql, query, now); })) {
      all.push_back(alert.kind);
    }
    return all;
  };
  EXPECT_TRUE(kinds(moment(25, 15, 59)).empty());
  EXPECT_EQ(kinds(moment(25, 16)), (std::vector<std::string>{"missing", "call_open"}));
  // After an hour its beginning is not believed any more.
  EXPECT_EQ(here_.refused(try_enter(call.id, eleven(70), moment(25, 16, 51))).status, 409);
  const auto try_end = [&](std::string reason) {
    return here_.write([&](Sql& sql) { return break_off(sql, call.id, reason, moment(25, 17)); });
  };
  EXPECT_EQ(here_.refused(try_end("")).status, 422);
  EXPECT_EQ(here_.taken(try_end("mất sóng")).state, CallState::kBrokenOff);
  EXPECT_EQ(kinds(moment(25, 17)), std::vector<std::string>{"missing"});
  EXPECT_EQ(here_.read([](Sql& sql) { return calls(sql, moment(25, 0), moment(26, 0)); }).size(),
            1U);
}

TEST_P(Calls, PressingCallBeginsTwiceIsOneCallAndARefusedReportKeepsItsRows) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  EXPECT_EQ(begin("viettel-70", moment(25, 15, 52)).id, call.id);
  // Of another caller, or for another due, it is another call, which needs a key of its own.
  NewCall again;
  again.body = "viettel-70";
  again.form = "bm1";
  again.account = "truc";
  again.key = "call-" + std::to_string(to_ms(moment(25, 15, 52))) + again.body;
  again.spoken_with = "người phụ trách báo cáo";
  EXPECT_TRUE(here_.taken(try_begin(again, moment(25, 15, 53))).is_repeated);
  again.spoken_with = "phó phòng";
  EXPECT_EQ(here_.refused(try_begin(again, moment(25, 15, 53))).status, 409);
  again.spoken_with = "người phụ trách báo cáo";
  again.dues = {due_of("viettel-70")};
  EXPECT_EQ(here_.refused(try_begin(again, moment(25, 15, 53))).status, 409);
  auto lines = eleven(9120);
  lines.push_back(row("842", 3));
  const auto answer = enter(call.id, lines, moment(25, 15, 55));
  ASSERT_TRUE(answer.refused);
  EXPECT_EQ(answer.refused->faults.at(0).cell, "842@2020-06-01");
  EXPECT_EQ(answer.call.lines.size(), 12U);
  EXPECT_EQ(answer.call.state, CallState::kOpen);
}

TEST_P(Calls, TheTwoLegsAreHeldAgainstEachOtherCellByCell) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  auto said = eleven(9120);
  said.pop_back();  // 698 was not said
  enter(call.id, said, moment(25, 15, 55));
  auto written = eleven(9210);
  written[1].values.push_back(count("subscriptions", 50'000));
  here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), written);
  const auto found = reconciled(due_of("viettel-70"));
  ASSERT_EQ(found.cells.size(), 12U);  // eleven rows, and one count of subscriptions
  EXPECT_EQ(found.cells[0].agreement, Agreement::kDiffers);
  EXPECT_TRUE(found.cells[0].is_flagged());
  EXPECT_EQ(found.cells[0].phone, 9120);
  EXPECT_EQ(found.cells[0].file, 9210);
  EXPECT_EQ(found.cells[0].counting, 9210);  // the file counts meanwhile
  EXPECT_EQ(found.cells[1].agreement, Agreement::kEqual);
  EXPECT_EQ(found.cells[2].column, "subscriptions");
  EXPECT_EQ(found.cells[2].agreement, Agreement::kOnlyFile);
  EXPECT_EQ(found.cells[11].agreement, Agreement::kOnlyFile);
}

TEST_P(Calls, ADecisionBetweenTheLegsIsANewVersionWithItsReason) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  enter(call.id, eleven(9120), moment(25, 15, 55));
  here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  const auto cell = reconciled(due_of("viettel-70")).cells.at(0);
  CellDecision decision{due_of("viettel-70"), *cell.counts, 9120, ""};
  EXPECT_EQ(here_.refused(try_decide(decision, moment(25, 17))).status, 422);
  decision.reason = "tệp đánh máy nhầm";
  const auto decided = here_.taken(try_decide(decision, moment(25, 17)));
  EXPECT_TRUE(decided.is_decided);
  EXPECT_FALSE(decided.is_flagged());
  EXPECT_EQ(decided.counting, 9120);
  EXPECT_EQ(decided.decided_by, "nga");
  EXPECT_EQ(here_.counts("viettel-70", "688", moment(25, 16)), 9120);
  EXPECT_FALSE(decided.is_illustrative);
  // Both stay.
  EXPECT_EQ(decided.phone, 9120);
  EXPECT_EQ(decided.file, 9210);
  // Who looked before may not decide over it.
  EXPECT_EQ(here_.refused(try_decide(decision, moment(25, 18))).status, 409);
  // Where they agree there is nothing to decide.
  const auto equal = reconciled(due_of("viettel-70")).cells.at(1);
  EXPECT_EQ(here_.refused(try_decide({due_of("viettel-70"), *equal.counts, 5, "x"}, moment(25, 18)))
                .status,
            409);
  DueQuery query;
  query.from = moment(25, 0);
  query.to = moment(26, 0);
  EXPECT_TRUE(here_.read([&](Sql& sql) { return flagged(sql, query, moment(25, 18)); }).empty());
}

// The file that is accepted decides for its number, by whoever accepted it, and both stay.
TEST_P(Calls, AcceptingTheFileDecidesOnlyWhereTheLegsDifferAndHidesNothing) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  enter(call.id, eleven(9120), moment(25, 15, 55));
  const auto file = here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  here_.accept(file.report, moment(25, 17));
  const auto cells = reconciled(due_of("viettel-70")).cells;
  EXPECT_EQ(cells.at(0).agreement, Agreement::kDiffers);
  EXPECT_EQ(cells.at(0).phone, 9120);
  EXPECT_EQ(cells.at(0).file, 9210);
  EXPECT_EQ(cells.at(0).counting, 9210);
  EXPECT_TRUE(cells.at(0).is_decided);
  EXPECT_TRUE(cells.at(0).is_by_acceptance);
  EXPECT_EQ(cells.at(0).decided_by, "binh");
  EXPECT_EQ(cells.at(0).reason, "");
  for (std::size_t i = 1; i < cells.size(); ++i) {
    EXPECT_EQ(cells[i].agreement, Agreement::kEqual) << i;
    EXPECT_FALSE(cells[i].is_decided) << i;
  }
  // The day still has it among what differs; only nobody has to decide it any more.
  DueQuery query;
  query.from = moment(25, 0);
  query.to = moment(26, 0);
  const auto now = moment(25, 18);
  EXPECT_EQ(here_.read([&](Sql& sql) { return differing(sql, query, now); }).size(), 1U);
  EXPECT_TRUE(here_.read([&](Sql& sql) { return flagged(sql, query, now); }).empty());
}

TEST_P(Calls, ACallAfterTheFileWasAcceptedIsNobodysDecisionYet) {
  const auto file = here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 40), eleven(9210));
  here_.accept(file.report, moment(25, 15, 50));
  const auto call = begin("viettel-70", moment(25, 15, 52));
  enter(call.id, eleven(9120), moment(25, 15, 55));
  const auto cell = reconciled(due_of("viettel-70")).cells.at(0);
  EXPECT_TRUE(cell.is_flagged());
  EXPECT_EQ(cell.counting, 9210);
}

TEST_P(Calls, WhoDecidedAndWhyStaysWhenTheReportIsAccepted) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  enter(call.id, eleven(9120), moment(25, 15, 55));
  const auto file = here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  const auto cell = reconciled(due_of("viettel-70")).cells.at(0);
  here_.taken(
      try_decide({due_of("viettel-70"), *cell.counts, 9120, "tệp đánh máy nhầm"}, moment(25, 17)));
  here_.accept(file.report, moment(25, 18));
  const auto after = reconciled(due_of("viettel-70")).cells;
  EXPECT_EQ(after.at(0).agreement, Agreement::kDiffers);
  EXPECT_EQ(after.at(0).counting, 9120);
  EXPECT_TRUE(after.at(0).is_decided);
  EXPECT_FALSE(after.at(0).is_by_acceptance);
  EXPECT_EQ(after.at(0).decided_by, "nga");
  EXPECT_EQ(after.at(0).reason, "tệp đánh máy nhầm");
  EXPECT_EQ(std::ranges::count_if(after, &ReconciledCell::is_decided), 1);
}

TEST_P(Calls, AConsolidatedReportHoldsAcceptedNumbersFrozenAndTraceable) {
  const auto viettel =
      here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  here_.hand_in("mobifone-70", Channel::kMail, moment(25, 16, 20), eleven(2050));
  here_.accept(viettel.report, moment(25, 17));
  const auto draft = [&](Instant now) {
    return here_.taken(here_.write([&](Sql& sql) {
      return consolidate(sql, {"bp-5.2", moment(25, 16), {}}, "lan", now);
    }));
  };
  const auto made = draft(moment(25, 18));
  ASSERT_EQ(made.values.size(), 11U);  // MobiFone's are not accepted
  EXPECT_EQ(made.values[0].subject, "688@2020-06-01");
  EXPECT_EQ(made.values[0].value, 9210);
  EXPECT_EQ(made.values[0].receipt, viettel.number);
  EXPECT_EQ(made.values[0].line, 1);
  EXPECT_EQ(made.values[0].report, viettel.report);
  // From a value to the bytes that came.
  const auto report = here_.find(*made.values[0].report);
  EXPECT_TRUE(here_.read([&](Sql& sql) { return find_original(sql, report.original); }));
  // 9,210 + 1,000 + 1,100 + … + 1,900 = 9,210 + 14,500
  ASSERT_EQ(made.sums.size(), 12U);
  EXPECT_EQ(made.sums.back().subject, "");
  EXPECT_EQ(made.sums.back().sum, 23'710);
  EXPECT_EQ(made.sums.back().of, 1);
  ASSERT_EQ(made.bodies.size(), 3U);  // in the order of the task
  EXPECT_EQ(made.bodies[0].body, "viettel-70");
  EXPECT_TRUE(made.bodies[0].is_accepted);
  EXPECT_EQ(made.bodies[1].status, DueStatus::kMissing);  // no call
  EXPECT_EQ(made.bodies[1].lacking, std::vector<Leg>{Leg::kPhone});
  EXPECT_TRUE(made.bodies[1].report);
  EXPECT_FALSE(made.bodies[1].is_accepted);
  EXPECT_FALSE(made.bodies[2].report);

  // A correction the next day leaves it as it was, and marked.
  here_.write([&](Sql& sql) -> Result<int> {
    Correction correction;
    correction.value = 9300;
    correction.state = State::kAccepted;
    correction.reference = "điện báo 26/8";
    correction.reason = "cộng thiếu";
    const auto done = correct(sql, made.values[0].figure, correction, "nga", moment(26, 9));
    if (!done) return done.error();
    return 0;
  });
  const auto later = here_.read([&](Sql& sql) { return find_consolidated(sql, made.id); });
  ASSERT_TRUE(later);
  EXPECT_EQ(later->values[0].value, 9210);
  EXPECT_TRUE(later->values[0].corrected_since);
  EXPECT_FALSE(later->values[1].corrected_since);
  EXPECT_EQ(draft(moment(26, 10)).values[0].value, 9300);
  EXPECT_EQ(here_.read([](Sql& sql) { return consolidated_reports(sql, "bp-5.2"); }).size(), 2U);
  EXPECT_EQ(here_
                .refused(here_.write([](Sql& sql) {
                  return consolidate(sql, {"bp-5.2", moment(25, 17), {}}, "lan", moment(25, 18));
                }))
                .status,
            404);
}

// Model, section 5: the operators of Bình Phước on 25 August 2020.
TEST_P(Calls, TheTwentyFifthOfAugustInBinhPhuoc) {
  const auto call = begin("viettel-70", moment(25, 15, 52));
  ASSERT_TRUE(enter(call.id, eleven(9120), moment(25, 15, 56)).receipt);
  here_.hand_in("viettel-70", Channel::kMail, moment(25, 15, 58), eleven(9210));
  const auto other = begin("mobifone-70", moment(25, 15, 40));
  ASSERT_TRUE(enter(other.id, eleven(2050), moment(25, 15, 45)).receipt);
  here_.hand_in("mobifone-70", Channel::kMail, moment(25, 16), eleven(2050));

  const auto now = moment(25, 16);
  EXPECT_EQ(here_.due(due_of("viettel-70"), now).status, DueStatus::kOnTime);
  const auto cells = reconciled(due_of("viettel-70")).cells;
  EXPECT_TRUE(cells.at(0).is_flagged());
  EXPECT_EQ(std::ranges::count_if(cells, &ReconciledCell::is_flagged), 1);
  const auto mobifone = here_.due(due_of("mobifone-70"), now);
  EXPECT_EQ(mobifone.status, DueStatus::kLate);
  EXPECT_EQ(mobifone.lacking, std::vector<Leg>{Leg::kFile});
  EXPECT_EQ(mobifone.late_by, std::chrono::milliseconds{0});
  EXPECT_EQ(here_.due(due_of("vnpt-70"), now).status, DueStatus::kMissing);
  EXPECT_EQ(here_.due(due_of("vnpt-70"), now - std::chrono::milliseconds{1}).status,
            DueStatus::kOpen);
  // 9,210 and 2,050 SIMs in Phước Long; VNPT has none, which is not 0.
  EXPECT_EQ(here_.counts("viettel-70", "688", now), 9210);
  EXPECT_EQ(here_.counts("mobifone-70", "688", now), 2050);
  EXPECT_EQ(here_.counts("vnpt-70", "688", now), std::nullopt);
}

}  // namespace
}  // namespace bz::campaign
