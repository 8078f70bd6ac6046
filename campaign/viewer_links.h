// Viewer links (liên kết màn hình): by one, a screen on a wall shows one unit without anybody
// logging in. It reads, for a long time but not for ever, and is revoked when the screen goes.
//
// A link is 256 random bits, shown once; what is kept is their SHA-256. It belongs to the unit, not
// to who made it, and lasts when their grant ends.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "store/sql.h"

namespace bz::campaign {

inline constexpr std::chrono::days kLongestLink{400};

struct ViewerLink {
  std::int64_t id = 0;
  std::string unit;  // a unit's key
  std::string name;  // of the screen: "Phòng họp tầng 2"
  Instant made_at{};
  std::string made_by;  // an account
  Instant until{};
  std::optional<Instant> revoked_at = {};
  std::optional<Day> last_used = {};  // a day only: when somebody looks is nobody's business

  [[nodiscard]] bool is_open(Instant now) const { return !revoked_at && now < until; }
};

// "open", "expired", "revoked".
std::string_view state_of(const ViewerLink& link, Instant now);

// 43 characters of base64url.
std::string draw_link_token(Random& random);

// Its number.
Result<std::int64_t> put_link(store::Sql& sql, const ViewerLink& link, std::string_view token);
Result<std::optional<ViewerLink>> find_link(store::Sql& sql, std::int64_t id);
// Also one that has ended; nothing for a token that is none.
Result<std::optional<ViewerLink>> find_link_by(store::Sql& sql, std::string_view token);
// Newest first.
Result<std::vector<ViewerLink>> all_links(store::Sql& sql);
// One that was revoked stays as it was.
Result<void> revoke_link(store::Sql& sql, std::int64_t id, Instant now);
Result<void> note_link_used(store::Sql& sql, std::int64_t id, Day day);

inline constexpr std::string_view kViewerLinkTables =
    "CREATE TABLE viewer_link (id BIGINT PRIMARY KEY, token BLOB NOT NULL, unit TEXT NOT NULL, "
    "name TEXT NOT NULL, made_ms BIGINT NOT NULL, made_by TEXT NOT NULL, until_ms BIGINT NOT NULL, "
    "revoked_ms BIGINT, last_day BIGINT);"
    "CREATE UNIQUE INDEX viewer_link_by_token ON viewer_link (token);";

}  // namespace bz::campaign
