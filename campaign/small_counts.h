// Small counts in public answers. A count under 10 may point at persons, so it is hidden; and with
// it a second cell wherever the hidden one could be had by subtraction: from its siblings and their
// total, from the days before and after, from another source.
//
// A table is cells and what is known of them by arithmetic: totals of parts, and cells that are
// never above another (a cumulative count on two days). protect() hides cells until no reasoning
// over these tells a hidden cell's value: for each hidden one there are two tables, with no cell
// below 0, that differ in it and look the same from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/rates.h"

namespace bz::campaign {

inline constexpr std::int64_t kLeastShown = 10;

struct PublicTable {
  struct Cell {
    std::optional<std::int64_t> value;  // nothing: no data, which is no secret
    bool is_hidden = false;
    bool is_decided = false;  // shown or hidden already, elsewhere: stays so
  };
  // total = Σ parts; only where all of them have values.
  struct Sum {
    std::size_t total = 0;
    std::vector<std::size_t> parts;
  };
  struct Order {
    std::size_t less = 0;  // ≤ more
    std::size_t more = 0;
  };
  std::vector<Cell> cells;
  std::vector<Sum> sums;
  std::vector<Order> orders;
};

// Hides the small cells and as many others as it takes; which ones depends on the table alone.
// Where decided cells give another away, nothing is left to be done about it.
void protect(PublicTable& table);

// What anybody may see of a unit: the rate of it and of its children.
struct PublicRow {
  std::string unit;
  std::string name;
  std::optional<std::int64_t> value;  // nothing: hidden, or no data
  bool is_hidden = false;
  bool is_partial = false;
  bool is_provisional = false;
  bool is_illustrative = false;
  std::optional<Figure> denominator;
  std::optional<Instant> cut_off;  // of a number that was reported for the unit itself
};
struct PublicAdoption {
  PublicRow whole;
  std::vector<PublicRow> children;
};
// The same is hidden whichever unit is asked: first provinces are protected within the nation, then
// all that lies under a province at once; and both with what the answers for a week before and for
// the three days before show, in which what was not reported anew is one number on all days.
Result<PublicAdoption> public_adoption(store::Sql& sql, std::string_view unit,
                                       std::string_view indicator, std::string_view source,
                                       const At& at);

}  // namespace bz::campaign
