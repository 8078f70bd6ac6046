#include "store/audit.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

namespace bz::store {
namespace {

void add_number(Sha256Stream& hash, std::int64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  put_le(bytes, static_cast<std::uint64_t>(number));
  hash.add(bytes);
}

void add_text(Sha256Stream& hash, std::string_view text) {
  add_number(hash, static_cast<std::int64_t>(text.size()));
  hash.add(as_bytes(text));
}

Digest hash_of(const Digest& before, const AuditEntry& entry) {
  Sha256Stream hash;
  hash.add(before);
  add_number(hash, entry.number);
  add_number(hash, to_ms(entry.time));
  add_text(hash, entry.actor);
  add_text(hash, entry.action);
  add_text(hash, entry.subject);
  add_text(hash, entry.detail);
  add_text(hash, entry.scope);
  return hash.finish();
}

Result<Digest> digest_in(const Row& row, int column) {
  Digest digest{};
  const auto blob = row.blob(column);
  if (blob.size() != digest.size()) {
    return Error{Code::kMalformed, "the audit trail holds a hash that is none"};
  }
  std::ranges::copy(blob, digest.begin());
  return digest;
}

// From a row of number and hash.
Result<bool> read_head(const Row& row, AuditHead& head) {
  const auto hash = digest_in(row, 1);
  if (!hash) return hash.error();
  head = {row.integer(0), *hash};
  return true;
}

// Where the chain begins: after what was pruned, or at nothing.
Result<AuditHead> start_of_chain(Sql& sql) {
  AuditHead head;
  const auto read = sql.each("SELECT number, hash FROM audit_start ORDER BY number DESC LIMIT 1",
                             {}, [&](const Row& row) { return read_head(row, head); });
  if (!read) return read.error();
  return head;
}

Result<AuditHead> end_of_chain(Sql& sql) {
  auto head = start_of_chain(sql);
  if (!head) return head;
  const auto read = sql.each("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1", {},
                             [&](const Row& row) { return read_head(row, *head); });
  if (!read) return read.error();
  return head;
}

// A row of all columns, as verify_audit() and read_audit() ask for them.
constexpr int kHashColumn = 7;
AuditEntry entry_in(const Row& row) {
  return {row.integer(0),           from_ms(row.integer(1)),
          std::string(row.text(2)), std::string(row.text(3)),
          std::string(row.text(4)), std::string(row.text(5)),
          std::string(row.text(6)), {}};
}

}  // namespace

Result<void> add_audit(Sql& sql, const AuditEntry& entry) {
  if (auto locked = sql.lock("audit"); !locked) return locked;
  const auto before = end_of_chain(sql);
  if (!before) return before.error();
  auto added = entry;
  added.number = before->number + 1;
  const auto hash = hash_of(before->hash, added);
  const auto done = sql.run(
      "INSERT INTO audit (number, time_ms, actor, action, subject, detail, scope, hash) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {added.number, to_ms(added.time), std::string_view(added.actor),
       std::string_view(added.action), std::string_view(added.subject),
       std::string_view(added.detail), std::string_view(added.scope), ByteView(hash)});
  if (!done) return done.error();
  return {};
}

Result<AuditHead> verify_audit(Sql& sql) {
  auto head = start_of_chain(sql);
  if (!head) return head;
  const auto read = sql.each(
      "SELECT number, time_ms, actor, action, subject, detail, scope, hash FROM audit "
      "ORDER BY number",
      {}, [&](const Row& row) -> Result<bool> {
        const auto entry = entry_in(row);
        const auto next = head->number + 1;
        if (entry.number != next) {
          return Error{Code::kMalformed, "the audit trail's entry " + std::to_string(next) +
                                             " is missing: somebody has removed it"};
        }
        const auto hash = digest_in(row, kHashColumn);
        if (!hash || *hash != hash_of(head->hash, entry)) {
          return Error{Code::kMalformed, "the audit trail's entry " + std::to_string(next) +
                                             " does not fit the one before it: somebody has "
                                             "changed one of the two, or put it there"};
        }
        *head = {next, *hash};
        return true;
      });
  if (!read) return read.error();
  return head;
}

Result<std::int64_t> prune_audit(Sql& sql, Instant before) {
  if (auto locked = sql.lock("audit"); !locked) return locked.error();
  // A time may go back, when a clock was set: what goes is what stands before the first entry that
  // is young enough.
  const auto first_kept =
      sql.integer("SELECT MIN(number) FROM audit WHERE time_ms >= $1", {to_ms(before)});
  if (!first_kept) return first_kept.error();
  constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
  AuditHead last_gone;
  const auto read = sql.each(
      "SELECT number, hash FROM audit WHERE number < $1 ORDER BY number DESC LIMIT 1",
      {first_kept->value_or(kEnd)}, [&](const Row& row) { return read_head(row, last_gone); });
  if (!read) return read.error();
  if (last_gone.number == 0) return std::int64_t{0};
  if (auto done = sql.run("DELETE FROM audit_start"); !done) return done;
  const auto start = sql.run("INSERT INTO audit_start (number, hash) VALUES ($1, $2)",
                             {last_gone.number, ByteView(last_gone.hash)});
  if (!start) return start;
  return sql.run("DELETE FROM audit WHERE number <= $1", {last_gone.number});
}

Result<void> read_audit(Sql& sql, std::int64_t before_number, std::int64_t count,
                        const std::function<void(const AuditEntry&)>& show,
                        std::string_view scope) {
  const auto below = before_number == 0 ? std::numeric_limits<std::int64_t>::max() : before_number;
  const auto take = [&](const Row& row) -> Result<bool> {
    auto entry = entry_in(row);
    const auto hash = digest_in(row, kHashColumn);
    if (!hash) return hash.error();
    entry.hash = *hash;
    show(entry);
    return true;
  };
  // Two statements, so that each finds its rows by an index.
  if (scope.empty()) {
    return sql.each(
        "SELECT number, time_ms, actor, action, subject, detail, scope, hash FROM audit "
        "WHERE number < $1 ORDER BY number DESC LIMIT $2",
        {below, count}, take);
  }
  return sql.each(
      "SELECT number, time_ms, actor, action, subject, detail, scope, hash FROM audit "
      "WHERE scope = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
      {scope, below, count}, take);
}

}  // namespace bz::store
