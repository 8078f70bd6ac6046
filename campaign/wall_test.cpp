#include "campaign/wall.h"

#include "campaign/bench.h"
#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

constexpr auto kSource = "department:so-tttt-84";

class Walls : public OnFigures {
 protected:
  Wall wall_on(std::string_view text, std::string_view source = {}) {
    return here_.read([&](Sql& sql) {
      WallQuestion question;
      question.unit = key_of("84");
      question.at = on(text);
      question.source = source;
      return wall(sql, question);
    });
  }
  void report(std::string_view code, std::int64_t value, std::string_view on_day) {
    here_.record(figure(key_of(code), value, end_of(on_day)));
  }
  std::int64_t set_target(std::string indicator = "install_rate.population") {
    NewTarget target;
    target.indicator = std::move(indicator);
    target.subject = key_of("84");
    target.due_before = end_of("2021-12-31");
    target.hundredths = 5'000;
    target.start = vi::start_of(day("2020-06-04"));
    target.source = kSource;
    target.by = "lan";
    return here_.write(
        [&](Sql& sql) { return add_target(sql, target, vi::start_of(day("2020-06-04"))); });
  }
};
BZ_ON_BOTH_STORES(Walls);

TEST_P(Walls, OfAUnitWithoutDataShowNone) {
  const auto shown = wall_on("2020-08-19");
  EXPECT_EQ(shown.whole.name, "Huyện 84");
  EXPECT_FALSE(shown.whole.rate.numerator.value());
  EXPECT_EQ(shown.children.size(), 3U);
  EXPECT_FALSE(shown.oldest);
  EXPECT_FALSE(shown.operators);
  EXPECT_EQ(shown.indicator->code, "install_rate.population");
  ASSERT_EQ(shown.other_rates.size(), 1U);
  EXPECT_EQ(shown.other_rates[0].shown(),
            "không tính được: chưa có “Số máy đã cài Bluezone” của 84");
  const auto unknown = here_.store().read([&](Sql& sql) {
    return wall(sql, {"999@2020-06-01", on("2020-08-19"), "", "", {}});
  });
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
}

TEST_P(Walls, ShowEachChildItsGainsAndWhenItLastReported) {
  set_target();
  here_.record(
      figure(key_of("844"), 1'000, end_of("2019-03-31"), "census:2019-04-01", "population"));
  report("844", 100, "2020-08-12");
  report("844", 180, "2020-08-18");
  report("844", 200, "2020-08-19");
  report("845", 60, "2020-08-17");
  report("842", 7, "2020-08-09");
  const auto shown = wall_on("2020-08-19");
  EXPECT_EQ(shown.source, kSource);
  EXPECT_EQ(shown.whole.rate.numerator.value(), 260);
  EXPECT_EQ(shown.whole.rate.numerator.covered, 2);
  ASSERT_EQ(shown.children.size(), 3U);
  const auto& of_842 = shown.children[0];
  const auto& of_844 = shown.children[1];
  const auto& of_845 = shown.children[2];
  EXPECT_FALSE(of_842.rate.numerator.value());
  EXPECT_EQ(of_842.last_cut_off, end_of("2020-08-09"));
  EXPECT_FALSE(of_842.gain_day);
  EXPECT_EQ(of_844.rate.shown(), "20,00 %");
  EXPECT_EQ(of_844.gain_day, 20);
  EXPECT_EQ(of_844.gain_week, 100);
  EXPECT_EQ(of_844.last_known, end_of("2020-08-19") + std::chrono::hours{9});
  EXPECT_EQ(of_845.gain_day, 0);  // the figure of the 17th still counts on both days
  EXPECT_FALSE(of_845.gain_week);
  EXPECT_EQ(of_845.rate.shown(), "không tính được: chưa có “Dân số” của 845");
  EXPECT_EQ(shown.whole.gain_day, 20);
  EXPECT_EQ(shown.oldest, end_of("2020-08-17"));
  EXPECT_EQ(shown.coverage.covered, 1'000);
  EXPECT_TRUE(shown.coverage.is_at_least);
  ASSERT_EQ(shown.targets.size(), 1U);
  EXPECT_FALSE(shown.targets[0].distance);
}

TEST_P(Walls, AreAsTheyWereAsOfADayBefore) {
  set_target();
  report("844", 100, "2020-08-18");
  auto late = figure(key_of("845"), 50, end_of("2020-08-18"));
  late.known_at = end_of("2020-08-20");
  here_.record(late);
  here_.read([&](Sql& sql) -> Result<int> {
    WallQuestion question{key_of("84"), on("2020-08-18", end_of("2020-08-19")), "", "", {}};
    const auto then = wall(sql, question);
    if (!then) return then.error();
    EXPECT_EQ(then->whole.rate.numerator.value(), 100);
    EXPECT_FALSE(then->children[2].rate.numerator.value());
    EXPECT_FALSE(then->children[2].last_known);
    question.at.as_of = end_of("2020-08-20");
    const auto later = wall(sql, question);
    if (!later) return later.error();
    EXPECT_EQ(later->whole.rate.numerator.value(), 150);
    return 0;
  });
}

TEST_P(Walls, ShowOperatorsAsARangeOfSims) {
  for (const auto& [source, value] :
       {std::pair("operator:viettel-84", 9'210), std::pair("operator:mobifone-84", 2'050)}) {
    here_.record(figure(key_of("842"), value, end_of("2020-08-19"), source, "app_installed_sim"));
  }
  here_.write([](Sql& sql) -> Result<int> {
    for (const auto* slug : {"viettel-84", "mobifone-84", "vnpt-84"}) {
      const auto put = put_body(sql, {slug, "operator", slug, {}, "", key_of("84"), {}, {}});
      if (!put) return put.error();
    }
    return 0;
  });
  const auto shown = wall_on("2020-08-19");
  ASSERT_TRUE(shown.operators);
  EXPECT_EQ(shown.operators->shown(),
            "2 trong 3 nhà mạng (2 chưa đủ đơn vị), 9.210 đến 11.260 SIM");  // VNPT is missing
}

TEST_P(Walls, OfAPastMomentKnowNoOperatorThatCameLater) {
  here_.record(figure(key_of("842"), 9'210, end_of("2020-08-19"), "operator:viettel-84",
                      "app_installed_sim"));
  auto late = figure(key_of("842"), 2'050, end_of("2020-08-19"), "operator:mobifone-84",
                     "app_installed_sim");
  late.known_at = end_of("2020-08-25");
  here_.record(late);
  here_.write([](Sql& sql) -> Result<int> {
    const Body vnpt{"vnpt-84", "operator", "VNPT", {}, "", key_of("84"), {}, {}};
    if (auto put = put_body(sql, vnpt, end_of("2020-08-24")); !put) return put.error();
    return 0;
  });
  const auto operators = [&](std::string_view as_of) {
    return here_.read([&](Sql& sql) -> Result<std::int64_t> {
      WallQuestion question;
      question.unit = key_of("84");
      question.at = {end_of("2020-08-19"), end_of(as_of)};
      const auto shown = wall(sql, question);
      if (!shown) return shown.error();
      return shown->operators ? shown->operators->of : 0;
    });
  };
  EXPECT_EQ(operators("2020-08-20"), 1);
  EXPECT_EQ(operators("2020-08-24"), 2);  // VNPT's branch was entered
  EXPECT_EQ(operators("2020-08-25"), 3);
  // Nor one that was another kind of body then.
  for (const auto* kind : {"agency", "operator"}) {
    here_.write([&](Sql& sql) -> Result<int> {
      const Body body{"gtel-84", kind, "Gtel", {}, "", key_of("84"), {}, {}};
      const auto at = end_of(kind == std::string_view("agency") ? "2020-08-01" : "2020-08-26");
      if (auto put = put_body(sql, body, at); !put) return put.error();
      return 0;
    });
  }
  EXPECT_EQ(operators("2020-08-25"), 3);
  EXPECT_EQ(operators("2020-08-26"), 4);
}

// What the wall has read already serves its targets; by themselves they read it, and say the same.
TEST_P(Walls, ShowTargetsAsTheyAreByThemselvesAndReadNothingTwice) {
  here_.record(figure(key_of("84"), 100'000, end_of("2019-03-31"), "census:x", "population"));
  for (int at = 0; at < 12; ++at) {
    const Instant cut_off = end_of("2020-08-08") + std::chrono::days{at};
    here_.record(figure(key_of("84"), 1'000 + 10 * at * at, cut_off));
    here_.record(figure(key_of("842"), 900, cut_off));
  }
  const Instant ends = end_of("2020-08-19");
  const std::vector<Instant> ons{ends, ends + std::chrono::hours{5}};
  const auto wall_at = [&](Instant on) {
    return here_.read([&](Sql& sql) -> Result<std::pair<Wall, std::int64_t>> {
      CountedSql counted(sql);
      auto shown = wall(counted, {key_of("84"), {on}, "", kSource, {}});
      if (!shown) return shown.error();
      return std::pair(std::move(*shown), counted.statements);
    });
  };
  std::vector<std::int64_t> without;
  for (const Instant on : ons) without.push_back(wall_at(on).second);
  const auto id = set_target();
  for (std::size_t i = 0; i < ons.size(); ++i) {
    const auto alone = here_.read([&](Sql& sql) { return target_status(sql, id, At{ons[i]}); });
    const auto [shown, statements] = wall_at(ons[i]);
    ASSERT_EQ(shown.targets.size(), 1U);
    const auto& status = shown.targets.front();
    EXPECT_EQ(status.distance, 50'000 - 2'210);
    EXPECT_EQ(alone.distance, status.distance);
    ASSERT_TRUE(status.forecast && alone.forecast);
    // From 12 to 19 August: 10 · (11² - 4²) = 1.050 in 7 days.
    EXPECT_EQ(status.forecast->a_day, 150);
    EXPECT_EQ(status.forecast->a_day_low, alone.forecast->a_day_low);
    EXPECT_EQ(status.forecast->days_to_go, alone.forecast->days_to_go);
    ASSERT_TRUE(status.rank && alone.rank);
    EXPECT_EQ(status.rank->place, alone.rank->place);
    // Of its own only what the rank needs: where the unit lies, and of those beside it their list,
    // figures, sums and denominators. At no day's end the plain definition is asked once more.
    EXPECT_LE(statements - without[i], ons[i] == ends ? 10 : 16);
  }
}

// Each unit reports each day. Up to the ten days that are looked at, there is more to read; from
// then on nothing more, however many the days.
TEST_P(Walls, ReadNoMoreWithMoreDays) {
  // The two readings of one sentence: distance, path, forecast and rank of each.
  set_target();
  set_target("install_rate.smartphone_users");
  const Day first = day("2020-06-05");
  const auto report_days = [&](int from, int to) {
    here_.write([&](Sql& sql) -> Result<int> {
      std::vector<NewFigure> all;
      for (int at = from; at < to; ++at) {
        for (const auto* code : {"84", "842", "844", "845", "29236", "29239"}) {
          const auto cut_off = vi::end_of(first + std::chrono::days{at});
          all.push_back(figure(key_of(code), 100 * (at + 1), cut_off));
          for (const auto* whole : {"population", "smartphone_users"})
            all.push_back(figure(key_of(code), 100'000 + at, cut_off, "agency:x", whole));
        }
      }
      if (auto done = load(sql, all); !done) return done.error();
      if (auto done = rebuild_all_roll_ups(sql); !done) return done.error();
      return 0;
    });
  };
  const auto cost = [&](int days) {
    return here_.read([&](Sql& sql) -> Result<std::pair<std::int64_t, std::int64_t>> {
      CountedSql counted(sql);
      WallQuestion question;
      question.unit = key_of("84");
      question.at.on = vi::end_of(first + std::chrono::days{days - 1});
      const auto shown = wall(counted, question);
      if (!shown) return shown.error();
      EXPECT_EQ(shown->whole.rate.numerator.value(), 100 * days);
      EXPECT_EQ(shown->children.front().gain_day, 100);
      EXPECT_EQ(shown->targets.size(), 2U);
      for (const auto& status : shown->targets) {
        EXPECT_EQ(status.forecast->a_day, 100);
        EXPECT_EQ(status.rank->place, 1);
        EXPECT_TRUE(status.distance);
      }
      return std::pair(counted.statements, counted.rows_read);
    });
  };
  report_days(0, 4);
  const auto of_4 = cost(4);
  report_days(4, 40);
  const auto of_40 = cost(40);
  report_days(40, 400);
  const auto of_400 = cost(400);
  EXPECT_LE(of_40.first, of_4.first);
  EXPECT_EQ(of_40, of_400);
  // Seven more days of the province and its three districts: their figures and sums, and four more
  // of the province's for the forecast.
  EXPECT_LE(of_40.second - of_4.second, 90);
}

TEST(Bench, MeasuresASmallCountry) {
  FiguresHere here(Backend::kSqlite);
  const auto store = here.home().open(kTestMigrations, "bench");
  std::vector<std::string> said;
  const auto report =
      bench(*store, {2, 4, 16, 6, 3, 12}, [&](std::string_view text) { said.emplace_back(text); });
  ASSERT_TRUE(report) << report.error().what;
  EXPECT_EQ(report->units, 22);
  EXPECT_EQ(report->figures, 22 * 6 * 3 * 12);
  // Of the nation, provinces and districts, on 12 days and the 3 after them.
  EXPECT_EQ(report->roll_ups, 7 * 6 * 3 * 15);
  EXPECT_GT(report->wall.rows, 0);
  EXPECT_GT(report->wall.us, 0);
  EXPECT_GT(report->wall.bare_us, 0);
  // The rank reads the other province too.
  EXPECT_GT(report->wall_with_targets.rows, report->wall.rows);
  EXPECT_GT(report->wall_with_targets.us, 0);
  // Its district has a figure of its own that day: nothing above it is touched.
  EXPECT_EQ(report->correction_rows_written, 1 + 1);
  EXPECT_FALSE(said.empty());
  EXPECT_FALSE(bench(*store, {1, 1, 1, 6, 3, 12}, [](std::string_view) {}));  // not empty any more
}

}  // namespace
}  // namespace bz::campaign
