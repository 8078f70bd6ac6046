#include "accounts/schema.h"

#include <array>
#include <string>

#include "store/audit.h"
#include "store/secrets.h"

namespace bz::accounts {
namespace {

constexpr std::string_view kTables = R"(
CREATE TABLE accounts (name TEXT PRIMARY KEY, password TEXT NOT NULL, first_until_ms BIGINT,
                       system_administrator BIGINT NOT NULL, disabled BIGINT NOT NULL,
                       second_factor BLOB, last_step BIGINT NOT NULL, made_ms BIGINT NOT NULL);
CREATE TABLE recovery_codes (account TEXT NOT NULL, hash BLOB NOT NULL,
                             PRIMARY KEY (account, hash));
CREATE TABLE sessions (hash BLOB PRIMARY KEY, label TEXT NOT NULL, account TEXT NOT NULL,
                       stage BIGINT NOT NULL, begun_ms BIGINT NOT NULL, seen_ms BIGINT NOT NULL,
                       address_prefix TEXT NOT NULL, new_second_factor BLOB);
CREATE INDEX sessions_of_account ON sessions (account);
CREATE TABLE attempts (name BLOB PRIMARY KEY, failures BIGINT NOT NULL, last_ms BIGINT NOT NULL,
                       next_ms BIGINT NOT NULL);
)";

// `epoch` counts how often all sessions and known browsers were ended (accounts/devices.h). The
// helper, who added or reset the account last, has gone to `helpers`.
constexpr std::string_view kSecond = R"(
ALTER TABLE accounts ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN helper TEXT;
ALTER TABLE accounts ADD COLUMN helped_ms BIGINT;
)";

// Who stood behind whom in `accounts`, the one behind that one with them (UNION ends circles).
constexpr std::string_view kThird = R"(
CREATE TABLE helpers (account TEXT NOT NULL, helper TEXT NOT NULL, at_ms BIGINT NOT NULL,
                      PRIMARY KEY (account, helper)) WITHOUT ROWID;
INSERT INTO helpers
  WITH RECURSIVE behind(account, helper, at_ms) AS (
    SELECT name, helper, helped_ms FROM accounts WHERE helper IS NOT NULL
    UNION
    SELECT b.account, a.helper, b.at_ms FROM behind b JOIN accounts a ON a.name = b.helper
      WHERE a.helper IS NOT NULL)
  SELECT account, helper, at_ms FROM behind WHERE account <> helper;
ALTER TABLE accounts DROP COLUMN helper;
ALTER TABLE accounts DROP COLUMN helped_ms;
)";

// `by_trusted`: the second factor was left out (accounts/trusted.h).
constexpr std::string_view kFourth = R"(
ALTER TABLE sessions ADD COLUMN by_trusted BIGINT NOT NULL DEFAULT 0;
CREATE TABLE trusted_browsers (hash BLOB PRIMARY KEY, label TEXT NOT NULL, account TEXT NOT NULL,
                               since_ms BIGINT NOT NULL, until_ms BIGINT NOT NULL,
                               address_prefix TEXT NOT NULL);
CREATE INDEX trusted_browsers_of_account ON trusted_browsers (account);
)";

}  // namespace

std::span<const store::Migration> migrations() {
  static const std::string kFirst =
      std::string(kTables) + std::string(store::kAuditTables) + std::string(store::kSecretTable);
  static const std::array<store::Migration, 4> kAll{
      {{1, "accounts, sessions, attempts, audit", kFirst},
       {2, "devices, helpers", kSecond},
       {3, "all who stand behind an account", kThird},
       {4, "trusted browsers", kFourth}}};
  return kAll;
}

}  // namespace bz::accounts
