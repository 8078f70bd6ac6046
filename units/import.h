// Importing units' lists, crosswalks, censuses, borders and legal acts: first a report, then, when
// a person has read it, the import itself, all of it or nothing. What is imported twice changes
// nothing the second time.
//
// Columns are found by the names of the header line, in any order; others are not looked at:
//
//   kUnits      code, name, type, parent_code [level]      one snapshot: every unit of one day
//   kCrosswalk  old_code, new_code, kind (full, partial) [old_name, new_name, weight, basis]
//   kCensus     district_code or province_code or code, pop… or population [name…, note]
//   kActs       effective_date, act, title
//   kBorders    GeoJSON FeatureCollection; properties code [name]; Polygon or MultiPolygon
//
// A list of units says which units there are on its day. A unit goes on under its key when code,
// type, name and parent's code are the same and no commune, by its code, came to it from elsewhere
// or left it for elsewhere; otherwise the old one ends on that day and another begins. What is not
// on the list any more ends. All of it is `by` that day unless an act is given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "store/sql.h"
#include "units/report.h"
#include "units/unit.h"

namespace bz::units {

enum class ImportKind : std::int64_t {
  kUnits = 1,
  kCrosswalk = 2,
  kCensus = 3,
  kBorders = 4,
  kActs = 5
};
// "units", "crosswalk", "census", "borders", "acts", as in the address; nothing for another word.
std::optional<ImportKind> import_kind(std::string_view word);
std::string_view to_text(ImportKind kind);

inline constexpr std::size_t kMostImported = 32 << 20;  // bytes

struct ImportRequest {
  ImportKind kind{};
  std::string content;
  // kUnits: the list's day. kCrosswalk: the day on which the new units begin. kCensus: the day of
  // the count. kBorders, kActs: of no meaning but to name the import.
  Day day{};
  // kCrosswalk: the last day of the old units known to it (2025-03-01); kCensus, kBorders: the day
  // whose units the codes mean (2020-06-01).
  Day units_on{};
  std::string act = {};     // kUnits, kCrosswalk: the act that makes it so: then days are exact
  std::string source = {};  // "dvhcvn/20250701, dd94887"; kept
};

// A row of a census, for whoever keeps figures: units keep none.
struct CensusRow {
  UnitKey unit;
  std::int64_t population = 0;
  Day day{};
  std::string note;  // "absorbed 044"

  bool operator==(const CensusRow&) const = default;
};

struct Staged {
  std::int64_t id = 0;
  Report report;
};

// Reads the file against the store as it is, and keeps it until it is confirmed. kMalformed only
// when it is over kMostImported or no text; all else stands in the report.
Result<Staged> stage(store::Sql& sql, const ImportRequest& request, Instant now);
// Again, of one that was staged.
Result<Staged> staged(store::Sql& sql, std::int64_t id);

struct Confirmed {
  Report report;
  std::vector<CensusRow> census;  // of a kCensus; the caller keeps them in the same transaction
  bool was_confirmed_before = false;
};
// Writes it. kNotFound: no such import. kInvalid: the report refuses it. kConflict: the store is
// not as it was when the report was made; stage it again. Confirmed before: nothing changes and the
// census is given again.
Result<Confirmed> confirm(store::Sql& sql, std::int64_t id, Instant now);

// Imports that were staged before `before` and never confirmed are forgotten.
Result<std::int64_t> drop_staged(store::Sql& sql, Instant before);

// The units that the program brings along (units/tables/): the provinces of 2020 and 2025, the
// districts and communes of Bình Phước, Long An and Trà Vinh, and common aliases. What the store
// has already stays. Returns the census of 2019-04-01 that comes with them, down to the districts,
// of the units that are then there, as figures for whoever keeps them.
Result<std::vector<CensusRow>> load_shipped(store::Sql& sql);

}  // namespace bz::units
