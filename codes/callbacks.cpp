#include "codes/callbacks.h"

#include <algorithm>

#include "base/hash.h"
#include "codes/code_store.h"
#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/issue.h"
#include "store/audit.h"
#include "wire/json_reader.h"

namespace bz::codes {
namespace {

// Which one a message is for: the one named, or the only one there is.
Result<std::optional<Authority>> addressee(store::Sql& sql, const std::string& named) {
  std::vector<std::string> found;
  auto read = sql.each("SELECT id FROM authorities WHERE ($1 = '' OR id = $1) ORDER BY id LIMIT 2",
                       {named}, [&](const store::Row& row) -> Result<bool> {
                         found.emplace_back(row.text(0));
                         return true;
                       });
  if (!read) return read.error();
  if (found.size() != 1) return std::optional<Authority>{};
  auto authority = find_authority(sql, found.front());
  if (!authority) return authority.error();
  return std::optional{std::move(*authority)};
}

// From the message, so that the same is known again. It is random to whoever does not have it.
std::string id_of(const Authority& authority, ByteView message) {
  Sha256Stream stream;
  stream.add(as_bytes("callback " + authority.id + " "));
  stream.add(message);
  auto id = to_hex(ByteView(stream.finish()).first(16));
  std::ranges::transform(id, id.begin(),
                         [](char c) { return c >= 'A' ? static_cast<char>(c + 32) : c; });
  return id;
}

// Counted, if there is still room today.
Result<bool> take_place(store::Sql& sql, const Authority& authority, Instant now) {
  // Read and then counted: one at a time, also among several servers.
  if (auto locked = sql.lock("callbacks " + authority.id); !locked) return locked.error();
  auto taken = counted(sql, authority.id, now, counter::kCallbacks);
  if (!taken) return taken.error();
  if (*taken >= authority.callbacks_a_day) return false;
  if (auto done = count(sql, authority.id, now, counter::kCallbacks); !done) return done.error();
  return true;
}

}  // namespace

Result<CallbackRequest> parse_callback(std::string_view body) {
  auto reader = wire::JsonReader::parse(body, kMaxBody);
  if (!reader) return reader.error();
  CallbackRequest request{.authority = reader->text("authority").value_or(""),
                          .message = reader->base64("message").value_or(Bytes{})};
  reader->ignore("padding");
  if (auto fine = reader->done(); !fine) return fine.error();
  if (request.message.size() != kCallbackSize) {
    return Error{Code::kMalformed, "message: 256 bytes in base64"};
  }
  return request;
}

Result<std::optional<Refusal>> leave_callback(const Core& core, std::string_view body) {
  const auto request = parse_callback(body);
  if (!request) return std::optional{refusal::kUnparsable};
  const auto now = core.now();
  return core.store.write([&](store::Sql& sql) -> Result<std::optional<Refusal>> {
    auto authority = addressee(sql, request->authority);
    if (!authority) return authority.error();
    if (!*authority) return std::optional{refusal::kUnparsable};
    const auto id = id_of(**authority, request->message);
    auto there = sql.integer("SELECT COUNT(*) FROM callbacks WHERE id = $1", {id});
    if (!there) return there.error();
    if (there->value_or(0) > 0) return std::optional<Refusal>{};
    auto room = take_place(sql, **authority, now);
    if (!room) return room.error();
    if (!*room) return std::optional{quota_until_midnight(now)};
    auto put = sql.run(
        "INSERT INTO callbacks (id, authority, day, message) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (id) DO NOTHING",
        {id, (*authority)->id, day_number(now), ByteView(request->message)});
    if (!put) return put.error();
    return std::optional<Refusal>{};
  });
}

Result<std::vector<Callback>> list_callbacks(const Core& core, const Authority& authority,
                                             std::string_view account) {
  const auto since = to_s(core.now() - kFetchedAgain);
  return core.store.read([&](store::Sql& sql) -> Result<std::vector<Callback>> {
    std::vector<Callback> all;
    auto read = sql.each(
        "SELECT id, day, CASE WHEN fetched_by IS NULL THEN 0 ELSE 1 END AS fetched FROM callbacks "
        "WHERE authority = $1 AND (fetched_by IS NULL OR (fetched_by = $2 AND fetched_s > $3)) "
        "ORDER BY fetched, day, id LIMIT $4",
        {authority.id, account, since, kMostListed}, [&](const store::Row& row) -> Result<bool> {
          all.push_back({std::string(row.text(0)), day_from(row.integer(1)), row.integer(2) != 0});
          return true;
        });
    if (!read) return read.error();
    return all;
  });
}

Result<Outcome<Bytes>> fetch_callback(const Core& core, const Authority& authority,
                                      std::string_view account, std::string_view id) {
  const auto now = core.now();
  return core.store.write([&](store::Sql& sql) -> Result<Outcome<Bytes>> {
    Bytes message;
    auto read = sql.each(
        "UPDATE callbacks SET fetched_by = $3, fetched_s = COALESCE(fetched_s, $4) WHERE id = $1 "
        "AND authority = $2 AND (fetched_by IS NULL OR (fetched_by = $3 AND fetched_s > $5)) "
        "RETURNING message",
        {id, authority.id, account, to_s(now), to_s(now - kFetchedAgain)},
        [&](const store::Row& row) -> Result<bool> {
          const auto view = row.blob(0);
          message.assign(view.begin(), view.end());
          return true;
        });
    if (!read) return read.error();
    if (message.empty()) {
      return Outcome<Bytes>{Refusal{404, "not_found", "there is no such message"}};
    }
    auto noted = store::add_audit(sql, {.time = now,
                                        .actor = std::string(account),
                                        .action = "callback fetched",
                                        .subject = std::string(id),
                                        .detail = {},
                                        .scope = authority.id});
    if (!noted) return noted.error();
    return Outcome<Bytes>{message};
  });
}

}  // namespace bz::codes
