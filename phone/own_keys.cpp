#include "phone/own_keys.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "phone/scan_row.h"

namespace bz::phone {

// A key as it lies sealed in the file; docs/formats/phone-log.md draws it.
struct OwnKeys::Row {
  std::int64_t id = 0;
  OwnKey own;
  bool ended = false;

  [[nodiscard]] Day day() const { return day_of(start_of(own.key.start)); }
};

namespace {

constexpr std::size_t kRowSize = 23;

Bytes own_key_context(std::int64_t id, Day day) {
  return context_of("own key", id, number_of(day));
}

Error damaged() {
  return {Code::kMalformed, "the log is damaged: an own key does not open"};
}

Error went_back() {
  return {Code::kConflict, "the clock went back into a time for which a key has ended"};
}

Error out_of_time() {
  return {Code::kInvalid, "an own key's day lies between 1970 and 9999"};
}

bool in_time(Instant now) {
  return now >= Instant{Day{}} && day_of(now) <= kLastDay;
}

Bytes write_own_key(const OwnKey& own, bool ended) {
  Bytes plain(kRowSize);
  std::ranges::copy(own.key.bytes, plain.begin());
  put_le(std::span(plain).subspan(16, 4), own.key.start.number);
  plain[20] = static_cast<std::uint8_t>(own.key.period);
  plain[21] = static_cast<std::uint8_t>(own.profile);
  plain[22] = ended ? 1 : 0;
  return plain;
}

// Nothing when the bytes break the format or say a time outside `day`.
std::optional<std::pair<OwnKey, bool>> parse_own_key(ByteView plain, Day day) {
  if (plain.size() != kRowSize || plain[22] > 1) return std::nullopt;
  OwnKey own;
  std::copy_n(plain.begin(), own.key.bytes.size(), own.key.bytes.begin());
  own.key.start = {static_cast<std::uint32_t>(get_le(plain.subspan(16, 4)))};
  own.key.period = plain[20];
  own.profile = static_cast<engine::Profile>(plain[21]);
  const auto first = first_interval(day).number;
  if (own.key.period < 1 || own.key.start.number < first ||
      std::uint64_t{own.key.start.number} + own.key.period > first + kIntervalsPerDay)
    return std::nullopt;
  if (own.profile != engine::Profile::kGaen && own.profile != engine::Profile::kBluezone4)
    return std::nullopt;
  return std::pair{own, plain[22] == 1};
}

}  // namespace

Result<std::vector<OwnKeys::Row>> OwnKeys::rows(Day first, Day last) {
  auto statement = store_->database().prepare(
      "SELECT id, number, sealed FROM own_key WHERE number BETWEEN ? AND ? ORDER BY number, id");
  if (!statement) return statement.error();
  statement->bind(1, number_of(first)).bind(2, number_of(last));
  std::vector<Row> found;
  for (;;) {
    const auto row = statement->step();
    if (!row) return row.error();
    if (!*row) return found;
    const auto id = statement->integer(0);
    const Day day{std::chrono::days{statement->integer(1)}};
    const auto plain =
        Store::open_blob(store_->wrapping_key(), own_key_context(id, day), statement->blob(2));
    if (!plain) return damaged();
    const auto parsed = parse_own_key(*plain, day);
    if (!parsed) return damaged();
    found.push_back({id, parsed->first, parsed->second});
  }
}

Result<void> OwnKeys::insert(const Row& row) {
  const auto last = store_->database().integer("SELECT ifnull(max(id), 0) FROM own_key");
  if (!last) return last.error();
  auto statement =
      store_->database().prepare("INSERT INTO own_key(id, number, sealed) VALUES(?, ?, ?)");
  if (!statement) return statement.error();
  const auto id = *last + 1;
  const auto sealed = store_->seal_blob(store_->wrapping_key(), own_key_context(id, row.day()),
                                        write_own_key(row.own, row.ended));
  return statement->bind(1, id).bind(2, number_of(row.day())).bind(3, sealed).run();
}

Result<void> OwnKeys::end(const Row& row, Interval at) {
  auto& database = store_->database();
  if (at == row.own.key.start) {
    auto drop = database.prepare("DELETE FROM own_key WHERE id = ?");
    if (!drop) return drop.error();
    return drop->bind(1, row.id).run();
  }
  auto cut = row.own;
  cut.key.period = at.number - cut.key.start.number;
  auto update = database.prepare("UPDATE own_key SET sealed = ? WHERE id = ?");
  if (!update) return update.error();
  const auto sealed = store_->seal_blob(store_->wrapping_key(), own_key_context(row.id, row.day()),
                                        write_own_key(cut, true));
  return update->bind(1, sealed).bind(2, row.id).run();
}

Result<OwnKey> OwnKeys::current(Instant now, engine::Profile profile) {
  if (profile != engine::Profile::kGaen && profile != engine::Profile::kBluezone4)
    return Error{Code::kInvalid, "only gaen and bluezone4 have day keys"};
  if (!in_time(now)) return out_of_time();
  const auto at = interval_at(now);

  const auto today = rows(day_of(now), day_of(now));
  if (!today) return today.error();
  const Row* const last = today->empty() ? nullptr : &today->back();
  if (last != nullptr && at < last->own.key.start) return went_back();
  if (last != nullptr && last->ended && at < last->own.key.end()) return went_back();
  if (last != nullptr && !last->ended && last->own.profile == profile) return last->own;

  Row next{0, {engine::new_day_key(store_->random(), at), profile}, false};
  if (last != nullptr) {
    next.own.key.period = next.own.key.end().number - at.number;
    next.own.key.start = at;
  }
  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  if (last != nullptr && !last->ended) {
    if (auto done = end(*last, at); !done) return done.error();
  }
  if (auto done = insert(next); !done) return done.error();
  ++changes_;
  if (auto done = transaction->commit(); !done) return done.error();
  return next.own;
}

Result<void> OwnKeys::end_current(Instant now) {
  if (!in_time(now)) return out_of_time();
  const auto today = rows(day_of(now), day_of(now));
  if (!today) return today.error();
  if (today->empty() || today->back().ended) return {};
  if (interval_at(now) < today->back().own.key.start) return went_back();
  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  if (auto done = end(today->back(), interval_at(now)); !done) return done;
  ++changes_;
  return transaction->commit();
}

Result<void> OwnKeys::end_as_sent(const std::vector<engine::DayKey>& sent) {
  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  for (const auto& key : sent) {
    const auto day = day_of(start_of(key.start));
    const auto of_day = rows(day, day);
    if (!of_day) return of_day.error();
    for (const auto& row : *of_day) {
      if (row.own.key.bytes != key.bytes || row.own.key.end() <= key.end()) continue;
      if (auto done = end(row, key.end()); !done) return done;
      ++changes_;
    }
  }
  return transaction->commit();
}

Result<std::vector<OwnKey>> OwnKeys::of_days(Day first, Day last) {
  const auto found = rows(first, last);
  if (!found) return found.error();
  std::vector<OwnKey> keys;
  keys.reserve(found->size());
  for (const auto& row : *found) keys.push_back(row.own);
  return keys;
}

}  // namespace bz::phone
