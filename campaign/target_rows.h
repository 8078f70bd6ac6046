// For the module's own files: what freezing reads and writes of targets.
#pragma once

#include <vector>

#include "campaign/targets.h"

namespace bz::campaign {

Result<std::vector<Target>> targets_to_freeze(store::Sql& sql, Instant due_until);
// False when it was frozen already.
Result<bool> write_frozen(store::Sql& sql, std::int64_t id, const Frozen& frozen);

}  // namespace bz::campaign
