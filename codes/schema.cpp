// The tables of the store "codes".
//
// Rows are keyed by what is random or hashed and lie without row numbers, so that their order says
// nothing of when a code was used; no column holds a moment of use. docs/codes.md says for each how
// long it stays.
#include <array>

#include "codes/service.h"
#include "store/audit.h"
#include "store/lease.h"
#include "store/secrets.h"

namespace bz::codes {
namespace {

// What a code's row links to and for how long: `short_hash`, `long_hash` 48 h; `phone_hash` until
// the code is claimed or 60 min; `handle`, `chains_handle` are sealed to the supervisors.
constexpr std::string_view kTables =
    "CREATE TABLE authorities (id TEXT PRIMARY KEY, number BIGINT NOT NULL UNIQUE, "
    "settings TEXT NOT NULL);"
    "CREATE TABLE api_keys (id TEXT PRIMARY KEY, authority TEXT NOT NULL, name TEXT NOT NULL, "
    "kind TEXT NOT NULL, hash BLOB NOT NULL UNIQUE);"
    "CREATE TABLE grants (account TEXT NOT NULL, authority TEXT NOT NULL, role TEXT NOT NULL, "
    "PRIMARY KEY (account, authority, role)) WITHOUT ROWID;"
    "CREATE TABLE codes (uuid TEXT PRIMARY KEY, authority TEXT NOT NULL, issuer TEXT NOT NULL, "
    "test_type TEXT NOT NULL, symptom_day BIGINT, test_day BIGINT, issued_s BIGINT NOT NULL, "
    "expires_s BIGINT NOT NULL, long_expires_s BIGINT NOT NULL, short_hash BLOB UNIQUE, "
    "long_hash BLOB UNIQUE, nonce_hash BLOB, phone_hash BLOB, claimed BIGINT NOT NULL, "
    "handle BLOB, chains_handle BLOB) WITHOUT ROWID;"
    "CREATE INDEX codes_by_time ON codes (authority, issued_s);"
    "CREATE TABLE used_tokens (hash BLOB PRIMARY KEY, bound BLOB NOT NULL, "
    "expires_h BIGINT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE phones (hash BLOB PRIMARY KEY, reported_s BIGINT NOT NULL, "
    "claimed BIGINT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE failed_verifies (authority TEXT NOT NULL, hour BIGINT NOT NULL, "
    "count BIGINT NOT NULL, PRIMARY KEY (authority, hour)) WITHOUT ROWID;"
    "CREATE TABLE statistics (authority TEXT NOT NULL, day BIGINT NOT NULL, name TEXT NOT NULL, "
    "who TEXT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (authority, day, name, who)) "
    "WITHOUT ROWID;"
    "CREATE TABLE key_server_days (authority TEXT NOT NULL, day BIGINT NOT NULL, "
    "numbers TEXT NOT NULL, PRIMARY KEY (authority, day)) WITHOUT ROWID;"
    "CREATE TABLE revocations (id TEXT PRIMARY KEY, authority TEXT NOT NULL, uuid TEXT NOT NULL, "
    "reason TEXT NOT NULL, asked_by TEXT NOT NULL, asked_day BIGINT NOT NULL, approved_by TEXT) "
    "WITHOUT ROWID;"
    "CREATE TABLE callbacks (id TEXT PRIMARY KEY, authority TEXT NOT NULL, day BIGINT NOT NULL, "
    "message BLOB NOT NULL, fetched_by TEXT, fetched_s BIGINT) WITHOUT ROWID;"
    "CREATE INDEX callbacks_by_day ON callbacks (authority, day);";

// `hands`: of grants that were given on the portal, who stands behind them (codes/revocations.h);
// NULL from the command line. api_key_check has one row. Keys of before have no check and could
// never be used: none is left, so that no list shows one as good.
constexpr std::string_view kHands =
    "ALTER TABLE grants ADD COLUMN hands TEXT;"
    "ALTER TABLE grants ADD COLUMN granted_ms BIGINT;"
    "ALTER TABLE revocations ADD COLUMN asked_hands TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE api_key_check (id BIGINT PRIMARY KEY, value BLOB NOT NULL);"
    "DELETE FROM api_keys;";

const std::array<store::Migration, 5> kMigrations{{
    {1, "codes", kTables},
    {2, "secrets", store::kSecretTable},
    {3, "audit", store::kAuditTables},
    {4, "leases", store::kLeaseTable},
    {5, "who stands behind a supervisor; a check in API keys", kHands},
}};

}  // namespace

std::span<const store::Migration> migrations() {
  return kMigrations;
}

}  // namespace bz::codes
