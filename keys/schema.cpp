#include <array>
#include <string>

#include "keys/service.h"
#include "store/audit.h"
#include "store/lease.h"
#include "store/secrets.h"

namespace bz::keys {
namespace {

// Nothing here tells in which order rows came: tables of uploads are ordered by slot and key bytes.
constexpr std::string_view kTables = R"sql(
CREATE TABLE regions (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  travelers BIGINT NOT NULL
);
CREATE TABLE authorities (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  issuer TEXT NOT NULL UNIQUE,
  audience TEXT NOT NULL,
  regions BIGINT NOT NULL,
  contact_regions BIGINT NOT NULL,
  chains BIGINT NOT NULL,
  supervisor_key TEXT NOT NULL,
  stats_keys TEXT NOT NULL,
  certificate_keys TEXT NOT NULL
);
CREATE TABLE batches (
  end_s BIGINT PRIMARY KEY,
  start_s BIGINT NOT NULL,
  has_files BIGINT NOT NULL
);
CREATE TABLE keys (
  slot BIGINT NOT NULL,
  key BLOB NOT NULL,
  start_interval BIGINT NOT NULL,
  period BIGINT NOT NULL,
  risk BIGINT NOT NULL,
  report BIGINT NOT NULL,
  onset_days BIGINT,
  regions BIGINT NOT NULL,
  authority BIGINT NOT NULL,
  handle BLOB NOT NULL,
  generated BIGINT NOT NULL,
  PRIMARY KEY (slot, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX keys_by_key ON keys (key);
CREATE INDEX keys_generated ON keys (regions, slot) WHERE generated = 1;
CREATE TABLE revisions (
  slot BIGINT NOT NULL,
  key BLOB NOT NULL,
  turn BIGINT NOT NULL,
  start_interval BIGINT NOT NULL,
  period BIGINT NOT NULL,
  risk BIGINT NOT NULL,
  report BIGINT NOT NULL,
  onset_days BIGINT,
  regions BIGINT NOT NULL,
  authority BIGINT NOT NULL,
  handle BLOB NOT NULL,
  generated BIGINT NOT NULL,
  PRIMARY KEY (slot, key, turn)
) WITHOUT ROWID;
CREATE UNIQUE INDEX revisions_by_key ON revisions (key, turn);
CREATE TABLE chains (
  slot BIGINT NOT NULL,
  key BLOB NOT NULL,
  start_s BIGINT NOT NULL,
  end_s BIGINT NOT NULL,
  ids_per_day BIGINT NOT NULL,
  regions BIGINT NOT NULL,
  authority BIGINT NOT NULL,
  handle BLOB NOT NULL,
  generated BIGINT NOT NULL,
  PRIMARY KEY (slot, key)
) WITHOUT ROWID;
CREATE UNIQUE INDEX chains_by_key ON chains (key);
CREATE TABLE export_files (
  end_s BIGINT NOT NULL,
  region TEXT NOT NULL,
  format BIGINT NOT NULL,
  number BIGINT NOT NULL,
  start_s BIGINT NOT NULL,
  keys BIGINT NOT NULL,
  revised BIGINT NOT NULL,
  after_key BLOB NOT NULL,
  after_revised BLOB NOT NULL,
  size BIGINT NOT NULL,
  digest BLOB NOT NULL,
  signatures BLOB NOT NULL,
  PRIMARY KEY (end_s, region, format, number)
);
CREATE TABLE signing_keys (
  version TEXT NOT NULL,
  key_id TEXT NOT NULL,
  region TEXT NOT NULL,
  from_s BIGINT NOT NULL,
  through_s BIGINT,
  public_key TEXT NOT NULL,
  PRIMARY KEY (version, key_id)
);
CREATE TABLE statistics (
  authority BIGINT NOT NULL,
  hour_s BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (authority, hour_s, counter)
);
CREATE TABLE installs (
  day_s BIGINT NOT NULL,
  unit TEXT NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (day_s, unit)
);
CREATE TABLE settings_files (
  version BIGINT PRIMARY KEY,
  content BLOB NOT NULL
);
)sql";

// The SHA-256 of a whole file as it lies there. NULL for files from before: it is learnt when such
// a file is made again (keys/export_files.h).
constexpr std::string_view kFileDigests = R"sql(
ALTER TABLE export_files ADD COLUMN file_digest BLOB;
)sql";

// Of cases that supervisors took back: nothing is kept under these until then
// (keys/revoked_handles.h).
constexpr std::string_view kRevokedHandles = R"sql(
CREATE TABLE revoked_handles (
  authority BIGINT NOT NULL,
  handle BLOB NOT NULL,
  until_s BIGINT NOT NULL,
  PRIMARY KEY (authority, handle)
) WITHOUT ROWID;
)sql";

// Changed by each revocation that comes while the batch is the last (SharedState, keys/batches.h).
constexpr std::string_view kRevocationMark = R"sql(
ALTER TABLE batches ADD COLUMN revocations BIGINT NOT NULL DEFAULT 0;
)sql";

// A key of a contact may be published once more, when the contact has become a case: to the other
// regions, as a row of its own (keys/uploads.h).
constexpr std::string_view kKeysAgain = R"sql(
ALTER TABLE keys ADD COLUMN again BIGINT NOT NULL DEFAULT 0;
DROP INDEX keys_by_key;
CREATE UNIQUE INDEX keys_by_key ON keys (key, again);
DROP INDEX revisions_by_key;
ALTER TABLE revisions RENAME TO revisions_before;
CREATE TABLE revisions (
  slot BIGINT NOT NULL,
  key BLOB NOT NULL,
  again BIGINT NOT NULL DEFAULT 0,
  turn BIGINT NOT NULL,
  start_interval BIGINT NOT NULL,
  period BIGINT NOT NULL,
  risk BIGINT NOT NULL,
  report BIGINT NOT NULL,
  onset_days BIGINT,
  regions BIGINT NOT NULL,
  authority BIGINT NOT NULL,
  handle BLOB NOT NULL,
  generated BIGINT NOT NULL,
  PRIMARY KEY (slot, key, again, turn)
) WITHOUT ROWID;
INSERT INTO revisions SELECT slot, key, 0, turn, start_interval, period, risk, report, onset_days,
  regions, authority, handle, generated FROM revisions_before;
DROP TABLE revisions_before;
CREATE UNIQUE INDEX revisions_by_key ON revisions (key, again, turn);
)sql";

}  // namespace

std::span<const store::Migration> migrations() {
  static const std::string first = std::string{store::kLeaseTable} +
                                   std::string{store::kSecretTable} +
                                   std::string{store::kAuditTables} + std::string{kTables};
  static const std::array<store::Migration, 5> all{{{1, "keys, batches, files", first},
                                                    {2, "digests of export files", kFileDigests},
                                                    {3, "revoked handles", kRevokedHandles},
                                                    {4, "mark of revocations", kRevocationMark},
                                                    {5, "keys of contacts again", kKeysAgain}}};
  return all;
}

}  // namespace bz::keys
