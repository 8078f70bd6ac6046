// What the pages read beside the wall's numbers: deadlines, days, the form of a due, words.
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class PagesRead : public OnCampaign {
 protected:
  PagesRead() {
    here_.grant("chutich", "leader", "VN");
    here_.grant("viettel", "clerk", "viettel-84");
    here_.grant("hoa", "officer", kTraVinh);
  }

  // "trước 16h00 hàng ngày" from 19 to 22 August, of three operators; it is the 20th, 08:00.
  void ask_for_reports() {
    const auto made = here_.post(
        "hoa", "/tasks",
        R"({"id":"tv-1","letter":"3065/UBND-CN XD","path":"5.2","sentence":"hàng ngày",)"
        R"("form":"bm1","legs":"phone+file","due":"trước 16h00 hàng ngày","first":"2020-08-19",)"
        R"("last":"2020-08-22","issued":"2020-08-18T08:00+07:00","receiver":"so-tttt-84",)"
        R"("bodies":["viettel-84","mobifone-84","vnpt-84"]})");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  // Viettel answers the due of that day with nothing to report.
  void hand_in_file(const std::string& due) {
    const auto sent =
        here_.post("viettel", "/reports",
                   R"({"body":"viettel-84","form":"bm1","dues":[")" + due + R"("],"nothing":true})",
                   {}, {{"content-type", "application/json"}, {"idempotency-key", due}});
    ASSERT_EQ(sent.status, 201) << sent.body;
  }
  http::Response deadlines(std::string_view who = "chutich") {
    return here_.get(who, "/wall/deadlines", {{"unit", "84"}});
  }
  std::vector<wire::JsonReader> days(CampaignHere::Query query) {
    const auto answer = here_.get("chutich", "/series", std::move(query));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return objects_in(answer, "days");
  }
};
BZ_ON_BOTH_STORES(PagesRead);

TEST_P(PagesRead, ACodeThatNoUnitHasTodayIsThatOfTheLastOneThatHadIt) {
  here_.clock.set(vi::end_of(*day_from_text("2026-01-01")));
  auto unit = object_in(here_.get("chutich", "/units/84"), "unit");
  EXPECT_EQ(unit.text("key"), kTraVinh);
  EXPECT_EQ(unit.text("valid_to"), "2025-07-01");
  EXPECT_EQ(here_.get("chutich", "/units/84", {{"on", "2026-01-01"}}).status, 404)
      << "on a day that was asked for, nobody has it";
  EXPECT_EQ(here_.get("chutich", "/units/9999").status, 404);
}

TEST_P(PagesRead, TheNextDeadlineNamesWhoHasNotReportedYet) {
  ask_for_reports();
  hand_in_file("tv-1:viettel-84:1597914000000");
  auto next = object_in(deadlines(), "next");
  EXPECT_EQ(next.text("due_before"), "2020-08-20T16:00+07:00");
  EXPECT_EQ(next.integer("left_ms"), 8 * 3'600'000);
  EXPECT_EQ(next.integer("asked"), 3);
  auto waiting = next.objects("waiting");
  ASSERT_TRUE(waiting && waiting->size() == 3);
  // By file it came; by telephone not yet.
  EXPECT_EQ((*waiting)[1].text("body"), "viettel-84");
  EXPECT_EQ((*waiting)[1].text("name"), "Nhà mạng viettel-84");
  EXPECT_EQ((*waiting)[1].texts("lacking"), std::vector<std::string>{"phone"});
  EXPECT_EQ((*waiting)[2].texts("lacking"), (std::vector<std::string>{"phone", "file"}));
}

TEST_P(PagesRead, WhatWasMissedStandsThereForAWeekTheNewestFirst) {
  ask_for_reports();
  auto missed = objects_in(deadlines(), "missed");
  ASSERT_EQ(missed.size(), 3U) << "the due of the 19th";
  EXPECT_EQ(missed[0].text("due_before"), "2020-08-19T16:00+07:00");
  here_.clock.set(vi::at(*day_from_text("2020-08-20"), {16, 0}));
  missed = objects_in(deadlines(), "missed");
  ASSERT_EQ(missed.size(), 6U);
  EXPECT_EQ(missed[0].text("due_before"), "2020-08-20T16:00+07:00");
  EXPECT_EQ(object_in(deadlines(), "next").text("due_before"), "2020-08-21T16:00+07:00");
  here_.clock.set(vi::at(*day_from_text("2020-08-29"), {16, 0}) + minutes{1});
  EXPECT_TRUE(objects_in(deadlines(), "missed").empty());
  EXPECT_EQ(deadlines().body.find("\"next\""), std::string::npos);
}

TEST_P(PagesRead, DeadlinesAreOfTheBodiesOfTheUnitAlone) {
  ask_for_reports();
  EXPECT_TRUE(
      objects_in(here_.get("chutich", "/wall/deadlines", {{"unit", "70"}}), "missed").empty());
  EXPECT_EQ(here_.get("chutich", "/wall/deadlines").status, 400);
  EXPECT_EQ(here_.get("chutich", "/wall/deadlines", {{"unit", "không"}}).status, 400);
}

// Who is of another province, or an operator's, is told that it is not shown: with and without it.
TEST_P(PagesRead, WhatIsNotShownIsSaidToBeSoWhetherItIsThereOrNot) {
  here_.grant("bp", "leader", "70@2020-06-01");
  const auto flag = [](const http::Response& answer, std::string_view name) {
    auto json = wire::JsonReader::parse(answer.body, 4'000'000);
    return json ? json->boolean(name) : std::nullopt;
  };
  const auto said = [&](std::string_view who) {
    return std::pair(flag(here_.get(who, "/wall", {{"unit", "84"}}), "hides_operators"),
                     flag(deadlines(who), "hides_others"));
  };
  const auto all = [&] {
    for (const auto* who : {"bp", "viettel"}) {
      EXPECT_EQ(said(who), std::pair(std::optional(true), std::optional(true))) << who;
    }
    EXPECT_EQ(said("chutich"), std::pair(std::optional(false), std::optional(false)));
  };
  all();
  const auto before = here_.get("bp", "/wall", {{"unit", "84"}}).body;
  here_.figure(kTraVinh, 9'210, "operator:mobifone-84", "app_installed_sim");
  ask_for_reports();
  all();
  EXPECT_EQ(here_.get("bp", "/wall", {{"unit", "84"}}).body, before);
}

TEST_P(PagesRead, ASeriesIsOneEntryADayAndSaysWhatIsNew) {
  // 17 and 19 August were reported, the 18th not: what was said on the 17th still counts then.
  const auto first =
      here_.figure(kTraVinh, 63'700, "department:so-tttt-84", "app_installed", "2020-08-17");
  const auto last = here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
  auto days_read = days({{"subject", "84"}, {"on", "2020-08-19"}, {"days", "4"}});
  ASSERT_EQ(days_read.size(), 4U);
  EXPECT_EQ(days_read[0].text("day"), "2020-08-16");
  EXPECT_FALSE(days_read[0].integer("value"));
  EXPECT_EQ(days_read[0].boolean("is_new"), false);
  EXPECT_EQ(days_read[1].integer("value"), 63'700);
  EXPECT_EQ(days_read[1].text("figure"), to_text(first));
  EXPECT_EQ(days_read[1].boolean("is_new"), true);
  EXPECT_EQ(days_read[2].integer("value"), 63'700);
  EXPECT_EQ(days_read[2].boolean("is_new"), false);
  EXPECT_EQ(days_read[3].text("figure"), to_text(last));
  // 68,400 of 1,009,168 residents, 6.78 %; 63,700 of them are 6.31 %.
  EXPECT_EQ(days_read[3].integer("denominator"), 1'009'168);
  EXPECT_EQ(days_read[3].integer("hundredths"), 678);
  EXPECT_EQ(days_read[1].integer("hundredths"), 631);
}

TEST_P(PagesRead, ASeriesTakesTheDenominatorThatCountedOnEachDay) {
  // A figure counts for three days.
  for (const auto* day : {"2020-08-10", "2020-08-13", "2020-08-16"})
    here_.figure(kTraVinh, 50'000, "department:so-tttt-84", "app_installed", day);
  here_.figure(kTraVinh, 1'000'000, "department:so-tttt-84", "population", "2020-08-14");
  here_.figure(kTraVinh, 500'000, "department:so-tttt-84", "population", "2020-08-18");
  std::string rates;
  for (auto& day : days({{"subject", "84"}, {"on", "2020-08-19"}, {"days", "9"}}))
    rates += std::to_string(day.integer("hundredths").value_or(0)) + " ";
  // From the 11th: of 1,009,168, from the 14th of 1,000,000, from the 18th of 500,000.
  EXPECT_EQ(rates, "495 495 495 500 500 500 500 1000 1000 ");
}

TEST_P(PagesRead, ASeriesIsAsItWasKnownThen) {
  here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
  const CampaignHere::Query before{
      {"subject", "84"}, {"on", "2020-08-19"}, {"days", "1"}, {"as_of", "2020-08-18"}};
  EXPECT_FALSE(days(before)[0].integer("value"));
  for (const auto* wrong : {"0", "93", "x", "-1"})
    EXPECT_EQ(here_.get("chutich", "/series", {{"subject", "84"}, {"days", wrong}}).status, 400);
  EXPECT_EQ(days({{"subject", "84"}}).size(), 28U);
  EXPECT_EQ(days({{"subject", "84"}, {"days", "92"}}).size(), 92U);
  EXPECT_EQ(here_.get("chutich", "/series").status, 400);
  EXPECT_EQ(here_.get("chutich", "/series", {{"subject", "84"}, {"indicator", "x"}}).status, 400);
}

TEST_P(PagesRead, ADuesFormHasItsRowsInOrderWithWhatWasSaidBefore) {
  ask_for_reports();
  // Said for the due of the 19th, at 16:00, and for another source.
  NewFigure said;
  said.subject = kTraVinhCity;
  said.measure = "app_installed_sim";
  said.source = "operator:viettel-84";
  said.cut_off = vi::at(*day_from_text("2020-08-19"), {16, 0});
  said.value = 1'500;
  said.known_at = said.cut_off;
  said.reference = "dòng 1";
  said.by = "account:hoa";
  const auto id = here_.write([&](store::Sql& sql) { return record(sql, said); });
  here_.figure(kCangLong, 9'999, "operator:mobifone-84", "app_installed_sim");
  const auto answer = here_.get("viettel", "/dues/tv-1:viettel-84:1597914000000/form");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(object_in(answer, "due").text("status"), "open");
  EXPECT_EQ(object_in(answer, "task").text("letter"), "3065/UBND-CN XD");
  EXPECT_EQ(object_in(answer, "body").text("name"), "Nhà mạng viettel-84");
  EXPECT_EQ(object_in(answer, "form").text("id"), "bm1");
  EXPECT_EQ(object_in(answer, "rules").texts("never_falls"), std::vector<std::string>{"installed"});
  auto rows = objects_in(answer, "rows");
  ASSERT_EQ(rows.size(), 9U);
  EXPECT_EQ(rows[0].text("code"), "842");
  EXPECT_EQ(rows[0].text("name"), "Thành phố Trà Vinh");
  auto before = rows[0].objects("before");
  ASSERT_TRUE(before && before->size() == 1);
  EXPECT_EQ((*before)[0].text("column"), "installed");
  EXPECT_EQ((*before)[0].integer("value"), 1'500);
  EXPECT_EQ((*before)[0].text("figure"), to_text(id));
  EXPECT_EQ(rows[1].text("code"), "844");
  EXPECT_TRUE(rows[1].objects("before")->empty()) << "another operator's number";
  // Of its own moment it is not what was said before: the due of the 19th knows none.
  const auto own = here_.get("viettel", "/dues/tv-1:viettel-84:1597827600000/form");
  EXPECT_TRUE(objects_in(own, "rows")[0].objects("before")->empty());
  // What a browser keeps for offline is small.
  EXPECT_LT(answer.body.size(), 6'000U);
  EXPECT_EQ(here_.get("viettel", "/dues/tv-1:viettel-84:1/form").status, 404);
  EXPECT_EQ(here_.get("viettel", "/dues/x/form").status, 404);
}

TEST_P(PagesRead, AWallHasTheRankAmongTheProvincesWhereItIsAskedFor) {
  // 68,400 of 1,009,168 are 6.78 %; 100,000 of 1,000,000 are 10 %.
  here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
  here_.figure(kBinhPhuoc, 100'000, "department:so-tttt-70");
  here_.figure(kBinhPhuoc, 1'000'000, "census:2019-04-01", "population", "2019-04-01");
  const CampaignHere::Query plain{{"unit", "84"}, {"on", "2020-08-19"}};
  auto asked = plain;
  asked["rank"] = "1";
  auto rank = object_in(here_.get("chutich", "/wall", asked), "rank");
  EXPECT_EQ(rank.integer("place"), 2);
  EXPECT_EQ(rank.integer("with_rate"), 2);
  EXPECT_EQ(rank.integer("of"),
            static_cast<std::int64_t>(
                objects_in(here_.get("chutich", "/units", {{"parent", "VN"}}), "units").size()));
  asked["unit"] = "70";
  EXPECT_EQ(object_in(here_.get("chutich", "/wall", asked), "rank").integer("place"), 1);
  EXPECT_EQ(here_.get("chutich", "/wall", plain).body.find("\"rank\""), std::string::npos);
}

TEST_P(PagesRead, TheLatestOfEachSourceLeavesOlderDaysOut) {
  here_.figure(kTraVinh, 63'700, "department:so-tttt-84", "app_installed", "2020-08-17");
  const auto last = here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
  here_.figure(kTraVinh, 11'260, "operator:viettel-84", "app_installed_sim");
  auto all =
      objects_in(here_.get("chutich", "/figures", {{"subject", "84"}, {"latest", "1"}}), "figures");
  ASSERT_EQ(all.size(), 3U) << "the two, and the census";
  EXPECT_EQ(all[0].text("id"), to_text(last));
  EXPECT_EQ(all[1].text("measure"), "app_installed_sim");
  EXPECT_EQ(all[2].text("measure"), "population");
}

TEST_P(PagesRead, AFigureThatIsAReportsLineNamesTheReport) {
  ask_for_reports();
  const auto sent = here_.post(
      "viettel", "/reports",
      R"({"body":"viettel-84","form":"bm1","dues":["tv-1:viettel-84:1597914000000"],"lines":[)"
      R"({"subject":"844@2020-06-01","values":[{"column":"installed","number":12}]}]})",
      {}, {{"content-type", "application/json"}, {"idempotency-key", "1"}});
  ASSERT_EQ(sent.status, 201) << sent.body;
  auto figures = objects_in(
      here_.get("viettel", "/figures", {{"subject", "844"}, {"measure", "app_installed_sim"}}),
      "figures");
  ASSERT_EQ(figures.size(), 1U);
  const auto shown = here_.get("viettel", "/figures/" + *figures[0].text("id"));
  EXPECT_EQ(object_in(shown, "report").integer("id"), 1);
  EXPECT_EQ(object_in(shown, "report").integer("line"), 2) << "Càng Long is the second row";
  const auto typed = here_.figure(kTraVinh, 68'400, "department:so-tttt-84");
  EXPECT_EQ(here_.get("chutich", "/figures/" + to_text(typed)).body.find("\"report\""),
            std::string::npos);
}

TEST_P(PagesRead, EveryMeasureAndIndicatorHasItsWords) {
  const auto answer = here_.get("viettel", "/measures");
  for (auto& measure : objects_in(answer, "measures")) {
    EXPECT_FALSE(measure.text("name").value_or("").empty());
    EXPECT_FALSE(measure.text("unit").value_or("").empty());
  }
  EXPECT_EQ(objects_in(answer, "indicators")[0].text("of_whom"), "dân số");
}

}  // namespace
}  // namespace bz::campaign
