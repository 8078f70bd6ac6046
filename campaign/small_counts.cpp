#include "campaign/small_counts.h"

#include <algorithm>

namespace bz::campaign {
namespace {

using Cell = PublicTable::Cell;

// Looks for a table that looks the same from outside and differs in one hidden cell: that cell one
// higher or lower, and others one higher or lower so that all sums and orders hold. Where each cell
// is in at most two sums (a hierarchy), there is such a one whenever there is any other; elsewhere
// one may be missed, and more is hidden than need be.
class Other {
 public:
  explicit Other(const PublicTable& table) : table_(table), steps_(table.cells.size(), 0) {}

  bool exists_for(std::size_t cell) {
    for (const int step : {1, -1}) {
      left_ = kMostTries;
      if (takes(cell, step)) return true;
    }
    return false;
  }

 private:
  static constexpr int kMostTries = 4'000;

  // The cell by one step, and the rest brought into order.
  bool takes(std::size_t cell, int step) {
    const auto& at = table_.cells[cell];
    if (!at.is_hidden || !at.value || steps_[cell] != 0 || *at.value + step < 0) return false;
    if (--left_ < 0) return false;
    steps_[cell] = step;
    const bool is_right = settle();
    steps_[cell] = 0;
    return is_right;
  }

  bool settle() {
    for (const auto& sum : table_.sums) {
      int over = -steps_[sum.total];
      for (const auto part : sum.parts) over += steps_[part];
      if (over == 0) continue;
      const int step = over > 0 ? -1 : 1;
      if (takes(sum.total, -step)) return true;
      return std::ranges::any_of(sum.parts, [&](std::size_t part) { return takes(part, step); });
    }
    for (const auto& order : table_.orders) {
      const auto less = *table_.cells[order.less].value + steps_[order.less];
      const auto more = *table_.cells[order.more].value + steps_[order.more];
      if (less <= more) continue;
      return takes(order.more, 1) || takes(order.less, -1);
    }
    return true;
  }

  const PublicTable& table_;
  std::vector<int> steps_;
  int left_ = 0;
};

// The shown cell by which a hidden one is given away that costs least: the smallest part beside it,
// then a total, then what lies before or after it; nothing when all are hidden or decided.
class Choice {
 public:
  explicit Choice(const PublicTable& table) : table_(table) {}

  std::optional<std::size_t> for_cell(std::size_t cell) {
    // From sum to sum, over what is hidden already, until one has something to hide.
    std::vector<std::size_t> reached{cell};
    for (std::size_t i = 0; i < reached.size(); ++i) {
      best_.reset();
      for (const auto& sum : table_.sums) look_at(sum, reached[i], reached);
      for (const auto& order : table_.orders) {
        if (order.less == reached[i]) look_at(order.more, false, reached);
        if (order.more == reached[i]) look_at(order.less, false, reached);
      }
      if (best_) return best_;
    }
    return std::nullopt;
  }

 private:
  void look_at(const PublicTable::Sum& sum, std::size_t from, std::vector<std::size_t>& reached) {
    if (sum.total != from && !std::ranges::count(sum.parts, from)) return;
    for (const auto part : sum.parts) look_at(part, true, reached);
    look_at(sum.total, false, reached);
  }

  void look_at(std::size_t cell, bool is_part, std::vector<std::size_t>& reached) {
    const auto& at = table_.cells[cell];
    if (!at.value) return;
    if (at.is_hidden) {
      if (!std::ranges::count(reached, cell)) reached.push_back(cell);
      return;
    }
    if (at.is_decided) return;
    const auto is_better = [&] {
      if (!best_) return true;
      if (is_part != best_is_part_) return is_part;
      return *at.value < *table_.cells[*best_].value;
    };
    if (!is_better()) return;
    best_ = cell;
    best_is_part_ = is_part;
  }

  const PublicTable& table_;
  std::optional<std::size_t> best_;
  bool best_is_part_ = false;
};

}  // namespace

void protect(PublicTable& table) {
  for (auto& cell : table.cells) {
    if (cell.value && *cell.value < kLeastShown && !cell.is_decided) cell.is_hidden = true;
  }
  // Each time one more is hidden; what was safe stays so.
  std::vector<bool> is_safe(table.cells.size(), false);
  for (std::size_t i = 0; i < table.cells.size();) {
    const auto& cell = table.cells[i];
    if (!cell.is_hidden || !cell.value || is_safe[i] || Other(table).exists_for(i)) {
      is_safe[i] = true;
      ++i;
      continue;
    }
    const auto next = Choice(table).for_cell(i);
    if (!next) {
      is_safe[i] = true;
      ++i;
      continue;
    }
    table.cells[*next].is_hidden = true;
    is_safe[*next] = false;
    // One hidden now may lie before the place where we are.
    if (*next < i) i = *next;
  }
}

}  // namespace bz::campaign
