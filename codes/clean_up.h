// Deleting what has been kept long enough (the table in docs/codes.md).
#pragma once

#include "base/time.h"
#include "store/store.h"

namespace bz::codes {

Result<void> clean_up(store::Sql& sql, Instant now);

}  // namespace bz::codes
