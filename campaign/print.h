// Reports as papers: Biểu mẫu số 1 with the heading lines and columns of the letter, in the same
// words and order; the other forms and the consolidated report in the same manner. A4, Liberation
// Serif; the same bytes for the same report.
//
// A rate is computed from the operator's own smartphone subscriptions where they were given, and
// they stand in a note; else it is printed as it was written, with "mẫu số không nêu". Invented
// figures are marked at the head and on every page of the table, and in every CSV and XLSX.
#pragma once

#include <string>
#include <vector>

#include "campaign/consolidated.h"
#include "campaign/reports.h"
#include "papers/page.h"

namespace bz::campaign {

Result<Bytes> report_pdf(store::Sql& sql, const Report& report);
// entry.h reads both back as the report's lines.
Result<Bytes> report_xlsx(store::Sql& sql, const Report& report);
Result<Bytes> report_csv(store::Sql& sql, const Report& report);

Result<Bytes> consolidated_pdf(store::Sql& sql, const Consolidated& consolidated);
Result<Bytes> consolidated_xlsx(store::Sql& sql, const Consolidated& consolidated);
Result<Bytes> consolidated_csv(store::Sql& sql, const Consolidated& consolidated);

// The pages as values, before they are printed.
Result<papers::Document> report_document(store::Sql& sql, const Report& report);
Result<papers::Document> consolidated_document(store::Sql& sql, const Consolidated& consolidated);

}  // namespace bz::campaign
