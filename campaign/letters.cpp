#include "campaign/letters.h"

#include <algorithm>

#include "campaign/report_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::chrono::hours kGivenUpAfter{48};

struct Taken {
  Letter letter;
  std::int64_t tries = 0;
};

std::int64_t number_of(LetterState state) {
  return static_cast<std::int64_t>(state);
}

// The next that waits, marked as ours; nothing when none does.
Result<std::optional<Taken>> take_one(Sql& sql, std::string_view channel, Instant now) {
  const auto stale = to_ms(now - kLongestSending);
  std::vector<Taken> waiting;
  auto read = sql.each(
      "SELECT id, recipient, sender, subject, words, message_id, written_ms, tries FROM letter "
      "WHERE state = 1 AND next_ms <= $1 AND channel = $2 AND (taken_ms IS NULL OR taken_ms < $3) "
      "ORDER BY next_ms, id LIMIT 10",
      {to_ms(now), channel, stale}, [&](const store::Row& row) -> Result<bool> {
        Taken one;
        one.letter.id = row.integer(0);
        one.letter.channel = channel;
        one.letter.to = row.text(1);
        one.letter.from = row.text(2);
        one.letter.subject = row.text(3);
        one.letter.text = row.text(4);
        one.letter.message_id = row.text(5);
        one.letter.written = from_ms(row.integer(6));
        one.tries = row.integer(7);
        waiting.push_back(std::move(one));
        return true;
      });
  if (!read) return read.error();
  for (auto& one : waiting) {
    // Another server may have been faster.
    const auto marked = sql.run(
        "UPDATE letter SET taken_ms = $2 WHERE id = $1 AND state = 1 AND (taken_ms IS NULL OR "
        "taken_ms < $3)",
        {one.letter.id, to_ms(now), stale});
    if (!marked) return marked.error();
    if (*marked == 1) return std::optional(std::move(one));
  }
  return std::optional<Taken>{};
}

bool is_worth_repeating(const Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kDenied;
}

// What became of it. Only where it is still ours: another may have taken it when we were slow.
Result<void> note_end(Sql& sql, const Taken& one, Instant taken, LetterState state, Instant now) {
  const auto minutes =
      std::min<std::int64_t>(60, std::int64_t{1} << std::min<std::int64_t>(one.tries, 6));
  const auto next = now + std::chrono::minutes{minutes};
  const auto ended =
      state == LetterState::kWaiting ? store::Parameter{} : store::Parameter{to_ms(now)};
  return store::done(
      sql.run("UPDATE letter SET state = $2, tries = $3, next_ms = $4, taken_ms = NULL, ended_ms = "
              "$5 WHERE "
              "id = $1 AND taken_ms = $6",
              {one.letter.id, number_of(state), one.tries + 1, to_ms(next), ended, to_ms(taken)}));
}

}  // namespace

Result<papers::Delivery> MailSender::send(const Letter& letter) {
  papers::MailToSend mail;
  mail.from = letter.from;
  mail.to = {letter.to};
  mail.subject = letter.subject;
  mail.message_id = letter.message_id;
  mail.dated = letter.written;
  mail.text = letter.text;
  mail.auto_submitted =
      letter.message_id.starts_with(kAnswerBegins) ? "auto-replied" : "auto-generated";
  return papers::send_mail(server_, mail);
}

Result<std::int64_t> put_letter(Sql& sql, const Letter& letter) {
  if (auto locked = sql.lock("letters"); !locked) return locked.error();
  const auto id = next_id(sql, "SELECT MAX(id) FROM letter");
  if (!id) return id.error();
  auto written = sql.run(
      "INSERT INTO letter (id, channel, recipient, sender, subject, words, message_id, written_ms, "
      "state, tries, next_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, $8)",
      {*id, std::string_view(letter.channel), std::string_view(letter.to),
       std::string_view(letter.from), std::string_view(letter.subject),
       std::string_view(letter.text), std::string_view(letter.message_id), to_ms(letter.written)});
  if (!written) return written.error();
  return *id;
}

Result<Sent> send_waiting(store::Store& store, std::string_view channel, Sender& sender,
                          const Clock& clock, std::size_t most) {
  Sent counts;
  for (std::size_t i = 0; i < most; ++i) {
    const Instant taken = clock.now();
    auto one = store.write([&](Sql& sql) { return take_one(sql, channel, taken); });
    if (!one) return one.error();
    if (!*one) break;
    const auto sent = sender.send((*one)->letter);
    const Instant now = clock.now();
    const bool is_over = now - (*one)->letter.written > kGivenUpAfter;
    auto state = LetterState::kSent;
    if (!sent || *sent == papers::Delivery::kPutOff) {
      const bool is_worth_it = sent || is_worth_repeating(sent.error());
      state = is_worth_it && !is_over ? LetterState::kWaiting : LetterState::kRefused;
    }
    auto noted = store.write([&](Sql& sql) { return note_end(sql, **one, taken, state, now); });
    if (!noted) return noted.error();
    if (state == LetterState::kSent) ++counts.sent;
    if (state == LetterState::kWaiting) ++counts.again;
    if (state == LetterState::kRefused) {
      ++counts.refused;
      counts.why = sent ? "put off for two days" : sent.error().what;
    }
    if (state == LetterState::kWaiting && !sent) break;
  }
  return counts;
}

Result<LetterCounts> count_letters(Sql& sql) {
  LetterCounts counts;
  auto read = sql.each("SELECT state, COUNT(*), MIN(written_ms) FROM letter GROUP BY state", {},
                       [&](const store::Row& row) -> Result<bool> {
                         const auto state = static_cast<LetterState>(row.integer(0));
                         if (state == LetterState::kSent) counts.sent = row.integer(1);
                         if (state == LetterState::kRefused) counts.refused = row.integer(1);
                         if (state == LetterState::kWaiting) {
                           counts.waiting = row.integer(1);
                           counts.oldest_waiting = instant_at(row, 2);
                         }
                         return true;
                       });
  if (!read) return read.error();
  return counts;
}

}  // namespace bz::campaign
