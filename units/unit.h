// An administrative unit (đơn vị hành chính) as it was over a span of days: nation, province,
// district, commune. Codes are the General Statistics Office's, and they are used again: 75 was
// Đồng Nai before and after it took in Bình Phước. So a unit's key is its code and the first day of
// this very unit, `84@2020-06-01`, and nothing is known by code alone, let alone by name.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace bz::units {

enum class Level : std::int64_t { kNation = 0, kProvince = 1, kDistrict = 2, kCommune = 3 };

// By the code's width alone: "VN", then 2, 3 or 5 digits. Nothing for any other text. (Since July
// 2025 a commune's parent is a province, and the lists call its level 2.)
std::optional<Level> level_of(std::string_view code);

struct UnitKey {
  std::string code;
  Day valid_from{};

  auto operator<=>(const UnitKey&) const = default;
};

// "84@2020-06-01".
std::string to_text(const UnitKey& key);
// Nothing when it is not exactly such a text with a code of a known width.
std::optional<UnitKey> key_from_text(std::string_view text);

// The root: the state has its name since the National Assembly's resolution of that day.
// VN@1976-07-02.
UnitKey nation();

// How a first or last day is known: `exact` by an act, or `by`: a list of that day already (no
// longer) has the unit, it may have begun (ended) before.
struct Known {
  bool is_exact = false;
  std::string act;  // "570/NQ-UBTVQH15"; empty for `by`

  bool operator==(const Known&) const = default;
};

struct Unit {
  UnitKey key;
  Level level{};
  // "Tỉnh", "Thành phố", "Thị xã", "Quận", "Huyện", "Phường", "Thị trấn", "Xã", "Đặc khu"; nothing
  // for the nation. A province's "Thành phố" is one directly under the centre.
  std::string type;
  std::string name;    // "Châu Thành", never shown alone; "1" of "Phường 1"
  std::string folded;  // vi::fold(name)
  // Nothing for the nation. A parent may end and another unit have its code from then on, while
  // this unit goes on: what is given is the parent on the day that was asked about (without a day:
  // on the unit's first).
  std::optional<UnitKey> parent;
  Known from_is;
  std::optional<Day> valid_to;  // the first day on which it is no longer
  Known to_is;                  // says nothing while there is no valid_to

  [[nodiscard]] bool is_valid_on(Day day) const {
    return key.valid_from <= day && (!valid_to || day < *valid_to);
  }
  bool operator==(const Unit&) const = default;
};

// "Huyện Châu Thành".
std::string full_name(const Unit& unit);
// "Huyện Châu Thành, Tỉnh Trà Vinh".
std::string full_name(const Unit& unit, const Unit& parent);
// For ordered lists: "Châu Thành (Huyện, Trà Vinh)".
std::string name_in_order(const Unit& unit, const Unit& parent);

}  // namespace bz::units
