// What an import would change, and what is wrong with the file: shown before anything is written
// (units/import.h). Nothing in it is hidden by a limit; a reader may limit what it shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vi/number.h"

namespace bz::units {

enum class Fault {
  // Refuse the import.
  kNoTable,        // no header line with the columns that are needed
  kNoCode,         // a code of no known width, or none
  kTwice,          // the same code (edge, act, polygon) twice
  kNoParent,       // the parent is neither on the list nor a unit on that day
  kNoName,         // an empty name or one without a known type
  kNoCount,        // not a whole number of 0 or more
  kNoKind,         // an edge that is neither full nor partial
  kNoWeight,       // a weight that is not a whole number over 0
  kEdgesDisagree,  // a full edge besides another of the same unit
  kNoDay,          // not a day of the calendar
  kNoGeometry,     // not a Polygon or MultiPolygon of closed rings in and around Vietnam
  kOlder,          // a list of a day before one that was imported
  // Are told, and the import goes on.
  kSpelling,       // mended: spaces that are none, case of the type, place of a tone
  kOtherName,      // the same code has another name among the units: joined on the code
  kLevelColumn,    // the column says another level than the code's width
  kNoCommunes,     // a district without communes
  kCodeUsedAgain,  // another unit has the code from now on
  kNoUnit,     // no such unit on that day: the row is left out (of a crosswalk: its group is open)
  kNoPolygon,  // a unit of the level for which the file has no polygon
  kNotListed,  // a unit of this very day that the list does not have: it stays
  kNoEdge,     // an old unit that the crosswalk does not tell of: never guessed
  kNoOrigin,   // a new unit of which the crosswalk does not tell whence it came
  kMissingCount,  // a unit without a count
  kFolded,        // a count that holds a dissolved unit's
  kOddAct,        // a number that is no act's number
  kOddDay,        // a day on which no act takes effect: the day the list was fetched
};

struct Finding {
  Fault fault{};
  std::int64_t row = 0;  // line of the file (from 1, its header's), polygon (from 1); 0: of no row
  std::string code;      // the unit's, or the act's number
  std::string found;     // as the file has it
  std::string expected;  // as it is taken, or as we know it

  bool operator==(const Finding&) const = default;
};

// Whether it refuses the whole import.
bool refuses(Fault fault);
// One sentence, without row: "Mã 693: tên \"Bú Đốp\" khác tên đã có \"Bù Đốp\"; lấy theo mã."
std::string says(const Finding& finding, vi::Language language);

struct Report {
  // What the file holds.
  std::int64_t rows = 0;
  std::int64_t provinces = 0;
  std::int64_t districts = 0;
  std::int64_t communes = 0;
  std::int64_t full_edges = 0;
  std::int64_t partial_edges = 0;
  std::int64_t total = 0;  // the sum of a census's counts
  // What confirming it would do.
  std::int64_t added = 0;    // rows that are new: units, edges, polygons, acts, counts
  std::int64_t changed = 0;  // polygons, weights: another one in place of what is there
  std::int64_t closed = 0;   // units that end: their valid_to
  std::int64_t same = 0;     // are there already
  std::vector<Finding> findings;

  [[nodiscard]] bool is_refused() const;
  [[nodiscard]] bool changes_nothing() const { return added + changed + closed == 0; }
  [[nodiscard]] std::int64_t count(Fault fault) const;
};

// For a terminal or a letter: what the file holds, what would change, then the findings by kind, at
// most `most` of each.
std::string to_text(const Report& report, vi::Language language, std::size_t most = 20);

}  // namespace bz::units
