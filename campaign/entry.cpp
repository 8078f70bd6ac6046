#include "campaign/entry.h"

#include <algorithm>

#include "campaign/entry_cells.h"
#include "campaign/tasks.h"
#include "units/units.h"
#include "vi/calendar.h"
#include "vi/deadline.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using store::Sql;

// What a sheet of one body and form is read with.
class Reader {
 public:
  static Result<Reader> make(Sql& sql, const EntryQuestion& question, Day day) {
    const auto* form = find_form(question.form);
    if (form == nullptr) return Error{Code::kNotFound, "there is no such form"};
    Reader reader(sql, *form, day);
    auto body = find_body(sql, question.body);
    if (!body) return body.error();
    reader.body_ = std::move(*body);
    auto rows = rows_of(sql, *form, reader.body_, day);
    if (!rows) return rows.error();
    reader.rows_ = std::move(*rows);
    if (form->rows == RowsRule::kDistricts) {
      const auto province = province_of(sql, reader.body_, day);
      if (!province) return province.error();
      const auto key = units::key_from_text(*province);
      const auto unit = key ? units::find(sql, *key) : std::optional<units::Unit>{};
      if (!unit) return unit.error();
      if (!*unit) return Error{Code::kNotFound, "the body's province is none of ours"};
      reader.province_ = **unit;
      reader.province_name_ = units::full_name(**unit);
    }
    return reader;
  }

  // `this` must outlive it.
  [[nodiscard]] SheetReading reading(bool with_dues) const {
    SheetReading made{form_, province_name_, day_, false,
                      [this](std::string_view words) { return who(words); }};
    if (with_dues)
      made.dues = [this](std::string_view text, std::string_view cell, Entry& entry) {
        return read_dues_named(sql_, body_.slug, form_.id, text, cell, entry);
      };
    return made;
  }

 private:
  Reader(Sql& sql, const Form& form, Day day) : sql_(sql), form_(form), day_(day) {}

  [[nodiscard]] Result<Named> who(std::string_view words) const {
    if (form_.rows == RowsRule::kBody) return itself(words);
    const auto match = units::match(sql_, words, province_.key, day_);
    if (!match) return match.error();
    Named named;
    named.is_sure = match->kind == units::Match::Kind::kOne;
    for (const auto& unit : match->candidates) {
      const auto row = std::ranges::find(rows_, units::to_text(unit.key), &FormRow::subject);
      if (row != rows_.end()) named.candidates.push_back(*row);
    }
    named.is_sure = named.is_sure && named.candidates.size() == 1;
    return named;
  }

  // Nobody but the sender reports for it, so that its name may be left out.
  [[nodiscard]] Named itself(std::string_view words) const {
    const auto spelled = vi::same_spelling(words);
    const auto is_called = [&](std::string_view name) {
      return spelled == vi::same_spelling(name) || vi::fold(words) == vi::fold(name);
    };
    if (words.empty() || is_called(body_.name) || is_called(body_.slug) ||
        std::ranges::any_of(body_.aliases, is_called)) {
      return {true, rows_};
    }
    return {};
  }

  Sql& sql_;
  const Form& form_;
  Day day_;
  Body body_;
  std::vector<FormRow> rows_;
  units::Unit province_;
  std::string province_name_;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// One due as it is named: "trước 16:00 ngày 25/8/2020 [bp-5.2]", or its key.
struct NamedDue {
  std::string task;  // empty: not said
  Instant due_before{};
};
std::optional<NamedDue> due_in(std::string_view text, std::string_view body) {
  if (const auto key = due_key_from(text)) {
    if (key->body != body) return std::nullopt;
    return NamedDue{key->task, key->due_before};
  }
  NamedDue due;
  const auto bracket = text.rfind('[');
  if (bracket != std::string_view::npos && text.ends_with(']')) {
    due.task = trimmed(text.substr(bracket + 1, text.size() - bracket - 2));
    text = trimmed(text.substr(0, bracket));
  }
  const auto rule = vi::read_deadline(text);
  const auto* deadline = rule ? std::get_if<vi::Deadline>(&*rule) : nullptr;
  if (deadline == nullptr) return std::nullopt;
  due.due_before = deadline->due_before;
  return due;
}

Result<std::vector<DueKey>> dues_like(Sql& sql, std::string_view body, std::string_view form,
                                      const NamedDue& named) {
  DueQuery query;
  query.body = body;
  query.task = named.task;
  query.from = named.due_before;
  query.to = named.due_before + std::chrono::milliseconds{1};
  const auto found = dues(sql, query, Instant::max());
  if (!found) return found.error();
  std::vector<DueKey> keys;
  for (const auto& due : *found) {
    if (due.form == form) keys.push_back(due.key);
  }
  return keys;
}

// "trước 16:00 ngày 25/8/2020 [bp-5.2]"; the key where a minute does not say it.
std::string due_words(const DueKey& due) {
  if (due.due_before != std::chrono::floor<std::chrono::minutes>(due.due_before))
    return to_text(due);
  return "trước " + vi::show_moment(due.due_before) + " [" + due.task + "]";
}

// As a report's rows go by the last of its dues.
std::optional<Day> last_day(const std::vector<DueKey>& dues) {
  if (dues.empty()) return std::nullopt;
  return day_asked(*std::ranges::max_element(dues, {}, &DueKey::due_before));
}

Result<Entry> read_on(Sql& sql, const EntryQuestion& question, const Opened& opened, Day day) {
  const auto reader = Reader::make(sql, question, day);
  if (!reader) return reader.error();
  const bool with_dues = question.dues.empty();
  auto entry = read_opened(opened, reader->reading(with_dues));
  if (!entry || !with_dues) return entry;
  auto named = read_dues_named(sql, question.body, question.form, question.subject, "", *entry);
  if (!named) return named.error();
  return entry;
}

void add(Entry& entry, Fault fault) {
  if (entry.faults.size() < kMostFaults) entry.faults.push_back(std::move(fault));
}

}  // namespace

std::string dues_line(const std::vector<DueKey>& dues) {
  std::string line;
  for (const auto& due : dues) line += (line.empty() ? "Kỳ báo cáo: " : "; ") + due_words(due);
  return line;
}

Result<void> read_dues_named(Sql& sql, std::string_view body, std::string_view form,
                             std::string_view text, std::string_view cell, Entry& entry) {
  const auto normal = vi::normal(text).value_or("");
  const auto colon = normal.find(':');
  if (colon == std::string::npos || vi::fold(normal.substr(0, colon)) != vi::fold("Kỳ báo cáo"))
    return {};
  std::string_view rest = std::string_view(normal).substr(colon + 1);
  while (!rest.empty() && entry.dues_named <= kMostDuesNamed) {
    const auto end = rest.find(';');
    const auto one = trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (one.empty()) continue;
    // Each is a question to the store.
    if (++entry.dues_named > kMostDuesNamed) {
      add(entry, fault_at(cell, "Tệp ghi hơn 20 kỳ báo cáo.", "The file names over 20 dues.",
                          "Chia thành nhiều tệp, mỗi tệp nhiều nhất 20 kỳ.",
                          "Split it: at most 20 dues in a file."));
      break;
    }
    const auto named = due_in(one, body);
    if (!named) {
      add(entry,
          fault_at(cell, "Không đọc được kỳ báo cáo ghi ở đây.",
                   "The due named here cannot be read.",
                   "Ghi ví dụ: Kỳ báo cáo: trước 16:00 ngày 25/8/2020; hoặc bỏ dòng này.",
                   "Write it as: Kỳ báo cáo: trước 16:00 ngày 25/8/2020; or leave the line out."));
      continue;
    }
    const auto keys = dues_like(sql, body, form, *named);
    if (!keys) return keys.error();
    if (keys->size() == 1) {
      const auto& key = keys->front();
      if (std::ranges::find(entry.dues, key) == entry.dues.end()) entry.dues.push_back(key);
      continue;
    }
    std::string choices;
    for (const auto& key : *keys) choices += (choices.empty() ? "" : "; ") + due_words(key);
    add(entry, keys->empty()
                   ? fault_at(cell, "Không giao kỳ báo cáo này cho cơ quan gửi.",
                              "No such due is asked of the sender.",
                              "Sửa ngày giờ theo công văn, hoặc bỏ dòng này.",
                              "Mend the day and hour after the letter, or leave the line out.")
                   : fault_at(cell, "Có nhiều kỳ báo cáo cùng thời hạn này.",
                              "Several dues have this deadline.", "Ghi rõ kỳ: " + choices + ".",
                              "Say which: " + choices + "."));
  }
  return {};
}

Result<Day> day_meant(Sql& sql, std::string_view body, std::string_view form, Instant received) {
  const auto meant = dues_meant(sql, body, form, received);
  if (!meant) return meant.error();
  if (meant.refused() != nullptr || meant.value().empty()) return vi::local_day(received);
  return day_asked(meant.value().back());
}

Result<Entry> read_entry(Sql& sql, const EntryQuestion& question, const Opened& opened) {
  const auto given = last_day(question.dues);
  if (given) return read_on(sql, question, opened, *given);
  // Those that it names itself may be of a day with other units.
  Entry named;
  auto lines = due_lines(opened);
  lines.push_back(question.subject);
  for (const auto& line : lines) {
    auto read = read_dues_named(sql, question.body, question.form, line, "", named);
    if (!read) return read.error();
  }
  return read_on(sql, question, opened, last_day(named.dues).value_or(question.day));
}

Result<Entry> read_entry_file(Sql& sql, const EntryQuestion& question, ByteView file) {
  return read_entry(sql, question, open_file(file));
}

Result<Entry> read_entry_pasted(Sql& sql, const EntryQuestion& question, std::string_view text) {
  return read_entry(sql, question, open_pasted(text));
}

}  // namespace bz::campaign
