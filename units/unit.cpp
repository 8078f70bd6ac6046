#include "units/unit.h"

#include <algorithm>

#include "base/date.h"

namespace bz::units {

std::optional<Level> level_of(std::string_view code) {
  if (code == "VN") return Level::kNation;
  const bool digits = std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  switch (code.size()) {
    case 2: return Level::kProvince;
    case 3: return Level::kDistrict;
    case 5: return Level::kCommune;
    default: return std::nullopt;
  }
}

std::string to_text(const UnitKey& key) {
  return key.code + "@" + bz::to_text(key.valid_from);
}

std::optional<UnitKey> key_from_text(std::string_view text) {
  const auto middle = text.find('@');
  if (middle == std::string_view::npos) return std::nullopt;
  const auto code = text.substr(0, middle);
  const auto day = day_from_text(text.substr(middle + 1));
  if (!level_of(code) || !day) return std::nullopt;
  return UnitKey{std::string(code), *day};
}

UnitKey nation() {
  using std::chrono::July;
  return {"VN", Day{std::chrono::year{1976} / July / 2}};
}

std::string full_name(const Unit& unit) {
  return unit.type.empty() ? unit.name : unit.type + " " + unit.name;
}

std::string full_name(const Unit& unit, const Unit& parent) {
  return full_name(unit) + ", " + full_name(parent);
}

std::string name_in_order(const Unit& unit, const Unit& parent) {
  return unit.name + " (" + unit.type + (unit.type.empty() ? "" : ", ") + parent.name + ")";
}

}  // namespace bz::units
