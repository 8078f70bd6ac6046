// All of the published files: the whole country's units, censuses, crosswalk, borders and acts.
#include "base/file.h"
#include "tests/shared_files.h"
#include "units/units_here.h"

namespace bz::units {
namespace {

std::string content_of(const std::string& name) {
  const auto file = read_file(shared_file(("data/admin/" + name).c_str()), kMostImported);
  EXPECT_TRUE(file) << name;
  return file ? std::string(as_text(*file)) : "";
}

class National : public UnitsHere {
 protected:
  void SetUp() override { BZ_SKIP_WITHOUT(shared_file("data/admin")); }

  Report import_2020() {
    return import_units(content_of("admin_units_2020-06-01.csv"), "2020-06-01").report;
  }
  Report import_2025() {
    return import_units(content_of("admin_units_2025-07-01.csv"), "2025-07-01").report;
  }
  Report import_crosswalk() {
    return import({ImportKind::kCrosswalk, content_of("crosswalk_2025-03-01_to_2025-07-01.csv"),
                   day("2025-07-01"), day("2025-03-01")})
        .report;
  }
  Confirmed import_census(const std::string& name) {
    return import({ImportKind::kCensus, content_of(name), day("2019-04-01"), day("2020-06-01")});
  }
  Report import_borders(const std::string& name) {
    return import({ImportKind::kBorders, content_of(name), day("2020-06-01"), day("2020-06-01")})
        .report;
  }
};
BZ_ON_BOTH_STORES(National);

TEST_P(National, TheListOf2020Is63And707And10614) {
  const auto report = import_2020();
  EXPECT_EQ(report.provinces, 63);
  EXPECT_EQ(report.districts, 707);
  EXPECT_EQ(report.communes, 10'614);
  EXPECT_EQ(report.added, 11'384);
  // Five island districts have no communes.
  EXPECT_EQ(report.count(Fault::kNoCommunes), 5);
  for (const auto* code : {"318", "471", "498", "536", "755"}) {
    EXPECT_TRUE(has(report, Fault::kNoCommunes, code, full_name(*unit_on(code, "2020-06-01"))));
  }
  EXPECT_TRUE(has(report, Fault::kSpelling, "058", "Thành Phố Bắc Kạn"));
  EXPECT_EQ(full_name(*unit_on("058", "2020-06-01")), "Thành phố Bắc Kạn");
  EXPECT_EQ(full_name(*unit_on("01", "2020-06-01")), "Thành phố Hà Nội");
  EXPECT_FALSE(report.is_refused());

  const auto again = import_2020();
  EXPECT_TRUE(again.changes_nothing());
  EXPECT_EQ(again.same, 11'384);
}

TEST_P(National, TwoChauThanhAndTwoDuyenHaiAreNeverConfused) {
  import_2020();
  EXPECT_EQ(to_text(matched("Châu Thành", "80@2020-06-01", "2020-08-21").unit().key),
            "808@2020-06-01");
  EXPECT_EQ(to_text(matched("Châu Thành", "84@2020-06-01", "2020-08-21").unit().key),
            "847@2020-06-01");
  EXPECT_EQ(matched("Duyên Hải", "84@2020-06-01", "2020-08-21").kind, Match::Kind::kDoubt);
  EXPECT_EQ(to_text(matched("TX Duyên Hải", "84@2020-06-01", "2020-08-21").unit().key),
            "851@2020-06-01");
  // Ten districts of the country are called Châu Thành.
  EXPECT_EQ(matched("huyện Châu Thành", "VN@1976-07-02", "2020-08-21", Level::kDistrict)
                .candidates.size(),
            10U);
}

TEST_P(National, TheListOf2025Is34And3321AndEndsTheUnitsOf2020) {
  import_2020();
  const auto report = import_2025();
  EXPECT_EQ(report.provinces, 34);
  EXPECT_EQ(report.districts, 0);
  EXPECT_EQ(report.communes, 3'321);
  // It calls communes level 2.
  EXPECT_EQ(report.count(Fault::kLevelColumn), 3'321);
  // Ten provinces go on as they were; Huế, the eleventh that was not merged, became a city.
  EXPECT_EQ(report.same, 10);
  EXPECT_EQ(report.added, 24 + 3'321);
  EXPECT_EQ(report.closed, 53 + 707 + 10'614);
  // 24 provinces and all communes but six have a code that another unit had on the list of 2020.
  EXPECT_EQ(report.count(Fault::kCodeUsedAgain), 24 + 3'315);

  for (const auto* code : {"15", "75", "80", "86", "91"}) {
    EXPECT_EQ(unit_on(code, "2025-06-30")->key.valid_from, day("2020-06-01")) << code;
    EXPECT_EQ(unit_on(code, "2025-07-01")->key.valid_from, day("2025-07-01")) << code;
  }
  EXPECT_EQ(full_name(*unit_on("80", "2025-06-30")), "Tỉnh Long An");
  EXPECT_EQ(full_name(*unit_on("80", "2025-07-01")), "Tỉnh Tây Ninh");
  EXPECT_EQ(full_name(*unit_on("91", "2025-07-01")), "Tỉnh An Giang");
  EXPECT_EQ(full_name(*unit_on("89", "2025-06-30")), "Tỉnh An Giang");
  EXPECT_EQ(unit_on("89", "2025-07-01"), std::nullopt);
  EXPECT_EQ(full_name(*unit_on("769", "2020-08-21")), "Quận 2");
  EXPECT_EQ(unit_on("769", "2025-07-01"), std::nullopt);
  EXPECT_EQ(unit_on("01", "2025-07-01")->key, key("01@2020-06-01"));
  EXPECT_TRUE(import_2025().changes_nothing());
}

TEST_P(National, WhatIsShippedIsWhatTheListsSay) {
  write([](store::Sql& sql) { return load_shipped(sql); });
  const auto first = import_2020();
  EXPECT_EQ(first.same, 63 + 35 + 405);
  EXPECT_EQ(first.changed, 0);
  EXPECT_EQ(first.added, 11'384 - first.same);
  EXPECT_EQ(first.count(Fault::kOtherName), 0);
  const auto second = import_2025();
  EXPECT_EQ(second.same, 34);
  EXPECT_EQ(second.added, 3'321);
  const auto walk = import_crosswalk();
  EXPECT_EQ(walk.changed, 0);
  // 52 edges of merged provinces are shipped; ten provinces and Huế go on.
  EXPECT_EQ(walk.same, 63);
}

TEST_P(National, TheCrosswalkListsWhatItDoesNotKnow) {
  import_2020();
  import_2025();
  const auto report = import_crosswalk();
  EXPECT_EQ(report.rows, 10'662);
  EXPECT_EQ(report.full_edges, 63 + 9'587);
  EXPECT_EQ(report.partial_edges, 1'012);
  // Communes of 2020 without an edge; five special zones, which were districts without communes.
  EXPECT_EQ(report.count(Fault::kNoEdge), 583);
  EXPECT_EQ(report.count(Fault::kNoOrigin), 5);
  std::set<std::string> unknown;
  for (const auto& finding : report.findings) {
    if (finding.fault == Fault::kNoUnit) unknown.insert(finding.code);
  }
  EXPECT_EQ(unknown.size(), 16U);
  EXPECT_TRUE(has(report, Fault::kOtherName, "00181", "Phường Văn Miếu - Quốc Tử Giám"));
  EXPECT_TRUE(has(report, Fault::kSpelling, "02287", "Xã Chiêm Hoá"));
  EXPECT_TRUE(import_crosswalk().changes_nothing());
}

TEST_P(National, CommunesCarryOverOnlyWhereNothingIsMissing) {
  import_2020();
  import_2025();
  import_crosswalk();
  const auto walk = read([](store::Sql& sql) {
    return load_crosswalk(sql, Level::kCommune, day("2020-06-01"), day("2025-07-01"));
  });
  EXPECT_EQ(walk.from_without_edge().size(), 583U);
  EXPECT_EQ(walk.to_without_edge().size(), 5U);
  EXPECT_EQ(walk.groups().size(), 3'005U);
  // A count of its own number for every commune, so that a wrong join shows in the sums.
  Values values;
  std::int64_t number = 0;
  for (const auto& unit :
       read([](store::Sql& sql) { return subtree(sql, nation(), day("2020-08-21")); })) {
    if (unit.level == Level::kCommune) values[unit.key] = ++number;
  }
  const auto carried = walk.forward(values);
  std::set<UnitKey> left_out;
  for (const auto& one : carried.not_carried) left_out.insert(one.unit);
  std::int64_t expected = 0;
  for (const auto& [key, value] : values) expected += left_out.contains(key) ? 0 : value;
  std::int64_t totals = 0;
  for (const auto& total : carried.totals) totals += total.value;
  EXPECT_EQ(totals, expected);
  std::size_t closed = 0;
  for (const auto& group : walk.groups()) closed += group.is_closed() ? 1U : 0U;
  EXPECT_EQ(carried.totals.size(), closed);
  // Both counted from the files by hand (docs/units.md says how).
  EXPECT_EQ(closed, 1'943U);
  EXPECT_EQ(carried.estimates.size(), 1'874U);
  EXPECT_EQ(carried.estimates.size() + carried.without.size(), 3'321U);
  // There and back, where one commune became one.
  Values there;
  for (const auto& [key, estimate] : carried.estimates) there[key] = estimate.value;
  const auto back = walk.backward(there);
  EXPECT_FALSE(back.estimates.empty());
  for (const auto& [key, estimate] : back.estimates) EXPECT_EQ(estimate.value, values.at(key));
}

TEST_P(National, CensusesAddUpExactly) {
  import_2020();
  const auto provinces = import_census("pop2019_province.csv");
  EXPECT_EQ(provinces.census.size(), 63U);
  EXPECT_EQ(provinces.report.total, 96'208'984);
  EXPECT_EQ(provinces.report.count(Fault::kMissingCount), 0);

  const auto districts = import_census("pop2019_district_on_2020-06-01_units.csv");
  EXPECT_EQ(districts.census.size(), 706U);
  EXPECT_EQ(districts.report.total, 96'208'984);
  // Hoàng Sa was not counted; six districts hold one each that was dissolved before June 2020.
  EXPECT_EQ(districts.report.count(Fault::kMissingCount), 1);
  EXPECT_TRUE(has(districts.report, Fault::kMissingCount, "498", "no census count (Hoàng Sa)"));
  EXPECT_EQ(districts.report.count(Fault::kFolded), 6);

  std::map<std::string, std::int64_t> of_province;
  for (const auto& row : districts.census) {
    const auto unit = read([&](store::Sql& sql) { return find(sql, row.unit); });
    of_province[unit->parent->code] += row.population;
  }
  for (const auto& row : provinces.census) {
    EXPECT_EQ(of_province.at(row.unit.code), row.population) << row.unit.code;
  }
}

TEST_P(National, BordersAreKeptForEveryPolygon) {
  import_2020();
  const auto provinces = import_borders("provinces_2020_simplified.geojson");
  EXPECT_EQ(provinces.added, 63);
  EXPECT_TRUE(provinces.findings.empty());
  const auto districts = import_borders("districts_2020_BinhPhuoc_LongAn_TraVinh.geojson");
  EXPECT_EQ(districts.added, 35);
  EXPECT_TRUE(districts.findings.empty());
  EXPECT_TRUE(import_borders("provinces_2020_simplified.geojson").changes_nothing());
  // Hoàng Sa lies in Đà Nẵng, Trường Sa in Khánh Hòa.
  for (const auto* islands : {"48@2020-06-01", "56@2020-06-01"}) {
    const auto geometry =
        read([&](store::Sql& sql) { return border(sql, key(islands)); }).value_or("");
    EXPECT_NE(geometry.find("[11" + std::string(islands[0] == '4' ? "2" : "5") + "."),
              std::string::npos)
        << islands;
  }
}

TEST_P(National, ActsAreKeptWithTheirMistakesTold) {
  const auto report = import({ImportKind::kActs, content_of("legal_acts_2003-2025.csv"),
                              day("2025-03-01"), day("2025-03-01")})
                          .report;
  EXPECT_EQ(report.rows, 491);
  EXPECT_EQ(report.added, 489);  // two stand there twice
  EXPECT_EQ(report.same, 2);
  EXPECT_EQ(report.count(Fault::kOddAct), 10);
  EXPECT_EQ(report.count(Fault::kOddDay), 66 + 3);
}

}  // namespace
}  // namespace bz::units
