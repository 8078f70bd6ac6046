#include "campaign/small_counts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

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
  PublicAdoption asked(std::string_view key) {
    return here_.read([&](Sql& sql) {
      return public_adoption(sql, key, "install_rate.population", "department:so-tttt-84",
                             on("2020-08-19"));
    });
  }
  void report(std::string_view code, std::int64_t value) {
    here_.record(figure(key_of(code), value, end_of("2020-08-19")));
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

}  // namespace
}  // namespace bz::campaign
