#include "campaign/small_counts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <random>

#include "base/date.h"
#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

using Values = std::vector<std::int64_t>;

// One total and its parts; the total is cell 0.
PublicTable of_parts(const Values& parts) {
  PublicTable table;
  table.cells.push_back({std::accumulate(parts.begin(), parts.end(), std::int64_t{0})});
  PublicTable::Sum sum;
  for (const auto part : parts) {
    sum.parts.push_back(table.cells.size());
    table.cells.push_back({part});
  }
  table.sums.push_back(sum);
  return table;
}

std::string shown(const PublicTable& table) {
  std::string text;
  for (const auto& cell : table.cells) {
    text += cell.is_hidden ? "x " : std::to_string(*cell.value) + " ";
  }
  return text;
}

TEST(SmallCounts, AreShownFromTenOn) {
  auto table = of_parts({10, 25});
  protect(table);
  EXPECT_EQ(shown(table), "35 10 25 ");
}

TEST(SmallCounts, TakeTheSmallestBesideThemAlong) {
  auto table = of_parts({9, 40, 25, 100});
  protect(table);
  EXPECT_EQ(shown(table), "174 x 40 x 100 ");
}

TEST(SmallCounts, HideEachOtherWhereThereAreTwo) {
  auto table = of_parts({9, 3, 25});
  protect(table);
  EXPECT_EQ(shown(table), "37 x x 25 ");
}

// 0 and 0 of a shown rest of 0 are no secret though two are hidden.
TEST(SmallCounts, OfNothingAreNotHiddenByEachOther) {
  auto table = of_parts({0, 0, 25});
  protect(table);
  EXPECT_EQ(shown(table), "25 x x x ");
}

TEST(SmallCounts, HideTheTotalWhereThereIsOnePart) {
  auto table = of_parts({4});
  protect(table);
  EXPECT_EQ(shown(table), "x x ");
}

// A cumulative 7 of yesterday is between 0 and today's 30; a 7 between 7 and 7 is 7.
TEST(SmallCounts, HideTheDayThatGivesTheOtherAway) {
  PublicTable table;
  table.cells = {{0}, {0}};
  table.orders = {{0, 1}};
  protect(table);
  EXPECT_EQ(shown(table), "x x ");
  table.cells = {{20, false, true}, {20, true, true}, {20}};
  table.orders = {{0, 1}, {1, 2}};
  protect(table);
  EXPECT_EQ(shown(table), "20 x x ");
}

// Who attacks knows every shown cell, all sums and orders, and that no count is below 0; he narrows
// every hidden cell between a least and a most until nothing changes any more.
struct Bounds {
  std::int64_t least = 0;
  std::int64_t most = 1'000'000;
};
std::vector<Bounds> attack(const PublicTable& table) {
  std::vector<Bounds> known(table.cells.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!table.cells[i].is_hidden) known[i] = {*table.cells[i].value, *table.cells[i].value};
  }
  const auto narrow = [&](std::size_t cell, std::int64_t least, std::int64_t most) {
    auto& bounds = known[cell];
    const Bounds before = bounds;
    bounds.least = std::max(bounds.least, least);
    bounds.most = std::min(bounds.most, most);
    return bounds.least != before.least || bounds.most != before.most;
  };
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (const auto& sum : table.sums) {
      Bounds all{0, 0};
      for (const auto part : sum.parts) {
        all.least += known[part].least;
        all.most += known[part].most;
      }
      goes_on = narrow(sum.total, all.least, all.most) || goes_on;
      for (const auto part : sum.parts) {
        goes_on = narrow(part, known[sum.total].least - (all.most - known[part].most),
                         known[sum.total].most - (all.least - known[part].least)) ||
                  goes_on;
        all = {0, 0};
        for (const auto other : sum.parts) {
          all.least += known[other].least;
          all.most += known[other].most;
        }
      }
    }
    for (const auto& order : table.orders) {
      goes_on = narrow(order.less, 0, known[order.more].most) || goes_on;
      goes_on = narrow(order.more, known[order.less].least, 1'000'000) || goes_on;
    }
  }
  return known;
}

// Adding and subtracting whole equations: whether one of them, or a sum of several, holds one
// hidden cell alone. Gauss, with fractions kept as whole numbers.
std::vector<bool> solved_for(const PublicTable& table) {
  std::vector<std::size_t> hidden;
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    if (table.cells[i].is_hidden) hidden.push_back(i);
  }
  std::vector<std::vector<std::int64_t>> rows;
  for (const auto& sum : table.sums) {
    std::vector<std::int64_t> row(hidden.size(), 0);
    for (std::size_t k = 0; k < hidden.size(); ++k) {
      if (hidden[k] == sum.total) row[k] -= 1;
      row[k] += std::ranges::count(sum.parts, hidden[k]);
    }
    rows.push_back(row);
  }
  std::size_t done = 0;
  for (std::size_t column = 0; column < hidden.size() && done < rows.size(); ++column) {
    const auto pivot = std::find_if(rows.begin() + static_cast<std::ptrdiff_t>(done), rows.end(),
                                    [&](const auto& row) { return row[column] != 0; });
    if (pivot == rows.end()) continue;
    std::iter_swap(rows.begin() + static_cast<std::ptrdiff_t>(done), pivot);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i == done || rows[i][column] == 0) continue;
      const auto a = rows[done][column];
      const auto b = rows[i][column];
      std::int64_t common = 0;
      for (std::size_t k = 0; k < hidden.size(); ++k) {
        rows[i][k] = rows[i][k] * a - rows[done][k] * b;
        common = std::gcd(common, rows[i][k]);
      }
      if (common > 1) {
        for (auto& number : rows[i]) number /= common;
      }
    }
    ++done;
  }
  std::vector<bool> solved(table.cells.size(), false);
  for (const auto& row : rows) {
    if (std::ranges::count_if(row, [](auto number) { return number != 0; }) != 1) continue;
    for (std::size_t k = 0; k < hidden.size(); ++k) {
      if (row[k] != 0) solved[hidden[k]] = true;
    }
  }
  return solved;
}

void expect_nothing_told(const PublicTable& table) {
  const auto known = attack(table);
  const auto solved = solved_for(table);
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const auto& cell = table.cells[i];
    RC_ASSERT(cell.is_hidden || *cell.value >= kLeastShown);
    if (!cell.is_hidden) continue;
    RC_ASSERT(known[i].least < known[i].most);
    RC_ASSERT(!solved[i]);
  }
}

std::int64_t some_count() {
  return *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(0, 12),
                         rc::gen::inRange<std::int64_t>(0, 60), rc::gen::just<std::int64_t>(0));
}

// A province, its districts, their communes, on one day or on two that only grow.
PublicTable some_country(int days) {
  PublicTable table;
  std::vector<std::size_t> before;
  const int districts = *rc::gen::inRange(1, 5);
  std::vector<int> communes;
  for (int d = 0; d < districts; ++d) communes.push_back(*rc::gen::inRange(0, 5));
  for (int at = 0; at < days; ++at) {
    std::vector<std::size_t> now;
    const auto add = [&](std::int64_t value) {
      now.push_back(table.cells.size());
      table.cells.push_back({value});
      return now.back();
    };
    const auto grown = [&] {
      const auto place = now.size();
      return at == 0 ? some_count()
                     : *table.cells[before[place]].value +
                           *rc::gen::element<std::int64_t>(0, 0, 0, 1, 15);
    };
    const auto province = add(0);
    PublicTable::Sum of_province{province, {}};
    for (const int count : communes) {
      const auto district = count == 0 ? add(grown()) : add(0);
      PublicTable::Sum sum{district, {}};
      for (int c = 0; c < count; ++c) {
        sum.parts.push_back(add(grown()));
        *table.cells[district].value += *table.cells[sum.parts.back()].value;
      }
      if (count > 0) table.sums.push_back(sum);
      of_province.parts.push_back(district);
      *table.cells[province].value += *table.cells[district].value;
    }
    table.sums.push_back(of_province);
    for (std::size_t i = 0; i < before.size(); ++i) table.orders.push_back({before[i], now[i]});
    before = now;
  }
  return table;
}

RC_GTEST_PROP(SmallCounts, OfACountryCannotBeHadByReckoning, ()) {
  auto table = some_country(1);
  protect(table);
  expect_nothing_told(table);
}

RC_GTEST_PROP(SmallCounts, OfTwoDaysCannotBeHadByReckoning, ()) {
  auto table = some_country(2);
  protect(table);
  expect_nothing_told(table);
}

// Units by sources, with totals both ways: a cell can be had from its row and from its column.
RC_GTEST_PROP(SmallCounts, OfUnitsBySourcesCannotBeHadByReckoning, ()) {
  const auto rows = *rc::gen::inRange<std::size_t>(1, 5);
  const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
  PublicTable table;
  table.cells.resize((rows + 1) * (columns + 1));
  const auto place = [&](std::size_t row, std::size_t column) {
    return row * (columns + 1) + column;
  };
  for (auto& cell : table.cells) cell.value = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      const auto value = some_count();
      for (const auto& [i, j] :
           {std::pair(r, c), std::pair(r, columns), std::pair(rows, c), std::pair(rows, columns)}) {
        *table.cells[place(i, j)].value += value;
      }
    }
  }
  const auto add_sum = [&](std::size_t total, std::vector<std::size_t> parts) {
    table.sums.push_back({total, std::move(parts)});
  };
  for (std::size_t r = 0; r <= rows; ++r) {
    std::vector<std::size_t> parts;
    for (std::size_t c = 0; c < columns; ++c) parts.push_back(place(r, c));
    add_sum(place(r, columns), parts);
  }
  for (std::size_t c = 0; c <= columns; ++c) {
    std::vector<std::size_t> parts;
    for (std::size_t r = 0; r < rows; ++r) parts.push_back(place(r, c));
    add_sum(place(rows, c), parts);
  }
  protect(table);
  expect_nothing_told(table);
}

class PublicAnswers : public OnFigures {
 protected:
  PublicAdoption asked(std::string_view key, std::string_view day = "2020-08-19",
                       std::string_view source = "department:so-tttt-84") {
    return here_.read([&](Sql& sql) {
      return public_adoption(sql, key, "install_rate.population", source, on(day));
    });
  }
  void report(std::string_view code, std::int64_t value, std::string_view day = "2020-08-19") {
    here_.record(figure(key_of(code), value, end_of(day)));
  }
  static std::string shown(const PublicAdoption& adoption) {
    std::string text;
    const auto add = [&](const PublicRow& row) {
      text += row.is_hidden ? "x " : row.value ? std::to_string(*row.value) + " " : "- ";
    };
    add(adoption.whole);
    for (const auto& child : adoption.children) add(child);
    return text;
  }
};
BZ_ON_BOTH_STORES(PublicAnswers);

TEST_P(PublicAnswers, ShowCountsFromTenOnAndNoDataAsNone) {
  report("842", 300);
  report("844", 10);
  EXPECT_EQ(shown(asked(key_of("84"))), "310 300 10 - ");
  EXPECT_TRUE(asked(key_of("84")).whole.is_partial);
  EXPECT_EQ(asked(key_of("84")).children[0].name, "Huyện 842");
}

// 29236 has 4; were 29239 shown, or 842 by its own page while another page hides it, 4 were known.
TEST_P(PublicAnswers, HideTheSameOnThePageAboveAndBelow) {
  report("29236", 4);
  report("29239", 30);
  report("844", 600);
  report("845", 100);
  EXPECT_EQ(shown(asked(key_of("842"))), "34 x x ");
  EXPECT_EQ(shown(asked(key_of("84"))), "734 34 600 100 ");
  EXPECT_EQ(shown(asked("VN@1976-07-02")), "734 734 ");
}

TEST_P(PublicAnswers, HideAlsoWhatTheNationHasWhereItIsFew) {
  report("842", 7);
  EXPECT_EQ(shown(asked("VN@1976-07-02")), "x x ");
  EXPECT_EQ(shown(asked(key_of("84"))), "x x - - ");
}

TEST_P(PublicAnswers, HideADistrictOnItsOwnPageTooWhenItCoversAnother) {
  report("842", 40);
  report("844", 5);
  report("845", 100);
  EXPECT_EQ(shown(asked(key_of("84"))), "145 x x 100 ");
  EXPECT_EQ(shown(asked(key_of("842"))), "x - - ");
}

// By its cut-off a hidden number would be known for the one that another day shows; and the oldest
// of a sum is that of one of its parts.
TEST_P(PublicAnswers, SayNothingOfAHiddenNumberNorWhenThePartsOfASumAreOf) {
  report("842", 40);
  report("844", 5);
  report("845", 100);
  const auto answer = asked(key_of("84"));
  EXPECT_FALSE(answer.whole.cut_off);
  for (const auto& row : answer.children) {
    EXPECT_EQ(row.cut_off.has_value(), row.value == 100) << row.name;
    EXPECT_FALSE(row.is_hidden && (row.is_provisional || row.is_illustrative)) << row.name;
  }
}

// 842 says nothing new on the 19th, so its 30 of the 18th are known on the 19th: hidden beside
// 845's 3 they would protect nothing.
TEST_P(PublicAnswers, WhatWasNotReportedAnewIsKnownFromTheDayBefore) {
  report("842", 30, "2020-08-18");
  report("844", 40, "2020-08-18");
  report("844", 45);
  report("845", 3);
  EXPECT_EQ(shown(asked(key_of("84"), "2020-08-18")), "70 30 40 - ");
  EXPECT_EQ(shown(asked(key_of("84"))), "78 x x x ");
}

// What was hidden on a day stays so while it is the same figure: shown on the next day it would
// tell the 3 of the day before.
TEST_P(PublicAnswers, WhatIsHiddenOnOneDayIsNotShownByTheNext) {
  report("842", 30, "2020-08-18");
  report("844", 40, "2020-08-18");
  report("845", 3, "2020-08-18");
  report("844", 45);
  report("845", 20);
  EXPECT_EQ(shown(asked(key_of("84"), "2020-08-18")), "73 x 40 x ");
  EXPECT_EQ(shown(asked(key_of("84"))).substr(0, 5), "95 x ");
}

// A province of which two districts report each day anew and the communes of the third only now
// and then, on five days.
class Days {
 public:
  static constexpr int kDays = 5;
  static constexpr std::array<const char*, 4> kLeaves{"29236", "29239", "844", "845"};

  explicit Days(std::uint32_t seed) : random_(seed) {
    constexpr std::array<std::int64_t, 6> kFirst{3, 5, 8, 12, 30, 40};
    constexpr std::array<std::int64_t, 4> kMore{0, 1, 2, 15};
    for (std::size_t leaf = 0; leaf < kLeaves.size(); ++leaf) {
      const bool is_district = leaf >= 2;
      std::int64_t value = is_district ? 20 + below(80) : one_of(kFirst);
      for (int day = 0; day < kDays; ++day) {
        if (!is_district && below(10) >= (day == 0 ? 9 : 4)) continue;
        if (day > 0) value += is_district ? 1 + below(9) : one_of(kMore);
        reported_.at(leaf).at(static_cast<std::size_t>(day)) = value;
      }
    }
  }

  // The day of the figure that counts, at most 72 hours back; -1: none.
  [[nodiscard]] int figure_of(std::size_t leaf, int day) const {
    for (int back = day; back >= std::max(0, day - 3); --back) {
      if (reported_.at(leaf).at(static_cast<std::size_t>(back))) return back;
    }
    return -1;
  }
  [[nodiscard]] std::optional<std::int64_t> reported(std::size_t leaf, int day) const {
    return reported_.at(leaf).at(static_cast<std::size_t>(day));
  }

 private:
  std::int64_t below(std::uint32_t most) { return static_cast<std::int64_t>(random_() % most); }
  template <std::size_t kSize>
  std::int64_t one_of(const std::array<std::int64_t, kSize>& values) {
    return values.at(random_() % kSize);
  }

  std::mt19937 random_;
  std::array<std::array<std::optional<std::int64_t>, kDays>, 4> reported_;
};

// What somebody makes of the answers for all days who knows which figure was reported when: a
// figure is one cell on all days on which it counts.
class Reader {
 public:
  explicit Reader(const Days& days) : days_(days) {}

  PublicTable table;
  std::vector<std::string> names;

  void read(int day, const std::map<std::string, PublicRow>& rows) {
    PublicTable::Sum of_district, of_province;
    for (std::size_t leaf = 0; leaf < Days::kLeaves.size(); ++leaf) {
      const int from = days_.figure_of(leaf, day);
      if (from < 0) continue;
      const auto [found, is_new] = cells_.try_emplace({leaf, from}, table.cells.size());
      if (is_new) {
        table.cells.push_back({days_.reported(leaf, from), true});
        names.push_back(std::string(Days::kLeaves.at(leaf)) + " of day " + std::to_string(from));
        const auto before = last_.find(leaf);
        if (before != last_.end()) table.orders.push_back({before->second, found->second});
        last_[leaf] = found->second;
      }
      (leaf < 2 ? of_district : of_province).parts.push_back(found->second);
      see(found->second, rows.at(Days::kLeaves.at(leaf)));
    }
    if (!of_district.parts.empty()) {
      of_district.total = add_sum(of_district.parts, "842", day);
      see(of_district.total, rows.at("842"));
      of_province.parts.push_back(of_district.total);
      table.sums.push_back(of_district);
    }
    of_province.total = add_sum(of_province.parts, "84", day);
    see(of_province.total, rows.at("84"));
    table.sums.push_back(of_province);
  }

 private:
  std::size_t add_sum(const std::vector<std::size_t>& parts, const char* name, int day) {
    std::int64_t sum = 0;
    for (const auto part : parts) sum += *table.cells[part].value;
    table.cells.push_back({sum, true});
    names.push_back(std::string(name) + " on day " + std::to_string(day));
    return table.cells.size() - 1;
  }
  // Shown anywhere it is known.
  void see(std::size_t cell, const PublicRow& row) {
    if (!row.value) return;
    EXPECT_EQ(row.value, table.cells[cell].value) << names[cell];
    table.cells[cell].is_hidden = false;
  }

  const Days& days_;
  std::map<std::pair<std::size_t, int>, std::size_t> cells_;
  std::map<std::size_t, std::size_t> last_;
};

TEST_P(PublicAnswers, OfManyDaysCannotBeHadBySubtractingOneDayFromAnother) {
  const Day first = day("2020-08-15");
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const Days days(seed);
    const auto source = "department:r-" + std::to_string(seed);
    std::vector<NewFigure> all;
    for (std::size_t leaf = 0; leaf < Days::kLeaves.size(); ++leaf) {
      for (int at = 0; at < Days::kDays; ++at) {
        const auto value = days.reported(leaf, at);
        if (!value) continue;
        const auto cut_off = vi::end_of(first + std::chrono::days{at});
        all.push_back(figure(key_of(Days::kLeaves.at(leaf)), *value, cut_off, source));
      }
    }
    here_.write([&](Sql& sql) { return record(sql, all); });
    Reader reader(days);
    for (int at = 0; at < Days::kDays; ++at) {
      const auto text = bz::to_text(first + std::chrono::days{at});
      std::map<std::string, PublicRow> rows;
      for (const auto* page : {"842", "84"}) {
        const auto answer = asked(key_of(page), text, source);
        rows[page] = answer.whole;
        for (const auto& child : answer.children) {
          const auto code = child.unit.substr(0, child.unit.find('@'));
          if (code != "842") rows[code] = child;
        }
      }
      reader.read(at, rows);
    }
    const auto known = attack(reader.table);
    const auto solved = solved_for(reader.table);
    for (std::size_t cell = 0; cell < reader.table.cells.size(); ++cell) {
      if (*reader.table.cells[cell].value >= kLeastShown) continue;
      EXPECT_TRUE(reader.table.cells[cell].is_hidden) << seed << ": " << reader.names[cell];
      EXPECT_FALSE(solved[cell] || known[cell].least == known[cell].most)
          << seed << ": " << reader.names[cell] << " is told";
    }
  }
}

}  // namespace
}  // namespace bz::campaign
