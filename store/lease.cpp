#include "store/lease.h"

#include <array>

namespace bz::store {

Lease::Lease(Store& store, std::string_view name, Random& random) : store_(store), name_(name) {
  std::array<std::uint8_t, 16> chance{};
  random.fill(chance);
  holder_ = to_hex(chance);
}

Result<bool> Lease::hold(std::chrono::milliseconds time) {
  return store_.write([&](Sql& sql) -> Result<bool> {
    const auto now = sql.now();
    if (!now) return now.error();
    // One statement, so that of two who come at once the second sees the first.
    const auto taken = sql.run(
        "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3) "
        "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms "
        "WHERE leases.holder = excluded.holder OR leases.until_ms <= $4",
        {std::string_view(name_), std::string_view(holder_), to_ms(*now + time), to_ms(*now)});
    if (!taken) return taken.error();
    return *taken == 1;
  });
}

Result<void> Lease::let_go() {
  return store_.write([&](Sql& sql) -> Result<void> {
    const auto done = sql.run("DELETE FROM leases WHERE name = $1 AND holder = $2",
                              {std::string_view(name_), std::string_view(holder_)});
    if (!done) return done.error();
    return {};
  });
}

}  // namespace bz::store
