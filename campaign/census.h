// A census's counts are figures of the measure `population`, accepted, with the census's day as
// their cut-off.
#pragma once

#include <string_view>
#include <vector>

#include "store/store.h"
#include "units/import.h"

namespace bz::campaign {

// Those that are there already with the same count stay as they are.
Result<void> keep_census(store::Sql& sql, const std::vector<units::CensusRow>& census, Instant now,
                         std::string_view by);

// Into a store without units go those that the program brings along, with their census. Of two
// servers that start at once, the other finds nothing left to do.
Result<void> load_first_units(store::Store& store, Instant now);

}  // namespace bz::campaign
