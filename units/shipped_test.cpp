// The units that the program brings along.
#include "units/units_here.h"

namespace bz::units {
namespace {

class Shipped : public UnitsHere {
 protected:
  void SetUp() override {
    census_ = write([](store::Sql& sql) { return load_shipped(sql); });
  }

  std::int64_t population(std::string_view unit) const {
    for (const auto& row : census_) {
      if (to_text(row.unit) == unit) return row.population;
    }
    return -1;
  }
  std::size_t count(std::string_view under, Level level, std::string_view on) {
    std::size_t found = 0;
    for (const auto& unit :
         read([&](store::Sql& sql) { return subtree(sql, key(under), day(on)); })) {
      if (unit.level == level) ++found;
    }
    return found;
  }

  std::vector<CensusRow> census_;
};
BZ_ON_BOTH_STORES(Shipped);

TEST_P(Shipped, AreTheProvincesOf2020AndOf2025) {
  EXPECT_EQ(names_under("VN@1976-07-02", "2020-08-21").size(), 63U);
  EXPECT_EQ(names_under("VN@1976-07-02", "2025-06-30").size(), 63U);
  EXPECT_EQ(names_under("VN@1976-07-02", "2025-07-01").size(), 34U);
}

TEST_P(Shipped, AreTheDistrictsAndCommunesOfThreeProvinces) {
  EXPECT_EQ(count("70@2020-06-01", Level::kDistrict, "2020-08-21"), 11U);
  EXPECT_EQ(count("80@2020-06-01", Level::kDistrict, "2020-08-21"), 15U);
  EXPECT_EQ(count("84@2020-06-01", Level::kDistrict, "2020-08-21"), 9U);
  EXPECT_EQ(count("70@2020-06-01", Level::kCommune, "2020-08-21"), 111U);
  EXPECT_EQ(count("80@2020-06-01", Level::kCommune, "2020-08-21"), 188U);
  EXPECT_EQ(count("84@2020-06-01", Level::kCommune, "2020-08-21"), 106U);
  EXPECT_EQ(count("VN@1976-07-02", Level::kDistrict, "2025-07-01"), 0U);
}

TEST_P(Shipped, TheCensusOf2019ComesWithThemAndAddsUp) {
  std::int64_t provinces = 0;
  std::map<std::string, std::int64_t> districts;
  for (const auto& row : census_) {
    EXPECT_EQ(row.day, day("2019-04-01"));
    if (row.unit.code.size() == 2) provinces += row.population;
    if (row.unit.code.size() == 3) {
      const auto unit = read([&](store::Sql& sql) { return find(sql, row.unit); });
      districts[unit->parent->code] += row.population;
    }
  }
  EXPECT_EQ(census_.size(), 63U + 35U);
  EXPECT_EQ(provinces, 96'208'984);
  EXPECT_EQ(districts.at("70"), 994'679);
  EXPECT_EQ(districts.at("80"), 1'688'547);
  EXPECT_EQ(districts.at("84"), 1'009'168);
  EXPECT_EQ(population("84@2020-06-01"), 1'009'168);
  EXPECT_EQ(population("850@2020-06-01"), 78'444);
  EXPECT_EQ(population("851@2020-06-01"), 48'210);
}

TEST_P(Shipped, TwiceIsOnce) {
  const auto units = [&] {
    return *read([](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM unit"); });
  };
  const auto before = units();
  EXPECT_EQ(write([](store::Sql& sql) { return load_shipped(sql); }), census_);
  EXPECT_EQ(units(), before);
}

TEST_P(Shipped, StayOutWhereTheStoreHasUnitsOfTheirOwn) {
  const store::Home elsewhere(GetParam());
  const auto other = elsewhere.open(kUnitsMigrations, "campaign");
  ASSERT_TRUE(other->write([](store::Sql& sql) {
    return sql.run(
        "INSERT INTO unit (key, code, valid_from, level, type, name, folded, parent_code) VALUES "
        "('84@2019-01-01', '84', 17897, 1, 'Tỉnh', 'Trà Vinh', 'tra vinh', 'VN')");
  }));
  const auto census = other->write([](store::Sql& sql) { return load_shipped(sql); });
  ASSERT_TRUE(census) << census.error().what;
  EXPECT_EQ(census->size(), 62U + 35U);
  const auto there =
      other->read([](store::Sql& sql) { return find_on(sql, "84", day("2020-08-21")); });
  EXPECT_EQ((*there)->key, key("84@2019-01-01"));
}

TEST_P(Shipped, ChonThanhBecameATownByAnAct) {
  const auto before = *unit_on("697", "2022-09-30");
  const auto after = *unit_on("697", "2022-10-01");
  EXPECT_EQ(full_name(before), "Huyện Chơn Thành");
  EXPECT_EQ(before.to_is, (Known{true, "570/NQ-UBTVQH15"}));
  EXPECT_EQ(full_name(after), "Thị xã Chơn Thành");
  EXPECT_EQ(after.from_is, (Known{true, "570/NQ-UBTVQH15"}));
  const auto districts = read([](store::Sql& sql) {
    return load_crosswalk(sql, Level::kDistrict, day("2020-06-01"), day("2023-01-01"));
  });
  const auto carried = districts.forward({{before.key, 91'026}});
  EXPECT_EQ(carried.estimates.at(after.key).value, 91'026);
}

TEST_P(Shipped, ProvincesMapExactly) {
  Values values;
  for (const auto& row : census_) {
    if (row.unit.code.size() == 2) values[row.unit] = row.population;
  }
  const auto walk = read([](store::Sql& sql) {
    return load_crosswalk(sql, Level::kProvince, day("2020-06-01"), day("2025-07-01"));
  });
  const auto carried = walk.forward(values);
  EXPECT_EQ(carried.estimates.size(), 34U);
  EXPECT_TRUE(carried.without.empty());
  EXPECT_TRUE(carried.not_carried.empty());
  // Bình Phước went to Đồng Nai (994,679 + 3,097,107); Hà Nội goes on under its key.
  EXPECT_EQ(carried.estimates.at(key("75@2025-07-01")).value, 4'091'786);
  EXPECT_EQ(carried.estimates.at(key("01@2020-06-01")).value, 8'053'663);
  EXPECT_EQ(carried.estimates.at(key("46@2025-01-01")).value, population("46@2020-06-01"));
  std::int64_t total = 0;
  for (const auto& place : carried.estimates) total += place.second.value;
  EXPECT_EQ(total, 96'208'984);
}

TEST_P(Shipped, PeoplesWordsForProvincesAreKnown) {
  for (const auto* written : {"TP.HCM", "TPHCM", "tp hcm", "TP. Hồ Chí Minh", "Sài Gòn"}) {
    const auto one = matched(written, "VN@1976-07-02", "2020-08-21");
    ASSERT_EQ(one.kind, Match::Kind::kOne) << written;
    EXPECT_EQ(to_text(one.unit().key), "79@2020-06-01") << written;
  }
  EXPECT_EQ(to_text(matched("Khánh Hoà", "VN@1976-07-02", "2020-08-21").unit().key),
            "56@2020-06-01");
  EXPECT_EQ(to_text(matched("Bà Rịa – Vũng Tàu", "VN@1976-07-02", "2020-08-21").unit().key),
            "77@2020-06-01");
}

}  // namespace
}  // namespace bz::units
