// For entry.cpp and its fuzz target: one cell of a sheet, read as a column of a form wants it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "campaign/answers.h"
#include "campaign/forms.h"
#include "campaign/reports.h"
#include "papers/sheet.h"

namespace bz::campaign {

struct ReadCell {
  std::optional<Value> value = {};  // nothing: the cell says nothing
  bool nothing = false;             // it says that there is nothing to report
  std::optional<Fault> fault = {};  // what to mend; then neither of the two
};
// `name` is where it stands, "C7"; `day` gives a time without a day its day.
ReadCell read_cell(const Column& column, const papers::Cell& cell, const std::string& name,
                   Day day);

// What stands there, in normal form, line by line; empty where it cannot be shown.
std::string words_of(const papers::Cell& cell);
// "không phát sinh" and what else people write for it.
bool says_nothing(std::string_view words);
// It begins as a number does, or is one.
bool begins_as_number(const papers::Cell& cell);

Fault fault_at(std::string_view cell, std::string_view says, std::string_view says_en,
               std::string_view todo, std::string_view todo_en);

}  // namespace bz::campaign
