#include "campaign/tasks.h"

#include <algorithm>
#include <charconv>

#include "campaign/bodies.h"
#include "campaign/figure_rows.h"
#include "campaign/forms.h"
#include "campaign/report_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kMostBodies = 20'000;
constexpr std::size_t kMostRungs = 10;
constexpr std::chrono::minutes kFurthestRung = std::chrono::days{30};
constexpr std::size_t kLongestSentence = 4'000;

// A rule as its row has it: 1 once, 2 daily, 3 window.
struct RuleRow {
  std::int64_t kind = 0;
  std::optional<std::int64_t> due, begins, minutes, first, last;
  std::string phrase;

  bool operator==(const RuleRow&) const = default;
};

std::optional<std::int64_t> number_or_none(const std::optional<Day>& day) {
  if (!day) return std::nullopt;
  return number_of(*day);
}

RuleRow row_of(const vi::DeadlineRule& rule) {
  RuleRow row;
  if (const auto* once = std::get_if<vi::Deadline>(&rule)) {
    row.kind = 1;
    row.due = to_ms(once->due_before);
    row.phrase = once->phrase;
  } else if (const auto* daily = std::get_if<vi::Daily>(&rule)) {
    row.kind = 2;
    row.minutes = daily->due_before.hour * 60 + daily->due_before.minute;
    row.first = number_or_none(daily->first);
    row.last = number_or_none(daily->last);
    row.phrase = daily->phrase;
  } else {
    const auto& window = std::get<vi::Window>(rule);
    row.kind = 3;
    row.due = to_ms(window.ends);
    if (window.begins) row.begins = to_ms(*window.begins);
    row.phrase = window.phrase;
  }
  return row;
}

vi::DeadlineRule rule_of(const RuleRow& row) {
  if (row.kind == 1) return vi::Deadline{from_ms(row.due.value_or(0)), row.phrase};
  if (row.kind == 2) {
    const auto minutes = static_cast<int>(row.minutes.value_or(0));
    vi::Daily daily{{minutes / 60, minutes % 60}, {}, {}, row.phrase};
    if (row.first) daily.first = day_from_number(*row.first);
    if (row.last) daily.last = day_from_number(*row.last);
    return daily;
  }
  vi::Window window{{}, from_ms(row.due.value_or(0)), row.phrase};
  if (row.begins) window.begins = from_ms(*row.begins);
  return window;
}

// It stands in the ids of reminders by mail, where a dot parts words (RFC 5322).
bool is_task_id(std::string_view text) {
  if (text.starts_with('.') || text.ends_with('.') || text.find("..") != std::string_view::npos)
    return false;
  return text.size() >= 2 && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

Result<bool> is_body(Sql& sql, std::string_view slug) {
  const auto found = sql.integer("SELECT 1 FROM body WHERE slug = $1", {slug});
  if (!found) return found.error();
  return found->has_value();
}

void look_at_rule(const Task& task, std::vector<Fault>& faults) {
  const auto* daily = std::get_if<vi::Daily>(&task.rule);
  if (daily != nullptr && !daily->last) {
    faults.push_back(fault("last_day", "Hạn hằng ngày chưa có ngày cuối.",
                           "A daily deadline has no last day.", "Ghi ngày báo cáo cuối cùng.",
                           "Give the last day on which a report is due."));
  }
  if (daily != nullptr && daily->last && vi::next_dues(*daily, task.issued).empty()) {
    faults.push_back(fault("last_day", "Không có kỳ báo cáo nào trước ngày cuối.",
                           "No report is due until the last day.", "Sửa ngày đầu hoặc ngày cuối.",
                           "Correct the first or the last day."));
  }
}

void look_at_words(const Task& task, std::vector<Fault>& faults) {
  if (!is_task_id(task.id)) {
    faults.push_back(fault("id", "Mã nhiệm vụ không đúng.", "The task's id is not right.",
                           "Dùng 2 đến 64 ký tự a-z, 0-9, '-' và '.'; dấu chấm không đứng đầu, "
                           "đứng cuối hay liền nhau.",
                           "Use 2 to 64 of a-z, 0-9, '-' and '.'; no dot first, last or twice."));
  }
  if (find_form(task.form) == nullptr) {
    faults.push_back(fault("form", "Không có biểu mẫu này.", "There is no such form.",
                           "Chọn một biểu mẫu trong danh sách.", "Choose one of the list."));
  }
  if (!task.legs.phone && !task.legs.file) {
    faults.push_back(fault("legs", "Chưa nói báo cáo bằng cách nào.",
                           "It is not said how to report.", "Chọn phone, file hoặc cả hai.",
                           "Choose phone, file or both."));
  }
  const auto& letter = task.letter;
  if (letter.number.size() > 200 || letter.path.size() > 100 ||
      letter.sentence.size() > kLongestSentence) {
    faults.push_back(fault("letter", "Phần trích công văn quá dài.",
                           "What is cited of the letter is too long.",
                           "Chỉ trích câu giao nhiệm vụ.", "Cite only the sentence of the task."));
  }
  const bool is_far = std::ranges::any_of(task.ladder, [](const Rung& rung) {
    return rung.after > kFurthestRung || rung.after < -kFurthestRung;
  });
  if (task.ladder.size() > kMostRungs || is_far ||
      !std::ranges::is_sorted(task.ladder, {}, &Rung::after)) {
    faults.push_back(fault("ladder", "Các mốc nhắc việc không đúng.",
                           "The ladder of reminders is not right.",
                           "Nhiều nhất 10 mốc, xếp theo thời gian, trong vòng 30 ngày.",
                           "At most 10 rungs in order of time, within 30 days."));
  }
}

Result<void> look_at_bodies(Sql& sql, std::span<const std::string> bodies,
                            std::vector<Fault>& faults) {
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto there = is_body(sql, bodies[i]);
    if (!there) return there.error();
    const bool is_twice = std::find(bodies.begin(), bodies.begin() + static_cast<std::ptrdiff_t>(i),
                                    bodies[i]) != bodies.begin() + static_cast<std::ptrdiff_t>(i);
    if (*there && !is_twice) continue;
    faults.push_back(fault("bodies[" + std::to_string(i) + "]",
                           is_twice ? "Cơ quan này ghi hai lần." : "Không có cơ quan này.",
                           is_twice ? "This body stands here twice." : "There is no such body.",
                           "Chọn trong danh sách cơ quan, mỗi cơ quan một lần.",
                           "Choose from the list of bodies, each once."));
  }
  return {};
}

Refusal not_right(std::vector<Fault> faults) {
  return refused(422, "Nhiệm vụ chưa đúng.", "The task is not right.", std::move(faults));
}

Result<void> insert(Sql& sql, const Task& task) {
  const auto rule = row_of(task.rule);
  const auto ladder = to_text(task.ladder);
  const auto letter_day = number_or_none(task.letter.dated);
  return store::done(sql.run(
      "INSERT INTO task (id, letter, letter_day, path, sentence, form, legs, rule, due_ms, "
      "begins_ms, minutes, first_day, last_day, phrase, issued_ms, receiver, ladder, made_by, "
      "made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
      "$17, $18, $19)",
      {std::string_view(task.id), std::string_view(task.letter.number), store::or_null(letter_day),
       std::string_view(task.letter.path), std::string_view(task.letter.sentence),
       std::string_view(task.form), to_text(task.legs), rule.kind, store::or_null(rule.due),
       store::or_null(rule.begins), store::or_null(rule.minutes), store::or_null(rule.first),
       store::or_null(rule.last), std::string_view(rule.phrase), to_ms(task.issued),
       std::string_view(task.receiver), std::string_view(ladder), std::string_view(task.made_by),
       to_ms(task.made_at)}));
}

Result<void> insert_bodies(Sql& sql, std::string_view task, std::span<const std::string> bodies,
                           Instant from, std::int64_t place) {
  for (const auto& body : bodies) {
    auto written = sql.run(
        "INSERT INTO task_body (task, body, place, from_ms) VALUES ($1, $2, $3, $4) ON CONFLICT "
        "(task, body) DO NOTHING",
        {task, std::string_view(body), place++, to_ms(from)});
    if (!written) return written.error();
  }
  return {};
}

Task task_of(const store::Row& row) {
  Task task;
  task.id = row.text(0);
  task.letter.number = row.text(1);
  if (!row.is_null(2)) task.letter.dated = day_from_number(row.integer(2));
  task.letter.path = row.text(3);
  task.letter.sentence = row.text(4);
  task.form = row.text(5);
  task.legs = legs_from(row.text(6)).value_or(Legs{});
  task.rule = rule_of({row.integer(7), row.optional_integer(8), row.optional_integer(9),
                       row.optional_integer(10), row.optional_integer(11), row.optional_integer(12),
                       std::string(row.text(13))});
  task.issued = from_ms(row.integer(14));
  task.receiver = row.text(15);
  task.ladder = ladder_from(row.text(16)).value_or(kUsualLadder);
  task.made_by = row.text(17);
  task.made_at = from_ms(row.integer(18));
  task.stopped_at = instant_at(row, 19);
  return task;
}

// Whether what is asked for again is what is there; bodies may have been added since.
bool is_same(const Task& there, const Task& asked) {
  return there.letter.number == asked.letter.number && there.letter.dated == asked.letter.dated &&
         there.letter.path == asked.letter.path && there.letter.sentence == asked.letter.sentence &&
         there.form == asked.form && there.legs == asked.legs &&
         row_of(there.rule) == row_of(asked.rule) && there.issued == asked.issued &&
         there.receiver == asked.receiver && there.ladder == asked.ladder &&
         there.bodies.size() >= asked.bodies.size() &&
         std::equal(asked.bodies.begin(), asked.bodies.end(), there.bodies.begin());
}

Given<Task> again(Sql& sql, std::string_view id) {
  auto found = find_task(sql, id);
  if (!found) return found.error();
  if (!*found) return refusal::not_found();
  return std::move(**found);
}

}  // namespace

Given<Task> put_task(Sql& sql, const Task& task) {
  if (auto locked = sql.lock("tasks"); !locked) return locked.error();
  std::vector<Fault> faults;
  look_at_words(task, faults);
  look_at_rule(task, faults);
  if (task.bodies.empty() || task.bodies.size() > kMostBodies) {
    faults.push_back(fault("bodies", "Chưa giao cho cơ quan nào, hoặc quá nhiều.",
                           "No body is asked, or too many.", "Chọn từ 1 đến 20.000 cơ quan.",
                           "Choose 1 to 20,000 bodies."));
  }
  const auto receiver = is_body(sql, task.receiver);
  if (!receiver) return receiver.error();
  if (!*receiver) {
    faults.push_back(fault("receiver", "Không có cơ quan nhận báo cáo này.",
                           "There is no such receiving body.", "Chọn trong danh sách cơ quan.",
                           "Choose from the list of bodies."));
  }
  if (auto looked = look_at_bodies(sql, task.bodies, faults); !looked) return looked.error();
  if (!faults.empty()) return not_right(std::move(faults));

  auto there = find_task(sql, task.id);
  if (!there) return there.error();
  if (*there) {
    if (is_same(**there, task)) return std::move(**there);
    return refused(409, "Đã có nhiệm vụ khác mang mã này. Dùng mã khác.",
                   "Another task has this id. Use another one.");
  }
  if (auto written = insert(sql, task); !written) return written.error();
  if (auto written = insert_bodies(sql, task.id, task.bodies, task.issued, 0); !written)
    return written.error();
  return again(sql, task.id);
}

Given<Task> ask_bodies(Sql& sql, std::string_view task, std::span<const std::string> bodies,
                       Instant from) {
  if (auto locked = sql.lock("tasks"); !locked) return locked.error();
  const auto there = find_task(sql, task);
  if (!there) return there.error();
  if (!*there) return refusal::not_found();
  std::vector<Fault> faults;
  if (auto looked = look_at_bodies(sql, bodies, faults); !looked) return looked.error();
  if (!faults.empty()) return not_right(std::move(faults));
  const auto place = static_cast<std::int64_t>((*there)->bodies.size());
  if (auto written = insert_bodies(sql, task, bodies, from, place); !written)
    return written.error();
  return again(sql, task);
}

Given<Task> stop_task(Sql& sql, std::string_view task, Instant from) {
  const auto changed = sql.run(
      "UPDATE task SET stopped_ms = $2 WHERE id = $1 AND (stopped_ms IS NULL OR "
      "stopped_ms > $2)",
      {task, to_ms(from)});
  if (!changed) return changed.error();
  return again(sql, task);
}

Result<std::vector<AskedTask>> asked_tasks(Sql& sql, std::string_view id, std::string_view body,
                                           Bodies bodies) {
  std::vector<AskedTask> found;
  auto read = sql.each(
      "SELECT id, letter, letter_day, path, sentence, form, legs, rule, due_ms, begins_ms, "
      "minutes, first_day, last_day, phrase, issued_ms, receiver, ladder, made_by, made_ms, "
      "stopped_ms FROM task WHERE " +
          is_or_any("id", "$1", id) +
          " AND ($2 = '' OR id IN (SELECT task FROM task_body WHERE body = $2)) ORDER BY id",
      {id, body}, [&](const store::Row& row) -> Result<bool> {
        found.push_back({task_of(row), {}});
        return true;
      });
  if (!read) return read.error();
  if (found.empty()) return found;
  if (bodies == Bodies::kAll) body = {};
  auto at = found.begin();
  read = sql.each("SELECT task, body, from_ms FROM task_body WHERE " + is_or_any("task", "$1", id) +
                      " AND " + is_or_any("body", "$2", body) + " ORDER BY task, place, body",
                  {id, body}, [&](const store::Row& row) -> Result<bool> {
                    while (at != found.end() && at->task.id < row.text(0)) ++at;
                    if (at == found.end()) return false;
                    if (at->task.id != row.text(0)) return true;
                    at->task.bodies.emplace_back(row.text(1));
                    at->since.push_back(from_ms(row.integer(2)));
                    return true;
                  });
  if (!read) return read.error();
  return found;
}

Result<std::optional<Task>> find_task(Sql& sql, std::string_view id) {
  if (id.empty()) return std::optional<Task>{};
  auto found = asked_tasks(sql, id, {});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Task>{};
  return std::optional(std::move(found->front().task));
}

Result<std::vector<Task>> tasks(Sql& sql, std::string_view body) {
  auto found = asked_tasks(sql, {}, body);
  if (!found) return found.error();
  std::vector<Task> all;
  for (auto& one : *found) all.push_back(std::move(one.task));
  return all;
}

std::vector<Instant> dues_between(const Task& task, Instant since, Instant from, Instant to) {
  std::vector<Instant> all;
  if (const auto* once = std::get_if<vi::Deadline>(&task.rule)) {
    all.push_back(once->due_before);
  } else if (const auto* daily = std::get_if<vi::Daily>(&task.rule)) {
    all = vi::next_dues(*daily, since);
  } else {
    all.push_back(std::get<vi::Window>(task.rule).ends);
  }
  std::erase_if(all, [&](Instant due) {
    return due < from || due >= to || (task.stopped_at && due >= *task.stopped_at);
  });
  return all;
}

std::string to_text(std::span<const Rung> ladder) {
  std::string text;
  for (const auto& rung : ladder) {
    if (!text.empty()) text += ',';
    text += std::to_string(rung.after.count());
    if (rung.to_approver) text += '+';
  }
  return text;
}

std::optional<std::vector<Rung>> ladder_from(std::string_view text) {
  std::vector<Rung> ladder;
  for (const auto& part : split(text)) {
    std::string_view word = part;
    Rung rung;
    if (word.ends_with('+')) {
      rung.to_approver = true;
      word.remove_suffix(1);
    }
    std::int64_t minutes = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), minutes);
    if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
    if (minutes > kFurthestRung.count() || minutes < -kFurthestRung.count()) return std::nullopt;
    rung.after = std::chrono::minutes{minutes};
    ladder.push_back(rung);
  }
  return ladder;
}

std::string_view to_text(const Legs& legs) {
  if (legs.phone && legs.file) return "phone+file";
  return legs.phone ? "phone" : "file";
}

std::optional<Legs> legs_from(std::string_view text) {
  for (const auto& legs : {Legs{true, true}, Legs{true, false}, Legs{false, true}}) {
    if (to_text(legs) == text) return legs;
  }
  return std::nullopt;
}

}  // namespace bz::campaign
