// Issuing a code: by a program (POST /api/issue), an officer, or for a person who reports by
// themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/authorities.h"
#include "codes/code_store.h"
#include "codes/core.h"
#include "wire/json_reader.h"

namespace bz::codes {

inline constexpr std::size_t kMaxBody = 64'000;
inline constexpr std::size_t kMaxBatch = 10;
inline constexpr std::size_t kMaxBulk = 1'000;

// As it stands in the body of POST /api/issue.
struct IssueRequest {
  std::string symptom_date;
  std::string test_date;
  std::string test_type;
  double tz_offset = 0;  // minutes ahead of UTC
  std::string phone;
  std::string template_label;
  std::string uuid;
  std::string external_issuer;
  bool only_generate_sms = false;

  bool operator==(const IssueRequest&) const = default;
};
// kMalformed: unparsable_request.
Result<IssueRequest> parse_issue_request(std::string_view body);
std::string write_issue_request(const IssueRequest& request);
// `codes`, 1 to `most` of them.
Result<std::vector<IssueRequest>> parse_batch_request(std::string_view body, std::size_t most);
// {"uuid", "padding"}, of status and expiry.
Result<std::string> parse_uuid_request(std::string_view body);

// Who issues: stands in the code's row and in counters, and is held to quotas.
struct Issuer {
  std::string who;                         // "account:NAME" or "key:ID"
  std::optional<std::int64_t> quota = {};  // a day; none: only the authority's
  std::string account = {};  // of an officer: what is issued stands in the audit trail
};

// A request that is right.
struct CodeOrder {
  wire::TestType type = wire::TestType::kConfirmed;
  std::optional<Day> symptom_day;
  std::optional<Day> test_day;
  std::string phone;  // E.164 or empty
  std::string template_label;
  std::string uuid;  // empty: one is drawn
  std::string external_issuer;
  bool only_generate_sms = false;
  Bytes nonce;  // of a self-report
};
Outcome<CodeOrder> check_order(const Authority& authority, const IssueRequest& request,
                               Instant now);

struct Issued {
  std::string uuid;
  std::string code;
  Instant expires;
  Instant long_expires;
  std::string generated_sms;  // and `phone`: only with onlyGenerateSMS
  std::string phone;
};
std::string write_issued(const Issued& issued);

// Makes the code, keeps it, and sends it where there is a phone and a gateway. When the gateway
// refuses, there is no code.
Result<Outcome<Issued>> place_order(const Core& core, const Authority& authority,
                                    const Issuer& issuer, const CodeOrder& order);

// Of many without phones, in one transaction; answers in the order of `requests`.
Result<std::vector<Outcome<Issued>>> place_bulk(const Core& core, const Authority& authority,
                                                const Issuer& issuer,
                                                const std::vector<IssueRequest>& requests);

}  // namespace bz::codes
