// Tasks, dues, reports and what belongs to them as JSON, as docs/api/openapi.yaml has them; and
// lines of a report from JSON.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "campaign/calls.h"
#include "campaign/consolidated.h"
#include "campaign/form_description.h"
#include "campaign/intake.h"
#include "campaign/reconciliation.h"
#include "campaign/registers.h"
#include "campaign/reminders.h"
#include "campaign/reports.h"
#include "wire/json_reader.h"

namespace bz::campaign {

std::string form_json(const Form& form);
std::string form_description_json(const FormDescription& description, Instant now);
// `bodies`: those that the asker may know of.
std::string task_json(const Task& task, const std::vector<std::string>& bodies);
std::string due_json(const Due& due, Instant now);
std::string tally_json(const Tally& tally);
std::string alert_json(const Alert& alert);
std::string inbox_json(const InboxEntry& entry);
std::string question_json(const Question& question);
std::string receipt_json(const Receipt& receipt);
std::string report_json(const Report& report, const Standing& standing,
                        const std::vector<Reconciliation>& disagrees);
std::string call_json(const PhoneCall& call);
std::string mail_json(const TakenMail& mail);
std::string reconciled_cell_json(const ReconciledCell& cell);
std::string reconciliation_json(const Reconciliation& reconciliation);
std::string consolidated_json(const Consolidated& consolidated);

// "lines": [{"subject", "nothing", "values": [{"column", "number"} or {"column", "words"}]}].
// Counts and rates in words are read as people write them; what is not clear, or is another number
// than `number` beside it, is a fault at "lines/0/installed". More members of a line are read by
// `also`.
struct LinesRead {
  std::vector<Line> lines;
  std::vector<Fault> faults;
};
Result<LinesRead> read_lines(const Form& form, wire::JsonReader& json,
                             const std::function<void(wire::JsonReader&)>& also = {});
// "dues": ["bp-5.2:viettel-70:1598346000000"]; nothing when one is no due.
std::optional<std::vector<DueKey>> dues_from(const std::vector<std::string>& texts);
// The same with commas between, as in a query.
std::optional<std::vector<DueKey>> dues_from(std::string_view text);

}  // namespace bz::campaign
