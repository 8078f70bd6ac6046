// Dues (kỳ báo cáo): what one body owes for one task at one moment. They follow from the task; two
// dues of one body on one day are two, and one file answers both only if it names both.
//
// Statuses, by the reports that were known at the moment asked about; whether they were on time
// goes by when they came. So what was asked about a moment is answered alike for ever: a due is
// missing while a call goes on that began in time, and on time from when it ends.
//
//   open               due_before lies ahead, and something wanted is not there yet
//   on time            the first complete version of every leg wanted came before due_before
//   late               every leg came, one of them at due_before or after it: 16:00:00.000 is late
//                      by 0 ms. `lacking` names the legs that were late
//   missing            due_before has come and a leg is not there. `lacking` names it
//   nothing to report  on time, and what came says that there is nothing
//   excused            late or missing, and a named person has excused it with a reason
//
// A version counts for timeliness also when it is returned later: what follows a return does not
// make a due late. A version without all rows (reports.h) is kept, and answers nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "campaign/answers.h"
#include "campaign/tasks.h"
#include "store/sql.h"

namespace bz::campaign {

struct DueKey {
  std::string task;
  std::string body;
  Instant due_before{};

  auto operator<=>(const DueKey&) const = default;
};
// "bp-5.2:viettel-70:1598346000000".
std::string to_text(const DueKey& key);
std::optional<DueKey> due_key_from(std::string_view text);

enum class DueStatus : std::uint8_t { kOpen, kOnTime, kLate, kMissing, kNothing, kExcused };
// "open", "on_time", "late", "missing", "nothing_to_report", "excused".
std::string_view to_text(DueStatus status);
std::optional<DueStatus> due_status_from(std::string_view text);
std::string_view words_for(DueStatus status);  // "đúng hạn"

// What came by one leg.
struct LegState {
  std::optional<Instant> first;        // the first complete version
  std::optional<std::int64_t> newest;  // the report that is its newest version, complete or not
  std::optional<Instant> newest_at;
  bool newest_is_complete = false;
  std::vector<std::string> newest_missing_rows;  // subjects; it is complete when there is none
  bool newest_is_returned = false;
  bool newest_is_accepted = false;
  bool nothing = false;  // the newest complete version says: nothing to report
  int versions = 0;
};

struct Excuse {
  std::string by;
  std::string reason;
  Instant at{};
  std::optional<Instant> stated;  // when it came, as a person says
};

struct Due {
  DueKey key;
  std::string form;
  Legs legs;
  DueStatus status{};
  std::vector<Leg> lacking;  // open, late, missing, excused: the legs that are (were) not on time
  std::optional<std::chrono::milliseconds> late_by;  // late and excused: 0 and more
  LegState phone, file;
  bool corrected_after = false;  // a later version came at due_before or after it
  bool returned = false;         // the newest version of a leg has been returned
  bool is_illustrative = false;  // a version is invented: of a story or a drill
  std::optional<Excuse> excuse;

  [[nodiscard]] const LegState& leg(Leg which) const { return which == Leg::kPhone ? phone : file; }
  // What is left at `now`; 0 when it has come.
  [[nodiscard]] std::chrono::milliseconds left(Instant now) const;
};

// That one report, or one file, may answer.
inline constexpr std::size_t kMostDuesNamed = 20;

// The day whose figures a due asks for: its reports' figures have its due_before as cut-off.
Day day_asked(const DueKey& key);

struct DueQuery {
  std::string body = {};  // empty: all
  std::string task = {};
  Instant from{};  // due_before in [from, to)
  Instant to{};
  std::vector<DueStatus> statuses = {};  // empty: all
  // Which bodies the asker may know of; empty: all.
  std::function<Result<bool>(std::string_view body)> sees = {};
  std::size_t most = 10'000;
};
// In order of due_before, task, body; as they were at `now`, of the tasks that were here by then.
Result<std::vector<Due>> dues(store::Sql& sql, const DueQuery& query, Instant now);
// Nothing when no task asks for it.
Result<std::optional<Due>> find_due(store::Sql& sql, const DueKey& key, Instant now);

// The dues that a report means which names none: the one of that body and form on the local day on
// which it came. On a day without one: the one that is missing, or the next one, within 31 days.
// Refused, with what could be meant, when there are several or none.
Given<std::vector<DueKey>> dues_meant(store::Sql& sql, std::string_view body, std::string_view form,
                                      Instant received_at);

// Refused without a reason, for a due that nobody asks for (404), and before due_before.
struct NewExcuse {
  DueKey due;
  std::string reason;
  std::optional<Instant> stated = {};
};
Given<Due> excuse(store::Sql& sql, const NewExcuse& excuse, std::string_view by, Instant now);

}  // namespace bz::campaign
