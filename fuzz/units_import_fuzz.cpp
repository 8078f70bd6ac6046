// Lists of units, crosswalks, censuses, acts and borders from outside: whatever is read without a
// finding must, written again as a table, be read as the same; borders as the same geometry.
#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "units/lists.h"
#include "units/names.h"

namespace {

using namespace bz::units;

void must(bool holds) {
  if (!holds) std::abort();
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  return out + "\"";
}

void units(std::string_view file) {
  const auto listed = read_units_list(file);
  must(static_cast<std::int64_t>(listed.entries.size()) <= listed.rows);
  if (listed.entries.empty() || !listed.findings.empty()) return;
  std::string table = "code,name,type,parent_code\n";
  for (const auto& unit : listed.entries) {
    must(level_of(unit.code) == unit.level && !unit.name.name.empty());
    table += unit.code + "," + quoted(full_name(unit.name)) + "," + quoted(unit.name.type) + "," +
             unit.parent_code + "\n";
  }
  const auto again = read_units_list(table);
  must(std::ranges::equal(again.entries, listed.entries, [](const auto& one, const auto& other) {
    return one.code == other.code && one.name == other.name && one.parent_code == other.parent_code;
  }));
}

void crosswalk(std::string_view file) {
  const auto listed = read_crosswalk_list(file);
  for (const auto& edge : listed.entries) {
    must(level_of(edge.old_code) == level_of(edge.new_code));
    must(!edge.weight || *edge.weight > 0);
  }
}

void census(std::string_view file) {
  for (const auto& count : read_census_list(file).entries) must(count.count.value_or(0) >= 0);
}

void borders(std::string_view file) {
  const auto listed = read_borders(file);
  for (const auto& border : listed.entries) {
    const auto again =
        read_borders(R"({"type":"FeatureCollection","features":[{"properties":{"code":")" +
                     border.code + R"("},"geometry":)" + border.geometry + "}]}");
    must(again.entries.size() == 1 && again.entries[0].geometry == border.geometry);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = bz::as_text(bz::ByteView(data, size));
  units(text);
  crosswalk(text);
  census(text);
  (void)read_acts_list(text);
  borders(text);
  for (const auto& way : ways_to_read(text)) must(without_zeros(way.folded) == way.folded);
  return 0;
}
