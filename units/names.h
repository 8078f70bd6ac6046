// Names as lists print them and as people write them, taken apart into type and name. Of this
// module only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "units/unit.h"

namespace bz::units {

struct Name {
  std::string type;  // as Unit has it
  std::string name;

  bool operator==(const Name&) const = default;
};

// A row of a list: "Thành Phố Bắc Kạn" of type "Thành phố" is {"Thành phố", "Bắc Kạn"}. Without its
// type in front the name is taken whole ("Tuyên Quang" of type "Tỉnh"). Nothing when the type is
// none of that level, or nothing is left of the name.
std::optional<Name> list_name(std::string_view name, std::string_view type, Level level);

// "Thành phố Bắc Kạn".
std::string full_name(const Name& name);

// What a person wrote: every way to take it apart. "TX Duyên Hải" is {Thị xã, duyen hai}; "xã Tân
// Thành" may also be one called so without a type. The type is folded too.
struct Written {
  std::string type;   // folded; empty: none was written
  std::string exact;  // vi::same_spelling of the rest
  std::string folded;
  bool has_tones = false;  // it is more than plain letters
};
std::vector<Written> ways_to_read(std::string_view text);

// "01" and "1" are one number: without zeros in front when it is all digits.
std::string without_zeros(std::string_view name);

}  // namespace bz::units
