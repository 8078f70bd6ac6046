#include "campaign/form_description.h"

namespace bz::campaign {
namespace {

using store::Sql;

// A figure's cut-off is its due's moment: what came for this due is not before it.
Result<std::vector<FormDescription::Row::Before>> said_before(Sql& sql, const FormDescription& form,
                                                              std::string_view subject) {
  std::vector<FormDescription::Row::Before> found;
  const At at{.on = form.due.key.due_before - std::chrono::milliseconds{1}};
  const auto source = source_of(form.body);
  for (const auto& column : form.form->columns) {
    if (column.kind != ColumnKind::kCount || column.measure.empty()) continue;
    auto figure = latest(sql, subject, column.measure, source, at);
    if (!figure) return figure.error();
    if (*figure) found.push_back({column.id, std::move(**figure)});
  }
  return found;
}

}  // namespace

Given<FormDescription> describe_form(Sql& sql, const DueKey& key, Instant now) {
  FormDescription made;
  auto due = find_due(sql, key, now);
  if (!due) return due.error();
  if (!*due) return refusal::not_found();
  made.due = std::move(**due);
  auto task = find_task(sql, key.task);
  if (!task) return task.error();
  if (!*task) return refusal::not_found();
  made.task = std::move(**task);
  auto body = find_body(sql, key.body);
  if (!body) return body.error();
  made.body = std::move(*body);
  made.form = find_form(made.due.form);
  if (made.form == nullptr) return refusal::not_found();
  const auto rows = rows_of(sql, *made.form, made.body, day_asked(key));
  if (!rows) {
    if (rows.error().code != Code::kInvalid) return rows.error();
    return Refusal{422,
                   "Cơ quan này chưa được gắn với một tỉnh, mà biểu mẫu có dòng cho từng huyện.",
                   "The body sits in no province, and the form has a row for each district."};
  }
  for (const auto& row : *rows) {
    auto before = said_before(sql, made, row.subject);
    if (!before) return before.error();
    made.rows.push_back({row, std::move(*before)});
  }
  return made;
}

}  // namespace bz::campaign
