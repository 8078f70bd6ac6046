// A connection to a store that is a schema of PostgreSQL (15 or newer), by libpq.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/connection.h"

namespace bz::store {

// The schema need not be there yet. kUnavailable when the server cannot be reached, or does not
// promise that what it commits is durable.
Result<std::unique_ptr<Connection>> connect_postgres(const std::string& url,
                                                     std::string_view schema);

// What is written for SQLite, for PostgreSQL: BLOB is BYTEA, TEXT is TEXT COLLATE "C", WITHOUT
// ROWID nothing. Words in quotes and comments are left alone.
std::string to_postgres(std::string_view script);

}  // namespace bz::store
