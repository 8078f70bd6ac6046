// What anybody may see of a unit (campaign/small_counts.h).
#include <algorithm>
#include <array>
#include <map>

#include "campaign/denominators.h"
#include "campaign/family.h"
#include "campaign/small_counts.h"
#include "units/units.h"

namespace bz::campaign {
namespace {

using std::chrono::days;
using store::Sql;

// The day asked and the week before it, the first day first.
constexpr std::size_t kDays = 8;
constexpr std::size_t kAsked = kDays - 1;
// So many days back a figure of a day may have counted already.
constexpr std::size_t kCounts = 3;
static_assert(kStaleAfter == days{kCounts});

struct Asked {
  const Indicator* indicator = nullptr;
  const Measure* measure = nullptr;
  std::string_view source;
  At at;

  [[nodiscard]] std::array<Instant, kDays> ons() const {
    std::array<Instant, kDays> all;
    for (std::size_t i = 0; i < kDays; ++i) all.at(i) = at.on - days{kAsked - i};
    return all;
  }
};

// A unit, what there is of it on each of the days, and whether that is hidden.
struct Node {
  std::string parent;
  std::string name;
  std::array<RollUp, kDays> rolled;
  std::array<bool, kDays> is_hidden{};
  bool is_decided = false;
};
using Nodes = std::map<std::string, Node, std::less<>>;

// The children of a unit, and itself where it is not there.
Result<std::vector<std::string>> read_into(Sql& sql, const Asked& asked, const std::string& unit,
                                           Nodes& nodes) {
  const auto ons = asked.ons();
  auto moments = read_family(sql, {unit, asked.measure->code, asked.source, ons, asked.at.as_of,
                                   asked.at.counts, kStaleAfter, true});
  if (!moments) return moments.error();
  std::vector<std::string> children;
  auto& whole = nodes[unit];
  for (std::size_t day = 0; day < kDays; ++day) {
    auto& moment = (*moments)[day];
    whole.rolled.at(day) = std::move(moment.whole);
    for (auto& child : moment.children) {
      auto& node = nodes[child.subject];
      node.parent = unit;
      node.name = child.name;
      if (day == kAsked) children.push_back(child.subject);
      node.rolled.at(day) = std::move(child);
    }
  }
  return children;
}

// Whether nothing was reported anew in between: the same figure, or a sum of the same ones.
bool is_same(const RollUp& one, const RollUp& other) {
  if (!one.value() || one.value() != other.value()) return false;
  if (one.own_value.has_value() != other.own_value.has_value()) return false;
  if (one.own_value) return one.own && other.own && one.own->id == other.own->id;
  return one.covered == other.covered && one.of == other.of && one.oldest == other.oldest &&
         one.newest == other.newest;
}

// The table of those days whose answers are looked at together. A figure that counts on several of
// them is one cell, for whoever knows that it was not reported anew: shown on one day it is known
// on all.
class Table {
 public:
  Table(Nodes& nodes, const Measure& measure, std::vector<std::size_t> of_days)
      : nodes_(nodes), days_(std::move(of_days)) {
    for (auto& [key, node] : nodes_) {
      for (std::size_t i = 0; i < days_.size(); ++i) {
        const bool is_before =
            i > 0 && is_same(node.rolled.at(days_[i - 1]), node.rolled.at(days_[i]));
        if (is_before) {
          join(key, node, i);
        } else {
          places_[{key, days_[i]}] = table_.cells.size();
          table_.cells.push_back({node.rolled.at(days_[i]).value(), node.is_hidden.at(days_[i]),
                                  node.is_decided || i + 1 < days_.size()});
        }
      }
    }
    for (const auto day : days_) add_sums(day);
    if (measure.never_falls) add_orders();
  }

  // What was hidden by itself stays so.
  void protect_all() {
    protect(table_);
    for (auto& [key, node] : nodes_) {
      const auto& cell = table_.cells[places_.at({key, days_.back()})];
      node.is_hidden.at(days_.back()) |= cell.is_hidden;
    }
  }

 private:
  void join(const std::string& key, const Node& node, std::size_t i) {
    const auto place = places_.at({key, days_[i - 1]});
    places_[{key, days_[i]}] = place;
    const bool is_earlier = i + 1 < days_.size();
    if (is_earlier && !node.is_hidden.at(days_[i])) table_.cells[place].is_hidden = false;
  }

  // A unit's own figure that is what its children add up to gives as much away as their sum.
  void add_sums(std::size_t day) {
    std::map<std::string, std::vector<std::size_t>> parts;
    for (const auto& [key, node] : nodes_) {
      if (!node.parent.empty() && node.rolled.at(day).value()) {
        parts[node.parent].push_back(places_.at({key, day}));
      }
    }
    for (auto& [key, of] : parts) {
      const auto& whole = nodes_[key].rolled.at(day);
      if (!whole.value() || whole.difference().value_or(0) != 0) continue;
      table_.sums.push_back({places_.at({key, day}), std::move(of)});
    }
  }

  void add_orders() {
    for (const auto& [key, node] : nodes_) {
      for (std::size_t i = 1; i < days_.size(); ++i) {
        const auto before = node.rolled.at(days_[i - 1]).value();
        const auto after = node.rolled.at(days_[i]).value();
        if (!before || !after || *before > *after) continue;
        const auto less = places_.at({key, days_[i - 1]});
        const auto more = places_.at({key, days_[i]});
        if (less != more) table_.orders.push_back({less, more});
      }
    }
  }

  Nodes& nodes_;
  std::vector<std::size_t> days_;
  std::map<std::pair<std::string, std::size_t>, std::size_t> places_;
  PublicTable table_;
};

// Each of the days by itself, as its own answer did at least, and then together with what was shown
// as far back as its figures may have counted; the day asked also with a week before.
void protect_days(Nodes& nodes, const Measure& measure) {
  for (std::size_t day = 0; day < kDays; ++day) {
    Table(nodes, measure, {day}).protect_all();
    if (day == 0) continue;
    std::vector<std::size_t> together;
    if (day == kAsked) together.push_back(0);
    for (auto back = std::min(day, kCounts); back > 0; --back) together.push_back(day - back);
    together.push_back(day);
    Table(nodes, measure, together).protect_all();
  }
}

// The units above, itself first, without the nation.
Result<std::string> top_of(Sql& sql, const units::UnitKey& key, Day on) {
  const auto above = units::ancestors(sql, key, on);
  if (!above) return above.error();
  auto top = key;
  for (const auto& unit : *above) {
    if (unit.key != units::nation()) top = unit.key;
  }
  return units::to_text(top);
}

PublicRow row_of(const std::string& key, const Node& node, const std::optional<Figure>& whole) {
  const auto& rolled = node.rolled.at(kAsked);
  PublicRow row;
  row.unit = key;
  row.name = node.name;
  row.is_hidden = node.is_hidden.at(kAsked) && rolled.value();
  if (!row.is_hidden) row.value = rolled.value();
  row.is_partial = rolled.value_is_partial();
  row.denominator = whole;
  row.is_illustrative = whole && whole->origin == OriginKind::kIllustrative;
  // Nothing is said of a hidden number: by its cut-off it would be known for that of another day.
  // Nor is the cut-off of a sum, which is that of one of its parts.
  if (!row.value) return row;
  row.is_provisional = rolled.is_provisional;
  row.is_illustrative = row.is_illustrative || rolled.is_illustrative;
  if (rolled.own_value) row.cut_off = rolled.oldest;
  return row;
}

}  // namespace

Result<PublicAdoption> public_adoption(Sql& sql, std::string_view unit, std::string_view indicator,
                                       std::string_view source, const At& at) {
  Asked asked{find_indicator(indicator), nullptr, source, at};
  if (asked.indicator == nullptr) {
    return Error{Code::kInvalid, "the indicator is none of those that are computed"};
  }
  asked.measure = find_measure(asked.indicator->numerator);
  const auto key = units::key_from_text(unit);
  const auto found = key ? units::find(sql, *key)
                         : Result<std::optional<units::Unit>>{std::optional<units::Unit>{}};
  if (!found) return found.error();
  if (!*found) return Error{Code::kNotFound, "no unit has this key: see the list of units"};
  const auto top = top_of(sql, *key, vi::cut_off_day(at.on));
  if (!top) return top.error();

  // Provinces within the nation, which is shown unless it has few itself.
  Nodes nodes;
  const auto nation = units::to_text(units::nation());
  auto provinces = read_into(sql, asked, nation, nodes);
  if (!provinces) return provinces.error();
  const auto is_small = [](const RollUp& one) {
    const auto value = one.value();
    return value && *value < kLeastShown;
  };
  nodes[nation].is_decided = std::ranges::none_of(nodes[nation].rolled, is_small);
  protect_days(nodes, *asked.measure);
  std::vector<std::string> children = std::move(*provinces);

  if (unit != nation) {
    auto province = std::move(nodes[*top]);
    province.parent.clear();
    province.is_decided = true;
    nodes.clear();
    nodes[*top] = std::move(province);
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
    std::vector<std::string> open{*top};
    while (!open.empty()) {
      const auto next = open.back();
      open.pop_back();
      auto below = read_into(sql, asked, next, nodes);
      if (!below) return below.error();
      for (const auto& child : *below) {
        if (nodes[child].rolled.at(kAsked).of > 0) open.push_back(child);
      }
      lists[next] = std::move(*below);
    }
    protect_days(nodes, *asked.measure);
    children = std::move(lists[std::string(unit)]);
  }

  const auto wholes = denominators_of_children(sql, *asked.indicator, unit, source, at);
  if (!wholes) return wholes.error();
  const auto whole = denominator_of(sql, *asked.indicator, unit, source, at);
  if (!whole) return whole.error();
  PublicAdoption shown;
  nodes[std::string(unit)].name = units::full_name(**found);
  shown.whole = row_of(std::string(unit), nodes[std::string(unit)], *whole);
  for (const auto& child : children) {
    const auto of = wholes->find(child);
    shown.children.push_back(row_of(
        child, nodes[child], of == wholes->end() ? std::nullopt : std::optional(of->second)));
  }
  return shown;
}

}  // namespace bz::campaign
