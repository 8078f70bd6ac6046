#include "campaign/targets.h"

#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

constexpr auto kSource = "department:so-tttt-84";

// Worked example A.
class Targets : public OnFigures {
 protected:
  void SetUp() override {
    auto census =
        figure(key_of("84"), 1'009'168, end_of("2019-03-31"), "census:2019-04-01", "population");
    census.state = State::kAccepted;
    here_.record(census);
    auto of_19 = figure(key_of("84"), 68'400, end_of("2020-08-19"));
    of_19.precision = Precision::kAbout;
    of_19.known_at = end_of("2020-08-19") + std::chrono::hours{10};
    first_ = here_.record(of_19);
    of_residents_ = add("install_rate.population");
    of_users_ = add("install_rate.smartphone_users");
  }

  std::int64_t add(std::string indicator) {
    NewTarget target;
    target.indicator = std::move(indicator);
    target.subject = key_of("84");
    target.due_before = end_of("2020-08-20");
    target.task = "3217/UBND-VX 1";
    target.sentence = "đến ngày 20/8/2020 phải đạt tỷ lệ 50%";
    target.reading_of = "tỷ lệ người dân";
    target.hundredths = 5'000;
    target.start = vi::start_of(day("2020-08-04"));
    target.source = kSource;
    target.by = "lan";
    return here_.write(
        [&](Sql& sql) { return add_target(sql, target, vi::start_of(day("2020-08-13"))); });
  }
  TargetStatus status(std::int64_t id, const At& at) {
    return here_.read([&](Sql& sql) { return target_status(sql, id, at); });
  }

  FigureId first_;
  std::int64_t of_residents_ = 0;
  std::int64_t of_users_ = 0;
};
BZ_ON_BOTH_STORES(Targets);

TEST_P(Targets, SayHowFarItIsAndWhatADayMustBring) {
  const auto now = status(of_residents_, on("2020-08-19"));
  EXPECT_EQ(now.phase, Phase::kRunning);
  EXPECT_EQ(now.rate.shown(), "6,78 %");  // 68,400 / 1,009,168 = 6.7779 %
  EXPECT_EQ(now.needed, 504'584);         // half of 1,009,168
  EXPECT_EQ(now.distance, 436'184);
  EXPECT_EQ(now.distance_points, 4'322);  // 50.00 - 6.78
  EXPECT_EQ(now.days_left, 1);
  EXPECT_EQ(now.needed_a_day, 436'184);
  EXPECT_EQ(now.path, 4'706);          // 50 % * 16 / 17 = 47.06 %
  EXPECT_EQ(now.percent_of_path, 14);  // 6.7779 / 47.0588 = 14.4 %
  EXPECT_TRUE(now.is_alert);
  EXPECT_FALSE(now.forecast);  // one figure alone
  ASSERT_TRUE(now.rank);
  EXPECT_EQ(now.rank->place, 1);
  EXPECT_EQ(now.rank->of, 1);
  EXPECT_EQ(now.rate.numerator.of, 3);
  EXPECT_EQ(now.rate.numerator.covered, 0);
}

TEST_P(Targets, WithoutADenominatorHaveNoDistance) {
  const auto now = status(of_users_, on("2020-08-19"));
  EXPECT_EQ(now.rate.shown(),
            "không tính được: chưa có “Số người dùng điện thoại thông minh” của 84");
  EXPECT_EQ(now.rate.shown(vi::Language::kEnglish), "not computable: no “Smartphone users” for 84");
  EXPECT_FALSE(now.distance);
  EXPECT_FALSE(now.needed_a_day);
  EXPECT_FALSE(now.rank);
  EXPECT_FALSE(now.is_alert);
  EXPECT_EQ(status(of_users_, on("2020-08-21")).phase, Phase::kNotComputable);
}

TEST_P(Targets, KeepBothReadingsUntilAPersonChooses) {
  const auto all = [&](Instant as_of, bool with_dropped = false) {
    return here_.read([&](Sql& sql) { return targets(sql, key_of("84"), as_of, with_dropped); })
        .size();
  };
  EXPECT_EQ(all(end_of("2020-08-19")), 2U);
  EXPECT_EQ(all(end_of("2020-08-11")), 0U);
  const auto chosen = [&](std::int64_t id) {
    return here_.store().write([&](Sql& sql) -> Result<int> {
      if (auto done = choose_target(sql, id, "lan", end_of("2020-08-19")); !done) {
        return done.error();
      }
      return 0;
    });
  };
  ASSERT_TRUE(chosen(of_residents_));
  ASSERT_TRUE(chosen(of_residents_));
  EXPECT_EQ(chosen(of_users_).error().code, Code::kConflict);
  EXPECT_EQ(chosen(77).error().code, Code::kNotFound);
  EXPECT_EQ(all(end_of("2020-08-20")), 1U);
  EXPECT_EQ(all(end_of("2020-08-20"), true), 2U);
  const auto before =  // as it was then
      here_.read([&](Sql& sql) { return targets(sql, key_of("84"), end_of("2020-08-18")); });
  ASSERT_EQ(before.size(), 2U);
  for (const auto& target : before) {
    EXPECT_FALSE(target.chosen_at);
    EXPECT_EQ(target.chosen_by, "");
    EXPECT_FALSE(target.dropped_at);
  }
  const auto as_of = [&](std::string_view day) {
    return here_.read([&](Sql& sql) { return find_target(sql, of_residents_, end_of(day)); });
  };
  EXPECT_FALSE(as_of("2020-08-11"));  // nobody had set it
  EXPECT_FALSE(as_of("2020-08-18")->chosen_at);
  EXPECT_TRUE(as_of("2020-08-19")->chosen_at);
  const auto left = here_.read([&](Sql& sql) { return targets(sql, key_of("84")); });
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].chosen_by, "lan");
  EXPECT_EQ(left[0].what.sentence, "đến ngày 20/8/2020 phải đạt tỷ lệ 50%");
}

TEST_P(Targets, OnceMissedKeepWhatWasKnownThen) {
  const Instant due = end_of("2020-08-20");
  const auto freeze = [&](Instant now) {
    return here_.write([&](Sql& sql) { return freeze_due(sql, now); });
  };
  EXPECT_EQ(freeze(due - std::chrono::minutes{1}), 0);
  // Before it is written down it is shown alike.
  const auto correct_it = [&](std::int64_t value, FigureId id) {
    return here_.write([&](Sql& sql) {
      return correct(sql, id, {value, {}, {}, {}, "báo cáo", "đếm lại"}, "lan",
                     end_of("2020-08-21"));
    });
  };
  const auto second = correct_it(68'912, first_);
  auto missed = status(of_residents_, on("2020-08-25"));
  EXPECT_EQ(missed.phase, Phase::kMissed);
  EXPECT_EQ(missed.rate.numerator.value(), 68'400);
  EXPECT_EQ(freeze(due + kFreezeAfter), 2);
  EXPECT_EQ(freeze(due + kFreezeAfter), 0);
  correct_it(900'000, second);
  missed = status(of_residents_, on("2020-08-25"));
  EXPECT_EQ(missed.phase, Phase::kMissed);
  EXPECT_EQ(missed.on, due);
  EXPECT_EQ(missed.rate.numerator.value(), 68'400);
  EXPECT_EQ(missed.rate.numerator.own->id, first_);
  EXPECT_EQ(missed.distance, 436'184);
  EXPECT_EQ(missed.days_left, 0);
  EXPECT_FALSE(missed.needed_a_day);
  EXPECT_EQ(missed.path, 5'000);
  ASSERT_TRUE(missed.target.frozen);
  EXPECT_EQ(missed.target.frozen->figure, to_text(first_));
  EXPECT_EQ(missed.target.frozen->denominator, 1'009'168);
  // What is asked about the day before is not frozen.
  EXPECT_EQ(status(of_residents_, on("2020-08-19")).rate.numerator.value(), 900'000);
  EXPECT_EQ(status(of_residents_, on("2020-08-19")).phase, Phase::kReached);
}

// A report that came in time is written a moment later; what is written after that is too late.
TEST_P(Targets, WhatIsWrittenWithinTwoMinutesOfTheirDueCounts) {
  const Instant due = end_of("2020-08-20");
  auto last = figure(key_of("84"), 70'000, due);
  last.known_at = due + std::chrono::minutes{1};
  here_.record(last);
  last.value = 80'000;
  last.known_at = due + std::chrono::minutes{3};
  last.reason = "đếm lại";
  here_.record(last);
  const auto counted = [&](Instant as_of) {
    return status(of_residents_, on("2020-08-25", as_of)).rate.numerator.value();
  };
  EXPECT_EQ(counted(due), 68'400);
  EXPECT_EQ(counted(due + kFreezeAfter), 70'000);
  EXPECT_EQ(counted(Instant::max()), 70'000);
  EXPECT_EQ(here_.write([&](Sql& sql) { return freeze_due(sql, due + kFreezeAfter); }), 2);
  EXPECT_EQ(counted(due), 68'400);
  EXPECT_EQ(counted(Instant::max()), 70'000);
}

TEST_P(Targets, RankAUnitAmongThoseBesideItThatHaveARate) {
  here_.write([](Sql& sql) -> Result<int> {
    for (const auto* code : {"70", "80", "82"}) {
      if (auto done = put_unit(sql, code, "VN", "Tỉnh"); !done) return done.error();
    }
    return 0;
  });
  // 10 % in 70 by its own department, 5 % in 80, nothing of 82's people known.
  for (const auto& [code, value] :
       {std::pair("70", 100), std::pair("80", 50), std::pair("82", 1)}) {
    here_.record(figure(key_of(code), value, end_of("2020-08-19"),
                        "department:so-tttt-" + std::string(code)));
  }
  for (const auto* code : {"70", "80"}) {
    here_.record(
        figure(key_of(code), 1'000, end_of("2019-03-31"), "census:2019-04-01", "population"));
  }
  const auto rank = status(of_residents_, on("2020-08-19")).rank;
  ASSERT_TRUE(rank);
  EXPECT_EQ(rank->place, 2);
  EXPECT_EQ(rank->with_rate, 3);
  EXPECT_EQ(rank->of, 4);
}

TEST_P(Targets, ForecastFromTheDaysOfTheLastWeek) {
  // 2,350 more each day, up to 68,400 on the 19th.
  for (int back = 1; back <= 9; ++back) {
    here_.record(figure(key_of("84"), 68'400 - 2'350 * back,
                        vi::end_of(day("2020-08-19") - std::chrono::days{back})));
  }
  const auto made = status(of_residents_, on("2020-08-19")).forecast;
  ASSERT_TRUE(made);
  EXPECT_EQ(made->figures, 8);
  EXPECT_EQ(made->days, 7);
  EXPECT_EQ(made->a_day, 2'350);
  EXPECT_EQ(made->a_day_low, 2'350);
  EXPECT_EQ(made->a_day_high, 2'350);
  EXPECT_EQ(made->days_to_go, 186);  // 436,184 / 2,350 = 185.6
  EXPECT_EQ(made->reached_on, day("2021-02-21"));
}

TEST_P(Targets, RefuseWhatIsNoTarget) {
  NewTarget good;
  good.indicator = "install_rate.population";
  good.subject = key_of("842");
  good.due_before = end_of("2020-08-20");
  good.hundredths = 5'000;
  good.start = vi::start_of(day("2020-08-04"));
  good.source = kSource;
  good.by = "lan";
  const auto code_of = [&](auto change) {
    auto copy = good;
    change(copy);
    const auto done =
        here_.store().write([&](Sql& sql) { return add_target(sql, copy, end_of("2020-08-13")); });
    return done ? std::optional<Code>{} : std::optional(done.error().code);
  };
  EXPECT_EQ(code_of([](auto& t) { t.indicator = "rate"; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.hundredths = 0; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.hundredths = 10'001; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.start = t.due_before; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.start_hundredths = 5'001; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.source = ""; }), Code::kInvalid);
  EXPECT_EQ(code_of([](auto& t) { t.subject = "999@2020-06-01"; }), Code::kNotFound);
  EXPECT_EQ(code_of([](auto&) {}), std::nullopt);
  EXPECT_EQ(code_of([](auto&) {}), Code::kConflict);
}

std::vector<DayValue> days_from(std::string_view first, const std::vector<std::int64_t>& values) {
  std::vector<DayValue> made;
  for (const auto value : values) {
    made.push_back({day(first) + std::chrono::days{made.size()}, value});
  }
  return made;
}

TEST(Forecasts, NeedFourFigures) {
  EXPECT_FALSE(forecast(days_from("2020-08-17", {10, 20, 30}), 100, day("2020-08-19")));
  EXPECT_TRUE(forecast(days_from("2020-08-16", {10, 20, 30, 40}), 100, day("2020-08-19")));
}

// Gains 10, 20, 30: mean 20, s = 10; t(0.90; 2) = 1.8856; half = 1.8856 * 10 / sqrt(3) = 10.887.
TEST(Forecasts, GiveTheIntervalOfStudentsT) {
  const auto made = forecast(days_from("2020-08-16", {0, 10, 30, 60}), 100, day("2020-08-19"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->a_day, 20);
  EXPECT_EQ(made->a_day_low, 9);    // 9.11
  EXPECT_EQ(made->a_day_high, 31);  // 30.89
  EXPECT_EQ(made->days_to_go, 5);
  EXPECT_EQ(made->reached_on, day("2020-08-24"));
  EXPECT_EQ(made->days_to_go_soonest, 4);  // 100 / 31, up
  EXPECT_EQ(made->days_to_go_latest, 12);  // 100 / 9, up
}

// Over a day without a figure the gain counts as two days' of half of it: (20 + 20 + 10 + 10) / 4.
TEST(Forecasts, CountADayWithoutAFigure) {
  const std::vector<DayValue> values{{day("2020-08-15"), 0},
                                     {day("2020-08-17"), 40},
                                     {day("2020-08-18"), 50},
                                     {day("2020-08-19"), 60}};
  const auto made = forecast(values, 30, day("2020-08-19"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->a_day, 15);
  // s² = (2 * 25 + 25 + 25) / 2 = 50; half = 1.8856 * 7.0711 / 2 = 6.667
  EXPECT_EQ(made->a_day_low, 8);
  EXPECT_EQ(made->a_day_high, 22);
  EXPECT_EQ(made->days_to_go, 2);
}

TEST(Forecasts, OfAFallReachNothing) {
  const auto made = forecast(days_from("2020-08-16", {60, 50, 40, 30}), 100, day("2020-08-19"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->a_day, -10);
  EXPECT_FALSE(made->days_to_go);
  EXPECT_FALSE(made->reached_on);
  EXPECT_FALSE(made->reached_latest);
}

}  // namespace
}  // namespace bz::campaign
