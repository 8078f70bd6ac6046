// Carrying counts over a change of units (bảng chuyển đổi). A crosswalk is a graph of two sides:
// old units, new units, and edges that say what went where, wholly (full) or in part (partial).
//
// What can be known of a count is decided by groups, the connected parts of the graph:
//
//   closed   every edge of every unit in it is known: sum of the old = sum of the new
//   open     something may be missing; then nothing of it is carried, and it is said why
//
// Within a closed group a new unit has an estimate when all that went into it went wholly, or in
// parts whose weights are known; otherwise there is only the group's total. Nothing is guessed:
//
//   - an old unit without an edge is listed, and opens every group with a unit of its own parent,
//     since that is where it may have gone;
//   - a unit that had another name in the crosswalk than on our list has changed since, and opens
//     its group; so does an edge from a unit that we do not know.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql.h"
#include "units/unit.h"

namespace bz::units {

struct Edge {
  UnitKey from;
  UnitKey to;
  bool is_full = false;
  bool has_changed = false;  // the old unit is called otherwise on our list
  Day day{};                 // on which it took effect
  // Of a partial edge: its share of `from` is its weight over the sum of those of all its edges.
  // Over 0; nothing: unknown.
  std::optional<std::int64_t> weight = {};
  std::string basis = {};  // what the weight is made of: "population 2024"
  std::string act = {};

  bool operator==(const Edge&) const = default;
};

// Why something is not carried. Ordered: of several reasons the first is told.
enum class Why {
  kNoEdge,         // the unit stands in no edge
  kUnknownPart,    // an edge comes from a unit that no list has
  kHasChanged,     // it had changed before the crosswalk's day
  kMayBeMissing,   // a unit of the same parent has no edge, and may have gone here
  kEdgesDisagree,  // a full edge besides another, or a single part
  kNoValue,        // a unit of the group has no count: no data is not 0
  kNoWeight,       // it came together from parts, and how large they are is unknown
  kManyToOne,      // backward: what the old units' shares were is unknown
};
std::string_view says_vi(Why why);
std::string_view says_en(Why why);

struct Group {
  std::vector<UnitKey> from;  // sorted
  std::vector<UnitKey> to;    // sorted
  std::optional<Why> open = {};

  [[nodiscard]] bool is_closed() const { return !open; }
};

using Values = std::map<UnitKey, std::int64_t>;  // counts of 0 or more

struct Carried {
  struct Estimate {
    std::int64_t value = 0;
    bool is_by_weight = false;  // by weights; else it is a plain sum

    bool operator==(const Estimate&) const = default;
  };
  struct Total {
    std::size_t group = 0;  // its place in Crosswalk::groups()
    std::int64_t value = 0;
  };
  struct NotCarried {
    UnitKey unit;
    Why why{};
  };
  std::map<UnitKey, Estimate> estimates;  // of the other side's units
  std::vector<Total> totals;              // of every closed group whose counts are all known
  // Counts that were given and stand in no total; an estimate may still hold one.
  std::vector<NotCarried> not_carried;
  std::vector<NotCarried> without;  // units of the other side without an estimate
};

class Crosswalk {
 public:
  struct Old {
    UnitKey key;
    std::optional<UnitKey> parent;
  };
  // Units of one level on both sides, and the edges between them, no two between the same units. An
  // edge from a unit that is not in `from` is one from a unit we do not know; one to a unit that is
  // not in `to` is left out.
  Crosswalk(std::vector<Old> from, std::vector<UnitKey> to, std::vector<Edge> edges);

  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }
  // A unit without edges is in no group.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  // Of an old unit, of a new one (a unit that goes on is both); null when it stands in no edge.
  [[nodiscard]] const Group* group_from(const UnitKey& key) const;
  [[nodiscard]] const Group* group_to(const UnitKey& key) const;
  // Old units that the crosswalk does not tell of, and new ones of which it does not tell whence.
  [[nodiscard]] const std::vector<UnitKey>& from_without_edge() const { return from_without_; }
  [[nodiscard]] const std::vector<UnitKey>& to_without_edge() const { return to_without_; }

  [[nodiscard]] Carried forward(const Values& old_values) const;
  // An estimate only where one unit became one.
  [[nodiscard]] Carried backward(const Values& new_values) const;

 private:
  void find_groups();
  void open_groups();
  void add_totals(Carried& carried, const Values& values, std::vector<UnitKey> Group::*side) const;
  void note_not_carried(Carried& carried, const Values& values,
                        const std::map<UnitKey, std::size_t>& groups) const;

  std::vector<Old> from_;
  std::vector<UnitKey> to_;
  std::vector<Edge> edges_;
  std::vector<Group> groups_;
  std::map<UnitKey, std::size_t> from_group_;
  std::map<UnitKey, std::size_t> to_group_;
  std::vector<UnitKey> from_without_;
  std::vector<UnitKey> to_without_;
};

// Of the units of one level, from those of one day to those of a later one, by all edges that took
// effect in between: what went from unit to unit in steps is joined to one edge (its weight is
// unknown when more than one step was partial). A unit that goes on under its key is an edge of its
// own, unless there are others.
Result<Crosswalk> load_crosswalk(store::Sql& sql, Level level, Day from, Day to);

// The edges out of a unit and into it, for showing.
struct EdgesOf {
  std::vector<Edge> out;
  std::vector<Edge> in;
};
Result<EdgesOf> edges_of(store::Sql& sql, const UnitKey& key);

}  // namespace bz::units
