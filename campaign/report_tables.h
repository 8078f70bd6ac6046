// The tables of tasks, reports, calls, reminders and consolidated reports within the store
// "campaign".
//
//   task              campaign/tasks.h. rule 1 once, 2 daily, 3 window; days count from 1970-01-01
//   task_body         who is asked, since when
//   due_excuse        who excused what; dues themselves are derived
//   report            campaign/reports.h; (year, number) make the receipt's number. by_key is what
//                     makes a repeated request the same report
//   report_due        which dues it answers, as which version
//   report_line, report_value, report_question    what it says, line by line
//   report_correction figures of a report that were corrected after it came
//   report.known_ms   when it was written, by our clock; of those from before there was one, when
//                     they came
//   original          bytes as they came, by their SHA-256
//   phone_call, phone_call_value    campaign/calls.h
//   is_drill          of a call or a mail that came in a story or a drill: its report is
//                     illustrative, whoever ends or assigns it
//   reminder          rungs that were climbed, once each
//   inbox             what an account is told
//   letter            campaign/letters.h; taken_ms: some server is sending it since then
//   consolidated, consolidated_value, consolidated_body    campaign/consolidated.h
#pragma once

#include <string_view>

namespace bz::campaign {

inline constexpr std::string_view kReportTables = R"(
CREATE TABLE task (id TEXT PRIMARY KEY, letter TEXT NOT NULL, letter_day BIGINT,
                   path TEXT NOT NULL, sentence TEXT NOT NULL, form TEXT NOT NULL,
                   legs TEXT NOT NULL, rule BIGINT NOT NULL, due_ms BIGINT, begins_ms BIGINT,
                   minutes BIGINT, first_day BIGINT, last_day BIGINT, phrase TEXT NOT NULL,
                   issued_ms BIGINT NOT NULL, receiver TEXT NOT NULL, ladder TEXT NOT NULL,
                   made_by TEXT NOT NULL, made_ms BIGINT NOT NULL, stopped_ms BIGINT) WITHOUT ROWID;
CREATE TABLE task_body (task TEXT NOT NULL, body TEXT NOT NULL, place BIGINT NOT NULL,
                        from_ms BIGINT NOT NULL, PRIMARY KEY (task, body)) WITHOUT ROWID;
CREATE INDEX task_by_body ON task_body (body, task);
CREATE TABLE due_excuse (task TEXT NOT NULL, body TEXT NOT NULL, due_ms BIGINT NOT NULL,
                         at_ms BIGINT NOT NULL, made_by TEXT NOT NULL, reason TEXT NOT NULL,
                         stated_ms BIGINT, PRIMARY KEY (task, body, due_ms, at_ms)) WITHOUT ROWID;
CREATE TABLE report (id BIGINT PRIMARY KEY, year BIGINT NOT NULL, number BIGINT NOT NULL,
                     body TEXT NOT NULL, form TEXT NOT NULL, form_version BIGINT NOT NULL,
                     account TEXT NOT NULL, by_key TEXT NOT NULL, digest BLOB NOT NULL,
                     channel BIGINT NOT NULL, received_ms BIGINT NOT NULL, stated_ms BIGINT,
                     on_behalf BIGINT NOT NULL, is_nothing BIGINT NOT NULL, missing_rows TEXT NOT NULL,
                     illustrative BIGINT NOT NULL, reason TEXT NOT NULL, state BIGINT NOT NULL,
                     decided_by TEXT NOT NULL, decided_ms BIGINT, decision_reason TEXT NOT NULL,
                     original BLOB NOT NULL, original_name TEXT NOT NULL,
                     original_type TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX report_by_key ON report (body, account, by_key);
CREATE UNIQUE INDEX report_by_number ON report (year, number);
CREATE INDEX report_by_original ON report (original);
CREATE TABLE report_due (task TEXT NOT NULL, body TEXT NOT NULL, due_ms BIGINT NOT NULL,
                         version BIGINT NOT NULL, report BIGINT NOT NULL,
                         PRIMARY KEY (task, body, due_ms, version)) WITHOUT ROWID;
CREATE INDEX due_of_report ON report_due (report);
CREATE INDEX report_by_due ON report_due (due_ms, task, body);
CREATE TABLE report_line (report BIGINT NOT NULL, line BIGINT NOT NULL, subject TEXT NOT NULL,
                          is_nothing BIGINT NOT NULL, PRIMARY KEY (report, line)) WITHOUT ROWID;
CREATE TABLE report_value (report BIGINT NOT NULL, line BIGINT NOT NULL, place BIGINT NOT NULL,
                           field TEXT NOT NULL, number BIGINT, words TEXT NOT NULL,
                           PRIMARY KEY (report, line, place)) WITHOUT ROWID;
CREATE TABLE report_figure (report BIGINT NOT NULL, line BIGINT NOT NULL, place BIGINT NOT NULL,
                            due_ms BIGINT NOT NULL, figure TEXT NOT NULL,
                            PRIMARY KEY (report, line, place, due_ms)) WITHOUT ROWID;
CREATE TABLE report_question (report BIGINT NOT NULL, place BIGINT NOT NULL, subject TEXT NOT NULL,
                              field TEXT NOT NULL, kind TEXT NOT NULL, says TEXT NOT NULL,
                              says_en TEXT NOT NULL, todo TEXT NOT NULL, todo_en TEXT NOT NULL,
                              PRIMARY KEY (report, place)) WITHOUT ROWID;
CREATE TABLE original (digest BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE phone_call (id BIGINT PRIMARY KEY, body TEXT NOT NULL, form TEXT NOT NULL,
                         dues TEXT NOT NULL, account TEXT NOT NULL, by_key TEXT NOT NULL,
                         spoken_with TEXT NOT NULL, began_ms BIGINT NOT NULL, state BIGINT NOT NULL,
                         ended_ms BIGINT, reason TEXT NOT NULL, report BIGINT) WITHOUT ROWID;
CREATE UNIQUE INDEX call_by_key ON phone_call (account, by_key);
CREATE INDEX call_by_state ON phone_call (state, began_ms);
CREATE INDEX call_by_time ON phone_call (began_ms);
CREATE TABLE phone_call_line (call BIGINT NOT NULL, line BIGINT NOT NULL, subject TEXT NOT NULL,
                              is_nothing BIGINT NOT NULL, agreed BIGINT NOT NULL,
                              PRIMARY KEY (call, line)) WITHOUT ROWID;
CREATE TABLE phone_call_value (call BIGINT NOT NULL, line BIGINT NOT NULL, place BIGINT NOT NULL,
                               field TEXT NOT NULL, number BIGINT, words TEXT NOT NULL,
                               PRIMARY KEY (call, line, place)) WITHOUT ROWID;
CREATE TABLE reminder (task TEXT NOT NULL, body TEXT NOT NULL, due_ms BIGINT NOT NULL,
                       rung BIGINT NOT NULL, at_ms BIGINT NOT NULL,
                       PRIMARY KEY (task, body, due_ms, rung)) WITHOUT ROWID;
CREATE TABLE inbox (id BIGINT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,
                    task TEXT NOT NULL, body TEXT NOT NULL, due_ms BIGINT NOT NULL,
                    at_ms BIGINT NOT NULL, says TEXT NOT NULL, says_en TEXT NOT NULL,
                    read_ms BIGINT) WITHOUT ROWID;
CREATE INDEX inbox_of_account ON inbox (account, id);
CREATE TABLE letter (id BIGINT PRIMARY KEY, channel TEXT NOT NULL, recipient TEXT NOT NULL,
                     sender TEXT NOT NULL, subject TEXT NOT NULL, words TEXT NOT NULL,
                     message_id TEXT NOT NULL, written_ms BIGINT NOT NULL, state BIGINT NOT NULL,
                     tries BIGINT NOT NULL, next_ms BIGINT NOT NULL, taken_ms BIGINT,
                     ended_ms BIGINT) WITHOUT ROWID;
CREATE INDEX letter_to_send ON letter (state, next_ms);
CREATE TABLE consolidated (id BIGINT PRIMARY KEY, task TEXT NOT NULL, form TEXT NOT NULL,
                           due_ms BIGINT NOT NULL, title TEXT NOT NULL, made_by TEXT NOT NULL,
                           made_ms BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE consolidated_value (consolidated BIGINT NOT NULL, place BIGINT NOT NULL,
                                 subject TEXT NOT NULL, measure TEXT NOT NULL, body TEXT NOT NULL,
                                 figure TEXT NOT NULL,
                                 PRIMARY KEY (consolidated, place)) WITHOUT ROWID;
CREATE TABLE consolidated_body (consolidated BIGINT NOT NULL, place BIGINT NOT NULL,
                                body TEXT NOT NULL, status BIGINT NOT NULL, lacking TEXT NOT NULL,
                                late_ms BIGINT, report BIGINT, accepted BIGINT NOT NULL,
                                PRIMARY KEY (consolidated, place)) WITHOUT ROWID;
)";

inline constexpr std::string_view kCorrectionTables = R"(
CREATE TABLE report_correction (report BIGINT NOT NULL, due_ms BIGINT NOT NULL, figure TEXT NOT NULL,
                                at_ms BIGINT NOT NULL, PRIMARY KEY (report, figure)) WITHOUT ROWID;
CREATE INDEX correction_of_due ON report_correction (due_ms, report);
)";

inline constexpr std::string_view kReportKnownAt = R"(
ALTER TABLE report ADD COLUMN known_ms BIGINT;
)";

inline constexpr std::string_view kDrills = R"(
ALTER TABLE phone_call ADD COLUMN is_drill BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN is_drill BIGINT NOT NULL DEFAULT 0;
)";

}  // namespace bz::campaign
