// The rates that were published in 2020 and 2021, with the counts they were published with, against
// the census of 1 April 2019: figures, rates and checks as the product has them.
#include <iostream>
#include <map>

#include "base/date.h"
#include "base/file.h"
#include "campaign/census.h"
#include "campaign/checks.h"
#include "campaign/rates.h"
#include "campaign/service.h"
#include "papers/csv.h"
#include "store/store_test.h"
#include "tests/shared_files.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr auto kIndicator = "install_rate.population";
constexpr auto kPublished = "agency:published";

std::string content_of(const std::string& name) {
  const auto file = read_file(shared_file(("data/" + name).c_str()), units::kMostImported);
  EXPECT_TRUE(file) << name;
  return file ? std::string(as_text(*file)) : "";
}

// A row of the file, by the names of its columns.
using Published = std::map<std::string, std::string>;

std::vector<Published> rows_of(const std::string& content) {
  const auto file = papers::read_csv(as_bytes(content));
  EXPECT_TRUE(file);
  std::vector<Published> rows;
  const auto& sheet = file->sheet;
  for (std::size_t row = 1; row < sheet.rows.size(); ++row) {
    Published one;
    for (std::size_t column = 0; column < sheet.rows[0].cells.size(); ++column) {
      one[papers::cell_at(sheet, 0, column).text] = papers::cell_at(sheet, row, column).text;
    }
    rows.push_back(std::move(one));
  }
  return rows;
}

// "37.3" is 373 with one decimal.
ReportedRate printed(const std::string& value) {
  const auto dot = value.find('.');
  ReportedRate rate;
  rate.decimals = dot == value.npos ? 0 : static_cast<int>(value.size() - dot - 1);
  rate.digits = std::stoll(value.substr(0, dot) + (dot == value.npos ? "" : value.substr(dot + 1)));
  return rate;
}

struct Pair {
  Published rate;
  std::int64_t count = 0;
};

// A rate, and a count of the same unit and day: what the source divided.
std::vector<Pair> pairs_of(const std::vector<Published>& rows) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const auto& row : rows) {
    const auto& metric = row.at("metric");
    if (metric == "installs" || metric == "downloads" || metric == "accounts_with_phone") {
      counts[{row.at("as_of"), row.at("unit_code_2020")}] = std::stoll(row.at("value"));
    }
  }
  std::vector<Pair> pairs;
  for (const auto& row : rows) {
    const auto count = counts.find({row.at("as_of"), row.at("unit_code_2020")});
    if (row.at("metric") == "rate" && count != counts.end()) pairs.push_back({row, count->second});
  }
  return pairs;
}

class PublishedRates : public testing::Test {
 protected:
  template <class Work>
  auto write(Work work) {
    auto done = store_->write(work);
    EXPECT_TRUE(done) << done.error().what;
    return std::move(*done);
  }

  void SetUp() override {
    BZ_SKIP_WITHOUT(shared_file("data/adoption/adoption.csv"));
    BZ_SKIP_WITHOUT(shared_file("data/admin/admin_units_2020-06-01.csv"));
    store_ = home_.open(migrations(), "campaign");
    write([&](Sql& sql) -> Result<int> {
      const auto units = import(sql, units::ImportKind::kUnits, "admin_units_2020-06-01.csv");
      if (!units) return units.error();
      for (const auto* name :
           {"pop2019_province.csv", "pop2019_district_on_2020-06-01_units.csv"}) {
        const auto census = import(sql, units::ImportKind::kCensus, name);
        if (!census) return census.error();
        if (auto kept = keep_census(sql, census->census, kNow, "census"); !kept)
          return kept.error();
      }
      return count_the_nation(sql);
    });
  }

  static Result<units::Confirmed> import(Sql& sql, units::ImportKind kind,
                                         const std::string& name) {
    const Day counted = *day_from_text("2019-04-01");
    const Day listed = *day_from_text("2020-06-01");
    const Day day = kind == units::ImportKind::kCensus ? counted : listed;
    const auto staged = units::stage(sql, {kind, content_of("admin/" + name), day, listed}, kNow);
    if (!staged) return staged.error();
    return units::confirm(sql, staged->id, kNow);
  }

  // The published census has the provinces'; the nation's is what they add up to.
  static Result<int> count_the_nation(Sql& sql) {
    NewFigure nation;
    nation.subject = units::to_text(units::nation());
    nation.measure = "population";
    nation.source = "census:2019-04-01";
    nation.cut_off = vi::start_of(*day_from_text("2019-04-01"));
    std::int64_t sum = 0;
    const auto all = units::children(sql, units::nation(), *day_from_text("2020-06-01"));
    if (!all) return all.error();
    for (const auto& province : *all) {
      const auto count =
          latest(sql, units::to_text(province.key), "population", nation.source, {nation.cut_off});
      if (!count) return count.error();
      sum += (*count)->value.value_or(0);
    }
    EXPECT_EQ(sum, 96'208'984);
    nation.value = sum;
    nation.state = State::kAccepted;
    nation.known_at = kNow;
    nation.origin = OriginKind::kImport;
    nation.reference = "sum of the provinces";
    nation.by = "census";
    const auto id = record(sql, nation);
    if (!id) return id.error();
    return 0;
  }

  // What the product makes of the count; empty where it shows the printed rate, else what stands
  // in its place.
  Result<std::string> made_of(Sql& sql, const Pair& pair) {
    const auto& row = pair.rate;
    const Day day = *day_from_text(row.at("as_of"));
    const auto unit = row.at("level") == "nation"
                          ? units::find(sql, units::nation())
                          : units::find_on(sql, row.at("unit_code_2020"), day);
    if (!unit) return unit.error();
    if (!*unit) return Error{Code::kNotFound, "no unit of this code"};
    NewFigure count;
    count.subject = units::to_text((*unit)->key);
    count.measure = "app_installed";
    count.source = kPublished;
    count.cut_off = vi::end_of(day);
    count.value = pair.count;
    count.known_at = kNow;
    count.reference = "published";
    count.by = "reader";
    if (auto id = record(sql, count); !id) return id.error();
    const auto shown = rate(sql, kIndicator, count.subject, kPublished, {count.cut_off});
    if (!shown) return shown.error();
    if (!shown->denominator) return Error{Code::kNotFound, "the unit has no census"};
    auto reported = printed(row.at("value"));
    reported.denominator = shown->denominator->value;
    const auto findings = check(sql, count, {}, reported);
    if (!findings) return findings.error();
    for (const auto& finding : *findings) {
      if (finding.check == "other_rate") return shown->shown(vi::Language::kEnglish);
    }
    return std::string();
  }

  static constexpr Instant kNow = from_ms(1'630'000'000'000);
  store::Home home_{store::Backend::kSqlite};
  std::unique_ptr<store::Store> store_;
};

// Those that do not follow from the census, with what stands in docs/figures.md: which count must
// have been divided by.
TEST_F(PublishedRates, Of27PairsOfCountAndRate20FollowFromTheCensusOf2019) {
  const auto pairs = pairs_of(rows_of(content_of("adoption/adoption.csv")));
  ASSERT_EQ(pairs.size(), 27U);
  std::vector<std::string> others;
  for (const auto& pair : pairs) {
    const auto made = write([&](Sql& sql) { return made_of(sql, pair); });
    if (made.empty()) continue;
    // count = rate % of the denominator
    auto implied = pair.count * 100;
    const auto reported = printed(pair.rate.at("value"));
    for (int i = 0; i < reported.decimals; ++i) implied *= 10;
    implied = (implied + reported.digits / 2) / reported.digits;
    others.push_back(pair.rate.at("as_of") + " " + pair.rate.at("unit_code_2020") + " " +
                     std::to_string(pair.count) + ": printed " + pair.rate.at("value") +
                     " %, by the census " + made + ", implied " + std::to_string(implied));
    std::cout << others.back() << "\n";
  }
  const std::vector<std::string> expected{
      "2020-08-09 48 370000: printed 32.51 %, by the census 32.62 %, implied 1138111",
      "2020-08-11 74 400000: printed 16.2 %, by the census 16.48 %, implied 2469136",
      "2020-08-20 48 456000: printed 40.4 %, by the census 40.20 %, implied 1128713",
      "2020-08-20 30 398000: printed 23.4 %, by the census 21.03 %, implied 1700855",
      "2020-08-22 34 216000: printed 14 %, by the census 11.61 %, implied 1542857",
      "2020-09-01 30 455559: printed 35.22 %, by the census 24.07 %, implied 1293467",
      "2021-06-19 30 688900: printed 40.4 %, by the census 36.41 %, implied 1705198"};
  EXPECT_EQ(others, expected);
}

}  // namespace
}  // namespace bz::campaign
