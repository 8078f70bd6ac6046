// The audit trail: who did what, each entry chained to the one before by SHA-256, so that none can
// be changed, removed or put in between unseen. Needs the tables of kAuditTables in a migration.
//
//   hash(n) = SHA-256(hash(n-1) || the entry's fields, each with its length)
//
// The head (number and hash of the last entry), written down elsewhere, shows that none was cut off
// the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/time.h"
#include "store/store.h"

namespace bz::store {

inline constexpr std::string_view kAuditTables =
    "CREATE TABLE audit (number BIGINT PRIMARY KEY, time_ms BIGINT NOT NULL, actor TEXT NOT NULL, "
    "action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, scope TEXT NOT NULL, "
    "hash BLOB NOT NULL);"
    "CREATE INDEX audit_by_scope ON audit (scope, number);"
    "CREATE TABLE audit_start (number BIGINT PRIMARY KEY, hash BLOB NOT NULL);";

struct AuditEntry {
  std::int64_t number = 0;  // 1, 2, 3, … given by add()
  Instant time;
  std::string actor;       // an account's name, an API key's name, "server", "command line"
  std::string action;      // "code issued"
  std::string subject;     // what it was done to, by a name that tells nothing of a patient
  std::string detail;      // "" or what else to know
  std::string scope = {};  // whose it is, where not everybody reads everything: an authority's id
  Digest hash{};           // given by add()
};

// Adds an entry in the transaction of what it tells of, so that neither is there without the other.
Result<void> add_audit(Sql& sql, const AuditEntry& entry);

struct AuditHead {
  std::int64_t number = 0;  // 0: there is no entry
  Digest hash{};
};

// Goes over the whole chain. kMalformed, with the number of the first entry that does not fit.
Result<AuditHead> verify_audit(Sql& sql);

// Drops entries older than `before` from the beginning; the chain goes on from what is left.
Result<std::int64_t> prune_audit(Sql& sql, Instant before);

// Newest first, from before `number` (0: from the last), at most `count`; of one scope, or all
// ("").
Result<void> read_audit(Sql& sql, std::int64_t before_number, std::int64_t count,
                        const std::function<void(const AuditEntry&)>& show,
                        std::string_view scope = {});

}  // namespace bz::store
