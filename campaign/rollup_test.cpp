#include "campaign/rollup.h"

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

using std::chrono::hours;

class RollUps : public OnFigures {
 protected:
  void report(std::string_view code, std::int64_t value, std::string_view on_day) {
    here_.record(figure(key_of(code), value, end_of(on_day)));
  }
  RollUp province(std::string_view text) { return here_.rolled("84", on(text)); }
};
BZ_ON_BOTH_STORES(RollUps);

TEST_P(RollUps, NoDataIsNothingAndNotZero) {
  const auto rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), std::nullopt);
  EXPECT_EQ(rolled.covered, 0);
  EXPECT_EQ(rolled.of, 3);
  EXPECT_TRUE(rolled.is_partial);
  EXPECT_FALSE(rolled.oldest);
}

TEST_P(RollUps, AddUpWhatChildrenReportedAndSayWhoIsMissing) {
  report("844", 700, "2020-08-19");
  report("845", 0, "2020-08-18");
  auto rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), 700);  // 700 + 0
  EXPECT_EQ(rolled.covered, 2);
  EXPECT_EQ(rolled.of, 3);
  EXPECT_TRUE(rolled.is_partial);
  EXPECT_EQ(rolled.oldest, end_of("2020-08-18"));
  EXPECT_EQ(rolled.newest, end_of("2020-08-19"));
  report("842", 300, "2020-08-19");
  rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), 1'000);
  EXPECT_FALSE(rolled.is_partial);
  EXPECT_EQ(province("2020-08-18").value(), 0);
  // And the nation of the province.
  const auto nation = here_.read([&](Sql& sql) {
    return roll_up(sql, "VN@1976-07-02", "app_installed", "department:so-tttt-84",
                   on("2020-08-19"));
  });
  EXPECT_EQ(nation.value(), 1'000);
  EXPECT_EQ(nation.of, 1);
}

TEST_P(RollUps, TakeNothingOlderThanThreeDays) {
  report("844", 700, "2020-08-16");
  EXPECT_EQ(province("2020-08-19").value(), 700);  // 72 h
  EXPECT_EQ(province("2020-08-20").value(), std::nullopt);
  EXPECT_EQ(province("2020-08-20").covered, 0);
  // At 15:00 of the 16th it is nine hours older at the same day's end.
  here_.record(figure(key_of("845"), 5, end_of("2020-08-16") - hours{9}));
  EXPECT_EQ(province("2020-08-18").value(), 705);
  EXPECT_EQ(province("2020-08-19").value(), 700);
}

TEST_P(RollUps, PreferAUnitsOwnFigureAndShowTheDifference) {
  report("842", 300, "2020-08-19");
  report("844", 600, "2020-08-19");
  report("845", 100, "2020-08-19");
  report("84", 1'040, "2020-08-19");
  const auto rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), 1'040);  // never 2,040
  EXPECT_EQ(rolled.sum, 1'000);
  EXPECT_EQ(rolled.difference(), 40);
  EXPECT_FALSE(rolled.value_is_partial());
}

TEST_P(RollUps, OfADistrictThatSendsNothingAreThoseOfItsCommunes) {
  report("29236", 30, "2020-08-19");
  report("844", 600, "2020-08-19");
  report("845", 100, "2020-08-19");
  auto rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), 730);
  EXPECT_EQ(rolled.covered, 3);
  EXPECT_TRUE(rolled.is_partial);  // 29239 is missing below
  report("29239", 20, "2020-08-19");
  rolled = province("2020-08-19");
  EXPECT_EQ(rolled.value(), 750);
  EXPECT_FALSE(rolled.is_partial);
  // Its own figure takes the place of its communes'.
  report("842", 90, "2020-08-19");
  EXPECT_EQ(province("2020-08-19").value(), 790);
}

TEST_P(RollUps, OfAFlowAreTheDaysOwnAndOfAPeriodTheSum) {
  const auto came = [&](std::string_view code, std::int64_t value, Instant cut_off) {
    here_.record(figure(key_of(code), value, cut_off, "app-counter", "app_installs"));
  };
  for (const auto* text : {"2020-08-18", "2020-08-19"}) {
    came("842", 12, end_of(text));
    came("844", 20, end_of(text));
    came("845", 30, end_of(text));
  }
  came("842", 11, end_of("2020-08-19") - hours{12});
  const auto of_day = here_.rolled("84", on("2020-08-19"), "app-counter", "app_installs");
  EXPECT_EQ(of_day.value(), 73);  // 11 + 12 + 20 + 30
  EXPECT_FALSE(of_day.is_partial);
  EXPECT_FALSE(here_.rolled("84", on("2020-08-20"), "app-counter", "app_installs").value());
  const auto over = [&](std::string_view from, std::string_view to) {
    return here_.read([&](Sql& sql) {
      return flow_over(sql, key_of("84"), "app_installs", "app-counter", day(from), on(to));
    });
  };
  EXPECT_EQ(over("2020-08-18", "2020-08-19").value(), 135);  // 62 + 73
  EXPECT_FALSE(over("2020-08-18", "2020-08-19").is_partial);
  EXPECT_EQ(over("2020-08-17", "2020-08-20").value(), 135);
  EXPECT_TRUE(over("2020-08-17", "2020-08-20").is_partial);
}

TEST_P(RollUps, OfStaffAreNotAddedUp) {
  here_.record(figure(key_of("844"), 50, end_of("2020-08-19"), "agency:ubnd-844", "headcount"));
  EXPECT_FALSE(here_.rolled("84", on("2020-08-19"), "agency:ubnd-844", "headcount").value());
}

TEST_P(RollUps, MarkWhatIsProvisionalInventedOrInexact) {
  auto about = figure(key_of("842"), 300, end_of("2020-08-19"));
  about.precision = Precision::kAbout;
  about.state = State::kAccepted;
  auto exact = figure(key_of("844"), 600, end_of("2020-08-19"));
  exact.state = State::kAccepted;
  here_.record(about);
  here_.record(exact);
  auto rolled = province("2020-08-19");
  EXPECT_FALSE(rolled.is_provisional);
  EXPECT_FALSE(rolled.is_illustrative);
  EXPECT_EQ(rolled.precision, Precision::kAbout);
  auto invented = figure(key_of("845"), 100, end_of("2020-08-19"));
  invented.origin = OriginKind::kIllustrative;
  const auto id = here_.record(invented);
  rolled = province("2020-08-19");
  EXPECT_TRUE(rolled.is_provisional);
  EXPECT_TRUE(rolled.is_illustrative);
  At letters = on("2020-08-19");
  letters.counts = Counts::kAcceptedOnly;
  EXPECT_EQ(here_.rolled("84", letters).value(), 900);
  here_.write([&](Sql& sql) { return accept(sql, id, "giám đốc", end_of("2020-08-21")); });
  EXPECT_FALSE(province("2020-08-19").is_provisional);
  EXPECT_EQ(here_.rolled("84", letters).value(), 1'000);
}

TEST_P(RollUps, OfTheDaysBeforeAUnitChangedKeepItsOldChildren) {
  here_.write([](Sql& sql) -> Result<int> {
    if (auto done = put_unit(sql, "846", "84", "Huyện", "2020-06-01", "2020-08-19"); !done) {
      return done.error();
    }
    if (auto done = put_unit(sql, "846", "84", "Thị xã", "2020-08-19"); !done) {
      return done.error();
    }
    return 0;
  });
  here_.record(figure(key_of("846"), 40, end_of("2020-08-18")));
  report("844", 600, "2020-08-18");
  EXPECT_EQ(province("2020-08-18").value(), 640);
  EXPECT_EQ(province("2020-08-19").value(), 600);  // the old 846 is no more
  here_.record(figure(key_of("846", "2020-08-19"), 44, end_of("2020-08-19")));
  EXPECT_EQ(province("2020-08-19").value(), 644);
  EXPECT_EQ(province("2020-08-18").value(), 640);
}

TEST_P(RollUps, AreWorkedOutAnewWhenUnitsChangeAfterwards) {
  report("844", 600, "2020-08-18");
  here_.write([](Sql& sql) -> Result<int> {
    const auto ended =
        sql.run("UPDATE unit SET valid_to = $1 WHERE code = '844'", {number_of(day("2020-08-01"))});
    if (!ended) return ended.error();
    if (auto done = rebuild_roll_ups(sql, key_of("84")); !done) return done.error();
    return 0;
  });
  EXPECT_FALSE(province("2020-08-18").value());
  EXPECT_EQ(province("2020-08-18").of, 2);
}

TEST_P(RollUps, ShowHowMuchOfThePopulationIsCovered) {
  const auto people = [&](std::string_view code, std::int64_t value) {
    here_.record(
        figure(key_of(code), value, end_of("2019-03-31"), "census:2019-04-01", "population"));
  };
  people("84", 1'000);
  people("842", 500);
  people("844", 300);
  const auto covered = [&] {
    return here_.read([&](Sql& sql) {
      return coverage(sql, key_of("84"), "app_installed", "department:so-tttt-84", "population",
                      on("2020-08-19"));
    });
  };
  EXPECT_EQ(covered().covered, 0);
  report("844", 30, "2020-08-19");
  EXPECT_EQ(covered().covered, 300);
  EXPECT_EQ(covered().of, 1'000);
  EXPECT_FALSE(covered().is_at_least);
  report("845", 30, "2020-08-19");  // how many live in 845 is not known
  EXPECT_EQ(covered().covered, 300);
  EXPECT_TRUE(covered().is_at_least);
  people("29236", 200);
  report("29236", 9, "2020-08-19");  // of 842 only one commune
  EXPECT_EQ(covered().covered, 500);
  report("842", 20, "2020-08-19");
  EXPECT_EQ(covered().covered, 800);
}

// What a report costs, of a province with daily reports of 320 days.
TEST_P(RollUps, ALateCorrectionTouchesItsAncestorsAndTheDaysUpToTheNextFigureOnly) {
  const Day last = day("2020-12-31");
  const auto load_days = [&](int days) {
    here_.write([&](Sql& sql) -> Result<int> {
      std::vector<NewFigure> all;
      for (int back = 0; back < days; ++back) {
        for (const auto* code : {"29236", "29239", "844", "845"}) {
          all.push_back(
              figure(key_of(code), 1'000 - back, vi::end_of(last - std::chrono::days{back})));
        }
      }
      if (auto done = load(sql, all); !done) return done.error();
      if (auto done = rebuild_all_roll_ups(sql); !done) return done.error();
      return 0;
    });
  };
  load_days(200);
  struct Cost {
    std::int64_t statements = 0, read = 0, written = 0;
  };
  const auto cost = [&](const NewFigure& figure) {
    return here_.write([&](Sql& sql) -> Result<Cost> {
      CountedSql counted(sql);
      auto done = record(counted, figure);
      if (!done) return done.error();
      return Cost{counted.statements, counted.rows_read, counted.rows_written};
    });
  };
  auto late = figure(key_of("29236"), 500, vi::end_of(last - std::chrono::days{150}));
  late.reason = "đếm lại";
  const auto of_late = cost(late);
  // The version itself, and one day of the district, the province and the nation.
  EXPECT_EQ(of_late.written, 4);
  EXPECT_LE(of_late.statements, 30);
  EXPECT_LE(of_late.read, 80);
  // A new day: four days of each, up to the age at which it no longer counts.
  const auto of_new = cost(figure(key_of("29236"), 1'001, vi::end_of(last + std::chrono::days{1})));
  EXPECT_EQ(of_new.written, 1 + 3 * 4);
  EXPECT_LE(of_new.statements, 30);
  EXPECT_LE(of_new.read, 120);
}

// Random countries. The plain definition is written here once more, over a list of versions in
// memory, and nothing of the module's reckoning is used.
struct Version {
  std::size_t unit = 0;
  std::int64_t cut_off = 0;  // hours since the first day's beginning
  std::optional<std::int64_t> value;
  bool is_withdrawn = false;
  std::int64_t known = 0;  // its place among all
};

struct Country {
  struct Unit {
    std::string code;
    std::string key;
    int parent = -1;
    int from = 0;  // days; the first and the one after the last
    int to = 1'000;
  };
  std::vector<Unit> units;
  std::vector<Version> versions;

  struct Value {
    std::optional<std::int64_t> own, sum;
    std::int64_t covered = 0, of = 0;
    bool is_partial = false;
    std::optional<std::int64_t> value() const { return own ? own : sum; }
  };

  std::optional<std::int64_t> own(std::size_t unit, int day, std::int64_t as_of) const {
    const std::int64_t at = 24 * (day + 1);
    // Of each cut-off the last version known.
    std::map<std::int64_t, const Version*> by_cut_off;
    for (const auto& version : versions) {
      if (version.unit != unit || version.known > as_of) continue;
      if (version.cut_off > at || at - version.cut_off > 72) continue;
      by_cut_off[version.cut_off] = &version;
    }
    std::optional<std::int64_t> value;
    for (const auto& [cut_off, version] : by_cut_off) {
      if (!version->is_withdrawn && version->value) value = version->value;
    }
    return value;
  }

  Value at(std::size_t unit, int day, std::int64_t as_of) const {
    Value found;
    found.own = own(unit, day, as_of);
    for (std::size_t child = 0; child < units.size(); ++child) {
      const auto& one = units[child];
      if (one.parent != static_cast<int>(unit) || day < one.from || day >= one.to) continue;
      const auto below = at(child, day, as_of);
      ++found.of;
      if (!below.value()) {
        found.is_partial = true;
        continue;
      }
      ++found.covered;
      found.sum = found.sum.value_or(0) + *below.value();
      if (!below.own && below.is_partial) found.is_partial = true;
    }
    return found;
  }
};

constexpr int kDays = 12;
const Day kFirst = day_from_text("2020-08-01").value();

Instant instant_of(std::int64_t hours_since) {
  return vi::start_of(kFirst) + hours{hours_since};
}
// Versions become known in the order in which they are sent, whatever their cut-offs.
Instant known_of(std::int64_t place) {
  return vi::start_of(kFirst) + std::chrono::minutes{place};
}

// A nation, two provinces, up to three districts each, up to three communes each; some units end or
// begin within the days looked at, and another follows under the same code.
Country some_country() {
  Country country;
  const auto add = [&](std::string code, int parent) {
    const int change = *rc::gen::inRange(-8, kDays);
    const bool is_followed = parent >= 0 && change > 0 && *rc::gen::arbitrary<bool>();
    Country::Unit unit{code, {}, parent, -60, is_followed ? change : 1'000};
    const auto key = [&](int from) {
      return units::to_text({code, kFirst + std::chrono::days{from}});
    };
    unit.key = key(unit.from);
    country.units.push_back(unit);
    const auto place = static_cast<int>(country.units.size()) - 1;
    if (is_followed && *rc::gen::arbitrary<bool>() && code.size() == 5) {
      unit.from = change;
      unit.to = 1'000;
      unit.key = key(change);
      country.units.push_back(unit);
    } else if (is_followed && code.size() != 5) {
      // What has units under it lives on, so that a child has one parent in these trees.
      country.units[static_cast<std::size_t>(place)].to = 1'000;
    }
    return place;
  };
  const int nation = add("VN", -1);
  for (int p = 0; p < 2; ++p) {
    const int province = add(std::to_string(84 + p), nation);
    const int districts = *rc::gen::inRange(0, 4);
    for (int d = 0; d < districts; ++d) {
      const int district = add(std::to_string(840 + 10 * p + d), province);
      const int communes = *rc::gen::inRange(0, 4);
      for (int c = 0; c < communes; ++c) {
        add(std::to_string(29'000 + 100 * p + 10 * d + c), district);
      }
    }
  }
  const int sent = *rc::gen::inRange(1, 60);
  for (int i = 0; i < sent; ++i) {
    Version version;
    version.unit = *rc::gen::inRange<std::size_t>(0, country.units.size());
    // Mostly at the end of a day; few cut-offs, so that many are corrected.
    version.cut_off =
        24 * (1 + *rc::gen::inRange(0, kDays - 3)) - *rc::gen::element<std::int64_t>(0, 0, 0, 0, 9);
    const auto kind = *rc::gen::inRange(0, 10);
    version.is_withdrawn = kind == 0;
    if (kind > 1) version.value = *rc::gen::inRange<std::int64_t>(0, 1'000);
    version.known = i;
    country.versions.push_back(version);
  }
  return country;
}

Result<int> make(Sql& sql, const Country& country) {
  for (const auto* table : {"unit", "series", "figure", "roll_up"}) {
    if (auto done = sql.run("DELETE FROM " + std::string(table)); !done) return done.error();
  }
  for (const auto& unit : country.units) {
    const auto parent =
        unit.parent < 0 ? "" : country.units[static_cast<std::size_t>(unit.parent)].code;
    auto done = put_unit(sql, unit.code, parent, "Huyện",
                         bz::to_text(kFirst + std::chrono::days{unit.from}),
                         unit.to == 1'000 ? "" : bz::to_text(kFirst + std::chrono::days{unit.to}));
    if (!done) return done.error();
  }
  return 0;
}

Result<int> send(Sql& sql, const Country& country, const Version& version) {
  auto made = figure(country.units[version.unit].key, version.value.value_or(0),
                     instant_of(version.cut_off));
  if (!version.value) made.value.reset();
  made.known_at = known_of(version.known);
  made.reason = "kiểm tra";
  if (!version.is_withdrawn) {
    const auto done = record(sql, made);
    if (!done) return done.error();
    return 0;
  }
  // To withdraw is to name the last version; where there is none, one is put there first.
  made.value = 1;
  const auto id = record(sql, made);
  if (!id) return id.error();
  const auto done = withdraw(sql, *id, "nhầm", "lan", made.known_at);
  if (!done) return done.error();
  return 0;
}

void expect_alike(const RollUp& rolled, const Country::Value& plain) {
  RC_ASSERT(rolled.own_value == plain.own);
  RC_ASSERT(rolled.sum == plain.sum);
  RC_ASSERT(rolled.covered == plain.covered);
  RC_ASSERT(rolled.of == plain.of);
  RC_ASSERT(rolled.is_partial == plain.is_partial);
}

TEST_P(RollUps, AreByEveryWayThePlainDefinition) {
  constexpr auto kMeasure = "app_installed";
  constexpr auto kSource = "department:so-tttt-84";
  const auto holds = [&] {
    const auto country = some_country();
    here_.write([&](Sql& sql) -> Result<int> {
      if (auto done = make(sql, country); !done) return done;
      for (const auto& version : country.versions) {
        if (auto done = send(sql, country, version); !done) return done;
      }
      return 0;
    });
    const auto now = static_cast<std::int64_t>(country.versions.size());
    const auto before = *rc::gen::inRange<std::int64_t>(0, now + 1);
    here_.read([&](Sql& sql) -> Result<int> {
      for (std::size_t unit = 0; unit < country.units.size(); ++unit) {
        const auto& key = country.units[unit].key;
        const auto& one = country.units[unit];
        for (int d = 0; d < kDays; ++d) {
          if (d < one.from || d >= one.to) continue;
          for (const auto as_of : {now, before}) {
            const At at{vi::end_of(kFirst + std::chrono::days{d}), known_of(as_of)};
            const auto plain = country.at(unit, d, as_of);
            const auto kept = roll_up(sql, key, kMeasure, kSource, at);
            if (!kept) return kept.error();
            expect_alike(*kept, plain);
            const auto computed = roll_up_plainly(sql, key, kMeasure, kSource, at);
            if (!computed) return computed.error();
            expect_alike(*computed, plain);
          }
        }
      }
      return 0;
    });
    // Worked out anew from the rows, the table is what it was.
    const auto table = [&] {
      std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> rows;
      here_.read([&](Sql& sql) -> Result<int> {
        auto read = sql.each(
            "SELECT series, day, COALESCE(sum, -1), covered, children, is_partial, "
            "is_provisional, precise, COALESCE(oldest_ms, -1), COALESCE(newest_ms, -1) FROM "
            "roll_up",
            {}, [&](const store::Row& row) -> Result<bool> {
              auto& kept = rows[{row.integer(0), row.integer(1)}];
              for (int column = 2; column < 10; ++column) kept.push_back(row.integer(column));
              return true;
            });
        if (!read) return read.error();
        return 0;
      });
      return rows;
    };
    const auto kept = table();
    here_.write([](Sql& sql) -> Result<int> {
      if (auto done = rebuild_all_roll_ups(sql); !done) return done.error();
      return 0;
    });
    RC_ASSERT(table() == kept);
  };
  const bool is_sqlite = GetParam() == Backend::kSqlite;
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = is_sqlite ? 60 : 12;
  const auto result = rc::detail::checkTestable(holds, rc::detail::TestMetadata{}, params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text.str();
}

}  // namespace
}  // namespace bz::campaign
