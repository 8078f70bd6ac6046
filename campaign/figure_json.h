// Figures, rates, targets and the wall as JSON, as docs/api/openapi.yaml has them. Every number
// comes with what it is of, its cut-off, its source and its state; one that is invented says so.
#pragma once

#include <string>

#include "campaign/checks.h"
#include "campaign/small_counts.h"
#include "campaign/targets.h"
#include "campaign/wall.h"

namespace bz::campaign {

std::string figure_json(const Figure& figure);
// The same without who reported it and why, which are for those in whose scope it lies.
std::string number_json(const Figure& figure);
std::string roll_up_json(const RollUp& roll_up);
std::string rate_json(const Rate& rate);
std::string operator_range_json(const OperatorRange& range);
std::string finding_json(const Finding& finding);
std::string target_json(const Target& target);
std::string target_status_json(const TargetStatus& status);
std::string wall_json(const Wall& wall);
std::string public_adoption_json(const PublicAdoption& adoption, const Indicator& indicator,
                                 std::string_view source, Instant on);

}  // namespace bz::campaign
