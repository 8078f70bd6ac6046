#include "units/crosswalk.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace bz::units {
namespace {

__extension__ using Product = unsigned __int128;

// The connected parts of a graph (union by the smaller number).
class Parts {
 public:
  explicit Parts(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t of(std::size_t one) {
    while (parent_[one] != one) one = parent_[one] = parent_[parent_[one]];
    return one;
  }
  void join(std::size_t one, std::size_t other) {
    one = of(one);
    other = of(other);
    parent_[std::max(one, other)] = std::min(one, other);
  }

 private:
  std::vector<std::size_t> parent_;
};

using EdgesFrom = std::map<UnitKey, std::vector<const Edge*>>;

// What of a count goes along each of a unit's edges; nothing when a weight is missing. All of it
// goes somewhere: what is left over by rounding down goes to the largest fractions, one each.
std::optional<std::vector<std::int64_t>> shares(std::int64_t count,
                                                const std::vector<const Edge*>& edges) {
  if (edges.size() == 1 && edges.front()->is_full) return std::vector{count};
  Product sum = 0;
  for (const auto* edge : edges) {
    if (!edge->weight) return std::nullopt;
    sum += static_cast<Product>(*edge->weight);
  }
  std::vector<std::int64_t> parts;
  std::vector<std::pair<Product, std::size_t>> fractions;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto product = static_cast<Product>(count) * static_cast<Product>(*edges[i]->weight);
    parts.push_back(static_cast<std::int64_t>(product / sum));
    fractions.emplace_back(sum - product % sum, i);
  }
  auto left = count - std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
  std::ranges::sort(fractions);
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[fractions[i].second];
  return parts;
}

bool disagree(const std::vector<const Edge*>& edges) {
  if (edges.size() == 1) return !edges.front()->is_full;
  return std::ranges::any_of(edges, [](const Edge* edge) { return edge->is_full; });
}

void note_open(Group& group, Why why) {
  group.open = group.open ? std::min(*group.open, why) : why;
}

}  // namespace

std::string_view says_vi(Why why) {
  switch (why) {
    case Why::kNoEdge: return "bảng chuyển đổi không nói về đơn vị này";
    case Why::kUnknownPart: return "có phần đến từ đơn vị chưa biết";
    case Why::kHasChanged: return "đơn vị đã thay đổi trước ngày của bảng chuyển đổi";
    case Why::kMayBeMissing: return "một đơn vị cùng cấp trên không rõ đã nhập vào đâu";
    case Why::kEdgesDisagree: return "bảng chuyển đổi mâu thuẫn hoặc mới nói về một phần";
    case Why::kNoValue: return "thiếu số của một đơn vị trong nhóm";
    case Why::kNoWeight: return "gộp từ nhiều phần chưa rõ tỷ trọng";
    case Why::kManyToOne: return "nhiều đơn vị đã nhập làm một";
  }
  return {};
}

std::string_view says_en(Why why) {
  switch (why) {
    case Why::kNoEdge: return "the crosswalk does not tell of this unit";
    case Why::kUnknownPart: return "a part comes from a unit that we do not know";
    case Why::kHasChanged: return "the unit had changed before the crosswalk's day";
    case Why::kMayBeMissing: return "where a unit of the same parent went is unknown";
    case Why::kEdgesDisagree: return "the crosswalk contradicts itself, or tells of one part only";
    case Why::kNoValue: return "a unit of the group has no count";
    case Why::kNoWeight: return "it is made of parts whose weights are unknown";
    case Why::kManyToOne: return "several units became one";
  }
  return {};
}

Crosswalk::Crosswalk(std::vector<Old> from, std::vector<UnitKey> to, std::vector<Edge> edges)
    : from_(std::move(from)), to_(std::move(to)), edges_(std::move(edges)) {
  const std::set<UnitKey> known(to_.begin(), to_.end());
  std::erase_if(edges_, [&](const Edge& edge) { return !known.contains(edge.to); });
  find_groups();
  open_groups();
}

void Crosswalk::find_groups() {
  std::map<UnitKey, std::size_t> from_number;
  std::map<UnitKey, std::size_t> to_number;
  for (const auto& edge : edges_) {
    from_number.emplace(edge.from, 0);
    to_number.emplace(edge.to, 0);
  }
  std::size_t count = 0;
  for (auto& place : from_number) place.second = count++;
  for (auto& place : to_number) place.second = count++;
  Parts parts(count);
  for (const auto& edge : edges_) parts.join(from_number[edge.from], to_number[edge.to]);

  std::map<std::size_t, std::size_t> group_of_part;
  const auto group_at = [&](std::size_t number) {
    const auto placed = group_of_part.emplace(parts.of(number), groups_.size());
    if (placed.second) groups_.emplace_back();
    return placed.first->second;
  };
  for (const auto& [key, number] : from_number) {
    from_group_[key] = group_at(number);
    groups_[from_group_[key]].from.push_back(key);
  }
  for (const auto& [key, number] : to_number) {
    to_group_[key] = group_at(number);
    groups_[to_group_[key]].to.push_back(key);
  }
}

void Crosswalk::open_groups() {
  std::set<UnitKey> known;
  std::set<UnitKey> leaking;  // parents of units that went who knows where
  for (const auto& old : from_) {
    known.insert(old.key);
    if (from_group_.contains(old.key)) continue;
    from_without_.push_back(old.key);
    if (old.parent) leaking.insert(*old.parent);
  }
  for (const auto& key : to_) {
    if (!to_group_.contains(key)) to_without_.push_back(key);
  }
  std::ranges::sort(from_without_);
  std::ranges::sort(to_without_);
  for (const auto& old : from_) {
    const auto group = from_group_.find(old.key);
    if (group == from_group_.end() || !old.parent || !leaking.contains(*old.parent)) continue;
    note_open(groups_[group->second], Why::kMayBeMissing);
  }
  EdgesFrom from;
  for (const auto& edge : edges_) {
    auto& group = groups_[from_group_[edge.from]];
    if (!known.contains(edge.from)) note_open(group, Why::kUnknownPart);
    if (edge.has_changed) note_open(group, Why::kHasChanged);
    from[edge.from].push_back(&edge);
  }
  for (const auto& [key, edges] : from) {
    if (disagree(edges)) note_open(groups_[from_group_[key]], Why::kEdgesDisagree);
  }
}

const Group* Crosswalk::group_from(const UnitKey& key) const {
  const auto found = from_group_.find(key);
  return found == from_group_.end() ? nullptr : &groups_[found->second];
}

const Group* Crosswalk::group_to(const UnitKey& key) const {
  const auto found = to_group_.find(key);
  return found == to_group_.end() ? nullptr : &groups_[found->second];
}

Carried Crosswalk::forward(const Values& old_values) const {
  Carried carried;
  EdgesFrom from;
  for (const auto& edge : edges_) from[edge.from].push_back(&edge);
  // Of every new unit: what came, or why that is not known.
  std::map<UnitKey, Carried::Estimate> sums;
  std::map<UnitKey, Why> unknown;
  const auto hide = [&](const UnitKey& key, Why why) {
    const auto placed = unknown.emplace(key, why);
    placed.first->second = std::min(placed.first->second, why);
  };
  for (const auto& [key, edges] : from) {
    const auto& group = groups_[from_group_.at(key)];
    const auto value = old_values.find(key);
    std::optional<std::vector<std::int64_t>> parts;
    if (group.is_closed() && value != old_values.end()) parts = shares(value->second, edges);
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto& to = edges[i]->to;
      if (parts) {
        sums[to].value += (*parts)[i];
        sums[to].is_by_weight = sums[to].is_by_weight || !edges[i]->is_full;
      } else {
        hide(to, group.open                  ? *group.open
                 : value == old_values.end() ? Why::kNoValue
                                             : Why::kNoWeight);
      }
    }
  }
  for (const auto& [key, sum] : sums) {
    if (!unknown.contains(key)) carried.estimates.emplace(key, sum);
  }
  for (const auto& key : to_without_) unknown.emplace(key, Why::kNoEdge);
  for (const auto& [key, why] : unknown) carried.without.push_back({key, why});
  add_totals(carried, old_values, &Group::from);
  note_not_carried(carried, old_values, from_group_);
  return carried;
}

Carried Crosswalk::backward(const Values& new_values) const {
  Carried carried;
  for (const auto& group : groups_) {
    const bool is_one_to_one = group.from.size() == 1 && group.to.size() == 1;
    const auto value = new_values.find(group.to.front());
    if (group.is_closed() && is_one_to_one && value != new_values.end()) {
      carried.estimates.emplace(group.from.front(), Carried::Estimate{value->second, false});
      continue;
    }
    const auto why = group.open ? *group.open : is_one_to_one ? Why::kNoValue : Why::kManyToOne;
    for (const auto& key : group.from) carried.without.push_back({key, why});
  }
  for (const auto& key : from_without_) carried.without.push_back({key, Why::kNoEdge});
  std::ranges::sort(carried.without, {}, &Carried::NotCarried::unit);
  add_totals(carried, new_values, &Group::to);
  note_not_carried(carried, new_values, to_group_);
  return carried;
}

void Crosswalk::add_totals(Carried& carried, const Values& values,
                           std::vector<UnitKey> Group::*side) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (!groups_[i].is_closed()) continue;
    std::optional<std::int64_t> total = 0;
    for (const auto& key : groups_[i].*side) {
      const auto value = values.find(key);
      total = total && value != values.end() ? std::optional(*total + value->second) : std::nullopt;
    }
    if (total) carried.totals.push_back({i, *total});
  }
}

void Crosswalk::note_not_carried(Carried& carried, const Values& values,
                                 const std::map<UnitKey, std::size_t>& groups) const {
  std::set<std::size_t> with_total;
  for (const auto& total : carried.totals) with_total.insert(total.group);
  for (const auto& place : values) {
    const auto group = groups.find(place.first);
    if (group == groups.end()) {
      carried.not_carried.push_back({place.first, Why::kNoEdge});
    } else if (groups_[group->second].open) {
      carried.not_carried.push_back({place.first, *groups_[group->second].open});
    } else if (!with_total.contains(group->second)) {
      carried.not_carried.push_back({place.first, Why::kNoValue});
    }
  }
}

}  // namespace bz::units
