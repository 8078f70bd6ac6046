// Health authorities ("realms" in the reference server's words): who issues codes, of which kinds,
// how many, for how long; and which officers may do what for them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "wire/certificate.h"

namespace bz::codes {

// All of it but `id` and `number` is one JSON object in the store, whose members have these names.
struct Authority {
  std::string id;           // "84": as in /jwks/{realm}; 1 to 16 of a-z, 0-9, '-'
  std::int64_t number = 0;  // `realm_id` in statistics, unique

  std::string name;      // "Sở Y tế Trà Vinh"
  std::string issuer;    // `iss` of its certificates
  std::string audience;  // `aud`: the keys side's name
  std::string region;    // "VN", stands in links
  std::vector<std::string> test_types{"confirmed", "likely", "negative"};  // also: "user-report",
                                                                           // "contact"; both off
  bool bluezone3 = false;            // a code gives a second token, for chains
  bool require_date = false;         // a code needs a symptom or a test date
  std::int64_t short_digits = 8;     // 6 to 10
  std::int64_t short_minutes = 15;   // 5 to 60
  std::int64_t long_length = 16;     // 12 to 24
  std::int64_t long_hours = 24;      // 1 to 24
  std::int64_t quota_officer = 500;  // codes a day of one officer
  std::int64_t quota_day = 5'000;    // of all officers and programs
  std::int64_t quota_reports = 500;  // self-reports: theirs alone, since any phone may ask for one
  std::int64_t callbacks_a_day = 5'000;  // taken from people who want to be called
  // Failed verifies: beyond either, short codes pause (guess_budget.h).
  std::int64_t guesses_an_hour = 1'000;
  std::int64_t guesses_a_day_per_code = 10;
  std::int64_t least_guesses_a_day = 1'000;
  std::string sms_url = {};    // an HTTP gateway (sms.h); empty: nothing is sent
  std::string link_host = {};  // "ma.bluezone.gov.vn": [enslink] is https there; empty: ens://
  // By label; the first of "vi" and "en" are made when there is none (sms.h).
  std::map<std::string, std::string, std::less<>> sms_templates = {};
  std::string key_server_url = {};   // "https://keys…": where its statistics are asked, or empty
  std::string supervisors_key = {};  // PEM of the public key that handles are sealed to; or empty
  std::string android_package = {};  // for assetlinks.json
  std::string android_fingerprint = {};  // SHA-256 of its certificate, "AB:CD:…"
  std::string apple_app_id = {};         // "TEAMID.bundle.id"

  [[nodiscard]] bool allows(wire::TestType type) const;
  bool operator==(const Authority&) const = default;
};

// The settings as JSON, and back: strict, a member that is missing has its default. kMalformed with
// the member's name when one is not within its bounds; name, issuer, audience and region are
// needed.
std::string write_authority(const Authority& authority);
Result<Authority> parse_authority(std::string_view json);

// Makes or replaces one. `number` 0: keeps its number, or takes the next one. kInvalid when the id
// is not one.
Result<void> put_authority(store::Store& store, Authority authority, std::string_view actor,
                           Instant now);
Result<std::vector<Authority>> list_authorities(store::Store& store);
// kNotFound when there is none.
Result<Authority> find_authority(store::Sql& sql, std::string_view id);

// What an officer may do: an issuer issues codes; a supervisor sees all codes of the authority and
// revokes with another; an administrator grants; an auditor reads the audit trail.
inline constexpr std::string_view kRoles[] = {"issuer", "supervisor", "administrator", "auditor"};

struct Grant {
  std::string account;
  std::string authority;
  std::string role;

  bool operator==(const Grant&) const = default;
};
// kInvalid for a role or an authority that is none; granting twice changes nothing. `hands`: who
// grants it on the portal, and who stands behind them (http/session.h); empty at the command line.
Result<void> put_grant(store::Store& store, const Grant& grant, std::string_view actor, Instant now,
                       const std::set<std::string, std::less<>>& hands = {});
// kNotFound when there is none.
Result<void> remove_grant(store::Store& store, const Grant& grant, std::string_view actor,
                          Instant now);
// Of one account, or (empty) of all; sorted.
Result<std::vector<Grant>> list_grants(store::Sql& sql, std::string_view account,
                                       std::string_view authority = {});

}  // namespace bz::codes
