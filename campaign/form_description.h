// All that a form's page needs for one due, in one answer that a browser keeps for when the line is
// down: what is asked by when, the rows with their names, and what was said before.
#pragma once

#include <string>
#include <vector>

#include "campaign/dues.h"
#include "campaign/forms.h"

namespace bz::campaign {

struct FormDescription {
  Due due;
  Body body;
  Task task;
  const Form* form = nullptr;
  struct Row {
    FormRow row;
    // What the body's own source said last before the due's cut-off, of the columns that have
    // figures, in their order; none of a column of which it said nothing.
    struct Before {
      std::string_view column;
      Figure figure;
    };
    std::vector<Before> before;
  };
  std::vector<Row> rows;  // in the form's order
};

// Refused: 404 for a due that nobody asks for; 422 where the form has a row for each district and
// the body sits in no province.
Given<FormDescription> describe_form(store::Sql& sql, const DueKey& due, Instant now);

}  // namespace bz::campaign
