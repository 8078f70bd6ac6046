#include "campaign/consolidated.h"

#include <algorithm>
#include <map>

#include "campaign/figure_rows.h"
#include "campaign/measures.h"
#include "campaign/report_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

// The report of the leg that counts, that has not been returned: the accepted one before all.
Result<std::optional<Report>> report_of(Sql& sql, const Due& due) {
  auto reports = reports_of(sql, due.key);
  if (!reports) return reports.error();
  std::optional<Report> found;
  for (auto& report : *reports) {
    if (report.state == ReportState::kReturned) continue;
    const bool is_better = !found || report.leg() == Leg::kFile || found->leg() == Leg::kPhone;
    if (is_better) found = std::move(report);
  }
  return found;
}

class Drafting {
 public:
  Drafting(Sql& sql, const Form& form, Instant due_before, Instant now)
      : sql_(sql), form_(form), due_before_(due_before), now_(now) {}

  Result<void> add(const Due& due) {
    const auto body = find_body(sql_, due.key.body);
    if (!body) return body.error();
    const auto report = report_of(sql_, due);
    if (!report) return report.error();
    ConsolidatedBody entry{due.key.body, due.status, due.lacking, due.late_by, {}, false};
    if (*report) {
      entry.report = (*report)->id;
      entry.is_accepted = (*report)->state == ReportState::kAccepted;
    }
    bodies.push_back(std::move(entry));
    const auto rows = rows_of(sql_, form_, *body, day_asked(due.key));
    if (!rows) {
      // A body that was put into no province has no rows.
      if (rows.error().code == Code::kInvalid) return {};
      return rows.error();
    }
    for (const auto& row : *rows) {
      for (std::size_t column = 0; column < form_.columns.size(); ++column) {
        if (auto added = value(*body, row, column); !added) return added;
      }
    }
    return {};
  }

  std::vector<ConsolidatedBody> bodies;
  // By code of the row, column, order of bodies.
  std::map<std::tuple<std::string, std::size_t, std::size_t>, ConsolidatedValue> values;

 private:
  Result<void> value(const Body& body, const FormRow& row, std::size_t column) {
    const auto measure = form_.columns[column].measure;
    if (measure.empty()) return {};
    const auto series = find_series(sql_, row.subject, measure, source_of(body));
    if (!series) return series.error();
    if (!*series) return {};
    const auto all = versions_at(sql_, **series, due_before_);
    if (!all) return all.error();
    const auto* counts = counting(*all, {due_before_, now_, Counts::kAcceptedOnly});
    if (counts == nullptr) return {};
    ConsolidatedValue made;
    made.subject = row.subject;
    made.measure = measure;
    made.body = body.slug;
    made.figure = counts->id;
    values.emplace(std::tuple(row.code, column, bodies.size()), std::move(made));
    return {};
  }

  Sql& sql_;
  const Form& form_;
  Instant due_before_, now_;
};

Result<std::int64_t> write(Sql& sql, const NewConsolidated& asked, const Form& form,
                           const Drafting& draft, std::string_view by, Instant now) {
  const auto id = next_id(sql, "SELECT MAX(id) FROM consolidated");
  if (!id) return id.error();
  const std::string_view title = asked.title.empty() ? form.title : std::string_view(asked.title);
  auto written = sql.run(
      "INSERT INTO consolidated (id, task, form, due_ms, title, made_by, made_ms) VALUES ($1, $2, "
      "$3, $4, $5, $6, $7)",
      {*id, std::string_view(asked.task), form.id, to_ms(asked.due_before), title, by, to_ms(now)});
  if (!written) return written.error();
  std::int64_t place = 0;
  for (const auto& [key, value] : draft.values) {
    const auto figure = to_text(value.figure);
    written = sql.run(
        "INSERT INTO consolidated_value (consolidated, place, subject, measure, body, figure) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {*id, place++, std::string_view(value.subject), std::string_view(value.measure),
         std::string_view(value.body), std::string_view(figure)});
    if (!written) return written.error();
  }
  place = 0;
  for (const auto& body : draft.bodies) {
    const auto lacking = legs_text(body.lacking);
    const auto late =
        body.late_by ? store::Parameter{std::int64_t{body.late_by->count()}} : store::Parameter{};
    written = sql.run(
        "INSERT INTO consolidated_body (consolidated, place, body, status, lacking, late_ms, "
        "report, "
        "accepted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {*id, place++, std::string_view(body.body), static_cast<std::int64_t>(body.status),
         std::string_view(lacking), late, store::or_null(body.report),
         std::int64_t{body.is_accepted ? 1 : 0}});
    if (!written) return written.error();
  }
  return *id;
}

Consolidated head_of(const store::Row& row) {
  Consolidated one;
  one.id = row.integer(0);
  one.task = row.text(1);
  one.form = row.text(2);
  one.due_before = from_ms(row.integer(3));
  one.title = row.text(4);
  one.made_by = row.text(5);
  one.made_at = from_ms(row.integer(6));
  return one;
}

Result<void> read_bodies(Sql& sql, Consolidated& one) {
  return sql.each(
      "SELECT body, status, lacking, late_ms, report, accepted FROM consolidated_body WHERE "
      "consolidated = $1 ORDER BY place",
      {one.id}, [&](const store::Row& row) -> Result<bool> {
        ConsolidatedBody body;
        body.body = row.text(0);
        body.status = static_cast<DueStatus>(row.integer(1));
        body.lacking = legs_of_text(row.text(2));
        if (!row.is_null(3)) body.late_by = std::chrono::milliseconds{row.integer(3)};
        body.report = row.optional_integer(4);
        body.is_accepted = row.integer(5) != 0;
        one.bodies.push_back(std::move(body));
        return true;
      });
}

// The number of a frozen figure, where it came from, and whether it still counts.
Result<void> fill_in(Sql& sql, ConsolidatedValue& value) {
  const auto all = versions(sql, value.figure);
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, value.figure, &Figure::id);
  if (found == all->end() || !found->value)
    return Error{Code::kMalformed, "a consolidated report names a figure that is none"};
  value.value = *found->value;
  value.precision = found->precision;
  value.is_illustrative = found->origin == OriginKind::kIllustrative;
  const auto* counts =
      counting(*all, {value.figure.cut_off, Instant::max(), Counts::kAcceptedOnly});
  value.corrected_since = counts == nullptr || counts->id != value.figure;
  const auto line = line_reference_from(found->reference);
  if (!line) return {};
  value.receipt = line->receipt;
  value.line = line->line;
  const auto report = find_report_by_receipt(sql, line->receipt);
  if (!report) return report.error();
  if (*report) value.report = (*report)->id;
  return {};
}

void add_up(Consolidated& one) {
  std::vector<ConsolidatedSum> totals;
  const auto add = [](std::vector<ConsolidatedSum>& sums, std::string_view subject,
                      const ConsolidatedValue& value) {
    auto found = std::ranges::find_if(sums, [&](const ConsolidatedSum& sum) {
      return sum.subject == subject && sum.measure == value.measure;
    });
    if (found == sums.end()) {
      sums.push_back({std::string(subject), value.measure, 0, 0});
      found = sums.end() - 1;
    }
    found->sum += value.value;
    ++found->of;
  };
  std::map<std::string, std::vector<std::string>> bodies;  // of the totals, by measure
  for (const auto& value : one.values) {
    const auto* measure = find_measure(value.measure);
    if (measure == nullptr || !measure->is_summable) continue;
    add(one.sums, value.subject, value);
    add(totals, "", value);
    auto& those = bodies[value.measure];
    if (std::ranges::find(those, value.body) == those.end()) those.push_back(value.body);
  }
  for (auto& total : totals) {
    total.of = static_cast<int>(bodies[total.measure].size());
    one.sums.push_back(std::move(total));
  }
}

}  // namespace

bool Consolidated::is_illustrative() const {
  return std::ranges::any_of(values, &ConsolidatedValue::is_illustrative);
}

Given<Consolidated> consolidate(Sql& sql, const NewConsolidated& asked, std::string_view by,
                                Instant now) {
  if (asked.title.size() > 1'000) {
    return refused(
        422, "Tiêu đề quá dài.", "The title is too long.",
        {fault("title", "Tiêu đề quá dài.", "The title is too long.",
               "Rút gọn, nhiều nhất 1.000 byte.", "Shorten it to at most 1,000 bytes.")});
  }
  // Nothing is decided while it is drafted.
  if (auto locked = sql.lock("reports"); !locked) return locked.error();
  const auto task = find_task(sql, asked.task);
  if (!task) return task.error();
  const auto* form = *task ? find_form((*task)->form) : nullptr;
  if (form == nullptr) return refusal::not_found();
  DueQuery query;
  query.task = asked.task;
  query.from = asked.due_before;
  query.to = asked.due_before + std::chrono::milliseconds{1};
  query.most = 1'000'000;
  auto all = dues(sql, query, now);
  if (!all) return all.error();
  if (all->empty()) return refusal::not_found();
  // In the order in which the task asks them.
  const auto place_of = [&](const Due& due) {
    return std::ranges::find((*task)->bodies, due.key.body) - (*task)->bodies.begin();
  };
  std::ranges::sort(*all, [&](const Due& a, const Due& b) { return place_of(a) < place_of(b); });
  Drafting draft(sql, *form, asked.due_before, now);
  for (const auto& due : *all) {
    if (auto added = draft.add(due); !added) return added.error();
  }
  const auto id = write(sql, asked, *form, draft, by, now);
  if (!id) return id.error();
  auto made = find_consolidated(sql, *id);
  if (!made) return made.error();
  return std::move(**made);
}

Result<std::optional<Consolidated>> find_consolidated(Sql& sql, std::int64_t id) {
  std::optional<Consolidated> found;
  auto read = sql.each(
      "SELECT id, task, form, due_ms, title, made_by, made_ms FROM consolidated WHERE id = $1",
      {id}, [&](const store::Row& row) -> Result<bool> {
        found = head_of(row);
        return false;
      });
  if (!read) return read.error();
  if (!found) return found;
  if (read = read_bodies(sql, *found); !read) return read.error();
  read = sql.each(
      "SELECT subject, measure, body, figure FROM consolidated_value WHERE consolidated = $1 ORDER "
      "BY place",
      {id}, [&](const store::Row& row) -> Result<bool> {
        const auto figure = figure_id_from(row.text(3));
        if (!figure)
          return Error{Code::kMalformed, "a consolidated report names a figure that is none"};
        ConsolidatedValue value;
        value.subject = row.text(0);
        value.measure = row.text(1);
        value.body = row.text(2);
        value.figure = *figure;
        found->values.push_back(std::move(value));
        return true;
      });
  if (!read) return read.error();
  for (auto& value : found->values) {
    if (auto filled = fill_in(sql, value); !filled) return filled.error();
  }
  add_up(*found);
  return found;
}

Result<std::vector<Consolidated>> consolidated_reports(Sql& sql, std::string_view task) {
  std::vector<Consolidated> all;
  auto read = sql.each(
      "SELECT id, task, form, due_ms, title, made_by, made_ms FROM consolidated WHERE ($1 = '' OR "
      "task = $1) ORDER BY id DESC",
      {task}, [&](const store::Row& row) -> Result<bool> {
        all.push_back(head_of(row));
        return true;
      });
  if (!read) return read.error();
  return all;
}

}  // namespace bz::campaign
