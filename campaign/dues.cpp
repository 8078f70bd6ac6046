#include "campaign/dues.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

struct StatusWord {
  DueStatus status;
  std::string_view text, name;
};
constexpr std::array<StatusWord, 6> kStatuses{{
    {DueStatus::kOpen, "open", "chưa đến hạn"},
    {DueStatus::kOnTime, "on_time", "đúng hạn"},
    {DueStatus::kLate, "late", "trễ hạn"},
    {DueStatus::kMissing, "missing", "chưa báo cáo"},
    {DueStatus::kNothing, "nothing_to_report", "không phát sinh"},
    {DueStatus::kExcused, "excused", "được chấp nhận lý do"},
}};

// The end of the year 9999.
constexpr std::int64_t kLastMoment = 253'402'275'599'999;

// A report as a version of one due.
struct Version {
  std::int64_t report = 0;
  Leg leg{};
  Instant received{};
  bool nothing = false;
  std::vector<std::string> missing_rows;
  bool is_returned = false;
  bool is_accepted = false;
  bool is_illustrative = false;

  [[nodiscard]] bool is_complete() const { return missing_rows.empty(); }
};

struct Known {
  std::vector<Version> versions;  // in their order
  std::optional<Excuse> excuse;
  bool figures_corrected = false;  // at due_before or after it
};

void take(LegState& leg, const Version& version) {
  ++leg.versions;
  leg.newest = version.report;
  leg.newest_at = version.received;
  leg.newest_is_complete = version.is_complete();
  leg.newest_missing_rows = version.missing_rows;
  leg.newest_is_returned = version.is_returned;
  leg.newest_is_accepted = version.is_accepted;
  if (!version.is_complete()) return;
  leg.nothing = version.nothing;
  if (!leg.first || version.received < *leg.first) leg.first = version.received;
}

// Whether a version came at due_before or after it, that was neither the first of its leg nor an
// answer to a return.
bool has_later_correction(const std::vector<Version>& versions, Leg leg, Instant due_before) {
  const Version* before = nullptr;
  for (const auto& version : versions) {
    if (version.leg != leg || !version.is_complete()) continue;
    if (before != nullptr && !before->is_returned && version.received >= due_before) return true;
    before = &version;
  }
  return false;
}

void judge(Due& due, Instant now) {
  std::optional<Instant> last;
  std::vector<Leg> absent, late;
  for (const auto leg : {Leg::kPhone, Leg::kFile}) {
    if (!due.legs.wants(leg)) continue;
    const auto& first = due.leg(leg).first;
    if (!first) {
      absent.push_back(leg);
      continue;
    }
    if (!vi::is_on_time(*first, due.key.due_before)) late.push_back(leg);
    last = last ? std::max(*last, *first) : *first;
  }
  if (!absent.empty()) {
    due.status = now < due.key.due_before ? DueStatus::kOpen : DueStatus::kMissing;
    due.lacking = std::move(absent);
  } else if (!late.empty()) {
    due.status = DueStatus::kLate;
    due.lacking = std::move(late);
    due.late_by = *last - due.key.due_before;
  } else {
    const auto& counting = due.legs.file ? due.file : due.phone;
    due.status = counting.nothing ? DueStatus::kNothing : DueStatus::kOnTime;
  }
  const bool is_to_excuse = due.status == DueStatus::kLate || due.status == DueStatus::kMissing;
  if (is_to_excuse && due.excuse) due.status = DueStatus::kExcused;
}

Due due_of(const Task& task, const DueKey& key, const Known& known, Instant now) {
  Due due;
  due.key = key;
  due.form = task.form;
  due.legs = task.legs;
  for (const auto& version : known.versions) {
    take(version.leg == Leg::kPhone ? due.phone : due.file, version);
    if (version.is_illustrative) due.is_illustrative = true;
  }
  for (const auto leg : {Leg::kPhone, Leg::kFile}) {
    if (has_later_correction(known.versions, leg, key.due_before)) due.corrected_after = true;
    if (due.leg(leg).newest_is_returned) due.returned = true;
  }
  if (known.figures_corrected) due.corrected_after = true;
  due.excuse = known.excuse;
  judge(due, now);
  return due;
}

std::string narrowed(const DueQuery& query, const std::string& table) {
  return " AND " + is_or_any(table + "task", "$3", query.task) + " AND " +
         is_or_any(table + "body", "$4", query.body);
}

// What was known and decided at `now`, for the dues asked about.
Result<std::map<DueKey, Known>> known_of(Sql& sql, const DueQuery& query, Instant now) {
  std::map<DueKey, Known> known;
  const auto key_of = [](const store::Row& row) {
    return DueKey{std::string(row.text(0)), std::string(row.text(1)), from_ms(row.integer(2))};
  };
  const store::Parameter asked[] = {to_ms(query.from), to_ms(query.to),
                                    std::string_view(query.task), std::string_view(query.body),
                                    to_ms(now)};
  auto read = sql.each(
      "SELECT d.task, d.body, d.due_ms, r.id, r.channel, r.received_ms, r.is_nothing, "
      "r.missing_rows, r.state, r.decided_ms, r.illustrative FROM report_due d JOIN report r ON "
      "r.id = d.report "
      "WHERE d.due_ms >= $1 AND d.due_ms < $2" +
          narrowed(query, "d.") +
          " AND COALESCE(r.known_ms, r.received_ms) <= $5 ORDER BY d.task, d.body, d.due_ms, "
          "d.version",
      asked, [&](const store::Row& row) -> Result<bool> {
        const auto decided = instant_at(row, 9);
        const auto state = decided && *decided <= now ? static_cast<ReportState>(row.integer(8))
                                                      : ReportState::kSubmitted;
        known[key_of(row)].versions.push_back(
            {row.integer(3), leg_of(static_cast<Channel>(row.integer(4))), from_ms(row.integer(5)),
             row.integer(6) != 0, split(row.text(7)), state == ReportState::kReturned,
             state == ReportState::kAccepted, row.integer(10) != 0});
        return true;
      });
  if (!read) return read.error();
  read = sql.each(
      "SELECT DISTINCT d.task, d.body, d.due_ms FROM report_due d JOIN report_correction c ON "
      "c.report = d.report AND c.due_ms = d.due_ms WHERE d.due_ms >= $1 AND d.due_ms < $2" +
          narrowed(query, "d.") + " AND c.at_ms <= $5 AND c.at_ms >= c.due_ms",
      asked, [&](const store::Row& row) -> Result<bool> {
        known[key_of(row)].figures_corrected = true;
        return true;
      });
  if (!read) return read.error();
  read = sql.each(
      "SELECT task, body, due_ms, made_by, reason, at_ms, stated_ms FROM due_excuse WHERE due_ms "
      ">= $1 AND due_ms < $2" +
          narrowed(query, "") + " AND at_ms <= $5 ORDER BY at_ms",
      asked, [&](const store::Row& row) -> Result<bool> {
        known[key_of(row)].excuse = Excuse{std::string(row.text(3)), std::string(row.text(4)),
                                           from_ms(row.integer(5)), instant_at(row, 6)};
        return true;
      });
  if (!read) return read.error();
  return known;
}

std::string moment_of(const DueKey& key) {
  return key.task + ", " + vi::show_moment(key.due_before);
}

// Several dues could be meant, or none.
Refusal which_due(const std::vector<DueKey>& could_be) {
  if (could_be.empty()) {
    return refused(422, "Không có kỳ báo cáo nào đang chờ biểu mẫu này.",
                   "No report of this form is due.",
                   {fault("dues", "Không rõ báo cáo này cho kỳ nào.",
                          "It is not clear which due this report is for.",
                          "Ghi rõ kỳ báo cáo, hoặc hỏi cơ quan nhận.",
                          "Name the due, or ask the receiving body.")});
  }
  std::string list, list_en;
  for (const auto& key : could_be) {
    if (!list.empty()) {
      list += "; ";
      list_en += "; ";
    }
    list += moment_of(key);
    list_en += to_text(key);
  }
  return refused(422, "Không rõ báo cáo này cho kỳ nào.",
                 "It is not clear which due this report is for.",
                 {fault("dues", "Có thể là: " + list + ".", "It could be: " + list_en + ".",
                        "Ghi rõ một kỳ, hoặc các kỳ mà báo cáo này trả lời.",
                        "Name one of them, or all that this report answers.")});
}

// Of the tasks known `by` then, as the dues were at `now`.
Result<std::vector<Due>> dues_of_tasks(Sql& sql, const DueQuery& query, Instant by, Instant now) {
  const auto tasks = asked_tasks(sql, query.task, query.body, Bodies::kThatOne);
  if (!tasks) return tasks.error();
  const auto known = known_of(sql, query, now);
  if (!known) return known.error();
  const Known nothing;
  std::map<std::string, bool> seen;
  std::vector<Due> all;
  for (const auto& [task, since] : *tasks) {
    if (task.made_at > by) continue;
    for (std::size_t i = 0; i < task.bodies.size(); ++i) {
      const auto& body = task.bodies[i];
      if (!query.body.empty() && body != query.body) continue;
      if (query.sees) {
        const auto [found, is_new] = seen.emplace(body, false);
        if (is_new) {
          const auto sees = query.sees(body);
          if (!sees) return sees.error();
          found->second = *sees;
        }
        if (!found->second) continue;
      }
      for (const auto due_before : dues_between(task, since[i], query.from, query.to)) {
        const DueKey key{task.id, body, due_before};
        const auto found = known->find(key);
        auto due = due_of(task, key, found == known->end() ? nothing : found->second, now);
        if (!query.statuses.empty() &&
            std::ranges::find(query.statuses, due.status) == query.statuses.end()) {
          continue;
        }
        all.push_back(std::move(due));
      }
    }
  }
  std::ranges::sort(all, [](const Due& a, const Due& b) {
    return std::tie(a.key.due_before, a.key.task, a.key.body) <
           std::tie(b.key.due_before, b.key.task, b.key.body);
  });
  if (all.size() > query.most) all.resize(query.most);
  return all;
}

}  // namespace

std::string to_text(const DueKey& key) {
  return key.task + ":" + key.body + ":" + std::to_string(to_ms(key.due_before));
}

std::optional<DueKey> due_key_from(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos || first == 0 || second == first + 1) return std::nullopt;
  const auto digits = text.substr(second + 1);
  std::int64_t ms = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
  if (digits.empty() || digits[0] < '1' || digits[0] > '9' || read.ec != std::errc{} ||
      read.ptr != digits.data() + digits.size() || ms > kLastMoment) {
    return std::nullopt;
  }
  return DueKey{std::string(text.substr(0, first)),
                std::string(text.substr(first + 1, second - first - 1)), from_ms(ms)};
}

std::string_view to_text(DueStatus status) {
  return kStatuses.at(static_cast<std::size_t>(status)).text;
}

std::optional<DueStatus> due_status_from(std::string_view text) {
  for (const auto& word : kStatuses) {
    if (word.text == text) return word.status;
  }
  return std::nullopt;
}

std::string_view words_for(DueStatus status) {
  return kStatuses.at(static_cast<std::size_t>(status)).name;
}

std::chrono::milliseconds Due::left(Instant now) const {
  return now < key.due_before ? key.due_before - now : std::chrono::milliseconds{0};
}

Day day_asked(const DueKey& key) {
  return vi::cut_off_day(key.due_before);
}

Result<std::vector<Due>> dues(Sql& sql, const DueQuery& query, Instant now) {
  return dues_of_tasks(sql, query, now, now);
}

Result<std::optional<Due>> find_due(Sql& sql, const DueKey& key, Instant now) {
  if (key.task.empty() || key.body.empty()) return std::optional<Due>{};
  DueQuery query;
  query.task = key.task;
  query.body = key.body;
  query.from = key.due_before;
  query.to = key.due_before + std::chrono::milliseconds{1};
  auto found = dues(sql, query, now);
  if (!found) return found.error();
  if (found->empty()) return std::optional<Due>{};
  return std::optional(std::move(found->front()));
}

Given<std::vector<DueKey>> dues_meant(Sql& sql, std::string_view body, std::string_view form,
                                      Instant received_at) {
  constexpr std::chrono::days kNear{31};
  DueQuery query;
  query.body = body;
  query.from = received_at - kNear;
  query.to = received_at + kNear;
  // A letter may be answered before its task is entered here.
  auto near = dues_of_tasks(sql, query, Instant::max(), received_at);
  if (!near) return near.error();
  std::erase_if(*near, [&](const Due& due) { return due.form != form; });

  std::vector<DueKey> of_the_day, missing, next;
  for (const auto& due : *near) {
    if (day_asked(due.key) == vi::local_day(received_at)) of_the_day.push_back(due.key);
    if (due.status == DueStatus::kMissing) missing.push_back(due.key);
    if (due.status == DueStatus::kOpen &&
        (next.empty() || next.front().due_before == due.key.due_before)) {
      next.push_back(due.key);
    }
  }
  if (of_the_day.size() == 1) return of_the_day;
  if (!of_the_day.empty()) return which_due(of_the_day);
  missing.insert(missing.end(), next.begin(), next.end());
  if (missing.size() == 1) return missing;
  return which_due(missing);
}

Given<Due> excuse(Sql& sql, const NewExcuse& excuse, std::string_view by, Instant now) {
  const auto due = find_due(sql, excuse.due, now);
  if (!due) return due.error();
  if (!*due) return refusal::not_found();
  if (excuse.reason.empty() || excuse.reason.size() > 2'000) {
    return refused(
        422, "Chưa ghi lý do.", "There is no reason.",
        {fault("reason", "Lý do còn trống hoặc quá dài.", "The reason is empty or too long.",
               "Ghi lý do, nhiều nhất 2.000 byte.", "Write the reason, at most 2,000 bytes.")});
  }
  const auto status = (*due)->status;
  if (status != DueStatus::kLate && status != DueStatus::kMissing &&
      status != DueStatus::kExcused) {
    return refused(409, "Kỳ báo cáo này không trễ, cũng không thiếu: không có gì để chấp nhận.",
                   "This due is neither late nor missing: there is nothing to excuse.");
  }
  auto written = sql.run(
      "INSERT INTO due_excuse (task, body, due_ms, at_ms, made_by, reason, stated_ms) VALUES ($1, "
      "$2, $3, $4, $5, $6, $7) ON CONFLICT (task, body, due_ms, at_ms) DO UPDATE SET made_by = $5, "
      "reason = $6, stated_ms = $7",
      {std::string_view(excuse.due.task), std::string_view(excuse.due.body),
       to_ms(excuse.due.due_before), to_ms(now), by, std::string_view(excuse.reason),
       ms_or_null(excuse.stated)});
  if (!written) return written.error();
  auto after = find_due(sql, excuse.due, now);
  if (!after) return after.error();
  return std::move(**after);
}

}  // namespace bz::campaign
