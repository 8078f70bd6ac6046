// `bz report …` and `bz mail intake`: what bodies hand in, who has not, and what is made of it, at
// a terminal. Each asks what the portal would ask (tools/campaign_client.h); --json gives the HTTP
// answer.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "tools/campaign_client.h"

namespace bz::tools {

// A form that was filled in: XLSX, CSV, or JSON as POST /reports has it, told apart by its content.
struct HandInOptions {
  CampaignOptions client;
  std::filesystem::path file;
  std::string body;      // a slug; JSON says it itself
  std::string form;      // empty: bm1; JSON says it itself
  std::string due;       // ids as `bz report register` shows them, with commas between
  std::string reason;    // of a correction
  std::string key = {};  // of submit: instead of the one made of content, due and reason
};
// What submit would say, and nothing is kept. What is to be mended goes to `out`, a line each, and
// the error says how many.
Result<void> run_report_check(const HandInOptions& options, std::ostream& out);
// Prints the receipt. The same file for the same due (or, where none is named, on the same day)
// gives the same receipt.
Result<void> run_report_submit(const HandInOptions& options, std::ostream& out);

struct MailIntakeOptions {
  CampaignOptions client;
};
// A letter as it came (message/rfc822). One that waits for a person is taken, too.
Result<void> run_mail_intake(const MailIntakeOptions& options, std::istream& in, std::ostream& out);

struct RegisterOptions {
  CampaignOptions client;
  std::string body;
  std::string task;
  std::string from, to;  // days; else today
  bool all = false;      // else who is late and who is missing
};
Result<void> run_report_register(const RegisterOptions& options, std::ostream& out);

struct InboxOptions {
  CampaignOptions client;
};
// The reminders of whoever asks, oldest first.
Result<void> run_report_inbox(const InboxOptions& options, std::ostream& out);

struct ReconcileOptions {
  CampaignOptions client;
  std::string due;  // an id; empty: all of a day whose legs differ
  std::string on;
  bool all = false;  // cells that do not differ, too
  // To decide one: its id as shown, the number that counts from now on, and why.
  std::string cell;
  std::string value;
  std::string reason;
};
Result<void> run_report_reconcile(const ReconcileOptions& options, std::ostream& out);

struct ReportShowOptions {
  CampaignOptions client;
  std::string id;
  std::filesystem::path original;  // where to write the bytes as they came
};
Result<void> run_report_show(const ReportShowOptions& options, std::ostream& out);

struct DecideOptions {
  CampaignOptions client;
  std::string id;
  std::string reason = {};  // of a return
  std::string seen = {};    // as `show` printed it; to accept
};
// Without `seen` it shows what stands now, and accepts nothing.
Result<void> run_report_accept(const DecideOptions& options, std::ostream& out);
Result<void> run_report_return(const DecideOptions& options, std::ostream& out);

struct ConsolidateOptions {
  CampaignOptions client;
  std::string task;
  std::string due_before;
  std::string title;
};
Result<void> run_report_consolidate(const ConsolidateOptions& options, std::ostream& out);

}  // namespace bz::tools
