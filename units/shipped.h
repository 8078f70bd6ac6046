// The tables of units/tables/, as they lie there (tables.cpp is made of them). Of this module only.
#pragma once

#include <string_view>

namespace bz::units::shipped {

extern const std::string_view kProvinces;
extern const std::string_view kDistricts;
extern const std::string_view kCommunes;
extern const std::string_view kAliases;

}  // namespace bz::units::shipped
