// What waits for a person: in which order it is shown, and how much of it may be strangers'.
#include <array>
#include <map>

#include "campaign/bodies.h"
#include "campaign/intake.h"
#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::int64_t kAtOnce = 500;  // ids read in one go

constexpr std::int64_t number_of(MailState state) {
  return static_cast<std::int64_t>(state);
}
std::string in_states(std::initializer_list<MailState> states) {
  std::string text;
  for (const auto state : states)
    text += (text.empty() ? "" : ", ") + std::to_string(number_of(state));
  return "state IN (" + text + ")";
}
// A letter waits as kNoSheet or kFaulty only once its body is known.
const std::array<std::string, 3>& groups() {
  static const std::array<std::string, 3> kGroups{
      in_states({MailState::kNoSheet, MailState::kFaulty}), in_states({MailState::kUnvouched}),
      in_states({MailState::kUnknownSender, MailState::kUnreadable})};
  return kGroups;
}

// A body's address in From makes a letter its secret, though nobody vouches that it is its.
constexpr std::string_view kWhose =
    "CASE WHEN body = '' THEN COALESCE((SELECT slug FROM body_mail WHERE address = LOWER(sender)), "
    "'') ELSE body END";

struct Waiting {
  std::int64_t id = 0;
  std::string body;
};
Result<std::vector<Waiting>> waiting_in(Sql& sql, const QueuePlace& place) {
  const auto select = "SELECT id, " + std::string(kWhose) + " FROM mail WHERE " +
                      groups().at(static_cast<std::size_t>(place.group)) +
                      " AND id > $1 ORDER BY id LIMIT $2";
  std::vector<Waiting> found;
  auto read = sql.each(select, {place.after, kAtOnce}, [&](const store::Row& row) -> Result<bool> {
    found.push_back({row.integer(0), std::string(row.text(1))});
    return true;
  });
  if (!read) return read.error();
  return found;
}

struct Heap {
  std::int64_t letters = 0;
  std::int64_t bytes = 0;
};
// What waits of one sender, or of all strangers.
Result<Heap> heap_of(Sql& sql, const std::string& where, store::Parameters values) {
  static const std::string kSelect =
      "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(o.content)), 0) AS BIGINT) FROM mail m JOIN "
      "original o ON o.digest = m.original WHERE ";
  Heap heap;
  auto read = sql.each(kSelect + where, values, [&](const store::Row& row) -> Result<bool> {
    heap = {row.integer(0), row.integer(1)};
    return true;
  });
  if (!read) return read.error();
  return heap;
}

std::int64_t day_of(Instant moment) {
  return vi::local_day(moment).time_since_epoch().count();
}

Result<void> count_turned_away(Sql& sql, Instant now) {
  return store::done(
      sql.run("INSERT INTO mail_turned_away (day, times, last_ms) VALUES ($1, 1, $2) ON CONFLICT "
              "(day) DO UPDATE SET times = mail_turned_away.times + 1, last_ms = $2",
              {day_of(now), to_ms(now)}));
}

}  // namespace

Refusal refusal::no_room() {
  return {429,
          "Hàng chờ đã đầy thư chưa xác thực được người gửi, nên thư này chưa được nhận. Máy chủ "
          "thư giữ thư và gửi lại sau; người trực hãy xử lý các thư đang chờ.",
          "Too many letters wait whose senders are not vouched for: this one is not taken. The "
          "mail server keeps it and tries again; somebody on duty must deal with those that wait.",
          {}};
}

Result<MailPage> mail_queue(Sql& sql, const SeesMail& sees, const QueuePlace& from,
                            std::size_t most) {
  std::map<std::string, bool> seen;
  MailPage page;
  QueuePlace last = from;
  QueuePlace place = from;
  while (place.group < static_cast<std::int64_t>(groups().size())) {
    const auto some = waiting_in(sql, place);
    if (!some) return some.error();
    for (const auto& [id, body] : *some) {
      place.after = id;
      if (!seen.contains(body)) {
        const auto is_shown = sees(body);
        if (!is_shown) return is_shown.error();
        seen.emplace(body, *is_shown);
      }
      if (!seen.at(body)) continue;
      if (page.mail.size() == most) {
        page.next = last;
        return page;
      }
      auto mail = find_mail(sql, id);
      if (!mail) return mail.error();
      if (*mail) page.mail.push_back(std::move(**mail));
      last = place;
    }
    if (some->size() < static_cast<std::size_t>(kAtOnce)) place = {place.group + 1, 0};
  }
  return page;
}

Result<std::string> whose(Sql& sql, const TakenMail& mail) {
  if (!mail.body.empty()) return mail.body;
  const auto body = body_of_mail(sql, mail.from);
  if (!body) return body.error();
  return *body ? (*body)->slug : std::string{};
}

Result<StrangersMail> strangers_mail(Sql& sql, Instant now) {
  StrangersMail strangers;
  const auto waiting = sql.integer("SELECT COUNT(*) FROM mail WHERE " + groups()[2]);
  if (!waiting) return waiting.error();
  strangers.waiting = waiting->value_or(0);
  auto read = sql.each(
      "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT), MAX(last_ms) FROM mail_turned_away WHERE "
      "day > $1",
      {day_of(now) - 7}, [&](const store::Row& row) -> Result<bool> {
        strangers.turned_away = row.integer(0);
        strangers.turned_away_at = instant_at(row, 1);
        return true;
      });
  if (!read) return read.error();
  return strangers;
}

Result<bool> has_room(Sql& sql, const MailRoom& room, MailState state, std::string_view sender,
                      std::size_t bytes, Instant now) {
  const bool is_strangers = state == MailState::kUnknownSender || state == MailState::kUnreadable;
  if (!is_strangers && state != MailState::kUnvouched) return true;
  const auto more = static_cast<std::int64_t>(bytes);
  const auto fits = [&](const Heap& heap, std::int64_t letters, std::int64_t all) {
    return heap.letters < letters && heap.bytes + more <= all;
  };
  const store::Parameter address = sender;
  const auto of_address =
      heap_of(sql, "m.sender = $1 AND (m." + groups()[1] + " OR m." + groups()[2] + ")",
              store::Parameters(&address, 1));
  if (!of_address) return of_address.error();
  bool is_room = fits(*of_address, room.address_letters, room.address_bytes);
  if (is_room) {
    const auto of_all = heap_of(sql, "m." + groups().at(is_strangers ? 2 : 1), {});
    if (!of_all) return of_all.error();
    is_room = is_strangers ? fits(*of_all, room.strangers_letters, room.strangers_bytes)
                           : fits(*of_all, room.unvouched_letters, room.unvouched_bytes);
  }
  if (is_room) return true;
  if (auto counted = count_turned_away(sql, now); !counted) return counted.error();
  return false;
}

}  // namespace bz::campaign
