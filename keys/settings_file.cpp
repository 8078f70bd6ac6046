#include "keys/settings_file.h"

#include "base/hash.h"

namespace bz::keys {
namespace {

constexpr std::string_view kCached = "public, max-age=300";

std::string etag_of(ByteView content) {
  const auto digest = sha256(content);
  return "\"" + to_hex(ByteView{digest}.first(16)) + "\"";
}

}  // namespace

Result<void> put_settings(store::Store& store, std::int64_t version, ByteView content) {
  if (version < 1) return Error{Code::kInvalid, "a settings file's version is 1 or more"};
  if (content.empty() || content.size() > kMostSettingsBytes) {
    return Error{Code::kInvalid, "a settings file has 1 to 65536 bytes"};
  }
  return store.write([&](store::Sql& sql) -> Result<void> {
    if (auto locked = sql.lock("settings"); !locked) return locked;
    const auto last = sql.integer("SELECT MAX(version) FROM settings_files");
    if (!last) return last.error();
    if (last->value_or(0) >= version) {
      return Error{Code::kConflict,
                   "a settings file of this or a higher version is there: give it a higher one"};
    }
    auto changed = sql.run("DELETE FROM settings_files");
    if (!changed) return changed.error();
    changed = sql.run("INSERT INTO settings_files (version, content) VALUES ($1, $2)",
                      {version, content});
    if (!changed) return changed.error();
    return {};
  });
}

http::Response get_settings(store::Store& store, const http::Request& request) {
  Bytes content;
  const auto read = store.read([&](store::Sql& sql) {
    return sql.each("SELECT content FROM settings_files ORDER BY version DESC LIMIT 1", {},
                    [&](const store::Row& row) -> Result<bool> {
                      content.assign(row.blob(0).begin(), row.blob(0).end());
                      return true;
                    });
  });
  if (!read) return http::text_response(503, "the settings cannot be read now: try again later\n");
  if (content.empty()) {
    auto none = http::text_response(404, "there is no settings file\n");
    none.set("cache-control", "no-store");
    return none;
  }
  http::Response response;
  const auto etag = etag_of(content);
  response.set("etag", etag);
  response.set("cache-control", std::string{kCached});
  if (request.header("if-none-match") == etag) {
    response.status = 304;
    return response;
  }
  response.set("content-type", "application/octet-stream");
  response.body.assign(content.begin(), content.end());
  return response;
}

}  // namespace bz::keys
