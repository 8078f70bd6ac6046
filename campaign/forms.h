// Forms (biểu mẫu): what a report holds, column by column, in the words that the paper prints, and
// one row for whom. Built in; a change of a form is a new version, and reports keep theirs.
//
//   bm1     Biểu mẫu số 1 of the operators: a row for each district of the body's province
//   owners  staff who own a smartphone, with the app, with Bluetooth on: one row, the body itself
//   result  results, difficulties and proposals in words: one row, the body itself
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "campaign/bodies.h"
#include "store/sql.h"

namespace bz::campaign {

enum class ColumnKind : std::uint8_t {
  kNumber,  // Stt: given by us, never read
  kUnit,    // whom the row is about
  kCount,   // a whole number: vi/number.h
  kRate,    // hundredths of a percent; shown beside the counts, never a figure
  kTime,    // an instant
  kText,
};

struct Column {
  std::string_view id;  // "installed"; what lines and JSON call it
  ColumnKind kind{};
  std::string_view words;     // as on paper
  std::string_view words_en;  // for people who read English
  std::string_view measure;   // of a count: what its figure is; empty: no figure
  // A row without it is not complete.
  bool is_needed = false;
  // False: not a column of the paper; what it says goes into the note below the table.
  bool is_printed = true;
};

// Whom a form has rows for.
enum class RowsRule : std::uint8_t {
  kBody,       // one: the body itself
  kDistricts,  // those directly under the body's province on that day, in order of codes
};

struct Form {
  std::string_view id;
  int version = 1;
  std::string_view name, name_en;  // "Biểu mẫu số 1"
  std::string_view title, title_en;
  RowsRule rows{};
  std::span<const Column> columns;
  std::string_view note_column;  // where a row's note stands
};

// The newest version of each.
std::span<const Form> forms();
// nullptr when there is none of that id; `version` 0 is the newest.
const Form* find_form(std::string_view id, int version = 0);
const Column* find_column(const Form& form, std::string_view id);

// A row that the form asks for.
struct FormRow {
  std::string subject;  // a unit's key, or the body's slug
  std::string code;     // "688"; the slug for a body
  std::string name;     // "Thị xã Phước Long"
};
// On that local day. kInvalid where the form needs a province and the body sits in none.
Result<std::vector<FormRow>> rows_of(store::Sql& sql, const Form& form, const Body& body, Day day);
// The province that the body sits in or is; empty when none.
Result<std::string> province_of(store::Sql& sql, const Body& body, Day day);

}  // namespace bz::campaign
