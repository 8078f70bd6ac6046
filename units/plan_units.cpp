// A list of units against the units that the store has on the list's day.
#include <algorithm>
#include <set>

#include "base/date.h"
#include "units/plan.h"
#include "units/rows.h"
#include "vi/text.h"

namespace bz::units {
namespace {

using Listing = std::map<std::string, ListedUnit, std::less<>>;

// Codes under which the store has units outside of the day itself.
struct Elsewhere {
  std::set<std::string> before;      // that began before
  std::map<std::string, Day> after;  // the first day of the next unit
  std::optional<Day> last_list;      // the latest list that was confirmed
};

Result<Elsewhere> read_elsewhere(store::Sql& sql, Day day) {
  Elsewhere elsewhere;
  const auto read = sql.each(
      "SELECT code, valid_from FROM unit WHERE valid_from <> $1 ORDER BY code, valid_from DESC",
      {day_number(day)}, [&](const store::Row& row) -> Result<bool> {
        const auto from = day_from_number(row.integer(1));
        if (from < day) elsewhere.before.emplace(row.text(0));
        if (from > day) elsewhere.after[std::string(row.text(0))] = from;
        return true;
      });
  if (!read) return read.error();
  const auto last =
      sql.integer("SELECT MAX(day) FROM unit_import WHERE kind = $1 AND confirmed_ms IS NOT NULL",
                  {static_cast<std::int64_t>(ImportKind::kUnits)});
  if (!last) return last.error();
  if (*last) elsewhere.last_list = day_from_number(**last);
  return elsewhere;
}

class Comparison {
 public:
  Comparison(const ImportRequest& request, const ByCode& known, const Elsewhere& elsewhere,
             Plan& plan)
      : request_(request), known_(known), elsewhere_(elsewhere), plan_(plan) {}

  void run() {
    auto listed = read_units_list(request_.content);
    auto& report = plan_.report;
    report.rows = listed.rows;
    report.findings = std::move(listed.findings);
    if (elsewhere_.last_list && request_.day < *elsewhere_.last_list) {
      note(Fault::kOlder, {}, "", bz::to_text(request_.day), bz::to_text(*elsewhere_.last_list));
    }
    for (auto& unit : listed.entries) {
      count_level(report, unit.level);
      auto code = unit.code;
      listing_.emplace(std::move(code), std::move(unit));
    }
    find_moved();
    for (const auto& place : listing_) compare(place.second);
    end_what_vanished();
    note_without_communes();
  }

 private:
  void note(Fault fault, std::int64_t row, std::string code, std::string found,
            std::string expected) {
    plan_.report.findings.push_back(
        {fault, row, std::move(code), std::move(found), std::move(expected)});
  }

  [[nodiscard]] Known known_by() const { return {!request_.act.empty(), request_.act}; }

  // The code of a listed or known unit above `code` at a level; empty when it has none there.
  [[nodiscard]] std::string listed_above(std::string code, Level level) const {
    while (true) {
      const auto place = listing_.find(code);
      if (place == listing_.end()) return {};
      if (place->second.level == level) return code;
      code = place->second.parent_code;
    }
  }
  [[nodiscard]] std::string known_above(std::string code, Level level) const {
    while (true) {
      const auto place = known_.find(code);
      if (place == known_.end()) return {};
      if (place->second.level == level) return code;
      if (!place->second.parent) return {};
      code = place->second.parent->code;
    }
  }

  // Provinces and districts whose communes went elsewhere, or to which some came.
  void find_moved() {
    for (const auto& [code, unit] : listing_) {
      const auto before = known_.find(code);
      if (unit.level != Level::kCommune || before == known_.end()) continue;
      if (before->second.key.valid_from == request_.day) continue;
      for (const auto level : {Level::kProvince, Level::kDistrict}) {
        const auto was = known_above(code, level);
        const auto is = listed_above(code, level);
        if (was == is) continue;
        moved_.insert(was);
        moved_.insert(is);
      }
    }
  }

  void compare(const ListedUnit& listed) {
    if (listed.parent_code != nation().code && !listing_.contains(listed.parent_code)) {
      note(Fault::kNoParent, listed.row, listed.code, listed.parent_code, "");
    }
    const auto place = known_.find(listed.code);
    if (place == known_.end()) return begin(listed, nullptr);
    const auto& known = place->second;
    const auto ours = full_name(known);
    const auto theirs = full_name(listed.name);
    const bool same_name = vi::same_spelling(ours) == vi::same_spelling(theirs);
    const bool same_parent = known.parent && known.parent->code == listed.parent_code;
    const bool is_its_day = known.key.valid_from == request_.day;
    if (same_name && same_parent && (is_its_day || !moved_.contains(listed.code))) {
      ++plan_.report.same;
      if (ours != theirs) note(Fault::kSpelling, listed.row, listed.code, theirs, ours);
      return;
    }
    if (is_its_day) return correct(listed, known);
    end(known);
    begin(listed, &known);
  }

  // A new unit; of a code whose unit goes on until now, it ends when that would have.
  void begin(const ListedUnit& listed, const Unit* before) {
    Unit unit;
    unit.key = {listed.code, request_.day};
    unit.level = listed.level;
    unit.type = listed.name.type;
    unit.name = listed.name.name;
    unit.parent = UnitKey{listed.parent_code, request_.day};
    unit.from_is = known_by();
    if (before != nullptr) {
      unit.valid_to = before->valid_to;
      unit.to_is = before->to_is;
    } else if (const auto next = elsewhere_.after.find(listed.code);
               next != elsewhere_.after.end()) {
      unit.valid_to = next->second;
    }
    if (before != nullptr || elsewhere_.before.contains(listed.code)) {
      note(Fault::kCodeUsedAgain, listed.row, listed.code, full_name(listed.name),
           before != nullptr ? full_name(*before) : "");
    }
    ++plan_.report.added;
    plan_.begun.push_back(std::move(unit));
  }

  void end(Unit unit) {
    unit.valid_to = request_.day;
    unit.to_is = known_by();
    ++plan_.report.closed;
    plan_.endings.push_back(std::move(unit));
  }

  // A list of the same day says otherwise: the same unit, told better.
  void correct(const ListedUnit& listed, Unit unit) {
    note(Fault::kOtherName, listed.row, listed.code, full_name(listed.name), full_name(unit));
    unit.type = listed.name.type;
    unit.name = listed.name.name;
    unit.parent = UnitKey{listed.parent_code, request_.day};
    ++plan_.report.changed;
    plan_.corrected.push_back(std::move(unit));
  }

  void end_what_vanished() {
    for (const auto& [code, unit] : known_) {
      if (unit.level == Level::kNation || listing_.contains(code)) continue;
      if (unit.key.valid_from == request_.day) {
        note(Fault::kNotListed, 0, code, "", full_name(unit));
      } else {
        end(unit);
      }
    }
  }

  void note_without_communes() {
    std::set<std::string> parents;
    for (const auto& place : listing_) {
      if (place.second.level == Level::kCommune) parents.insert(place.second.parent_code);
    }
    if (parents.empty()) return;
    for (const auto& [code, unit] : listing_) {
      if (unit.level != Level::kDistrict || parents.contains(code)) continue;
      note(Fault::kNoCommunes, unit.row, code, full_name(unit.name), "");
    }
  }

  const ImportRequest& request_;
  const ByCode& known_;
  const Elsewhere& elsewhere_;
  Plan& plan_;
  Listing listing_;
  std::set<std::string> moved_;
};

}  // namespace

Result<Plan> plan_units(store::Sql& sql, const ImportRequest& request) {
  const auto known = units_by_code(sql, request.day);
  if (!known) return known.error();
  const auto elsewhere = read_elsewhere(sql, request.day);
  if (!elsewhere) return elsewhere.error();
  Plan plan;
  Comparison(request, *known, *elsewhere, plan).run();
  return plan;
}

}  // namespace bz::units
