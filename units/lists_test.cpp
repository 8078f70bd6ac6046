// What the published files hold and how they err, one row each.
#include "units/lists.h"

#include <gtest/gtest.h>

#include "base/date.h"

namespace bz::units {
namespace {

template <class Entry>
std::vector<Fault> faults(const Listed<Entry>& listed) {
  std::vector<Fault> all;
  for (const auto& finding : listed.findings) all.push_back(finding.fault);
  return all;
}

Listed<ListedUnit> units(const std::string& rows) {
  return read_units_list("level,code,name,type,parent_code\n" + rows);
}

TEST(UnitsList, LevelIsTheCodesWidthWhateverTheColumnSays) {
  const auto listed = units("2,00004,Phường Ba Đình,Phường,01\n");
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(listed.entries[0].level, Level::kCommune);
  ASSERT_EQ(faults(listed), std::vector{Fault::kLevelColumn});
  EXPECT_EQ(listed.findings[0].expected, "3");
  EXPECT_FALSE(refuses(Fault::kLevelColumn));
}

TEST(UnitsList, NamesAreTakenApartAndTheirTypesCaseMended) {
  const auto listed = units(
      "2,058,Thành Phố Bắc Kạn,Thành phố,06\n"
      "1,01,Thành phố Hà Nội,Thành phố Trung ương,VN\n"
      "1,31,Thành phố Hải Phòng,Thành phố trực thuộc Trung ương,VN\n"
      "1,08,Tuyên Quang,Tỉnh,VN\n"
      "2,844,Huyện-Càng Long,Huyện,84\n");
  ASSERT_EQ(listed.entries.size(), 5U);
  EXPECT_EQ(listed.entries[4].name, (Name{"Huyện", "Huyện-Càng Long"}));
  EXPECT_EQ(listed.entries[0].name, (Name{"Thành phố", "Bắc Kạn"}));
  EXPECT_EQ(listed.entries[1].name, (Name{"Thành phố", "Hà Nội"}));
  EXPECT_EQ(listed.entries[2].name, (Name{"Thành phố", "Hải Phòng"}));
  EXPECT_EQ(listed.entries[3].name, (Name{"Tỉnh", "Tuyên Quang"}));
  EXPECT_EQ(faults(listed), (std::vector{Fault::kSpelling, Fault::kSpelling, Fault::kSpelling}));
  EXPECT_EQ(listed.findings[0].code, "058");
  EXPECT_EQ(listed.findings[1].code, "08");
}

TEST(UnitsList, SpacesThatDoNotBreakAreMendedAndTold) {
  const auto listed = units("2,883,Thành\u00A0phố Long\u00A0Xuyên,Thành phố,89\n");
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(listed.entries[0].name, (Name{"Thành phố", "Long Xuyên"}));
  EXPECT_EQ(faults(listed), std::vector{Fault::kSpelling});
}

TEST(UnitsList, WhatCannotBeAUnitIsRefusedWithItsLine) {
  const auto listed = units(
      "1,1,Tỉnh A,Tỉnh,VN\n"
      "1,02,Tỉnh,Tỉnh,VN\n"
      "1,04,Huyện C,Huyện,VN\n"
      "2,005,Huyện D,Huyện,00006\n"
      "1,06,Tỉnh E,Tỉnh,VN\n"
      "1,06,Tỉnh E,Tỉnh,VN\n"
      "0,VN,Việt Nam,,\n");
  EXPECT_EQ(listed.rows, 7);
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(faults(listed), (std::vector{Fault::kNoCode, Fault::kNoName, Fault::kNoName,
                                         Fault::kNoParent, Fault::kTwice, Fault::kNoCode}));
  EXPECT_EQ(listed.findings[0].row, 2);
  EXPECT_EQ(listed.findings[5].row, 8);
}

TEST(UnitsList, AFileWithoutTheColumnsSaysWhichAreMissing) {
  const auto listed = read_units_list("code,name\n01,Hà Nội\n");
  ASSERT_EQ(faults(listed), std::vector{Fault::kNoTable});
  EXPECT_EQ(listed.findings[0].expected, "type, parent_code");
  EXPECT_EQ(faults(read_units_list("")), std::vector{Fault::kNoTable});
}

TEST(CrosswalkList, ReadsEdgesWithWeightsAsPeopleWriteNumbers) {
  const auto listed = read_crosswalk_list(
      "old_code,new_code,kind,weight,basis\n"
      "27000,27001,partial,1.200,population 2024\n27000,27002,partial,800,population 2024\n");
  ASSERT_EQ(listed.entries.size(), 2U);
  EXPECT_EQ(listed.entries[0].weight, 1200);
  EXPECT_EQ(listed.entries[1].basis, "population 2024");
  EXPECT_TRUE(listed.findings.empty());
}

TEST(CrosswalkList, RefusesWhatIsNoEdge) {
  const auto listed = read_crosswalk_list(
      "old_code,new_code,kind,weight\n"
      "27000,270,full,\n"
      "27001,27002,whole,\n"
      "27003,27004,partial,0\n"
      "27005,27006,full,\n"
      "27005,27007,partial,\n"
      "27005,27006,full,\n");
  EXPECT_EQ(faults(listed), (std::vector{Fault::kNoCode, Fault::kNoKind, Fault::kNoWeight,
                                         Fault::kTwice, Fault::kEdgesDisagree}));
}

TEST(CensusList, KeepsNotesAndTellsOfCountsThatAreMissing) {
  const auto listed = read_census_list(
      "province_code,province,district_code,district,pop_2019_04_01,note\n"
      "04,Tỉnh Cao Bằng,045,Huyện Hà Quảng,58041,absorbed 044\n"
      "48,Thành phố Đà Nẵng,498,Huyện Hoàng Sa,,no census count (Hoàng Sa)\n"
      "70,Tỉnh Bình Phước,693,Huyện Bú\u00A0Đốp,57.311,\n");
  ASSERT_EQ(listed.entries.size(), 3U);
  EXPECT_EQ(listed.entries[0].count, 58'041);
  EXPECT_EQ(listed.entries[1].count, std::nullopt);
  EXPECT_EQ(listed.entries[2].count, 57'311);
  EXPECT_EQ(listed.entries[2].name, "Huyện Bú Đốp");
  EXPECT_EQ(faults(listed), (std::vector{Fault::kFolded, Fault::kMissingCount, Fault::kSpelling}));
}

TEST(CensusList, ACountInTwoReadingsIsRefused) {
  const auto listed = read_census_list("code,population\n70,1.5\n80,-3\n84,1009168\n");
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(faults(listed), (std::vector{Fault::kNoCount, Fault::kNoCount}));
}

TEST(ActsList, TellsNumbersThatAreNoneAndDaysOfFetching) {
  const auto listed = read_acts_list(
      "effective_date,act,title\n"
      "2022-09-17,570/NQ-UBTVQH15,Chơn Thành\n"
      "2024-11-01,1192/NQ-UBTVQH,Cần Thơ\n"
      "2024-13-01,1/NQ-CP,x\n");
  EXPECT_EQ(listed.entries.size(), 2U);
  EXPECT_EQ(faults(listed), (std::vector{Fault::kOddDay, Fault::kOddAct, Fault::kNoDay}));
}

TEST(ActsList, KnowsHowActsAreNumbered) {
  for (const auto* good : {"570/NQ-UBTVQH15", "61/2005/NĐ-CP", "04/NĐ-CP", "175/2024/QH15",
                           "932/UBTVQH13", "32/NQ-CP ngày 27/8/2010", "10/2005/QĐ-TTg"}) {
    EXPECT_TRUE(is_act_number(good)) << good;
  }
  for (const auto* odd : {"1192/NQ-UBTVQH", "61/2005/NĐ/CP", "84/2005-NĐ-CP", "28/2006/NDD-CP",
                          "135/206/NĐ-CP", "NQ-CP", "", "621/TCTK-PPCĐ", "12/NQ-NBTVQH14"}) {
    EXPECT_FALSE(is_act_number(odd)) << odd;
  }
}

std::string collection(const std::string& features) {
  return R"({"type": "FeatureCollection", "features": [)" + features + "]}";
}
std::string feature(const std::string& code, const std::string& geometry) {
  return R"({"type": "Feature", "properties": {"code": )" + code +
         R"(, "name": "Tỉnh Trà Vinh"}, "geometry": )" + geometry + "}";
}
const std::string kTriangle =
    R"({"type": "Polygon", "coordinates": [[[106.1, 9.5], [106.5, 9.5], [106.3, 10.0], [106.1, 9.5]]]})";

TEST(BordersList, KeepsTheGeometryAlone) {
  const auto listed = read_borders(collection(feature("\"84\"", kTriangle)));
  ASSERT_EQ(listed.entries.size(), 1U);
  EXPECT_EQ(listed.entries[0].name, "Tỉnh Trà Vinh");
  EXPECT_EQ(listed.entries[0].geometry, R"({"type":"Polygon","coordinates":)"
                                        R"([[[106.1,9.5],[106.5,9.5],[106.3,10.0],[106.1,9.5]]]})");
}

TEST(BordersList, RefusesPolygonsThatAreOpenElsewhereOrNone) {
  const auto open =
      R"({"type": "Polygon", "coordinates": [[[106.1, 9.5], [106.5, 9.5], [106.3, 10.0], [106.2, 9.5]]]})";
  const auto swapped =
      R"({"type": "Polygon", "coordinates": [[[9.5, 106.1], [9.5, 106.5], [10.0, 106.3], [9.5, 106.1]]]})";
  const auto point = R"({"type": "Point", "coordinates": [106.1, 9.5]})";
  const auto empty = R"({"type": "MultiPolygon", "coordinates": []})";
  for (const auto* wrong : {open, swapped, point, empty, "null"}) {
    const auto listed = read_borders(collection(feature("\"84\"", wrong)));
    EXPECT_EQ(faults(listed), std::vector{Fault::kNoGeometry}) << wrong;
  }
  EXPECT_EQ(faults(read_borders(collection(feature("84", kTriangle)))),
            std::vector{Fault::kNoCode});
  EXPECT_EQ(faults(read_borders(
                collection(feature("\"84\"", kTriangle) + "," + feature("\"84\"", kTriangle)))),
            std::vector{Fault::kTwice});
  for (const auto* none : {"", "{}", "[]", R"({"type": "Feature"})", "{\"type\":"}) {
    EXPECT_EQ(faults(read_borders(none)), std::vector{Fault::kNoTable}) << none;
  }
}

}  // namespace
}  // namespace bz::units
