#include "campaign/viewer_links.h"

#include <array>

#include "base/base64.h"
#include "base/hash.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kTokenBytes = 32;
constexpr std::string_view kColumns =
    "SELECT id, unit, name, made_ms, made_by, until_ms, revoked_ms, last_day FROM viewer_link ";

ViewerLink link_of(const store::Row& row) {
  ViewerLink link;
  link.id = row.integer(0);
  link.unit = row.text(1);
  link.name = row.text(2);
  link.made_at = from_ms(row.integer(3));
  link.made_by = row.text(4);
  link.until = from_ms(row.integer(5));
  if (!row.is_null(6)) link.revoked_at = from_ms(row.integer(6));
  if (!row.is_null(7)) link.last_used = Day{std::chrono::days{row.integer(7)}};
  return link;
}

Result<std::vector<ViewerLink>> links(Sql& sql, const std::string& statement,
                                      std::initializer_list<store::Parameter> parameters) {
  std::vector<ViewerLink> found;
  const auto read = sql.each(statement, parameters, [&](const store::Row& row) -> Result<bool> {
    found.push_back(link_of(row));
    return true;
  });
  if (!read) return read.error();
  return found;
}

Result<std::optional<ViewerLink>> first_of(Result<std::vector<ViewerLink>> found) {
  if (!found) return found.error();
  if (found->empty()) return std::optional<ViewerLink>{};
  return std::optional(std::move(found->front()));
}

}  // namespace

std::string_view state_of(const ViewerLink& link, Instant now) {
  if (link.revoked_at) return "revoked";
  return link.is_open(now) ? "open" : "expired";
}

std::string draw_link_token(Random& random) {
  std::array<std::uint8_t, kTokenBytes> bytes{};
  random.fill(bytes);
  return to_base64url(bytes);
}

Result<std::int64_t> put_link(Sql& sql, const ViewerLink& link, std::string_view token) {
  if (auto locked = sql.lock("viewer_link"); !locked) return locked.error();
  const auto last = sql.integer("SELECT MAX(id) FROM viewer_link");
  if (!last) return last.error();
  const std::int64_t id = last->value_or(0) + 1;
  const Digest digest = sha256(as_bytes(token));
  const auto put = sql.run(
      "INSERT INTO viewer_link (id, token, unit, name, made_ms, made_by, until_ms) VALUES ($1, $2, "
      "$3, $4, $5, $6, $7)",
      {id, ByteView(digest), std::string_view(link.unit), std::string_view(link.name),
       to_ms(link.made_at), std::string_view(link.made_by), to_ms(link.until)});
  if (!put) return put.error();
  return id;
}

Result<std::optional<ViewerLink>> find_link(Sql& sql, std::int64_t id) {
  static const std::string kSelect = std::string(kColumns) + "WHERE id = $1";
  return first_of(links(sql, kSelect, {id}));
}

Result<std::optional<ViewerLink>> find_link_by(Sql& sql, std::string_view token) {
  static const std::string kSelect = std::string(kColumns) + "WHERE token = $1";
  const Digest digest = sha256(as_bytes(token));
  return first_of(links(sql, kSelect, {ByteView(digest)}));
}

Result<std::vector<ViewerLink>> all_links(Sql& sql) {
  static const std::string kSelect = std::string(kColumns) + "ORDER BY id DESC";
  return links(sql, kSelect, {});
}

Result<void> revoke_link(Sql& sql, std::int64_t id, Instant now) {
  const auto done =
      sql.run("UPDATE viewer_link SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL",
              {id, to_ms(now)});
  if (!done) return done.error();
  return {};
}

Result<void> note_link_used(Sql& sql, std::int64_t id, Day day) {
  const auto done = sql.run("UPDATE viewer_link SET last_day = $2 WHERE id = $1",
                            {id, std::int64_t{day.time_since_epoch().count()}});
  if (!done) return done.error();
  return {};
}

}  // namespace bz::campaign
