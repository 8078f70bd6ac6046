// Who may do what in the campaign: an account has roles, each over one scope, the subtree of a unit
// or of a body, from a moment until another. Accounts themselves are a store of their own that both
// halves share; grants are this half's.
//
//   role       may                                                         typical scope
//   clerk      fill, submit, correct its own reports                       body
//   approver   accept, return reports of the level below; sign             body and its children
//   duty       take calls and mail, record on behalf, see registers        province
//   officer    targets, denominators, reconciliation, consolidated reports province
//   leader     see all in scope, sign, excuse                              province or district
//   viewer     the wall                                                    unit
//   admin      accounts and grants, units and bodies                       province
//   auditor    audit, no writes                                            province
//
// A unit's subtree holds the units below it and the bodies that sit in one of them; a body's, the
// bodies below it and those it answers for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/sql.h"

namespace bz::campaign {

inline constexpr std::string_view kRoles[] = {"clerk",  "approver", "duty",  "officer",
                                              "leader", "viewer",   "admin", "auditor"};

struct Grant {
  std::int64_t number = 0;  // its own; writes name it
  std::string account;
  std::string role;
  std::string scope;  // a unit's key, "VN" for all, or a body's slug
  Instant from{};
  std::optional<Instant> until = {};
};

// kInvalid for a role that is none, kNotFound for a scope that is none. Granting what is there
// gives its number again.
Result<std::int64_t> put_grant(store::Sql& sql, const Grant& grant);
// Ends it now; kNotFound when there is none that holds.
Result<void> end_grant(store::Sql& sql, std::int64_t number, Instant now);
// Those of one account that hold at `now`; or of all (empty).
Result<std::vector<Grant>> grants_of(store::Sql& sql, std::string_view account, Instant now);

// Whether `subject`, a unit's key or a body's slug, lies in the subtree of `scope` (lies_in of
// campaign/bodies.h). Keys are dated, so this is the same whenever it is asked.
Result<bool> in_scope(store::Sql& sql, std::string_view scope, std::string_view subject);
// The first of `grants` with one of `roles` whose scope holds `subject`; nothing when none does.
Result<std::optional<Grant>> grant_for(store::Sql& sql, std::span<const Grant> grants,
                                       std::span<const std::string_view> roles,
                                       std::string_view subject);

inline constexpr std::string_view kGrantTables =
    "CREATE TABLE grants (number BIGINT PRIMARY KEY, account TEXT NOT NULL, role TEXT NOT NULL, "
    "scope TEXT NOT NULL, from_ms BIGINT NOT NULL, until_ms BIGINT);"
    "CREATE INDEX grant_by_account ON grants (account);";

}  // namespace bz::campaign
