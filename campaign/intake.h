// Intake of reports by mail. Every letter is kept as it came. Its sender is matched to a body by
// address (bodies.h), where our mail server vouches for the sender (papers/authentication.h):
// anybody can write any address. From an address that is nobody's, or for which nobody vouches, it
// waits, its attachment unread, until a person says whose it is or sets it aside. A letter that
// cannot become a report waits too, with what is wrong with it.
//
// received_at is when our intake took it, also when it becomes a report only later: then it is on
// time by that, and known from when it was assigned. The same letter twice is one: of a sender who
// is vouched for, the same Message-ID and content; of others, who may write anybody's address and
// Message-ID, the same bytes, as our own mail server hands them over again.
//
// Anybody can send letters, so what waits of senders who are not vouched for has a bound.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/answers.h"
#include "campaign/reports.h"

namespace bz::campaign {

enum class MailState : std::int64_t {
  kReported = 1,       // it became a report
  kUnknownSender = 2,  // nobody's address
  kUnreadable = 3,     // no letter that can be read
  kNoSheet = 4,        // no attachment, or several, that may be a form
  kFaulty = 5,         // its sheet has faults, or its report was refused
  kSetAside = 6,       // a person decided that it is no report
  kForgotten = 7,      // 90 days after it came without becoming one (retention.h)
  kUnvouched = 8,      // a body's address, and our mail server does not vouch for it
};
// "reported", "unknown_sender", "unreadable", "no_sheet", "faulty", "set_aside", "forgotten",
// "unvouched_sender".
std::string_view to_text(MailState state);
std::optional<MailState> mail_state_from(std::string_view text);
// Whether a person has still to look at it.
constexpr bool is_waiting(MailState state) {
  return state != MailState::kReported && state != MailState::kSetAside &&
         state != MailState::kForgotten;
}

struct TakenMail {
  std::int64_t id = 0;
  MailState state{};
  Instant received_at{};
  std::string from;     // a claim, not a proof
  std::string subject;  // at most 200 characters of it
  std::string message_id;
  std::string body;  // whose it is; empty while unknown
  Digest original{};
  std::vector<Fault> faults;  // why it waits
  std::optional<std::int64_t> report;
  std::string decided_by;  // who assigned it or set it aside
  std::optional<Instant> decided_at;
  std::string reason;
  bool is_drill = false;  // it came in a drill, so what becomes of it is illustrative
};

struct MailAnswer {
  TakenMail mail;
  std::optional<Receipt> receipt;
  bool is_repeated = false;  // it had come before; what became of it then
};

// How much may wait: of one address that nobody vouches for or that is nobody's (all that cannot be
// read is as of one), of all bodies' addresses that nobody vouches for, and of all strangers. What
// a body sent, and our mail server vouches for, is always taken.
struct MailRoom {
  std::int64_t address_letters = 100;
  std::int64_t address_bytes = 200'000'000;
  std::int64_t unvouched_letters = 10'000;
  std::int64_t unvouched_bytes = 5'000'000'000;
  std::int64_t strangers_letters = 1'000;
  std::int64_t strangers_bytes = 1'000'000'000;
};

// How letters are taken here.
struct MailRules {
  // Our mail server's name in Authentication-Results; empty: nobody vouches, and all wait.
  std::string authserv_id = {};
  // Whose address answers carry (a receipt, or what to mend); empty: none are written.
  std::string mail_from = {};
  bool is_illustrative = false;  // Submission's
  MailRoom room = {};
};

namespace refusal {
Refusal dealt_with();  // 409: it waits no more
Refusal no_room();     // 429: MailRoom; nothing of it is kept
}  // namespace refusal

// A letter that was read, and what is to become of it.
struct ReadLetter {
  Bytes message;
  Instant received_at{};
  Digest by_key{};
  Digest content{};
  std::string from, subject, message_id;
  bool is_automatic = false;  // papers::Mail's
  std::string body;           // whose it is; empty while unknown
  // A report to hand in; or why it waits.
  std::optional<Submission> submission = {};
  MailState state{};
  std::vector<Fault> faults = {};
};
// It takes as long as the letter is large, so it is done before the writing transaction, in a
// reading one. kInvalid over papers::kMostMailBytes.
Result<ReadLetter> read_letter(store::Sql& sql, ByteView message, Instant received_at,
                               const MailRules& rules);
// Keeps it, and hands in its report. `now` is our clock (Submission::known_at). A letter for which
// there is no room is refused and counted: who brought it keeps it and comes again.
Given<MailAnswer> take_mail(store::Sql& sql, ReadLetter letter, const MailRules& rules,
                            Instant now);

// What is not answered: a letter that a program wrote, and one after so many answers to its sender
// in 24 hours.
inline constexpr std::int64_t kMostAnswers = 20;

// A person says whose it is, and perhaps for which form and dues. 404 when there is no such letter
// or body, 409 when it waits no more. With faults it goes on waiting, and they are given.
struct MailAssignment {
  std::int64_t mail = 0;
  std::string body;
  std::string form = {};          // empty: the one whose headings it has
  std::vector<DueKey> dues = {};  // empty: those it names, else dues_meant()
  bool remember_sender = false;   // its address is the body's from now on
  bool is_illustrative = false;   // Submission's
};
// As read_letter().
Given<ReadLetter> read_assigned(store::Sql& sql, const MailAssignment& assignment,
                                std::string_view account);
Given<MailAnswer> assign_mail(store::Sql& sql, const MailAssignment& assignment, ReadLetter letter,
                              std::string_view account, Instant now);
// It is no report, or was entered by hand. A reason is compulsory.
Given<TakenMail> set_mail_aside(store::Sql& sql, std::int64_t mail, std::string_view reason,
                                std::string_view account, Instant now);

Result<std::optional<TakenMail>> find_mail(store::Sql& sql, std::int64_t id);
// The letters that wait, in three groups, each the oldest first: those of bodies; those from a
// body's address for which nobody vouches; strangers' and those that cannot be read.
struct QueuePlace {
  std::int64_t group = 0;  // 0, 1, 2
  std::int64_t after = 0;  // the id of the letter before it
};
struct MailPage {
  std::vector<TakenMail> mail;
  std::optional<QueuePlace> next;  // there are more
};
inline constexpr std::size_t kMailPage = 200;
// Who may see a letter: whoever may see those of this body, which is that of its address where
// nobody vouches for it; empty: it is nobody's.
Result<std::string> whose(store::Sql& sql, const TakenMail& mail);
// Whether letters of this body are shown; asked with "" of all that is nobody's.
using SeesMail = std::function<Result<bool>(std::string_view body)>;
// A page of what is shown: what is not takes nobody's place.
Result<MailPage> mail_queue(store::Sql& sql, const SeesMail& sees, const QueuePlace& from = {},
                            std::size_t most = kMailPage);

struct StrangersMail {
  std::int64_t waiting = 0;      // of the third group
  std::int64_t turned_away = 0;  // times in the last seven days that there was no room
  std::optional<Instant> turned_away_at = {};
};
Result<StrangersMail> strangers_mail(store::Sql& sql, Instant now);
// Whether there is room for a letter of this sender that waits as `state`; where there is none,
// that is counted. Part of take_mail().
Result<bool> has_room(store::Sql& sql, const MailRoom& room, MailState state,
                      std::string_view sender, std::size_t bytes, Instant now);
// The letter as it came: find_original(sql, mail.original).

//   mail   one row a letter; by_key: sender (vouched for) and Message-ID, or the letter's own
//          SHA-256; content: SHA-256 of what it says, as letters differ by the stations they passed
inline constexpr std::string_view kMailTables =
    "CREATE TABLE mail (id BIGINT PRIMARY KEY, by_key BLOB NOT NULL, content BLOB NOT NULL, "
    "state BIGINT NOT NULL, received_ms BIGINT NOT NULL, sender TEXT NOT NULL, "
    "subject TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL, "
    "original BLOB NOT NULL, faults TEXT NOT NULL, report BIGINT, decided_by TEXT NOT NULL, "
    "decided_ms BIGINT, reason TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX mail_by_key ON mail (by_key, content);"
    "CREATE INDEX mail_by_state ON mail (state, id);";
inline constexpr std::string_view kMailBySender =
    "CREATE INDEX mail_by_sender ON mail (sender, received_ms);";
//   mail_turned_away   how often a day there was no room, and when last
inline constexpr std::string_view kMailTurnedAway =
    "CREATE TABLE mail_turned_away (day BIGINT PRIMARY KEY, times BIGINT NOT NULL, "
    "last_ms BIGINT NOT NULL);"
    "CREATE INDEX letter_by_recipient ON letter (recipient, written_ms);";

}  // namespace bz::campaign
