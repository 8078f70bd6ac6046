// Reports (báo cáo): what a body hands in for one or more of its dues, kept whole: the original
// bytes, the lines read from them, when they came, and who brought them.
//
// A report is one transaction: report, figures and receipt are there together or not at all, and
// the receipt is given after the commit. The same Idempotency-Key with the same bytes gives the
// same receipt and time again; with other bytes it is refused.
//
// received_at is the caller's to give: the last byte of a request, the moment a call began, the
// moment our intake took a mail. It says what was on time, and nothing else. What was known at a
// moment goes by known_at, our clock when the report was written: a call that began before the
// deadline and ended after it was missing in between, and is on time. What a person states is kept
// beside them and counts for nothing by itself.
//
// Nothing is changed: a correction is a new version. Of each leg the newest version counts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/time.h"
#include "campaign/answers.h"
#include "campaign/checks.h"
#include "campaign/dues.h"
#include "campaign/figures.h"
#include "campaign/forms.h"
#include "store/sql.h"

namespace bz::campaign {

// How it came. By call: the phone leg; by any other: the file leg.
enum class Channel : std::int64_t { kWeb = 1, kApi = 2, kCsv = 3, kXlsx = 4, kMail = 5, kCall = 6 };
std::string_view to_text(Channel channel);  // "web", "api", "csv", …
std::optional<Channel> channel_from(std::string_view text);
constexpr Leg leg_of(Channel channel) {
  return channel == Channel::kCall ? Leg::kPhone : Leg::kFile;
}

// One cell of a line.
struct Value {
  std::string column;                  // a Column's id
  std::optional<std::int64_t> number;  // counts; rates in hundredths of a percent; times in ms
  std::string words = {};              // as it was written: "6,8"; all there is of a text
  std::string cell = {};               // where it stood ("C7"), for what is said about it; not kept
};

struct Line {
  std::string subject;  // a unit's key or the body's slug
  std::vector<Value> values;
  bool nothing = false;    // this row has nothing to report; it then has no counts
  std::string place = {};  // "dòng 7", for what is said about it; not kept
};

struct Original {
  std::string name = {};        // of the file; may be empty
  std::string media_type = {};  // "application/json"
  Bytes content = {};           // at most papers::kMostMailBytes
};

struct Submission {
  std::string body;
  std::string form;               // empty: that of the dues named
  std::vector<DueKey> dues = {};  // named by the sender; empty: dues_meant()
  Channel channel{};
  Instant received_at{};
  std::string account;          // who handed it in; for mail "intake"
  std::string idempotency_key;  // 1 to 200 printable ASCII; unique for a body and account
  Original original = {};
  std::vector<Line> lines = {};
  bool nothing = false;     // there is nothing to report at all: no lines
  std::string reason = {};  // of a correction: compulsory where the leg already has a version that
                            // has not been returned (but by mail and call)
  std::optional<Instant> stated = {};  // when it was sent, as a person states
  bool on_behalf = false;              // the account recorded it for the body
  bool is_illustrative = false;        // invented, and marked so everywhere
  // request_digest() of it as it was sent, before dues were read from its file. Nothing: as it is.
  std::optional<Digest> request = {};
  // Our clock now. Nothing, or before it came: received_at.
  std::optional<Instant> known_at = {};

  [[nodiscard]] Instant known() const {
    return std::max(received_at, known_at.value_or(received_at));
  }
};

// Something asked of a row that a note answers (checks.h), with where it stood.
struct Question {
  std::string subject;
  std::string column;
  std::string cell;
  Finding finding;
};

struct Receipt {
  std::int64_t report = 0;
  std::string number;  // "BC-2020-000123"
  Instant received_at{};
  std::vector<DueKey> dues;
  std::vector<std::string> missing_rows;  // subjects without their needed counts: not complete
  std::vector<Question> questions;        // mail and call only: kept open for who accepts
  bool is_repeated = false;               // the same key and bytes had come before

  [[nodiscard]] bool is_complete() const { return missing_rows.empty(); }
};

// Of what was sent: form, channel, reason, the dues that were asked for, and the bytes.
Digest request_digest(const Submission& submission);
// The receipt of what came before with the same key, whatever was added since; 409 where that was
// another request.
Given<std::optional<Receipt>> receipt_before(store::Sql& sql, const Submission& submission);

// What submit() would say, without writing: refusals are the same.
struct Checked {
  std::vector<DueKey> dues;
  std::vector<std::string> missing_rows;
  std::vector<Question> questions;  // by web, API, CSV, XLSX a question without a note refuses
  std::vector<NewFigure> figures;
};
Given<Checked> check_report(store::Sql& sql, const Submission& submission);

// Refused (nothing is kept): 404 for a due that nobody asks of this body, 409 for a key used with
// other bytes, 422 with a fault for each cell: a column or row that the form has not, a row twice,
// a count that cannot be, a fall or a jump without a note in its row.
Given<Receipt> submit(store::Sql& sql, const Submission& submission);

enum class ReportState : std::int64_t { kSubmitted = 1, kAccepted = 2, kReturned = 3 };
std::string_view to_text(ReportState state);

struct ReportLine {
  std::int64_t number = 0;  // 1, 2, 3, … in the order of the form's rows
  std::string subject;
  bool nothing = false;
  struct Cell {
    std::string column;
    std::optional<std::int64_t> number;
    std::string words;
    std::optional<FigureId> figure;  // what it became
  };
  std::vector<Cell> cells;  // in the order of the form's columns
};

// Which version it is of each due that it answers.
struct Answered {
  DueKey due;
  int version = 0;  // counts all of the due, both legs
};

struct Report {
  std::int64_t id = 0;
  std::string receipt;
  std::string body;
  std::string form;
  int form_version = 1;
  std::vector<Answered> dues;
  Channel channel{};
  Instant received_at{};
  std::optional<Instant> stated;
  std::string account;
  bool on_behalf = false;
  bool nothing = false;
  std::vector<std::string> missing_rows;  // it is complete when there is none
  bool is_illustrative = false;
  std::string reason;
  ReportState state{};
  std::string decided_by;
  std::optional<Instant> decided_at;
  std::string decision_reason;
  std::string original_name;
  std::string original_type;
  Digest original{};  // SHA-256; find_original()
  std::vector<ReportLine> lines;
  std::vector<Question> questions;
  // Of one of its dues at least, no later version of its leg has come.
  bool is_newest = false;

  [[nodiscard]] Leg leg() const { return leg_of(channel); }
};

Result<std::optional<Report>> find_report(store::Sql& sql, std::int64_t id);
Result<std::optional<Report>> find_report_by_receipt(store::Sql& sql, std::string_view receipt);
// All versions for a due, oldest first.
Result<std::vector<Report>> reports_of(store::Sql& sql, const DueKey& due);
// The bytes as they came; nothing when there are none of that hash.
Result<std::optional<Original>> find_original(store::Sql& sql, const Digest& digest);

// A figure's `reference` of a report: "BC-2020-000123/4", the receipt and the line.
std::string line_reference(std::string_view receipt, std::int64_t line);
struct LineReference {
  std::string receipt;
  std::int64_t line = 0;
};
std::optional<LineReference> line_reference_from(std::string_view reference);

// What the cells of a report count as now, which is what a person decides about: its own numbers
// (as they came, or as the body corrected them since), a person's decision, another leg's, or none.
struct ChangedCell {
  std::int64_t line = 0;
  std::string column;
  FigureId figure;               // what the cell became when it came
  std::optional<Figure> counts;  // what stands in its place; nothing: it was withdrawn
};
struct Standing {
  std::string seen;                  // names all that stands: other numbers, another name
  std::vector<ChangedCell> changed;  // where the number is another than the report says
  // The report was accepted, and what counts of it now is not.
  bool waits = false;
};
Result<Standing> standing_of(store::Sql& sql, const Report& report);

// Accepting makes accepted figures of those of its cells that count now (what the body corrected
// since and a person's decision included, the number of a leg that another has replaced not); it
// names what was looked at. Returning needs a reason; its numbers are withdrawn, and what counted
// before them counts again. Where an accepted report's numbers were changed since, both are of
// those changes: they are accepted, or what was accepted counts again. Refused: 409 when the leg
// has a newer version, the report has been decided otherwise, or other numbers count than were
// seen.
struct ReportDecision {
  std::int64_t report = 0;
  bool accept = false;
  std::string reason = {};
  std::string seen = {};  // Standing::seen; to accept
};
Given<Report> decide(store::Sql& sql, const ReportDecision& decision, std::string_view by,
                     Instant now);

// Keeps that a report's figure was corrected, so that its due says so.
Result<void> note_correction(store::Sql& sql, const Figure& corrected, Instant now);

}  // namespace bz::campaign
