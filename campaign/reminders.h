// Reminders (nhắc việc): each rung of a task's ladder is climbed once for each due, by however many
// servers, and only where something wanted has not come. A reminder lands in the inbox of who is in
// charge of the body (at the last rung also of who accepts its reports) and, where there is a mail
// address, in a box of letters to be sent (campaign/letters.h).
//
// After a pause the newest rung whose time has come is climbed, and those before it are passed
// over; nothing is sent a day after its time.
//
// In charge: the accounts of the body's posts, and those with a clerk's grant over just this body.
// Who accepts: those with an approver's grant over the body; else over the nearest body above it;
// else over the task's receiver.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "campaign/dues.h"
#include "store/store.h"

namespace bz::campaign {

struct Reminded {
  DueKey due;
  Rung rung;
  int to_inboxes = 0;
  int letters = 0;
};
// What is due at `now`, written kRemindedAtOnce to a transaction, so that reports come in between.
// `mail_from` is whose address letters carry; empty: none are written. Any number of servers, any
// number of times.
inline constexpr std::size_t kRemindedAtOnce = 50;
Result<std::vector<Reminded>> remind(store::Store& store, std::string_view mail_from, Instant now);

// A letter in somebody's inbox.
struct InboxEntry {
  std::int64_t id = 0;
  std::string account;
  std::string kind;  // "reminder"
  DueKey due;
  Instant at{};
  std::string says, says_en;
  std::optional<Instant> read_at;
};
// Newest first, from before `before` (0: from the last).
Result<std::vector<InboxEntry>> inbox(store::Sql& sql, std::string_view account,
                                      std::int64_t before = 0, std::size_t most = 100);
// False when it is not this account's.
Result<bool> mark_read(store::Sql& sql, std::string_view account, std::int64_t id, Instant now);

}  // namespace bz::campaign
