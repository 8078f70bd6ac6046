// A crosswalk's edges against the units on both of its days.
#include <set>

#include "units/plan.h"
#include "units/rows.h"

namespace bz::units {
namespace {

class Comparison {
 public:
  Comparison(const ImportRequest& request, const ByCode& old_units, const ByCode& new_units,
             const std::vector<Edge>& stored, Plan& plan)
      : request_(request), old_(old_units), new_(new_units), plan_(plan) {
    for (const auto& edge : stored) stored_.emplace(std::pair{edge.from, edge.to}, edge);
  }

  void run() {
    auto listed = read_crosswalk_list(request_.content);
    plan_.report.rows = listed.rows;
    plan_.report.findings = std::move(listed.findings);
    for (const auto& edge : listed.entries) compare(edge);
    note_without(old_, old_seen_, new_, Fault::kNoEdge);
    note_without(new_, new_seen_, old_, Fault::kNoOrigin);
  }

 private:
  void compare(const ListedEdge& listed) {
    auto& report = plan_.report;
    ++(listed.is_full ? report.full_edges : report.partial_edges);
    const auto level = *level_of(listed.old_code);
    if (old_seen_.insert(listed.old_code).second) count_level(report, level);
    new_seen_.insert(listed.new_code);
    levels_.insert(level);
    const auto to = new_.find(listed.new_code);
    if (to == new_.end()) {
      report.findings.push_back({Fault::kNoUnit, listed.row, listed.new_code, listed.new_name, ""});
      return;
    }
    check_name(report, listed.row, to->second, listed.new_name);
    Edge edge{{listed.old_code, request_.units_on}, to->second.key, listed.is_full};
    edge.weight = listed.weight;
    edge.basis = listed.basis;
    edge.act = request_.act;
    edge.day = request_.day;
    const auto from = old_.find(listed.old_code);
    if (from == old_.end()) {
      report.findings.push_back({Fault::kNoUnit, listed.row, listed.old_code, listed.old_name, ""});
    } else {
      edge.from = from->second.key;
      edge.has_changed = check_name(report, listed.row, from->second, listed.old_name);
    }
    put(std::move(edge));
  }

  void put(Edge edge) {
    const auto before = stored_.find({edge.from, edge.to});
    if (before != stored_.end() && edge.act.empty()) edge.act = before->second.act;
    // One that goes on under its key needs no edge.
    const bool is_known = before != stored_.end() && before->second == edge;
    if (is_known || (edge.from == edge.to && edge.is_full)) {
      ++plan_.report.same;
      return;
    }
    ++(before == stored_.end() ? plan_.report.added : plan_.report.changed);
    plan_.edges.push_back(std::move(edge));
  }

  // Units of the file's levels that stand in no edge. One that goes on under its key needs none.
  void note_without(const ByCode& units, const std::set<std::string>& seen, const ByCode& other,
                    Fault fault) {
    for (const auto& [code, unit] : units) {
      if (seen.contains(code) || !levels_.contains(unit.level)) continue;
      const auto same = other.find(code);
      if (same != other.end() && same->second.key == unit.key) continue;
      plan_.report.findings.push_back({fault, 0, code, full_name(unit), ""});
    }
  }

  const ImportRequest& request_;
  const ByCode& old_;
  const ByCode& new_;
  std::map<std::pair<UnitKey, UnitKey>, Edge> stored_;
  Plan& plan_;
  std::set<std::string> old_seen_;
  std::set<std::string> new_seen_;
  std::set<Level> levels_;
};

}  // namespace

Result<Plan> plan_crosswalk(store::Sql& sql, const ImportRequest& request) {
  const auto old_units = units_by_code(sql, request.units_on);
  if (!old_units) return old_units.error();
  const auto new_units = units_by_code(sql, request.day);
  if (!new_units) return new_units.error();
  const auto stored = read_edges(sql, "", {});
  if (!stored) return stored.error();
  Plan plan;
  Comparison(request, *old_units, *new_units, *stored, plan).run();
  return plan;
}

}  // namespace bz::units
