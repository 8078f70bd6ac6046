// For the module's own files: a submission held against its dues, its form and the figures that are
// there, before anything is written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/reports.h"

namespace bz::campaign {

// A figure with the cell that it comes from.
struct PlacedFigure {
  NewFigure figure;  // reference and state are not filled in
  std::int64_t line = 0;
  std::int64_t place = 0;  // the column's, in the form
};

// A line in its place among the form's rows.
struct PlacedLine {
  std::int64_t number = 0;
  Line line;  // values in the order of the columns, empty ones left out
};

struct Looked {
  Body body;
  const Form* form = nullptr;
  std::vector<DueKey> dues;  // in order
  std::vector<PlacedLine> lines;
  std::vector<std::string> missing_rows;
  std::vector<Question> questions;
  std::vector<PlacedFigure> figures;
};

Given<Looked> look_at(store::Sql& sql, const Submission& submission);

}  // namespace bz::campaign
