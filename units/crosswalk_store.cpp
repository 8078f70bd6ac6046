#include <map>
#include <set>

#include "units/plan.h"
#include "units/rows.h"

namespace bz::units {
namespace {

constexpr std::string_view kColumns =
    "SELECT from_key, to_key, is_full, has_changed, day, act, weight, basis FROM unit_change ";

Result<bool> add_edge(const store::Row& row, std::vector<Edge>& edges) {
  const auto from = key_from_text(row.text(0));
  const auto to = key_from_text(row.text(1));
  if (!from || !to) return Error{Code::kMalformed, "unit_change: what should be a key is none"};
  Edge edge{*from, *to, row.integer(2) != 0, row.integer(3) != 0, day_from_number(row.integer(4))};
  if (!row.is_null(5)) edge.act = row.text(5);
  edge.weight = row.optional_integer(6);
  if (!row.is_null(7)) edge.basis = row.text(7);
  edges.push_back(std::move(edge));
  return true;
}

Result<std::vector<Unit>> units_of_level(store::Sql& sql, Level level, Day on) {
  static const std::string kSelect =
      "SELECT " + unit_columns("$2") +
      " FROM unit u WHERE u.level = $1 AND u.valid_from <= $2 AND (u.valid_to IS NULL OR "
      "u.valid_to > $2) ORDER BY u.code";
  return read_units(sql, kSelect, {static_cast<std::int64_t>(level), day_number(on)});
}

using ByFrom = std::map<UnitKey, std::vector<Edge>>;

// Two steps as one.
Edge joined(const Edge& first, const Edge& second) {
  Edge edge{first.from, second.to, first.is_full && second.is_full,
            first.has_changed || second.has_changed, second.day};
  if (first.is_full) {
    edge.weight = second.weight;
    edge.basis = second.basis;
  } else if (second.is_full) {
    edge.weight = first.weight;
    edge.basis = first.basis;
  }
  return edge;
}

// Follows what went from unit to unit until it is one of `ends`.
class Steps {
 public:
  Steps(const ByFrom& by_from, const std::set<UnitKey>& ends) : by_from_(by_from), ends_(ends) {}

  // All of a unit's edges to `ends`, one for each of them. Where a part of it is lost on the way,
  // all say that it has changed.
  std::vector<Edge> of(const UnitKey& key) {
    found_.clear();
    is_lost_ = false;
    follow_from(key, std::nullopt);
    std::vector<Edge> edges;
    for (auto& place : found_) {
      place.second.has_changed = place.second.has_changed || is_lost_;
      edges.push_back(std::move(place.second));
    }
    // All of it arrived at one place, if in parts on the way.
    if (edges.size() == 1 && !is_lost_) edges.front().is_full = true;
    return edges;
  }

 private:
  // On from a unit; `until_here` is the way to it.
  void follow_from(const UnitKey& key, const std::optional<Edge>& until_here) {
    std::vector<const Edge*> steps;
    if (const auto found = by_from_.find(key); found != by_from_.end()) {
      for (const auto& step : found->second) {
        if (!until_here || step.day > until_here->day) steps.push_back(&step);
      }
    }
    // None, or a single part of it: where the rest went is not known.
    if (steps.empty() || (steps.size() == 1 && !steps.front()->is_full)) is_lost_ = true;
    for (const auto* step : steps) {
      const auto way = until_here ? joined(*until_here, *step) : *step;
      if (ends_.contains(way.to)) {
        add(way);
      } else {
        follow_from(way.to, way);
      }
    }
  }

  void add(const Edge& edge) {
    const auto placed = found_.emplace(edge.to, edge);
    if (placed.second) return;
    auto& there = placed.first->second;
    there.weight =
        there.weight && edge.weight ? std::optional(*there.weight + *edge.weight) : std::nullopt;
    there.has_changed = there.has_changed || edge.has_changed;
  }

  const ByFrom& by_from_;
  const std::set<UnitKey>& ends_;
  std::map<UnitKey, Edge> found_;
  bool is_lost_ = false;
};

}  // namespace

Result<std::vector<Edge>> read_edges(store::Sql& sql, std::string_view where,
                                     std::initializer_list<store::Parameter> parameters) {
  std::vector<Edge> edges;
  const auto read =
      sql.each(std::string(kColumns) + std::string(where) + " ORDER BY from_key, to_key",
               parameters, [&](const store::Row& row) { return add_edge(row, edges); });
  if (!read) return read.error();
  return edges;
}

Result<Crosswalk> load_crosswalk(store::Sql& sql, Level level, Day from, Day to) {
  const auto old_units = units_of_level(sql, level, from);
  if (!old_units) return old_units.error();
  const auto new_units = units_of_level(sql, level, to);
  if (!new_units) return new_units.error();
  const auto between =
      read_edges(sql, "WHERE day > $1 AND day <= $2", {day_number(from), day_number(to)});
  if (!between) return between.error();

  std::vector<Crosswalk::Old> old_side;
  std::vector<UnitKey> new_side;
  for (const auto& unit : *old_units) old_side.push_back({unit.key, unit.parent});
  for (const auto& unit : *new_units) new_side.push_back(unit.key);
  const std::set<UnitKey> ends(new_side.begin(), new_side.end());
  ByFrom by_from;
  std::set<UnitKey> on_the_way;
  for (const auto& edge : *between) {
    by_from[edge.from].push_back(edge);
    if (edge.from != edge.to) on_the_way.insert(edge.to);
  }
  std::vector<Edge> edges;
  Steps steps(by_from, ends);
  std::set<UnitKey> begun;
  for (const auto& old : old_side) {
    begun.insert(old.key);
    if (by_from.contains(old.key)) {
      for (auto& edge : steps.of(old.key)) edges.push_back(std::move(edge));
    } else if (ends.contains(old.key)) {
      edges.push_back({old.key, old.key, true});
    }
  }
  // From units of which no list told us.
  for (const auto& place : by_from) {
    if (begun.contains(place.first) || on_the_way.contains(place.first)) continue;
    for (auto& edge : steps.of(place.first)) edges.push_back(std::move(edge));
  }
  return Crosswalk(std::move(old_side), std::move(new_side), std::move(edges));
}

Result<EdgesOf> edges_of(store::Sql& sql, const UnitKey& key) {
  auto out = read_edges(sql, "WHERE from_key = $1", {to_text(key)});
  if (!out) return out.error();
  auto in = read_edges(sql, "WHERE to_key = $1", {to_text(key)});
  if (!in) return in.error();
  return EdgesOf{std::move(*out), std::move(*in)};
}

}  // namespace bz::units
