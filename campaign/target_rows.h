// For the module's own files: what freezing reads and writes of targets, and their status as a part
// of an answer that has read some of it already.
#pragma once

#include <vector>

#include "campaign/readings.h"
#include "campaign/targets.h"

namespace bz::campaign {

Result<std::vector<Target>> targets_to_freeze(store::Sql& sql, Instant due_until);
// False when it was frozen already.
Result<bool> write_frozen(store::Sql& sql, std::int64_t id, const Frozen& frozen);

Result<TargetStatus> target_status(Readings& readings, const Target& target, const At& at);

}  // namespace bz::campaign
