#include "keys/revoked_handles.h"

#include <algorithm>
#include <vector>

#include "keys/slots.h"

namespace bz::keys {

Result<void> note_revoked(store::Sql& sql, std::int64_t authority,
                          const std::set<wire::RevocationHandle>& handles, Random& random,
                          Instant now) {
  if (auto changed = change_shared_state(sql, random); !changed) return changed;
  const auto until = to_s(std::chrono::ceil<std::chrono::hours>(now + kHandlesRefused));
  std::vector<store::Parameter> values;
  for (const auto& handle : handles) {
    values.insert(values.end(), {authority, ByteView{handle}, until});
  }
  const auto noted = sql.run_each(
      "INSERT INTO revoked_handles (authority, handle, until_s) VALUES ($1, $2, $3) "
      "ON CONFLICT (authority, handle) DO UPDATE SET until_s = excluded.until_s",
      3, values);
  if (!noted) return noted.error();
  return {};
}

Result<void> forget_revoked(store::Sql& sql, Instant now) {
  const auto gone = sql.run("DELETE FROM revoked_handles WHERE until_s <= $1", {to_s(now)});
  if (!gone) return gone.error();
  return {};
}

Result<RevokedHandles::Known> RevokedHandles::read(store::Sql& sql, std::int64_t state) {
  Known known{.state = state, .until_s = {}};
  const auto read = sql.each("SELECT authority, handle, until_s FROM revoked_handles", {},
                             [&](const store::Row& row) -> Result<bool> {
                               wire::RevocationHandle handle{};
                               const auto bytes = row.blob(1);
                               if (bytes.size() != handle.size()) return true;
                               std::ranges::copy(bytes, handle.begin());
                               known.until_s[{row.integer(0), handle}] = row.integer(2);
                               return true;
                             });
  if (!read) return read.error();
  return known;
}

Result<bool> RevokedHandles::has(store::Sql& sql, SharedState state, std::int64_t authority,
                                 const wire::RevocationHandle& handle, Instant now) {
  std::shared_ptr<const Known> known;
  {
    const std::lock_guard lock(mutex_);
    known = known_;
  }
  if (!known || known->state != state.value) {
    auto fresh = read(sql, state.value);
    if (!fresh) return fresh.error();
    known = std::make_shared<const Known>(std::move(*fresh));
    const std::lock_guard lock(mutex_);
    known_ = known;
  }
  const auto at = known->until_s.find({authority, handle});
  return at != known->until_s.end() && at->second > to_s(now);
}

}  // namespace bz::keys
