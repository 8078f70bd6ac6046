#include "codes/user_report.h"

#include "codes/dates.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

constexpr std::chrono::hours kAgainAfter{24 * 30};
constexpr std::chrono::minutes kAgainUnclaimed{60};

}  // namespace

Result<UserReportRequest> parse_user_report(std::string_view body) {
  auto reader = wire::JsonReader::parse(body, kMaxBody);
  if (!reader) return reader.error();
  UserReportRequest request;
  request.report.test_type = wire::word(wire::TestType::kUserReport);
  request.report.symptom_date = reader->text("symptomDate").value_or("");
  request.report.test_date = reader->text("testDate").value_or("");
  request.report.tz_offset = reader->number("tzOffset").value_or(0);
  request.report.phone = reader->text("phone").value_or("");
  request.nonce = reader->base64("nonce").value_or(Bytes{});
  reader->ignore("padding");
  if (auto fine = reader->done(); !fine) return fine.error();
  return request;
}

Result<Outcome<std::string>> user_report(const Core& core, const Caller& caller,
                                         std::string_view body) {
  const auto now = core.now();
  const auto request = parse_user_report(body);
  if (!request) return Outcome<std::string>{refusal::kUnparsable};
  auto checked = check_order(caller.authority, request->report, now);
  if (const auto* refused = std::get_if<Refusal>(&checked)) return Outcome<std::string>{*refused};
  if (request->nonce.size() != kNonceSize) return Outcome<std::string>{refusal::kMissingNonce};
  auto order = std::get<CodeOrder>(std::move(checked));
  order.nonce = request->nonce;
  auto placed = place_order(core, caller.authority, {.who = "key:" + caller.key.id}, order);
  if (!placed) return placed.error();
  if (const auto* refused = std::get_if<Refusal>(&*placed)) {
    if (refused->code != refusal::kReportedLately.code) return Outcome<std::string>{*refused};
  }
  const auto expires = now + std::chrono::minutes{caller.authority.short_minutes};
  return Outcome<std::string>{wire::JsonWriter{}
                                  .text("expiresAt", rfc1123(expires))
                                  .integer("expiresAtTimestamp", to_s(expires))
                                  .done()};
}

Result<bool> reported_lately(store::Sql& sql, std::span<const Digest> hashes, Instant now) {
  for (const auto& hash : hashes) {
    auto found = sql.integer(
        "SELECT 1 FROM phones WHERE hash = $1 AND ((claimed = 1 AND reported_s > $2) OR (claimed = "
        "0 AND reported_s > $3))",
        {ByteView(hash), to_s(now - kAgainAfter), to_s(now - kAgainUnclaimed)});
    if (!found) return found.error();
    if (*found) return true;
  }
  return false;
}

Result<void> note_report(store::Sql& sql, const Digest& hash, Instant now) {
  auto done = sql.run(
      "INSERT INTO phones (hash, reported_s, claimed) VALUES ($1, $2, 0) ON CONFLICT (hash) DO "
      "UPDATE SET reported_s = excluded.reported_s, claimed = 0",
      {ByteView(hash), to_s(now)});
  if (!done) return done.error();
  return {};
}

Result<void> note_report_claimed(store::Sql& sql, ByteView hash) {
  auto done = sql.run(
      "UPDATE phones SET claimed = 1, reported_s = reported_s - reported_s % 86400 WHERE hash = $1",
      {hash});
  if (!done) return done.error();
  return {};
}

}  // namespace bz::codes
