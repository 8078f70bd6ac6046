// Taking back a wrongly issued case: one supervisor asks with a reason, another of the same
// authority approves, and then supervisors may fetch the handles that the code's row keeps sealed
// to their key. They open them outside the system with that key and send them, signed with it, to
// the keys side (docs/codes.md). All of it stands in the audit trail.
//
// Two persons, not two accounts: whoever made or reset an account, or made it a supervisor, could
// be the one who uses it; so could who made it an administrator, which makes supervisors. So for
// http::kHelpCounts after that they stand behind it, with whoever stood behind them then, and the
// one who approves and who stands behind them must share nobody with the one who asked. What is
// done at the command line has nobody behind it: who sits there has the store itself.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codes/authorities.h"
#include "codes/core.h"
#include "http/session.h"

namespace bz::codes {

struct Revocation {
  std::string id;
  std::string uuid;  // of the code
  std::string reason;
  std::string asked_by;
  Day asked;
  std::string approved_by;     // empty: nobody yet
  std::vector<Bytes> handles;  // sealed; only as fetch_revocation() gives them
};

inline constexpr Refusal kNotRevocable{
    409, "not_revocable",
    "nothing was kept of this code: it was not used, or there was no supervisors' key"};
inline constexpr Refusal kNoRevocation{404, "not_found", "there is no such revocation"};
inline constexpr Refusal kSecondPerson{403, "second_person_needed",
                                       "another supervisor has to approve"};
inline constexpr Refusal kSamePerson{
    403, "second_person_needed",
    "in the last 14 days one person set up both accounts, or one of them the other: another "
    "supervisor has to approve, or wait"};
inline constexpr Refusal kApproved{409, "already_approved", "it is approved already"};

// An account, and who stands behind it in an authority now.
struct Person {
  std::string account;
  std::set<std::string, std::less<>> hands;  // the account among them
};
// To be read in the transaction that reads what the account may do here: a role that is taken away
// takes with it who gave it.
Result<Person> person_of(store::Sql& sql, std::string_view authority, const http::Session& session,
                         Instant now);

Result<Outcome<Revocation>> ask_revocation(const Core& core, const Authority& authority,
                                           const Person& person, std::string_view uuid,
                                           std::string_view reason);
Result<Outcome<Revocation>> approve_revocation(const Core& core, const Authority& authority,
                                               const Person& person, std::string_view id);
// Once approved with its handles, which is noted each time.
Result<Outcome<Revocation>> fetch_revocation(const Core& core, const Authority& authority,
                                             std::string_view account, std::string_view id);
// Newest day first.
Result<std::vector<Revocation>> list_revocations(const Core& core, const Authority& authority);

std::string write_revocation(const Revocation& revocation);

}  // namespace bz::codes
