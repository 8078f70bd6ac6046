#include <algorithm>
#include <charconv>
#include <map>

#include "campaign/report_rows.h"
#include "campaign/reports.h"

namespace bz::campaign {
namespace {

using store::Sql;

Result<std::optional<Report>> read_head(Sql& sql, std::int64_t id) {
  std::optional<Report> found;
  auto read = sql.each(
      "SELECT id, year, number, body, form, form_version, account, channel, received_ms, "
      "stated_ms, "
      "on_behalf, is_nothing, missing_rows, illustrative, reason, state, decided_by, decided_ms, "
      "decision_reason, original, original_name, original_type FROM report WHERE id = $1",
      {id}, [&](const store::Row& row) -> Result<bool> {
        Report report;
        report.id = row.integer(0);
        report.receipt = receipt_number(row.integer(1), row.integer(2));
        report.body = row.text(3);
        report.form = row.text(4);
        report.form_version = static_cast<int>(row.integer(5));
        report.account = row.text(6);
        report.channel = static_cast<Channel>(row.integer(7));
        report.received_at = from_ms(row.integer(8));
        report.stated = instant_at(row, 9);
        report.on_behalf = row.integer(10) != 0;
        report.nothing = row.integer(11) != 0;
        report.missing_rows = split(row.text(12));
        report.is_illustrative = row.integer(13) != 0;
        report.reason = row.text(14);
        report.state = static_cast<ReportState>(row.integer(15));
        report.decided_by = row.text(16);
        report.decided_at = instant_at(row, 17);
        report.decision_reason = row.text(18);
        const auto digest = row.blob(19);
        if (digest.size() != report.original.size())
          return Error{Code::kMalformed, "an original's hash is not of 32 bytes"};
        std::ranges::copy(digest, report.original.begin());
        report.original_name = row.text(20);
        report.original_type = row.text(21);
        found = std::move(report);
        return false;
      });
  if (!read) return read.error();
  return found;
}

Result<void> read_dues(Sql& sql, Report& report) {
  auto read = sql.each(
      "SELECT task, body, due_ms, version FROM report_due WHERE report = $1 ORDER BY due_ms, task",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        report.dues.push_back(
            {{std::string(row.text(0)), std::string(row.text(1)), from_ms(row.integer(2))},
             static_cast<int>(row.integer(3))});
        return true;
      });
  if (!read) return read.error();
  for (const auto& [due, version] : report.dues) {
    const auto later = sql.integer(
        "SELECT 1 FROM report_due d JOIN report r ON r.id = d.report WHERE d.task = $1 AND d.body "
        "= $2 AND d.due_ms = $3 AND d.version > $4 AND (CASE WHEN r.channel = 6 THEN 1 ELSE 0 END) "
        "= $5 LIMIT 1",
        {std::string_view(due.task), std::string_view(due.body), to_ms(due.due_before),
         std::int64_t{version}, std::int64_t{report.channel == Channel::kCall ? 1 : 0}});
    if (!later) return later.error();
    if (!*later) report.is_newest = true;
  }
  return {};
}

Result<void> read_lines(Sql& sql, Report& report) {
  std::map<std::int64_t, std::size_t> place;
  auto read = sql.each(
      "SELECT line, subject, is_nothing FROM report_line WHERE report = $1 ORDER BY line",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        place[row.integer(0)] = report.lines.size();
        report.lines.push_back({row.integer(0), std::string(row.text(1)), row.integer(2) != 0, {}});
        return true;
      });
  if (!read) return read.error();
  // Of a cell of several dues, the figure of the last is given.
  std::map<std::pair<std::int64_t, std::int64_t>, FigureId> figures;
  read = sql.each(
      "SELECT line, place, figure FROM report_figure WHERE report = $1 ORDER BY line, place, "
      "due_ms",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        if (const auto id = figure_id_from(row.text(2)))
          figures[{row.integer(0), row.integer(1)}] = *id;
        return true;
      });
  if (!read) return read.error();
  return sql.each(
      "SELECT line, place, field, number, words FROM report_value WHERE report = $1 ORDER BY line, "
      "place",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        const auto line = place.find(row.integer(0));
        if (line == place.end()) return Error{Code::kMalformed, "a report's value has no line"};
        ReportLine::Cell cell{
            std::string(row.text(2)), row.optional_integer(3), std::string(row.text(4)), {}};
        const auto figure = figures.find({row.integer(0), row.integer(1)});
        if (figure != figures.end()) cell.figure = figure->second;
        report.lines[line->second].cells.push_back(std::move(cell));
        return true;
      });
}

Result<void> read_questions(Sql& sql, Report& report) {
  return sql.each(
      "SELECT subject, field, kind, says, says_en, todo, todo_en FROM report_question WHERE report "
      "= $1 ORDER BY place",
      {report.id}, [&](const store::Row& row) -> Result<bool> {
        Question question;
        question.subject = row.text(0);
        question.column = row.text(1);
        question.finding = {Severity::kNote,          std::string(row.text(2)),
                            std::string(row.text(3)), std::string(row.text(4)),
                            std::string(row.text(5)), std::string(row.text(6))};
        report.questions.push_back(std::move(question));
        return true;
      });
}

}  // namespace

std::string receipt_number(std::int64_t year, std::int64_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "BC-" + std::to_string(year) + "-" + digits;
}

Result<std::optional<Report>> find_report(Sql& sql, std::int64_t id) {
  auto report = read_head(sql, id);
  if (!report || !*report) return report;
  if (auto read = read_dues(sql, **report); !read) return read.error();
  if (auto read = read_lines(sql, **report); !read) return read.error();
  if (auto read = read_questions(sql, **report); !read) return read.error();
  return report;
}

Result<std::optional<Report>> find_report_by_receipt(Sql& sql, std::string_view receipt) {
  // BC-2020-000123
  const auto dash = receipt.rfind('-');
  std::int64_t year = 0, number = 0;
  const auto read = [](std::string_view text, std::int64_t& value) {
    const auto end = text.data() + text.size();
    const auto got = std::from_chars(text.data(), end, value);
    return !text.empty() && got.ec == std::errc{} && got.ptr == end;
  };
  if (!receipt.starts_with("BC-") || dash < 4 || !read(receipt.substr(3, dash - 3), year) ||
      !read(receipt.substr(dash + 1), number)) {
    return std::optional<Report>{};
  }
  const auto id =
      sql.integer("SELECT id FROM report WHERE year = $1 AND number = $2", {year, number});
  if (!id) return id.error();
  if (!*id) return std::optional<Report>{};
  return find_report(sql, **id);
}

Result<std::vector<Report>> reports_of(Sql& sql, const DueKey& due) {
  std::vector<std::int64_t> ids;
  auto read = sql.each(
      "SELECT report FROM report_due WHERE task = $1 AND body = $2 AND due_ms = $3 ORDER BY "
      "version",
      {std::string_view(due.task), std::string_view(due.body), to_ms(due.due_before)},
      [&](const store::Row& row) -> Result<bool> {
        ids.push_back(row.integer(0));
        return true;
      });
  if (!read) return read.error();
  std::vector<Report> reports;
  for (const auto id : ids) {
    auto report = find_report(sql, id);
    if (!report) return report.error();
    if (*report) reports.push_back(std::move(**report));
  }
  return reports;
}

Result<std::optional<Original>> find_original(Sql& sql, const Digest& digest) {
  std::optional<Original> found;
  auto read = sql.each("SELECT content FROM original WHERE digest = $1", {ByteView(digest)},
                       [&](const store::Row& row) -> Result<bool> {
                         const auto content = row.blob(0);
                         Original original;
                         original.content.assign(content.begin(), content.end());
                         found = std::move(original);
                         return false;
                       });
  if (!read || !found) {
    if (!read) return read.error();
    return found;
  }
  read = sql.each(
      "SELECT original_name, original_type FROM report WHERE original = $1 ORDER BY id LIMIT 1",
      {ByteView(digest)}, [&](const store::Row& row) -> Result<bool> {
        found->name = row.text(0);
        found->media_type = row.text(1);
        return false;
      });
  if (!read) return read.error();
  return found;
}

}  // namespace bz::campaign
