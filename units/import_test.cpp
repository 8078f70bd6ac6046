// Importing in two steps, over two lists: in 2025 the districts of A and B go, and B becomes part
// of A, whose code stays; C stays as it is.
#include "units/import.h"

#include <atomic>
#include <thread>

#include "units/units_here.h"

namespace bz::units {
namespace {

constexpr std::string_view kBefore =
    "code,name,type,parent_code\n"
    "10,Tỉnh A,Tỉnh,VN\n"
    "20,Tỉnh B,Tỉnh,VN\n"
    "30,Tỉnh Hoà C,Tỉnh,VN\n"
    "101,Huyện Ab,Huyện,10\n"
    "201,Huyện Bờ,Huyện,20\n"
    "202,Huyện đảo Bé,Huyện,20\n"
    "301,Huyện Cờ,Huyện,30\n"
    "10001,Xã Một,Xã,101\n"
    "10002,Xã Hai,Xã,101\n"
    "20001,Xã Ba,Xã,201\n"
    "30001,Xã Bốn,Xã,301\n";
constexpr std::string_view kAfter =
    "level,code,name,type,parent_code\n"
    "1,10,Tỉnh A,Tỉnh,VN\n"
    "1,30,Tỉnh Hòa C,Tỉnh,VN\n"
    "2,10001,Xã Một,Xã,10\n"
    "2,20001,Xã Ba,Xã,10\n"
    "2,30001,Xã Bốn,Xã,30\n";
constexpr std::string_view kEdges =
    "old_code,old_name,new_code,new_name,kind\n"
    "10,Tỉnh A,10,A,full\n"
    "20,Tỉnh B,10,Tỉnh A,full\n"
    "30,Tỉnh Hòa C,30,Tỉnh Hoà C,full\n"
    "10001,Xã Một,10001,Xã Một,full\n"
    "20001,Xã Ba Ba,20001,Xã Ba,full\n"
    "30001,Xã Bốn,30001,Xã Bốn,full\n"
    "40001,Xã Lạ,30001,Xã Bốn,full\n"
    "30001x,,30001,,full\n";

class Importing : public UnitsHere {
 protected:
  Confirmed import_before() { return import_units(std::string(kBefore), "2020-06-01"); }
  Confirmed import_after(std::string act = {}) {
    return import_units(std::string(kAfter), "2025-07-01", std::move(act));
  }
  static ImportRequest edges(std::string content) {
    return {ImportKind::kCrosswalk, std::move(content), day("2025-07-01"), day("2025-03-01")};
  }
  static std::string good_edges() { return std::string(kEdges.substr(0, kEdges.find("30001x"))); }
};
BZ_ON_BOTH_STORES(Importing);

TEST_P(Importing, NothingIsWrittenBeforeItIsConfirmed) {
  const auto staged =
      hand_in({ImportKind::kUnits, std::string(kBefore), day("2020-06-01"), day("2020-06-01")});
  EXPECT_EQ(staged.report.provinces, 3);
  EXPECT_EQ(staged.report.districts, 4);
  EXPECT_EQ(staged.report.communes, 4);
  EXPECT_EQ(staged.report.added, 11);
  EXPECT_TRUE(has(staged.report, Fault::kNoCommunes, "202", "Huyện đảo Bé"));
  EXPECT_EQ(unit_on("10", "2020-06-01"), std::nullopt);
  ASSERT_TRUE(try_confirm(staged.id));
  EXPECT_EQ(full_name(*unit_on("10", "2020-06-01")), "Tỉnh A");
  EXPECT_EQ(try_confirm(staged.id + 1).error().code, Code::kNotFound);
}

TEST_P(Importing, TwiceChangesNothing) {
  import_before();
  const auto again = import_before();
  EXPECT_TRUE(again.report.changes_nothing());
  EXPECT_EQ(again.report.same, 11);
  import_after();
  EXPECT_TRUE(import_after().report.changes_nothing());
  import(edges(good_edges()));
  const auto walk = import(edges(good_edges()));
  EXPECT_TRUE(walk.report.changes_nothing());
  EXPECT_EQ(walk.report.same, 7);
}

TEST_P(Importing, OfTwoWhoConfirmAtOnceOneDoes) {
  const auto staged =
      hand_in({ImportKind::kUnits, std::string(kBefore), day("2020-06-01"), day("2020-06-01")});
  std::atomic<int> first{0};
  std::atomic<int> later{0};
  const auto confirm_it = [&] {
    const auto confirmed = try_confirm(staged.id);
    ASSERT_TRUE(confirmed) << confirmed.error().what;
    ++(confirmed->was_confirmed_before ? later : first);
  };
  std::thread one(confirm_it);
  std::thread other(confirm_it);
  one.join();
  other.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(later, 1);
}

TEST_P(Importing, AFileOver32MegabytesIsRefused) {
  const ImportRequest request{ImportKind::kBorders, std::string(kMostImported + 1, ' '),
                              day("2020-06-01"), day("2020-06-01")};
  const auto refused = store_->write([&](store::Sql& sql) { return stage(sql, request, kNow); });
  EXPECT_EQ(refused.error().code, Code::kMalformed);
}

TEST_P(Importing, AReportIsMadeAgainWhenItIsAskedFor) {
  const auto handed =
      hand_in({ImportKind::kUnits, std::string(kBefore), day("2020-06-01"), day("2020-06-01")});
  const auto again = read([&](store::Sql& sql) { return staged(sql, handed.id); });
  EXPECT_EQ(to_text(again.report, vi::Language::kVietnamese),
            to_text(handed.report, vi::Language::kVietnamese));
}

TEST_P(Importing, ConfirmingTwiceIsOnce) {
  const auto staged =
      hand_in({ImportKind::kUnits, std::string(kBefore), day("2020-06-01"), day("2020-06-01")});
  EXPECT_FALSE(try_confirm(staged.id)->was_confirmed_before);
  const auto again = try_confirm(staged.id);
  EXPECT_TRUE(again->was_confirmed_before);
  EXPECT_TRUE(again->report.changes_nothing());
}

TEST_P(Importing, AReportThatIsOutOfDateIsNotConfirmed) {
  const ImportRequest request{ImportKind::kUnits, std::string(kAfter), day("2025-07-01"),
                              day("2025-07-01")};
  const auto early = hand_in(request);
  import_before();
  EXPECT_EQ(try_confirm(early.id).error().code, Code::kConflict);
  EXPECT_EQ(unit_on("10001", "2025-07-01")->key, key("10001@2020-06-01"));
}

TEST_P(Importing, AListClosesWhatVanishedOrChanged) {
  import_before();
  const auto after = import_after();
  // New: A, which took B's communes in; the three communes, whose parents are others. C goes on.
  EXPECT_EQ(after.report.added, 4);
  EXPECT_EQ(after.report.same, 1);
  EXPECT_EQ(after.report.closed, 10);
  EXPECT_EQ(after.report.count(Fault::kCodeUsedAgain), 4);
  EXPECT_EQ(after.report.count(Fault::kLevelColumn), 3);
  EXPECT_TRUE(has(after.report, Fault::kSpelling, "30", "Tỉnh Hòa C"));

  const auto old_a = read([](store::Sql& sql) { return find(sql, key("10@2020-06-01")); });
  EXPECT_EQ(old_a->valid_to, day("2025-07-01"));
  EXPECT_FALSE(old_a->to_is.is_exact);
  EXPECT_EQ(unit_on("10", "2025-06-30")->key, key("10@2020-06-01"));
  EXPECT_EQ(unit_on("10", "2025-07-01")->key, key("10@2025-07-01"));
  EXPECT_EQ(unit_on("30", "2025-07-01")->key, key("30@2020-06-01"));
  EXPECT_EQ(unit_on("20", "2025-07-01"), std::nullopt);
  EXPECT_EQ(unit_on("101", "2025-07-01"), std::nullopt);
  EXPECT_EQ(unit_on("10001", "2025-07-01")->parent, key("10@2025-07-01"));
  EXPECT_EQ(unit_on("10001", "2025-06-30")->parent, key("101@2020-06-01"));
  EXPECT_EQ(names_under("10@2025-07-01", "2025-07-01"),
            (std::vector<std::string>{"Xã Ba", "Xã Một"}));
  EXPECT_EQ(names_under("10@2020-06-01", "2025-07-01"), std::vector<std::string>{});
  EXPECT_EQ(names_under("10@2020-06-01", "2020-08-21"), std::vector<std::string>{"Huyện Ab"});
  EXPECT_EQ(read([](store::Sql& sql) { return history(sql, "10"); }).size(), 2U);
}

TEST_P(Importing, WithAnActTheDaysAreExact) {
  import_before();
  import_after("202/2025/QH15");
  EXPECT_EQ(unit_on("10", "2025-07-01")->from_is, (Known{true, "202/2025/QH15"}));
  EXPECT_EQ(unit_on("20", "2025-06-30")->to_is, (Known{true, "202/2025/QH15"}));
  EXPECT_EQ(unit_on("30", "2025-07-01")->from_is, Known{});
}

TEST_P(Importing, AUnitGoesOnWhenOnlyItsParentBecomesAnother) {
  import_before();
  // C gets another type: its district and commune are what they were.
  std::string changed(kBefore);
  changed.replace(changed.find("30,Tỉnh Hoà C,Tỉnh"), std::string("30,Tỉnh Hoà C,Tỉnh").size(),
                  "30,Thành phố Hoà C,Thành phố");
  const auto report = import_units(changed, "2021-01-01").report;
  EXPECT_EQ(report.added, 1);
  EXPECT_EQ(report.closed, 1);
  EXPECT_EQ(unit_on("301", "2021-01-01")->key, key("301@2020-06-01"));
  EXPECT_EQ(unit_on("301", "2021-01-01")->parent, key("30@2021-01-01"));
  EXPECT_EQ(unit_on("301", "2020-12-31")->parent, key("30@2020-06-01"));
  EXPECT_EQ(names_under("30@2021-01-01", "2021-01-01"), std::vector<std::string>{"Huyện Cờ"});
}

TEST_P(Importing, ADistrictThatTakesACommuneInIsAnother) {
  import_before();
  std::string changed(kBefore);
  changed.replace(changed.find("10002,Xã Hai,Xã,101"), std::string("10002,Xã Hai,Xã,101").size(),
                  "10002,Xã Hai,Xã,201");
  import_units(changed, "2021-01-01");
  EXPECT_EQ(unit_on("201", "2021-01-01")->key, key("201@2021-01-01"));
  EXPECT_EQ(unit_on("101", "2021-01-01")->key, key("101@2021-01-01"));
  EXPECT_EQ(unit_on("10", "2021-01-01")->key, key("10@2021-01-01"));
  EXPECT_EQ(unit_on("202", "2021-01-01")->key, key("202@2020-06-01"));
  EXPECT_EQ(unit_on("10001", "2021-01-01")->key, key("10001@2020-06-01"));
}

TEST_P(Importing, AListOfTheSameDayCorrects) {
  import_before();
  std::string corrected(kBefore);
  corrected.replace(corrected.find("Xã Một"), std::string("Xã Một").size(), "Xã Mốt");
  corrected.erase(corrected.find("30001,"));
  const auto report = import_units(corrected, "2020-06-01").report;
  EXPECT_EQ(report.changed, 1);
  EXPECT_EQ(report.closed, 0);
  EXPECT_TRUE(has(report, Fault::kOtherName, "10001", "Xã Mốt"));
  EXPECT_EQ(report.count(Fault::kNotListed), 1);
  EXPECT_EQ(full_name(*unit_on("10001", "2020-08-21")), "Xã Mốt");
  EXPECT_TRUE(unit_on("30001", "2020-08-21"));
}

TEST_P(Importing, AnOlderListIsRefused) {
  import_after();
  const auto staged =
      hand_in({ImportKind::kUnits, std::string(kBefore), day("2020-06-01"), day("2020-06-01")});
  EXPECT_TRUE(staged.report.is_refused());
  EXPECT_EQ(staged.report.count(Fault::kOlder), 1);
  EXPECT_EQ(try_confirm(staged.id).error().code, Code::kInvalid);
  EXPECT_EQ(unit_on("20", "2020-06-01"), std::nullopt);
}

TEST_P(Importing, ARowThatIsWrongRefusesTheWholeList) {
  const auto staged = hand_in({ImportKind::kUnits, std::string(kBefore) + "50001,Xã Năm,Xã,509\n",
                               day("2020-06-01"), day("2020-06-01")});
  EXPECT_TRUE(has(staged.report, Fault::kNoParent, "50001", "509"));
  EXPECT_EQ(try_confirm(staged.id).error().code, Code::kInvalid);
  EXPECT_EQ(unit_on("10", "2020-06-01"), std::nullopt);
}

TEST_P(Importing, ACrosswalkTellsWhatItDoesNotKnow) {
  import_before();
  import_after();
  EXPECT_TRUE(hand_in(edges(std::string(kEdges))).report.is_refused());
  const auto report = import(edges(good_edges())).report;
  EXPECT_EQ(report.full_edges, 7);
  // C goes on under its key and needs no edge.
  EXPECT_EQ(report.added, 6);
  EXPECT_EQ(report.same, 1);
  EXPECT_TRUE(has(report, Fault::kNoUnit, "40001", "Xã Lạ"));
  EXPECT_TRUE(has(report, Fault::kOtherName, "20001", "Xã Ba Ba"));
  EXPECT_TRUE(has(report, Fault::kNoEdge, "10002", "Xã Hai"));
  EXPECT_EQ(report.count(Fault::kNoEdge), 1);

  const auto provinces = read([](store::Sql& sql) {
    return load_crosswalk(sql, Level::kProvince, day("2020-06-01"), day("2025-07-01"));
  });
  const auto carried = provinces.forward(
      {{key("10@2020-06-01"), 5}, {key("20@2020-06-01"), 7}, {key("30@2020-06-01"), 9}});
  EXPECT_EQ(carried.estimates.at(key("10@2025-07-01")).value, 12);
  EXPECT_EQ(carried.estimates.at(key("30@2020-06-01")).value, 9);

  const auto communes = read([](store::Sql& sql) {
    return load_crosswalk(sql, Level::kCommune, day("2020-06-01"), day("2025-07-01"));
  });
  EXPECT_EQ(communes.group_from(key("10001@2020-06-01"))->open, Why::kMayBeMissing);
  EXPECT_EQ(communes.group_from(key("20001@2020-06-01"))->open, Why::kHasChanged);
  EXPECT_EQ(communes.group_from(key("30001@2020-06-01"))->open, Why::kUnknownPart);
  const auto shown = read([](store::Sql& sql) { return edges_of(sql, key("10@2025-07-01")); });
  EXPECT_EQ(shown.in.size(), 2U);
  EXPECT_TRUE(shown.out.empty());
}

// 101 → 101 in 2021, cut in two in 2022, the halves together again in 2023; 201 ends unheard of.
TEST_P(Importing, StepsAreJoinedToOneEdge) {
  const auto list = [](std::string_view communes) {
    return "code,name,type,parent_code\n10,Tỉnh A,Tỉnh,VN\n" + std::string(communes);
  };
  const auto walk = [&](std::string rows, std::string_view on) {
    import({ImportKind::kCrosswalk, "old_code,new_code,kind\n" + rows, day(on),
            day(on) - std::chrono::days {
              1
            }});
  };
  import_units(list("10001,Xã Một,Xã,10\n10009,Xã Chín,Xã,10\n"), "2020-06-01");
  import_units(list("10001,Phường Một,Phường,10\n10009,Xã Chín,Xã,10\n"), "2021-01-01");
  walk("10001,10001,full\n", "2021-01-01");
  import_units(list("10002,Xã Hai,Xã,10\n10003,Xã Ba,Xã,10\n10009,Xã Chín,Xã,10\n"), "2022-01-01");
  walk("10001,10002,partial\n10001,10003,partial\n", "2022-01-01");
  import_units(list("10004,Xã Tư,Xã,10\n10009,Xã Chín,Xã,10\n"), "2023-01-01");
  walk("10002,10004,full\n10003,10004,full\n", "2023-01-01");

  const auto carry = [&](std::string_view to) {
    const auto graph = read([&](store::Sql& sql) {
      return load_crosswalk(sql, Level::kCommune, day("2020-06-01"), day(to));
    });
    return graph.forward({{key("10001@2020-06-01"), 8}, {key("10009@2020-06-01"), 3}});
  };
  EXPECT_EQ(carry("2021-06-01").estimates.at(key("10001@2021-01-01")).value, 8);
  const auto halves = carry("2022-06-01");
  EXPECT_EQ(halves.estimates.size(), 1U);
  EXPECT_EQ(halves.totals.size(), 2U);
  const auto together = carry("2023-06-01");
  EXPECT_EQ(together.estimates.at(key("10004@2023-01-01")).value, 8);
  EXPECT_EQ(together.estimates.at(key("10009@2020-06-01")).value, 3);
}

TEST_P(Importing, ACensusJoinsOnTheCodeAndKeepsNothing) {
  import_before();
  const ImportRequest request{ImportKind::kCensus,
                              "district_code,district,population,note\n"
                              "101,Huyện Áb,1.000,\n"
                              "201,Huyện Bờ,2000,absorbed 203\n"
                              "999,Huyện Lạ,5,\n",
                              day("2019-04-01"), day("2020-06-01")};
  const auto confirmed = import(request);
  EXPECT_EQ(
      confirmed.census,
      (std::vector<CensusRow>{{key("101@2020-06-01"), 1000, day("2019-04-01"), ""},
                              {key("201@2020-06-01"), 2000, day("2019-04-01"), "absorbed 203"}}));
  EXPECT_EQ(confirmed.report.total, 3000);
  EXPECT_TRUE(has(confirmed.report, Fault::kOtherName, "101", "Huyện Áb"));
  EXPECT_TRUE(has(confirmed.report, Fault::kNoUnit, "999", "Huyện Lạ"));
  // 202 lies in a province that the file tells of, 301 does not.
  EXPECT_TRUE(has(confirmed.report, Fault::kMissingCount, "202", ""));
  EXPECT_EQ(confirmed.report.count(Fault::kMissingCount), 1);
  EXPECT_TRUE(import(request).report.changes_nothing());
}

TEST_P(Importing, BordersAreKeptByUnitAndReplaced) {
  import_before();
  const auto polygon = [](std::string_view code, std::string_view name, std::string_view top) {
    return R"({"type":"Feature","properties":{"code":")" + std::string(code) + R"(","name":")" +
           std::string(name) +
           R"("},"geometry":{"type":"Polygon","coordinates":[[[106,9],[107,9],[106,)" +
           std::string(top) + R"(],[106,9]]]}})";
  };
  const auto file = [](const std::string& features) {
    return ImportRequest{ImportKind::kBorders,
                         R"({"type":"FeatureCollection","features":[)" + features + "]}",
                         day("2020-06-01"),
                         day("2020-06-01"),
                         "",
                         "a map"};
  };
  const auto request = file(polygon("10", "Tỉnh A", "10") + "," + polygon("99", "Tỉnh Lạ", "10"));
  const auto report = import(request).report;
  EXPECT_EQ(report.added, 1);
  EXPECT_TRUE(has(report, Fault::kNoUnit, "99", "Tỉnh Lạ"));
  EXPECT_EQ(report.count(Fault::kNoPolygon), 2);
  EXPECT_TRUE(import(request).report.changes_nothing());
  EXPECT_EQ(import(file(polygon("10", "Tỉnh A", "11"))).report.changed, 1);
  EXPECT_EQ(read([](store::Sql& sql) { return border(sql, key("10@2020-06-01")); }),
            R"({"type":"Polygon","coordinates":[[[106,9],[107,9],[106,11],[106,9]]]})");
  EXPECT_EQ(read([](store::Sql& sql) { return border(sql, key("20@2020-06-01")); }), std::nullopt);
}

TEST_P(Importing, ActsAreKeptOnce) {
  const ImportRequest request{ImportKind::kActs,
                              "effective_date,act,title\n"
                              "2020-01-01,836/NQ-UBTVQH14,Long An\n"
                              "2020-01-01,836/NQ-UBTVQH14,Long An\n",
                              day("2025-03-01"), day("2025-03-01")};
  const auto report = import(request).report;
  EXPECT_EQ(report.added, 1);
  EXPECT_EQ(report.same, 1);
  EXPECT_TRUE(import(request).report.changes_nothing());
}

TEST_P(Importing, WhatIsNeverConfirmedIsForgotten) {
  const ImportRequest request{ImportKind::kUnits, std::string(kBefore), day("2020-06-01"),
                              day("2020-06-01")};
  const auto first = hand_in(request);
  const auto second = hand_in(request);
  const auto dropped =
      write([](store::Sql& sql) { return drop_staged(sql, kNow + std::chrono::seconds{1}); });
  EXPECT_EQ(dropped, 1);
  EXPECT_EQ(try_confirm(first.id).error().code, Code::kNotFound);
  EXPECT_EQ(hand_in(request).id, second.id + 1);
}

TEST(ImportReport, EveryFaultHasItsSentences) {
  for (int i = 0; i <= static_cast<int>(Fault::kOddDay); ++i) {
    const Finding finding{static_cast<Fault>(i), 1, "84", "x", "y"};
    EXPECT_GT(says(finding, vi::Language::kVietnamese).size(), 10U) << i;
    EXPECT_GT(says(finding, vi::Language::kEnglish).size(), 10U) << i;
  }
  EXPECT_TRUE(refuses(Fault::kOlder));
  EXPECT_FALSE(refuses(Fault::kSpelling));
}

TEST(ImportReport, ReadsInBothLanguages) {
  Report report;
  report.rows = 11'384;
  report.same = 11'384;
  for (int i = 0; i < 3; ++i) {
    report.findings.push_back({Fault::kOtherName, 5 + i, "693", "Bú Đốp", "Huyện Bù Đốp"});
  }
  EXPECT_EQ(to_text(report, vi::Language::kVietnamese, 2),
            "Số dòng: 11.384\n"
            "Đã có, giữ nguyên: 11.384\n"
            "  dòng 5: 693: tên “Bú Đốp” khác tên đã có “Huyện Bù Đốp”; lấy theo mã.\n"
            "  dòng 6: 693: tên “Bú Đốp” khác tên đã có “Huyện Bù Đốp”; lấy theo mã.\n"
            "  … cùng loại, tổng cộng: 3\n"
            "Không có gì thay đổi.\n");
  report.findings = {{Fault::kNoCode, 2, "1", "1", ""}};
  EXPECT_EQ(to_text(report, vi::Language::kEnglish),
            "Rows: 11,384\n"
            "Already there: 11,384\n"
            "  row 2: “1” is no unit's code (2, 3 or 5 digits).\n"
            "Refused: mend what stands above and hand the file in again.\n");
}

TEST(ImportReport, SaysWhatIsWrongWithAFileThatIsNoTable) {
  EXPECT_EQ(says({Fault::kNoTable, 1, "", "Tệp trống. // The file is empty.", ""},
                 vi::Language::kVietnamese),
            "Không đọc được bảng. Tệp trống.");
  EXPECT_EQ(says({Fault::kNoTable, 1, "", "", "type, parent_code"}, vi::Language::kEnglish),
            "No table that can be read. Needed: type, parent_code.");
}

TEST(ImportKinds, AreTheWordsOfTheAddress) {
  for (const auto* word : {"units", "crosswalk", "census", "borders", "acts"}) {
    EXPECT_EQ(to_text(*import_kind(word)), word);
  }
  EXPECT_EQ(import_kind("maps"), std::nullopt);
}

}  // namespace
}  // namespace bz::units
