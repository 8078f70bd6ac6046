#include "campaign/retention.h"

#include <string>

#include "campaign/intake.h"
#include "campaign/letters.h"

namespace bz::campaign {
namespace {

using store::Sql;

// Letters of which no report was made, and that came before $1.
constexpr auto kFirst = static_cast<std::int64_t>(MailState::kUnknownSender);
constexpr auto kLast = static_cast<std::int64_t>(MailState::kSetAside);
static_assert(static_cast<std::int64_t>(MailState::kReported) < kFirst &&
              static_cast<std::int64_t>(MailState::kForgotten) > kLast);
std::string old_letters(const std::string& mail) {
  return "(" + mail + ".state BETWEEN " + std::to_string(kFirst) + " AND " + std::to_string(kLast) +
         " OR " + mail +
         ".state = " + std::to_string(static_cast<std::int64_t>(MailState::kUnvouched)) + ")" +
         " AND " + mail + ".received_ms < $1";
}

// An original that something else came with, too, stays.
Result<void> delete_originals(Sql& sql, Instant before) {
  static const std::string kDelete =
      "DELETE FROM original WHERE digest IN (SELECT m.original FROM mail m WHERE " +
      old_letters("m") +
      ") AND NOT EXISTS (SELECT 1 FROM report r WHERE r.original = original.digest) AND NOT EXISTS "
      "(SELECT 1 FROM mail k WHERE k.original = original.digest AND k.received_ms >= $1)";
  const auto deleted = sql.run(kDelete, {to_ms(before)});
  if (!deleted) return deleted.error();
  return {};
}

Result<std::int64_t> blank_rows(Sql& sql, Instant before, Instant now) {
  static const std::string kBlank =
      "UPDATE mail SET sender = '', subject = '', message_id = '', faults = '{\"faults\":[]}', "
      "decided_by = CASE WHEN state = " +
      std::to_string(kLast) +
      " THEN decided_by ELSE 'server' END, decided_ms = CASE WHEN state = " +
      std::to_string(kLast) + " THEN decided_ms ELSE $2 END, state = " +
      std::to_string(static_cast<std::int64_t>(MailState::kForgotten)) + " WHERE " +
      old_letters("mail");
  return sql.run(kBlank, {to_ms(before), to_ms(now)});
}

}  // namespace

Result<Forgotten> forget_letters(Sql& sql, Instant now) {
  static const std::string kAny = "SELECT 1 FROM mail m WHERE " + old_letters("m") + " LIMIT 1";
  const Instant before = now - kLetterKept;
  Forgotten forgotten;
  const auto any = sql.integer(kAny, {to_ms(before)});
  if (!any) return any.error();
  if (*any) {
    // In the order in which intake takes them: nothing comes with an original that is going.
    for (const auto* name : {"mail", "reports"}) {
      if (auto locked = sql.lock(name); !locked) return locked.error();
    }
    if (auto deleted = delete_originals(sql, before); !deleted) return deleted.error();
    const auto blanked = blank_rows(sql, before, now);
    if (!blanked) return blanked.error();
    forgotten.received = *blanked;
  }
  const auto sent = sql.run("DELETE FROM letter WHERE state <> $1 AND ended_ms < $2",
                            {static_cast<std::int64_t>(LetterState::kWaiting), to_ms(before)});
  if (!sent) return sent.error();
  forgotten.sent = *sent;
  const auto counts = sql.run("DELETE FROM mail_turned_away WHERE last_ms < $1", {to_ms(before)});
  if (!counts) return counts.error();
  return forgotten;
}

}  // namespace bz::campaign
