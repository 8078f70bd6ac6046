// Brings a store up to date: the table schema_history tells which migrations it has had.
#pragma once

#include <span>
#include <string_view>

#include "store/connection.h"
#include "store/store.h"

namespace bz::store {

// In one transaction; several servers may do so at once. kInvalid when the store is newer than
// `migrations`, had others under the same numbers, or holds something else than the store `name`.
Result<void> migrate(Connection& connection, std::string_view name,
                     std::span<const Migration> migrations);

}  // namespace bz::store
