// For the module's own files: what tasks, dues, reports and calls share when they read and write
// their tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/dues.h"
#include "campaign/reports.h"
#include "campaign/tasks.h"

namespace bz::campaign {

// A task with since when each of its bodies is asked, in their order.
struct AskedTask {
  Task task;
  std::vector<Instant> since;
};
// "column = $1", where `value` has a name in it; any, where it is empty. A statement of its own for
// each: one that only finds out while it runs what is named reads all rows.
std::string is_or_any(std::string_view column, std::string_view parameter, std::string_view value);

// Of that id, of those asked of that body; empty: all. With all bodies that are asked, or with that
// body alone.
enum class Bodies : std::uint8_t { kAll, kThatOne };
Result<std::vector<AskedTask>> asked_tasks(store::Sql& sql, std::string_view id,
                                           std::string_view body, Bodies bodies = Bodies::kAll);
// Every due of one body of a task in [from, to), in order.
std::vector<Instant> dues_between(const Task& task, Instant since, Instant from, Instant to);

// The next number of a table's own ids; under a lock.
Result<std::int64_t> next_id(store::Sql& sql, std::string_view select_max);

// "BC-2020-000123".
std::string receipt_number(std::int64_t year, std::int64_t number);

inline store::Parameter ms_or_null(const std::optional<Instant>& instant) {
  return instant ? store::Parameter{to_ms(*instant)} : store::Parameter{};
}
inline std::optional<Instant> instant_at(const store::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_ms(row.integer(column));
}
// "phone", "phone,file"; as kept and back.
std::string legs_text(const std::vector<Leg>& legs);
std::vector<Leg> legs_of_text(std::string_view text);
// "điện thoại và tệp".
std::string legs_words(const std::vector<Leg>& legs);
std::string legs_words_en(const std::vector<Leg>& legs);

// Texts that hold no comma, with commas between.
std::string joined(const std::vector<std::string>& texts);
std::vector<std::string> split(std::string_view text);

Fault fault(std::string_view cell, std::string_view says, std::string_view says_en,
            std::string_view todo, std::string_view todo_en);
Refusal refused(int status, std::string_view detail, std::string_view detail_en,
                std::vector<Fault> faults = {});

}  // namespace bz::campaign
