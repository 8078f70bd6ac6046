// GET /api/stats/…: what was counted, a row a day, newest first, as the reference server shows it,
// in JSON or CSV.
#pragma once

#include "codes/api.h"

namespace bz::codes {

void add_statistics(http::Router& router, Api& api, const Core& core);

}  // namespace bz::codes
