// The files of units/import.h as they are read, before anything is known of the store. Of this
// module and its fuzz target. What is wrong with a row stands in `findings`, and the row is left
// out; nothing else is lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "units/names.h"
#include "units/report.h"
#include "units/unit.h"

namespace bz::units {

struct ListedUnit {
  std::int64_t row = 0;
  std::string code;
  Level level{};
  Name name;
  std::string parent_code;

  bool operator==(const ListedUnit&) const = default;
};

struct ListedEdge {
  std::int64_t row = 0;
  std::string old_code;
  std::string new_code;
  std::string old_name;  // normal; empty when the file has none
  std::string new_name;
  bool is_full = false;
  std::optional<std::int64_t> weight = {};
  std::string basis = {};

  bool operator==(const ListedEdge&) const = default;
};

struct ListedCount {
  std::int64_t row = 0;
  std::string code;
  std::string name;  // normal; empty when the file has none
  std::optional<std::int64_t> count = {};
  std::string note = {};

  bool operator==(const ListedCount&) const = default;
};

struct ListedAct {
  std::int64_t row = 0;
  Day listed{};
  std::string act;
  std::string title;

  bool operator==(const ListedAct&) const = default;
};

struct ListedBorder {
  std::int64_t row = 0;
  std::string code;
  std::string name;      // normal; empty when the file has none
  std::string geometry;  // GeoJSON without spaces

  bool operator==(const ListedBorder&) const = default;
};

template <class Entry>
struct Listed {
  std::int64_t rows = 0;  // that the file has, good or not
  std::vector<Entry> entries;
  std::vector<Finding> findings;
};

Listed<ListedUnit> read_units_list(std::string_view file);
Listed<ListedEdge> read_crosswalk_list(std::string_view file);
Listed<ListedCount> read_census_list(std::string_view file);
Listed<ListedAct> read_acts_list(std::string_view file);
Listed<ListedBorder> read_borders(std::string_view file);  // units/geojson.cpp

// Whether it is written as an act's number: "570/NQ-UBTVQH15", "61/2005/NĐ-CP".
bool is_act_number(std::string_view text);

}  // namespace bz::units
