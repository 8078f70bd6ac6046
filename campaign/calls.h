// Reports by telephone. An officer presses "call begins": that moment is the report's received_at.
// While the caller speaks, the officer types the rows and reads each back; a row counts when the
// caller agreed. A row that was not agreed is asked again: until every row given is agreed, nothing
// of the call becomes a report, and the call stays open and is shown with what to ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "campaign/reports.h"

namespace bz::campaign {

// Longer calls are not believed: the moment of another one counts.
inline constexpr std::chrono::hours kLongestCall{1};

struct NewCall {
  std::string body;
  std::string form;
  std::vector<DueKey> dues = {};  // may be named at the end
  std::string account;            // the officer's
  std::string key;  // of this call, as an Idempotency-Key: the same gives the same call
  std::string spoken_with = {};  // the post of who called, not a name
  bool is_drill = false;         // its report is illustrative, whenever it ends
};

enum class CallState : std::int64_t { kOpen = 1, kFinished = 2, kBrokenOff = 3 };
std::string_view to_text(CallState state);

struct CallLine {
  Line line;
  bool agreed = false;  // read back, and the caller said yes
};

struct PhoneCall {
  std::int64_t id = 0;
  std::string body;
  std::string form;
  std::vector<DueKey> dues;
  std::string account;
  std::string spoken_with;
  bool is_drill = false;
  Instant began{};
  CallState state{};
  std::optional<Instant> ended;
  std::string reason;           // why it was broken off
  std::vector<CallLine> lines;  // as typed so far
  std::optional<std::int64_t> report;
};

// `now` is kept as its beginning. The same again (key, body, form, dues, who spoke) gives the call
// that there is; 409 where the key was another call's. Refused for a body or a form that is none.
struct BegunCall {
  PhoneCall call;
  bool is_repeated = false;
};
Given<BegunCall> begin_call(store::Sql& sql, const NewCall& call, Instant now);

// Takes the rows as they are now. With every row agreed (or `nothing`), makes the report, received
// when the call began; the same lines again give the same receipt. Otherwise the rows are kept, and
// `to_ask` says which are to be asked again. Refused as submit() refuses (the rows are kept all the
// same), and when the call began more than kLongestCall ago.
struct CallEntry {
  std::int64_t call = 0;
  std::vector<DueKey> dues = {};  // empty: those named at the beginning, else dues_meant()
  std::vector<CallLine> lines = {};
  bool nothing = false;
  std::string reason = {};       // of a correction
  bool is_illustrative = false;  // Submission's
};
struct CallAnswer {
  PhoneCall call;
  std::vector<std::string> to_ask;  // subjects
  std::optional<Receipt> receipt;
  std::optional<Refusal> refused;  // why the report was not taken; the call stays open
};
Given<CallAnswer> enter_call(store::Sql& sql, const CallEntry& entry, std::string_view account,
                             Instant now);
// The line was cut, or it was no report. A reason is compulsory.
Given<PhoneCall> break_off(store::Sql& sql, std::int64_t call, std::string_view reason,
                           Instant now);

Result<std::optional<PhoneCall>> find_call(store::Sql& sql, std::int64_t id);
// Oldest first; those of one body or of all.
Result<std::vector<PhoneCall>> open_calls(store::Sql& sql, std::string_view body = {});
// Those that began in [from, to), newest first: the duty log.
Result<std::vector<PhoneCall>> calls(store::Sql& sql, Instant from, Instant to,
                                     std::string_view body = {});

}  // namespace bz::campaign
