#include "units/import.h"

#include <algorithm>

#include "base/hash.h"
#include "papers/says.h"
#include "units/plan.h"
#include "units/rows.h"

namespace bz::units {
namespace {

struct Word {
  ImportKind kind;
  std::string_view word;
};
constexpr Word kWords[] = {{ImportKind::kUnits, "units"},
                           {ImportKind::kCrosswalk, "crosswalk"},
                           {ImportKind::kCensus, "census"},
                           {ImportKind::kBorders, "borders"},
                           {ImportKind::kActs, "acts"}};

Result<Plan> make_plan(store::Sql& sql, const ImportRequest& request) {
  switch (request.kind) {
    case ImportKind::kUnits: return plan_units(sql, request);
    case ImportKind::kCrosswalk: return plan_crosswalk(sql, request);
    case ImportKind::kCensus: return plan_census(sql, request);
    case ImportKind::kBorders: return plan_borders(sql, request);
    case ImportKind::kActs: return plan_acts(sql, request);
  }
  return Error{Code::kInvalid, "no such kind of import"};
}

// Of all that the report says.
Digest hash_of(const Report& report) {
  return sha256(as_bytes(
      to_text(report, vi::Language::kVietnamese, static_cast<std::size_t>(kMostImported))));
}

struct Kept {
  ImportRequest request;
  Digest report_hash{};
  bool is_confirmed = false;
};

Result<Kept> read_kept(store::Sql& sql, std::int64_t id) {
  std::optional<Kept> kept;
  const auto read = sql.each(
      "SELECT kind, day, units_on, act, source, content, report_hash, confirmed_ms FROM "
      "unit_import WHERE id = $1",
      {id}, [&](const store::Row& row) -> Result<bool> {
        kept.emplace();
        auto& request = kept->request;
        request.kind = static_cast<ImportKind>(row.integer(0));
        request.day = day_from_number(row.integer(1));
        request.units_on = day_from_number(row.integer(2));
        request.act = row.text(3);
        request.source = row.text(4);
        request.content = as_text(row.blob(5));
        const auto hash = row.blob(6);
        if (hash.size() != kept->report_hash.size()) {
          return Error{Code::kMalformed, "unit_import: a report's hash is not 32 bytes"};
        }
        std::ranges::copy(hash, kept->report_hash.begin());
        kept->is_confirmed = !row.is_null(7);
        return true;
      });
  if (!read) return read.error();
  if (!kept) {
    return papers::says(Code::kNotFound, "Không có lần nhập này; hãy nộp lại tệp.",
                        "No such import: hand the file in again.");
  }
  return std::move(*kept);
}

}  // namespace

std::optional<ImportKind> import_kind(std::string_view word) {
  for (const auto& one : kWords) {
    if (one.word == word) return one.kind;
  }
  return std::nullopt;
}

std::string_view to_text(ImportKind kind) {
  for (const auto& one : kWords) {
    if (one.kind == kind) return one.word;
  }
  return {};
}

Result<Staged> stage(store::Sql& sql, const ImportRequest& request, Instant now) {
  if (request.content.size() > kMostImported) {
    return papers::says(Code::kMalformed, "Tệp lớn hơn 32 MB; hãy nộp từng tỉnh một.",
                        "The file is over 32 MB: hand in one province at a time.");
  }
  const auto plan = make_plan(sql, request);
  if (!plan) return plan.error();
  if (auto locked = sql.lock("units"); !locked) return locked.error();
  const auto last = sql.integer("SELECT MAX(id) FROM unit_import");
  if (!last) return last.error();
  Staged staged{last->value_or(0) + 1, plan->report};
  const auto kept = sql.run(
      "INSERT INTO unit_import (id, kind, day, units_on, act, source, content, report_hash, "
      "staged_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {staged.id, static_cast<std::int64_t>(request.kind), day_number(request.day),
       day_number(request.units_on), request.act, request.source, as_bytes(request.content),
       ByteView(hash_of(plan->report)), to_ms(now)});
  if (!kept) return kept.error();
  return staged;
}

Result<Staged> staged(store::Sql& sql, std::int64_t id) {
  const auto kept = read_kept(sql, id);
  if (!kept) return kept.error();
  auto plan = make_plan(sql, kept->request);
  if (!plan) return plan.error();
  return Staged{id, std::move(plan->report)};
}

Result<Confirmed> confirm(store::Sql& sql, std::int64_t id, Instant now) {
  if (auto locked = sql.lock("units"); !locked) return locked.error();
  const auto kept = read_kept(sql, id);
  if (!kept) return kept.error();
  auto plan = make_plan(sql, kept->request);
  if (!plan) return plan.error();
  Confirmed confirmed{std::move(plan->report), std::move(plan->census), kept->is_confirmed};
  if (kept->is_confirmed) return confirmed;
  if (confirmed.report.is_refused()) {
    return papers::says(Code::kInvalid, "Tệp có lỗi nêu trong báo cáo; hãy sửa rồi nộp lại.",
                        "The report refuses this import: mend the file and hand it in again.");
  }
  if (hash_of(confirmed.report) != kept->report_hash) {
    return papers::says(
        Code::kConflict,
        "Danh mục đã thay đổi từ khi lập báo cáo; hãy nộp lại tệp để xem báo cáo mới.",
        "The units have changed since the report: hand the file in again.");
  }
  if (auto rooted = insert_units(sql, {nation_unit()}); !rooted) return rooted.error();
  if (auto written = write(sql, *plan, kept->request); !written) return written.error();
  const auto marked =
      sql.run("UPDATE unit_import SET confirmed_ms = $1 WHERE id = $2", {to_ms(now), id});
  if (!marked) return marked.error();
  return confirmed;
}

Result<std::int64_t> drop_staged(store::Sql& sql, Instant before) {
  // The last stays, so that no number is given twice.
  return sql.run(
      "DELETE FROM unit_import WHERE confirmed_ms IS NULL AND staged_ms < $1 AND id < (SELECT "
      "MAX(id) FROM unit_import)",
      {to_ms(before)});
}

}  // namespace bz::units
