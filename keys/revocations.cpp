#include "keys/revocations.h"

#include <algorithm>
#include <set>

#include "base/base64.h"
#include "engine/published_key.h"
#include "keys/batches.h"
#include "keys/chains.h"
#include "keys/revoked_handles.h"
#include "keys/slots.h"
#include "store/audit.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::keys {
namespace {

using wire::RevocationHandle;

constexpr std::int64_t kRevoked = static_cast<std::int64_t>(engine::ReportType::kRevoked);

// A key to be revoked, as it stands.
struct Standing {
  Bytes key;
  std::int64_t again = 0;
  std::int64_t slot = 0;
  std::int64_t start = 0;
  std::int64_t period = 0;
  std::int64_t risk = 0;
  std::optional<std::int64_t> onset_days;
  std::int64_t regions = 0;
  Bytes handle;
  std::int64_t report = 0;
  std::int64_t turn = 0;
  std::int64_t turn_slot = 0;
};

// A row of keys: its bytes, and 1 where it is a contact's that was published again.
using KeyRow = std::pair<Bytes, std::int64_t>;

Result<std::vector<KeyRow>> find_keys(store::Sql& sql, std::int64_t authority,
                                      const std::set<RevocationHandle>& handles) {
  // There is no index by handle, so that uploads need not keep one: this reads the whole table,
  // which supervisors do seldom.
  std::set<KeyRow> found;
  for (const auto* select :
       {"SELECT key, handle, again FROM keys WHERE authority = $1 AND generated = 0",
        "SELECT key, handle, again FROM revisions WHERE authority = $1 AND generated = 0"}) {
    const auto read = sql.each(select, {authority}, [&](const store::Row& row) -> Result<bool> {
      RevocationHandle handle{};
      const auto bytes = row.blob(1);
      if (bytes.size() != handle.size()) return true;
      std::copy(bytes.begin(), bytes.end(), handle.begin());
      if (!handles.contains(handle)) return true;
      found.emplace(Bytes{row.blob(0).begin(), row.blob(0).end()}, row.integer(2));
      return true;
    });
    if (!read) return read.error();
  }
  return std::vector<KeyRow>{found.begin(), found.end()};
}

Result<std::optional<Standing>> read_standing(store::Sql& sql, const KeyRow& key) {
  std::optional<Standing> standing;
  const auto read = sql.each(
      "SELECT k.slot, k.start_interval, k.period, k.risk, k.onset_days, k.regions, k.handle, "
      "k.report, r.turn, r.report, r.slot FROM keys k "
      "LEFT JOIN revisions r ON r.key = k.key AND r.again = k.again "
      "WHERE k.key = $1 AND k.again = $2 ORDER BY r.turn",
      {ByteView{key.first}, key.second}, [&](const store::Row& row) -> Result<bool> {
        if (!standing) {
          standing = Standing{.key = key.first,
                              .again = key.second,
                              .slot = row.integer(0),
                              .start = row.integer(1),
                              .period = row.integer(2),
                              .risk = row.integer(3),
                              .onset_days = row.optional_integer(4),
                              .regions = row.integer(5),
                              .handle = {row.blob(6).begin(), row.blob(6).end()},
                              .report = row.integer(7)};
        }
        if (row.is_null(8)) return true;
        standing->turn = row.integer(8);
        standing->report = row.integer(9);
        standing->turn_slot = row.integer(10);
        return true;
      });
  if (!read) return read.error();
  return standing;
}

// How many keys were revoked; those that were before are not counted.
Result<std::int64_t> revoke(store::Sql& sql, const KnownAuthority& authority,
                            const std::vector<KeyRow>& keys, std::chrono::seconds period,
                            Instant now) {
  const auto state = shared_state(sql);
  if (!state) return state.error();
  std::int64_t count = 0;
  for (const auto& key : keys) {
    const auto standing = read_standing(sql, key);
    if (!standing) return standing.error();
    if (!*standing || (*standing)->report == kRevoked) continue;
    const auto& was = **standing;
    const auto slot = slot_for(now, std::max({state->last_end(), was.slot, was.turn_slot}), period);
    const auto added = sql.run(
        "INSERT INTO revisions (slot, key, turn, start_interval, period, risk, report, "
        "onset_days, regions, authority, handle, again, generated) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
        {slot, ByteView{was.key}, was.turn + 1, was.start, was.period, was.risk, kRevoked,
         store::or_null(was.onset_days), was.regions, authority.number, ByteView{was.handle},
         was.again});
    if (!added) return added.error();
    ++count;
  }
  return count;
}

struct Revoked {
  std::int64_t keys = 0;
  std::int64_t chains = 0;
};

// `keys` are those under these handles.
Result<Revoked> revoke_case(store::Sql& sql, const KnownAuthority& authority,
                            const std::set<RevocationHandle>& handles,
                            const std::vector<KeyRow>& keys, std::chrono::seconds period,
                            Instant now) {
  const auto dropped = drop_chains(sql, authority.number, handles);
  if (!dropped) return dropped.error();
  const auto count = revoke(sql, authority, keys, period, now);
  if (!count) return count.error();
  const auto noted = store::add_audit(
      sql, {.time = now,
            .actor = "supervisors",
            .action = "keys revoked",
            .subject = authority.authority.id,
            .detail = "handles " + std::to_string(handles.size()) + ", keys " +
                      std::to_string(*count) + ", chains " + std::to_string(*dropped)});
  if (!noted) return noted.error();
  return Revoked{.keys = *count, .chains = *dropped};
}

http::Response answer(const Revoked& revoked) {
  return http::json_response(
      200,
      wire::JsonWriter{}.integer("revoked", revoked.keys).integer("chains", revoked.chains).done());
}

http::Response unauthorized(std::string error) {
  return answer(Refusal{.status = 401, .code = "unauthorized", .error = std::move(error)});
}

}  // namespace

std::string revocation_text(std::string_view authority, std::int64_t time_s,
                            const std::vector<RevocationHandle>& handles) {
  auto text = "bz revoke v1\n" + std::string{authority} + "\n" + std::to_string(time_s) + "\n";
  for (const auto& handle : handles) text += to_base64(handle) + "\n";
  return text;
}

Result<RevocationCall> parse_revocation_call(std::string_view body) {
  auto json = wire::JsonReader::parse(body, wire::kMaxApiBody);
  if (!json) return json.error();
  RevocationCall call;
  call.authority = json->text("healthAuthorityID").value_or("");
  call.time_s = json->integer("time").value_or(0);
  call.signature = json->base64("signature").value_or(Bytes{});
  const auto handles = json->texts("handles").value_or(std::vector<std::string>{});
  json->ignore("padding");
  if (auto done = json->done(); !done) return done.error();
  for (const auto& text : handles) {
    const auto bytes = from_base64(text);
    RevocationHandle handle{};
    if (!bytes || bytes->size() != handle.size()) {
      return Error{Code::kMalformed, "handles: each is 16 bytes in base64"};
    }
    std::copy(bytes->begin(), bytes->end(), handle.begin());
    call.handles.push_back(handle);
  }
  if (call.handles.empty() || call.handles.size() > kMostHandles) {
    return Error{Code::kMalformed, "handles: send 1 to 1000"};
  }
  return call;
}

bool Revocations::was_seen(const Digest& call, Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(seen_, [now](const auto& entry) {
    return std::chrono::abs(now - entry.second) > 2 * kRevocationTime;
  });
  return seen_.contains(call);
}

http::Response Revocations::operator()(const http::Request& request) {
  if (!is_json(request)) return answer(wrong_content_type());
  const auto call = parse_revocation_call(request.body);
  if (!call) return answer(bad_request(call.error().what));
  const auto directory = desk_.directory.get();
  const auto* authority = directory->find(call->authority);
  if (authority == nullptr || !authority->supervisor_key) {
    return unauthorized("this authority has no supervisors' key here");
  }
  const auto text = revocation_text(call->authority, call->time_s, call->handles);
  if (!authority->supervisor_key->verifies(sha256(as_bytes(text)), call->signature)) {
    return unauthorized("the supervisors' signature does not hold");
  }
  const auto now = desk_.world.clock.now();
  const auto latest = to_s(now + kRevocationTime);
  if (call->time_s > latest || call->time_s < to_s(now - kRevocationTime)) {
    return unauthorized("the call's time is more than 10 minutes from the server's: sign it anew");
  }

  const auto digest = sha256(as_bytes(text));
  if (was_seen(digest, now)) return answer(Revoked{});

  const std::set<RevocationHandle> handles{call->handles.begin(), call->handles.end()};
  // First, so that no upload comes in between the finding and the revoking.
  const auto noted = desk_.store.write([&](store::Sql& sql) {
    return note_revoked(sql, authority->number, handles, desk_.world.random, now);
  });
  if (!noted) return answer(internal_error());
  Result<Revoked> revoked = Error{Code::kConflict, "not tried"};
  for (int i = 0; i < 3 && !revoked && revoked.error().code == Code::kConflict; ++i) {
    const auto keys = desk_.store.read(
        [&](store::Sql& sql) { return find_keys(sql, authority->number, handles); });
    if (!keys) return answer(internal_error());
    revoked = desk_.store.write([&](store::Sql& sql) {
      return revoke_case(sql, *authority, handles, *keys, desk_.settings.period, now);
    });
  }
  if (!revoked) return answer(internal_error());
  {
    const std::lock_guard lock(mutex_);
    seen_[digest] = now;
  }
  return answer(*revoked);
}

}  // namespace bz::keys
