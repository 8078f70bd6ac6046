#include "codes/code_store.h"

#include <algorithm>

#include "codes/dates.h"
#include "store/audit.h"

namespace bz::codes {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

// Bytes that would favour some of `alphabet` are thrown away.
std::string random_text(std::string_view alphabet, std::size_t count, Random& random) {
  const std::size_t fair = 256 / alphabet.size() * alphabet.size();
  std::string text;
  std::array<std::uint8_t, 64> bytes{};
  while (true) {
    random.fill(bytes);
    for (const auto byte : bytes) {
      if (byte >= fair) continue;
      text += alphabet[byte % alphabet.size()];
      if (text.size() == count) return text;
    }
  }
}

std::optional<std::int64_t> number_of(const std::optional<Day>& day) {
  if (!day) return std::nullopt;
  return day->time_since_epoch().count();
}

std::optional<Day> day_in(const store::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return day_from(row.integer(column));
}

Bytes bytes_in(const store::Row& row, int column) {
  if (row.is_null(column)) return {};
  const auto view = row.blob(column);
  return {view.begin(), view.end()};
}

// In the order of the columns of both SELECTs.
CodeRow row_of(const store::Row& row) {
  return {.uuid = std::string(row.text(0)),
          .authority = std::string(row.text(1)),
          .issuer = std::string(row.text(2)),
          .type = wire::test_type(row.text(3)).value_or(wire::TestType::kConfirmed),
          .symptom_day = day_in(row, 4),
          .test_day = day_in(row, 5),
          .issued = from_s(row.integer(6)),
          .expires = from_s(row.integer(7)),
          .long_expires = from_s(row.integer(8)),
          .claimed = row.integer(9) != 0,
          .has_handle = !row.is_null(10),
          .nonce_hash = bytes_in(row, 11),
          .phone_hash = bytes_in(row, 12)};
}

// A code with these digits, under any version of the key.
Result<bool> is_taken(store::Sql& sql, std::span<const Digest> hashes) {
  for (const auto& hash : hashes) {
    auto found = sql.integer("SELECT 1 FROM codes WHERE short_hash = $1 OR long_hash = $1",
                             {ByteView(hash)});
    if (!found) return found.error();
    if (*found) return true;
  }
  return false;
}

store::Parameter blob_or_null(ByteView bytes) {
  return bytes.empty() ? store::Parameter{} : store::Parameter{bytes};
}

}  // namespace

Result<Insert> insert_code(store::Sql& sql, const NewCode& code) {
  for (const auto* hashes : {&code.short_hashes, &code.long_hashes}) {
    auto taken = is_taken(sql, *hashes);
    if (!taken) return taken.error();
    if (*taken) return Insert::kSameCode;
  }
  const auto& row = code.row;
  const store::Parameter long_hash =
      code.long_hashes.empty() ? store::Parameter{} : ByteView(code.long_hashes.front());
  auto inserted = sql.run(
      "INSERT INTO codes (uuid, authority, issuer, test_type, symptom_day, test_day, issued_s, "
      "expires_s, long_expires_s, short_hash, long_hash, nonce_hash, phone_hash, claimed) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0) ON CONFLICT DO NOTHING",
      {row.uuid, row.authority, row.issuer, wire::word(row.type),
       store::or_null(number_of(row.symptom_day)), store::or_null(number_of(row.test_day)),
       to_s(row.issued), to_s(row.expires), to_s(row.long_expires),
       ByteView(code.short_hashes.front()), long_hash, blob_or_null(row.nonce_hash),
       blob_or_null(row.phone_hash)});
  if (!inserted) return inserted.error();
  if (*inserted > 0) return Insert::kDone;
  auto same = sql.integer("SELECT 1 FROM codes WHERE uuid = $1", {row.uuid});
  if (!same) return same.error();
  return *same ? Insert::kSameUuid : Insert::kSameCode;
}

Result<std::optional<CodeRow>> find_code(store::Sql& sql, std::string_view authority,
                                         std::string_view uuid) {
  std::optional<CodeRow> found;
  auto read = sql.each(
      "SELECT uuid, authority, issuer, test_type, symptom_day, test_day, issued_s, expires_s, "
      "long_expires_s, claimed, handle, nonce_hash, phone_hash FROM codes WHERE uuid = $1 AND "
      "authority = $2",
      {uuid, authority}, [&](const store::Row& row) -> Result<bool> {
        found = row_of(row);
        return false;
      });
  if (!read) return read.error();
  return found;
}

Result<std::optional<FoundCode>> find_code(store::Sql& sql, std::string_view authority,
                                           std::span<const Digest> hashes, Instant now) {
  std::optional<FoundCode> found;
  bool usable = false;
  for (const auto& hash : hashes) {
    auto read = sql.each(
        "SELECT uuid, authority, issuer, test_type, symptom_day, test_day, issued_s, expires_s, "
        "long_expires_s, claimed, handle, nonce_hash, phone_hash, long_hash FROM codes WHERE "
        "(short_hash = $1 OR long_hash = $1) AND authority = $2",
        {ByteView(hash), authority}, [&](const store::Row& row) -> Result<bool> {
          FoundCode one{.row = row_of(row), .by_long_code = false};
          const auto long_hash = bytes_in(row, 13);
          one.by_long_code =
              std::equal(long_hash.begin(), long_hash.end(), hash.begin(), hash.end());
          const auto end = one.by_long_code ? one.row.long_expires : one.row.expires;
          const bool good = !one.row.claimed && now < end;
          if (!found || (good && !usable)) found = std::move(one);
          usable = usable || good;
          return true;
        });
    if (!read) return read.error();
  }
  return found;
}

std::string code_text(std::string_view authority, std::string_view code) {
  return std::string(authority) + "\n" + std::string(code);
}

std::string random_digits(std::size_t count, Random& random) {
  return random_text("0123456789", count, random);
}

std::string random_letters(std::size_t count, Random& random) {
  return random_text(kLetters, count, random);
}

std::string random_id(Random& random) {
  return random_text("0123456789abcdef", 32, random);
}

std::string random_uuid(Random& random) {
  auto hex = random_id(random);
  hex[12] = '4';
  hex[16] = std::string_view("89ab")[static_cast<std::size_t>(hex[16]) % 4];
  for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
  return hex;
}

Result<Outcome<CodeTimes>> expire_code(const Core& core, std::string_view authority,
                                       std::string_view uuid,
                                       const std::function<bool(const CodeRow&)>& may,
                                       std::string_view actor) {
  const auto now = core.now();
  return core.store.write([&](store::Sql& sql) -> Result<Outcome<CodeTimes>> {
    auto code = find_code(sql, authority, uuid);
    if (!code) return code.error();
    if (!*code) return Outcome<CodeTimes>{refusal::kCodeNotFound};
    if (!may(**code)) return Outcome<CodeTimes>{refusal::kNotYourCode};
    if ((*code)->claimed) return Outcome<CodeTimes>{refusal::kCodeInvalid};
    const CodeTimes times{.claimed = false,
                          .expires = std::min((*code)->expires, now),
                          .long_expires = std::min((*code)->long_expires, now)};
    auto done = sql.run(
        "UPDATE codes SET expires_s = $1, long_expires_s = $2 WHERE uuid = $3 AND claimed = 0",
        {to_s(times.expires), to_s(times.long_expires), uuid});
    if (!done) return done.error();
    if (*done == 0) return Outcome<CodeTimes>{refusal::kCodeInvalid};
    auto noted = store::add_audit(sql, {.time = now,
                                        .actor = std::string(actor),
                                        .action = "code expired",
                                        .subject = std::string(uuid),
                                        .detail = {},
                                        .scope = std::string(authority)});
    if (!noted) return noted.error();
    return Outcome<CodeTimes>{times};
  });
}

}  // namespace bz::codes
