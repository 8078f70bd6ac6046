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

constexpr std::size_t kDays = 3;  // a week before, a day before, the day asked
constexpr std::size_t kAsked = kDays - 1;

struct Asked {
  const Indicator* indicator = nullptr;
  const Measure* measure = nullptr;
  std::string_view source;
  At at;

  [[nodiscard]] std::array<Instant, kDays> ons() const {
    return {at.on - days{7}, at.on - days{1}, at.on};
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

// The table of those days whose answers are looked at together.
class Table {
 public:
  Table(Nodes& nodes, const Measure& measure, std::vector<std::size_t> of_days)
      : nodes_(nodes), days_(std::move(of_days)) {
    for (auto& [key, node] : nodes_) {
      for (const auto day : days_) {
        places_[{key, day}] = table_.cells.size();
        const bool is_earlier = days_.size() > 1 && day != days_.back();
        table_.cells.push_back(
            {node.rolled.at(day).value(), node.is_hidden.at(day), node.is_decided || is_earlier});
      }
    }
    for (const auto day : days_) add_sums(day);
    if (measure.never_falls) add_orders();
  }

  void protect_all() {
    protect(table_);
    for (const auto& [place, cell] : places_) {
      nodes_[place.first].is_hidden.at(place.second) = table_.cells[cell].is_hidden;
    }
  }

 private:
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
        table_.orders.push_back({places_.at({key, days_[i - 1]}), places_.at({key, days_[i]})});
      }
    }
  }

  Nodes& nodes_;
  std::vector<std::size_t> days_;
  std::map<std::pair<std::string, std::size_t>, std::size_t> places_;
  PublicTable table_;
};

// Each of the days by itself, as its own answer did at least; then the day asked together with
// what was shown before.
void protect_days(Nodes& nodes, const Measure& measure) {
  for (std::size_t day = 0; day < kDays; ++day) Table(nodes, measure, {day}).protect_all();
  Table(nodes, measure, {0, 1, kAsked}).protect_all();
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

  // Provinces within the nation, which is shown.
  Nodes nodes;
  const auto nation = units::to_text(units::nation());
  auto provinces = read_into(sql, asked, nation, nodes);
  if (!provinces) return provinces.error();
  nodes[nation].is_decided = true;
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
