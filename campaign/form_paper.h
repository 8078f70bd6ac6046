// For the module's own files: what is the same on a form's empty template, on the report that was
// made of it and on its spreadsheet: the heading lines, the rows, the cells.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "campaign/forms.h"
#include "campaign/reports.h"
#include "papers/page.h"
#include "papers/xlsx.h"

namespace bz::campaign {

inline constexpr std::string_view kMotto = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
inline constexpr std::string_view kMottoBelow = "Độc lập - Tự do - Hạnh phúc";
inline constexpr std::string_view kIllustrative =
    "SỐ LIỆU MINH HỌA, KHÔNG PHẢI SỐ LIỆU THẬT (invented figures)";

// Who prints it: the body above it, or nothing, and the body.
struct Issuer {
  std::string above;
  std::string name;
};
Result<Issuer> issuer_of(store::Sql& sql, const Body& body);
// The head of an official paper: issuer and motto.
papers::SideBySide paper_head(const Issuer& issuer);

struct FormPaper {
  const Form* form = nullptr;
  Issuer issuer;
  std::string annex;  // "(Kèm theo Công văn số … ngày … của …)"
  std::vector<FormRow> rows;
  std::vector<DueKey> dues;
  bool is_illustrative = false;
};
// `day`: whose units the rows are. The letter is that of the dues' first task; without dues, of the
// first task that asks the form of the body; without one, blank.
Result<FormPaper> form_paper(store::Sql& sql, const Form& form, const Body& body, Day day,
                             const std::vector<DueKey>& dues);

// What a cell shows; a rate is computed where its denominator was given.
struct ShownRate {
  std::string text;  // "6,78 %"; empty: none
  bool is_computed = false;
  bool differs = false;  // it was written otherwise
  std::string written;
};
ShownRate rate_of(const ReportLine& line);
std::optional<std::int64_t> number_in(const ReportLine& line, std::string_view column);
std::string words_in(const ReportLine& line, const Column& column);

// The form as a sheet. Without lines it is to be filled in: only the cells for it may be typed
// into. `below`: lines under the table.
papers::SheetToWrite form_sheet(const FormPaper& paper, const std::vector<ReportLine>& lines,
                                bool nothing, bool is_template,
                                const std::vector<std::string>& below = {});
// The same for CSV: values without looks.
Bytes csv_of(const papers::SheetToWrite& sheet);

// The sums of a form's count columns over the lines, and how many of the rows have each.
struct ColumnSum {
  std::int64_t sum = 0;
  std::size_t of = 0;
};
std::map<std::string, ColumnSum> sums_of(const Form& form, const std::vector<ReportLine>& lines);

}  // namespace bz::campaign
