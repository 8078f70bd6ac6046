#include "campaign/report_json.h"

#include "base/date.h"
#include "campaign/figure_json.h"
#include "campaign/json.h"
#include "campaign/measures.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using wire::JsonWriter;

std::string_view word_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kNumber: return "number";
    case ColumnKind::kUnit: return "unit";
    case ColumnKind::kCount: return "count";
    case ColumnKind::kRate: return "rate";
    case ColumnKind::kTime: return "time";
    case ColumnKind::kText: return "text";
  }
  return "";
}

std::vector<std::string> legs_as_text(const std::vector<Leg>& legs) {
  std::vector<std::string> texts;
  for (const auto leg : legs) texts.emplace_back(to_text(leg));
  return texts;
}

std::vector<std::string> dues_as_text(const std::vector<DueKey>& dues) {
  std::vector<std::string> texts;
  for (const auto& due : dues) texts.push_back(to_text(due));
  return texts;
}

void add_milliseconds(JsonWriter& json, std::string_view name,
                      const std::optional<std::chrono::milliseconds>& span) {
  if (span) json.integer(name, span->count());
}

std::string leg_json(const LegState& leg) {
  JsonWriter json;
  json.integer("versions", leg.versions);
  add_instant(json, "first", leg.first);
  add_integer(json, "report", leg.newest);
  add_instant(json, "newest_at", leg.newest_at);
  json.boolean("is_complete", leg.newest_is_complete)
      .texts("missing_rows", leg.newest_missing_rows)
      .boolean("is_returned", leg.newest_is_returned)
      .boolean("is_accepted", leg.newest_is_accepted)
      .boolean("nothing_to_report", leg.nothing);
  return json.done();
}

std::string cell_json(const ReportLine::Cell& cell) {
  JsonWriter json;
  json.text("column", cell.column);
  add_integer(json, "number", cell.number);
  json.text_if_any("words", cell.words);
  if (cell.figure) json.text("figure", to_text(*cell.figure));
  return json.done();
}

std::string changed_json(const ChangedCell& changed) {
  JsonWriter json;
  json.integer("line", changed.line)
      .text("column", changed.column)
      .text("figure", to_text(changed.figure));
  if (changed.counts) json.json("counts", figure_json(*changed.counts));
  return json.done();
}

std::string value_json(const Value& value) {
  JsonWriter json;
  json.text("column", value.column);
  add_integer(json, "number", value.number);
  json.text_if_any("words", value.words);
  return json.done();
}

template <class Things, class Write>
std::vector<std::string> each_of(const Things& things, Write write) {
  std::vector<std::string> entries;
  for (const auto& thing : things) entries.push_back(write(thing));
  return entries;
}

Fault fault_of(std::string cell, const vi::Refusal& refusal) {
  return {.cell = std::move(cell),
          .says = refusal.says,
          .says_en = refusal.says_en,
          .todo = refusal.advice,
          .todo_en = refusal.advice_en};
}

Fault unknown_column(std::string cell) {
  return {.cell = std::move(cell),
          .says = "Biểu mẫu không có cột này.",
          .says_en = "The form has no such column.",
          .todo = "Xem các cột ở GET /forms.",
          .todo_en = "See the columns at GET /forms."};
}

Fault two_numbers(std::string cell) {
  return {.cell = std::move(cell),
          .says = "Số và chữ của ô này là hai số khác nhau.",
          .says_en = "The cell's number and its words are two numbers.",
          .todo = "Chỉ gửi number hoặc words.",
          .todo_en = "Send number or words alone."};
}

// A cell that was written in words; with a number beside them, it is the same one.
void read_words(const Column& column, const std::string& cell, Value& value,
                std::vector<Fault>& faults) {
  const auto take_number = [&](std::int64_t number) {
    if (value.number && *value.number != number) faults.push_back(two_numbers(cell));
    value.number = number;
  };
  const auto take = [&](const auto& read) {
    if (read)
      take_number(*read);
    else
      faults.push_back(fault_of(cell, read.refusal()));
  };
  if (column.kind == ColumnKind::kCount) {
    take(vi::read_count(value.words));
  } else if (column.kind == ColumnKind::kRate) {
    take(vi::read_percent(value.words));
  } else if (column.kind == ColumnKind::kTime) {
    const auto at = vi::read_instant(value.words);
    if (at)
      take_number(to_ms(*at));
    else
      faults.push_back(fault_of(cell, at.refusal()));
  }
}

}  // namespace

std::string form_json(const Form& form) {
  const auto columns = each_of(form.columns, [](const Column& column) {
    return JsonWriter()
        .text("id", column.id)
        .text("kind", word_of(column.kind))
        .text("words", column.words)
        .text("words_en", column.words_en)
        .text_if_any("measure", column.measure)
        .boolean("is_needed", column.is_needed)
        .boolean("is_printed", column.is_printed)
        .done();
  });
  return JsonWriter()
      .text("id", form.id)
      .integer("version", form.version)
      .text("name", form.name)
      .text("name_en", form.name_en)
      .text("title", form.title)
      .text("title_en", form.title_en)
      .text("rows", form.rows == RowsRule::kDistricts ? "districts" : "body")
      .list("columns", columns)
      .done();
}

std::string task_json(const Task& task, const std::vector<std::string>& bodies) {
  JsonWriter rule;
  if (const auto* once = std::get_if<vi::Deadline>(&task.rule)) {
    rule.text("kind", "once").text("phrase", once->phrase);
    add_instant(rule, "due_before", once->due_before);
  } else if (const auto* daily = std::get_if<vi::Daily>(&task.rule)) {
    rule.text("kind", "daily").text("phrase", daily->phrase);
    rule.text("time", vi::show_time(daily->due_before));
    if (daily->first) rule.text("first", bz::to_text(*daily->first));
    if (daily->last) rule.text("last", bz::to_text(*daily->last));
  } else {
    const auto& window = std::get<vi::Window>(task.rule);
    rule.text("kind", "window").text("phrase", window.phrase);
    add_instant(rule, "begins", window.begins);
    add_instant(rule, "due_before", window.ends);
  }
  JsonWriter json;
  json.text("id", task.id).text_if_any("letter", task.letter.number);
  if (task.letter.dated) json.text("dated", bz::to_text(*task.letter.dated));
  json.text_if_any("path", task.letter.path)
      .text_if_any("sentence", task.letter.sentence)
      .text("form", task.form)
      .text("legs", to_text(task.legs))
      .json("rule", rule.done());
  add_instant(json, "issued", task.issued);
  json.text("receiver", task.receiver)
      .texts("bodies", bodies)
      .text("ladder", to_text(std::span<const Rung>(task.ladder)));
  add_instant(json, "stopped_at", task.stopped_at);
  return json.done();
}

std::string due_json(const Due& due, Instant now) {
  JsonWriter json;
  json.text("id", to_text(due.key)).text("task", due.key.task).text("body", due.key.body);
  add_instant(json, "due_before", due.key.due_before);
  json.text("form", due.form)
      .text("legs", to_text(due.legs))
      .text("status", to_text(due.status))
      .text("status_vi", words_for(due.status))
      .texts("lacking", legs_as_text(due.lacking));
  add_milliseconds(json, "late_by_ms", due.late_by);
  json.integer("left_ms", due.left(now).count());
  if (due.legs.phone) json.json("phone", leg_json(due.phone));
  if (due.legs.file) json.json("file", leg_json(due.file));
  json.boolean("corrected_after", due.corrected_after)
      .boolean("returned", due.returned)
      .boolean("is_illustrative", due.is_illustrative);
  if (due.excuse) {
    JsonWriter excuse;
    excuse.text("by", due.excuse->by).text("reason", due.excuse->reason);
    add_instant(excuse, "at", due.excuse->at);
    add_instant(excuse, "stated", due.excuse->stated);
    json.json("excuse", excuse.done());
  }
  return json.done();
}

// The checks that a page can make by itself (checks.h) stand in `rules`.
std::string form_description_json(const FormDescription& description, Instant now) {
  const auto rows = each_of(description.rows, [](const FormDescription::Row& row) {
    const auto before = each_of(row.before, [](const FormDescription::Row::Before& one) {
      JsonWriter json;
      json.text("column", one.column);
      add_integer(json, "value", one.figure.value);
      json.text("figure", to_text(one.figure.id));
      add_instant(json, "cut_off", one.figure.id.cut_off);
      return json.text("precision", to_text(one.figure.precision))
          .boolean("is_illustrative", one.figure.origin == OriginKind::kIllustrative)
          .done();
    });
    return JsonWriter()
        .text("subject", row.row.subject)
        .text("code", row.row.code)
        .text("name", row.row.name)
        .list("before", before)
        .done();
  });
  std::vector<std::string> never_falls;
  for (const auto& column : description.form->columns) {
    const auto* measure = find_measure(column.measure);
    if (measure != nullptr && measure->never_falls) never_falls.emplace_back(column.id);
  }
  const CheckRules rules;
  return JsonWriter()
      .json("due", due_json(description.due, now))
      .integer("server_ms", to_ms(now))
      .json("body", JsonWriter()
                        .text("slug", description.body.slug)
                        .text("name", description.body.name)
                        .done())
      .json("task", task_json(description.task, {description.body.slug}))
      .json("form", form_json(*description.form))
      .list("rows", rows)
      .json("rules", JsonWriter()
                         .integer("jump_percent_a_day", rules.jump_percent_a_day)
                         .integer("jump_least", rules.jump_least)
                         .texts("never_falls", never_falls)
                         .done())
      .done();
}

std::string tally_json(const Tally& tally) {
  return JsonWriter()
      .text("body", tally.body)
      .text("task", tally.task)
      .integer("dues", tally.dues)
      .integer("came", tally.came)
      .integer("on_time", tally.on_time)
      .integer("late", tally.late)
      .integer("missing", tally.missing)
      .integer("nothing_to_report", tally.nothing)
      .integer("excused", tally.excused)
      .integer("open", tally.open)
      .integer("counted_for_time", tally.counted_for_time())
      .done();
}

std::string alert_json(const Alert& alert) {
  JsonWriter json;
  json.text("kind", alert.kind).text("body", alert.body);
  if (alert.due) json.text("due", to_text(*alert.due));
  add_integer(json, "call", alert.call);
  add_instant(json, "at", alert.at);
  return json.text("says", alert.says).text("says_en", alert.says_en).done();
}

std::string inbox_json(const InboxEntry& entry) {
  JsonWriter json;
  json.integer("id", entry.id).text("kind", entry.kind).text("due", to_text(entry.due));
  add_instant(json, "at", entry.at);
  json.text("says", entry.says).text("says_en", entry.says_en);
  add_instant(json, "read_at", entry.read_at);
  return json.done();
}

std::string question_json(const Question& question) {
  return JsonWriter()
      .text("subject", question.subject)
      .text("column", question.column)
      .text_if_any("cell", question.cell)
      .text("check", question.finding.check)
      .boolean("blocks", question.finding.severity == Severity::kImpossible)
      .text("says", question.finding.says)
      .text("says_en", question.finding.says_en)
      .text("do", question.finding.todo)
      .text("do_en", question.finding.todo_en)
      .done();
}

std::string receipt_json(const Receipt& receipt) {
  JsonWriter json;
  json.integer("report", receipt.report).text("receipt", receipt.number);
  add_instant(json, "received_at", receipt.received_at);
  return json.texts("dues", dues_as_text(receipt.dues))
      .boolean("is_complete", receipt.is_complete())
      .texts("missing_rows", receipt.missing_rows)
      .list("questions", each_of(receipt.questions, question_json))
      .boolean("is_repeated", receipt.is_repeated)
      .done();
}

std::string report_json(const Report& report, const Standing& standing,
                        const std::vector<Reconciliation>& disagrees) {
  const auto dues = each_of(report.dues, [](const Answered& answered) {
    return JsonWriter()
        .text("due", to_text(answered.due))
        .integer("version", answered.version)
        .done();
  });
  const auto lines = each_of(report.lines, [](const ReportLine& line) {
    return JsonWriter()
        .integer("number", line.number)
        .text("subject", line.subject)
        .boolean("nothing", line.nothing)
        .list("cells", each_of(line.cells, cell_json))
        .done();
  });
  JsonWriter json;
  json.integer("id", report.id)
      .text("receipt", report.receipt)
      .text("body", report.body)
      .text("form", report.form)
      .integer("form_version", report.form_version)
      .list("dues", dues)
      .text("channel", to_text(report.channel))
      .text("leg", to_text(report.leg()));
  add_instant(json, "received_at", report.received_at);
  add_instant(json, "stated", report.stated);
  json.text("account", report.account)
      .boolean("on_behalf", report.on_behalf)
      .boolean("nothing", report.nothing)
      .boolean("is_complete", report.missing_rows.empty())
      .texts("missing_rows", report.missing_rows)
      .boolean("is_newest", report.is_newest)
      .boolean("is_illustrative", report.is_illustrative)
      .text_if_any("reason", report.reason)
      .text("state", to_text(report.state))
      .text_if_any("decided_by", report.decided_by);
  add_instant(json, "decided_at", report.decided_at);
  return json.text_if_any("decision_reason", report.decision_reason)
      .text_if_any("original_name", report.original_name)
      .text("original_type", report.original_type)
      .text("original_sha256", to_hex(report.original))
      .list("lines", lines)
      .list("questions", each_of(report.questions, question_json))
      .text("seen", standing.seen)
      .boolean("waits", standing.waits)
      .list("changed", each_of(standing.changed, changed_json))
      .list("disagrees", each_of(disagrees, reconciliation_json))
      .done();
}

std::string call_json(const PhoneCall& call) {
  const auto lines = each_of(call.lines, [](const CallLine& line) {
    return JsonWriter()
        .text("subject", line.line.subject)
        .boolean("nothing", line.line.nothing)
        .boolean("agreed", line.agreed)
        .list("values", each_of(line.line.values, value_json))
        .done();
  });
  JsonWriter json;
  json.integer("id", call.id)
      .text("body", call.body)
      .text("form", call.form)
      .texts("dues", dues_as_text(call.dues))
      .text("account", call.account)
      .text_if_any("spoken_with", call.spoken_with);
  add_instant(json, "began", call.began);
  json.text("state", to_text(call.state));
  add_instant(json, "ended", call.ended);
  json.text_if_any("reason", call.reason).list("lines", lines);
  add_integer(json, "report", call.report);
  return json.done();
}

std::string mail_json(const TakenMail& mail) {
  JsonWriter json;
  json.integer("id", mail.id).text("state", to_text(mail.state));
  add_instant(json, "received_at", mail.received_at);
  json.text("from", mail.from)
      .text("subject", mail.subject)
      .text_if_any("body", mail.body)
      .list("errors", each_of(mail.faults, fault_json));
  add_integer(json, "report", mail.report);
  json.text_if_any("decided_by", mail.decided_by);
  add_instant(json, "decided_at", mail.decided_at);
  return json.text_if_any("reason", mail.reason).done();
}

std::string reconciled_cell_json(const ReconciledCell& cell) {
  JsonWriter json;
  json.text("subject", cell.subject)
      .text("column", cell.column)
      .text("measure", cell.measure)
      .text("agreement", to_text(cell.agreement));
  add_integer(json, "phone", cell.phone);
  add_integer(json, "file", cell.file);
  if (cell.counts) json.text("cell", to_text(*cell.counts));
  add_integer(json, "counting", cell.counting);
  return json.boolean("is_illustrative", cell.is_illustrative)
      .boolean("is_flagged", cell.is_flagged())
      .boolean("is_decided", cell.is_decided)
      .boolean("is_by_acceptance", cell.is_by_acceptance)
      .text_if_any("decided_by", cell.decided_by)
      .text_if_any("reason", cell.reason)
      .done();
}

std::string reconciliation_json(const Reconciliation& reconciliation) {
  JsonWriter json;
  json.text("due", to_text(reconciliation.due));
  add_integer(json, "phone_report", reconciliation.phone_report);
  add_integer(json, "file_report", reconciliation.file_report);
  return json.list("cells", each_of(reconciliation.cells, reconciled_cell_json)).done();
}

std::string consolidated_json(const Consolidated& consolidated) {
  const auto values = each_of(consolidated.values, [](const ConsolidatedValue& value) {
    JsonWriter json;
    json.text("subject", value.subject)
        .text("measure", value.measure)
        .text("body", value.body)
        .text("figure", to_text(value.figure))
        .integer("value", value.value)
        .text("precision", to_text(value.precision))
        .boolean("is_illustrative", value.is_illustrative)
        .text_if_any("receipt", value.receipt)
        .integer("line", value.line);
    add_integer(json, "report", value.report);
    return json.boolean("corrected_since", value.corrected_since).done();
  });
  const auto bodies = each_of(consolidated.bodies, [](const ConsolidatedBody& body) {
    JsonWriter json;
    json.text("body", body.body)
        .text("status", to_text(body.status))
        .texts("lacking", legs_as_text(body.lacking));
    add_milliseconds(json, "late_by_ms", body.late_by);
    add_integer(json, "report", body.report);
    return json.boolean("is_accepted", body.is_accepted).done();
  });
  const auto sums = each_of(consolidated.sums, [](const ConsolidatedSum& sum) {
    return JsonWriter()
        .text("subject", sum.subject)
        .text("measure", sum.measure)
        .integer("sum", sum.sum)
        .integer("of", sum.of)
        .done();
  });
  JsonWriter json;
  json.integer("id", consolidated.id)
      .text("task", consolidated.task)
      .text("form", consolidated.form);
  add_instant(json, "due_before", consolidated.due_before);
  json.text("title", consolidated.title).text("made_by", consolidated.made_by);
  add_instant(json, "made_at", consolidated.made_at);
  return json.boolean("is_illustrative", consolidated.is_illustrative())
      .list("values", values)
      .list("bodies", bodies)
      .list("sums", sums)
      .done();
}

Result<LinesRead> read_lines(const Form& form, wire::JsonReader& json,
                             const std::function<void(wire::JsonReader&)>& also) {
  constexpr std::size_t kMostLines = 2'000;
  LinesRead read;
  auto lines = json.objects("lines", kMostLines);
  if (!lines) return read;
  for (auto& one : *lines) {
    Line line;
    line.place = "lines/" + std::to_string(read.lines.size());
    line.subject = one.text("subject").value_or("");
    line.nothing = one.boolean("nothing").value_or(false);
    auto values = one.objects("values").value_or(std::vector<wire::JsonReader>{});
    for (auto& cell : values) {
      Value value;
      value.column = cell.text("column").value_or("");
      value.number = cell.integer("number");
      value.words = cell.text("words").value_or("");
      if (auto done = cell.done(); !done) return done.error();
      value.cell = line.place + "/" + value.column;
      const auto* column = find_column(form, value.column);
      if (column == nullptr)
        // The word is the sender's, and goes nowhere.
        read.faults.push_back(unknown_column(line.place));
      else if (!value.words.empty())
        read_words(*column, value.cell, value, read.faults);
      line.values.push_back(std::move(value));
    }
    if (also) also(one);
    if (auto done = one.done(); !done) return done.error();
    read.lines.push_back(std::move(line));
  }
  return read;
}

std::optional<std::vector<DueKey>> dues_from(std::string_view text) {
  std::vector<std::string> texts;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(','));
    texts.emplace_back(one);
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  return dues_from(texts);
}

std::optional<std::vector<DueKey>> dues_from(const std::vector<std::string>& texts) {
  std::vector<DueKey> dues;
  for (const auto& text : texts) {
    const auto due = due_key_from(text);
    if (!due) return std::nullopt;
    dues.push_back(*due);
  }
  return dues;
}

}  // namespace bz::campaign
