// The tree of units on a day, and names that people write, on a corner of Trà Vinh and Long An.
#include "units/units.h"

#include "units/units_here.h"

namespace bz::units {
namespace {

constexpr std::string_view k2020 =
    "code,name,type,parent_code\n"
    "80,Tỉnh Long An,Tỉnh,VN\n"
    "84,Tỉnh Trà Vinh,Tỉnh,VN\n"
    "808,Huyện Châu Thành,Huyện,80\n"
    "842,Thành phố Trà Vinh,Thành phố,84\n"
    "847,Huyện Châu Thành,Huyện,84\n"
    "850,Huyện Duyên Hải,Huyện,84\n"
    "851,Thị xã Duyên Hải,Thị xã,84\n"
    "29236,Phường 4,Phường,842\n"
    "29239,Phường 1,Phường,842\n"
    "29242,Phường 10,Phường,842\n"
    "29374,Thị trấn Châu Thành,Thị trấn,847\n"
    "29377,Xã Đa Lộc,Xã,847\n"
    "29380,Xã Đà Lộc,Xã,847\n";

class Units : public UnitsHere {
 protected:
  void SetUp() override { import_units(std::string(k2020), "2020-06-01"); }
};
BZ_ON_BOTH_STORES(Units);

TEST(UnitKeys, AreCodeAndFirstDay) {
  EXPECT_EQ(to_text(key("84@2020-06-01")), "84@2020-06-01");
  EXPECT_EQ(to_text(nation()), "VN@1976-07-02");
  EXPECT_EQ(key_from_text(to_text(nation())), nation());
  for (const auto* none : {"84", "84@", "@2020-06-01", "8@2020-06-01", "84@2020-06-31",
                           "84@2020-06-01 ", "vn@1976-07-02", "8４@2020-06-01", ""}) {
    EXPECT_EQ(key_from_text(none), std::nullopt) << none;
  }
}

TEST(UnitKeys, LevelIsTheCodesWidth) {
  EXPECT_EQ(level_of("VN"), Level::kNation);
  EXPECT_EQ(level_of("84"), Level::kProvince);
  EXPECT_EQ(level_of("847"), Level::kDistrict);
  EXPECT_EQ(level_of("29374"), Level::kCommune);
  for (const auto* none : {"", "8", "8474", "8a", "293744", "-84"}) {
    EXPECT_EQ(level_of(none), std::nullopt) << none;
  }
}

TEST_P(Units, AreFoundByKeyAndByCodeOnADay) {
  const auto unit = read([](store::Sql& sql) { return find(sql, key("847@2020-06-01")); });
  ASSERT_TRUE(unit);
  EXPECT_EQ(full_name(*unit), "Huyện Châu Thành");
  EXPECT_EQ(unit->folded, "chau thanh");
  EXPECT_EQ(unit->parent, key("84@2020-06-01"));
  EXPECT_FALSE(unit->from_is.is_exact);
  EXPECT_EQ(unit->valid_to, std::nullopt);
  EXPECT_EQ(unit_on("847", "2020-08-21"), unit);
  EXPECT_EQ(unit_on("847", "2020-05-31"), std::nullopt);
  EXPECT_EQ(unit_on("999", "2020-08-21"), std::nullopt);
  EXPECT_EQ(read([](store::Sql& sql) { return find(sql, key("847@2020-06-02")); }), std::nullopt);
}

TEST_P(Units, AreNeverShownByTheirNameAlone) {
  const auto unit = *unit_on("847", "2020-08-21");
  const auto parent = *unit_on("84", "2020-08-21");
  EXPECT_EQ(full_name(unit, parent), "Huyện Châu Thành, Tỉnh Trà Vinh");
  EXPECT_EQ(name_in_order(unit, parent), "Châu Thành (Huyện, Trà Vinh)");
}

TEST_P(Units, ChildrenComeInVietnameseOrderAndNumbersByValue) {
  EXPECT_EQ(names_under("84@2020-06-01", "2020-08-21"),
            (std::vector<std::string>{"Huyện Châu Thành", "Huyện Duyên Hải", "Thị xã Duyên Hải",
                                      "Thành phố Trà Vinh"}));
  EXPECT_EQ(names_under("842@2020-06-01", "2020-08-21"),
            (std::vector<std::string>{"Phường 1", "Phường 4", "Phường 10"}));
  EXPECT_EQ(names_under("VN@1976-07-02", "2020-08-21"),
            (std::vector<std::string>{"Tỉnh Long An", "Tỉnh Trà Vinh"}));
  EXPECT_TRUE(names_under("84@2020-06-01", "2020-05-31").empty());
}

TEST_P(Units, AncestorsGoUpToTheNation) {
  const auto above = read(
      [](store::Sql& sql) { return ancestors(sql, key("29374@2020-06-01"), day("2020-08-21")); });
  EXPECT_EQ(keys_of(above), "847@2020-06-01 84@2020-06-01 VN@1976-07-02");
  const auto within = [&](std::string_view unit, std::string_view top) {
    return read(
        [&](store::Sql& sql) { return is_within(sql, key(unit), key(top), day("2020-08-21")); });
  };
  EXPECT_TRUE(within("29374@2020-06-01", "84@2020-06-01"));
  EXPECT_TRUE(within("84@2020-06-01", "84@2020-06-01"));
  EXPECT_FALSE(within("29374@2020-06-01", "80@2020-06-01"));
  EXPECT_FALSE(within("84@2020-06-01", "847@2020-06-01"));
}

TEST_P(Units, ASubtreeHasParentsBeforeChildren) {
  const auto units =
      read([](store::Sql& sql) { return subtree(sql, key("847@2020-06-01"), day("2020-08-21")); });
  // "Châu Thành" before "Đa Lộc" before "Đà Lộc".
  EXPECT_EQ(keys_of(units), "847@2020-06-01 29374@2020-06-01 29377@2020-06-01 29380@2020-06-01");
  const auto all = read([](store::Sql& sql) { return subtree(sql, nation(), day("2020-08-21")); });
  EXPECT_EQ(all.size(), 14U);
}

TEST_P(Units, SearchNeedsNoTonesAndNarrowsByType) {
  const auto found = [&](std::string words, std::optional<Level> level = {}) {
    return keys_of(read([&](store::Sql& sql) {
      return search(sql, {day("2020-08-21"), words, std::nullopt, level});
    }));
  };
  EXPECT_EQ(found("chau th", Level::kDistrict), "808@2020-06-01 847@2020-06-01");
  EXPECT_EQ(found("Châu Thành", Level::kDistrict), "808@2020-06-01 847@2020-06-01");
  EXPECT_EQ(found("TX duyen"), "851@2020-06-01");
  EXPECT_EQ(found("hai"), "850@2020-06-01 851@2020-06-01");
  EXPECT_EQ(found("292"), "29239@2020-06-01 29236@2020-06-01 29242@2020-06-01");
  EXPECT_EQ(found("khong co"), "");
  EXPECT_EQ(found("%"), found(""));
  const auto under = read([&](store::Sql& sql) {
    return search(sql, {day("2020-08-21"), "chau", key("80@2020-06-01")});
  });
  EXPECT_EQ(keys_of(under), "808@2020-06-01");
}

TEST_P(Units, ANameIsLookedForInsideItsParentOnly) {
  const auto here = matched("Châu Thành", "84@2020-06-01", "2020-08-21");
  ASSERT_EQ(here.kind, Match::Kind::kOne);
  EXPECT_EQ(to_text(here.unit().key), "847@2020-06-01");
  EXPECT_EQ(to_text(matched("H. Châu Thành", "80@2020-06-01", "2020-08-21").unit().key),
            "808@2020-06-01");
  EXPECT_EQ(matched("Duyên Hải", "80@2020-06-01", "2020-08-21").kind, Match::Kind::kNone);
}

TEST_P(Units, OfTwoDuyenHaiAPersonIsAskedUnlessTheTypeSaysWhich) {
  const auto both = matched("Duyên Hải", "84@2020-06-01", "2020-08-21");
  EXPECT_EQ(both.kind, Match::Kind::kDoubt);
  EXPECT_EQ(keys_of(both.candidates), "850@2020-06-01 851@2020-06-01");
  EXPECT_EQ(matched("duyen hai", "84@2020-06-01", "2020-08-21").candidates.size(), 2U);
  for (const auto* written : {"huyện Duyên Hải", "H.Duyên Hải", "HUYEN DUYEN HAI", "850",
                              "850@2020-06-01", " Huyện  Duyên\u00A0Hải "}) {
    const auto one = matched(written, "84@2020-06-01", "2020-08-21");
    ASSERT_EQ(one.kind, Match::Kind::kOne) << written;
    EXPECT_EQ(to_text(one.unit().key), "850@2020-06-01") << written;
  }
  for (const auto* written : {"thị xã Duyên Hải", "TX Duyên Hải", "TX. Duyên Hải", "tx.duyen hai",
                              "Thị Xã Duyên Hải", "851"}) {
    const auto one = matched(written, "84@2020-06-01", "2020-08-21");
    ASSERT_EQ(one.kind, Match::Kind::kOne) << written;
    EXPECT_EQ(to_text(one.unit().key), "851@2020-06-01") << written;
  }
}

TEST_P(Units, AnotherTypeOrOtherTonesAreADoubt) {
  for (const auto* written : {"TP Duyên Hải", "Châu Thánh", "huyện Trà Vinh"}) {
    EXPECT_EQ(matched(written, "84@2020-06-01", "2020-08-21").kind, Match::Kind::kDoubt) << written;
  }
  EXPECT_EQ(matched("Châu Thán", "84@2020-06-01", "2020-08-21").kind, Match::Kind::kNone);
  EXPECT_EQ(matched("", "84@2020-06-01", "2020-08-21").kind, Match::Kind::kNone);
  EXPECT_EQ(matched("808", "84@2020-06-01", "2020-08-21").kind, Match::Kind::kNone);
}

TEST_P(Units, TonesDecideBetweenNamesThatDifferInThemOnly) {
  EXPECT_EQ(to_text(matched("xã Đà Lộc", "847@2020-06-01", "2020-08-21").unit().key),
            "29380@2020-06-01");
  EXPECT_EQ(matched("Da Loc", "847@2020-06-01", "2020-08-21").kind, Match::Kind::kDoubt);
}

TEST_P(Units, ANumberedWardIsFoundWithAZeroOrWithout) {
  for (const auto* written : {"Phường 1", "P.1", "p. 01", "1"}) {
    const auto one = matched(written, "842@2020-06-01", "2020-08-21");
    ASSERT_EQ(one.kind, Match::Kind::kOne) << written;
    EXPECT_EQ(to_text(one.unit().key), "29239@2020-06-01") << written;
  }
}

TEST_P(Units, WithALevelTheyAreLookedForDeeper) {
  EXPECT_EQ(matched("Châu Thành", "84@2020-06-01", "2020-08-21", Level::kCommune).unit().key,
            key("29374@2020-06-01"));
}

TEST_P(Units, AliasesAreNamesToo) {
  const auto add = [&](std::string_view alias) {
    return store_->write(
        [&](store::Sql& sql) { return add_alias(sql, key("842@2020-06-01"), alias); });
  };
  EXPECT_TRUE(*add("TPTV"));
  EXPECT_FALSE(*add("tptv"));
  EXPECT_EQ(add(" . ").error().code, Code::kInvalid);
  EXPECT_EQ(to_text(matched("tptv", "84@2020-06-01", "2020-08-21").unit().key), "842@2020-06-01");
  EXPECT_EQ(keys_of(read([](store::Sql& sql) {
              return search(sql, {day("2020-08-21"), "tpt"});
            })),
            "842@2020-06-01");
}

}  // namespace
}  // namespace bz::units
