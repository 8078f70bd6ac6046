#include "campaign/registers.h"

#include <algorithm>
#include <limits>
#include <map>

#include "campaign/bodies.h"
#include "campaign/calls.h"
#include "campaign/reconciliation.h"
#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::chrono::minutes kLongCall{10};

void count(Tally& tally, const Due& due) {
  if (due.status == DueStatus::kOpen) {
    ++tally.open;
    return;
  }
  ++tally.dues;
  switch (due.status) {
    case DueStatus::kNothing:
      ++tally.nothing;
      ++tally.on_time;
      ++tally.came;
      break;
    case DueStatus::kOnTime:
      ++tally.on_time;
      ++tally.came;
      break;
    case DueStatus::kLate:
      ++tally.late;
      ++tally.came;
      break;
    case DueStatus::kMissing: ++tally.missing; break;
    case DueStatus::kExcused:
      ++tally.excused;
      if (due.late_by) ++tally.came;
      break;
    case DueStatus::kOpen: break;
  }
}

// Names of bodies, each read once.
class Names {
 public:
  explicit Names(Sql& sql) : sql_(sql) {}

  Result<std::string> of(const std::string& slug) {
    if (const auto found = names_.find(slug); found != names_.end()) return found->second;
    const auto body = find_body(sql_, slug);
    if (!body && body.error().code != Code::kNotFound) return body.error();
    return names_[slug] = body ? body->name : slug;
  }

 private:
  Sql& sql_;
  std::map<std::string, std::string> names_;
};

std::string_view kind_of(const Due& due) {
  return due.status == DueStatus::kLate ? "late" : "missing";
}

Alert alert_of(const Due& due, const std::string& name) {
  const auto moment = vi::show_moment(due.key.due_before);
  Alert alert{std::string(kind_of(due)), due.key.body, due.key, {}, due.key.due_before, {}, {}};
  if (due.late_by) {
    alert.at = due.key.due_before + *due.late_by;
    const auto by = std::to_string(due.late_by->count() / 60'000);
    alert.says = name + " báo cáo trễ " + by + " phút, hạn " + moment + " (" +
                 legs_words(due.lacking) + ").";
    alert.says_en = name + " reported " + by + " minutes late, due " +
                    vi::iso_local(due.key.due_before) + " (" + legs_words_en(due.lacking) + ").";
  } else {
    alert.says = name + " chưa báo cáo, hạn " + moment + " (" + legs_words(due.lacking) + ").";
    alert.says_en = name + " has not reported, due " + vi::iso_local(due.key.due_before) + " (" +
                    legs_words_en(due.lacking) + ").";
  }
  return alert;
}

}  // namespace

Result<Register> look_up(Sql& sql, const DueQuery& query, Instant now) {
  auto everything = query;
  everything.statuses.clear();
  everything.most = std::numeric_limits<std::size_t>::max();
  auto all = dues(sql, everything, now);
  if (!all) return all.error();
  std::map<std::pair<std::string, std::string>, Tally> tallies;
  Register found;
  for (auto& due : *all) {
    auto& tally = tallies[{due.key.body, due.key.task}];
    tally.body = due.key.body;
    tally.task = due.key.task;
    count(tally, due);
    const bool is_asked = query.statuses.empty() ||
                          std::ranges::find(query.statuses, due.status) != query.statuses.end();
    if (is_asked && found.dues.size() < query.most) found.dues.push_back(std::move(due));
  }
  for (auto& [key, tally] : tallies) found.tallies.push_back(std::move(tally));
  return found;
}

Result<std::vector<Alert>> alerts(Sql& sql, const DueQuery& query, Instant now) {
  std::vector<Alert> all;
  Names names(sql);
  auto asked = query;
  asked.statuses = {DueStatus::kMissing, DueStatus::kLate};
  const auto bad = dues(sql, asked, now);
  if (!bad) return bad.error();
  for (const auto& due : *bad) {
    const auto name = names.of(due.key.body);
    if (!name) return name.error();
    all.push_back(alert_of(due, *name));
  }
  asked.statuses.clear();
  const auto differing = flagged(sql, asked, now);
  if (!differing) return differing.error();
  for (const auto& one : *differing) {
    const auto name = names.of(one.due.body);
    if (!name) return name.error();
    const auto cells =
        std::to_string(std::ranges::count_if(one.cells, &ReconciledCell::is_flagged));
    all.push_back({"legs_differ",
                   one.due.body,
                   one.due,
                   {},
                   one.due.due_before,
                   *name + ": " + cells + " ô khác nhau giữa điện thoại và tệp.",
                   *name + ": telephone and file differ in " + cells + " cells."});
  }
  const auto open = open_calls(sql, query.body);
  if (!open) return open.error();
  for (const auto& call : *open) {
    if (now - call.began < kLongCall) continue;
    if (query.sees) {
      const auto sees = query.sees(call.body);
      if (!sees) return sees.error();
      if (!*sees) continue;
    }
    const auto name = names.of(call.body);
    if (!name) return name.error();
    all.push_back({"call_open",
                   call.body,
                   {},
                   call.id,
                   call.began,
                   "Cuộc gọi của " + *name + " bắt đầu lúc " + vi::show_moment(call.began) +
                       " chưa kết thúc.",
                   "The call of " + *name + " that began at " + vi::iso_local(call.began) +
                       " has not ended."});
  }
  std::ranges::stable_sort(all, [](const Alert& a, const Alert& b) { return a.at > b.at; });
  return all;
}

}  // namespace bz::campaign
