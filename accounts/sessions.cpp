#include "accounts/sessions.h"

#include <algorithm>
#include <array>

#include "accounts/trusted.h"

namespace bz::accounts {
namespace {

constexpr std::string_view kColumns =
    "s.hash, s.label, s.account, a.system_administrator, s.stage, s.begun_ms, s.seen_ms, "
    "s.address_prefix, s.new_second_factor, s.by_trusted FROM sessions s JOIN accounts a ON a.name "
    "= s.account ";

SessionRow session_of(const store::Row& row) {
  SessionRow session;
  std::ranges::copy(row.blob(0).first(session.hash.size()), session.hash.begin());
  session.label = row.text(1);
  session.account = row.text(2);
  session.system_administrator = row.integer(3) != 0;
  session.stage = static_cast<Stage>(row.integer(4));
  session.begun = from_ms(row.integer(5));
  session.seen = from_ms(row.integer(6));
  session.address_prefix = row.text(7);
  if (!row.is_null(8)) session.new_second_factor.assign(row.blob(8).begin(), row.blob(8).end());
  session.by_trusted = row.integer(9) != 0;
  return session;
}

bool has_ended(const SessionRow& session, Instant now) {
  return now >= idle_end(session) || now >= last_end(session);
}

std::string draw_hex(Random& random, std::size_t size) {
  Bytes bytes(size);
  random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

std::optional<Digest> token_hash(std::string_view token) {
  std::array<std::uint8_t, 32> bytes{};
  if (!from_hex(token, bytes)) return std::nullopt;
  return sha256(bytes);
}

std::string csrf_token(std::string_view token) {
  return to_hex(hmac_sha256(as_bytes(token), as_bytes("bluezone csrf token")));
}

NewSession NewSession::draw(Random& random) {
  return {draw_hex(random, 32), draw_hex(random, 8)};
}

Result<void> begin_session(store::Sql& sql, const NewSession& drawn, std::string_view account,
                           Stage stage, std::string_view address_prefix, ByteView new_second_factor,
                           Instant now, bool by_trusted) {
  const Digest hash = *token_hash(drawn.token);
  const store::Parameter factor =
      new_second_factor.empty() ? store::Parameter{} : store::Parameter{new_second_factor};
  return store::done(sql.run(
      "INSERT INTO sessions (hash, label, account, stage, begun_ms, seen_ms, address_prefix, "
      "new_second_factor, by_trusted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {ByteView(hash), std::string_view(drawn.label), account, static_cast<std::int64_t>(stage),
       to_ms(now), to_ms(now), address_prefix, factor, std::int64_t{by_trusted ? 1 : 0}}));
}

Result<std::optional<SessionRow>> find_session(store::Sql& sql, const Digest& hash, Instant now) {
  static const std::string kSelect =
      "SELECT " + std::string(kColumns) + "WHERE s.hash = $1 AND a.disabled = 0";
  std::optional<SessionRow> found;
  const auto read = sql.each(kSelect, {ByteView(hash)}, [&](const store::Row& row) -> Result<bool> {
    found = session_of(row);
    return false;
  });
  if (!read) return read.error();
  if (found && has_ended(*found, now)) found.reset();
  return found;
}

Instant idle_end(const SessionRow& session) {
  return session.seen + kSessionIdle;
}

Instant last_end(const SessionRow& session) {
  if (session.stage == Stage::kReady) return session.begun + kSessionMost;
  return session.begun + kSessionUnfinished;
}

Result<void> note_use(store::Sql& sql, const Digest& hash, Instant now) {
  return store::done(
      sql.run("UPDATE sessions SET seen_ms = $1 WHERE hash = $2", {to_ms(now), ByteView(hash)}));
}

Result<void> end_session(store::Sql& sql, const Digest& hash) {
  return store::done(sql.run("DELETE FROM sessions WHERE hash = $1", {ByteView(hash)}));
}

Result<bool> end_session_by_label(store::Sql& sql, std::string_view account,
                                  std::string_view label) {
  const auto changed = sql.run(
      "DELETE FROM sessions WHERE account = $1 AND label = $2 AND stage = 3", {account, label});
  if (!changed) return changed.error();
  return *changed > 0;
}

Result<void> end_all_sessions(store::Sql& sql, std::string_view account) {
  auto ended = store::done(sql.run("DELETE FROM sessions WHERE account = $1", {account}));
  if (!ended) return ended;
  if (ended = end_all_trust(sql, account); !ended) return ended;
  return store::done(sql.run("UPDATE accounts SET epoch = epoch + 1 WHERE name = $1", {account}));
}

Result<void> set_new_second_factor(store::Sql& sql, const Digest& hash, ByteView sealed) {
  return store::done(sql.run("UPDATE sessions SET new_second_factor = $1 WHERE hash = $2",
                             {sealed, ByteView(hash)}));
}

Result<void> each_session(store::Sql& sql, std::string_view account, Instant now,
                          const std::function<void(const SessionRow&)>& show) {
  static const std::string kSelect = "SELECT " + std::string(kColumns) +
                                     "WHERE s.account = $1 AND s.stage = 3 "
                                     "ORDER BY s.begun_ms DESC, s.label";
  return sql.each(kSelect, {account}, [&](const store::Row& row) -> Result<bool> {
    const SessionRow session = session_of(row);
    if (!has_ended(session, now)) show(session);
    return true;
  });
}

Result<void> delete_ended_sessions(store::Sql& sql, Instant now) {
  return store::done(sql.run(
      "DELETE FROM sessions WHERE seen_ms <= $1 OR begun_ms <= $2 OR (stage < 3 AND begun_ms <= "
      "$3)",
      {to_ms(now - kSessionIdle), to_ms(now - kSessionMost), to_ms(now - kSessionUnfinished)}));
}

}  // namespace bz::accounts
