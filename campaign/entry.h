// Entry: what a body sends as CSV, XLSX or a pasted block, read as the lines of a form. What is
// accepted, with an example drawn: docs/formats/bm1.md.
//
// Nothing is guessed. The row of headings is found by its words and the columns by theirs, never by
// place; a district is looked for within the sender's province alone, and where two could be meant
// both are named and a person is asked. A number that may be read in two ways is refused with both.
//
//   empty cell          not said: the row is missing that number
//   "không phát sinh"   said: there is nothing to report
//   0                   said: none
//
// A row of totals is checked against the rows and is never a district.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/answers.h"
#include "campaign/reports.h"
#include "papers/sheet.h"

namespace bz::campaign {

// Whom the words of a row may mean. One candidate and `is_sure`: that one.
struct Named {
  bool is_sure = false;
  std::vector<FormRow> candidates;
};

// A sheet as lines, and what a person has to mend before it can be handed in.
struct Entry {
  bool has_header = false;  // the form's headings stand in it (or a pasted block needed none)
  std::vector<Line> lines;  // in the order in which they stand
  bool nothing = false;     // it says as a whole that there is nothing to report
  std::vector<DueKey> dues;  // that it names, "Kỳ báo cáo: trước 16:00 ngày 25/8/2020 [bp-5.2]"
  std::size_t dues_named = 0;  // how many were looked up, at most kMostDuesNamed
  std::vector<Fault> faults;   // empty: it may be handed in; at most kMostFaults
  std::vector<Fault> remarks;  // what was left out, and stops nothing: a column that we do not know

  [[nodiscard]] bool is_clean() const { return faults.empty(); }
};

inline constexpr std::size_t kMostFaults = 100;
inline constexpr std::size_t kMostEntryRows = 2'000;  // of a form, with anything in them

// A file or a text as it was opened, which needs no store: whatever form it is of, and whose.
struct Opened {
  papers::Workbook workbook = {};
  bool pasted = false;
  std::optional<Fault> fault = {};  // it cannot be read at all
};
// .xlsx by its first bytes, else CSV.
Opened open_file(ByteView file);
// A block of text, pasted from a spreadsheet or typed. Where it has no headings, its columns are
// those of the paper from the left, with or without Stt; "Phước Long: 9.210" is a row too.
Opened open_pasted(std::string_view text);

// For whom and for when a sheet is read. Its rows are units of the day of the last due that is
// asked for: of those given; else of those that it names; else `day`.
struct EntryQuestion {
  std::string body;               // a slug
  std::string form;               // forms.h
  Day day{};                      // day_meant()
  std::vector<DueKey> dues = {};  // given: what the sheet names then counts for nothing
  std::string subject = {};       // of a letter: may name dues as the sheet may
};
// The day of the due that is meant where none is named (dues_meant()); else that of `received`.
Result<Day> day_meant(store::Sql& sql, std::string_view body, std::string_view form,
                      Instant received);

// What cannot be read at all is one fault without lines. kNotFound when there is no such body or
// form. It takes as long as the file is large: in no writing transaction.
Result<Entry> read_entry(store::Sql& sql, const EntryQuestion& question, const Opened& opened);
Result<Entry> read_entry_file(store::Sql& sql, const EntryQuestion& question, ByteView file);
Result<Entry> read_entry_pasted(store::Sql& sql, const EntryQuestion& question,
                                std::string_view text);

// The dues that a line of text names, "Kỳ báo cáo: …; …", whose tasks ask them of the body for this
// form; faults (at `cell`) for those that none or several of its tasks ask for, and one for all
// over kMostDuesNamed. Nothing for a text that does not begin so.
Result<void> read_dues_named(store::Sql& sql, std::string_view body, std::string_view form,
                             std::string_view text, std::string_view cell, Entry& entry);
// The way back.
std::string dues_line(const std::vector<DueKey>& dues);

// The same without a store: of the module and its fuzz target.
struct SheetReading {
  const Form& form;
  std::string_view province;  // its name, for what is said
  Day day{};
  bool pasted = false;
  std::function<Result<Named>(std::string_view words)> who;
  std::function<Result<void>(std::string_view text, std::string_view cell, Entry&)> dues = {};
};
Result<Entry> read_sheet(const papers::Sheet& sheet, const SheetReading& reading);
Result<Entry> read_workbook(const papers::Workbook& workbook, const SheetReading& reading);
// The lines that name dues, wherever they stand.
std::vector<std::string> due_lines(const Opened& opened);
Result<Entry> read_opened(const Opened& opened, const SheetReading& reading);
Result<Entry> read_bytes(ByteView file, const SheetReading& reading);
Result<Entry> read_text(std::string_view text, const SheetReading& reading);

}  // namespace bz::campaign
