#include "campaign/rates.h"

#include <array>
#include <limits>

#include "campaign/checks.h"
#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

class Rates : public OnFigures {
 protected:
  void people(std::string_view code, std::int64_t value) {
    here_.record(
        figure(key_of(code), value, end_of("2019-03-31"), "census:2019-04-01", "population"));
  }
  Rate rate_of(std::string_view code, std::string_view on_day) {
    return here_.read([&](Sql& sql) {
      return rate(sql, "install_rate.population", key_of(code), "department:so-tttt-84",
                  on(on_day));
    });
  }
};
BZ_ON_BOTH_STORES(Rates);

TEST_P(Rates, AreOfTheWholeUnitEvenWhereTheCountIsPartial) {
  people("84", 1'009'168);
  here_.record(figure(key_of("844"), 60'000, end_of("2020-08-19")));
  const auto rate = rate_of("84", "2020-08-19");
  EXPECT_EQ(rate.hundredths(), 595);  // 60,000 / 1,009,168 = 5.9455 %
  EXPECT_EQ(rate.shown(), "5,95 %");
  EXPECT_TRUE(rate.numerator.value_is_partial());
  EXPECT_EQ(rate.numerator.covered, 1);
  EXPECT_EQ(rate.denominator->source, "census:2019-04-01");
}

TEST_P(Rates, AreNotComputedWithoutCountOrDenominator) {
  EXPECT_EQ(rate_of("84", "2020-08-19").shown(),
            "không tính được: chưa có “Số máy đã cài Bluezone” của 84");
  here_.record(figure(key_of("84"), 68'400, end_of("2020-08-19")));
  EXPECT_EQ(rate_of("84", "2020-08-19").shown(), "không tính được: chưa có “Dân số” của 84");
  people("84", 0);
  EXPECT_FALSE(rate_of("84", "2020-08-19").hundredths());
}

// A SIM is no handset.
TEST_P(Rates, AreNotMadeOfSimsAndSaySo) {
  people("84", 1'009'168);
  here_.record(figure(key_of("84"), 9'210, end_of("2020-08-19"), "department:so-tttt-84",
                      "app_installed_sim"));
  const auto rate = rate_of("84", "2020-08-19");
  EXPECT_FALSE(rate.hundredths());
  EXPECT_EQ(rate.shown(), "không tính được: nguồn này đếm SIM, không đếm máy");
  EXPECT_EQ(rate.shown(vi::Language::kEnglish),
            "not computable: this source counts SIMs, not handsets");
}

TEST_P(Rates, OfChildrenCarryTheirOwnDenominators) {
  people("842", 112'584);
  people("844", 147'694);
  here_.record(figure(key_of("844"), 14'769, end_of("2020-08-19")));
  const auto rates = here_.read([&](Sql& sql) {
    return rates_of_children(sql, "install_rate.population", key_of("84"), "department:so-tttt-84",
                             on("2020-08-19"));
  });
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_EQ(rates[0].numerator.subject, key_of("842"));
  EXPECT_EQ(rates[0].denominator->value, 112'584);
  EXPECT_FALSE(rates[0].hundredths());
  EXPECT_EQ(rates[1].shown(vi::Language::kEnglish), "10.00 %");
  EXPECT_FALSE(rates[2].denominator);
}

// A denominator that was withdrawn is passed over, for one unit and for many.
TEST_P(Rates, PassOverADenominatorThatWasWithdrawn) {
  people("844", 1'000);
  const auto id = here_.record(
      figure(key_of("844"), 9, end_of("2020-06-30"), "census:2019-04-01", "population"));
  here_.write([&](Sql& sql) { return withdraw(sql, id, "nhầm", "lan", end_of("2020-07-01")); });
  here_.record(figure(key_of("844"), 100, end_of("2020-08-19")));
  EXPECT_EQ(rate_of("844", "2020-08-19").hundredths(), 1'000);
  const auto rates = here_.read([&](Sql& sql) {
    return rates_of_children(sql, "install_rate.population", key_of("84"), "department:so-tttt-84",
                             on("2020-08-19"));
  });
  EXPECT_EQ(rates[1].hundredths(), 1'000);
}

// Worked example B: Viettel 9,210, MobiFone 2,050, VNPT missing.
TEST_P(Rates, OverOperatorsAreARangeOfSims) {
  const auto sims = [&](const char* source, std::int64_t value) {
    here_.record(figure(key_of("842"), value, end_of("2020-08-25"), source, "app_installed_sim"));
  };
  const std::vector<std::string> all{"operator:viettel-84", "operator:mobifone-84",
                                     "operator:vnpt-84"};
  const auto range = [&] {
    return here_.read(
        [&](Sql& sql) { return operator_range(sql, key_of("842"), all, on("2020-08-25")); });
  };
  EXPECT_EQ(range().shown(), "chưa có số liệu của nhà mạng nào trong 3");
  sims("operator:viettel-84", 9'210);
  EXPECT_EQ(range().shown(vi::Language::kEnglish), "1 of 3 operators, 9,210 SIM");
  sims("operator:mobifone-84", 2'050);
  EXPECT_EQ(range().covered, 2);
  EXPECT_EQ(range().sum, 11'260);
  EXPECT_EQ(range().shown(), "2 trong 3 nhà mạng, 9.210 đến 11.260 SIM");
  EXPECT_EQ(range().shown(vi::Language::kEnglish), "2 of 3 operators, 9,210 to 11,260 SIM");
}

// One counts its own 9,210 and another has so far told of one of nine districts, the day before.
TEST_P(Rates, OverOperatorsSayWhoLeavesUnitsOutAndHowOldTheyAre) {
  const auto sims = [&](const std::string& unit, const char* source, std::int64_t value,
                        std::string_view day, OriginKind origin) {
    auto one = figure(unit, value, end_of(day), source, "app_installed_sim");
    one.origin = origin;
    here_.record(one);
  };
  const std::vector<std::string> all{"operator:viettel-84", "operator:mobifone-84"};
  const auto range = [&] {
    return here_.read(
        [&](Sql& sql) { return operator_range(sql, key_of("84"), all, on("2020-08-25")); });
  };
  sims(key_of("84"), "operator:viettel-84", 9'210, "2020-08-25", OriginKind::kReportLine);
  EXPECT_EQ(range().partial, 0);
  EXPECT_EQ(range().shown(), "1 trong 2 nhà mạng, 9.210 SIM");
  EXPECT_FALSE(range().is_illustrative);
  sims(key_of("842"), "operator:mobifone-84", 2'050, "2020-08-24", OriginKind::kIllustrative);
  EXPECT_EQ(range().partial, 1);
  EXPECT_EQ(range().oldest, end_of("2020-08-24"));
  EXPECT_EQ(range().newest, end_of("2020-08-25"));
  EXPECT_TRUE(range().is_illustrative);
  EXPECT_EQ(range().shown(),
            "2 trong 2 nhà mạng (1 chưa đủ đơn vị), 9.210 đến 11.260 SIM, cũ nhất đến hết "
            "24/8/2020");
  EXPECT_EQ(range().shown(vi::Language::kEnglish),
            "2 of 2 operators (1 without all units), 9,210 to 11,260 SIM, the oldest up to the "
            "end of 24/8/2020");
}

class CheckedFigures : public OnFigures {
 protected:
  std::vector<Finding> found(const NewFigure& figure, const std::vector<NewFigure>& beside = {},
                             const std::optional<ReportedRate>& reported = {}) {
    return here_.read([&](Sql& sql) { return check(sql, figure, beside, reported); });
  }
  static std::string names(const std::vector<Finding>& findings) {
    std::string all;
    for (const auto& one : findings) {
      all += one.check + (one.severity == Severity::kImpossible ? "! " : " ");
      EXPECT_FALSE(one.says.empty() || one.says_en.empty() || one.todo.empty() ||
                   one.todo_en.empty());
    }
    return all;
  }
};
BZ_ON_BOTH_STORES(CheckedFigures);

TEST_P(CheckedFigures, AskAboutAFallOfWhatNeverFalls) {
  here_.record(figure(key_of("842"), 1'000, end_of("2020-08-18")));
  here_.record(figure(key_of("842"), 1'200, end_of("2020-08-20")));
  EXPECT_EQ(names(found(figure(key_of("842"), 999, end_of("2020-08-19")))), "falls ");
  EXPECT_EQ(names(found(figure(key_of("842"), 1'000, end_of("2020-08-19")))), "");
  EXPECT_EQ(names(found(figure(key_of("842"), 1'201, end_of("2020-08-19")))), "falls ");
  const auto fall = found(figure(key_of("842"), 999, end_of("2020-08-19")));
  EXPECT_EQ(fall.front().says, "Số lũy kế giảm so với 1.000 của ngày 18/8/2020.");
  EXPECT_EQ(fall.front().says_en, "A cumulative count falls below 1,000 of 2020-08-18.");
  // Bluetooth may be switched off.
  here_.record(figure(key_of("842"), 1'000, end_of("2020-08-18"), "door", "bluetooth_on"));
  EXPECT_EQ(names(found(figure(key_of("842"), 900, end_of("2020-08-19"), "door", "bluetooth_on"))),
            "");
}

// Reckoning with it would overflow.
TEST_P(CheckedFigures, AreRefusedWhereTheyAreNoCount) {
  here_.record(figure(key_of("842"), 1'000, end_of("2020-08-17")));
  const auto of = [&](std::int64_t value, std::int64_t beside) {
    return here_.store().read([&](Sql& sql) {
      const auto other = figure(key_of("844"), beside, end_of("2020-08-18"));
      return check(sql, figure(key_of("842"), value, end_of("2020-08-18")), std::array{other});
    });
  };
  for (const auto wrong : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                           kMostValue + 1, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_FALSE(of(wrong, 1));
    EXPECT_FALSE(of(1, wrong));
  }
  EXPECT_TRUE(of(kMostValue, kMostValue));
}

TEST_P(CheckedFigures, AskAboutAJump) {
  here_.record(figure(key_of("842"), 1'000, end_of("2020-08-17")));
  EXPECT_EQ(names(found(figure(key_of("842"), 1'500, end_of("2020-08-18")))), "");
  EXPECT_EQ(names(found(figure(key_of("842"), 1'501, end_of("2020-08-18")))), "jumps ");
  EXPECT_EQ(names(found(figure(key_of("842"), 2'000, end_of("2020-08-19")))), "");  // two days
  here_.record(figure(key_of("844"), 2, end_of("2020-08-17")));
  EXPECT_EQ(names(found(figure(key_of("844"), 102, end_of("2020-08-18")))), "");
  EXPECT_EQ(names(found(figure(key_of("844"), 103, end_of("2020-08-18")))), "jumps ");
}

TEST_P(CheckedFigures, StopWhatCannotBe) {
  here_.record(
      figure(key_of("842"), 1'000, end_of("2019-03-31"), "census:2019-04-01", "population"));
  EXPECT_EQ(names(found(figure(key_of("842"), 1'000, end_of("2020-08-18")))), "");
  EXPECT_EQ(names(found(figure(key_of("842"), 1'001, end_of("2020-08-18")))), "above_whole! ");
  auto estimate = figure(key_of("844"), 1'000, end_of("2019-03-31"), "agency:x", "population");
  estimate.precision = Precision::kRounded;
  here_.record(estimate);
  EXPECT_EQ(names(found(figure(key_of("844"), 1'001, end_of("2020-08-18")))), "above_whole ");
  // A part above its whole, both in one report.
  const auto whole = figure("truong-84", 40, end_of("2020-08-25"), "agency:truong-84", "headcount");
  const auto part =
      figure("truong-84", 41, end_of("2020-08-25"), "agency:truong-84", "smartphone_owners");
  EXPECT_EQ(names(found(part, {whole, part})), "above_whole! ");
  EXPECT_EQ(names(found(part)), "");
  here_.record(whole);
  EXPECT_EQ(names(found(part)), "above_whole! ");
}

TEST_P(CheckedFigures, CompareTheReportedRateAtItsOwnDecimals) {
  const auto counted = figure(key_of("842"), 9'210, end_of("2020-08-25"), "operator:viettel-84",
                              "app_installed_sim");
  // 9,210 / 53,992 = 17.0581 %
  EXPECT_EQ(names(found(counted, {}, ReportedRate{1'706, 2, 53'992})), "");
  EXPECT_EQ(names(found(counted, {}, ReportedRate{171, 1, 53'992})), "");
  EXPECT_EQ(names(found(counted, {}, ReportedRate{17, 0, 53'992})), "");
  EXPECT_EQ(names(found(counted, {}, ReportedRate{170, 1, 53'992})), "other_rate ");
  EXPECT_EQ(names(found(counted, {}, ReportedRate{1'705, 2, {}})), "");
  const auto other = found(counted, {}, ReportedRate{1'750, 2, 53'992});
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].says, "Tỷ lệ ghi là 17,50 %, tính lại là 17,06 %.");
}

// An operator's SIMs are held against its own subscriptions, not another's.
TEST_P(CheckedFigures, OfAnOperatorAreHeldAgainstItsOwnSubscriptions) {
  here_.record(figure(key_of("842"), 5'000, end_of("2020-08-24"), "operator:mobifone-84",
                      "smartphone_subscriptions"));
  const auto of = [&](const char* source) {
    return names(
        found(figure(key_of("842"), 9'210, end_of("2020-08-25"), source, "app_installed_sim")));
  };
  EXPECT_EQ(of("operator:viettel-84"), "");
  EXPECT_EQ(of("operator:mobifone-84"), "above_whole! ");
}

}  // namespace
}  // namespace bz::campaign
